"""A document line by line, as it was: what is gone stands in its place, and beside each line is why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from arclean.edits import Cleaned, Removal, replay

# A story of 1,000 words has 6,000 characters: it stands whole. Of a longer text all that changed is shown, up to as
# many lines as somebody may read, and what did not change only as long as there is room.
MOST_CHARACTERS = 8_000
MOST_CHANGED_LINES = 60
MOST_PARTS = 120  # of one line: a page without line ends, with a mark in every word
MOST_NOTES = 4
LONGEST_PART = 2_400


class Part(NamedTuple):
    """A piece of a line; "cut" is a place where the report leaves out as many characters as its text says."""

    kind: Literal["kept", "gone", "new", "cut"]
    text: str


class Note(NamedTuple):
    """Why a line changed, and how often for that reason."""

    rule: str
    reason: str
    times: int


@dataclass(frozen=True)
class Line:
    """A line of the original."""

    number: int
    """as an editor counts them, from 1; of a removal of several lines, the first"""
    parts: tuple[Part, ...]
    notes: tuple[Note, ...] = ()
    more_notes: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything of it is gone or replaced."""
        return any(part.kind in ("gone", "new") for part in self.parts)

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left."""
        return self.changed and not any(p.kind == "new" or (p.kind != "gone" and p.text.strip()) for p in self.parts)

    @property
    def size(self) -> int:
        """How many characters it has."""
        return sum(len(part.text) for part in self.parts)


class Gap(NamedTuple):
    """Lines that did not change and are not shown."""

    lines: int
    characters: int


class Excerpt(NamedTuple):
    """What a report shows of a document."""

    lines: tuple[Line | Gap, ...]
    more_changed: int
    """lines that changed and are not shown"""


def excerpt(cleaned: Cleaned) -> Excerpt:
    r"""Give the lines of a document that a report has room for.

    >>> import arclean
    >>> shown = excerpt(arclean.explain("الخبـر\n0 تعليق"))
    >>> [(line.whole, [note.rule for note in line.notes]) for line in shown.lines]
    [(False, ['strip_tatweel']), (True, ['drop_comment_widgets'])]
    """
    room, changed, more = MOST_CHARACTERS, 0, 0
    shown: list[Line | Gap] = []
    skipped = Gap(0, 0)
    for line in lines(cleaned):
        if line.changed and changed == MOST_CHANGED_LINES:
            more += 1
        elif line.changed or line.size <= room:
            if skipped.lines:
                shown.append(skipped)
                skipped = Gap(0, 0)
            changed += line.changed
            cut = _cut(line)
            room -= cut.size
            shown.append(cut)
            continue
        skipped = Gap(skipped.lines + 1, skipped.characters + line.size)
    if skipped.lines:
        shown.append(skipped)
    return Excerpt(tuple(shown), more)


def lines(cleaned: Cleaned) -> Iterator[Line]:
    """Yield the lines of the original that are not blank, with what became of each; a removal is never cut in two."""
    row = _Row()
    at = 0
    for r in _by_line(cleaned):
        for text in _split(cleaned.original[at : r.start]):
            row.parts.append(Part("kept", text))
            if text.endswith("\n"):
                yield from row.done()
        # The line end before a line that goes may go with it: the line above has no part in that.
        if r.old[:1] in ("\n", "\r") and r.old.strip() and row.parts:
            yield from row.done()
        row.take(r)
        if (r.new or r.old).endswith("\n"):
            yield from row.done()
        at = r.end
    for text in _split(cleaned.original[at:]):
        row.parts.append(Part("kept", text))
        if text.endswith("\n"):
            yield from row.done()
    yield from row.done()


class _Row:
    """The line that is being put together."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._number = 1
        self._times: dict[tuple[str, str], int] = {}

    def take(self, r: Removal) -> None:
        """Take in what a rule did."""
        if r.old:
            self.parts.append(Part("gone", r.old))
        if r.new:
            self.parts.append(Part("new", r.new))
        self._times[r.rule, r.reason] = self._times.get((r.rule, r.reason), 0) + 1

    def done(self) -> Iterator[Line]:
        """Yield the line, unless it is blank, and start the next."""
        old = "".join(part.text for part in self.parts if part.kind != "new")
        if self._times or old.strip():
            blank = len(old) - len(old.lstrip("\r\n")) if old.strip() else 0
            notes = [Note(rule, reason, n) for (rule, reason), n in self._times.items()]
            number = self._number + old.count("\n", 0, blank)
            yield Line(number, tuple(_trimmed(self.parts)), tuple(notes[:MOST_NOTES]), len(notes[MOST_NOTES:]))
        self._number += old.count("\n")
        self.parts.clear()
        self._times.clear()


def _by_line(cleaned: Cleaned) -> Iterator[Removal]:
    """Yield the removals, those of several lines line by line, each with the reason for which it went first.

    A line that goes in a second pass and the line beside it that went in the first are one removal, which knows the
    last reason alone: «0 تعليق» would stand beside a reason that speaks of another line.
    """
    several = [r for r in cleaned.removals if not r.new and "\n" in r.old.strip()]
    first = _first_reasons(cleaned) if several and len(cleaned.steps) > 1 else []
    for r in cleaned.removals:
        if not first or r.new or "\n" not in r.old.strip():
            yield r
            continue
        for start, end in pairwise((r.start, *_later_lines(r), r.end)):
            old = cleaned.original[start:end]
            here = start + len(old) - len(old.lstrip())
            last = start + len(old.rstrip())
            whole = ((s.rule, s.reason) for s in first if s.start <= here and last <= s.end)
            rule, reason = next(whole, (r.rule, r.reason))
            yield Removal(start, end, old, "", rule, reason)


def _later_lines(r: Removal) -> Iterator[int]:
    """Yield where the lines of a removal begin, but for the first: blank ones belong to the line before."""
    at, seen = r.start, False
    for text in _split(r.old):
        if text.strip():
            if seen:
                yield at
            seen = True
        at += len(text)


def _first_reasons(cleaned: Cleaned) -> list[Removal]:
    """Give what each edit took out, in the order of the making and in the original's coordinates."""
    found: list[Removal] = []
    text = cleaned.original
    for number, step in enumerate(cleaned.steps):
        before = Cleaned(cleaned.original, text, cleaned.steps[:number])
        found += [
            Removal(*before.locate(e.start, e.end), e.old, "", step.rule, e.reason)
            for e in step.edits
            if not e.new and e.old.strip()
        ]
        text = replay(text, step.edits)
    return found


def _split(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, one at a time: the text may have 64 MB."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _trimmed(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts without the line ends that part them from the next line; where those are what went, they stay."""
    for part in parts:
        text = part.text if part.kind == "new" else part.text.strip("\r\n")
        if text or part.kind in ("gone", "new"):
            yield part._replace(text=text or part.text)


def _cut(line: Line) -> Line:
    """Leave out of a line what is too much for a page, and say how much that is."""
    if line.size <= LONGEST_PART and len(line.parts) <= MOST_PARTS:
        return line
    parts = list(chain.from_iterable(map(_shortened, line.parts[:MOST_PARTS])))
    if left := sum(len(part.text) for part in line.parts[MOST_PARTS:]):
        parts.append(Part("cut", f"{left:,}"))
    return replace(line, parts=tuple(parts))


def _shortened(part: Part) -> Iterator[Part]:
    if len(part.text) <= LONGEST_PART:
        yield part
        return
    edge = LONGEST_PART // 3
    yield part._replace(text=part.text[:edge])
    yield Part("cut", f"{len(part.text) - 2 * edge:,}")
    yield part._replace(text=part.text[-edge:])
