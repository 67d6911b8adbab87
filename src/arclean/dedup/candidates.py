"""Which pairs can be alike at all: an exact join by prefixes, which misses nothing.

Two sets with Jaccard >= t share at least a share t of the larger one. So, in any one order of all shingles, the first
n - ceil(t n) + 1 shingles of each (its prefix, 30 % at t = .7) must meet in one shingle at least: if they did not, the
rest would be too few (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007).

The order here is that of the hashes themselves, which costs nothing, with one exception: shingles that stand in many
texts (a site's header, a licence) come last, the rarest first, so that they hardly ever lie in a prefix and templates
do not pair every page of a site with every other. Any choice of these "hubs" is exact; a good one is fast.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ragged
from arclean.dedup.shingles import Counts, Hashes, Sets

# A shingle in 64 texts makes 2,016 pairs, as many as 32 copies of a 250-word article do: from there on it pays to put
# it off. It is counted on a sample, where 8 sightings tell it from chance.
HUB_TEXTS, HUB_SIGHTINGS = 64, 8
_SAMPLE_TEXTS, _SAMPLE_STEP = 2048, 16
# Shingles put into one table: it has 4 MB or less.
_TABLED = 1 << 19
# Pairs written out at once: 8 bytes each, in a few columns, make 20 MB.
MOST_PAIRS = 1 << 19
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
    values, owners, sizes, outside = prefixes(sets, threshold, hubs(sets))
    values, owners = _met(values, owners)
    if len(values):
        ends, texts = _meetings(values, owners, len(sizes))
        del values, owners
        yield from _pairs(ends, texts, sizes, outside, threshold)


def hubs(sets: Sets) -> Hubs:
    """Find the shingles that stand in many texts."""
    texts = len(sets.bounds) - 1
    step = max(1, min(_SAMPLE_STEP, texts // _SAMPLE_TEXTS))
    sample = sets.take(np.arange(0, texts, step)).values if step > 1 else sets.values
    least = max(HUB_SIGHTINGS, HUB_TEXTS // step)
    bits = max(8, int(len(sample) * 2).bit_length())
    slots = (sample >> np.uint64(64 - bits)).astype(np.int64)
    often = np.bincount(slots, minlength=1 << bits) >= least
    found, seen = np.unique(sample[often[slots]], return_counts=True)
    return Hubs(found[seen >= least], seen[seen >= least])


def prefixes(sets: Sets, threshold: float, common: Hubs) -> Prefixes:
    """Take at least the prefix of each set.

    Nothing is sorted: hashes are evenly spread, so those under a bound are about as many as it says. Two deviations
    above what is wanted nearly always suffice; where they do not, or where hubs took the room, `_lacking` looks closer.
    """
    sizes = sets.sizes
    wanted = prefix_sizes(threshold, sizes)
    doors = np.zeros(1 << 16, bool)
    doors[(common.values >> np.uint64(48)).astype(np.int64)] = True
    limits = _limits(wanted, sizes, 2)
    taken = [(np.empty(0, np.uint64), np.empty(0, np.int32))]
    for begin, end in blocks(sets.bounds):
        values = sets.values[sets.bounds[begin] : sets.bounds[end]]
        inside = np.flatnonzero(values <= np.repeat(limits[begin:end], sizes[begin:end]))
        values = values[inside]
        owners = np.searchsorted(inside, sets.bounds[begin : end + 1] - sets.bounds[begin])
        owners = np.repeat(np.arange(begin, end, dtype=np.int32), np.diff(owners))
        if len(common.values):
            maybe = np.flatnonzero(doors.take((values >> np.uint64(48)).astype(np.int64)))
            plain = np.ones(len(values), bool)
            plain[maybe[_among(values[maybe], common.values)]] = False
            values, owners = values[plain], owners[plain]
        lacking = np.bincount(owners - begin, minlength=end - begin) < wanted[begin:end]
        if lacking.any():
            rest = ~lacking[owners - begin]
            values, owners = values[rest], owners[rest]
            which = np.flatnonzero(lacking) + begin
            more = _lacking(sets.take(which), wanted[which], common)
            taken.append((more[0], which.astype(np.int32)[more[1]]))
        taken.append((values, owners))
    values, owners = (np.concatenate(column) for column in zip(*taken, strict=True))
    return Prefixes(values, owners, sizes, sizes - np.bincount(owners, minlength=len(sizes)))


def blocks(bounds: Counts) -> Iterator[tuple[int, int]]:
    """Cut sets into blocks of about `_BLOCK` hashes."""
    texts = len(bounds) - 1
    cuts = np.searchsorted(bounds, np.arange(0, bounds[-1] + _BLOCK, _BLOCK))
    cuts = np.unique(np.concatenate(([0], np.minimum(cuts, texts), [texts])))
    yield from zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


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
    hub = _among(sets.values, common.values) if len(common.values) else np.zeros(len(owners), bool)
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


def _met(values: Hashes, owners: Owners) -> tuple[Hashes, Owners]:
    """Leave out most shingles that stand in one prefix alone, by tables: a tenth of the cost of sorting them.

    Each table takes a part of the hashes, so that it fits the cache.
    """
    parts = -(-len(values) // _TABLED)
    kept = []
    for part in range(parts):
        mine = np.flatnonzero((values & np.uint64(0xFFFF)) * np.uint64(parts) >> np.uint64(16) == part)
        bits = max(8, int(len(mine) * 2).bit_length())
        slots = (values[mine] >> np.uint64(16) & np.uint64((1 << bits) - 1)).astype(np.int64)
        table = np.empty(1 << bits, np.int32)
        numbers = np.arange(len(mine), dtype=np.int32)
        table[slots] = numbers
        shared = np.zeros(1 << bits, bool)
        shared[slots[table.take(slots, mode="clip") != numbers]] = True  # somebody else wrote here later
        kept.append(mine[shared.take(slots, mode="clip")])
    met = np.concatenate(kept) if kept else np.empty(0, np.int64)
    return values[met], owners[met]


def _meetings(values: Hashes, owners: Owners, texts: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group shingles by value: owners in order, and for each where its group ends. Groups of one are left out."""
    bits = np.uint64(max(1, texts - 1).bit_length())
    # The owner takes the place of the hash's top bits, which in a prefix are alike anyway. Where the rest is equal by
    # chance, a pair too many is looked at.
    keys = (values << bits) | owners.astype(np.uint64)
    keys.sort()
    new = np.flatnonzero(np.concatenate(([True], (keys[1:] ^ keys[:-1]) >> bits != 0)))
    lengths = np.diff(np.concatenate((new, [len(keys)])))
    many = np.repeat(lengths > 1, lengths)
    lengths = lengths[lengths > 1]
    texts_met = (keys[many] & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    return np.repeat(np.cumsum(lengths), lengths), texts_met


def _pairs(
    ends: NDArray[np.int64], owners: NDArray[np.int64], sizes: Counts, outside: Counts, threshold: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Write out the pairs of each group, some texts' at a time, and leave those that meet too seldom."""
    partners = ends - np.arange(len(ends)) - 1
    work = np.bincount(owners, weights=partners, minlength=len(sizes))
    rounds = math.ceil(float(work.sum()) / MOST_PAIRS)
    slice_of = (np.cumsum(work) - work) // MOST_PAIRS if rounds > 1 else None
    for turn in np.unique(slice_of).tolist() if slice_of is not None else [0]:
        mine = np.flatnonzero(partners if slice_of is None else np.where(slice_of[owners] == turn, partners, 0))
        one = np.repeat(owners[mine], partners[mine])
        two = owners.take(ragged(mine + 1, partners[mine]), mode="clip")
        alike = sizes_allow(threshold, sizes[one], sizes[two]) & (one != two)
        one, two, times = tallied(one[alike], two[alike])
        enough = meetings_allow(threshold, times, Met(sizes[one], outside[one]), Met(sizes[two], outside[two]))
        yield one[enough], two[enough]


def sizes_allow(threshold: float, one: Counts, two: Counts) -> NDArray[np.bool_]:
    """Say whether sets of these sizes can be alike at all: the smaller one is at least a share t of the larger."""
    allowed: NDArray[np.bool_] = np.minimum(one, two) >= threshold * np.maximum(one, two) - SLACK
    return allowed


def tallied(one: Counts | Owners, two: Counts | Owners) -> tuple[Counts, Counts, Counts]:
    """Give each pair once, and how often it stood there."""
    keys = one.astype(np.int64) << 32 | two
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    times = np.diff(np.concatenate((first, [len(keys)])))
    return keys[first] >> 32, keys[first] & (2**32 - 1), times


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
