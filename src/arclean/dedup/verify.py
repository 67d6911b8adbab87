"""How alike candidates really are: the size of the intersection, counted for many pairs at once."""

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ragged
from arclean.dedup.shingles import Counts, Sets

# Hashes looked at together: they fit the cache.
_BLOCK = 1 << 16


def shared(sets: Sets, one: NDArray[np.int64], two: NDArray[np.int64]) -> Counts:
    """Count what each pair of sets has in common.

    >>> sets = Sets(np.array([1, 2, 3, 2, 3, 4], np.uint64) << np.uint64(60), np.array([0, 3, 6]))
    >>> shared(sets, np.array([0]), np.array([1])).tolist()
    [2]
    """
    sizes = sets.sizes
    counts = np.zeros(len(one), np.int64)
    work = np.cumsum(sizes[one] + sizes[two])
    cuts = np.searchsorted(work, np.arange(_BLOCK, (int(work[-1]) if len(work) else 0) + _BLOCK, _BLOCK), "left") + 1
    begin = 0
    for end in dict.fromkeys(np.minimum(cuts, len(one)).tolist()):
        counts[begin:end] = _shared(sets, one[begin:end], two[begin:end])
        begin = end
    return counts


def _shared(sets: Sets, one: NDArray[np.int64], two: NDArray[np.int64]) -> Counts:
    """Sort the hashes of both sets of each pair, with the pair's number in front: those that both have stand twice.

    The number takes the place of the hash's last bits, eight or so for texts of 200 words. That two unlike hashes of a
    pair are taken for one happens once in 2^34 blocks.
    """
    bits = np.uint64(len(one).bit_length())
    pairs = np.concatenate((np.arange(len(one)), np.arange(len(one))))
    both = np.concatenate((one, two))
    sizes = sets.sizes[both]
    keys = sets.values[ragged(sets.bounds[both], sizes)]
    keys >>= bits
    keys |= np.repeat(pairs.astype(np.uint64) << (np.uint64(64) - bits), sizes)
    keys.sort()
    twice = keys[1:][keys[1:] == keys[:-1]]
    return np.bincount((twice >> (np.uint64(64) - bits)).astype(np.int64), minlength=len(one))
