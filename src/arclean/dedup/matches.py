"""What a comparison found: pairs, clusters, and who stays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.evidence import Evidence, evidence
from arclean.dedup.folded import bounds_of, ragged

Indices = NDArray[np.int64]


class Match(NamedTuple):
    """Two documents that are alike: `a` is the id that sorts first (from an index: the newer document).

    The similarities are exact: counted on the two documents' sets of shingles, not estimated.
    """

    a: str
    b: str
    jaccard: float
    """Shared shingles by all shingles of both."""
    a_in_b: float
    """The share of a's shingles that b has too: 1.0 where b contains all of a."""
    b_in_a: float


class Cluster(NamedTuple):
    """A document that stays and those that go in its favour, each of them a match of the kept one itself."""

    kept: str
    dropped: tuple[str, ...]
    because: str
    matches: tuple[Match, ...]
    """The match of each dropped document with the kept one, in the order of `dropped`."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Documents of equal shingles, and how alike these groups are: all matches in the smallest form.

    300 equal documents are one group here, and 44,850 pairs when somebody reads them.
    """

    members: Indices
    """Documents, group by group."""
    bounds: Indices
    one: Indices
    two: Indices
    """Pairs of groups that are alike."""
    shared: Indices
    size_one: Indices
    size_two: Indices

    @property
    def sizes(self) -> Indices:
        """How many documents each group has."""
        return np.diff(self.bounds)

    def of(self, group: int) -> list[int]:
        """Give the documents of a group."""
        members, bounds = self._lists
        return members[bounds[group] : bounds[group + 1]]

    @cached_property
    def _lists(self) -> tuple[list[int], list[int]]:
        return self.members.tolist(), self.bounds.tolist()

    @cached_property
    def neighbours(self) -> Mapping[int, list[tuple[int, int]]]:
        """For each group that has any: the groups that it is alike, and which pair says so."""
        near: dict[int, list[tuple[int, int]]] = {}
        for pair, (x, y) in enumerate(zip(self.one.tolist(), self.two.tolist(), strict=True)):
            near.setdefault(x, []).append((y, pair))
            near.setdefault(y, []).append((x, pair))
        return near

    def scores(self, pair: int) -> tuple[float, float, float]:
        """Give jaccard, share of the first group's shingles in the second's, and the other way round."""
        both, x, y = int(self.shared[pair]), int(self.size_one[pair]), int(self.size_two[pair])
        return both / (x + y - both), both / x, both / y


class Pairs(Sequence[Match]):
    """All matches, sorted by the ids (first a, then b). They are written out when first read; `len` costs nothing."""

    def __init__(self, groups: Groups, ids: Sequence[str]) -> None:
        self._groups = groups
        self._ids = ids

    def __len__(self) -> int:
        sizes = self._groups.sizes
        across = sizes[self._groups.one] * sizes[self._groups.two]
        return int(across.sum() + (sizes * (sizes - 1) // 2).sum())

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> list[Match]: ...
    def __getitem__(self, index: int | slice) -> Match | list[Match]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        left, right, pair = self._rows
        return self._match(int(left[index]), int(right[index]), int(pair[index]))

    def __iter__(self) -> Iterator[Match]:
        left, right, pair = self._rows
        return map(self._match, left.tolist(), right.tolist(), pair.tolist())

    def __repr__(self) -> str:
        return f"<{len(self)} pairs>"

    def _match(self, left: int, right: int, pair: int) -> Match:
        a, b = self._ids[left], self._ids[right]
        if pair < 0:
            return Match(a, b, 1.0, 1.0, 1.0)
        jaccard, forth, back = self._groups.scores(pair >> 1)
        return Match(a, b, jaccard, back, forth) if pair & 1 else Match(a, b, jaccard, forth, back)

    @cached_property
    def _rows(self) -> tuple[Indices, Indices, Indices]:
        """Documents of each pair and twice the pair of groups that it is of, +1 where turned round; -2: one group."""
        groups = self._groups
        sizes, starts = groups.sizes, groups.bounds[:-1]
        # Each member of the first group with each of the second, then each with those after it in its own group.
        reps = sizes[groups.one]
        left = np.repeat(ragged(starts[groups.one], reps), np.repeat(sizes[groups.two], reps))
        right = ragged(np.repeat(starts[groups.two], reps), np.repeat(sizes[groups.two], reps))
        pair = np.repeat(np.arange(len(groups.one)), reps * sizes[groups.two])
        after = np.repeat(groups.bounds[1:], sizes) - np.arange(len(groups.members)) - 1
        equal_left = np.repeat(np.arange(len(groups.members)), after)
        equal_right = ragged(np.arange(len(groups.members)) + 1, after)
        left = groups.members[np.concatenate((left, equal_left))]
        right = groups.members[np.concatenate((right, equal_right))]
        pair = np.concatenate((pair * 2, np.full(len(equal_left), -2)))
        rank = ranks(self._ids)
        turned = rank[left] > rank[right]
        left, right = np.where(turned, right, left), np.where(turned, left, right)
        order = np.lexsort((rank[right], rank[left]))
        return left[order], right[order], (pair + turned)[order]


@dataclass(frozen=True, eq=False, repr=False)
class Duplicates:
    """What `find_duplicates` found."""

    ids: Sequence[str]
    texts: Sequence[str]
    groups: Groups
    stars: Sequence[tuple[int, list[tuple[int, int]]]]
    """Each kept document with those that go for it, and the pair of groups (or -1: equal) that says why."""
    policy: str
    short: NDArray[np.bool_]

    @cached_property
    def pairs(self) -> Pairs:
        """Every pair of documents at or above the threshold, sorted by the ids."""
        return Pairs(self.groups, self.ids)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The documents that stay for others, each with those, in the order of the input."""
        return tuple(self._cluster(kept, others) for kept, others in sorted(self.stars))

    @cached_property
    def dropped(self) -> list[str]:
        """The ids of the documents that go, in the order of the input."""
        return [self.ids[i] for i in sorted(self._gone)]

    @cached_property
    def kept(self) -> list[str]:
        """The ids of the documents that stay, alike ones and all others, in the order of the input."""
        gone = self._gone
        return [key for i, key in enumerate(self.ids) if i not in gone] if gone else list(self.ids)

    def explain(self, a: str, b: str) -> Evidence:
        """Show what two documents share, with offsets in both texts as they were given.

        Raises ValueError for an id that no document has.
        """
        where = {key: i for i, key in enumerate(self.ids)}
        for key in (a, b):
            if key not in where:
                raise ValueError(f"no document has the id {key!r}: see .kept and .dropped for those there are")
        return evidence(a, self.texts[where[a]], b, self.texts[where[b]])

    def __repr__(self) -> str:
        return (
            f"<{len(self.pairs)} pairs among {len(self.ids)} documents: "
            f"{len(self.ids) - len(self._gone)} kept, {len(self._gone)} dropped>"
        )

    @cached_property
    def _gone(self) -> set[int]:
        return {doc for _, others in self.stars for doc, _ in others}

    def _cluster(self, kept: int, others: list[tuple[int, int]]) -> Cluster:
        others = sorted(others)
        matches = tuple(self._match(kept, doc, pair) for doc, pair in others)
        sizes = Sizes(len(self.texts[kept]), [len(self.texts[doc]) for doc, _ in others])
        short = all(self.short[[kept, *(doc for doc, _ in others)]])
        return Cluster(
            self.ids[kept],
            tuple(self.ids[doc] for doc, _ in others),
            because(self.ids[kept], matches, self.policy, sizes, "character" if short else "word"),
            matches,
        )

    def _match(self, kept: int, doc: int, pair: int) -> Match:
        if pair < 0:
            scores = (1.0, 1.0, 1.0)
        else:
            jaccard, forth, back = self.groups.scores(pair)
            first = self.groups.of(int(self.groups.one[pair]))
            scores = (jaccard, forth, back) if kept in first else (jaccard, back, forth)
        jaccard, kept_inside, inside = scores
        if self.ids[kept] < self.ids[doc]:
            return Match(self.ids[kept], self.ids[doc], jaccard, kept_inside, inside)
        return Match(self.ids[doc], self.ids[kept], jaccard, inside, kept_inside)


class Sizes(NamedTuple):
    """How many characters the documents of a cluster have."""

    kept: int
    dropped: Sequence[int]


def because(kept: str, matches: Sequence[Match], policy: str, sizes: Sizes, unit: str) -> str:
    """Say why documents go for the kept one, in numbers. Parameters: `unit` is "word" or "character"."""
    own = [m.a_in_b if m.b == kept else m.b_in_a for m in matches]
    share, inside = _span([m.jaccard for m in matches]), _span(own)
    who = "1 document shares" if len(matches) == 1 else f"{len(matches)} documents share"
    least, most = min(sizes.dropped), max(sizes.dropped)
    size = f"{sizes.kept:,} characters against {least:,}"
    size += f" to {most:,}" if most > least else ""
    runs = f"5-{unit} runs" + (
        f" ({inside} of {'its' if len(matches) == 1 else 'their'} own)" if inside != share else ""
    )
    return f"{who} {share} of the {runs} with the kept one, {policy} ({size})"


def _span(shares: Sequence[float]) -> str:
    low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return low if low == high else f"{low} to {high}"


def ranks(ids: Sequence[str]) -> Indices:
    """Give each id's place in sorted order."""
    rank = np.empty(len(ids), np.int64)
    rank[np.fromiter(sorted(range(len(ids)), key=ids.__getitem__), np.int64, len(ids))] = np.arange(len(ids))
    return rank


def grouped(digests: NDArray[np.uint64], counts: Indices) -> tuple[Indices, Indices]:
    """Group documents of equal digests: (members, bounds), groups in the order of their first members.

    A document without a word is a group of its own.
    """
    order = np.lexsort((digests[:, 1], digests[:, 0]))
    ordered = digests[order]
    new = np.ones(len(order), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1) | (counts[order[1:]] == 0)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.concatenate((starts, [len(order)])))
    # lexsort is stable, so the first of each group is its lowest index.
    rank = np.argsort(order[starts], kind="stable")
    return order[ragged(starts[rank], sizes[rank])], bounds_of(sizes[rank])
