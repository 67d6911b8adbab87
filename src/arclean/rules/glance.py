"""A glance at a text: which kinds of characters it has, so that most rules need not look at most texts.

One pass for all rules: CPython's charmap codec writes the text in an alphabet of 256, `bytes.translate` deletes what no
rule looks for, and what is left says which rules have to look. Text with any other character is looked at by all.
"""

from codecs import charmap_build, charmap_encode
from enum import IntFlag
from functools import cache, lru_cache
from typing import Any

from arclean import alphabet


class Sign(IntFlag):
    """What rules look for. A text without a rule's sign is a text in which the rule finds nothing."""

    REFERENCE = 1
    """an ampersand: HTML character references"""
    SPACE = 2
    """spaces and line ends other than the plain ones"""
    INVISIBLE = 4
    MARK = 8
    """marks, which may be out of order or not composed"""
    TATWEEL = 16
    LOOKALIKE = 32
    """letters of Persian, Urdu and Kurdish keyboards"""
    BROKEN = 64
    """what broken encodings are full of: accented letters, C1 controls, odd signs"""
    FORM = 128
    """presentation forms: none is in the alphabet, so that they are always looked at"""
    ALL = 255


# Letters, digits and punctuation of Arabic web text that no repair begins at; the alphabet has room for 256.
_PLAIN = "".join(
    (
        *(chr(c) for c in range(128) if chr(c) not in "&\r\v\f"),
        *map(chr, (*range(0x621, 0x63B), *range(0x641, 0x64B))),
        *map(chr, range(0x660, 0x66D)),
        "،؛؟«»“”‘’–—×•″",
        "\N{ARABIC LETTER TCHEH}\N{ARABIC LETTER JEH}\N{ARABIC LETTER GAF}\N{ARABIC LETTER VEH}",
    )
)
_SIGNS = {
    "&": Sign.REFERENCE,
    **dict.fromkeys("\r\v\f\u00a0\u202f\u2009", Sign.SPACE | Sign.BROKEN),
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff", Sign.INVISIBLE | Sign.BROKEN),
    "\u00ad": Sign.INVISIBLE | Sign.BROKEN,
    **dict.fromkeys(map(chr, (*range(0x64B, 0x653), 0x670)), Sign.MARK),
    alphabet.TATWEEL: Sign.TATWEEL,
    **dict.fromkeys("\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER KEHEH}\N{ARABIC LETTER HEH GOAL}", Sign.LOOKALIKE),
    # The last three are what windows-1256 shows for second bytes: in ط + … begins UTF-8.
    "\N{ARABIC LETTER HEH DOACHASHMEE}": Sign.LOOKALIKE | Sign.BROKEN,
    **dict.fromkeys("\N{ARABIC LETTER PEH}\N{HORIZONTAL ELLIPSIS}", Sign.BROKEN),
    **dict.fromkeys("éèàçêâîôûïëöüÉ°©®·±²½€£", Sign.BROKEN),
}


@cache
def _tables() -> tuple[Any, bytes, tuple[int, ...]]:
    """Give how to write the alphabet, the bytes that say nothing, and what each byte says."""
    letters = dict.fromkeys(_PLAIN, Sign(0)) | _SIGNS
    encoding = charmap_build("".join(letters).ljust(256, "\ufffe"))
    plain = bytes(i for i, sign in enumerate(letters.values()) if not sign)
    return encoding, plain, tuple(map(int, letters.values()))


@lru_cache(maxsize=4)
def glance(text: str) -> int:
    """Say which signs a text has, at three nanoseconds a character; for text in other scripts, that it may have all.

    The answer is a plain number: an enum's own & would cost more than the pass.

    >>> Sign(glance("قال: نعم، 12")), Sign(glance("قال&nbsp;نعـم"))
    (<Sign: 0>, <Sign.REFERENCE|TATWEEL: 17>)
    """
    encoding, plain, says = _tables()
    try:
        data = charmap_encode(text, "strict", encoding)[0]
    except UnicodeEncodeError:
        return int(Sign.ALL)
    found = 0
    for byte in set(data.translate(None, plain)):
        found |= says[byte]
    return found
