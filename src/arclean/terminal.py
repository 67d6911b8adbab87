"""What the command line shows to a person: the changes of a text, and the closing table of a run.

Arabic runs right to left, the words around it left to right. Each piece of a text stands between U+2068 and U+2069
(Unicode Standard Annex 9: an isolate, whose direction is that of its first letter), so that neither reorders the other,
in a terminal that knows directions, in a pager, and in a file that is read later. A terminal that knows none leaves
them out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from arclean.edits import Cleaned
from arclean.report.lines import Line, Part, lines
from arclean.report.visible import visible, visible_change

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 80
ISOLATE, END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
# How much of a line stands around a change within it: with a change of a few words that fills a row.
CONTEXT = 28
MOST_ROWS = 30  # of one change: a page without line ends would push all others off the screen
MOST_RULES = 15

_RED, _GREEN, _DIM, _BOLD, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
_ARABIC_LETTER = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# From the first letter that runs right to left to the last one before a Latin letter.
_ARABIC = re.compile(f"[{_ARABIC_LETTER}](?:[^A-Za-z]*[{_ARABIC_LETTER}])?")
_WORD = re.compile(r"(?<!\s)\s*+\S++")  # begins where no space went before: a row of spaces is looked at once


class Ink(NamedTuple):
    """A piece of a row and its colour; "" is the terminal's own."""

    text: str
    colour: str = ""


def wants_colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Say whether colours are welcome: on a terminal that has them, unless NO_COLOR (no-color.org) is set.

    >>> wants_colour({}, terminal=True), wants_colour({"NO_COLOR": "1"}, terminal=True)
    (True, False)
    """
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def diff(cleaned: Cleaned, *, colour: bool = False, width: int = WIDTH) -> Iterator[str]:
    r"""Yield the changes of a text as rows: the line, the rules and their reasons, what was there, what is there now.

    Parameters: `width` is how many columns a row may take; isolates take none.

    >>> import arclean
    >>> for row in diff(arclean.explain("عاد الصيادون\n0 تعليق")):
    ...     print(row.replace("\u2068", "<").replace("\u2069", ">"))
    line 2  drop_comment_widgets
            comment counter: «0 <تعليق>»
      - <0 تعليق>
    """
    changed = [line for line in lines(cleaned) if line.changed]
    for place, line in enumerate(changed):
        if place:
            yield ""
        for row in (*_head(line, width), *_changes(line, width - len("  - "))):
            yield "".join(f"{ink.colour}{ink.text}{_PLAIN}" if colour and ink.colour else ink.text for ink in row)
    if not changed:
        yield "nothing to change: no rule finds anything in this text"


def closing_table(counts: Mapping[str, int], by_rule: Mapping[str, int]) -> "Table":
    """Give the table that ends a run: its figures, and the rules that did most."""
    from rich.table import Table  # noqa: PLC0415 (only a run ends with one)

    table = Table(title="arclean", show_header=False, title_justify="left")
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for name, value in counts.items():
        table.add_row(name, f"{value:,}")
    table.add_section()
    most_first = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))
    for rule, times in sorted(most_first[:MOST_RULES]):
        table.add_row(f"removed or repaired by {rule}", f"{times:,}")
    if rest := most_first[MOST_RULES:]:
        table.add_row(f"removed or repaired by {len(rest)} other rules (summary.json)", f"{sum(n for _, n in rest):,}")
    return table


def _head(line: Line, width: int) -> Iterator[Sequence[Ink]]:
    """Yield the rows that say where a change is, by which rules, and why."""
    label = f"line {line.number}  "
    margin = " " * len(label)
    for note in line.notes:
        times = f", {note.times:,} times" if note.times > 1 else ""
        yield Ink(label, _BOLD), Ink(note.rule + times, _BOLD)
        label = margin
        for row in _wrapped([Ink(_named(note.reason), _DIM)], width - len(margin)):
            said = "".join(ink.text for ink in row)
            yield Ink(margin), Ink(_ARABIC.sub(rf"{ISOLATE}\g<0>{END_OF_ISOLATE}", said), _DIM)
    if line.more_notes:
        yield Ink(margin), Ink(f"and {line.more_notes} more reasons", _DIM)


def _changes(line: Line, room: int) -> Iterator[Sequence[Ink]]:
    """Yield the rows that show what was there, and under it what is there now."""
    windows = [(list(line.parts), [])] if line.whole else _windows(line.parts)
    for before, after in windows:
        for sign, parts, colour in (("-", before, _RED), ("+", after, _GREEN)):
            inks = [_inked(part, colour) for part in parts]
            rows = list(_wrapped(inks, room))
            for row in rows[:MOST_ROWS]:
                yield Ink(f"  {sign} ", colour), Ink(ISOLATE), *row, Ink(END_OF_ISOLATE)
            if len(rows) > MOST_ROWS:
                yield (Ink(f"    … {len(rows) - MOST_ROWS:,} more rows", _DIM),)


def _windows(parts: Iterable[Part]) -> Iterator[tuple[list[Part], list[Part]]]:
    """Yield each change within a line with some of the text around it, before and after; near ones together."""
    before: list[Part] = []
    after: list[Part] = []
    open_ = False  # whether there is a change in what was collected
    for part in parts:
        if part.kind == "kept" and open_ and len(part.text) > 2 * CONTEXT:
            end = Part("kept", _beginning(part.text))
            yield [*before, end], [*after, end]
            open_ = False
        if part.kind == "kept":
            text = part.text if open_ else _ending(part.text)
            before, after = (before, after) if open_ else ([], [])
            before.append(Part("kept", text))
            after.append(Part("kept", text))
        else:
            (before if part.kind == "gone" else after).append(part)
            open_ = True
    if open_:
        yield before, after


def _beginning(text: str) -> str:
    """Give the first words of a text; of a text without words the first characters."""
    end = text.find(" ", CONTEXT, 2 * CONTEXT)
    return text if len(text) <= CONTEXT else text[: end if end > 0 else CONTEXT] + "…"


def _ending(text: str) -> str:
    """Give the last words of a text."""
    start = text.rfind(" ", max(0, len(text) - 2 * CONTEXT), max(0, len(text) - CONTEXT))
    return text if len(text) <= CONTEXT else "…" + text[start + 1 if start >= 0 else len(text) - CONTEXT :]


def _inked(part: Part, colour: str) -> Ink:
    if part.kind == "kept":
        return Ink(_named(part.text))
    return Ink("".join(f"[{run.text}]" if run.named else run.text for run in visible_change(part.text)), colour)


def _named(text: str) -> str:
    return "".join(f"[{run.text}]" if run.named else run.text for run in visible(text))


def _wrapped(inks: Iterable[Ink], room: int) -> Iterator[list[Ink]]:
    """Yield rows of no more than `room` columns, broken between words where there are any, and at line ends."""
    row: list[Ink] = []
    left = room
    for text, colour in inks:
        for number, said in enumerate(text.split("\n")):
            if number and row:
                yield row
                row, left = [], room
            for word in _pieces(said, room):
                size = cell_len(word)
                if size > left and row:
                    yield row
                    row, left = [], room
                    word = word.lstrip(" ")  # noqa: PLW2901 (the space that parted it is the row's end)
                    size = cell_len(word)
                row.append(Ink(word, colour))
                left -= size
    if row:
        yield row


def _pieces(text: str, room: int) -> Iterator[str]:
    """Yield the words of a text, each with the space before it; what is longer than a row in parts."""
    at = 0
    for found in _WORD.finditer(text):
        word = found[0]
        while len(word) > room // 2:  # a character takes two columns at the most
            yield word[: room // 2]
            word = word[room // 2 :]
        yield word
        at = found.end()
    if at < len(text):
        yield text[at:]
