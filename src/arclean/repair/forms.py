"""Presentation forms: the compatibility characters of Arabic, and what their authors meant by them.

Letters have one code point; old systems, PDF text and decorative fonts use a code point for each shape instead (blocks
Arabic Presentation Forms-A FB50-FDFF and -B FE70-FEFF). Unicode's own compatibility decompositions (UnicodeData.txt,
15.1) say which letters a shape stands for; of NFKC only these 731 characters are taken, so that x², ½ and ™ stay.
"""

import unicodedata
from functools import cache

from arclean import alphabet

FIRST, LAST = "\ufb50", "\ufefc"
"""The span of code points in which all forms lie; variation selectors and a few symbols lie there too."""

# Ligatures that stand for whole words with spaces, or for a word of their own. UnicodeData.txt decomposes the first
# three; the others have a name only (UAX 15 forbids new decompositions), and the name is what they say.
PHRASES = {
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}": "صلى الله عليه وسلم",
    "\N{ARABIC LIGATURE JALLAJALALOUHOU}": "جل جلاله",
    "\N{RIAL SIGN}": "ريال",
    "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}": "بسم الله الرحمن الرحيم",
    "\ufd40": "رحمه الله",
    "\ufd41": "رضي الله عنه",
    "\ufd42": "رضي الله عنها",
    "\ufd43": "رضي الله عنهم",
    "\ufd44": "رضي الله عنهما",
    "\ufd45": "رضي الله عنهن",
    "\ufd46": "صلى الله عليه وآله",
    "\ufd47": "عليه السلام",
    "\ufd48": "عليهم السلام",
    "\ufd49": "عليهما السلام",
    "\ufd4a": "عليه الصلاة والسلام",
    "\ufd4b": "قدس سره",
    "\ufd4c": "صلى الله عليه وآله وسلم",
    "\ufd4d": "عليها السلام",
    "\ufd4e": "تبارك وتعالى",
    "\ufd4f": "رحمهم الله",
    "\ufdfe": "سبحانه وتعالى",
    "\ufdff": "عز وجل",
}
"""Ligatures of whole phrases, to be set off by spaces; the rial sign (ریال in UnicodeData.txt) spelt as Arabic does."""


@cache
def letter_forms() -> dict[str, str]:
    r"""Give every form of letters or marks with the letters or marks that it stands for; phrases excepted.

    A spacing mark is the mark alone: its space or tatweel only carried it.

    >>> letter_forms()["\N{ARABIC LIGATURE LAM WITH ALEF WITH HAMZA ABOVE ISOLATED FORM}"]
    'لأ'
    >>> letter_forms()["\N{ARABIC FATHA MEDIAL FORM}"] == "\N{ARABIC FATHA}"
    True
    """
    forms = {}
    for char in map(chr, range(ord(FIRST), ord(LAST) + 1)):
        carrier, *_ = (*unicodedata.decomposition(char).split()[1:], "")
        if not carrier or char in PHRASES or "\ufdff" < char < "\ufe70":
            continue
        plain = unicodedata.normalize("NFKC", char)
        if carrier in ("0020", "0640"):
            plain = plain.replace(" ", "").replace(alphabet.TATWEEL, "")
        forms[char] = unicodedata.normalize("NFC", plain)
    return forms


@cache
def spacing_marks() -> frozenset[str]:
    """Give the forms that are a mark on a space or a tatweel."""
    return frozenset(f for f, plain in letter_forms().items() if unicodedata.category(plain[0]) == "Mn")
