"""HTML character references, decoded as often as they were escaped, in one pass.

`html.unescape` decodes once, guesses at references without a semicolon (so that ?a=1&copy=2 in an address becomes
?a=1©=2), and knows names that are variables in code (&it; &num;). Here a reference needs its semicolon and a name of
HTML 4, or of HTML 5's punctuation (html.spec.whatwg.org, "Named character references"), and is decoded to the end.
"""

import re
from collections.abc import Iterator
from functools import cache
from html.entities import html5, name2codepoint
from typing import NamedTuple

# What sanitisers write beside HTML 4's names: punctuation that has a meaning in HTML, JavaScript or templates.
_PUNCTUATION = (
    "apos AMP LT GT QUOT colon comma period semi excl quest lpar rpar lsqb rsqb lbrack rbrack lcub rcub lbrace rbrace"
    " sol bsol equals plus percnt dollar commat lowbar ast verbar vert grave Tab NewLine"
).split()

_REFERENCES = re.compile(r"&[&#;A-Za-z0-9]++")
"""A reference with all that could belong to it: the characters of references, escaped references included."""

_NUMBER = re.compile("#(?:([0-9]+)|[xX]([0-9A-Fa-f]+))")
_ADDRESS = re.compile(r"https?://\S++")

_LONGEST = 32  # "&thetasym;" has 10, "&#x000010FFFF;" 14: what is longer is no reference
_HIGH, _LOW, _LAST = 0xD800, 0xDC00, 0x10FFFF

# In an address's query any name may be a parameter's (…?a=1;b=2&copy;c=3), but for what escaping the address itself
# needs: there ?a=1&amp;b=2 means ?a=1&b=2, and &quot; closes the attribute that the address stood in.
_OF_ADDRESSES = frozenset("amp AMP lt LT gt GT quot QUOT apos nbsp".split())


class Reference(NamedTuple):
    """A reference in a text and the character that it stands for."""

    start: int
    end: int
    char: str


def decoded_references(text: str) -> Iterator[Reference]:
    """Yield the references of `text`, each with the character that it stands for in the end.

    >>> [r.char for r in decoded_references("&#1571;&amp;amp;quot; AT&T; &copy")]
    ['أ', '"']
    """
    if "&" not in text or ";" not in text:
        return
    queries = list(_queries(text))[::-1]
    for found in _REFERENCES.finditer(text):
        while queries and queries[-1][1] <= found.start():
            queries.pop()
        address = bool(queries) and queries[-1][0] <= found.start()
        if ";" in found[0]:
            yield from _decoded(found[0], found.start(), address=address)


def _queries(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses from their question mark on."""
    if "://" not in text:
        return
    for address in _ADDRESS.finditer(text):
        if (mark := text.find("?", *address.span())) >= 0:
            yield mark, address.end()


def _decoded(piece: str, start: int, *, address: bool) -> Iterator[Reference]:
    """Decode one run of reference characters with a stack, so that &amp;amp;lt; and &#3&#56;#38; take one pass.

    Whenever a semicolon arrives, what stands before it back to the last & may have become a reference; its character
    takes its place on the stack, and may complete another one.
    """
    stack: list[Reference] = []
    for at, char in enumerate(piece, start):
        stack.append(Reference(at, at + 1, char))
        while stack[-1].char == ";" and (opened := _opening(stack)) is not None:
            name = "".join(r.char for r in stack[opened + 1 : -1])
            made = _character(name, address=address)
            if not made:
                break
            first, last = stack[opened].start, stack[-1].end
            del stack[opened:]
            if _HIGH <= ord(stack[-1].char if stack else "\0") < _LOW <= ord(made) <= _LOW + 0x3FF:
                made = chr(0x10000 + (ord(stack[-1].char) - _HIGH << 10) + ord(made) - _LOW)
                first = stack.pop().start  # an emoji that JavaScript wrote as the two halves it has in UTF-16
            stack.append(Reference(first, last, made))
    yield from (r for r in stack if r.end > r.start + 1 and not _HIGH <= ord(r.char) <= _LOW + 0x3FF)


def _opening(stack: list[Reference]) -> int | None:
    """Where the last & stands, if it is near enough to open a reference."""
    for i in range(len(stack) - 2, max(-1, len(stack) - 2 - _LONGEST), -1):
        if stack[i].char == "&":
            return i
        if not stack[i].char.isascii() or stack[i].char == ";":
            return None
    return None


def _character(name: str, *, address: bool) -> str:
    """Give the character that &name; stands for, or nothing if it is none or none that text may have."""
    if not name.startswith("#"):
        return _names().get(name, "") if not address or name in _OF_ADDRESSES else ""
    if not (number := _NUMBER.fullmatch(name)):
        return ""
    point = int(number[1]) if number[1] else int(number[2], 16)
    # HTML reads &#128; to &#159; as windows-1252, and the five that it does not define as controls: they carry the
    # bytes of text that was broken before it was escaped, which repair_mojibake needs.
    if 0x80 <= point < 0xA0:  # noqa: PLR2004
        return bytes([point]).decode("cp1252", "ignore") or chr(point)
    nothing = point > _LAST or (point < 0x20 and point not in (9, 10, 13)) or point == 0x7F  # noqa: PLR2004
    noncharacter = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # noqa: PLR2004
    return "" if nothing or noncharacter else chr(point)


@cache
def _names() -> dict[str, str]:
    """Give the names of HTML 4 and of HTML 5's punctuation with their characters."""
    return {**{n: chr(p) for n, p in name2codepoint.items()}, **{n: html5[n + ";"] for n in _PUNCTUATION}}
