"""The shingles by which texts must meet if they are alike, and those that come last because too many texts have them.

Two sets with Jaccard >= t share at least a share t of the larger one. So, in any one order of all shingles, the first
n - ceil(t n) + 1 shingles of each (its prefix, 30 % at t = .7) must meet in one shingle at least: if they did not, the
rest would be too few (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007). Of the smaller set even fewer
suffice: it shares at least 2t / (1 + t) of its own, so the first shingle that both have is among the first
n - ceil(2t / (1 + t) n) + 1 of the smaller one (its early ones, 18 %; Xiao, Wang, Lin and Yu 2008).

The order here is that of the hashes themselves, which costs nothing, with one exception: shingles that stand in many
texts (a site's header, a licence) come last, the rarest first, so that they hardly ever lie in a prefix and templates
do not pair every page of a site with every other. Any choice of these "hubs" is exact; a good one is fast.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import bounds_of
from arclean.dedup.shingles import Counts, Hashes, Sets

# A shingle in 64 texts makes 2,016 pairs, as many as 32 copies of a 250-word article do: from there on it pays to put
# it off. It is counted on a sample, where 8 sightings tell it from chance.
HUB_TEXTS, HUB_SIGHTINGS = 64, 8
# A sample is of each eighth piece of two texts or so, from where all pieces would be more than half a million hashes.
_SAMPLE_PIECE, _SAMPLE_STEP, _SAMPLED = 512, 8, 1 << 19
# Hashes worked on at once: they fit the cache.
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


class Block(NamedTuple):
    """The prefixes of some texts that follow each other."""

    begin: int
    """The first of the texts."""
    values: Hashes
    counts: Counts
    """How many of the values are of each text."""
    early: NDArray[np.bool_]
    """Which of the values suffice where the other text is no smaller."""
    early_counts: Counts
    """How many of these are of each text."""


def prefix_sizes(threshold: float, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give how many shingles of each set must be looked at: all but as many as must be shared, and one.

    >>> prefix_sizes(0.7, np.array([1, 10, 250])).tolist()
    [1, 4, 76]
    """
    need = np.ceil(threshold * sizes - SLACK).astype(np.int64)
    return np.where(sizes > 0, sizes - np.maximum(need, 1) + 1, 0)


def hubs(sets: Sets) -> Hubs:
    """Find the shingles that stand in many texts."""
    values = sets.values
    step = max(1, min(_SAMPLE_STEP, len(values) // _SAMPLED))
    cut = len(values) // (step * _SAMPLE_PIECE) * (step * _SAMPLE_PIECE) if step > 1 else 0
    sample = values[:cut].reshape(-1, step * _SAMPLE_PIECE)[:, :_SAMPLE_PIECE].ravel() if cut else values.copy()
    sample.sort()
    least = max(HUB_SIGHTINGS, HUB_TEXTS // step)
    # What stands there again so many places further on stands there so often.
    again = sample[least - 1 :]
    often = again[again == sample[: len(again)]]
    known = often[np.concatenate((np.ones(min(1, len(often)), bool), often[1:] != often[:-1]))]
    return Hubs(known, np.searchsorted(sample, known, "right") - np.searchsorted(sample, known, "left"))


def prefixes(sets: Sets, threshold: float, common: Hubs) -> Prefixes:
    """Take at least the prefix of each set, in the order of the sets."""
    found = [(block.values, block.counts) for block in prefix_blocks(sets, threshold, common)]
    values = np.concatenate([np.empty(0, np.uint64), *(values for values, _ in found)])
    counts = np.concatenate([np.empty(0, np.int64), *(counts for _, counts in found)])
    sizes = sets.sizes
    return Prefixes(values, np.repeat(np.arange(len(sizes), dtype=np.int32), counts), sizes, sizes - counts)


def prefix_blocks(sets: Sets, threshold: float, common: Hubs) -> Iterator[Block]:
    """Take at least the prefix of each set, block by block.

    Nothing is sorted: hashes are evenly spread, so those under a bound are about as many as it says. Two deviations
    above what is wanted nearly always suffice; where they do not, or where hubs took the room, `_lacking` looks closer.
    """
    sizes = sets.sizes
    wanted, first = prefix_sizes(threshold, sizes), prefix_sizes(2 * threshold / (1 + threshold), sizes)
    limits, first_limits = _limits(wanted, sizes, 2), _limits(first, sizes, 2)
    known = _Known(common)
    for begin, end in blocks(sets.bounds):
        values = sets.values[sets.bounds[begin] : sets.bounds[end]]
        inside = np.flatnonzero(values <= np.repeat(limits[begin:end], sizes[begin:end]))
        values = values[inside]
        bounds = np.searchsorted(inside, sets.bounds[begin : end + 1] - sets.bounds[begin])
        if len(common.values):
            hub, _ = known.among(values)
            plain = np.ones(len(values), bool)
            plain[hub] = False
            values = values[plain]
            bounds -= np.searchsorted(hub, bounds)
        counts = np.diff(bounds)
        early = values <= np.repeat(first_limits[begin:end], counts)
        enough = counts >= wanted[begin:end]
        if not enough.all():
            which = np.flatnonzero(~enough)
            more, count, more_early = _lacking(
                sets.take(which + begin), wanted[which + begin], first[which + begin], known
            )
            plenty = np.repeat(enough, counts)
            counts[which] = count
            rest = np.repeat(enough, counts)
            values, early = _merged(rest, values[plenty], more), _merged(rest, early[plenty], more_early)
        early_counts = np.diff(np.searchsorted(np.flatnonzero(early), bounds_of(counts)))
        few = early_counts < first[begin:end]
        yield Block(begin, values, counts, early | np.repeat(few, counts), np.where(few, counts, early_counts))


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


def _lacking(sets: Sets, wanted: Counts, first: Counts, known: "_Known") -> tuple[Hashes, Counts, NDArray[np.bool_]]:
    """Take at least the prefix of each set, counting hubs: the lowest of its other shingles, then its rarest hubs."""
    values, sizes = sets.values, sets.sizes
    hub, number = known.among(values)
    mine = np.searchsorted(sets.bounds, hub, "right") - 1
    plain = sizes - np.bincount(mine, minlength=len(wanted))
    inside = values <= np.repeat(_limits(wanted, plain, 4), sizes)
    inside[hub] = False
    few = np.diff(np.searchsorted(np.flatnonzero(inside), sets.bounds)) < np.minimum(wanted, plain)
    inside |= np.repeat(few, sizes)
    inside[hub] = False
    # Of sets that have too few others, hubs in their order.
    needy = (plain < wanted)[mine]
    hub, mine = hub[needy], mine[needy]
    order = np.argsort(mine << 32 | known.order[number[needy]])
    hub, mine = hub[order], mine[order]
    inside[hub[np.arange(len(hub)) - np.searchsorted(mine, mine) < (wanted - plain)[mine]]] = True
    # Hubs come last, whatever their hashes: a set that needs any has no early shingles but all.
    limits = np.where(plain < wanted, _ALL, _limits(first, plain, 2))
    counts = np.diff(np.searchsorted(np.flatnonzero(inside), sets.bounds))
    values = values[inside]
    return values, counts, values <= np.repeat(limits, counts)


def _merged(where: NDArray[np.bool_], one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
    """Put values where they belong, and others where those do not."""
    both = np.empty(len(where), one.dtype)
    both[where], both[~where] = one, two
    return both


class _Known:
    """Hubs, to be found among others: by a table of the 16 bits that they begin with, which hardly any other passes."""

    def __init__(self, common: Hubs) -> None:
        tops = (common.values >> np.uint64(48)).astype(np.int64)
        self.order = np.empty(len(tops), np.int64)
        """The place of each hub among all of them, the least seen first."""
        self.order[np.lexsort((common.values, common.seen))] = np.arange(len(tops))
        self._doors = np.zeros(1 << 16, bool)
        self._doors[tops] = True
        self._first = np.searchsorted(tops, np.arange(1 << 16))
        self._most = int(np.bincount(tops, minlength=1).max())
        self._values = np.append(common.values, _ALL)

    def among(self, values: Hashes) -> tuple[Counts, Counts]:
        """Give where hubs stand, and which."""
        tops = (values >> np.uint64(48)).astype(np.int64)
        at = np.flatnonzero(self._doors.take(tops))
        values, number = values[at], self._first.take(tops[at])
        for _ in range(self._most):
            number += self._values[number] < values
        found = self._values[:-1].take(number, mode="clip") == values
        return at[found], number[found]
