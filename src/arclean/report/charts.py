"""The figures behind the charts; the page draws them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup import Duplicates
from arclean.dedup.matches import Groups, Indices
from arclean.report.shown import RuleRow, SiteRow

Floats = NDArray[np.float64]

MOST_BARS = 12
BINS = 20  # of all similarities from 0 to 1: a bin is 5 % wide, and those from the threshold on are shown


class Bar(NamedTuple):
    """A bar: how long, in percent of the longest, and what it says. A label of "" stands for all others."""

    label: str
    value: int
    width: float
    note: str = ""


class Bin(NamedTuple):
    """A column of the histogram: similarities from `low` to below `high`, or exactly 1 where both are."""

    low: float
    high: float
    pairs: int
    height: float

    @property
    def label(self) -> str:
        """Say which similarities these are, in percent."""
        return "100" if self.low == self.high else f"{self.low:.0%}".removesuffix("%")


class Size(NamedTuple):
    """What became of the characters that were read, in percent of them."""

    kept: float
    copies: float
    removed: float
    kept_characters: int
    copied_characters: int
    removed_characters: int


def bars(values: Iterable[tuple[str, int, str]]) -> list[Bar]:
    """Give the longest bars, longest first, and one for all others.

    >>> [(bar.label, bar.width) for bar in bars([("أ", 1, ""), ("ب", 4, "")])]
    [('ب', 100.0), ('أ', 25.0)]
    """
    rows = sorted(((label, value, note) for label, value, note in values if value), key=lambda row: (-row[1], row[0]))
    shown = rows[:MOST_BARS] if len(rows) > MOST_BARS + 1 else rows
    if len(shown) < len(rows):
        shown.append(("", sum(value for _, value, _ in rows[MOST_BARS:]), str(len(rows) - MOST_BARS)))
    longest = max((value for _, value, _ in shown), default=1)
    return [Bar(label, value, round(100 * value / longest, 2), note) for label, value, note in shown]


def by_rule(rules: Iterable[RuleRow]) -> list[Bar]:
    """Give the characters that each rule removed or replaced; what several rules did counts for the last of them."""
    sizes: Counter[str] = Counter()
    for row in rules:
        sizes[row.rule.split(" + ")[-1]] += row.size
    return bars((rule, size, "") for rule, size in sizes.items())


def by_site(sites: Iterable[SiteRow]) -> list[Bar]:
    """Give the characters by which the cleaning made each site shorter, and what share of it that is."""
    return bars(
        (row.site or "—", row.read - row.cleaned, f"{(row.read - row.cleaned) / row.read:.1%}" if row.read else "")
        for row in sites
        if row.read > row.cleaned
    )


def size(sites: Sequence[SiteRow]) -> Size:
    """Give what became of what was read: it stays, it went with a dropped document, it was removed."""
    read, cleaned, kept = (sum(getattr(row, name) for row in sites) for name in ("read", "cleaned", "kept"))
    whole = max(1, read)
    gone, copied = max(0, read - cleaned), cleaned - kept
    share = [round(100 * part / whole, 2) for part in (copied, gone)]
    return Size(max(0.0, round(100 - sum(share), 2)), share[0], share[1], kept, copied, gone)


def histogram(found: Duplicates) -> list[Bin]:
    """Count the pairs by similarity, without writing them out: 10,000 equal documents are 50 million of them."""
    similarities, weights, equal = _similarities(found.groups)
    if not equal and not len(weights):
        return []
    of = np.minimum((similarities * BINS + 1e-9).astype(np.int64), BINS)  # .95 * 20 is 18.999…
    counts = np.bincount(of, weights, BINS + 1).astype(np.int64)
    counts[BINS] += equal
    first = int(np.flatnonzero(counts)[0])
    highest = int(counts.max())
    return [
        Bin(i / BINS, min(i + 1, BINS) / BINS, int(n), round(100 * int(n) / highest, 2))
        for i, n in islice(enumerate(counts.tolist()), first, None)
    ]


def _similarities(groups: Groups) -> tuple[Floats, Indices, int]:
    """Give for each pair of groups how alike they are and how many pairs of documents that is; and the equal pairs."""
    sizes = groups.sizes
    union = groups.size_one + groups.size_two - groups.shared
    return (
        groups.shared / np.maximum(union, 1),
        sizes[groups.one] * sizes[groups.two],
        int((sizes * (sizes - 1) // 2).sum()),
    )
