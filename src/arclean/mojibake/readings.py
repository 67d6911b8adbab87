"""The ways in which Arabic bytes are read wrongly: for each wrong reading, which byte every character stood for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

HIGH_BYTES = range(0x80, 0x100)


def _defined(codec: str, byte: int) -> str:
    return bytes([byte]).decode(codec, "ignore")


def _as_browsers_read(codec: str) -> dict[int, str]:
    """Map high bytes to characters; an undefined one becomes the C1 control, as WHATWG's Encoding Standard has it."""
    return {byte: _defined(codec, byte) or chr(byte) for byte in HIGH_BYTES}


@dataclass(frozen=True, eq=False)
class Reading:
    """A code page that bytes were wrongly read in."""

    name: str
    to_byte: Mapping[str, int]
    """Every character that this reading gives for a high byte, and the byte."""

    @classmethod
    def of(cls, name: str, codec: str) -> "Reading":
        """Make the reading of a single-byte code page that Python knows."""
        return cls(name, {character: byte for byte, character in _as_browsers_read(codec).items()})

    def characters(self, first: int, last: int) -> str:
        """Write the characters of a range of bytes for use inside a regular expression's brackets."""
        return "".join(re.escape(c) for c, byte in self.to_byte.items() if first <= byte <= last)

    @cached_property
    def _to_latin(self) -> dict[int, int]:
        return {ord(character): byte for character, byte in self.to_byte.items()}

    def bytes_of(self, text: str) -> bytes:
        """Return the bytes that this reading showed as `text`.

        Raises UnicodeEncodeError where the text has a character that the reading cannot give.

        >>> WESTERN.bytes_of("Ù„").decode()
        'ل'
        """
        return text.translate(self._to_latin).encode("latin-1")


def _western() -> Reading:
    """Join latin-1 and windows-1252: one text may mix C1 controls with what windows-1252 has in their places."""
    controls = {chr(byte): byte for byte in HIGH_BYTES}
    return Reading("windows-1252", controls | {c: byte for byte, c in _as_browsers_read("cp1252").items()})


WESTERN = _western()
WINDOWS_1256 = Reading.of("windows-1256", "cp1256")
READINGS = (
    WESTERN,
    WINDOWS_1256,
    Reading.of("Mac Roman", "mac_roman"),
    Reading.of("cp437", "cp437"),
    Reading.of("windows-1251", "cp1251"),
)
"""What UTF-8 is read as."""

_LATIN_1_ALONE = frozenset(chr(byte) for byte in range(0x80, 0xA0) if _defined("cp1252", byte))


def western_name(text: str) -> str:
    r"""Tell the two readings of `WESTERN` apart: a C1 control where windows-1252 has a character is latin-1's.

    >>> western_name("Ù\x84"), western_name("Ù„")
    ('latin-1', 'windows-1252')
    """
    return WESTERN.name if _LATIN_1_ALONE.isdisjoint(text) else "latin-1"


class Repair(NamedTuple):
    """A run of a line, what it should read, and why."""

    start: int
    end: int
    new: str
    chain: tuple[str, ...]
    """The damages, in the order in which they were done."""
    gain: float
    """How much likelier the repaired text is, in nats."""
    certain: bool
    """Whether the run needs no other evidence than its own."""
