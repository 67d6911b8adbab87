"""What makes spelling variants equal: marks and elongation stripped, letters, digits and punctuation folded.

Every rule says what it does in one table, `changes`; the two that look around them (numbers, elongation) say so
beside it. None of them touches addresses, handles, hashtags or fenced code unless told to: `FoldAlef(protect=False)`.
Composed and decomposed text fare alike, and the combining hamza is never taken for a vowel mark.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import ClassVar

from arclean import alphabet
from arclean.alphabet import Marks
from arclean.edits import Edit
from arclean.folding.characters import CharacterRule, called
from arclean.folding.elongation import FoldElongation
from arclean.rules.glance import Sign
from arclean.rules.spans import outside, protected_spans
from arclean.rules.tables import CharTable


@dataclass(frozen=True, repr=False)
class StripTatweel(CharacterRule):
    """Remove the elongation mark, which changes how a word looks and not what it says.

    Source: U+0640 ARABIC TATWEEL, in the Arabic block of the Unicode Standard.

    >>> strip_tatweel("العـــربية في #هاشتـاق")
    'العربية في #هاشتـاق'
    """

    name: ClassVar[str] = "strip_tatweel"
    signs: ClassVar[Sign | None] = Sign.TATWEEL

    def changes(self) -> Mapping[str, str]:
        """Give what goes."""
        return {alphabet.TATWEEL: ""}


@dataclass(frozen=True, repr=False)
class StripDiacritics(CharacterRule):
    """Remove the marks above and below letters, of every Arabic block; the combining hamza is spelling and stays.

    Parameters: `keep` names the classes of marks that stay, e.g. `Marks.SHADDA | Marks.TANWIN`; `protect` as for all
    folding rules. A maddah goes unless it makes an alef an آ.

    Source: the nonspacing marks of UnicodeData.txt; the classes of `arclean.Marks`.

    >>> strip_diacritics("مُحَمَّدٌ آمَنَ")
    'محمد آمن'
    >>> StripDiacritics(keep=Marks.SHADDA)("مُحَمَّدٌ")
    'محمّد'
    """

    name: ClassVar[str] = "strip_diacritics"
    keep: Marks = Marks.NONE

    def changes(self) -> Mapping[str, str]:
        """Give what goes."""
        return dict.fromkeys(alphabet.marks(Marks.ALL & ~self.keep), "")


@dataclass(frozen=True, repr=False)
class FoldAlef(CharacterRule):
    """Write every form of alef as bare alef: with hamza, with maddah, wasla. Alef maksura is a yeh (see `fold_yeh`).

    Source: the alef forms of the Arabic block; their letters and marks in sequence as well.

    >>> fold_alef("أحمد إلى آخر ٱلمدى")
    'احمد الى اخر المدى'
    """

    name: ClassVar[str] = "fold_alef"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the forms of alef."""
        return dict.fromkeys(alphabet.ALEFS, alphabet.ALEF)


@dataclass(frozen=True, repr=False)
class FoldHamza(CharacterRule):
    """Write a hamza's seat alone, ؤ as و and ئ as ي. A hamza that stands by itself (ماء) stays, as does one on alef.

    Source: the canonical decompositions of UnicodeData.txt; for the high hamzas the compatibility decompositions.

    >>> fold_hamza("مؤمن سائل، ماء أحمد")
    'مومن سايل، ماء أحمد'
    """

    name: ClassVar[str] = "fold_hamza"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the letters that carry a hamza; a combining one goes wherever it makes no alef."""
        return _HAMZAS | dict.fromkeys(alphabet.HAMZA_MARKS, "")


@dataclass(frozen=True, repr=False)
class FoldYeh(CharacterRule):
    """Write alef maksura, Farsi yeh and their like as yeh, so that على, علی and علي are one word.

    >>> fold_yeh("على موسی")
    'علي موسي'
    """

    name: ClassVar[str] = "fold_yeh"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the letters written for yeh."""
        return dict.fromkeys(alphabet.YEHS + "\N{ARABIC LETTER YEH BARREE}", alphabet.YEH) | {
            "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}"
        }


@dataclass(frozen=True, repr=False)
class FoldTehMarbuta(CharacterRule):
    """Write teh marbuta as heh, as many hands do at a word's end.

    >>> fold_teh_marbuta("مدرسة كتبت")
    'مدرسه كتبت'
    """

    name: ClassVar[str] = "fold_teh_marbuta"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give teh marbuta."""
        return {"\N{ARABIC LETTER TEH MARBUTA}": alphabet.HEH}


@dataclass(frozen=True, repr=False)
class FoldDigits(CharacterRule):
    """Write Arabic-Indic and Persian digits as ASCII digits, with the decimal and thousands signs between them.

    Digits of other scripts, ① and Ⅳ stay.

    >>> fold_digits("١٬٢٣٤٫٥ و ۷٪")
    '1,234.5 و 7٪'
    """

    name: ClassVar[str] = "fold_digits"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the digits."""
        return alphabet.DIGITS

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give the signs that change between digits only."""
        return tuple(_IN_NUMBERS.items())

    def find(self, text: str) -> Iterator[Edit]:
        """Yield an edit for each digit, and for each sign between two."""
        if not any(sign in text for sign in _IN_NUMBERS):
            yield from self.find_characters(text)
            return
        spans = protected_spans(text) if self.protect else ()
        signs = (
            Edit(*m.span(), _IN_NUMBERS[m[0]], f"{called(m[0])} in a number")
            for m in outside(_SIGN.finditer(text), spans)
        )
        yield from sorted([*self.find_characters(text), *signs])


@dataclass(frozen=True, repr=False)
class FoldPunctuation(CharacterRule):
    """Write Arabic and typographic punctuation as ASCII has it: ، ؛ ؟ ۔ ٪, quotation marks, dashes, the ellipsis.

    >>> fold_punctuation("قال: «نعم، لماذا؟» – ثم ذهب…")
    'قال: "نعم, لماذا?" - ثم ذهب...'
    """

    name: ClassVar[str] = "fold_punctuation"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the punctuation."""
        return _PUNCTUATION


@dataclass(frozen=True, repr=False)
class FoldLookalikes(CharacterRule):
    """Write the letters of other languages' keyboards that look like Arabic ones as those: ک ی ہ ھ ۃ.

    Letters that Arabic lacks (پ چ گ) stay. Persian, Urdu and Kurdish text loses spelling by this.

    >>> fold_lookalikes("کتاب ہذا مدرسۃ پارک")
    'كتاب هذا مدرسة پارك'
    """

    name: ClassVar[str] = "fold_lookalikes"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the letters that look alike."""
        return _LOOKALIKES


@dataclass(frozen=True, repr=False)
class FoldCase(CharacterRule):
    """Write capital letters small, in every script that has them.

    Source: the simple lower-case mappings of UnicodeData.txt, as `str.lower` has them for single characters.

    >>> fold_case("ABC iPhone ÉTÉ في #MeToo")
    'abc iphone été في #MeToo'
    """

    name: ClassVar[str] = "fold_case"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give the capital letters."""
        return _small_letters()


_HAMZAS = {
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}": alphabet.WAW,
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}": alphabet.YEH,
    "\N{ARABIC LETTER HIGH HAMZA WAW}": alphabet.WAW,
    "\N{ARABIC LETTER U WITH HAMZA ABOVE}": "\N{ARABIC LETTER U}",
    "\N{ARABIC LETTER HIGH HAMZA YEH}": alphabet.YEH,
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": "\N{ARABIC LETTER AE}",
    "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}": "\N{ARABIC LETTER HEH GOAL}",
    "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH BARREE}",
}

_HEH_HAMZA = alphabet.HEH + "\N{ARABIC HAMZA ABOVE}"
_LOOKALIKES = {
    "\N{ARABIC LETTER KEHEH}": alphabet.KAF,
    "\N{ARABIC LETTER SWASH KAF}": alphabet.KAF,
    "\N{ARABIC LETTER FARSI YEH}": alphabet.YEH,
    "\N{ARABIC LETTER HEH GOAL}": alphabet.HEH,
    "\N{ARABIC LETTER HEH DOACHASHMEE}": alphabet.HEH,
    "\N{ARABIC LETTER AE}": alphabet.HEH,
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER TEH MARBUTA}",
    # No letter is a plain heh with hamza, so that these become two characters, as people type them in خانهٔ.
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": _HEH_HAMZA,
    "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}": _HEH_HAMZA,
}

_IN_NUMBERS = {"\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ","}
_DIGIT = f"[0-9{''.join(alphabet.DIGITS)}]"
_SIGN = re.compile(f"(?<={_DIGIT})[{''.join(_IN_NUMBERS)}](?={_DIGIT})")

_PUNCTUATION = {
    **_IN_NUMBERS,
    "\N{ARABIC COMMA}": ",",
    "\N{REVERSED COMMA}": ",",
    "\N{ARABIC SEMICOLON}": ";",
    "\N{REVERSED SEMICOLON}": ";",
    "\N{ARABIC QUESTION MARK}": "?",
    "\N{REVERSED QUESTION MARK}": "?",
    "\N{ARABIC FULL STOP}": ".",
    "\N{ARABIC PERCENT SIGN}": "%",
    "\N{ARABIC FIVE POINTED STAR}": "*",
    # The ornate parentheses of verses are named after their shapes: ﴿ opens in right-to-left text.
    "\N{ORNATE RIGHT PARENTHESIS}": "(",
    "\N{ORNATE LEFT PARENTHESIS}": ")",
    **dict.fromkeys("«»“”„‟", '"'),
    **dict.fromkeys("‹›‘’‚‛", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),  # hyphens, dashes, minus
    "\N{HORIZONTAL ELLIPSIS}": "...",
}


@cache
def _small_letters() -> dict[str, str]:
    """Every capital letter to its small one. No capital is encoded above 1F000."""
    return {c: c.lower() for c in map(chr, range(0x1F000)) if c.lower() != c}


strip_tatweel = StripTatweel()
strip_diacritics = StripDiacritics()
fold_alef = FoldAlef()
fold_hamza = FoldHamza()
fold_yeh = FoldYeh()
fold_teh_marbuta = FoldTehMarbuta()
fold_digits = FoldDigits()
fold_punctuation = FoldPunctuation()
fold_elongation = FoldElongation()
fold_lookalikes = FoldLookalikes()
fold_case = FoldCase()

RULES: tuple[CharacterRule, ...] = (
    strip_tatweel,
    strip_diacritics,
    fold_lookalikes,
    fold_alef,
    fold_hamza,
    fold_yeh,
    fold_teh_marbuta,
    fold_digits,
    fold_punctuation,
    fold_case,
    fold_elongation,
)
"""All of them in the order in which they settle soonest: elongation last, once variants of a letter are one letter."""


@cache
def fold_table() -> Mapping[str, str]:
    r"""Give what all these rules together make of single characters: {character: replacement or ""}.

    A few replacements have more than one character (… becomes ...); the letters and marks of a composed letter become
    what the letter becomes. Elongation and protected spans are beyond a table.

    >>> fold_table()["ؤ"], fold_table()["\N{ARABIC SHADDA}"]
    ('و', '')
    """
    return reduce(CharTable.then, (CharTable(rule.changes()) for rule in RULES)).changes
