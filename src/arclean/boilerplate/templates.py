"""Openings and glue: what a site says with another ending on each page, on a line of its own or on a line of the story.

They are mined from the sample of pages: a template that is worth knowing is on many.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from arclean.boilerplate.evidence import EDGE, lower_bound
from arclean.boilerplate.keys import ANY, LINK, MAIL, NUMBER, dateline, find_phrase
from arclean.boilerplate.pages import Groups, Page
from arclean.boilerplate.profile import CERTAIN, Match, Pattern, Place
from arclean.boilerplate.signs import (
    MARKS,
    Sign,
    addressed_opening,
    addressed_openings,
    by_longest_word,
    read_line,
    starts,
)

LONGEST_REST = 25
"""A title has up to 20 words; a line with more after its opening is prose."""

FEWEST_IN_PARAGRAPH = 10
FEWEST_LETTERS = 3
"""س: and ج: open questions and answers"""
FEWEST_DATELINES = 5
LONGEST_TOWN = 3
CONSTANT = 0.9

_SLOTS = frozenset({NUMBER, LINK, MAIL})
_SEPARATORS = frozenset(":-–—|/»<،")
_FULL_STOP = re.compile(r"[^.\s]\.(?:\s|$)")
_BOUNDARY = re.compile(r'(?:[.؟!?…»”")\]:]|^)\s*$')


class _Line(NamedTuple):
    """A line of the sample: its story, its text, the words of its key, and where it stands."""

    story: int
    text: str
    words: tuple[str, ...]
    first: bool
    last: bool
    final: bool
    """the last line of its page"""


class _Found(NamedTuple):
    """A phrase where it was found: in which story, on what line, with what after it."""

    story: int
    line: str
    rest: tuple[str, ...]
    prose: bool
    good: bool
    """a separator after an opening, the end of a sentence before a tail"""
    first: bool
    last: bool


def templates(sample: list[Page], groups: Groups) -> Iterator[Pattern]:
    """Yield the templates that the sample shows."""
    lines = [line for page in sample for line in _lines(int(groups.of_page[page.number]), page)]
    of = len({line.story for line in lines})
    yield from _openings(lines, of)
    yield from _marked_openings(lines, of)
    yield from _datelines(lines, of)
    yield from _addressed_tails(lines, of)
    yield from _common_tails(lines, of)


def is_prose(rest: str) -> bool:
    """Whether what follows a phrase has a sentence's end in it: titles have none.

    >>> is_prose("العراق.. قمة في بغداد"), is_prose("قال الوزير ذلك. وأضاف")
    (False, True)
    """
    return bool(_FULL_STOP.search(rest))


# -------------------------------------------------------------------------------------------------- openings


def _openings(lines: list[_Line], of: int) -> Iterator[Pattern]:
    """Yield openings that speak to the reader, after which each page says something else."""
    opened: dict[tuple[str, ...], list[_Found]] = defaultdict(list)
    for line in lines:
        size = addressed_opening(line.words)
        if size and Sign.PROTECTED not in read_line(line.text, " ".join(line.words)):
            opened[line.words[:size]].append(_found(line, size, good=_split(line.text, size)))
    for opening, found in sorted(opened.items()):
        told = {f.story for f in found}
        prose = sum(f.prose for f in found)
        split = sum(f.good for f in found)
        # Twice could be one hand's habit. One word must be set off, as in للمزيد: …; it opens sentences otherwise.
        if len(told) < 3 or len({f.rest for f in found}) < 2:  # noqa: PLR2004
            continue
        if prose <= 0.1 * len(found) and (len(opening) > 1 or split >= 0.9 * len(found)):
            yield _pattern("opening", opening, found, of, "speaks to the reader or for the publisher")
        elif prose >= 0.9 * len(found):
            yield from _prefix(opening, found, of)


def _prefix(opening: tuple[str, ...], found: list[_Found], of: int) -> Iterator[Pattern]:
    """Yield the words that are glued before the story: those that stay the same on all lines that open so."""
    prefix = list(opening)
    while True:
        follow = Counter(f.rest[len(prefix) - len(opening)] for f in found if len(f.rest) > len(prefix) - len(opening))
        word, times = max(follow.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if times < 0.95 * len(found) or word in _SLOTS:
            break
        prefix.append(word)
    told = len({f.story for f in found})
    # Three constant words open sentences; that five stories open with the same four is no chance.
    if len(prefix) >= 4 and told >= 5 and len({f.rest for f in found}) > 1:  # noqa: PLR2004
        yield _pattern("prefix", tuple(prefix), found, of, "glued before the story")


def _marked_openings(lines: list[_Line], of: int) -> Iterator[Pattern]:
    """Yield two-word openings of marked notes that stand at the end of pages and nowhere else, as in * عن صحيفة …."""
    opened: dict[tuple[str, ...], list[_Found]] = defaultdict(list)
    marked = {line.words[:2] for line in lines if line.last and line.text.startswith(MARKS)}
    for line in lines:
        if line.words[:2] in marked and len(line.words) > 2 and not _SLOTS & set(line.words[:2]):  # noqa: PLR2004
            opened[line.words[:2]].append(_found(line, 2, good=line.text.startswith(MARKS)))
    for opening, found in sorted(opened.items()):
        told = len({f.story for f in found})
        if told < 8 or lower_bound(told, of) < 0.01 or len({f.rest for f in found}) < 3:  # noqa: PLR2004
            continue
        kept = sum(f.last and f.good and not f.prose and len(f.rest) <= 8 for f in found)  # noqa: PLR2004
        if kept >= 0.95 * len(found) and not any(_protected(f) for f in found):
            yield _pattern("opening", opening, found, of, "marked, always at this edge")


def _datelines(lines: list[_Line], of: int) -> Iterator[Pattern]:
    """Yield what the site puts before the first paragraph of a quarter of its pages: its name, and a town after it."""
    found: dict[str, list[tuple[_Line, str]]] = defaultdict(list)
    told: set[int] = set()
    for line in lines:
        if len(line.words) < FEWEST_IN_PARAGRAPH or line.story in told:
            continue
        told.add(line.story)
        if (opened := dateline(line.text)) is not None and len(opened[0]) >= FEWEST_LETTERS:
            found[opened[0]].append((line, opened[1]))
    for name, there in sorted(found.items()):
        if len(there) < FEWEST_DATELINES or lower_bound(len(there), of) < CERTAIN:
            continue
        if Sign.PROTECTED in read_line(name, name) or Sign.SUBHEAD in read_line(name, name):
            continue
        towns = [town for _, town in there if 1 <= len(town.split()) <= LONGEST_TOWN]
        slot = len(towns) >= CONSTANT * len(there)
        hits = [
            _Found(
                ln.story, ln.text, ln.words[len(name.split()) :], prose=False, good=True, first=ln.first, last=ln.last
            )
            for ln, _ in there
        ]
        pattern = _pattern("prefix", [*name.split(), *([ANY] if slot else [])], hits, of, "glued before the story")
        yield replace(pattern, place="anywhere", longest=LONGEST_TOWN)


# -------------------------------------------------------------------------------------------------- glue


def _addressed_tails(lines: list[_Line], of: int) -> Iterator[Pattern]:
    """Yield phrases that speak to the reader in the middle of a line and lead to its end without a full stop."""
    tails: dict[tuple[str, ...], list[_Found]] = defaultdict(list)
    openings = addressed_openings()
    known = by_longest_word(p for phrases in openings.values() for p in phrases if len(p) > 1)
    for line in lines:
        words = line.words
        if known.keys().isdisjoint(words):
            continue
        for at in sorted({at for at, _ in starts(words, known) if at > 2}):  # noqa: PLR2004 (a story before it)
            # The longest is the first; where that is a single word, it says nothing.
            phrase = next((p for p in openings.get(words[at], ()) if words[at : at + len(p)] == p), ())
            if len(phrase) > 1:
                tails[phrase].append(_glued(line, at, len(phrase)))
                break
    for phrase, found in sorted(tails.items()):
        told = len({f.story for f in found})
        prose, bounded = sum(f.prose for f in found), sum(f.good for f in found)
        # Four stories; a sentence's end before it more often than not; and a full stop after it in none of fifty.
        if told >= 4 and bounded >= 0.5 * len(found) and prose <= 0.02 * len(found):  # noqa: PLR2004
            yield _pattern("tail", phrase, found, of, "glued after the story, speaks to the reader")


def _common_tails(lines: list[_Line], of: int) -> Iterator[Pattern]:
    """Yield phrases of four words that a quarter of all pages have near their end, and nowhere else."""
    size = 4
    least = bisect_left(range(of + 1), CERTAIN, key=lambda told: lower_bound(told, of))
    # All words of a phrase that so many pages end with are on so many pages' last lines.
    lasts = [(line, max(3, len(line.words) - LONGEST_REST - size)) for line in lines if line.final]
    met = Counter(chain.from_iterable(set(line.words[begin:]) for line, begin in lasts))
    often = {word for word, times in met.items() if times >= least} - _SLOTS
    ends: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for line, begin in lasts:
        for at in range(begin, len(line.words) - size + 1):
            if often.issuperset(phrase := line.words[at : at + size]):
                ends[phrase].add(line.story)
    common = {phrase for phrase, told in ends.items() if len(told) >= least}
    if not common:
        return
    tails: dict[tuple[str, ...], list[_Found]] = defaultdict(list)
    firsts = {p[0] for p in common}
    for line in lines:
        words = line.words
        if firsts.isdisjoint(words):
            continue
        found_at = next((at for at in range(len(words) - size + 1) if words[at : at + size] in common), None)
        if found_at is not None:
            tails[words[found_at : found_at + size]].append(_glued(line, found_at, size))
    for phrase, found in sorted(tails.items()):
        fit = sum(f.good and f.last and not f.prose and len(f.rest) <= LONGEST_REST for f in found)
        told = len({f.story for f in found})
        if fit >= 0.9 * len(found) and lower_bound(told, of) >= CERTAIN and not any(map(_protected, found[:1])):
            yield _pattern("tail", phrase, found, of, "glued after the story on every fourth page or more")


def _glued(line: _Line, at: int, size: int) -> _Found:
    """Note a phrase inside a line, with what stands before and after it as written."""
    span = find_phrase(line.words[at : at + size], line.text)
    before, after = (line.text[: span[0]], line.text[span[1] :]) if span else (line.text, line.text)
    good = bool(_BOUNDARY.search(before[-20:]))
    return _Found(line.story, line.text, line.words[at + size :], is_prose(after), good, line.first, line.last)


# -------------------------------------------------------------------------------------------------- what they share


def _lines(story: int, page: Page) -> Iterator[_Line]:
    """Yield the lines of a page."""
    end = len(page.keys)
    for at, (line, key) in enumerate(zip(page.lines, page.keys, strict=True), 1):
        yield _Line(story, line.strip(), tuple(key.split()), at <= EDGE, at > end - EDGE, at == end)


def _found(line: _Line, size: int, *, good: bool) -> _Found:
    """Note an opening of so many words."""
    rest = line.words[size:]
    prose = len(rest) > LONGEST_REST or (len(rest) > 3 and is_prose(line.text))  # noqa: PLR2004 (a shorter rest is no sentence)
    return _Found(line.story, line.text, rest, prose, good, line.first, line.last)


def _pattern(match: Match, words: Iterable[str], found: list[_Found], of: int, why: str) -> Pattern:
    fit = [f for f in found if not f.prose] or found
    stories, first, last = (_stories(found, at) for at in (lambda _: True, lambda f: f.first, lambda f: f.last))
    place: Place = "last" if last == stories else "first" if first == stories else "anywhere"
    longest = 0 if match == "prefix" else _longest([len(f.rest) for f in fit])
    return Pattern(match, " ".join(words), place, stories, of, first, last, longest, min(f.line for f in fit), why)


def _longest(sizes: list[int]) -> int:
    """Give how many words may follow: a third more than all but one in twenty of those seen, whose rest may hold more.

    A title with the next paragraph run into it is the longest there is, and must not set the measure.
    """
    return sorted(sizes)[(len(sizes) * 19 - 1) // 20] * 4 // 3


def _stories(found: list[_Found], where: Callable[[_Found], bool]) -> int:
    return len({f.story for f in found if where(f)})


def _protected(found: _Found) -> bool:
    return Sign.PROTECTED in read_line(found.line, " ".join(found.rest))


def _split(line: str, size: int) -> bool:
    """Whether a separator stands after the first words of a line."""
    words = line.split()
    near = words[max(0, size - 1) : size + 1]
    return any(word[-1] in _SEPARATORS or word[0] in _SEPARATORS for word in near)
