"""The smallest edits that lead from one text to another: for functions that do not say what they change."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from rapidfuzz.distance import Indel

# Indel keeps a bit for every pair of characters: 20,000 x 20,000 / 8 bytes = 50 MB at the most.
MOST_CHARACTERS = 20_000


def differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield (start, end, replacement) for each place where `new` differs from `old`, in order.

    Whole lines are paired first, so that a long text costs what its changed lines cost.

    >>> list(differences("قال أحمد\nنعم", "قال احمد\nنعم"))
    [(4, 5, 'ا')]
    """
    if old == new:
        return
    ours, theirs = old.splitlines(keepends=True), new.splitlines(keepends=True)
    at, to = [0, *accumulate(map(len, ours))], [0, *accumulate(map(len, theirs))]
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for start, end, piece in _within(old[at[a] : at[b]], new[to[c] : to[d]]):
            yield at[a] + start, at[a] + end, piece


def _within(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    if max(len(old), len(new)) > MOST_CHARACTERS:
        yield 0, len(old), new
        return
    start = end = 0
    piece = ""
    for op in Indel.opcodes(old, new):
        if op.tag == "equal":
            if end > start or piece:
                yield start, end, piece
            start, end, piece = op.src_end, op.src_end, ""
        else:
            end = op.src_end
            piece += new[op.dest_start : op.dest_end]
    if end > start or piece:
        yield start, end, piece
