"""How alike candidates really are: the size of the intersection, counted for many pairs at once."""

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ragged
from arclean.dedup.shingles import Counts, Hashes, Sets, mixed

# Hashes looked at together: with their table they fit the cache.
_BLOCK = 1 << 16
_WEIGHT = np.uint64(0x9E3779B97F4A7C15)


def shared(sets: Sets, one: NDArray[np.int64], two: NDArray[np.int64]) -> Counts:
    """Count what each pair of sets has in common.

    >>> sets = Sets(np.array([1, 2, 3, 2, 3, 4], np.uint64), np.array([0, 3, 6]))
    >>> shared(sets, np.array([0]), np.array([1])).tolist()
    [2]
    """
    order = np.lexsort((two, one))
    left, right = one[order], two[order]
    sizes = sets.sizes
    counts = np.empty(len(order), np.int64)
    work = np.cumsum(sizes[left] + sizes[right])
    cuts = np.searchsorted(work, np.arange(_BLOCK, (int(work[-1]) if len(work) else 0) + _BLOCK, _BLOCK), "left") + 1
    begin = 0
    for end in dict.fromkeys(np.minimum(cuts, len(order)).tolist()):
        counts[begin:end] = _shared(sets, left[begin:end], right[begin:end])
        begin = end
    out = np.empty_like(counts)
    out[order] = counts
    return out


def _shared(sets: Sets, left: NDArray[np.int64], right: NDArray[np.int64]) -> Counts:
    """Count what pairs have in common; `left` is in order."""
    sizes = sets.sizes
    new = np.concatenate(([True], left[1:] != left[:-1]))
    holders, holder = left[new], np.cumsum(new) - 1
    # Each holder has 64 bits of its own: hash ^ salt is unlike for the same hash in another set (but once in 2^64).
    salts = mixed(np.arange(1, len(holders) + 1, dtype=np.uint64))
    held = sets.values[ragged(sets.bounds[holders], sizes[holders])]
    held ^= np.repeat(salts, sizes[holders])
    asked = sets.values[ragged(sets.bounds[right], sizes[right])]
    asked ^= np.repeat(salts[holder], sizes[right])
    ends = np.cumsum(sizes[right])
    found = np.searchsorted(ends, _found(held, asked), "right")
    return np.bincount(found, minlength=len(right))


def _found(held: Hashes, asked: Hashes) -> NDArray[np.int64]:
    """Give which of `asked` are in `held` (each there once), by a table: a third of the cost of sorting both."""
    bits = max(8, int(len(held) * 3).bit_length())
    shift = np.uint64(64 - bits)
    table = np.zeros(1 << bits, np.uint64)
    hits = []
    rest = np.arange(len(asked))
    turn = _WEIGHT
    while len(held):
        slots = ((held * turn) >> shift).astype(np.int64)
        table[slots] = held
        seen = asked if len(rest) == len(asked) else asked[rest]
        hit = table[((seen * turn) >> shift).astype(np.int64)] == seen
        hits.append(rest[hit])
        # Those whose place another took try again, in other places.
        held = held[table[slots] != held]
        rest = rest[~hit]
        turn = np.uint64(int(turn) * int(_WEIGHT) % 2**64)
    return np.concatenate(hits) if hits else np.empty(0, np.int64)
