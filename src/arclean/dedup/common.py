"""Shingles that a site's template brings, left out of the comparison on request.

A header and a footer of 200 words around stories of 50 make copies of all pages of a site, and hide that two sites
have the same story. A shingle is *common* where it stands in more than a given share of a site's documents, and in
`LEAST_TEXTS` of them at least; equal documents count once, so that a page that was fetched fifty times is no template.
Documents without a site form one together. What is common on one site counts nowhere: two equal texts must stay equal
when one of them was found on a mirror that has no other page of that site.

A document of which nothing would be left (it is nothing but template: an error page, an empty category) is compared
whole. Those are copies of each other, and of nothing that has a story.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import bounds_of, ragged
from arclean.dedup.prefixes import SLACK, blocks
from arclean.dedup.shingles import Counts, Hashes, Sets

# On a site of three pages, two copies are more than any share of it. Five unlike pages with one run of five words in
# common are a template at work, or news that is updated by the minute.
LEAST_TEXTS = 5
# Hashes counted together: sorting them takes 24 MB.
_BLOCK = 1 << 20


def without_common(sets: Sets, sites: Sequence[Sequence[str | None]], share: float) -> Sets:
    """Take from each set what is common on any site, unless that is all of it.

    Parameters: `sites` names the sites that each set's text stands on (equal texts may stand on several); `share` is
    the share of a site's texts above which a shingle is common.

    >>> rows = [[1, 2, page] for page in range(10, 20)]
    >>> sets = Sets(np.array(rows, np.uint64).ravel(), np.arange(0, 31, 3))
    >>> without_common(sets, [["example.com"]] * 10, 0.3).values.tolist()
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    """
    known = common(sets, sites, share)
    if not len(known):
        return sets
    values, sizes = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for begin, end in blocks(sets.bounds):
        block = sets.values[sets.bounds[begin] : sets.bounds[end]]
        owners = np.repeat(np.arange(end - begin), sets.sizes[begin:end])
        kept = ~_among(block, known)
        left = np.bincount(owners[kept], minlength=end - begin)
        kept |= (left == 0)[owners]
        values.append(block[kept])
        sizes.append(np.where(left == 0, sets.sizes[begin:end], left))
    return Sets(np.concatenate(values), bounds_of(np.concatenate(sizes)))


def sites_of_groups(docs: Sequence[object], members: Counts, bounds: Counts) -> list[list[str | None]]:
    """Name the sites of the documents of each group. Parameters: `members` and `bounds` are of matches.Groups."""
    names: list[str | None] = [getattr(docs[member], "site", None) for member in members.tolist()]
    cuts = bounds.tolist()
    return [names[begin:end] for begin, end in pairwise(cuts)]


def common(sets: Sets, sites: Sequence[Sequence[str | None]], share: float) -> Hashes:
    """Give the shingles that stand in more than a share of the texts of some site, sorted."""
    texts: dict[str | None, list[int]] = {}
    for text, names in enumerate(sites):
        for name in dict.fromkeys(names):
            texts.setdefault(name, []).append(text)
    found = [_common_on(sets, np.array(few), share) for few in texts.values() if len(few) >= LEAST_TEXTS]
    return np.unique(np.concatenate([*found, np.empty(0, np.uint64)]))


def _common_on(sets: Sets, members: Counts, share: float) -> Hashes:
    """Count block by block: what is on more than a share of all is so in one block at least (Savasere et al. 1995)."""
    cuts = list(_blocks(sets.sizes[members]))
    possible = [np.empty(0, np.uint64)]
    for begin, end in cuts:
        values, counts = np.unique(_values(sets, members[begin:end]), return_counts=True)
        possible.append(values[counts > share * (end - begin) - SLACK])
    known = np.unique(np.concatenate(possible))
    if not len(known):
        return known
    total = np.zeros(len(known), np.int64)
    for begin, end in cuts:
        values = _values(sets, members[begin:end])
        at = np.minimum(np.searchsorted(known, values), len(known) - 1)
        total += np.bincount(at[known[at] == values], minlength=len(known))
    # The slack is the other way round here: exactly the share is not more than it, as in 3 of 10 for .3.
    return known[(total > share * len(members) + SLACK) & (total >= LEAST_TEXTS)]


def _values(sets: Sets, members: Counts) -> Hashes:
    return sets.values[ragged(sets.bounds[members], sets.sizes[members])]


def _blocks(sizes: Counts) -> Iterator[tuple[int, int]]:
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, np.arange(_BLOCK, int(ends[-1]) + _BLOCK, _BLOCK), "left") + 1
    cuts = np.unique(np.concatenate(([0], np.minimum(cuts, len(sizes)), [len(sizes)])))
    yield from zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


def _among(values: Hashes, known: Hashes) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: NDArray[np.bool_] = known[at] == values
    return found
