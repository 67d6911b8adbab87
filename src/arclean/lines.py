"""Lines and blocks of a text: split without loss, compared by a key, dropped without leaving holes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from arclean import alphabet
from arclean.edits import Edit
from arclean.rules.glance import Sign, glance
from arclean.rules.tables import CharTable

# str.splitlines knows every line end of Unicode's newline guidelines (UAX 14, classes BK, CR, LF, NL), a CR LF as one,
# and takes the information separators for line ends too, which they are not. Text that holds one goes the slow way.
LINE_END = re.compile("\r\n|[\n\r\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_SEPARATORS = "\x1c\x1d\x1e"
_ENDS = "\n\r\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"


# Letters that Urdu, Persian, Kurdish, Pashto, Uyghur and Sindhi have and Arabic pages do not borrow for foreign names
# (پ چ گ ڤ) or keyboards (ی ک): what the rules know of pages is Arabic, and تصویر کے کاپی رائٹ is none of it.
_FOREIGN = re.compile(
    "[\u0679\u0688\u0691\u0698\u06ba\u06be\u06c1\u06c6\u06c7\u06ce\u06d0\u06d2\u0695\u06b5\u067c\u0689]"
)


# Words that Persian has in most lines and Arabic has not, and letters that no Persian line is without.
_PERSIAN = re.compile(r"(?<!\w)(?:از|است|های|که|شده|برای|را|در)(?!\w)")
_PERSIAN_LETTER = re.compile("[\u06cc\u06a9\u067e\u0686\u06af]")


def foreign(text: str) -> bool:
    """Say whether a line is in another language that is written in Arabic script.

    >>> foreign("ہالی ووڈ کی خبریں"), foreign("أخبار هوليوود")
    (True, False)
    >>> foreign("گزارش از بازار قدیم در شهر")
    True
    """
    if _FOREIGN.search(text):
        return True
    return _PERSIAN.search(text) is not None and _PERSIAN_LETTER.search(text) is not None


class Line(NamedTuple):
    """A line of a text: its characters without the line end, and where it stands."""

    text: str
    start: int
    end: int
    stop: int
    """Where the next line starts: the line end lies between `end` and `stop`."""

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read on it: spaces and invisible characters only."""
        return not self.text or not any(c.isprintable() and not c.isspace() for c in self.text)


# Rules ask about the same text one after the other: captions, widgets, a site's profile.
@lru_cache(maxsize=4)
def split_lines(text: str) -> tuple[Line, ...]:
    r"""Split a text so that the pieces `text[line.start:line.stop]`, joined, are the text again.

    >>> [line.text for line in split_lines("سطر\r\n\nآخر")]
    ['سطر', '', 'آخر']
    """
    if glance(text) & _OTHER_ENDS:  # the repairs have asked this of the text before
        return _by_other_ends(text)
    lines, at = [], 0
    for piece in text.split("\n"):
        end = at + len(piece)
        lines.append(_new(Line, (piece, at, end, end + 1)))
        at = end + 1
    lines[-1] = lines[-1]._replace(stop=len(text))
    return tuple(lines)


_OTHER_ENDS = int(Sign.SPACE)
_new = tuple.__new__  # what Line's own does, in half the time: of a page, that is a twentieth of all cleaning


def _by_other_ends(text: str) -> tuple[Line, ...]:
    """Split a text that may have other line ends than line feeds."""
    if any(c in text for c in _SEPARATORS):
        pieces = [text[a:b] for a, b in pairwise([0, *(m.end() for m in LINE_END.finditer(text)), len(text)])]
    else:
        pieces = text.splitlines(keepends=True)
        if not text or text[-1] in _ENDS:
            pieces.append("")
    lines, at = [], 0
    for piece in pieces:
        bare = piece.rstrip(_ENDS)  # a piece holds one line end, and that at its end
        lines.append(Line(bare, at, at + len(bare), at := at + len(piece)))
    return tuple(lines)


def key_changes() -> dict[str, str]:
    """Give what a comparison key leaves out of account, as the changes of a character table."""
    changes = dict.fromkeys(alphabet.MARKS + alphabet.TATWEEL + alphabet.INVISIBLES, "")
    changes |= dict.fromkeys(alphabet.ALEFS, alphabet.ALEF)
    changes |= dict.fromkeys(alphabet.YEHS, alphabet.YEH)
    changes |= {"ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك"}
    changes |= alphabet.DIGITS
    changes |= dict.fromkeys(alphabet.PUNCTUATION, " ")
    return changes | {c: c.lower() for c in map(chr, range(ord("A"), ord("Z") + 1))}


@cache
def _key_table() -> CharTable:
    """Build the table of the key once, when first needed."""
    return CharTable(key_changes())


def comparison_key(text: str) -> str:
    r"""Give what two lines are compared by: words, without marks, alef forms, digits' script, case and punctuation.

    >>> comparison_key("• إقرأ أيضاً : ١٢ خبراً") == comparison_key("اقرا ايضا: 12 خبرا")
    True
    """
    return " ".join(_key_table()(text).split())


def comparison_keys(lines: Iterable[str]) -> list[str]:
    """Give the comparison keys of many lines, folded together: ten times quicker than one by one.

    Parameters: `lines` without line ends, as `Line.text` has them.

    >>> comparison_keys(["أخبـار", "", "١٢ خبراً"])
    ['اخبار', '', '12 خبرا']
    """
    return [" ".join(key.split()) for key in _key_table()("\n".join(lines)).split("\n")]


def drop(lines: Sequence[Line], reasons: dict[int, str]) -> Iterator[Edit]:
    r"""Yield the edits that take lines out, the line end with them, and no hole left behind.

    Parameters: `reasons` gives for the number of each line to drop why it goes. Blank lines that stood on both sides
    of what is dropped close up to those on one side; blank lines at an end of the text that dropping makes go too.

    >>> text = "عنوان\n\nشارك\n\nنص"
    >>> list(drop(split_lines(text), {2: "share label"}))
    [Edit(start=7, end=13, new='', reason='share label')]
    """
    for group in _groups(lines, sorted(reasons)):
        first, final = group[0], group[-1]
        before, after = _full(lines, first, -1), _full(lines, final, 1)
        start, stop = lines[first].start, lines[final].stop
        if after == len(lines):  # nothing is left below: the line end above goes with it, and the blank lines
            start = lines[before].end if before >= 0 else 0
        elif before < first - 1 or before < 0:  # a blank line stands above, or nothing does: it serves for both sides
            stop = lines[after].start
        ends = [*(lines[n].start for n in group[1:]), lines[-1].stop if after == len(lines) else stop]
        for n, end in zip(group, ends, strict=True):
            yield Edit(start, end, "", reasons[n])
            start = end


def _groups(lines: Sequence[Line], numbers: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers in groups between which something to read stays; blank lines inside a group go with it."""
    group: list[int] = []
    for n in numbers:
        if group and not all(lines[m].blank for m in range(group[-1] + 1, n)):
            yield group
            group = []
        group.append(n)
    if group:
        yield group


def _full(lines: Sequence[Line], n: int, step: int) -> int:
    """Give the number of the nearest line that is not blank, from `n` up or down; past the ends if there is none."""
    n += step
    while 0 <= n < len(lines) and lines[n].blank:
        n += step
    return n
