"""What cannot be seen, named: marks of direction, joiners, control characters, spaces that were removed.

A text on a page, or in a terminal, may hold U+202E, which turns all that follows around, or NUL, which a browser
replaces and a terminal swallows. So neither ever gets such a character: each is written out by its code point.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"

# Unicode 16: Cc but for tab and line feed, Cf but for the joiners (Persian and emoji need them) and the signs that
# enclose digits in Arabic (U+0600-0605, U+06DD, U+0890, U+0891, U+08E2), which are seen; line separators; what fills
# a place without a sign; surrogates, which no file can hold; tags; and the last two code points of the first plane.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
# A letter of any language carries five marks at the most. Thousands on one letter are a picture that covers the page,
# and that a browser draws for seconds: what comes after the eighth is counted.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_HIDDEN = re.compile(f"(?<=[{_MARKS}]{{8}})[{_MARKS}]+|[{_UNSEEN}]")
# Where they are what was removed, spaces and joiners are named too: a line through nothing says nothing.
_HIDDEN_WHEN_GONE = re.compile(
    f"(?<=[{_MARKS}]{{8}})[{_MARKS}]+|[{_UNSEEN}{_JOINERS}\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
)

_CIRCLE = "\N{DOTTED CIRCLE}"
# The signs that editors show for a space, a no-break space, a tab and a line end.
_SIGNS = str.maketrans(
    {
        " ": "\N{OPEN BOX}",
        "\xa0": "\N{SHOULDERED OPEN BOX}",
        "\t": "\N{RIGHTWARDS ARROW TO BAR}",
        "\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}",
    }
)


# A browser joins the letters of a word anew for each row that it tries: 20,000 in one word took Chromium ten seconds.
# Addresses written in percent signs have a few hundred.
LONGEST_WORD = 400
_REST_OF_WORD = re.compile(rf"(?<=\S{{{LONGEST_WORD}}})\S+")


class Run(NamedTuple):
    """A stretch of text as it can be shown; `named` where it is the name of a character that cannot."""

    text: str
    named: bool = False


def visible(text: str) -> Iterator[Run]:
    r"""Yield the text with what cannot be seen written out.

    >>> list(visible("نعم\u202eلا"))
    [Run(text='نعم', named=False), Run(text='U+202E', named=True), Run(text='لا', named=False)]
    >>> list(visible("سطر\r\n"))
    [Run(text='سطر\n', named=False)]
    """
    return _readable(text.replace("\r\n", "\n") if "\r\n" in text else text, _HIDDEN)


def visible_change(text: str) -> Iterator[Run]:
    r"""Yield a piece that was removed or put in: spaces and joiners are named, a mark stands on a circle.

    >>> [run.text for run in visible_change(" ")], [run.text for run in visible_change("ال\u200cعرب")]
    (['␣'], ['ال', 'U+200C', 'عرب'])
    """
    if text and not text.strip(" \xa0\t\n"):
        return iter([Run(text.translate(_SIGNS), named=True)])
    if text and unicodedata.category(text[0]) in ("Mn", "Me"):
        text = _CIRCLE + text
    return _readable(text, _HIDDEN_WHEN_GONE)


def _readable(text: str, hidden: re.Pattern[str]) -> Iterator[Run]:
    """Yield the runs of a text, of words that nobody can read to the end only the beginning."""
    if max(map(len, text.split()), default=0) <= LONGEST_WORD:
        yield from _runs(text, hidden)
        return
    at = 0
    for found in _REST_OF_WORD.finditer(text):
        yield from _runs(text[at : found.start()], hidden)
        yield Run(f"… ×{len(found[0]):,}", named=True)
        at = found.end()
    yield from _runs(text[at:], hidden)


def _runs(text: str, hidden: re.Pattern[str]) -> Iterator[Run]:
    at = 0
    for found in hidden.finditer(text):
        if found.start() > at:
            yield Run(text[at : found.start()])
        many = f" ×{len(found[0]):,}" if len(found[0]) > 1 else ""
        yield Run(f"U+{ord(found[0][0]):04X}{many}", named=True)
        at = found.end()
    if at < len(text):
        yield Run(text[at:])
