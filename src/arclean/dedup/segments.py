"""A segment of the index: the prefixes of some thousands of documents, sorted, in pages. It never changes.

Each segment has an order of its own, with the hubs of its own documents last, so each is an exact index by itself
and nothing in it must change when the corpus grows; a query takes its prefix in the order of the segment that it asks.
Small segments are merged into larger ones as they gather, so there are few.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.candidates import Met, meetings_allow, sizes_allow, tallied
from arclean.dedup.folded import bounds_of, ragged
from arclean.dedup.prefixes import Hubs, Prefixes, hubs, prefixes
from arclean.dedup.shingles import Counts, Hashes, Sets, mixed
from arclean.dedup.store import Store

# What a page holds: 512 entries of 12 bytes are 6 KB, read and checked in some 10 microseconds.
PAGE = 512
_ENTRY = np.dtype([("key", "<u8"), ("doc", "<u4")])
# Words, characters and ids share the pages; each kind is moved to other keys, as hashes of one must not meet another's.
_TAGS = np.array([0, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
WORDS, CHARS, IDS = range(3)

# Block names: a kind, a number (of a segment or a document), a part.
_KIND, _PART = 56, 24
_HEAD, _DOCS, _PAGES, _RECORD, _FILTER = 1, 2, 3, 4, 5

# A filter that keys which are not there hardly pass (Bloom 1970): 10 bits a key and 4 probes let 1.2 % of them by. A
# query of 80 keys reads one page of a segment for nothing, rather than 80.
_BITS, _PROBES = 10, 4


class Record(NamedTuple):
    """A stored document: its id, and the sets that it is compared by."""

    id: str
    words: Hashes
    chars: Hashes

    def to_bytes(self) -> bytes:
        """Give the form on disk."""
        name = self.id.encode("utf-8", "surrogatepass")
        sizes = np.array([len(name), len(self.words), len(self.chars)], "<u4")
        return sizes.tobytes() + name + self.words.astype("<u8").tobytes() + self.chars.astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Record":
        """Read the form on disk."""
        name, words, _ = np.frombuffer(data, "<u4", 3).tolist()
        values = np.frombuffer(data, "<u8", offset=12 + name)
        return cls(data[12 : 12 + name].decode("utf-8", "surrogatepass"), values[:words], values[words:])


class Segment(NamedTuple):
    """What is in memory of a segment: 20 bytes a document and 100 for its filter, and 8 for every page."""

    number: int
    docs: NDArray[np.int64]
    """The documents' numbers."""
    sizes: tuple[Counts, Counts]
    """By words and by characters: how large each set is."""
    outside: tuple[Counts, Counts]
    common: tuple[Hubs, Hubs]
    firsts: Hashes
    """The first key of each page."""
    filter: NDArray[np.uint8]
    """Bits, at those places of each key that `_probes` gives."""


def record_name(doc: int) -> int:
    """Name the block of a document."""
    return _RECORD << _KIND | doc << _PART


def read_record(store: Store, doc: int) -> Record:
    """Read a document."""
    return Record.from_bytes(store.get(record_name(doc)))


def id_key(name: str) -> int:
    """Hash an id."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def sets_of(values: Sequence[Hashes]) -> Sets:
    """Put sets one after the other."""
    joined = np.concatenate(values) if values else np.empty(0, np.uint64)
    return Sets(joined.astype(np.uint64), bounds_of(np.fromiter(map(len, values), np.int64, len(values))))


def write_segment(store: Store, number: int, docs: Sequence[int], records: Sequence[Record], threshold: float) -> int:
    """Index documents, write the segment, and give how many pages it has."""
    kinds = [sets_of([r.words for r in records]), sets_of([r.chars for r in records])]
    common = [hubs(sets) for sets in kinds]
    found = [prefixes(sets, threshold, hub) for sets, hub in zip(kinds, common, strict=True)]
    ids = np.array([id_key(r.id) for r in records], np.uint64)
    entries = np.empty(sum(len(f.values) for f in found) + len(ids), _ENTRY)
    entries["key"] = np.concatenate([found[0].values ^ _TAGS[0], found[1].values ^ _TAGS[1], ids ^ _TAGS[2]])
    entries["doc"] = np.concatenate([found[0].owners, found[1].owners, np.arange(len(ids))])
    entries = entries[np.lexsort((entries["doc"], entries["key"]))]
    pages = range(0, len(entries), PAGE)
    for part, at in enumerate(pages):
        store.put(_name(_PAGES, number, part), entries[at : at + PAGE].tobytes())
    store.put(_name(_FILTER, number), _filter(entries["key"]).tobytes())
    table = np.array([docs, *(row for f in found for row in (f.sizes, f.outside))], "<u4")
    store.put(_name(_DOCS, number), table.tobytes())
    lengths = [len(pages), len(common[0].values), len(common[1].values)]
    parts = [entries["key"][::PAGE], *(column for hub in common for column in hub)]
    head = json.dumps(lengths).encode().ljust(64) + b"".join(p.astype("<u8").tobytes() for p in parts)
    store.put(_name(_HEAD, number), head)
    return len(pages)


def read_segment(store: Store, number: int, size: int) -> Segment:
    """Read what is kept in memory of a segment of so many documents."""
    head = store.get(_name(_HEAD, number))
    pages, one, two = json.loads(head[:64])
    values = np.frombuffer(head, "<u8", offset=64)
    firsts, *columns = np.split(values, np.cumsum([pages, one, one, two]))
    common = (Hubs(columns[0], columns[1].astype(np.int64)), Hubs(columns[2], columns[3].astype(np.int64)))
    table = np.frombuffer(store.get(_name(_DOCS, number)), "<u4").reshape(5, size).astype(np.int64)
    bits = np.frombuffer(store.get(_name(_FILTER, number)), np.uint8)
    return Segment(number, table[0], (table[1], table[3]), (table[2], table[4]), common, firsts, bits)


def delete_segment(store: Store, number: int, pages: int) -> None:
    """Delete a segment's blocks."""
    names = [_name(kind, number) for kind in (_HEAD, _DOCS, _FILTER)]
    store.delete([*names, *(_name(_PAGES, number, p) for p in range(pages))])


def alike_in(
    store: Store, segment: Segment, asked: Sets, kind: int, threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the pairs (set asked about, document) that may have Jaccard >= threshold."""
    sizes, outside = segment.sizes[kind], segment.outside[kind]
    mine: Prefixes = prefixes(asked, threshold, segment.common[kind])
    which, found = looked_up(store, segment, mine.values, kind)
    owners = mine.owners[which]
    possible = sizes_allow(threshold, mine.sizes[owners], sizes[found]) & (sizes[found] > 0)
    one, two, times = tallied(owners[possible], found[possible])
    enough = meetings_allow(threshold, times, Met(mine.sizes[one], mine.outside[one]), Met(sizes[two], outside[two]))
    return one[enough], segment.docs[two[enough]]


def looked_up(store: Store, segment: Segment, values: Hashes, kind: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Look hashes up: (which of them, place of a document in the segment) for every entry."""
    keys = values ^ _TAGS[kind]
    maybe = _passing(segment.filter, keys)
    keys = keys[maybe]
    # A key's entries may begin on the page before the first that starts with it.
    first = np.maximum(np.searchsorted(segment.firsts, keys, "left") - 1, 0)
    last = np.searchsorted(segment.firsts, keys, "right") - 1
    needed = sorted({*ragged(first, np.maximum(last - first + 1, 0)).tolist()})
    # Pages are in the order of their keys, so those that are needed, one after the other, are sorted, too.
    entries = np.frombuffer(b"".join([store.get(_name(_PAGES, segment.number, page)) for page in needed]), _ENTRY)
    held = entries["key"].astype(np.uint64)
    left, right = np.searchsorted(held, keys, "left"), np.searchsorted(held, keys, "right")
    return np.repeat(maybe, right - left), entries["doc"][ragged(left, right - left)].astype(np.int64)


def _filter(keys: Hashes) -> NDArray[np.uint8]:
    bits = np.zeros(-(-max(1, len(keys)) * _BITS // 8) * 8, bool)
    for places in _probes(keys, len(bits)):
        bits[places] = True
    return np.packbits(bits, bitorder="little")


def _passing(bits: NDArray[np.uint8], keys: Hashes) -> NDArray[np.int64]:
    """Give which keys may be there."""
    passing = np.ones(len(keys), bool)
    for places in _probes(keys, len(bits) * 8):
        passing &= (bits[places >> 3] >> (places & 7).astype(np.uint8) & np.uint8(1)).astype(bool)
    return np.flatnonzero(passing)


def _probes(keys: Hashes, size: int) -> Iterator[NDArray[np.int64]]:
    """Yield places of each key among so many: two halves of a hash, summed (Kirsch and Mitzenmacher 2006)."""
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    hashed = mixed(keys)
    place, step = hashed >> half, hashed & low
    for _ in range(_PROBES):
        yield ((place * np.uint64(size)) >> half).astype(np.int64)
        place = place + step & low


def _name(kind: int, number: int, part: int = 0) -> int:
    return kind << _KIND | number << _PART | part
