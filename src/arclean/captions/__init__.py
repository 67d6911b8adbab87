"""Drop the second copy of a caption: alt text and caption, printed one after the other.

Only neighbours are compared; a blank line, or a line that is itself a credit or a label, may stand between. Two lines
are copies where their keys are the same, or where what differs does not say what the picture shows: a function word, a
slip of the pen, a credit that one of them lacks. Where a number, a name or a place differs, there are two pictures.
Refrains, verses, chants, dialogue, lists and tables repeat too, and stay.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from arclean.captions.sameness import (
    FEWEST_CHARACTERS,
    FEWEST_WITH_CREDIT,
    FEWEST_WORDS,
    MOST_CHARACTERS,
    difference,
    is_brief,
    near_pairs,
    words,
)
from arclean.captions.shape import caption, is_credit
from arclean.edits import Edit
from arclean.lines import Line, comparison_key, comparison_keys, drop, foreign, split_lines
from arclean.rules import Rule


@dataclass(frozen=True, repr=False)
class RepeatedCaptions(Rule):
    r"""Drop repeated captions; lines that a story repeats on purpose stay.

    Parameters: `keep` says which copy stays, the "first", the "longest" or "none".

    >>> caption = "متطوعون يوزعون الماء على المصلين قرب السوق القديم في المدينة. [رويترز]"
    >>> drop_repeated_captions(f"{caption}\n\n{caption}\n\nنص") == f"{caption}\n\nنص"
    True
    >>> drop_repeated_captions("الشعب يريد إسقاط النظام\nالشعب يريد إسقاط النظام")
    'الشعب يريد إسقاط النظام\nالشعب يريد إسقاط النظام'
    """

    name: ClassVar[str] = "drop_repeated_captions"
    keep: Literal["first", "longest", "none"] = "first"

    def __post_init__(self) -> None:
        """Refuse a policy that does not exist."""
        if self.keep not in ("first", "longest", "none"):
            msg = f"keep={self.keep!r}: captions are kept by 'first', 'longest' or 'none'"
            raise ValueError(msg)

    def find(self, text: str) -> Iterable[Edit]:
        """Yield an edit for each copy that goes."""
        lines = split_lines(text)
        reasons: dict[int, str] = {}
        for group in _groups(lines):
            kept = self._kept(group)
            reasons |= {n: why for n, why in group.reasons(kept).items() if n != kept}
        edits = list(drop(lines, reasons)) if reasons else []
        if self.keep != "none":
            edits += (edit for n, edit in _doubled(lines) if n not in reasons)
        else:
            doubled = {n: "a caption that is on its line twice" for n, _ in _doubled(lines)}
            edits = list(drop(lines, doubled | reasons))
        return sorted(edits)

    def far_apart(self, text: str) -> tuple["Repeat", ...]:
        r"""Give the lines that repeat an earlier one further up: reported, not removed, since a story may do that.

        >>> line = "رجال الإنقاذ يرفعون الأنقاض من شارع المحطة صباح الخميس"
        >>> drop_repeated_captions.far_apart(f"{line}\nنص\nنص آخر\n{line}")
        (Repeat(line=3, first=0),)
        """
        lines = split_lines(text)
        seen: dict[str, int] = {}
        found = []
        near = {n for group in _groups(lines) for n in group.copies}
        for n, key in enumerate(comparison_keys(line.text for line in lines)):
            if key.count(" ") + 1 >= FEWEST_WORDS and len(lines[n].text) <= MOST_CHARACTERS:
                first = seen.setdefault(key, n)
                if first != n and n not in near:
                    found.append(Repeat(n, first))
        return tuple(found)

    def _kept(self, group: "_Group") -> int:
        """Give the number of the copy that stays; -1 for none."""
        if self.keep == "none":
            return -1
        if self.keep == "longest":
            return max(group.copies, key=lambda n: (len(group.texts[n]), -n))
        return group.copies[0]


class Repeat(NamedTuple):
    """A line and the first one that it repeats, as numbers from 0."""

    line: int
    first: int


drop_repeated_captions = RepeatedCaptions()


class _Group(NamedTuple):
    """The copies of one caption, from the first on, and the credit lines between and after them."""

    copies: list[int]
    credits: list[int]
    differences: dict[int, str]
    texts: dict[int, str]

    def reasons(self, kept: int) -> dict[int, str]:
        """Say of each copy but the one kept, and of credits that repeat, what they repeat."""
        first = kept if kept >= 0 else self.copies[0]
        said = {}
        for time, n in enumerate(self.copies, 1):
            other = self.differences.get(n, "")
            said[n] = f"same caption as line {first + 1}{other} ({_nth(time)} time)"
        if kept < 0:
            said[first] = f"a caption that is printed {len(self.copies)} times"
        seen: dict[str, int] = {}
        for n in self.credits:
            key = comparison_key(self.texts[n])
            if seen.setdefault(key, n) != n:
                said[n] = f"same credit as line {seen[key] + 1}"
        return said


def _nth(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


# --------------------------------------------------------------------------------------------- neighbours


def _groups(lines: Sequence[Line]) -> Iterator[_Group]:
    """Yield each caption that has copies beside it, with them."""
    full = [n for n, line in enumerate(lines) if line.text and not line.text.isspace()]
    done = -1
    for at in near_pairs([lines[n].text for n in full]):
        n = full[at]
        if n <= done:
            continue
        copies, credits_, differences = [n], [], {}
        i = at
        while True:
            step = _next_copy(lines, full, i, n)
            if step is None:
                break
            between, i, differs = step
            credits_ += between
            copies.append(full[i])
            differences[full[i]] = differs
        if (
            len(copies) > 1
            and not foreign(lines[n].text)
            and (credits_ or not _repeats_on_purpose(lines, full, at, i, len(copies)))
        ):
            if credits_ and i + 1 < len(full) and is_credit(lines[full[i + 1]].text):
                credits_.append(full[i + 1])
            yield _Group(copies, credits_, differences, {m: lines[m].text for m in copies + credits_})
        if len(copies) > 1:  # of what a story says three times the last two are no caption either
            done = full[i]


def _next_copy(lines: Sequence[Line], full: Sequence[int], i: int, first: int) -> tuple[list[int], int, str] | None:
    """Find a copy of the line `first` after `full[i]`: the credit lines passed over, where it is, what differs."""
    passed: list[int] = []
    for j in range(i + 1, min(i + 3, len(full))):
        text = lines[full[j]].text
        if (differs := difference(lines[first].text, text)) is not None:
            return passed, j, differs
        if j > i + 1 or not is_credit(text):
            return None
        passed.append(full[j])
    return None


# --------------------------------------------------------------------------------------------- repeats that are story

_WHOLE_QUOTE = re.compile(r"^\s{0,5}[\"«“”„'‘]")
_SPEECH = re.compile(
    r"^\s{0,5}(?:[-–—]|[سج]\s?[:/]|\d{1,3}\s?[-.)])|[\t|]|[؟?!]\s{0,5}$|[\ufd3e\ufd3f]|\*{3}|\.{3}.+\.{3}"
)


NEAR_TITLE = 4
"""A label, a title, a date and a byline may stand over the first picture."""


def _repeats_on_purpose(lines: Sequence[Line], full: Sequence[int], start: int, stop: int, copies: int) -> bool:
    """Whether the copies are a refrain, a verse, a chant, dialogue, a list or a table."""
    text = lines[full[start]].text
    if "\t" in text or "|" in text:
        return True
    parts = caption(text)
    if parts.shaped:
        return False
    stripped = text.strip()
    if _SPEECH.search(text) or (_WHOLE_QUOTE.match(text) and stripped[-1] in "\"»”“'’."):
        return True
    if set(parts.words) & words().spoken:
        return True
    around = [lines[full[i]].text.strip() for i in (start - 1, stop + 1) if 0 <= i < len(full)]
    if is_brief(parts.words):  # said three times, at an end of the text, or beside a verse, it is a refrain
        beside = around[start <= NEAR_TITLE :]  # a title above looks like a verse
        return parts.stopped or copies > 2 or len(around) < 2 or any(_like_a_verse(o, stripped) for o in beside)  # noqa: PLR2004
    return len(around) == 2 and all(_like_a_verse(other, stripped) for other in around)  # noqa: PLR2004 (above and below)


def _like_a_verse(other: str, line: str) -> bool:
    """Whether two lines look like lines of one poem: short, about as long, without punctuation."""
    return (
        len(line) < 100  # noqa: PLR2004 (two half verses)
        and not any(c in "،.؛:()[]/" for c in other + line)
        and 0.6 * len(line) <= len(other) <= 1.6 * len(line)
    )


# --------------------------------------------------------------------------------------------- twice on one line


def _doubled(lines: Sequence[Line]) -> Iterator[tuple[int, Edit]]:
    """Yield an edit that takes the copy out of each line that is a caption twice over."""
    for n, line in enumerate(lines):
        text = line.text
        if not 2 * FEWEST_CHARACTERS // 2 <= len(text) <= 2 * MOST_CHARACTERS:
            continue
        head = text.lstrip()[:6]
        if text.find(head, len(text) // 3) < 0:  # the beginning does not come back: nearly every line
            continue
        if not foreign(text) and (span := _second_copy(text)):
            start, stop = span
            yield n, Edit(line.start + start, line.start + stop, "", "the caption is on this line twice")


def _second_copy(text: str) -> tuple[int, int] | None:
    """Give the span of a line to take out where it says everything twice."""
    said = comparison_key(text).split()
    parts = caption(text)
    half = len(said) // 2
    if len(said) % 2 == 0 and said[:half] == said[half:]:
        one = said[:half]
        enough = FEWEST_WITH_CREDIT if parts.shaped else FEWEST_WORDS
        if half < enough or "\t" in text or "|" in text or (not parts.shaped and set(one) & words().spoken):
            return None
        key = " ".join(one)
        cuts = [i for i in range(1, len(text)) if text[i - 1] in " \u00a0])" and not text[i].isspace()]
        halves = [i for i in cuts if comparison_key(text[:i]) == key == comparison_key(text[i:])]
        if not halves:
            return None
        cut = next((i for i in halves if text[:i].strip() == text[i:].strip()), halves[0])
        return len(text[:cut].rstrip()), len(text)
    return None
