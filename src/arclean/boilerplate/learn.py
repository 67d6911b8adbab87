"""From what was counted to what goes: the bars that a line must clear, by what it says about itself."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from arclean.boilerplate.evidence import Counts, Evidence, lower_bound
from arclean.boilerplate.pages import Pages
from arclean.boilerplate.profile import Pattern, Place, ordered
from arclean.boilerplate.signs import Sign
from arclean.boilerplate.templates import is_prose, templates

ROUNDS = 4
"""Lines under learnt lines come to the edge; columns' contact blocks are up to four lines deep."""


class Bar(NamedTuple):
    """How often a line must be seen: on so many stories' pages, and on this proven share of all."""

    pages: int
    share: float


# A line that speaks to the reader and stands at the same edge of two unrelated stories was written for neither.
ADDRESSED_EDGE = Bar(2, 0.0)
# In the middle it could be the step of a recipe or the question of an interview: three.
ADDRESSED = Bar(3, 0.0)
# A notice of a full sentence could be quoted in a report and its sequel: three.
ADDRESSED_SENTENCE = Bar(3, 0.0)
# Plain words always at the same edge. Of 60 pages 5 prove .036: a columnist's own closing words reach that, page
# furniture is on every tenth page or more.
EDGE = Bar(4, 0.05)
# A closing subhead (a columnist's last word) is near the end too, with a paragraph under it: nothing may stand under a
# line, unless a quarter of the pages have it.
EDGE_WIDE = Bar(4, 0.25)
# The first lines have the titles of series too; a weekly column is on one page in fifty.
EDGE_FIRST = Bar(4, 0.10)
# Twenty times at the end and never elsewhere has odds of 3^-20 for a line that falls where it likes; then a share of
# one in a hundred will do.
EDGE_LONG_RUN = Bar(20, 0.01)
# A note set apart by stars, slashes or Latin letters, always at the end: a columnist's closing words are plain words.
EDGE_MARKED = Bar(3, 0.0)
# The background that agencies repeat is sentences, and stands last more often than not. In 9,368 stories of eight news
# sites no such sentence was in more than three, 0.2 % of its site: a proven hundredth is five times that.
EDGE_SENTENCE = Bar(6, 0.01)
# A line between the same neighbours, as in a menu. Whole passages are also quoted together: sentences need more.
BLOCK = Bar(4, 0.10)
BLOCK_OF_FEW = Bar(3, 0.40)  # all of three
BLOCK_SENTENCE = Bar(5, 0.15)
# Subheads of recipes, match reports, market reports stand on most pages of their kind, but not in one block.
BLOCK_LABEL = Bar(5, 0.50)
# The same six words or more on most pages, wherever they stand: a disclosure, a slogan. A refrain is of one text.
MOST_PAGES = Bar(5, 0.50)
# Under each post of a thread: a signature. What a story says twice it does not say twice in three stories.
REPEATED = Bar(3, 0.40)
# A line at the end and under a learnt one that is as rare: the notice goes on. What stands above the notice is story,
# be it a columnist's refrain over his address; and under a menu stands the title.
UNDER = Bar(2, 0.0)

CONSTANT = 0.9
"""A line keeps to an edge if nine in ten of its pages have it there: pages are cut off, notes are added under it."""
MOSTLY = 0.5
"""What must be proven of a line's keeping to an edge: four of four prove it, three of three do not."""
OFTEN = 0.3
"""What must be proven of a line's keeping to a neighbour: menus are not the same on all pages."""


def learnt_patterns(pages: Pages) -> tuple[Pattern, ...]:
    """Give the patterns that the pages teach."""
    counts = Counts(pages)
    known = np.zeros(len(counts.distinct), bool)
    sample = pages.sample()
    examples = {key: line.strip() for page in reversed(sample) for line, key in zip(page.lines, page.keys, strict=True)}
    found: list[Pattern] = []
    for _ in range(ROUNDS):
        new = []
        for number, seen in counts.evidence(known).items():
            verdict = judged(Sign(int(counts.signs[number])), seen)
            key = pages.keys.get(int(counts.distinct[number]))
            if verdict is not None and key is not None:
                place, why = verdict
                beside = _texts(pages, counts, seen.neighbours) if place == "block" else ()
                example = examples.get(key, key)
                made = Pattern("line", key, place, seen.pages, seen.of, seen.first, seen.last, 0, example, why, beside)
                new.append(made)
                known[number] = True
        if not new:
            break
        found += new
    mined = list(templates(sample, counts.groups))
    return ordered([*mined, *(line for line in found if not any(_covers(template, line) for template in mined))])


def judged(signs: Sign, seen: Evidence) -> tuple[Place, str] | None:
    """Say where a line is boilerplate, and why; None where the evidence does not reach."""
    if Sign.PROTECTED in signs:
        return None
    cleared = (case for case in _cases(signs, seen) if any(reaches(seen, bar) for bar in case.bars))
    return next(((case.place, case.why) for case in cleared), None)


class _Case(NamedTuple):
    """What a line's place speaks for, and the bars one of which its count must clear."""

    bars: tuple[Bar, ...]
    place: Place
    why: str


def _cases(signs: Sign, seen: Evidence) -> Iterator[_Case]:
    """Yield the cases that a line's signs and place make, the strongest first."""
    sentence, label = Sign.SENTENCE in signs, bool(signs & (Sign.LABEL | Sign.SUBHEAD))
    side: Place = "last" if seen.last >= seen.first else "first"
    at_edge = max(seen.first, seen.last)
    keeps = at_edge >= CONSTANT * seen.pages
    if Sign.ADDRESSED in signs:
        bar = ADDRESSED_SENTENCE if sentence else ADDRESSED_EDGE if keeps or seen.touching else ADDRESSED
        yield _Case((bar,), "anywhere", "speaks to the reader or for the publisher")
    if 2 * seen.again >= seen.pages and Sign.PHRASE in signs and not (sentence or label):
        yield _Case((REPEATED,), "anywhere", "repeated inside pages")
    if keeps and side == "last" and Sign.MARKED in signs:
        yield _Case((EDGE_MARKED,), side, "a note set apart, always at this edge")
    if keeps and lower_bound(at_edge, seen.pages) >= MOSTLY and not label:
        final = seen.final >= CONSTANT * seen.pages
        bars = (EDGE_FIRST,) if side == "first" else (EDGE, EDGE_LONG_RUN) if final else (EDGE_WIDE,)
        yield _Case((EDGE_SENTENCE,) if sentence and side == "last" else bars, side, "always at this edge")
    if Sign.WORDY in signs and not label:
        yield _Case((MOST_PAGES,), "anywhere", "on most pages")
    # "المقادير:" follows "تكفي لأربعة" on each page of a kitchen and opens another list each time.
    if lower_bound(seen.beside, seen.pages) >= OFTEN and Sign.OPENS not in signs:
        bars = (BLOCK_SENTENCE,) if sentence else (BLOCK_LABEL,) if label else (BLOCK, BLOCK_OF_FEW)
        yield _Case(bars, "block", "always beside the same line")
    if keeps and side == "last" and seen.under >= CONSTANT * seen.pages and not (sentence or label):
        yield _Case((UNDER,), "last", "always under boilerplate, at the end")


def _covers(template: Pattern, line: Pattern) -> bool:
    """Whether an opening takes a line wherever it was seen, so that the profile need not list it."""
    rest = line.words.removeprefix(f"{template.words} ")
    at_place = {"anywhere": line.pages, "first": line.first, "last": line.last}.get(template.place) == line.pages
    fits = rest != line.words and len(rest.split()) <= template.longest and not is_prose(line.example)
    return template.match == "opening" and at_place and fits


def _texts(pages: Pages, counts: Counts, numbers: tuple[int, ...]) -> tuple[str, ...]:
    """Give the keys of lines by their numbers."""
    keys = (pages.keys.get(int(counts.distinct[n])) for n in numbers)
    return tuple(key for key in keys if key is not None)


def reaches(seen: Evidence, bar: Bar) -> bool:
    """Whether a line was seen often enough."""
    return seen.pages >= bar.pages and seen.share >= bar.share
