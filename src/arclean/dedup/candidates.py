"""Which pairs can be alike at all: an exact join by prefixes, which misses nothing.

The prefix shingles of all texts (see `prefixes`) are sorted with their texts, so that equal ones stand together, and
the texts that meet in one are paired there. How often two texts meet says whether they can be alike; few pairs can.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ragged
from arclean.dedup.prefixes import SLACK, Owners, hubs, prefix_blocks, prefix_sizes
from arclean.dedup.room import Room
from arclean.dedup.shingles import Counts, Hashes, Sets

# Pairs written out at once: 8 bytes each, in a few columns, make 10 MB.
MOST_PAIRS = 1 << 18
# Sorted shingles looked at together: 1 MB, which stays in the cache.
_GROUPED = 1 << 17


def candidates(sets: Sets, threshold: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield every pair of sets that may have Jaccard >= threshold as two arrays, lower index first, each pair once."""
    # Sets go by their rank, the largest first: of two that meet, the one that comes later is no larger.
    order = np.argsort(-sets.sizes, kind="stable")
    rank = np.empty(len(order), np.uint64)
    rank[order] = np.arange(len(order), dtype=np.uint64)
    sizes = sets.sizes
    inside, early = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    entries = Entries(len(order), int(prefix_sizes(threshold, sizes).sum()))
    for block in prefix_blocks(sets, threshold, hubs(sets)):
        some = slice(block.begin, block.begin + len(block.counts))
        inside[some], early[some] = block.counts, block.early_counts
        entries.add(block.values, np.repeat(rank[some], block.counts), block.early)
    held, told = entries.met()
    del entries
    sizes = sizes[order]
    large, small = Met(sizes, sizes - inside[order]), Met(sizes, sizes - early[order])
    for one, two in _pairs(held, told, large, small, threshold):
        left, right = order[one], order[two]
        yield np.minimum(left, right), np.maximum(left, right)


class Entries:
    """Shingles with the ranks of their texts, 8 bytes each: sorted, equal shingles stand together, large texts first.

    The rank takes the place of a shingle's last bits, and one bit says whether it is early. Of a million texts, 43 bits
    are left: two unlike ones among a hundred million are equal by chance some hundred times, and then two texts seem
    to meet once more than they do.
    """

    def __init__(self, texts: int, expected: int) -> None:
        self._low = np.uint64((2 << texts.bit_length()) - 1)
        self._room = Room(expected * 5 // 4)  # two deviations more than is wanted come, some 15 %

    def add(self, values: Hashes, ranks: NDArray[np.uint64], early: NDArray[np.bool_]) -> None:
        """Take in shingles."""
        packed = self._room.next(len(values))
        np.bitwise_and(values, ~self._low, out=packed)
        packed |= ranks << np.uint64(1)
        packed |= early

    def met(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Give who stands in a shingle with others, and where somebody tells of it: (held, told).

        `held` has the rank of each text that is in a shingle with another, and in its low half how many that are no
        smaller stand before it there, but 0 where its shingle is not early. `told` has, in the order of the ranks,
        each rank for which it is not 0, and in the low half its place in `held`.
        """
        packed = self._room.used
        packed.sort()
        size = begin = 0
        told = [np.empty(0, np.uint64)]
        while begin < len(packed):
            last = packed[min(begin + _GROUPED, len(packed)) - 1] | self._low
            end = int(np.searchsorted(packed, last, "right"))
            found = self._groups(packed[begin:end])
            packed[size : size + len(found)] = found  # what is there was read before
            tells = np.flatnonzero(found & _HALF)
            told.append(found[tells] >> np.uint64(32) << np.uint64(32) | (tells + size).astype(np.uint64))
            begin, size = end, size + len(found)
        order = np.concatenate(told)
        order.sort()
        return packed[:size], order

    def _groups(self, packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Leave those that stand in a shingle with others, one of whom tells of it."""
        same = np.zeros(len(packed) + 1, bool)
        same[1:-1] = (packed[1:] ^ packed[:-1]) <= self._low
        several = same[1:] | same[:-1]
        packed, starts = packed[several], np.flatnonzero(~same[:-1][several])
        lengths = np.diff(starts, append=len(packed))
        before = np.arange(len(packed)) - np.repeat(starts, lengths)
        before *= (packed & np.uint64(1)).astype(np.int64)
        if len(starts):
            heard = np.repeat(np.maximum.reduceat(before, starts) > 0, lengths)
            packed, before = packed[heard], before[heard]
        return (packed & self._low) >> np.uint64(1) << np.uint64(32) | before.astype(np.uint64)


_HALF = np.uint64(2**32 - 1)


class Met(NamedTuple):
    """One side of the pairs that met: how large each set is, and how much of it lies outside of what could meet."""

    sizes: Counts
    outside: Counts


def _pairs(
    held: NDArray[np.uint64], told: NDArray[np.uint64], large: Met, small: Met, threshold: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Write out the pairs that are told of, some texts' at a time, and leave those that meet too seldom."""
    # The first rank whose set is not too large to be alike.
    first = np.searchsorted(-large.sizes, -(large.sizes + SLACK) / threshold, "left")
    for mine, at, count in _turns(held, told):
        one = (held.take(ragged(at - count, count), mode="clip") >> np.uint64(32)).astype(np.int64)
        possible = one >= np.repeat(first[mine], count)
        one, two, times = tallied(one[possible], np.repeat(mine, count)[possible])
        enough = meetings_allow(threshold, times, Met(*(c[one] for c in large)), Met(*(c[two] for c in small)))
        enough &= one != two  # a text meets itself where two of its shingles are taken for one
        yield one[enough], two[enough]


def _turns(held: NDArray[np.uint64], told: NDArray[np.uint64]) -> Iterator[tuple[Counts, Counts, Counts]]:
    """Cut what is told into turns of some `MOST_PAIRS`, all of one rank in one turn: ranks, places, and how many."""
    begin = 0
    while begin < len(told):
        last = told[min(begin + _GROUPED, len(told)) - 1] | _HALF
        end = int(np.searchsorted(told, last, "right"))
        mine, at = _halves(told[begin:end])
        count = (held[at] & _HALF).astype(np.int64)
        starts = np.flatnonzero(np.diff(mine, prepend=-1))
        turns = (np.cumsum(count) - count)[starts] // MOST_PAIRS
        cuts = starts[np.flatnonzero(np.diff(turns, prepend=-1))].tolist()
        for cut, until in pairwise([*cuts, len(mine)]):
            yield mine[cut:until], at[cut:until], count[cut:until]
        begin = end


def _halves(packed: NDArray[np.uint64]) -> tuple[Counts, Counts]:
    return (packed >> np.uint64(32)).astype(np.int64), (packed & _HALF).astype(np.int64)


def sizes_allow(threshold: float, one: Counts, two: Counts) -> NDArray[np.bool_]:
    """Say whether sets of these sizes can be alike at all: the smaller one is at least a share t of the larger."""
    allowed: NDArray[np.bool_] = np.minimum(one, two) >= threshold * np.maximum(one, two) - SLACK
    return allowed


def tallied(one: Counts | Owners, two: Counts | Owners) -> tuple[Counts, Counts, Counts]:
    """Give each pair once, in order, and how often it stood there.

    >>> [column.tolist() for column in tallied(np.array([3, 1, 3]), np.array([4, 2, 4]))]
    [[1, 3], [2, 4], [1, 2]]
    """
    keys = one.astype(np.uint64) << np.uint64(32) | two.astype(np.uint64)
    keys.sort()
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return *_halves(keys[starts]), np.diff(starts, append=len(new))


def meetings_allow(threshold: float, times: Counts, one: Met, two: Met) -> NDArray[np.bool_]:
    """Say whether sets that met so often can be alike.

    Prefixes are the beginnings of one order, so what is shared beyond the meetings lies outside one of the two.
    """
    most = times + np.maximum(one.outside, two.outside)
    least = np.ceil(threshold / (1 + threshold) * (one.sizes + two.sizes) - SLACK)
    allowed: NDArray[np.bool_] = most >= least
    return allowed
