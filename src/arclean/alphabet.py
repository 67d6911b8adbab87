"""Named characters and sets of the Arabic script.

Letters, their Arabic names, the short vowels and the digits come from `pyarabic.araby`; what it lacks is added here
from the Unicode Character Database 15.1 (blocks Arabic 0600-06FF, Arabic Extended-B 0870-089F, Arabic Extended-A
08A0-08FF), and `tests/test_alphabet.py` writes every difference down.
"""

import unicodedata
from enum import Flag

from pyarabic import araby

ALEF = araby.ALEF
YEH = araby.YEH
WAW = araby.WAW
HEH = araby.HEH
KAF = araby.KAF
TATWEEL = araby.TATWEEL

LETTER_NAMES: dict[str, str] = dict(araby.NAMES)
"""Letter or mark to its Arabic name, as pyarabic gives it."""

# pyarabic's ALEFAT has alef maksura and the dagger alef too, so that its normalize_alef turns على into علا. An alef
# here is a letter that is written as an alef with something above or below it.
ALEFS = "".join(
    (
        "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
        "\N{ARABIC LETTER ALEF WASLA}",
        "\N{ARABIC LETTER ALEF WITH WAVY HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH WAVY HAMZA BELOW}",
        "\N{ARABIC LETTER HIGH HAMZA ALEF}",
    )
)
"""The forms of alef, bare alef itself excepted."""

YEHS = "\N{ARABIC LETTER ALEF MAKSURA}\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER E}\N{ARABIC LETTER YEH WITH TAIL}"
"""Letters that are written for yeh at a word's end or on a Persian keyboard."""


def _marks(*ranges: tuple[int, int]) -> str:
    """Give the nonspacing marks (general category Mn) of these ranges, ends included."""
    points = (chr(p) for first, last in ranges for p in range(first, last + 1))
    return "".join(c for c in points if unicodedata.category(c) == "Mn")


HAMZA_MARKS = "\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}\N{ARABIC WAVY HAMZA BELOW}"
"""Combining hamzas: spelling, not vocalisation. مو + U+0654 + من is مؤمن, and the hamza must not be lost."""

MADDA = "\N{ARABIC MADDAH ABOVE}"


class Marks(Flag):
    """Classes of marks above and below letters, to be combined with `|`.

    >>> Marks.SHADDA | Marks.TANWIN in Marks.VOCALISATION
    True
    """

    HARAKAT = 1
    """fatha, damma, kasra"""
    TANWIN = 2
    """fathatan, dammatan, kasratan, and their open forms"""
    SUKUN = 4
    SHADDA = 8
    DAGGER_ALEF = 16
    """superscript and subscript alef, as in هٰذا"""
    MADDA = 32
    """maddah where it does not make an alef an آ"""
    QURANIC = 64
    """signs of recitation and honorifics"""
    OTHER = 128
    """vowel marks of other languages in the script, and what later Unicode versions add"""
    VOCALISATION = HARAKAT | TANWIN | SUKUN | SHADDA | DAGGER_ALEF
    ALL = VOCALISATION | MADDA | QURANIC | OTHER


# 064B-065F vowel marks, 0670 dagger alef, 0610-061A honorifics and Quranic signs, 06D6-06ED Quranic annotation (the
# end of ayah 06DD, the symbols 06DE and 06E9 and the small letters 06E5 and 06E6 are no marks), 0897-089F and
# 08CA-08FF later additions (08E2 is a format character).
ALL_MARKS = _marks((0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED), (0x897, 0x89F), (0x8CA, 0x8FF))
"""Every nonspacing mark of the Arabic blocks, combining hamzas included."""

_OF_CLASS = {
    Marks.HARAKAT: araby.FATHA + araby.DAMMA + araby.KASRA,
    Marks.TANWIN: araby.FATHATAN + araby.DAMMATAN + araby.KASRATAN + "\u08f0\u08f1\u08f2",
    Marks.SUKUN: araby.SUKUN + "\N{ARABIC SMALL HIGH DOTLESS HEAD OF KHAH}",
    Marks.SHADDA: araby.SHADDA,
    Marks.DAGGER_ALEF: araby.MINI_ALEF + "\N{ARABIC SUBSCRIPT ALEF}",
    Marks.MADDA: MADDA,
    Marks.QURANIC: _marks((0x610, 0x61A), (0x6D6, 0x6E0), (0x6E2, 0x6ED), (0x8D3, 0x8E1)),
}
_OF_CLASS[Marks.OTHER] = "".join(
    c for c in ALL_MARKS if c not in HAMZA_MARKS and not any(c in marks for marks in _OF_CLASS.values())
)


def marks(classes: Marks) -> str:
    """Give the marks of these classes as a string.

    >>> marks(Marks.SHADDA) == "\\N{ARABIC SHADDA}"
    True
    """
    return "".join(_OF_CLASS[kind] for kind in _OF_CLASS if kind in classes)


MARKS = marks(Marks.ALL) + HAMZA_MARKS
"""All marks: what a comparison key leaves out."""

# Default_Ignorable_Code_Point and bidi controls seen in scraped text. ZWNJ and ZWJ are among them: whether they may go
# depends on the word (Persian می‌خواهم) or the emoji around them, which is for the rules to decide.
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLES = ZWNJ + ZWJ + BIDI_CONTROLS + "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}"

DIGITS = {c: str(unicodedata.digit(c)) for first in (0x660, 0x6F0) for c in map(chr, range(first, first + 10))}
"""Arabic-Indic and Extended Arabic-Indic digits to ASCII ones."""

PUNCTUATION = "".join(
    c for c in map(chr, range(0x3100)) if unicodedata.category(c)[0] in "PS" and c not in "%\N{ARABIC PERCENT SIGN}"
)
"""Punctuation and symbols up to the CJK blocks; the percent signs are part of a number."""

SPACES = "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Every space separator of Unicode (general category Zs)."""
