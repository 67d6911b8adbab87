"""A line's key with its slots merged: the same line with another number, date or address has the same key."""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from arclean import alphabet
from arclean.lines import comparison_key, comparison_keys

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
شوال القعدة الحجة ذو ذي ه م هـ ميلادي هجري ص صباحا مساء gmt
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


@cache
def phrase_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Give the pattern that finds words of a key in a line as it is written, from a word's start to a word's end.

    Marks may stand after each letter, and any spaces and punctuation between words. The three sets share no character
    where one could take over from another, so that matching takes linear time.

    >>> phrase_pattern(("اقرا", "ايضا")).search("قال. إقـرأ/ أيضًا: عنوان").span()
    (5, 17)
    """
    marks = f"[{re.escape(_SILENT)}]*"
    between = f"[{re.escape(_BETWEEN)}][{re.escape(_BETWEEN + _SILENT)}]*"
    written = between.join("".join(_letter(c) + marks for c in word) for word in words)
    return re.compile(rf"(?<!\w){written}(?!\w)", re.IGNORECASE)


_SILENT = alphabet.MARKS + alphabet.TATWEEL + alphabet.INVISIBLES
_BETWEEN = alphabet.PUNCTUATION + alphabet.SPACES + "\t"


@cache
def _letter(char: str) -> str:
    """Give the letters that a key's letter stands for."""
    same = [c for c in alphabet.ALEFS + alphabet.YEHS + "ةؤئک" if comparison_key(c) == char]
    return f"[{re.escape(char + ''.join(same))}]"
