"""Where a text has what a profile knows: whole lines, openings, and parts of lines, each in its place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

from arclean.boilerplate.evidence import EDGE
from arclean.boilerplate.keys import ANY, LONGEST_KEY, dateline, find_phrase, plain_keys, slotted
from arclean.boilerplate.profile import Pattern, Place
from arclean.boilerplate.templates import is_prose
from arclean.edits import Edit
from arclean.lines import Line, drop, split_lines

# What a line may have more than the key of its pattern: two dates in two calendars, written out, are 90 characters.
_DATE = 100
_SAID = re.compile(r"[^\W_]")


class Table:
    """The patterns of a profile by what finds them."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._lines = {p.words: p for p in patterns if p.match == "line"}
        longest = max(map(len, self._lines), default=-_DATE)
        self._longest = longest + _DATE if longest < LONGEST_KEY else inf
        self._datelines = {p.words.removesuffix(f" {ANY}"): p for p in patterns if p.match == "prefix" and p.longest}
        self._openings = {
            p.words: p for p in patterns if p.match == "opening" or (p.match == "prefix" and not p.longest)
        }
        self._prefixes = tuple(p for p in patterns if p.match == "prefix" and not p.longest)
        self._datelined = frozenset(words.partition(" ")[0] for words in self._datelines)
        self._firsts = frozenset(words.partition(" ")[0] for words in self._openings)
        self._deepest = max((len(words.split()) for words in self._openings), default=0)
        self._tails = tuple(p for p in patterns if p.match == "tail")

    def page(self, text: str) -> "PageHits | None":
        """Find what the profile knows in a text; None where it knows nothing of it."""
        if not (self._lines or self._openings or self._tails or self._datelines):
            return None
        lines = split_lines(text)
        keys = plain_keys([line.text for line in lines])
        hits = {i: hit for i, key in enumerate(keys) if key and (hit := self._hit(lines[i], key)) is not None}
        if not hits:
            return None
        placed = _placed([i for i, key in enumerate(keys) if key], hits, keys)
        return PageHits(lines, placed) if placed else None

    def _hit(self, line: Line, key: str) -> "Hit | None":
        """Find the pattern that a line, or a part of it, matches."""
        if len(key) <= self._longest and (pattern := self._lines.get(slotted(key)[:LONGEST_KEY])) is not None:
            return Hit(pattern, line.start, line.end, whole=True)
        if key.partition(" ")[0] in self._firsts and (hit := self._opened(line, key)) is not None:
            return hit
        if key.partition(" ")[0] in self._datelined and (hit := self._datelined_hit(line)) is not None:
            return hit
        for pattern in self._tails:
            if pattern.words in key and (hit := _tailed(pattern, line, key)) is not None:
                return hit
        return None

    def _datelined_hit(self, line: Line) -> "Hit | None":
        """Find the name, and the town after it, that a line of the story opens with."""
        found = dateline(line.text)
        pattern = self._datelines.get(found[0]) if found else None
        if found is None or pattern is None:
            return None
        _, town, ends = found
        slot = pattern.words.endswith(f" {ANY}")
        if slot and not 1 <= len(town.split()) <= pattern.longest:
            return None
        return Hit(pattern, line.start, line.start + ends[slot], whole=False)

    def _opened(self, line: Line, key: str) -> "Hit | None":
        """Find the opening or prefix that a line has, the longest first."""
        words = key.split(" ", self._deepest)
        for n in range(min(len(words), self._deepest), 0, -1):
            pattern = self._openings.get(" ".join(words[:n]))
            if pattern is None:
                continue
            if pattern.match == "prefix":
                return _prefixed(pattern, self._prefixes, line)
            if key.count(" ") + 1 - n <= pattern.longest and not (pattern.longest > EDGE and is_prose(line.text)):
                return Hit(pattern, line.start, line.end, whole=True)
        return None


class Hit(NamedTuple):
    """What of a line matches a pattern."""

    pattern: Pattern
    start: int
    end: int
    whole: bool


class PageHits(NamedTuple):
    """A text's lines, and what matches on them, by the number of the line."""

    lines: Sequence[Line]
    hits: dict[int, Hit]

    @property
    def doubtful(self) -> int:
        """Characters that patterns would take that are not certain."""
        return sum(hit.end - hit.start for hit in self.hits.values() if not hit.pattern.certain)

    @property
    def doubted(self) -> int:
        """Characters of the text without what is certain."""
        all_ = sum(len(line.text) for line in self.lines)
        return all_ - sum(hit.end - hit.start for hit in self.hits.values() if hit.pattern.certain)

    def edits(self, goes: Callable[[Hit], bool]) -> Iterator[Edit]:
        """Yield the edits for the hits that go."""
        whole, cuts = {}, []
        for i, hit in self.hits.items():
            if goes(hit):
                if hit.whole:
                    whole[i] = hit.pattern.reason
                else:
                    cuts.append(Edit(hit.start, hit.end, "", hit.pattern.reason))
        yield from sorted([*cuts, *drop(self.lines, _bridged(self.lines, whole))])


def _placed(order: list[int], hits: Mapping[int, Hit], keys: list[str]) -> dict[int, Hit]:
    """Keep the hits that stand where their pattern must."""
    placed = {i: hit for i, hit in hits.items() if hit.pattern.place == "anywhere"}
    placed |= {i: hits[i] for i in _at_edge("first", order, hits)}
    placed |= {i: hits[i] for i in _at_edge("last", order[::-1], hits)}
    placed |= {i: hits[i] for i in _in_blocks(order, hits, keys, {i for i, hit in placed.items() if hit.whole})}
    if (title := _title(order, hits)) is not None:
        placed.pop(title, None)
    return placed


def _in_blocks(order: list[int], hits: Mapping[int, Hit], keys: list[str], gone: set[int]) -> Iterator[int]:
    """Yield the lines that stand beside one of their neighbours, or come to when lines between them go.

    All in one pass over a linked list: a menu written inside out would take a round of the rule for each of its lines.
    """
    above = dict(zip(order, [-1, *order], strict=False))
    below = dict(zip(order, [*order[1:], -1], strict=True))

    def beside(i: int) -> bool:
        near = (j for j in (above[i], below[i]) if j >= 0)
        return any(slotted(keys[j])[:LONGEST_KEY] in hits[i].pattern.beside for j in near)

    blocks = {i for i, hit in hits.items() if hit.pattern.place == "block"}
    found = [i for i in order if i in blocks and beside(i)]
    leaving = [*found, *(i for i in order if i in gone)]
    blocks.difference_update(found)
    yield from found
    while leaving:
        i = leaving.pop()
        over, under = above[i], below[i]
        if over >= 0:
            below[over] = under
        if under >= 0:
            above[under] = over
        for j in (over, under):
            if j in blocks and beside(j):
                blocks.discard(j)
                leaving.append(j)
                yield j


def _at_edge(side: Place, way: list[int], hits: Mapping[int, Hit]) -> Iterator[int]:
    """Yield the lines of one edge's patterns, coming from that edge; lines that go are not counted."""
    kept = 0
    for i in way:
        hit = hits.get(i)
        if hit is not None and hit.pattern.place == side:
            yield i
        # A line that is cut stays, and so does one whose pattern belongs to the other end.
        if hit is None or not hit.whole or hit.pattern.place not in (side, "anywhere", "block"):
            kept += 1
            if kept == EDGE:
                return


def _title(order: list[int], hits: Mapping[int, Hit]) -> int | None:
    """Find a line that elsewhere is a link at the end of pages, and here the first under what the profile knows."""
    for i in order:
        hit = hits.get(i)
        if hit is None:
            return None
        if hit.pattern.place == "last" and hit.pattern.match == "line":
            return i
    return None


def _prefixed(pattern: Pattern, prefixes: tuple[Pattern, ...], line: Line) -> Hit | None:
    """Find the prefixes at the start of a line, as often as they stand there, with the spaces after them."""
    text, end = line.text, 0
    while (span := next((found for p in prefixes if (found := _starts(p, text, end))), None)) is not None:
        end = span[1]
    if not end:
        return None
    rest = text[end:]
    end += len(rest) - len(rest.lstrip(" \t\N{NO-BREAK SPACE}:-|،,"))
    return Hit(pattern, line.start, line.start + end, whole=not _says_something(rest))


def _starts(pattern: Pattern, text: str, at: int) -> tuple[int, int] | None:
    """Find a pattern's words where the text goes on after `at`, past spaces and punctuation."""
    first = _SAID.search(text, at)
    return find_phrase(tuple(pattern.words.split()), text, first.start(), here=True) if first else None


def _says_something(text: str) -> bool:
    return _SAID.search(text) is not None


def _tailed(pattern: Pattern, line: Line, key: str) -> Hit | None:
    """Find the tail in a line as it is written, with the spaces before it; a line that is all tail goes whole."""
    found = find_phrase(tuple(pattern.words.split()), line.text)
    if found is None or is_prose(line.text[found[1] :]):
        return None
    if f" {key} ".partition(f" {pattern.words} ")[2].count(" ") > pattern.longest:
        return None
    before = line.text[: found[0]].rstrip()
    whole = not _says_something(before)
    return Hit(pattern, line.start + (0 if whole else len(before)), line.end, whole)


def _bridged(lines: Sequence[Line], reasons: Mapping[int, str]) -> dict[int, str]:
    """Add the blank lines between two that go."""
    bridged: dict[int, str] = {}
    before: int | None = None
    for i, line in enumerate(lines):
        if i in reasons:
            if before is not None:
                bridged.update(dict.fromkeys(range(before + 1, i), reasons[before]))
            bridged[i] = reasons[i]
            before = i
        elif not line.blank:
            before = None
    return bridged
