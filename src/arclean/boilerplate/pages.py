"""The pages of a site, read once and kept as numbers: a fingerprint, a length and the signs of each line.

Fifty thousand pages of thirty lines take 20 MB here, whatever their text takes. The text itself is kept of lines that
were met before (they may recur) and of a sample of whole pages; both are chosen by fingerprints, so that neither the
order of the pages nor the process matters.
"""

from array import array
from collections.abc import Iterable, Iterator
from heapq import heappush, heapreplace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.boilerplate.keys import LONGEST_KEY, fingerprint, slot_keys
from arclean.boilerplate.signs import read_line
from arclean.errors import require_text
from arclean.lines import split_lines

# A template that one page in a hundred shows is on 20 of 2,000 pages, which is enough to learn it.
SAMPLE = 2000
# 16 MB say "met before"; 1.5 million lines, 50,000 pages, make one new line in twelve look met, which costs its text.
_BUCKETS = 1 << 24
# 50,000 short lines and their signs take 10 MB.
_SHORT, _READ = 60, 50_000


class Page(NamedTuple):
    """A page of the sample: its lines that are not blank, and their keys."""

    number: int
    lines: tuple[str, ...]
    keys: tuple[str, ...]


class Pages:
    """What is kept of the pages while they are read, once, from any iterable."""

    def __init__(self) -> None:
        self.prints = array("q")
        self.letters = array("L")
        self.signs = array("H")
        self.lengths = array("L")
        self.total = 0
        self.keys: dict[int, str] = {}
        self._met = bytearray(_BUCKETS)
        self._read: dict[str, int] = {}
        self._pages: set[int] = set()
        self._sample: list[tuple[int, int, Page]] = []

    def add(self, text: str) -> None:
        """Take a page; one that is equal to an earlier one, line for line, is counted in `total` only.

        Raises TypeError for anything but a str.
        """
        require_text(text, "SiteBoilerplate.learn")
        self.total += 1
        shown = [line.text for line in split_lines(text)]
        pairs = [(line, key) for line, key in zip(shown, slot_keys(shown), strict=True) if key]
        prints = [fingerprint(key) for _, key in pairs]
        page = fingerprint(" ".join(map(str, prints)))
        if not pairs or page in self._pages:
            return
        self._pages.add(page)
        self._keep(page, pairs)
        self.prints.extend(prints)
        self.letters.extend([len(key) for _, key in pairs])
        self.signs.extend([self._signs(line, key) for line, key in pairs])
        self.lengths.append(len(pairs))
        for at, (_, key) in zip(prints, pairs, strict=True):
            if self._met[at % _BUCKETS]:
                self.keys.setdefault(at, key[:LONGEST_KEY])
            self._met[at % _BUCKETS] = 1

    def _signs(self, line: str, key: str) -> int:
        """Read the signs of a line, of a short one only once: menus are the same lines on each page."""
        if len(line) > _SHORT:
            return read_line(line, key)
        if (signs := self._read.get(line)) is None:
            signs = int(read_line(line, key))
            if len(self._read) < _READ:
                self._read[line] = signs
        return signs

    def _keep(self, page: int, pairs: list[tuple[str, str]]) -> None:
        """Keep the page if its fingerprint is among the smallest: a sample that any order of pages gives."""
        number = len(self.lengths)
        if len(self._sample) == SAMPLE and -self._sample[0][0] <= page:
            return
        lines, keys = zip(*pairs, strict=True)
        entry = (-page, number, Page(number, lines, keys))
        (heappush if len(self._sample) < SAMPLE else heapreplace)(self._sample, entry)

    def sample(self) -> list[Page]:
        """Give the sampled pages in the order of their fingerprints."""
        return [page for *_, page in sorted(self._sample, key=lambda entry: -entry[0])]


class Groups(NamedTuple):
    """Pages by story: a story published twice is one."""

    of_page: NDArray[np.int64]
    stories: int


# Two reports of one event share a background sentence or two of twenty; a story published again, with another lead,
# shares most of itself: of 297 listed copies of two broadcasters 88 % share three tenths of their letters or more.
SAME_STORY = 0.3


def group_stories(
    page: NDArray[np.int64],
    line: NDArray[np.int64],
    letters: NDArray[np.int64],
    signs: NDArray[np.uint16],
    sentence: int,
) -> Groups:
    """Group pages that share at least 30 % of the letters that are not the site's own.

    Parameters: for each line of all pages its page, its number among the distinct lines, its letters, its signs. Lines
    of many pages (more than 2 %, at least 3, at most 20) are the site's own: they are counted on neither side.
    """
    pages = int(page[-1]) + 1 if len(page) else 0
    pairs = np.unique(np.stack([line, page]), axis=1) if len(page) else np.zeros((2, 0), np.int64)
    spread = np.bincount(pairs[0], minlength=int(line.max(initial=-1)) + 1)
    most = min(20, max(3, pages // 50))
    rare = spread[line] <= most
    weight = np.bincount(page[rare], letters[rare], pages)
    lasting = np.zeros(len(spread), np.int64)
    np.maximum.at(lasting, line, letters)
    telling = np.zeros(len(spread), bool)
    telling[line[(signs & sentence) > 0]] = True
    shared: dict[tuple[int, int], int] = {}
    kept = telling[pairs[0]] & (spread[pairs[0]] > 1) & (spread[pairs[0]] <= most)
    for number, members in _by_line(pairs[:, kept]):
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                shared[a, b] = shared.get((a, b), 0) + int(lasting[number])
    same = (pair for pair, sum_ in shared.items() if sum_ >= SAME_STORY * min(weight[pair[0]], weight[pair[1]]))
    return _joined(pages, same)


def _by_line(pairs: NDArray[np.int64]) -> Iterator[tuple[int, list[int]]]:
    """Yield each line's number with the pages it is on; `pairs` are sorted."""
    if not pairs.shape[1]:
        return
    cuts = np.flatnonzero(np.diff(pairs[0])) + 1
    for part in np.split(pairs, cuts, axis=1):
        yield int(part[0, 0]), part[1].tolist()


def _joined(pages: int, same: Iterable[tuple[int, int]]) -> Groups:
    """Join the pages that pairs connect, and number the groups."""
    parent = list(range(pages))

    def root(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for a, b in same:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    roots, of_page = np.unique(np.array([root(a) for a in range(pages)], np.int64), return_inverse=True)
    return Groups(of_page.astype(np.int64), len(roots))
