"""What counting shows of each line that recurs: on how many stories' pages, where on them, beside what."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.boilerplate.pages import Groups, Pages, group_stories
from arclean.boilerplate.signs import Sign

EDGE = 3
"""How many lines from an end of a page are its edge."""

KIN = 4
_Z = 1.96  # 95 %, two-sided: the bound is wrong once in forty times


def lower_bound(hits: int, trials: int) -> float:
    """Give the share that `hits` of `trials` prove: the lower end of Wilson's score interval at 95 %.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference.

    >>> [round(lower_bound(n, n), 2) for n in (2, 5, 50)], round(lower_bound(5, 60), 2)
    ([0.34, 0.57, 0.93], 0.04)
    """
    if not trials:
        return 0.0
    share, z2 = hits / trials, _Z * _Z
    middle = share + z2 / (2 * trials)
    return max(0.0, (middle - _Z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials))


class Evidence(NamedTuple):
    """What was counted for a line. All counts are of stories: a story published twice counts once."""

    of: int
    pages: int
    first: int
    """of `pages`, where it is among the first three lines that were not learnt before"""
    last: int
    final: int
    """of `pages`, where nothing stands under it but what was learnt before"""
    beside: int
    """of `pages`, where the same line stands before it, or after it"""
    touching: int
    """of `pages`, where a line that was learnt before stands beside it"""
    under: int
    """of `pages`, where one stands before it that is on at most four times as many: a notice's start, no menu"""
    again: int
    """of `pages`, where it stands twice or more"""
    neighbours: tuple[int, ...]
    """the numbers of the lines that stand oftenest before and after it"""

    @property
    def share(self) -> float:
        """The share of pages that is proven."""
        return lower_bound(self.pages, self.of)


class Counts:
    """The numbers of all lines, from which the evidence for each is counted, again after each round of learning."""

    def __init__(self, pages: Pages) -> None:
        prints = np.frombuffer(pages.prints, np.int64) if pages.prints else np.zeros(0, np.int64)
        self.distinct, line = np.unique(prints, return_inverse=True)
        self.line: NDArray[np.int64] = line.astype(np.int64)
        lengths = np.array(pages.lengths, np.int64)
        self.page: NDArray[np.int64] = np.repeat(np.arange(len(lengths)), lengths)
        self.starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        self.ends = np.repeat(np.cumsum(lengths) - 1, lengths)
        letters, signs = np.array(pages.letters, np.int64), np.array(pages.signs, np.uint16)
        self.groups: Groups = group_stories(self.page, self.line, letters, signs, Sign.SENTENCE)
        self.group = self.groups.of_page[self.page]
        spread = self._stories(np.ones(len(line), bool))
        self.signs = np.zeros(len(self.distinct), np.uint16)
        np.bitwise_or.at(self.signs, self.line, signs)
        self.recurring = np.flatnonzero(spread > 1)
        self.spread = spread

    def evidence(self, learnt: NDArray[np.bool_]) -> dict[int, Evidence]:
        """Count the evidence for each line that recurs and is not learnt yet, as {number: evidence}."""
        here = np.arange(len(self.line))
        open_ = ~learnt[self.line]
        upto: NDArray[np.int64] = np.cumsum(open_)  # lines that are not learnt, over all pages
        rank: NDArray[np.int64] = upto - open_ - (upto - open_)[self.starts]
        behind: NDArray[np.int64] = upto[self.ends] - upto
        # On a page of four lines every line is near both ends: it counts for the nearer.
        first = self._stories((rank < EDGE) & (rank <= behind))
        last = self._stories((behind < EDGE) & (behind <= rank))
        before = np.where(here == self.starts, -1, np.roll(self.line, 1))
        after = np.where(here == self.ends, -1, np.roll(self.line, -1))
        final = self._stories(behind == 0)
        (before_it, above), (after_it, below) = self._commonest(before), self._commonest(after)
        known_before, known_after = (before >= 0) & learnt[before], (after >= 0) & learnt[after]
        touching = self._stories(known_before | known_after)
        again = self._again()
        under = self._stories(known_before & (self.spread[before] <= KIN * self.spread[self.line]))
        return {
            i: Evidence(
                of=self.groups.stories,
                pages=int(self.spread[i]),
                first=int(first[i]),
                last=int(last[i]),
                final=int(final[i]),
                beside=int(max(above[i], below[i])),
                touching=int(touching[i]),
                under=int(under[i]),
                again=int(again[i]),
                neighbours=tuple(int(n[i]) for n, c in ((before_it, above), (after_it, below)) if c[i] > 1),
            )
            for i in self.recurring.tolist()
            if not learnt[i]
        }

    def _stories(self, where: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count for each line the stories that have it at one of the places `where`."""
        found = np.unique(self.line[where] * max(1, self.groups.stories) + self.group[where])
        return np.bincount(found // max(1, self.groups.stories), minlength=len(self.distinct))

    def _again(self) -> NDArray[np.int64]:
        """Count for each line the stories that have it twice or more on one page."""
        recurs = np.flatnonzero(self.spread[self.line] > 1)
        order = recurs[np.lexsort((self.page[recurs], self.line[recurs]))]
        twice = np.zeros(len(self.line), bool)
        same = (self.line[order][1:] == self.line[order][:-1]) & (self.page[order][1:] == self.page[order][:-1])
        twice[order[1:][same]] = True
        return self._stories(twice)

    def _commonest(self, other: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give for each line its commonest neighbour, and in how many stories it has it."""
        here = (other >= 0) & (self.spread[self.line] > 1)
        triples = np.unique(np.stack([self.line[here], other[here], self.group[here]]), axis=1)
        neighbour, stories = np.full(len(self.distinct), -1), np.zeros(len(self.distinct), np.int64)
        if triples.shape[1]:
            new = np.append(True, np.any(triples[:2, 1:] != triples[:2, :-1], axis=0))
            sizes = np.diff(np.append(np.flatnonzero(new), len(new)))
            rising = np.argsort(sizes, kind="stable")  # of a line's neighbours the commonest is written last, and stays
            neighbour[triples[0, new][rising]] = triples[1, new][rising]
            stories[triples[0, new][rising]] = sizes[rising]
        return neighbour, stories
