"""Which document stands inside another, however much longer that one is.

If a share c of the shingles of x is to be in y, then of any n - ceil(c n) + 1 shingles of x one at least must be in y:
the same prefixes as for likeness, looked up among all shingles of the others rather than among their prefixes.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.candidates import MOST_PAIRS, tallied
from arclean.dedup.folded import ragged
from arclean.dedup.prefixes import SLACK, Owners, blocks, hubs, prefixes
from arclean.dedup.shingles import Counts, Hashes, Sets
from arclean.dedup.verify import shared

# A page that contains more than so many documents that are unlike itself is a list of them (headlines, a digest, an
# archive) and none of them is a copy of it.
MOST_CONTAINED = 8

Columns = tuple[Counts, Counts, Counts, Counts, Counts]


def contained(sets: Sets, share: float, threshold: float, apart: NDArray[np.bool_]) -> Columns:
    """Give pairs of sets that are not alike by `threshold` while at least `share` of one is in the other.

    Sets marked `apart` (short texts, which stand in many longer ones by chance) are left out as what is contained, and
    so are lists, which contain many. The columns are the two, the size of what they share, and their sizes.
    """
    sizes = sets.sizes
    keys = [np.empty(0, np.int64)]
    for inner, outer in _lookups(sets, share):
        whole = ~apart[inner]
        keys.append(np.minimum(inner, outer)[whole] << 32 | np.maximum(inner, outer)[whole])
    both = np.unique(np.concatenate(keys))
    one, two = both >> 32, both & (2**32 - 1)
    common = shared(sets, one, two)
    inside_one = (common >= share * sizes[two] - SLACK) & ~apart[two]
    inside_two = (common >= share * sizes[one] - SLACK) & ~apart[one]
    unlike = common < threshold * (sizes[one] + sizes[two] - common) - SLACK
    holder = np.where(inside_two, two, one)
    found = unlike & (inside_one | inside_two)
    found &= np.bincount(holder[found], minlength=len(sizes))[holder] <= MOST_CONTAINED
    one, two = one[found], two[found]
    return one, two, common[found], sizes[one], sizes[two]


def _lookups(sets: Sets, share: float) -> Iterator[tuple[Counts, Counts]]:
    """Yield pairs (set, other set that may contain it), some sets' at a time."""
    sizes = sets.sizes
    values, owners, _, outside = prefixes(sets, share, hubs(sets))
    known = np.unique(values)
    numbers, holders = _held(sets, known)
    starts = np.searchsorted(numbers, np.arange(len(known) + 1))
    asked = np.searchsorted(known, values)
    partners = starts[asked + 1] - starts[asked]
    work = np.bincount(owners, weights=partners, minlength=len(sizes))
    slices = ((np.cumsum(work) - work) // MOST_PAIRS).astype(np.int64)
    for turn in np.unique(slices).tolist():
        mine = np.flatnonzero(slices[owners] == turn)
        inner = np.repeat(owners[mine], partners[mine]).astype(np.int64)
        outer = holders[ragged(starts[asked[mine]], partners[mine])].astype(np.int64)
        possible = (inner != outer) & (sizes[outer] >= share * sizes[inner] - SLACK)
        inner, outer, times = tallied(inner[possible], outer[possible])
        # What is shared beyond the meetings lies outside the prefix.
        enough = times + outside[inner] >= share * sizes[inner] - SLACK
        yield inner[enough], outer[enough]


def _held(sets: Sets, known: Hashes) -> tuple[Counts, Owners]:
    """Find all places where one of `known` (sorted) stands: its number there, in order, and the set."""
    mask = np.uint64((1 << max(8, int(len(known) * 8).bit_length())) - 1)
    doors = np.zeros(int(mask) + 1, bool)
    doors[(known & mask).astype(np.int64)] = True
    found = [(np.empty(0, np.int64), np.empty(0, np.int32))]
    for begin, end in blocks(sets.bounds):
        values = sets.values[sets.bounds[begin] : sets.bounds[end]]
        owners = np.repeat(np.arange(begin, end, dtype=np.int32), np.diff(sets.bounds[begin : end + 1]))
        maybe = np.flatnonzero(doors[(values & mask).astype(np.int64)])
        number = np.searchsorted(known, values[maybe])
        right = known[np.minimum(number, len(known) - 1)] == values[maybe]
        found.append((number[right], owners[maybe[right]]))
    numbers, holders = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(numbers, kind="stable")
    return numbers[order], holders[order]
