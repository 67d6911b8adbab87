"""How phrases are written, and how lines are cut into the tokens that phrases are made of."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from arclean.lines import key_changes
from arclean.rules.tables import CharTable

NUMBER, LATIN, WORD, NAME, KNOWN, ANY = PRIMITIVES = ("<n>", "<a>", "<w>", "<b>", "<k>", "<t>")
MORE = "..."
SEPARATOR = ":"

# What stands between the parts of a line of chrome. In dates, slash and hyphen are passed over.
_SEPARATORS = ":|/-_»«<>›‹•·*\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}"
QUOTE = '"'
_QUOTES = '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}'
SIGNS = "@\N{COPYRIGHT SIGN}#"
PASSED = frozenset((SEPARATOR, QUOTE, *SIGNS, "."))
"""Tokens that count only where a phrase asks for them."""

CLITICS = frozenset("وبل")

_TOKEN = re.compile(r"\d+|[a-z]+|[^\W\d_a-z]+|[:\x22@©#]|(?<=[a-z\d])\.(?=[a-z])")
_SYNTAX = re.compile(r"\{(\w+)\}|(<[nawbkt]>|\.\.\.)|([\[\]()|]|\+(?=[\s\])]|$))|([^\s\[\]()|{}]+)")


class PhraseError(ValueError):
    """A phrase that cannot be read: which one, and what is wrong with it."""


@cache
def _table() -> CharTable:
    """Build the comparison key's table, except that separators, signs and dots stay visible."""
    changes = {c: new for c, new in key_changes().items() if c not in PASSED}
    return CharTable(changes | dict.fromkeys(_SEPARATORS, SEPARATOR) | dict.fromkeys(_QUOTES, QUOTE))


def tokens(lines: Sequence[str]) -> list[list[str]]:
    """Give the words, numbers and signs of each line, folded as comparison keys are.

    >>> tokens(["• ٠٣ تعليقاتٍ", "الرئيسية » أخبار"])
    [[':', '03', 'تعليقات'], ['الرييسيه', ':', 'اخبار']]
    """
    return [_TOKEN.findall(line) for line in _table()("\n".join(lines)).split("\n")]


def with_clitics(word: str) -> tuple[str, ...]:
    """Give a word as it is written alone and with a clitic attached.

    >>> with_clitics("الموقع")
    ('الموقع', 'والموقع', 'بالموقع', 'للموقع')
    """
    return word, "و" + word, "ب" + word, "لل" + word[2:] if word[:2] == "ال" else "ل" + word


class Node(NamedTuple):
    """A part of a phrase: a word, a primitive, a class, or a sequence, choice or option of parts."""

    kind: str
    text: str = ""
    parts: tuple["Node", ...] = ()


def parse(phrase: str) -> Node:
    """Read a phrase.

    Raises PhraseError for a bracket that does not close or closes what is not open.
    """
    pieces = list(_SYNTAX.finditer(phrase))
    node, rest = _parse_choice(iter(pieces), phrase, "")
    if rest:
        raise PhraseError(f"{phrase!r}: {rest!r} closes nothing")
    return node if node.kind == "sequence" else Node("sequence", parts=(node,))


def _parse_choice(pieces: Iterator[re.Match[str]], phrase: str, closing: str) -> tuple[Node, str]:
    """Read up to the closing bracket; give the node and the bracket that ended it."""
    options: list[list[Node]] = [[]]
    for piece in pieces:
        name, primitive, bracket, word = piece.groups()
        if name:
            options[-1].append(Node("class", name))
        elif primitive:
            options[-1].append(Node("primitive", primitive))
        elif word:
            options[-1].extend(_words(word))
        elif bracket == "+":
            options[-1][-1] = Node("repeat", parts=(options[-1][-1],))
        elif bracket == "|":
            options.append([])
        elif bracket in "[(":
            inner, ended = _parse_choice(pieces, phrase, "]" if bracket == "[" else ")")
            if ended != ("]" if bracket == "[" else ")"):
                raise PhraseError(f"{phrase!r}: {bracket!r} is not closed")
            options[-1].append(Node("option", parts=(inner,)) if bracket == "[" else inner)
        elif bracket == closing:
            return _choice(options), bracket
        else:
            return _choice(options), bracket
    return _choice(options), ""


def _choice(options: list[list[Node]]) -> Node:
    nodes = tuple(Node("sequence", parts=tuple(parts)) for parts in options)
    return nodes[0] if len(nodes) == 1 else Node("choice", parts=nodes)


def _words(word: str) -> Iterator[Node]:
    """Fold a word of a phrase as lines are folded; a sign counts only where it stands alone."""
    for token in [word] if word in PASSED else tokens([word])[0]:
        if token == word or token not in PASSED:
            yield Node("word", token)
