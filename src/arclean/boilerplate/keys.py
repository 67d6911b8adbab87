"""A line's key with its slots merged: the same line with another number, date or address has the same key."""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from arclean.lines import comparison_key, comparison_keys

NUMBER = "0"
ADDRESS = "url"
"""What stands in a key for a number or date, and for an address."""

# Runs without a nested quantifier: the address stops at the first space, so that the search is linear.
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-][\w.-]{0,250}")
_DIGITS = re.compile(r"[0-9]+")
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
    ['نشر في 0', 'راسلنا url']
    """
    shown = [_ADDRESS.sub(f" {ADDRESS} ", line) if "@" in line or "/" in line or "www" in line else line for line in lines]
    return [_slotted(key) for key in comparison_keys(shown)]


def _slotted(key: str) -> str:
    masked = _DIGITS.sub(NUMBER, key)
    return _date().sub(NUMBER, masked) if "0 " in masked else masked


def fingerprint(key: str) -> int:
    """Give 64 bits for a key, the same in every process, as a signed number that numpy takes."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
