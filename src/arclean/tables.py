"""Character tables: fold many characters, one by one, at the speed of C.

`str.translate` looks each character up in a dict and is the slowest way to fold Arabic in CPython. Two quicker ones
give the same answer: for text in common characters, CPython's own charmap codec writes a byte a character, deletes
bytes, and reads them back through a folded alphabet (three C loops, quick to start: right for a line); for the rest
numpy looks UTF-16 units up in an array of 65,536 (quick per character: right for long text and for batches).
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# What Arabic web text is written in comes first, then what the table itself names, as far as 256 places go.
_ASCII = "".join(map(chr, range(128)))
_LETTERS = "".join(map(chr, (*range(0x621, 0x63B), *range(0x641, 0x64B))))
_MARKS = "".join(map(chr, (0x640, *range(0x64B, 0x653), 0x670)))
_DIGITS = "".join(map(chr, (*range(0x660, 0x66D), *range(0x6F0, 0x6FA))))
_PUNCTUATION = "،؛؟«»“”‘’–—…•·©®°×\u00a0\u200f\u200e\u200c\u200d\u200b\ufeff"
_NEIGHBOURS = "\u06cc\u06a9\u06af\u067e\u0686\u0698\u0671\u06c1\u06be\u06d2éèàçêâîôûïëöüÉÀ"
_COMMON = _ASCII + _LETTERS + _MARKS + _DIGITS + _PUNCTUATION + _NEIGHBOURS

_DELETED = 0xFFFF  # a noncharacter: U+FFFF itself must not be in a table, and text that holds it goes the slow way
_NO_CHARACTER = "\ufffe"  # how charmap tables say "undefined"


@dataclass(frozen=True)
class CharTable:
    """A map from single characters to a character or to nothing, applied to whole texts.

    Parameters: `changes` is {character: character or ""}, within the Basic Multilingual Plane; characters that it does
    not name stay.

    Raises ValueError for a key or value that is not one character of that plane.

    >>> CharTable({"أ": "ا", "ـ": ""})("أحمـــد")
    'احمد'
    """

    changes: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse what a table of single characters cannot do."""
        for old, new in self.changes.items():
            if not (len(old) == 1 and len(new) <= 1 and max(old, new) < "\ufffe"):
                msg = f"{old!r} -> {new!r}: a table maps one character below U+FFFE to one or none"
                raise ValueError(msg)

    def __hash__(self) -> int:
        return hash(tuple(self.changes.items()))

    def then(self, other: "CharTable") -> "CharTable":
        """Give the table that does what this one does and then what the other does."""
        both = {old: other.changes.get(new, new) for old, new in self.changes.items()}
        return CharTable({**{k: v for k, v in other.changes.items() if k not in both}, **both})

    def __call__(self, text: str) -> str:
        """Fold every character of `text`."""
        encoding, deleted, folded = self._charmap
        try:
            written = codecs.charmap_encode(text, "strict", encoding)[0]
        except UnicodeEncodeError:
            return self._folded(text)
        return codecs.charmap_decode(written.translate(None, deleted), "strict", folded)[0]

    def _folded(self, text: str) -> str:
        """Fold text with uncommon characters."""
        try:
            units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        except UnicodeEncodeError:  # lone surrogates, which would join over a deleted character
            return text.translate(str.maketrans(dict(self.changes)))
        if "\uffff" in text:
            return text.translate(str.maketrans(dict(self.changes)))
        return self.units(units).tobytes().decode("utf-16-le")

    def units(self, units: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Fold an array of UTF-16 code units."""
        folded = self.lookup[units]
        return folded[folded != _DELETED] if self.deletes else folded

    @cached_property
    def deletes(self) -> bool:
        """Whether any character goes without a replacement."""
        return "" in self.changes.values()

    @cached_property
    def lookup(self) -> NDArray[np.uint16]:
        """The table as an array: code unit to code unit, 0xFFFF for what is deleted. Shape (65536,)."""
        table = np.arange(0x10000, dtype=np.uint16)
        for old, new in self.changes.items():
            table[ord(old)] = ord(new) if new else _DELETED
        table.flags.writeable = False
        return table

    @cached_property
    def _charmap(self) -> tuple[object, bytes, str]:
        """An alphabet of 256 for CPython's charmap codec: how to write it, what to delete, how to read it."""
        alphabet = list(dict.fromkeys(_COMMON + "".join(self.changes)))[:256]
        plain = "".join(alphabet).ljust(256, _NO_CHARACTER)
        deleted = bytes(i for i, c in enumerate(alphabet) if self.changes.get(c) == "")
        folded = "".join(self.changes.get(c) or c for c in alphabet).ljust(256, _NO_CHARACTER)
        return codecs.charmap_build(plain), deleted, folded
