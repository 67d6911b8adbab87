"""The search for the right reading of a line: which runs of it are damaged, by what chain, and on what evidence."""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from arclean.mojibake.letters import plausibility
from arclean.mojibake.pages import relabelled
from arclean.mojibake.readings import READINGS, WESTERN, Reading, Repair, western_name
from arclean.mojibake.utf8 import Sequences, read_again, sequences

# Characters of which nearly every damaged word has one, and clean Arabic lines hardly any: C1 controls, accented Latin
# letters, the signs that stand for the second byte of an Arabic letter, and the first bytes D8, D9, C2 and C3 as Mac
# Roman, cp437 and windows-1251 show them. Punctuation of the news (no-break space, guillemets, quotes, dashes, ×) is
# left out: it never makes up a word.
SIGNS = "\x80-\x9f\xa2-\xaa\xac-\xba\xbc-\xd6\xd8-\xf6\xf8-\xff\N{REPLACEMENT CHARACTER}ŒœŠšŸŽžƒˆ˜‚„†‡‰‹›€™¬√╪┘├┬ШЩВГв"
# UTF-8 read as windows-1256 can do without these in words of feh, yeh, meem and teh alone ("ظپظٹ" is في), and in emoji,
# which begin "ًں". Those pairs are looked at where their first letter stands: at one character in a hundred.
SUSPECT = re.compile(f"[{SIGNS}ظطں](?:(?<![ظطں])|(?<=[ظط])[پٹھ…]|(?<=ًں))")

# Two damages nested are seen in the wild, three are not; the third level costs nothing where there is nothing.
DEPTH = 3
# Nats by which the repaired run must be likelier: e^12 is 160,000 to 1. Of the words of news 95 in 100 with two letters
# gain 10 and more ("ظپظٹ" 17), 99 in 100 with three 17 and more; of clean pairs that have the form of UTF-8, "ط؟"
# gains 6, "Å“" 4.5, and "Ä°" 8.
SURE = 12.0
# Where other lines of the same text are damaged in the same way, one in twenty will do.
LIKELY = 3.0
# A pair that stands beside an unread character is no run of its own: "خط، ثم" has the form of UTF-8 in "ط،".
SHORTEST_WORD = 2

# What chance pairs do not give where the wrong reading is itself full of letters and box lines: two Arabic letters side
# by side, or typographic signs, presentation forms and emoji. "ط، ظ، ع،" lists letters, each with its comma a pair.
_NO_CHANCE = re.compile("[ء-غف-يپچژکگی]{2}|[\u2010-\u203a\ufb50-\ufdff\ufe70-\ufefc\U0001f000-\U0001faff]")

# No other explanation of a run will be likelier than this: it is not looked for.
OVERWHELMING = 60.0
# Stands for what is repaired already, while the rest of the line is searched: no reading gives it.
COVER = "\uffff"


class Word(NamedTuple):
    """An unbroken run of UTF-8 sequences as a wrong reading shows them."""

    start: int
    end: int
    whole: int
    """How many sequences have lost nothing, counted to `SHORTEST_WORD`."""


def repairs(line: str, depth: int = DEPTH) -> list[Repair]:
    """Return the repairs of a line, in order and not overlapping, uncertain ones included.

    >>> [(r.new, r.chain) for r in repairs("قال: ط³ظ„ط§ظ…")]
    [('سلام', ('UTF-8 read as windows-1256',))]
    """
    found = [r for reading in READINGS for r in unread_utf8(line, reading, depth)]
    rest = list(line)
    for repair in found:
        if repair.gain >= OVERWHELMING:
            rest[repair.start : repair.end] = COVER * (repair.end - repair.start)
    found += relabelled("".join(rest))
    chosen: list[Repair] = []
    for repair in sorted(found, key=lambda r: (-r.certain, -r.gain, r.start)):
        at = bisect(chosen, repair)
        if (at == 0 or chosen[at - 1].end <= repair.start) and (at == len(chosen) or repair.end <= chosen[at].start):
            chosen.insert(at, repair)
    return chosen


def unread_utf8(line: str, reading: Reading, depth: int) -> Iterator[Repair]:
    """Yield the runs of a line that are UTF-8 once the wrong reading is taken back."""
    for words in _clusters(line, sequences(reading)):
        start, end = words[0].start, words[-1].end
        old = line[start:end]
        new, _ = read_again(old, reading)
        name = western_name(old) if reading is WESTERN else reading.name
        chain: tuple[str, ...] = (f"UTF-8 read as {name}",)
        inner = accepted(repairs(new, depth - 1)) if depth > 1 and SUSPECT.search(new) else []
        if inner:
            new = replaced(new, inner)
            chain = max(inner, key=lambda r: r.end - r.start).chain + chain
        gain = plausibility(new) - plausibility(old)
        if gain > 0 and (reading is WESTERN or _NO_CHANCE.search(new)):
            yield Repair(start, end, new, chain, gain, gain >= SURE)


def accepted(found: list[Repair]) -> list[Repair]:
    """Return the certain repairs, and those that a certain one elsewhere makes likely."""
    known = {repair.chain for repair in found if repair.certain}
    return [repair for repair in found if repair.certain or (repair.chain in known and repair.gain >= LIKELY)]


def replaced(line: str, made: Iterable[Repair]) -> str:
    """Make repairs that are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for repair in made:
        pieces += (line[at : repair.start], repair.new)
        at = repair.end
    return "".join(pieces) + line[at:]


def _clusters(line: str, found: Sequences) -> Iterator[list[Word]]:
    """Yield the runs of words that have nothing but ASCII between them, without chance pairs at their ends."""
    cluster: list[Word] = []
    for match in found.words.finditer(line):
        start, end = match.span()
        units = (unit for unit in found.unit.finditer(line, start, end) if unit.lastgroup == "whole")
        whole = sum(1 for _ in islice(units, SHORTEST_WORD))
        if not whole:
            continue
        if cluster and not line[cluster[-1].end : start].isascii():
            yield from _trimmed(line, cluster)
            cluster = []
        cluster.append(Word(start, end, whole))
    yield from _trimmed(line, cluster)


def _trimmed(line: str, cluster: list[Word]) -> Iterator[list[Word]]:
    """Yield the cluster without a lone pair at either end that is part of an unread word."""
    first, last = 0, len(cluster)
    while first < last and cluster[first].whole < SHORTEST_WORD and _unread(line, cluster[first].start - 1):
        first += 1
    while first < last and cluster[last - 1].whole < SHORTEST_WORD and _unread(line, cluster[last - 1].end):
        last -= 1
    if first < last:
        yield cluster[first:last]


def _unread(line: str, at: int) -> bool:
    """Tell whether a character beyond ASCII stands there."""
    return 0 <= at < len(line) and not line[at].isascii()
