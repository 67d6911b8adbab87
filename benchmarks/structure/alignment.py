"""Which lines of a page are still there after cleaning, whatever was repaired inside them."""

import html
import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

QUOTES = dict.fromkeys(map(ord, "«»“”„‟‘’‚`'\""), '"')
LETTERS = {ord("ی"): "ي", ord("ک"): "ك", ord("ـ"): ""}

# A line of the output that is no line of the page is a piece of one, or one that was repaired. Shorter pieces than this
# are found in many lines by chance: "صورة" is one.
SHORTEST_PIECE = 6
# Two words of a caption of eight may differ, .85; a sentence about the same thing reaches .76 (teaser and lead).
ALIKE = 85

SAME, PIECE = 1000, 1


def key(line: str) -> str:
    """Give what a line is compared by: no marks, elongation or invisible characters; quotes, digits, spaces alike.

    Written apart from the library's own keys, which are part of what is measured.

    >>> key("«صـورة» &quot;١٢&quot;") == key("“صُورة”  '12'")
    True
    """
    text = unicodedata.normalize("NFKD", html.unescape(line)).translate(QUOTES | LETTERS)
    kept = (c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    digits = (str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)
    return re.sub(r"\s+", " ", "".join(digits)).strip()


def align(lines: Sequence[str], output: str) -> list[str | None]:
    r"""Give for each line of a page what the output has of it: itself, a piece of it, or None.

    The longest common subsequence under `key`, where a piece counts a thousandth of a line: a page has fewer lines.

    >>> align(["عنوان", "شارك الخبر", "قال الوزير"], "عنوان\nقال الوزير")
    ['عنوان', None, 'قال الوزير']
    """
    found = [line for line in output.splitlines() if key(line)]
    ours, theirs = [key(line) for line in lines], [key(line) for line in found]
    strange = [i for i, k in enumerate(theirs) if k not in set(ours)]
    worth = {(i, j): PIECE for j in strange for i, k in enumerate(ours) if _belongs(theirs[j], k)}
    worth |= {(i, j): SAME for i, a in enumerate(ours) for j, b in enumerate(theirs) if a == b}
    best = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in reversed(range(len(ours))):
        for j in reversed(range(len(theirs))):
            take = worth[i, j] + best[i + 1][j + 1] if (i, j) in worth else 0
            best[i][j] = max(take, best[i + 1][j], best[i][j + 1])
    answer: list[str | None] = [None] * len(ours)
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if (i, j) in worth and best[i][j] == worth[i, j] + best[i + 1][j + 1]:
            answer[i] = found[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return answer


def _belongs(piece: str, line: str) -> bool:
    return (len(piece) >= SHORTEST_PIECE and piece in line) or fuzz.ratio(piece, line) >= ALIKE
