"""Why two documents match: the passages that they share, with offsets in both texts as they were given."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from arclean.dedup.folded import composing, default_folding
from arclean.dedup.shingles import SHORT_WORDS, WIDTH, shingled

# rapidfuzz aligns n words with m in n * m / 64 steps and keeps n * m bits: 4,000 words each are 2 MB, 20,000 are 50.
_MOST_ALIGNED = 20_000


class Passage(NamedTuple):
    """A run of words that both texts have: a_text[a_start:a_end] and b_text[b_start:b_end]."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    words: int


@dataclass(frozen=True)
class Evidence:
    """What two documents share."""

    a: str
    b: str
    jaccard: float
    a_in_b: float
    b_in_a: float
    passages: tuple[Passage, ...]
    """In the order of the first text. They do not overlap in either text."""
    unit: str
    """What was compared: runs of 5 "words" or, between two short texts, of 5 "characters"."""

    def __bool__(self) -> bool:
        return bool(self.passages)

    def __str__(self) -> str:
        words = sum(p.words for p in self.passages)
        return (
            f"{self.a} and {self.b} share {self.jaccard:.1%} of their 5-{self.unit[:-1]} runs "
            f"({self.a_in_b:.1%} of {self.a}, {self.b_in_a:.1%} of {self.b}): "
            f"{len(self.passages)} passages of {words:,} words"
        )


class Word(NamedTuple):
    """A folded word and the span of the text that it came from."""

    folded: str
    start: int
    end: int


def evidence(a: str, a_text: str, b: str, b_text: str) -> Evidence:
    """Compare two texts and show the passages that they share.

    >>> shown = evidence("a", "قال: ذهبَ الولد إلى المدرسة صباحا", "b", "ذهب الولد الى المدرسه صباحا ثم عاد")
    >>> [(p.a_start, p.a_end, p.b_start, p.b_end, p.words) for p in shown.passages]
    [(5, 33, 0, 27, 5)]
    """
    sets = shingled([a_text, b_text], default_folding())
    short = bool(((sets.counts > 0) & (sets.counts < SHORT_WORDS)).all())
    one, two = (sets.chars if short else sets.words).of(0), (sets.chars if short else sets.words).of(1)
    both = len({*one.tolist()} & {*two.tolist()})
    passages = passages_between(list(words_of(a_text)), list(words_of(b_text)))
    return Evidence(
        a,
        b,
        both / max(1, len(one) + len(two) - both),
        both / max(1, len(one)),
        both / max(1, len(two)),
        passages,
        "characters" if short else "words",
    )


def passages_between(a: Sequence[Word], b: Sequence[Word]) -> tuple[Passage, ...]:
    """Give the passages that two texts share, given by their words: of five words or more, short texts' of any length.

    >>> [list(p) for p in passages_between(list(words_of("خبر عاجل")), list(words_of("عاجلٌ الآن")))]
    [[4, 8, 0, 5, 1]]
    """
    short = all(0 < len(words) < SHORT_WORDS for words in (a, b))
    runs = _runs([w.folded for w in a], [w.folded for w in b], 1 if short else WIDTH)
    return tuple(Passage(a[i].start, a[i + n - 1].end, b[j].start, b[j + n - 1].end, n) for i, j, n in runs)


def words_of(text: str) -> Iterator[Word]:
    """Yield the folded words of a text with their spans: what the kernel does for a batch, with offsets.

    >>> [(w.folded, text[w.start:w.end]) for text in ["أحمـدُ، ٣"] for w in words_of(text)]
    [('احمد', 'أحمـدُ'), ('3', '٣')]
    """
    starts: list[int] = []  # where the unit of each folded character starts, and where it ends
    ends: list[int] = []
    pieces: list[str] = []
    for start, end in _clusters(text):
        if folded := _folded(text[start:end]):
            pieces.append(folded)
            starts += [start] * len(folded)
            ends += [end] * len(folded)
        elif ends:  # a mark belongs to the letter before it
            ends[-1] = end
    for found in re.finditer(r"[^\W_]+", "".join(pieces)):
        yield Word(found[0], starts[found.start()], ends[found.end() - 1])


@lru_cache(maxsize=10_000)
def _folded(unit: str) -> str:
    """Fold a character, or one with the marks that compose with it."""
    composed = unit if len(unit) == 1 else unicodedata.normalize("NFC", unit)
    return "".join(map(default_folding().letter, composed))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield spans of one character, or of one with the marks that compose with it."""
    marks, start = composing(text), 0
    for end in range(1, len(text) + 1):
        if end not in marks:
            yield start, end
            start = end


def _runs(a: Sequence[str], b: Sequence[str], least: int) -> list[tuple[int, int, int]]:
    """Give runs of equal words as (where in a, where in b, length): first what stands in the same order, then moved."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415 (only whoever asks for evidence pays for it)

    # What is taken is written over, with words that no text has and that are unlike each other.
    left, right = [*a], [*b]
    found = []

    def take(i: int, j: int, length: int) -> None:
        found.append((i, j, length))
        left[i : i + length] = [" "] * length
        right[j : j + length] = [""] * length

    if max(len(a), len(b)) <= _MOST_ALIGNED:
        for block in LCSseq.opcodes(a, b):
            length = block.src_end - block.src_start
            if block.tag == "equal" and length >= least:
                take(block.src_start, block.dest_start, length)
    places: dict[tuple[str, ...], list[int]] = {}
    for j in range(len(b) - least + 1):
        places.setdefault(tuple(b[j : j + least]), []).append(j)
    i = 0
    while i <= len(a) - least:
        here = places.get(tuple(left[i : i + least]), ())[:_MOST_PLACES]
        length, j = max(((_length(left, right, i, j), j) for j in here), default=(0, 0))
        if length >= least:
            take(i, j, length)
        i += length if length >= least else 1
    return sorted(found)


# A refrain may stand a thousand times; the first few places tell as much.
_MOST_PLACES = 16


def _length(a: Sequence[str], b: Sequence[str], i: int, j: int) -> int:
    """Count the equal words from two places on."""
    length = 0
    while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
        length += 1
    return length
