"""Two documents side by side: what both have, what only one has, what moved, and what is spelt another way."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from arclean.dedup.evidence import Passage, Word, passages_between, words_of
from arclean.dedup.matches import Cluster, Duplicates, Match
from arclean.report.sample import rank

# A third of the clusters are those of the least alike documents, where a mistake would be; a third the largest, where
# it would cost most; a third are drawn, for an honest picture.
OF_EACH_KIND = 10
MOST_COPIES = 2
MOST_IDS = 30
# A story of 1,000 words. Finding the words of two of them, with offsets, takes 10 ms: 30 clusters are done in a second.
MOST_CHARACTERS = 6_000
# Of a long passage that both have, word for word, the first and last words are shown on both sides.
CONTEXT_WORDS = 30
LONGEST_PASSAGE = 90
MOST_PASSAGES = 400

Kind = Literal["same", "only", "moved", "spelt", "cut"]
_BLANK_LINES = re.compile(r"\n[ \t]*(?=\n)")


class Stretch(NamedTuple):
    """A piece of a side; "cut" stands for as many characters as its text says, which both sides have."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Facing:
    """A kept document and one that was dropped for it."""

    match: Match
    dropped: str
    kept_side: tuple[Stretch, ...]
    dropped_side: tuple[Stretch, ...]
    passages: int
    partial: bool
    """whether only the beginning of the texts was compared"""

    @property
    def in_kept(self) -> float:
        """The share of the dropped one's shingles that the kept one has."""
        return self.match.a_in_b if self.match.a == self.dropped else self.match.b_in_a


class ShownCluster(NamedTuple):
    """A cluster as it is shown."""

    cluster: Cluster
    lowest: float
    pairs: tuple[Facing, ...]
    others: tuple[tuple[str, float], ...]
    more: int
    sites: tuple[str, ...]


def chosen(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Choose the clusters that a report shows, the least alike first."""
    doubt = {c.kept: min(m.jaccard for m in c.matches) for c in clusters}
    draw = {c.kept: rank(c.kept) for c in clusters}
    picked: dict[str, Cluster] = {}
    for order in (
        lambda c: (doubt[c.kept], draw[c.kept]),
        lambda c: (-len(c.dropped), draw[c.kept]),
        lambda c: draw[c.kept],
    ):
        new = [c for c in sorted(clusters, key=order) if c.kept not in picked][:OF_EACH_KIND]
        picked |= {c.kept: c for c in new}
    return sorted(picked.values(), key=lambda c: (doubt[c.kept], draw[c.kept]))


def set_out(found: Duplicates, clusters: Sequence[Cluster], sites: Mapping[str, str]) -> list[ShownCluster]:
    """Put the documents of clusters side by side.

    Parameters: `sites` of their documents, by id.
    """
    where = {key: i for i, key in enumerate(found.ids)} if clusters else {}

    def text(key: str) -> str:
        return found.texts[where[key]]

    shown = []
    for cluster in clusters:
        rows = sorted(zip(cluster.matches, cluster.dropped, strict=True), key=lambda row: (row[0].jaccard, row[1]))
        pairs = [facing(m, key, text(cluster.kept), text(key)) for m, key in rows[:MOST_COPIES]]
        others = [(key, match.jaccard) for match, key in rows[MOST_COPIES : MOST_COPIES + MOST_IDS]]
        of = tuple(sorted({sites.get(key, "") for key in (cluster.kept, *cluster.dropped)}))
        more = len(rows) - len(pairs) - len(others)
        shown.append(ShownCluster(cluster, rows[0][0].jaccard, tuple(pairs), tuple(others), more, of))
    return shown


def facing(match: Match, dropped: str, kept_text: str, dropped_text: str) -> Facing:
    """Put a dropped document's text beside the kept one's."""
    partial = max(len(kept_text), len(dropped_text)) > MOST_CHARACTERS
    left, right = (_BLANK_LINES.sub("", t[:MOST_CHARACTERS]).strip() for t in (kept_text, dropped_text))
    if left == right:
        same = (Stretch("same", left),) if left else ()
        return Facing(match, dropped, same, same, int(bool(left)), partial)
    a, b = list(words_of(left)), list(words_of(right))
    passages = passages_between(a, b)
    a_kinds, b_kinds = _kinds(left, right, a, b, passages)
    return Facing(
        match,
        dropped,
        tuple(_stretches(left, a, a_kinds)),
        tuple(_stretches(right, b, b_kinds)),
        len(passages),
        partial,
    )


def _kinds(
    left: str, right: str, a: Sequence[Word], b: Sequence[Word], passages: Sequence[Passage]
) -> tuple[list[Kind], list[Kind]]:
    """Say of each word of both texts whether the other has it, and how."""
    a_kinds: list[Kind] = ["only"] * len(a)
    b_kinds: list[Kind] = ["only"] * len(b)

    def pair(i: int, j: int, kind: Kind) -> None:
        same = left[a[i].start : a[i].end] == right[b[j].start : b[j].end]
        a_kinds[i] = b_kinds[j] = kind if same or kind == "moved" else "spelt"

    in_place = _in_order(passages)
    starts_a, starts_b = ({w.start: i for i, w in enumerate(words)} for words in (a, b))
    # Words outside passages are aligned between the same two passages only, so that none finds its like beyond them.
    gaps = [(0, 0)]
    for number, p in enumerate(passages):
        i, j = starts_a[p.a_start], starts_b[p.b_start]
        for k in range(p.words):
            pair(i + k, j + k, "same" if number in in_place else "moved")
        if number in in_place:
            gaps += [(i, j), (i + p.words, j + p.words)]
            middle = range(CONTEXT_WORDS, p.words - CONTEXT_WORDS)
            if p.words > LONGEST_PASSAGE and all(a_kinds[i + k] == "same" for k in middle):
                for k in middle:
                    a_kinds[i + k] = b_kinds[j + k] = "cut"
    gaps.append((len(a), len(b)))
    for i, j in _between(a, b, zip(gaps[::2], gaps[1::2], strict=True), a_kinds, b_kinds):
        pair(i, j, "same")
    return a_kinds, b_kinds


def _between(
    a: Sequence[Word],
    b: Sequence[Word],
    gaps: Iterable[tuple[tuple[int, int], tuple[int, int]]],
    a_kinds: Sequence[Kind],
    b_kinds: Sequence[Kind],
) -> Iterator[tuple[int, int]]:
    """Yield the words that stand for each other within the gaps, of those that are in no passage."""
    for (i0, j0), (i1, j1) in gaps:
        left = [i for i in range(i0, i1) if a_kinds[i] == "only"]
        right = [j for j in range(j0, j1) if b_kinds[j] == "only"]
        for block in LCSseq.opcodes([a[i].folded for i in left], [b[j].folded for j in right]):
            if block.tag == "equal":
                length = block.src_end - block.src_start
                yield from ((left[block.src_start + k], right[block.dest_start + k]) for k in range(length))


def _in_order(passages: Sequence[Passage]) -> set[int]:
    """Give the passages that stand in the same order in both texts, as many words as can; the others have moved.

    Parameters: `passages` in the order of the first text.
    """
    words: list[int] = []  # of the best row that ends with each passage
    before: list[int] = []
    for number, p in enumerate(passages[:MOST_PASSAGES]):
        rows = [(words[k], -k) for k in range(number) if passages[k].b_end <= p.b_start]
        most, last = max(rows, default=(0, 1))
        words.append(most + p.words)
        before.append(-last)
    row: set[int] = set()
    at = words.index(max(words)) if words else -1
    while at >= 0:
        row.add(at)
        at = before[at]
    return row


def _stretches(text: str, words: Sequence[Word], kinds: Sequence[Kind]) -> Iterator[Stretch]:
    """Yield the text in stretches of one kind; what stands between words of a kind is of that kind too."""
    start = at = 0
    current: Kind = "same"
    for word, kind in zip(words, kinds, strict=True):
        if kind != current:
            # What parts two kinds (a comma, a space, a line end) belongs to neither mark.
            cut = word.start if current == "same" else at
            if cut > start:
                yield _stretch(current, text[start:cut])
            if current != "same" and kind != "same" and word.start > cut:
                yield Stretch("same", text[cut : word.start])
            start = cut if kind == "same" else word.start
            current = kind
        at = word.end
    if current != "same" and at > start:
        yield _stretch(current, text[start:at])
        start = at
    if start < len(text):
        yield Stretch("same", text[start:])


def _stretch(kind: Kind, text: str) -> Stretch:
    return Stretch(kind, f"{len(text):,}" if kind == "cut" else text)
