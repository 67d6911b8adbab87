"""Which pairs can be alike at all: an exact join by prefixes, which misses nothing.

Two sets with Jaccard >= t share at least a share t of the larger one. So, in any one order of all shingles, the first
n - ceil(t n) + 1 shingles of each (its prefix, 30 % at t = .7) must meet in one shingle at least: if they did not, the
rest would be too few (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007).

The order here is that of the hashes themselves, which costs nothing, with one exception: shingles that stand in many
texts (a site's header, a licence) come last, the rarest first, so that they hardly ever lie in a prefix and templates
do not pair every page of a site with every other. Any choice of these "hubs" is exact; a good one is fast.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import bounds_of, ragged
from arclean.dedup.shingles import Counts, Hashes, Sets, firsts

# A shingle in 64 texts makes 2,016 pairs, as many as 32 copies of a 250-word article do: from there on it pays to put
# it off. It is counted on a sample, where 8 sightings tell it from chance.
HUB_TEXTS, HUB_SIGHTINGS = 64, 8
_SAMPLE_TEXTS, _SAMPLE_STEP = 2048, 16
# Shingles in one table: their numbers are of 16 bits, and the table, 256 KB, stays in the second-level cache.
_TABLED = 1 << 16
# Shingles dealt out to tables at a time: 1 MB, which stays in the cache too.
_DEALT = 1 << 17
# Meetings counted at a time: 32 MB in double precision.
_COUNTED = 1 << 22
# Pairs written out at once: 8 bytes each, in a few columns, make 5 MB.
MOST_PAIRS = 1 << 17
# Texts worked on at once: their hashes fit the cache.
_BLOCK = 1 << 16
Owners = NDArray[np.int32]
_ALL = np.uint64(2**64 - 1)
# ceil and floor of products such as .7 * 10 = 7.000000000000001 must not ask for one more than there is.
SLACK = 1e-9


class Hubs(NamedTuple):
    """Shingles that come last in the order, the least seen of them first."""

    values: Hashes
    """Sorted."""
    seen: Counts
    """How often each was seen in the sample that told."""


class Prefixes(NamedTuple):
    """The shingles by which texts may meet."""

    values: Hashes
    owners: Owners
    sizes: Counts
    """How many shingles each text has."""
    outside: Counts
    """How many of them are not in its prefix."""


def prefix_sizes(threshold: float, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give how many shingles of each set must be looked at: all but as many as must be shared, and one.

    >>> prefix_sizes(0.7, np.array([1, 10, 250])).tolist()
    [1, 4, 76]
    """
    need = np.ceil(threshold * sizes - SLACK).astype(np.int64)
    return np.where(sizes > 0, sizes - np.maximum(need, 1) + 1, 0)


def candidates(sets: Sets, threshold: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield every pair of sets that may have Jaccard >= threshold as two arrays, lower index first, each pair once."""
    sizes = sets.sizes
    met = _Meetings(int(prefix_sizes(threshold, sizes).sum()))
    inside = np.zeros(len(sizes), np.int64)
    for values, owners, (begin, end) in _prefix_blocks(sets, threshold, hubs(sets)):
        inside[begin:end] = np.bincount(owners - begin, minlength=end - begin)
        met.add(values, owners)
    groups = [(np.empty(0, np.int32), np.empty(0, np.int32)), *met.groups()]
    del met
    owners, partners = (np.concatenate(column) for column in zip(*groups, strict=True))
    del groups
    if len(owners):
        yield from _pairs(owners, partners, sizes, sizes - inside, threshold)


def hubs(sets: Sets) -> Hubs:
    """Find the shingles that stand in many texts."""
    texts = len(sets.bounds) - 1
    step = max(1, min(_SAMPLE_STEP, texts // _SAMPLE_TEXTS))
    sample = sets.take(np.arange(0, texts, step)).values if step > 1 else sets.values
    least = max(HUB_SIGHTINGS, HUB_TEXTS // step)
    # A shingle to a slot: eight strangers meet in one of 100,000.
    bits = max(8, len(sample).bit_length())
    slots = (sample >> np.uint64(64 - bits)).astype(np.int64)
    often = np.sort(sample[(np.bincount(slots, minlength=1 << bits) >= least).take(slots)])
    new = np.flatnonzero(np.concatenate((np.ones(min(1, len(often)), bool), often[1:] != often[:-1])))
    seen = np.diff(new, append=len(often))
    return Hubs(often[new[seen >= least]], seen[seen >= least])


def prefixes(sets: Sets, threshold: float, common: Hubs) -> Prefixes:
    """Take at least the prefix of each set, in the order of the sets."""
    taken = [(np.empty(0, np.uint64), np.empty(0, np.int32))]
    taken += [(values, owners) for values, owners, _ in _prefix_blocks(sets, threshold, common)]
    values, owners = (np.concatenate(column) for column in zip(*taken, strict=True))
    sizes = sets.sizes
    return Prefixes(values, owners, sizes, sizes - np.bincount(owners, minlength=len(sizes)))


def _prefix_blocks(sets: Sets, threshold: float, common: Hubs) -> Iterator[tuple[Hashes, Owners, tuple[int, int]]]:
    """Take at least the prefix of each set, block by block.

    Nothing is sorted: hashes are evenly spread, so those under a bound are about as many as it says. Two deviations
    above what is wanted nearly always suffice; where they do not, or where hubs took the room, `_lacking` looks closer.
    """
    sizes = sets.sizes
    wanted = prefix_sizes(threshold, sizes)
    doors = _doors(common)
    limits = _limits(wanted, sizes, 2)
    for begin, end in blocks(sets.bounds):
        values = sets.values[sets.bounds[begin] : sets.bounds[end]]
        inside = np.flatnonzero(values <= np.repeat(limits[begin:end], sizes[begin:end]))
        values = values[inside]
        bounds = np.searchsorted(inside, sets.bounds[begin : end + 1] - sets.bounds[begin])
        if len(common.values):
            maybe = np.flatnonzero(doors.take((values >> np.uint64(48)).astype(np.int64)))
            hub = maybe[_among(values[maybe], common.values)]
            plain = np.ones(len(values), bool)
            plain[hub] = False
            values = values[plain]
            bounds -= np.searchsorted(hub, bounds)
        counts = np.diff(bounds)
        enough = counts >= wanted[begin:end]
        if not enough.all():
            which = np.flatnonzero(~enough)
            plenty = values[np.repeat(enough, counts)]
            more, mine = _lacking(sets.take(which + begin), wanted[which + begin], common)
            counts[which] = np.bincount(mine, minlength=len(which))
            rest = np.repeat(enough, counts)
            values = np.empty(len(rest), np.uint64)
            values[rest], values[~rest] = plenty, more
        yield values, np.repeat(np.arange(begin, end, dtype=np.int32), counts), (begin, end)


def _doors(common: Hubs) -> NDArray[np.bool_]:
    """Mark by which 16 bits hubs begin: hardly any other shingle passes."""
    doors = np.zeros(1 << 16, bool)
    doors[(common.values >> np.uint64(48)).astype(np.int64)] = True
    return doors


def blocks(bounds: Counts) -> Iterator[tuple[int, int]]:
    """Cut sets into blocks of about `_BLOCK` hashes."""
    texts = len(bounds) - 1
    cuts = np.searchsorted(bounds, np.arange(0, bounds[-1] + _BLOCK, _BLOCK))
    yield from pairwise(dict.fromkeys([0, *np.minimum(cuts, texts).tolist(), texts]))


def _limits(wanted: Counts, sizes: Counts, deviations: int) -> Hashes:
    """Give the hash that `wanted` of `sizes` evenly spread hashes lie under, safe by so many standard deviations."""
    share = np.minimum(wanted / np.maximum(sizes, 1), 1)
    share += deviations * np.sqrt(share * (1 - share) / np.maximum(sizes, 1))
    limits = (np.minimum(share, 0.999) * 2.0**64).astype(np.uint64)
    limits[share >= 1] = _ALL
    return limits


def _lacking(sets: Sets, wanted: Counts, common: Hubs) -> tuple[Hashes, Counts]:
    """Take at least the prefix of each set, counting hubs: the lowest of its other shingles, then its rarest hubs."""
    owners = np.repeat(np.arange(len(wanted)), sets.sizes)
    hub = np.zeros(len(owners), bool)
    if len(common.values):
        maybe = np.flatnonzero(_doors(common).take((sets.values >> np.uint64(48)).astype(np.int64)))
        hub[maybe[_among(sets.values[maybe], common.values)]] = True
    plain = sets.sizes - np.bincount(owners[hub], minlength=len(wanted))
    inside = ~hub & (sets.values <= np.repeat(_limits(wanted, plain, 4), sets.sizes))
    few = np.bincount(owners[inside], minlength=len(wanted)) < np.minimum(wanted, plain)
    inside |= ~hub & few[owners]
    at = np.flatnonzero(hub & (plain < wanted)[owners])
    often = common.seen[np.searchsorted(common.values, sets.values[at])]
    at = at[np.lexsort((sets.values[at], often, owners[at]))]
    mine = owners[at]
    first = np.searchsorted(mine, mine)  # where each set's own begin
    inside[at[np.arange(len(at)) - first < (wanted - plain)[mine]]] = True
    return sets.values[inside], owners[inside]


def _among(values: Hashes, known: Hashes) -> NDArray[np.bool_]:
    at = np.searchsorted(known, values)
    found: NDArray[np.bool_] = known[np.minimum(at, len(known) - 1)] == values
    return found


class _Meetings:
    """Shingles with their owners, dealt out to tables by 16 bits of each, and grouped there by 32 others.

    Parameters: `expected` is how many will come, more or less. A shingle and its owner take 8 bytes. Those of a table,
    49,000, are equal by chance a third of a time, and then a pair too many is counted later.
    """

    def __init__(self, expected: int) -> None:
        # Two deviations more than is wanted come, some 15 %, and a table that has room for all is by half too large.
        self._tables = min(1 << 16, -(-expected * 7 // (_TABLED * 4)))
        self._waiting: list[tuple[NDArray[np.uint16], NDArray[np.uint64]]] = []
        self._size = 0
        self._room = np.empty(expected * 5 // 4 + _DEALT, np.uint64)  # only what is written to takes memory
        self._dealt: list[tuple[NDArray[np.uint64], list[int]]] = []

    def add(self, values: Hashes, owners: Owners) -> None:
        """Take in shingles. The owners of all calls together are in order."""
        table = ((values & np.uint64(0xFFFF)) * np.uint64(self._tables) >> np.uint64(16)).astype(np.uint16)
        self._waiting.append((table, (values >> np.uint64(16) << np.uint64(32)) | owners.astype(np.uint64)))
        self._size += len(values)
        if self._size >= _DEALT:
            self._deal()

    def groups(self) -> Iterator[tuple[Owners, NDArray[np.int32]]]:
        """Yield owners of equal shingles, group by group, in order, and how many of its group come after each."""
        if self._size:
            self._deal()
        for table in range(self._tables):
            mine = np.concatenate([packed[bounds[table] : bounds[table + 1]] for packed, bounds in self._dealt])
            first = firsts(mine >> np.uint64(32))
            times = np.bincount(first, minlength=len(first))
            met = np.flatnonzero(times.take(first) > 1)
            owners = mine[met[np.argsort(first[met], kind="stable")]].astype(np.uint32).astype(np.int32)
            lengths = times[times > 1]
            yield owners, (np.repeat(np.cumsum(lengths), lengths) - np.arange(1, len(owners) + 1)).astype(np.int32)

    def _deal(self) -> None:
        table, packed = (np.concatenate(column) for column in zip(*self._waiting, strict=True))
        # A sort of 16-bit numbers is by digits, a tenth of the cost of any other.
        if len(packed) > len(self._room):
            self._room = np.empty(len(packed) + _DEALT, np.uint64)
        packed = packed.take(np.argsort(table, kind="stable"), out=self._room[: len(packed)], mode="clip")
        self._room = self._room[len(packed) :]
        self._dealt.append((packed, bounds_of(np.bincount(table, minlength=self._tables)).tolist()))
        self._waiting, self._size = [], 0


def _pairs(
    owners: Owners, partners: NDArray[np.int32], sizes: Counts, outside: Counts, threshold: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Write out the pairs of each group, some texts' at a time, and leave those that meet too seldom."""
    work = np.zeros(len(sizes))
    for begin in range(0, len(owners), _COUNTED):
        some = slice(begin, begin + _COUNTED)
        work += np.bincount(owners[some], weights=partners[some], minlength=len(sizes))
    work = np.cumsum(work)
    turns = (np.concatenate(([0], work[:-1])) // MOST_PAIRS).astype(np.int64)
    turn = turns.astype(np.uint16 if turns[-1] < _TABLED else np.int64).take(owners)
    order = np.argsort(turn, kind="stable")
    ends = np.cumsum(np.bincount(turn))
    for begin, end in pairwise([0, *ends.tolist()]):
        mine = order[begin:end]
        count = partners[mine].astype(np.int64)
        left = np.repeat(owners[mine], count)
        right = owners.take(ragged(mine + 1, count), mode="clip")
        alike = sizes_allow(threshold, sizes[left], sizes[right]) & (left != right)
        one, two, times = tallied(left[alike], right[alike])
        enough = meetings_allow(threshold, times, Met(sizes[one], outside[one]), Met(sizes[two], outside[two]))
        yield one[enough], two[enough]


def sizes_allow(threshold: float, one: Counts, two: Counts) -> NDArray[np.bool_]:
    """Say whether sets of these sizes can be alike at all: the smaller one is at least a share t of the larger."""
    allowed: NDArray[np.bool_] = np.minimum(one, two) >= threshold * np.maximum(one, two) - SLACK
    return allowed


def tallied(one: Counts | Owners, two: Counts | Owners) -> tuple[Counts, Counts, Counts]:
    """Give each pair once, and how often it stood there."""
    keys = one.astype(np.uint64) << np.uint64(32) | two.astype(np.uint64)
    times = np.bincount(firsts(keys), minlength=len(keys))
    first = np.flatnonzero(times)
    return one[first].astype(np.int64), two[first].astype(np.int64), times[first]


class Met(NamedTuple):
    """One side of the pairs that met: how large each set is, and how much of it lies outside its prefix."""

    sizes: Counts
    outside: Counts


def meetings_allow(threshold: float, times: Counts, one: Met, two: Met) -> NDArray[np.bool_]:
    """Say whether sets that met so often can be alike.

    Prefixes are the beginnings of one order, so what is shared beyond the meetings lies outside one of the two.
    """
    most = times + np.maximum(one.outside, two.outside)
    least = np.ceil(threshold / (1 + threshold) * (one.sizes + two.sizes) - SLACK)
    allowed: NDArray[np.bool_] = most >= least
    return allowed
