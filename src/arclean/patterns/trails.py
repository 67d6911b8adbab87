"""Breadcrumbs by their shape: the path to a page, as its site writes it over the title.

No list can hold them: their parts are a site's own sections, and the last is often the title. What they share is a
separator that prose does not use so, and short parts between.
"""

import re

# Arrows and guillemets on their own are in no sentence. A slash also parts the halves of a verse, two readings of a
# title and the names of two agencies, so it must say more; a dash, a bar or a dot parts a section from the title, or a
# place from a name, so each part must be known.
_SIGNS = (
    ">»«›‹\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}\N{LONG RIGHTWARDS ARROW}\N{LONG LEFTWARDS ARROW}\N{MUCH GREATER-THAN}"
    "\N{BLACK LEFT-POINTING SMALL TRIANGLE}\N{BLACK RIGHT-POINTING SMALL TRIANGLE}\N{BLACK LEFT-POINTING TRIANGLE}"
    "\N{BLACK RIGHT-POINTING TRIANGLE}\N{BLACK LEFT-POINTING POINTER}\N{BLACK RIGHT-POINTING POINTER}"
    "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}\N{HEAVY LEFT-POINTING ANGLE QUOTATION MARK ORNAMENT}"
)
_ARROWS = re.compile(rf"\s[{_SIGNS}]\s")
_SLASH = re.compile(r"\s/\s")
_WEAK = re.compile(r"\s(?:[|\\•·~:-]|::|\N{EN DASH}|\N{EM DASH})\s|(?<=\w)[>›‹/](?=\w)")
_ANY = re.compile(rf"{_ARROWS.pattern}|{_SLASH.pattern}|{_WEAK.pattern}")
_LETTER = re.compile(r"[^\W\d_]")
_NO_PART = re.compile(r"[.!؟?؛:،,\"“”]")

MOST_PARTS = 6
MOST_WORDS = 4
"""in a section's name: عربي ودولي، الشرق الأوسط وشمال أفريقيا"""
LONGEST_TITLE = 14
FEWEST_WITH_SLASH = 3


def may_be_trail(text: str) -> bool:
    """Whether there is anything in a line that parts the sections of a path.

    >>> may_be_trail("مدن > الرباط"), may_be_trail("الرباط - واس"), may_be_trail("مدن الرباط")
    (True, True, False)
    """
    return _ANY.search(text) is not None


def parts_of_trail(text: str) -> list[str]:
    """Give the parts of a line that is a path of sections, nothing for one that is not.

    >>> parts_of_trail("أخبار > المغرب > وجدة"), parts_of_trail("قال « نعم » ومضى")
    (['أخبار', 'المغرب', 'وجدة'], [])
    """
    for separator in (_ARROWS, _SLASH, _WEAK):
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


def is_trail(text: str, *, known: int) -> bool:
    """Whether a line at the head of a page is a path of sections.

    Parameters: `known` says how many of its parts are names of sections that many sites have, or the title that
    follows; a slash is believed with one of them, or with three parts of two words at the most; a dash, a bar or a dot
    only where all of them are.

    >>> is_trail("مدن / الرباط", known=0), is_trail("مدن > الرباط", known=0)
    (False, True)
    >>> is_trail("مدن / أخبار", known=1), is_trail("مدن - أخبار", known=1), is_trail("مدن - أخبار", known=2)
    (True, False, True)
    """
    parts = parts_of_trail(text)
    if not parts or _ARROWS.search(text):
        return bool(parts)
    if not _SLASH.search(text):
        return known == len(parts)
    short = all(len(part.split()) <= 2 for part in parts)  # noqa: PLR2004
    return known > 0 or (short and len(parts) >= FEWEST_WITH_SLASH)
