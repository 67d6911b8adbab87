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
from typing import Any

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

# Two noncharacters, so that both lie above all text: text that holds them itself goes the slow way.
DELETED = 0xFFFE
GIVEN_UP = 0xFFFF
_NO_CHARACTER = "\ufffe"  # how charmap tables say "undefined"

# Below this length the codec wins, even where it gives up at the last character (measured: 4.9 us against 12 us at
# 300 characters, 70 us against 60 us at 20,000).
LONG = 20_000


# Units that are looked up at once. numpy widens places to 64 bits before it takes them: for the whole of a long text
# that is four times its size, for these half a megabyte that stays in the cache of a core.
_AT_ONCE = 1 << 16


def taken(table: NDArray[np.uint16], units: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Look units up in a table of 65,536."""
    out = np.empty_like(units)
    for start in range(0, len(units), _AT_ONCE):
        piece = slice(start, start + _AT_ONCE)
        table.take(units[piece], out=out[piece], mode="clip")  # nothing to clip, but "raise" would copy
    return out


@dataclass(frozen=True)
class CharTable:
    """A map from single characters to what each becomes, applied to whole texts; characters it does not name stay.

    Parameters: `changes` is {character: replacement}. A replacement of one character or none within the Basic
    Multilingual Plane is quick; anything longer, or beyond that plane, is done one by one where a text has it.
    `left` are characters that the table must not be asked about: `attempt` gives up where a text has one.

    Raises ValueError for a key that is not one character.

    >>> CharTable({"أ": "ا", "ـ": ""})("أحمـــد")
    'احمد'
    """

    changes: Mapping[str, str]
    left: str = ""

    def __post_init__(self) -> None:
        """Refuse what a table of single characters cannot do."""
        for old in self.changes:
            if len(old) != 1:
                msg = f"{old!r} -> {self.changes[old]!r}: a table changes single characters"
                raise ValueError(msg)

    def __hash__(self) -> int:
        return hash((tuple(self.changes.items()), self.left))

    def then(self, other: "CharTable") -> "CharTable":
        """Give the table that does what this one does and then what the other does.

        >>> CharTable({"ئ": "ى"}).then(CharTable({"ى": "ي"}))("سائل")
        'سايل'
        """
        both = {old: other.one_by_one(new) for old, new in self.changes.items()}
        return CharTable({**{k: v for k, v in other.changes.items() if k not in both}, **both})

    def __call__(self, text: str) -> str:
        """Fold every character of `text`."""
        out = self.attempt(text)
        return text.translate(self._translation) if out is None else out

    def one_by_one(self, text: str) -> str:
        """Fold every character of a short text, without building anything: what the quick ways must agree with."""
        return "".join(self.changes.get(c, c) for c in text)

    def attempt(self, text: str) -> str | None:
        """Fold every character of `text` quickly, or give None where that cannot be done."""
        if len(text) < LONG:
            encoding, deleted, folded = self.charmap
            try:
                data = codecs.charmap_encode(text, "strict", encoding)[0]
            except UnicodeEncodeError:
                pass
            else:
                return codecs.charmap_decode(data.translate(None, deleted), "strict", folded)[0]
        return self._looked_up(text)

    def _looked_up(self, text: str) -> str | None:
        for old in self.longer:
            if old in text:
                text = text.replace(old, self.changes[old])
        try:
            units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        except UnicodeEncodeError:  # lone surrogates, which would join over a deleted character
            return None
        looked_up = taken(self.lookup, units)
        return None if looked_up.size and looked_up.max() == GIVEN_UP else self.read(looked_up)

    def read(self, folded: NDArray[np.uint16]) -> str:
        """Read looked-up UTF-16 units as text, leaving out what the table deletes."""
        if self._deletes:
            folded = folded[folded != DELETED]
        return codecs.utf_16_le_decode(folded.data)[0]

    @cached_property
    def longer(self) -> tuple[str, ...]:
        """The characters that become several, none of which changes in its turn: to be replaced before looking up."""
        several = (old for old, new in self.changes.items() if len(new) > 1 and _is_unit(old) and old not in self.left)
        return tuple(old for old in several if self.one_by_one(self.changes[old]) == self.changes[old])

    @cached_property
    def lookup(self) -> NDArray[np.uint16]:
        """The table as an array of 65,536: unit to unit, DELETED for what goes, GIVEN_UP for what it cannot do.

        What `longer` names stays as it is here: `attempt` replaces it first.
        """
        table = np.arange(0x10000, dtype=np.uint16)
        table[[DELETED, GIVEN_UP]] = GIVEN_UP
        for old, new in self.changes.items():
            if old > "\uffff":  # its high surrogate stands for it
                table[0xD800 + ((ord(old) - 0x10000) >> 10)] = GIVEN_UP
            elif _is_unit(old) and (not new or _is_unit(new)):
                table[ord(old)] = ord(new) if new else DELETED
            elif old not in self.longer:
                table[ord(old)] = GIVEN_UP
        table[[ord(c) for c in self.left]] = GIVEN_UP  # whatever it would become
        table.flags.writeable = False
        return table

    @cached_property
    def _deletes(self) -> bool:
        return "" in self.changes.values()

    @cached_property
    def _translation(self) -> dict[int, str]:
        return {ord(old): new for old, new in self.changes.items()}

    @cached_property
    def charmap(self) -> tuple[Any, bytes, str]:
        """An alphabet of 256 for CPython's charmap codec: how to write it, what to delete, how to read it."""
        single = (old for old, new in self.changes.items() if _is_unit(old) and (not new or _is_unit(new)))
        wanted = dict.fromkeys(_COMMON + "".join(single))
        known = {c: self.changes.get(c, c) for c in wanted if c not in self.left}
        alphabet = [c for c, new in known.items() if not new or _is_unit(new)][:256]
        plain = "".join(alphabet).ljust(256, _NO_CHARACTER)
        deleted = bytes(i for i, c in enumerate(alphabet) if not known[c])
        folded = "".join(known[c] or c for c in alphabet).ljust(256, _NO_CHARACTER)
        return codecs.charmap_build(plain), deleted, folded


def _is_unit(text: str) -> bool:
    """Whether this is one character that UTF-16 writes as one unit, noncharacters excepted."""
    return len(text) == 1 and (text < "\ud800" or "\udfff" < text < "\ufffe")
