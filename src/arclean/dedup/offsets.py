"""Where the folded words of a text stand in it, by a table: `evidence.words_of` without Python code for each letter."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.evidence import words_of
from arclean.dedup.folded import composes, default_folding

Indices = NDArray[np.int64]
_SEPARATOR, _LETTER, _MARK, _OTHER = range(4)


def word_offsets(text: str) -> tuple[Indices, Indices]:
    """Give where each folded word of a text starts and ends.

    >>> starts, ends = word_offsets("أحمـدُ، ٣")
    >>> starts.tolist(), ends.tolist()
    ([0, 8], [6, 9])
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = np.concatenate(([_SEPARATOR], _kinds().take(points, mode="clip"), [_SEPARATOR]))
    if (kinds == _OTHER).any():
        spans = [(word.start, word.end) for word in words_of(text)]
        return np.array([s for s, _ in spans], np.int64), np.array([e for _, e in spans], np.int64)
    # A mark belongs to the letter before it, so a word ends where the separator after its marks stands.
    solid = np.flatnonzero(kinds != _MARK)
    inside = kinds[solid] == _LETTER
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    return solid[edges[0::2]] - 1, solid[edges[1::2]] - 1


@cache
def _kinds() -> NDArray[np.uint8]:
    """Say what each character is: no part of a word, a letter, a mark that goes, or something that needs a look.

    The last place is for all characters past the Basic Multilingual Plane.
    """
    letter = default_folding().letter
    kinds = np.full(0x10001, _OTHER, np.uint8)
    for point in range(0x10000):
        char = chr(point)
        if not composes(char):
            folded = letter(char)
            parts = [c.isalnum() for c in folded]
            kinds[point] = _MARK if not folded else _LETTER if all(parts) else _OTHER if any(parts) else _SEPARATOR
    kinds.flags.writeable = False
    return kinds
