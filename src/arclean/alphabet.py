"""Named characters and sets of the Arabic script.

Letters, their Arabic names, the short vowels and the digits come from `pyarabic.araby`; what it lacks is added here
from the Unicode Character Database 16.0 (blocks Arabic 0600-06FF, Arabic Extended-B 0870-089F, Arabic Extended-A
08A0-08FF), and `tests/test_alphabet.py` writes every difference down.
"""

import unicodedata
from enum import Flag

from pyarabic import araby


def _span(first: int, last: int) -> str:
    """Give the characters of a range, ends included."""
    return "".join(map(chr, range(first, last + 1)))


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
ALEFS = (
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}"
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}"
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}"
    "\N{ARABIC LETTER ALEF WASLA}"
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA ABOVE}"
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA BELOW}"
    "\N{ARABIC LETTER HIGH HAMZA ALEF}"
)
"""The forms of alef, bare alef itself excepted."""

YEHS = "\N{ARABIC LETTER ALEF MAKSURA}\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER E}\N{ARABIC LETTER YEH WITH TAIL}"
"""Letters that are written for yeh at a word's end or on a Persian keyboard."""

LETTERS = (
    _span(0x620, 0x63F)
    + _span(0x641, 0x64A)
    + "\u066e\u066f"
    + _span(0x671, 0x6D3)
    + "\u06d5\u06ee\u06ef"
    + _span(0x6FA, 0x6FC)
    + "\u06ff"
    + _span(0x750, 0x77F)
    + _span(0x8A0, 0x8C7)
)
"""Letters of the script in all its languages (category Lo): pyarabic's LETTERS are those of Arabic alone."""


HAMZA_MARKS = "\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}\N{ARABIC WAVY HAMZA BELOW}"
"""Combining hamzas: spelling, not vocalisation. مو + U+0654 + من is مؤمن, and the hamza must not be lost."""

MADDA = "\N{ARABIC MADDAH ABOVE}"


class Marks(Flag):
    """Classes of marks above and below letters, to be combined with `|`.

    >>> Marks.SHADDA | Marks.TANWIN in Marks.VOCALISATION
    True
    """

    NONE = 0
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


# The nonspacing marks (Mn) of UnicodeData.txt 16.0, range by range and not by asking Python, whose older versions do
# not know 0897. Between the ranges lie what is no mark: the end of ayah 06DD and the sign 08E2 (format characters),
# the small letters 06E5 and 06E6, the symbols 06DE and 06E9.
_VOWELS = _span(0x64B, 0x65F) + "\N{ARABIC LETTER SUPERSCRIPT ALEF}"
_ANNOTATION = _span(0x6D6, 0x6DC) + _span(0x6DF, 0x6E4) + _span(0x6E7, 0x6E8) + _span(0x6EA, 0x6ED)
_HONORIFICS = _span(0x610, 0x61A)
_LATER = _span(0x897, 0x89F) + _span(0x8CA, 0x8E1) + _span(0x8E3, 0x8FF)

ALL_MARKS = _HONORIFICS + _VOWELS + _ANNOTATION + _LATER
"""Every nonspacing mark of the Arabic blocks, combining hamzas included."""

_HIGH_KHAH = "\N{ARABIC SMALL HIGH DOTLESS HEAD OF KHAH}"  # how the Uthmani Quran writes sukun

_OF_CLASS = {
    Marks.HARAKAT: araby.FATHA + araby.DAMMA + araby.KASRA,
    Marks.TANWIN: "".join(araby.TANWIN) + _span(0x8F0, 0x8F2),
    Marks.SUKUN: araby.SUKUN + _HIGH_KHAH,
    Marks.SHADDA: araby.SHADDA,
    Marks.DAGGER_ALEF: araby.MINI_ALEF + "\N{ARABIC SUBSCRIPT ALEF}",
    Marks.MADDA: MADDA,
    Marks.QURANIC: _HONORIFICS + _ANNOTATION.replace(_HIGH_KHAH, "") + _span(0x8D3, 0x8E1),
}
_OF_CLASS[Marks.OTHER] = "".join(
    c for c in ALL_MARKS if c not in HAMZA_MARKS and not any(c in marks for marks in _OF_CLASS.values())
)


def marks(classes: Marks) -> str:
    r"""Give the marks of these classes as a string.

    >>> marks(Marks.SHADDA) == "\N{ARABIC SHADDA}"
    True
    """
    return "".join(_OF_CLASS[kind] for kind in _OF_CLASS if kind in classes)


MARKS = marks(Marks.ALL) + HAMZA_MARKS
"""All marks: what a comparison key leaves out."""

# Default_Ignorable_Code_Point and bidi controls seen in scraped text. ZWNJ and ZWJ are among them: whether they may go
# depends on the word (Persian mi-khaham, U+200C between) or the emoji around them, which is for the rules to decide.
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLES = (
    ZWNJ + ZWJ + BIDI_CONTROLS + "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}"
)

DIGITS = {c: str(unicodedata.digit(c)) for first in (0x660, 0x6F0) for c in map(chr, range(first, first + 10))}
"""Arabic-Indic and Extended Arabic-Indic digits to ASCII ones."""

PUNCTUATION = "".join(
    c for c in map(chr, range(0x3100)) if unicodedata.category(c)[0] in "PS" and c not in "%\N{ARABIC PERCENT SIGN}"
)
"""Punctuation and symbols up to the CJK blocks; the percent signs are part of a number."""

SPACES = "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Every space separator of Unicode (general category Zs)."""
