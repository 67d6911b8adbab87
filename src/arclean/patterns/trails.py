"""Breadcrumbs by their shape: the path to a page, as its site writes it over the title.

No list can hold them: their parts are a site's own sections, and the last is often the title. What they share is a
separator that prose does not use so, and short parts between.
"""

import re

# Arrows and guillemets on their own are in no sentence; a slash also parts the halves of a verse, two readings of a
# title and the names of two agencies, so it must say more.
_ARROWS = re.compile(
    r"\s[>»«›‹\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}\N{MUCH GREATER-THAN}\N{BLACK LEFT-POINTING SMALL TRIANGLE}]\s"
)
TRAIL_SIGNS = ">»«›‹/\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}\N{MUCH GREATER-THAN}\N{BLACK LEFT-POINTING SMALL TRIANGLE}"
"""A line without any of these is no path."""

_SLASH = re.compile(r"\s/\s")
_LETTER = re.compile(r"[^\W\d_]")
_NO_PART = re.compile(r"[.!؟?؛:،,\"“”]")

MOST_PARTS = 6
MOST_WORDS = 4
"""in a section's name: عربي ودولي، الشرق الأوسط وشمال أفريقيا"""
LONGEST_TITLE = 14
FEWEST_WITH_SLASH = 3


def parts_of_trail(text: str) -> list[str]:
    """Give the parts of a line that is a path of sections, nothing for one that is not.

    >>> parts_of_trail("أخبار > المغرب > وجدة"), parts_of_trail("قال « نعم » ومضى")
    (['أخبار', 'المغرب', 'وجدة'], [])
    """
    for separator in (_ARROWS, _SLASH):
        marks = {mark.strip() for mark in separator.findall(text)}
        if not marks:
            continue
        parts = [part.strip() for part in separator.split(text.strip())]
        good = (
            len(marks) == 1
            and len(parts) <= MOST_PARTS
            and all(_LETTER.search(part) and len(part.split()) <= MOST_WORDS for part in parts[:-1])
            and not any(_NO_PART.search(part) for part in parts[:-1])
            and 1 <= len(parts[-1].split()) <= LONGEST_TITLE
            and not parts[-1].endswith(".")
            and _LETTER.search(parts[-1])
        )
        return parts if good else []
    return []


def is_trail(text: str, *, known: bool) -> bool:
    """Whether a line at the head of a page is a path of sections.

    Parameters: `known` says whether one of its parts is the name of a section that many sites have, or the title that
    follows; a slash is believed with it, or with three parts of two words at the most.

    >>> is_trail("مدن / الرباط", known=False), is_trail("مدن > الرباط", known=False)
    (False, True)
    >>> is_trail("مدن / أخبار", known=True)
    True
    """
    parts = parts_of_trail(text)
    if not parts or _ARROWS.search(text):
        return bool(parts)
    short = all(len(part.split()) <= 2 for part in parts)  # noqa: PLR2004
    return known or (short and len(parts) >= FEWEST_WITH_SLASH)
