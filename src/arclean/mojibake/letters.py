"""How likely a text is, judged by its letters: the measure by which the searches for a right reading choose.

Everything is a sum of natural logarithms (nats): a difference of 10 says that one reading is e^10, some 22,000 times as
likely as the other.
"""

import functools
import math
import re
import unicodedata
from importlib import resources
from typing import NamedTuple

BOUNDARY = "_"
ALPHABET = BOUNDARY + "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
MARKS = "\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC HAMZA BELOW}\N{ARABIC LETTER SUPERSCRIPT ALEF}"

SIZE = len(ALPHABET)
INDEX = {letter: i for i, letter in enumerate(ALPHABET)}

# Words longer than this are no words, and would fill the memory of costs.
LONGEST_KEPT = 32
# Letters stand alone in lists ("أ، ب") and where a word was broken, whichever letter it is.
LONE_LETTER_COST = -6.0
# A mark is one of about five in a vocalised text, where it stands after a letter and mostly alone.
MARK_COST = -1.6
# At the start of a word, or third in a row, a mark is as wrong as a control character.
STRAY_MARK_COST = -9.0
# A Latin letter touching an Arabic one, as in "BBCالعربية": it happens, and seldom (e^-5, one word in 150).
GLUE_COST = -5.0
# One accented letter after another: "créée" and "ação" have it, few words do; in misread Arabic every pair is one.
ROW_COST = -2.0

# log P of one character outside the Arabic letters, by what it is; ASCII is the same in every reading and free. The
# orders of magnitude matter, not the digits: punctuation and accents are one character in a hundred of a page (e^-4.5),
# emoji and soft hyphens one in some hundred, signs one in some thousand, and nobody writes controls.
PUNCTUATION_COST, ACCENT_COST, EMOJI_COST = -4.5, -4.5, -5.5
SIGN_COST, RARE_LETTER_COST, CONTROL_COST = -8.0, -12.0, -12.0
# Scripts met in Arabic pages: Latin with its accents, Greek, Cyrillic, Hebrew, and the Arabic of other languages. All
# else is far rarer, and chance makes it: the Urdu word "تک" has the form of the phonetic sign U+0298 in UTF-8.
_NEIGHBOUR = re.compile("[\xaa-\u017fΆ-ώЀ-ѓא-ת\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
COMMON_PUNCTUATION = frozenset("،؛؟«»“”‘’–—…•٪﴿﴾\N{NO-BREAK SPACE}")
ARABIC_DIGITS = frozenset("٠١٢٣٤٥٦٧٨٩")
EMOJI_FIRST, EMOJI_LAST = "\N{MAHJONG TILE EAST WIND}", "\U0001faff"
EMOJI_PRESENTATION = "\N{VARIATION SELECTOR-16}"

_WORD = re.compile(f"[{ALPHABET[1:]}{MARKS}]+")
_MARK = re.compile(f"[{MARKS}]")
_STRAY = re.compile(f"^[{MARKS}]|(?<=[{MARKS}]{{2}})[{MARKS}]")
_ARABIC = f"{ALPHABET[1:]}{MARKS}"
_LATIN = "A-Za-z\N{LATIN CAPITAL LETTER A WITH GRAVE}-\N{LATIN SMALL LETTER LONG S}"
_GLUE = re.compile(f"(?<=[{_ARABIC}])[{_LATIN}]|(?<=[{_LATIN}])[{_ARABIC}]")
_ROW = re.compile("(?<=[À-ÖØ-öø-ſ])[À-ÖØ-öø-ſ]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def level_of(count: int) -> str:
    """Write a count as one character, within a factor of 2 ** 0.25.

    >>> level_of(0), level_of(1), level_of(1024)
    ('.', 'A', 'U')
    """
    return chr(ord("A") + round(2 * math.log2(count))) if count else "."


def count_of(level: str) -> float:
    """Read back what `level_of` wrote.

    >>> count_of("U")
    1024.0
    """
    return 0.0 if level == "." else 2.0 ** ((ord(level) - ord("A")) / 2)


class LetterModel(NamedTuple):
    """The probability of each letter after the two before it, in nats, as one flat table."""

    costs: tuple[float, ...]

    @classmethod
    def parse(cls, table: str) -> "LetterModel":
        """Read the rows of the data file: a context of two letters, a tab, a level for each letter."""
        counts = [[0.0] * SIZE for _ in range(SIZE * SIZE)]
        for line in table.splitlines():
            if not line.startswith("#"):
                context, levels = line.split("\t")
                counts[INDEX[context[0]] * SIZE + INDEX[context[1]]] = [count_of(level) for level in levels]
        pairs = [[sum(counts[a * SIZE + b][c] for a in range(SIZE)) for c in range(SIZE)] for b in range(SIZE)]
        # Half a sighting for each pair never seen; what the pair says counts as five sightings of the trigram, though
        # anything from 1 to 20 gives the same cost on the documents left out, to three digits.
        rough = [[(n + 0.5) / (sum(row) + 0.5 * SIZE) for n in row] for row in pairs]
        costs: list[float] = []
        for context_at, row in enumerate(counts):
            seen = sum(row) + 5
            costs += [math.log((n + 5 * p) / seen) for n, p in zip(row, rough[context_at % SIZE], strict=True)]
        return cls(tuple(costs))

    def word(self, letters: str) -> float:
        """Return log P of a word of letters of the alphabet, its ends included."""
        total, before, last = 0.0, 0, 0
        for letter in letters + BOUNDARY:
            now = INDEX[letter]
            total += self.costs[(before * SIZE + last) * SIZE + now]
            before, last = last, now
        return total


@functools.cache
def letter_model() -> LetterModel:
    """Return the model shipped with the library, read when first asked for."""
    return LetterModel.parse((resources.files("arclean") / "data" / "letter_model.txt").read_text(encoding="utf-8"))


def word_cost(word: str) -> float:
    """Return log P of a word of Arabic letters and marks.

    >>> word_cost("السلام") > word_cost("لامسلا")
    True
    """
    return _known_cost(word) if len(word) <= LONGEST_KEPT else _cost(word)


def _cost(word: str) -> float:
    letters, marks = _MARK.subn("", word)
    stray = len(_STRAY.findall(word)) if marks else 0
    total = letter_model().word(letters) if len(letters) > 1 else LONE_LETTER_COST * len(letters)
    return total + (marks - stray) * MARK_COST + stray * STRAY_MARK_COST


_known_cost = functools.lru_cache(maxsize=1 << 14)(_cost)


@functools.lru_cache(maxsize=1 << 12)
def character_cost(character: str) -> float:
    """Return log P of one character that is neither ASCII nor an Arabic letter."""
    if character in COMMON_PUNCTUATION or character in ARABIC_DIGITS:
        return PUNCTUATION_COST
    category = unicodedata.category(character)
    # Cf: joiners, direction marks, and the soft hyphens that German pages are full of.
    if EMOJI_FIRST <= character <= EMOJI_LAST or character == EMOJI_PRESENTATION or category == "Cf":
        return EMOJI_COST
    if category[0] in "LM":
        return ACCENT_COST if _NEIGHBOUR.match(character) else RARE_LETTER_COST
    return CONTROL_COST if category[0] == "C" or character == "\N{REPLACEMENT CHARACTER}" else SIGN_COST


def plausibility(text: str) -> float:
    """Return how likely the text is to be meant as it stands; only differences between readings mean anything.

    >>> plausibility("مرحبا") > plausibility("ظ…ط±ط\N{SOFT HYPHEN}ط¨ط§")
    True
    """
    if text.isascii():
        return 0.0
    total = math.fsum(word_cost(word) for word in _WORD.findall(text))
    total += math.fsum(character_cost(c) for c in _BEYOND_ASCII.findall(_WORD.sub("", text)))
    return total + len(_GLUE.findall(text)) * GLUE_COST + len(_ROW.findall(text)) * ROW_COST
