"""A line's key with its slots merged: the same line with another number, date or address has the same key."""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from arclean import alphabet
from arclean.lines import comparison_key, comparison_keys, key_changes
from arclean.rules.tables import CharTable

NUMBER = "0"
DATE = "0 0"
LINK = "url"
MAIL = "mail"
"""What stands in a key for a number, for a date or other run of numbers, for a link, for a mail address or @handle."""

_DIGIT = re.compile("[0-9]")
_DIGITS = re.compile("[0-9]+")
# Legal notices are longer, but two that agree so far are the same.
LONGEST_KEY = 400
# CLDR 44, names of the Gregorian months as used in Egypt, the Levant and the Maghreb, and of the Islamic months.
_MONTHS = """
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر كانون شباط آذار نيسان أيار حزيران تموز آب
أيلول تشرين الأول الثاني جانفي فيفري أفريل ماي جوان جويلية أوت محرم صفر ربيع الآخر جمادى الأولى الآخرة رجب شعبان رمضان
شوال خريف الخريف شتاء الشتاء صيف الصيف الربيع القعدة الحجة ذو ذي ه م هـ ميلادي هجري ص صباحا مساء gmt
"""


@cache
def _date() -> re.Pattern[str]:
    """Build the pattern of a number and the numbers and month names after it."""
    names = sorted({comparison_key(name) for name in _MONTHS.split()} - {""})
    return re.compile(rf"\b0(?: (?:0|{'|'.join(names)})\b)+")


def slot_keys(lines: Sequence[str]) -> list[str]:
    """Give the key of each line: comparison keys in which numbers, dates and addresses are slots.

    >>> slot_keys(["نُشر في ١٢ مارس 2024، 10:30", "راسلنا: a.b@site.com"])
    ['نشر في 0 0', 'راسلنا mail']
    """
    return [slotted(key) for key in plain_keys(lines)]


def plain_keys(lines: Sequence[str]) -> list[str]:
    """Give the comparison keys of lines, with their addresses as slots and their numbers as they are."""
    return comparison_keys(
        [_unaddressed(line) if "@" in line or "://" in line or "www." in line else line for line in lines]
    )


def _unaddressed(line: str) -> str:
    """Put the slot in place of each address; what stands before it with a colon stays: راسلنا:a@b.com.

    A line that is one link keeps it: each page names other sources, and only the same link again is the same line.
    """
    words = line.split(" ")
    if "@" not in line and len(line.split()) == 1:
        return line
    for i, word in enumerate(words):
        label, _, address = word.rpartition(":") if "@" in word else ("", "", word)
        if "@" in word or "://" in word or word.startswith("www."):
            words[i] = f"{label} {MAIL if '@' in word else LINK} " if address else word
    return " ".join(words)


def slotted(key: str) -> str:
    """Put slots in place of the numbers and dates of a comparison key.

    >>> slotted("نشر في 12 مارس 2024 10 30")
    'نشر في 0 0'
    """
    if not _DIGIT.search(key):
        return key
    masked = _DIGITS.sub(NUMBER, key)
    return _date().sub(DATE, masked) if "0 " in masked else masked


def fingerprint(key: str) -> int:
    """Give 64 bits for a key, the same in every process, as a signed number that numpy takes."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def find_phrase(words: tuple[str, ...], text: str, at: int = 0, *, here: bool = False) -> tuple[int, int] | None:
    """Find words of a key in a line as it is written, from a word's start to a word's end; None where they are not.

    Marks may stand after each letter, and any spaces and punctuation between words.

    Parameters: `at` is where the search begins; `here`, that the phrase must begin there.

    >>> find_phrase(("اقرا", "ايضا"), "قال. إقـرأ/ أيضًا: عنوان")
    (5, 17)
    """
    pattern, flat = _phrase(words), _flat()(text)
    m = pattern.match(flat, at) if here else pattern.search(flat, at)
    return m and m.span()


ANY = "*"
"""What stands in a prefix for a name that differs: the town of a dateline."""

_DATELINE = re.compile(
    r"\W*(\w[^-–—:|/()\n]{1,40}?)\s?[-–—:|/]{1,2}\s(?:([^-–—:|/.،\n]{2,30}?)\s?[-–—:|/]{1,2}\s)?\s*(?=\w)"
)


def dateline(text: str) -> tuple[str, str, tuple[int, int]] | None:
    """Give what a line opens with before a dash or colon, the name up to a second one, and where both end.

    >>> dateline("نبأ - مراكش - افتتح الوزير السوق.")
    ('نبا', 'مراكش', (6, 14))
    """
    m = _DATELINE.match(text)
    if m is None:
        return None
    ends = (m.start(2) if m[2] else m.end(), m.end())
    return comparison_key(m[1]), comparison_key(m[2] or ""), ends


_SILENT = "\x01"


@cache
def _flat() -> CharTable:
    """Fold letters as keys do without moving any: marks become a sign, so that a phrase needs no sets of characters.

    A pattern with a set for each letter took two milliseconds to compile, and a site has hundreds of phrases.
    """
    changes = {c: new or _SILENT for c, new in key_changes().items()}
    return CharTable(changes | dict.fromkeys(alphabet.SPACES + "\t", " ") | {_SILENT: "\x02"})


@cache
def _phrase(words: tuple[str, ...]) -> re.Pattern[str]:
    """Build the pattern of a phrase: its sets share no character, so that matching takes linear time."""
    written = f" [ {_SILENT}]*".join("".join(re.escape(c) + _SILENT + "*" for c in word) for word in words)
    return re.compile(rf"(?<!\w){written}(?!\w)")
