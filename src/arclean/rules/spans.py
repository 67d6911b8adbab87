"""Spans that folding and stripping leave alone: addresses, handles, hashtags and fenced code.

Folding makes words equal; in an address, a handle or a program every character counts. A span never ends between a
letter and its marks, and what it may hold does not depend on the normal form of the text, so that composed and
decomposed texts protect the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

Span = tuple[int, int]

FENCE = "```"
SIGNS = ("@", "#", "://", "www.", FENCE)
"""What a span has in it; no folding rule writes or removes any of these characters."""

# What ends a web address: white space (\s, with the separators 1C-1F), and quotes and brackets that no address has.
# U+226E and U+226F are the same brackets struck through: their decompositions start with them.
_ADDRESS = re.compile(r'[^\s<>"«»“”\u226e\u226f]*')
_TRAILING = ".,:;!?'*)]}،؛؟۔…’(﴾﴿"
"""Punctuation at the end of an address that belongs to the sentence around it."""

_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-")  # RFC 3986, section 3.1
_NAME = re.compile(r"[@#]\w+")  # without marks, which few names have: four times quicker than looking for them
_LOCAL = "._%+-"
_WITHIN_DOMAIN = (".", "-")


def protected_spans(text: str) -> list[Span]:
    r"""Give the spans of addresses, handles, hashtags and fenced code, in order.

    >>> text = "راسلنا: info@example.com أو @أحمد."
    >>> [text[start:end] for start, end in protected_spans(text)]
    ['info@example.com', '@أحمد']
    """
    return spans_and_loose_signs(text, signs(text))[0] if may_protect(text) else []


def may_protect(text: str) -> bool:
    """Say at a glance whether there is anything to look at: most texts have none of these signs.

    >>> may_protect("قال نعم")
    False
    """
    return "@" in text or "#" in text or "://" in text or "www." in text or has_fence(text)


def has_fence(text: str) -> bool:
    """Say whether code may be fenced: the one span that reaches over line ends."""
    return "`" in text and FENCE in text  # the single character is found ten times quicker


def signs(text: str) -> list[int]:
    """Give where the signs stand. Looking for five literals is six times quicker than one pattern."""
    found: list[int] = []
    for sign in SIGNS:
        at = text.find(sign)
        while at >= 0:
            found.append(at)
            at = text.find(sign, at + len(sign))
    return sorted(found)


def spans_and_loose_signs(text: str, found: Iterable[int]) -> tuple[list[Span], list[Span]]:
    """Give what the signs protect, and the signs that protect nothing; both in order."""
    spans: list[Span] = []
    loose: list[Span] = []
    floor = 0  # where the last span ends
    last_fence: int | None = None
    for at in found:
        if at < floor:
            continue
        sign = text[at]
        if sign == "`":
            if last_fence is None:
                last_fence = text.rfind("\n" + FENCE)
            span = _fence(text, at) if at < last_fence else None
        elif sign in "@#":
            span = _named(text, at, floor)
        else:
            span = _address(text, at, floor)
        if span:
            spans.append(span)
            floor = span[1]
        else:
            loose.append((at, at + len(FENCE) if sign == "`" else at + 1))
    return spans, loose


def neighbours(text: str, start: int, end: int) -> str:
    r"""Give the characters on which it depends how far a span, or a loose sign, reaches.

    They stand beside it; but a fence may be indented, a scheme begins with its first letter, and words and hyphens
    after a handle become a domain by a dot after them.

    >>> neighbours("ـ ```", 2, 5), neighbours("سA3-://", 4, 5), neighbours("@ali-hasan۔", 0, 4)
    ('ـ', 'س/', '۔')
    """
    if text[start] == "`":
        while start and text[start - 1] in " \t":
            start -= 1
    elif text[start] not in "@#":
        while start and text[start - 1] in _SCHEME:
            start -= 1
    if text[end : end + 1] == "-" and (rest := _patterns().rest.match(text, end)):
        end = rest.end()
    return text[max(0, start - 1) : start] + text[end : end + 1]


def outside(matches: Iterator[re.Match[str]], spans: Sequence[Span]) -> Iterator[re.Match[str]]:
    """Give the matches that touch none of the spans; both are in order."""
    return _outside(matches, spans) if spans else matches


def _outside(matches: Iterator[re.Match[str]], spans: Sequence[Span]) -> Iterator[re.Match[str]]:
    i = 0
    for match in matches:
        start, end = match.span()
        while i < len(spans) and spans[i][1] <= start:
            i += 1
        if i == len(spans) or end <= spans[i][0]:
            yield match


def kind(char: str) -> tuple[bool, ...]:
    """Give all that matters of a character for where a span starts and ends: two of a kind may stand for each other.

    >>> kind("؟") == kind("?"), kind("۔") == kind(".")
    (True, False)
    """
    word = char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M"
    return word, char in _LOCAL, char in _SCHEME, char in _TRAILING, _ADDRESS.fullmatch(char) is not None


def _fence(text: str, at: int) -> Span | None:
    """Give code from a fence at the start of a line to the fence that closes it (CommonMark 0.31, section 4.5).

    A fence that nobody closed is no code here, though CommonMark would have it run to the end: in scraped text it
    would freeze everything after a stray line.
    """
    start = at
    while start and text[start - 1] in " \t" and at - start < 3:  # noqa: PLR2004 (CommonMark's own limit)
        start -= 1
    if start and text[start - 1] not in "\r\n":
        return None
    end = text.index("\n" + FENCE, at) + 1  # the caller knows that there is one
    while end < len(text) and text[end] == "`":
        end += 1
    return at, end


def _named(text: str, at: int, floor: int) -> Span | None:
    """Give a handle or a hashtag, or the e-mail address around an @ sign; nothing before `floor` belongs to it."""
    name = _NAME.match(text, at)
    end = name.end() if name else at + 1
    if end < len(text) and unicodedata.category(text[end])[0] == "M":
        name = _patterns().name.match(text, at)
        end = name.end() if name else at + 1
    if text[at] == "@" and text[end : end + 1] in _WITHIN_DOMAIN and (domain := _patterns().domain.match(text, at)):
        start = at
        while start > floor and (text[start - 1] in _LOCAL or _patterns().word.match(text, start - 1)):
            start -= 1
        if start < at:
            return start, domain.end()
    return (at, end) if name else None


def _address(text: str, at: int, floor: int) -> Span | None:
    """Give a web address around `://` or from `www.` on."""
    start = at
    while start > floor and text[start - 1] in _SCHEME:
        start -= 1
    if text[at] == "w":
        if start < at and text[at - 1].isalnum():
            return None
        start = at
    else:
        while start < at and not text[start].isalpha():
            start += 1
        if start == at:
            return None
    address = _ADDRESS.match(text, at)
    end = at + len(address[0].rstrip(_TRAILING)) if address else at
    return (start, end) if end > at + len("://") else None


class _Patterns:
    """Patterns that know all combining marks of Unicode."""

    def __init__(self) -> None:
        points = (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0))
        marks = "".join(chr(p) for p in points if unicodedata.category(chr(p))[0] == "M")
        word = rf"[\w{marks}]"
        self.word = re.compile(word)
        self.name = re.compile(rf"[@#]{word}+")
        self.rest = re.compile(rf"(?:-|{word})*")
        self.domain = re.compile(rf"@{word}+(?:-+{word}+)*(?:[.]{word}+(?:-+{word}+)*)+")


@cache
def _patterns() -> _Patterns:
    """Build the patterns when a text first needs them: going through Unicode takes 15 ms."""
    return _Patterns()
