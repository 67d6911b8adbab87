"""What restores a text: entities, composition, presentation forms, spaces, invisible characters, look-alike letters.

Every rule here begins with a scan that costs a few nanoseconds a character and ends the matter for clean text. Mojibake
has a module of its own, which needs a model of Arabic.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import ClassVar

from arclean import alphabet
from arclean.edits import Edit
from arclean.repair import forms
from arclean.repair.entities import decoded_references
from arclean.repair.joiners import Joiners
from arclean.repair.languages import votes
from arclean.repair.lookalikes import mistyped_letters
from arclean.rules import Rule, looks_for, rule
from arclean.rules.glance import Sign
from arclean.rules.spans import protected_spans


@rule
@looks_for(Sign.REFERENCE)
def repair_entities(text: str) -> Iterator[Edit]:
    """Decode HTML character references, however often they were escaped.

    A reference needs its semicolon: AT&T and the address ?a=1&copy=2 stay. References to what no text may have
    (controls, halves of surrogate pairs, numbers past U+10FFFF) stay as well.

    >>> repair_entities("&quot;&#1571;حمد&quot; &amp;amp; AT&T")
    '"أحمد" & AT&T'
    """
    for start, end, char in decoded_references(text):
        yield Edit(start, end, char, f"HTML entity {text[start:end]}" if end - start < _LONG else "HTML entity")


_LONG = 40  # &amp;amp;…: the reason need not repeat all of it


@rule
@looks_for(Sign.MARK)
def repair_unicode(text: str) -> Iterator[Edit]:
    r"""Compose letters and put their marks in canonical order (Unicode's NFC), cluster by cluster.

    Nothing else changes: x², ½ and ﷲ are compatibility characters, not other spellings of the same.

    >>> repair_unicode("ا\N{ARABIC HAMZA ABOVE}حمد مو\N{ARABIC HAMZA ABOVE}من")
    'أحمد مؤمن'
    """
    if unicodedata.is_normalized("NFC", text):
        return
    for stretch in _STRETCH.finditer(text):
        if unicodedata.is_normalized("NFC", stretch[0]):
            continue
        for start, end in _clusters(stretch[0], stretch.start()):
            old = text[start:end]
            new = unicodedata.normalize("NFC", _sorted_marks(old) if end - start > _PILE else old)
            if new != old:
                composed = len(new) < len(old)
                yield Edit(start, end, new, "composed into one character" if composed else "canonical order or form")


# Below U+0300 nothing composes with what stands before it and nothing is reordered: such characters part the text into
# stretches that can be normalised one by one, and most of them need no look.
_STRETCH = re.compile("[\x00-\u02ff]?[\u0300-\U0010ffff]+")


def _clusters(stretch: str, offset: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a character with all that may compose with it or be reordered after it: marks, Hangul jamo."""
    start = 0
    for i, char in enumerate(stretch):
        if i > start and unicodedata.category(char)[0] != "M" and not "\u1160" <= char <= "\u11ff":
            yield offset + start, offset + i
            start = i
    yield offset + start, offset + len(stretch)


_PILE = 32  # marks on one letter: more than that nobody reads


def _sorted_marks(cluster: str) -> str:
    """Sort each run of marks by combining class, as NFC will: CPython does it in quadratic time, and marks pile up."""
    runs = groupby(cluster, lambda c: unicodedata.combining(c) > 0)
    return "".join("".join(sorted(run, key=unicodedata.combining)) for _, run in runs)


@rule
@looks_for(Sign.FORM)
def repair_presentation_forms(text: str) -> Iterator[Edit]:
    """Replace presentation forms, which name a letter's shape, by the letters; ligatures of phrases by their words.

    Spacing marks become the mark on the letter before them, and stay where there is none. Phrases (ﷺ, ﷽, ﷼) stay in
    Persian, Urdu or Kurdish text, where they are symbols among other words. Ornate parentheses ﴿﴾ and every
    compatibility character outside the Arabic blocks (x², ½) stay.

    >>> repair_presentation_forms("ﺍﻟﻠﻐﺔ ﻷﻧﻪ ﷲ 500﷼")
    'اللغة لأنه الله 500 ريال'
    """
    if not _MAYBE_FORM.search(text):
        return
    letters, marks, foreign = forms.letter_forms(), forms.spacing_marks(), None
    for found in _FORM.finditer(text):
        char, at = found[0], found.start()
        if plain := letters.get(char):
            if char not in marks or (at and (text[at - 1].isalpha() or unicodedata.category(text[at - 1]) == "Mn")):
                yield Edit(at, at + 1, plain, "presentation form")
        elif phrase := forms.PHRASES.get(char):
            if foreign is None:
                foreign = votes(text.translate(_letter_table())).other
            if not foreign:
                yield Edit(at, at + 1, _set_off(text, at, phrase), "ligature of a phrase")


_MAYBE_FORM = re.compile(f"[{forms.FIRST}-{forms.LAST}]")
_FORM = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")


@cache
def _letter_table() -> dict[int, str]:
    return str.maketrans(forms.letter_forms())


def _set_off(text: str, at: int, phrase: str) -> str:
    """Give the phrase with a space on each side where a letter, digit, mark or another phrase touches it."""
    before = at - 1
    while before >= max(0, at - _FEW) and text[before] in _STRIPPED:
        before -= 1
    after = at + 1
    while after < min(len(text), at + _FEW) and text[after] in _STRIPPED:
        after += 1
    left = before >= 0 and (_wordlike(text[before]) or text[before] in forms.PHRASES)
    right = after < len(text) and _wordlike(text[after]) and unicodedata.category(text[after])[0] != "M"
    return " " * left + phrase + " " * (right and text[after] not in forms.PHRASES)


_FEW = 8  # invisible characters that may stand between a word and its phrase; a limit, so that a million cost no more


def _wordlike(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M" or char == alphabet.TATWEEL


@rule
@looks_for(Sign.SPACE)
def repair_spaces(text: str) -> Iterator[Edit]:
    r"""Make every kind of space the plain one and every kind of line end a line feed.

    Runs of spaces, tabs and blank lines stay: they may be indentation or columns. A paragraph separator is one line
    end like the others: a blank line after it would be our invention. What may be half of a broken letter (the no-break
    space of Ã\xa0, the U+0085 of Ù\x85) stays for repair_mojibake.

    >>> repair_spaces("10\N{NO-BREAK SPACE}000 دينار\r\nآخر")
    '10 000 دينار\nآخر'
    """
    for maybe in _MAYBE_SPACE.finditer(text):
        found = _SPACE.match(text, maybe.start())
        if found is None:
            continue
        if found[1]:
            yield Edit(*found.span(), "", f"{_SPACE_NAMES[found[1]]} that carries a mark within a word")
        elif found[0] in _SPACE_NAMES:
            yield Edit(*found.span(), " ", _SPACE_NAMES[found[0]])
        else:
            yield Edit(*found.span(), "\n", _LINE_END_NAMES[found[0]])


_ODD_SPACES = alphabet.SPACES.replace(" ", "")
_SPACE_NAMES = {c: unicodedata.name(c).lower() for c in _ODD_SPACES}
_LINE_END_NAMES = {
    "\r\n": "line end CR LF",
    "\r": "line end CR",
    "\v": "line tabulation",
    "\f": "form feed",
    "\x85": "next line, U+0085",
    "\N{LINE SEPARATOR}": "line separator",
    "\N{PARAGRAPH SEPARATOR}": "paragraph separator",
}
_MAYBE_SPACE = re.compile(f"[{_ODD_SPACES}\r\v\f\x85\u2028\u2029]")
_SPACE = re.compile(
    # Some editions of the Quran set the dagger alef of صراط on a hair space, inside the word: there it parts nothing.
    rf"(?<=[\w{alphabet.ALL_MARKS}])([\u2009\u200a])(?=[{alphabet.ALL_MARKS}])"
    rf"|(?<![ÂÃØÙÚÛ])\xa0|[{_ODD_SPACES[1:]}]"
    r"|(?<![\x80-\xff])\x85|\r\n?|[\v\f\u2028\u2029]"
)


@dataclass(frozen=True, repr=False)
class StripInvisibles(Rule):
    r"""Remove characters that nobody sees: bidi controls, zero-width spaces, byte order marks, soft hyphens.

    Parameters: `protect` says whether addresses, handles, hashtags and fenced code are left alone.

    Joiners stay where they are spelling: ZWJ inside emoji, both in Indic and South-East Asian scripts, and ZWNJ
    between the letters of a Persian, Urdu or Kurdish word; in an Arabic word it goes. Which it is, the letters of the
    word decide, then the words near it, its line and the text.

    >>> strip_invisibles("هذا الكتا\N{ZERO WIDTH NON-JOINER}ب مفيد\N{RIGHT-TO-LEFT MARK}")
    'هذا الكتاب مفيد'
    >>> strip_invisibles("می\N{ZERO WIDTH NON-JOINER}خواهم") == "می\N{ZERO WIDTH NON-JOINER}خواهم"
    True
    """

    name: ClassVar[str] = "strip_invisibles"
    signs: ClassVar[Sign | None] = Sign.INVISIBLE
    protect: bool = True

    def find(self, text: str) -> Iterator[Edit]:
        """Yield an edit for each run of one invisible character."""
        if not any(map(text.__contains__, _STRIPPED)):
            return
        joiners = Joiners(text)
        shielded = protected_spans(text)[::-1] if self.protect else []
        for run in _INVISIBLE.finditer(text):
            start, end = run.span()
            kept = joiners.kept(start, end)
            while shielded and shielded[-1][1] <= end:  # at a span's end an invisible character is not part of it
                shielded.pop()
            if not (shielded and shielded[-1][0] < start):
                yield from _without(text, start, end, kept)


strip_invisibles = StripInvisibles()


def _without(text: str, start: int, end: int, kept: int) -> Iterator[Edit]:
    """Yield the edits that remove what is between `start` and `end` but for the character at `kept`."""
    for _, group in groupby(range(start, end), lambda i: (text[i], i < kept, i == kept)):
        at = list(group)
        if at[0] != kept:
            reason = unicodedata.name(text[at[0]]).lower() + (f", {len(at)} times" if len(at) > 1 else "")
            yield Edit(at[0], at[-1] + 1, "", reason)


_STRIPPED = alphabet.INVISIBLES + "\u206a\u206b\u206c\u206d\u206e\u206f"  # and the deprecated shaping controls
_INVISIBLE = re.compile(f"[{_STRIPPED}]+")


@rule
@looks_for(Sign.LOOKALIKE)
def repair_lookalikes(text: str) -> Iterator[Edit]:
    """Replace letters of Persian, Urdu and Kurdish keyboards in the words of an Arabic text by the Arabic ones.

    Text that is not beyond doubt Arabic stays: Persian, Urdu, Kurdish, Uyghur; a foreign line or name in Arabic text;
    single words without evidence around them. Loan letters (ڤيينا, پاريس) stay. A final ی becomes ي or ى as the word
    is spelt.

    >>> repair_lookalikes("وصل الوزیر إلی الریاض مساء أمس")
    'وصل الوزير إلى الرياض مساء أمس'
    >>> repair_lookalikes("این کتاب را دارم")
    'این کتاب را دارم'
    """
    for start, end, new, reason in mistyped_letters(text):
        yield Edit(start, end, new, reason)
