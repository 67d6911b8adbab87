"""Edits, and what follows from them: the cleaned text, the reasons, the way back, and where each character came from.

A rule proposes `Edit`s; `apply` makes them and records what they replaced, so that `revert` can undo them from the
result alone. `Cleaned` holds the steps of a cleaning; `compose` folds the steps into `Removal`s, which speak of the
original text only. Nothing here knows any Arabic.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Edit(NamedTuple):
    """What a rule proposes: `text[start:end]` becomes `new`, for a reason that a person may disagree with."""

    start: int
    end: int
    new: str
    reason: str


class Applied(NamedTuple):
    """An edit once made, in the coordinates of the text that its rule saw: it knows the `old` text too."""

    start: int
    end: int
    old: str
    new: str
    reason: str


class Step(NamedTuple):
    """All that one rule changed in one pass."""

    rule: str
    edits: tuple[Applied, ...]


class Removal(NamedTuple):
    """A piece of the original that is gone or replaced, in the original's coordinates."""

    start: int
    end: int
    old: str
    new: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Cleaned:
    """A cleaned text with every edit that made it, in the order of the making.

    >>> import arclean
    >>> cleaned = arclean.explain("العـــربية لغة")
    >>> cleaned.text
    'العربية لغة'
    >>> cleaned.removals
    (Removal(start=3, end=6, old='ـــ', new='', rule='strip_tatweel', reason='elongation mark, 3 times'),)
    >>> cleaned.undo()
    'العـــربية لغة'
    """

    original: str
    text: str
    steps: tuple[Step, ...] = ()

    @cached_property
    def removals(self) -> tuple[Removal, ...]:
        """Every piece of the original that is gone or replaced, in order and never overlapping.

        Replacing each `old` by its `new` in the original gives `text`; where later edits touched what an earlier one
        wrote, they are one removal here, whose rule and reason name both.
        """
        composed: list[Removal] = []
        text = self.original
        for step in self.steps:
            composed = compose(self.original, composed, step, text)
            text = replay(text, step.edits)
        return tuple(r for r in composed if r.old != r.new)

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original that `text[start:end]` came from.

        Parameters: offsets in code points, `0 <= start <= end <= len(text)`. A replaced piece is one unit: any part of
        it comes from the whole of what it replaced. Takes O(log edits) time.

        Raises ValueError for a span outside the text.

        >>> import arclean
        >>> arclean.explain("قال مُحَمَّدٌ نعم", arclean.strip_diacritics).locate(4, 8)
        (4, 12)
        """
        if not 0 <= start <= end <= len(self.text):
            msg = f"no span {start}:{end} in a text of {len(self.text)} characters: use 0 <= start <= end <= len(text)"
            raise ValueError(msg)
        first = self._origin(start)[0]
        return (first, first) if start == end else (first, max(first, self._origin(end - 1)[1]))

    def _origin(self, at: int) -> tuple[int, int]:
        """Where the character at `at` came from; past the last character, the end of the original."""
        starts, spans = self._map
        i = bisect_right(starts, at) - 1
        if i < 0:
            return at, at + 1
        new_end, old_start, old_end = spans[i]
        if at < new_end:
            return old_start, old_end
        return at - new_end + old_end, at - new_end + old_end + 1

    @cached_property
    def _map(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """For each removal where its new text starts, and (where that ends, the old span)."""
        starts, spans, shift = [], [], 0
        for r in self.removals:
            at = r.start + shift
            starts.append(at)
            spans.append((at + len(r.new), r.start, r.end))
            shift += len(r.new) - len(r.old)
        return starts, spans

    def undo(self) -> str:
        """Rebuild the original from `text` and the edits alone, backwards: what the ledger keeps is enough."""
        text = self.text
        for step in reversed(self.steps):
            text = revert(text, step.edits)
        return text

    def __str__(self) -> str:
        """Show the changes line by line, as a person reads them."""
        return "\n".join(_shown(self)) or "nothing changed"


def apply(text: str, edits: Iterable[Edit]) -> tuple[str, tuple[Applied, ...]]:
    """Make the edits and record them; those that change nothing are not edits and are left out.

    Raises ValueError where edits overlap, are out of order or leave the text: a fault of the rule that found them.

    >>> apply("كتـاب", [Edit(2, 3, "", "elongation mark")])
    ('كتاب', (Applied(start=2, end=3, old='ـ', new='', reason='elongation mark'),))
    """
    pieces: list[str] = []
    applied: list[Applied] = []
    at = 0
    for start, end, new, reason in edits:
        if not at <= start <= end <= len(text):
            msg = f"edit {start}:{end} ({reason!r}) overlaps the one before, which ends at {at}, or leaves the text"
            raise ValueError(msg)
        old = text[start:end]
        if old != new:
            pieces += (text[at:start], new)
            applied.append(Applied(start, end, old, new, reason))
            at = end
    if not applied:
        return text, ()
    pieces.append(text[at:])
    return "".join(pieces), tuple(applied)


def replay(text: str, edits: Iterable[Applied]) -> str:
    """Make applied edits once more on the text that they were made on."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.new)
        at = edit.end
    return "".join(pieces) + text[at:]


def revert(text: str, edits: Iterable[Applied]) -> str:
    """Take applied edits back out of the text that they led to.

    >>> revert("كتاب", [Applied(2, 3, "ـ", "", "elongation mark")])
    'كتـاب'
    """
    pieces: list[str] = []
    at = shift = 0
    for edit in edits:
        start = edit.start + shift
        pieces += (text[at:start], edit.old)
        at = start + len(edit.new)
        shift += len(edit.new) - len(edit.old)
    return "".join(pieces) + text[at:]


def compose(original: str, before: list[Removal], step: Step, text: str) -> list[Removal]:
    """Follow removals, which led from `original` to `text`, by a step made on `text`: one pass over both.

    Two pieces become one only where they share a character or one lies strictly inside the other; pieces that merely
    touch stay apart, so that a removed mark does not blur the letter beside it.
    """
    out: list[Removal] = []
    group: _Group | None = None
    for start, end, piece, shift in _in_order(before, step.edits):
        if group is None or not group.meets(start, end, piece):
            if group is not None:
                out.append(group.merged(original, step.rule, text))
            group = _Group(start, shift)
        group.take(end, piece)
    if group is not None:
        out.append(group.merged(original, step.rule, text))
    return out


def _in_order(removals: list[Removal], edits: tuple[Applied, ...]) -> Iterator[tuple[int, int, Removal | Applied, int]]:
    """Give both as spans of the text between them, with how far that text is shifted against the original there.

    At one place empty spans come first, and removals before edits: a mark removed before an inserted one.
    """
    shift = i = 0
    for edit in edits:
        while i < len(removals):
            r = removals[i]
            start = r.start + shift
            end = start + len(r.new)
            if (start, end) > (edit.start, edit.end):
                break
            yield start, end, r, shift
            shift = end - r.end
            i += 1
        yield edit.start, edit.end, edit, shift
    for r in removals[i:]:
        start = r.start + shift
        end = start + len(r.new)
        yield start, end, r, shift
        shift = end - r.end


class _Group:
    """Removals and edits that share characters, growing into one removal; spans are in the text between."""

    __slots__ = ("edits", "end", "old_start", "removals", "shift", "start")

    def __init__(self, start: int, shift: int) -> None:
        self.start = self.end = start
        self.shift = shift  # at the end of the group, once all its removals are taken
        self.old_start = start - shift
        self.removals: list[Removal] = []
        self.edits: list[Applied] = []

    def meets(self, start: int, end: int, piece: Removal | Applied) -> bool:
        if start < self.end:
            return self.start < end  # all spans from here on start at or after self.start
        kin = self.edits if isinstance(piece, Applied) else self.removals
        return self.start == start == end and not kin  # something removed here, something inserted here

    def take(self, end: int, piece: Removal | Applied) -> None:
        self.end = max(self.end, end)
        if isinstance(piece, Removal):
            self.removals.append(piece)
            self.shift = end - piece.end
        else:
            self.edits.append(piece)

    def merged(self, original: str, rule: str, text: str) -> Removal:
        if not self.edits:
            return self.removals[0]
        if not self.removals:
            old_end = self.end - self.shift
            e = self.edits[0]
            return Removal(self.old_start, old_end, e.old, e.new, rule, e.reason)
        moved = (e._replace(start=e.start - self.start, end=e.end - self.start) for e in self.edits)
        new = replay(text[self.start : self.end], tuple(moved))
        old_end = self.end - self.shift
        # What is changed was changed by all of them. Of what is gone the last word counts, not what was repaired in it
        # before; but lines that went earlier, between lines that go now, went for reasons of their own.
        earlier = [r for r in self.removals if new or (not r.new and "\n" in r.old)]
        rules = [*(r.rule for r in earlier), rule]
        reasons = [*(r.reason for r in earlier), *(e.reason for e in self.edits)]
        return Removal(
            self.old_start,
            old_end,
            original[self.old_start : old_end],
            new,
            " + ".join(dict.fromkeys(rules)),
            "; ".join(dict.fromkeys(reasons)),
        )


def _shown(cleaned: Cleaned) -> Iterator[str]:
    """Yield a line for each removal: where, by which rule, why; the old text under it, and the new."""
    line, at = 1, 0
    for r in cleaned.removals:
        start = r.end - len(r.old.lstrip("\r\n")) if r.old.strip("\r\n") else r.start  # not the line ends before it
        line += cleaned.original.count("\n", at, start)
        at = start
        yield f"line {line}, {r.rule}: {r.reason}"
        yield from (f"  - {part}" for part in r.old.splitlines() if part)
        yield from (f"  + {part}" for part in r.new.splitlines() if part)
