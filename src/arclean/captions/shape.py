"""The shape of a caption: what it says, its credit, its label."""

import re
import tomllib
from functools import cache, lru_cache
from html import unescape
from importlib.resources import files
from typing import NamedTuple

from arclean import alphabet
from arclean.lines import comparison_key
from arclean.patterns import Automaton, tokens
from arclean.rules.tables import CharTable


class Caption(NamedTuple):
    """A line taken apart: what it says, as the words of its key, and its credit."""

    words: tuple[str, ...]
    credit: str
    shaped: bool
    """Whether it has what makes a caption of a sentence: a credit or a label."""
    stopped: bool
    """Whether what it says ends with a full stop."""


@cache
def data() -> dict[str, list[str]]:
    """Read what captions are known by, and what may differ between two copies."""
    return tomllib.loads((files("arclean") / "phrases" / "captions.toml").read_text(encoding="utf8"))


_BRACKETS = re.compile(r"([\[(])([^\[\]()]{1,80})[\])]\s{0,5}\.?\s{0,5}$")
_SLASH = re.compile(r"/([^/]{2,60})$")
_NAMED = re.compile(
    r"(?:صورة|الصورة|تصوير|عدسة|بعدسة|صدر الصورة|مصدر الصورة|حقوق الصورة|Photo|Credit)\s?[:،]([^:،]{2,50})$"
)
_LABEL = re.compile(
    r"^\s{0,5}(?:(?:صدر|مصدر) الصورة\s?[:،]([^\-–]{2,40})[-–]|"
    r"(?:التعليق على الصورة|تعليق الصورة|شرح الصورة|صورة|الصورة|Image caption|Photo|Caption)\s?[:،\-–])"
)


@cache
def _credits() -> Automaton:
    classes = tomllib.loads((files("arclean") / "phrases" / "classes.toml").read_text(encoding="utf8"))
    return Automaton(data()["credits"], classes)


@cache
def _unmarked() -> CharTable:
    """Take marks, tatweel and invisible characters away, so that the shape of a line is seen through them."""
    return CharTable(dict.fromkeys(alphabet.MARKS + alphabet.TATWEEL + alphabet.INVISIBLES, ""))


MOST_CHARACTERS = 80
"""One line of small print."""


def is_credit(text: str) -> bool:
    """Whether a line or a piece of one is a credit or a label, and nothing else."""
    return len(text) <= MOST_CHARACTERS and _is_credit(text)


@lru_cache(maxsize=4096)
def _is_credit(text: str) -> bool:
    return len(_credits().match(tokens([text])[0])) == 1


def caption(text: str) -> Caption:
    """Take a line apart."""
    text = " ".join(_unmarked()(unescape(text) if "&" in text else text).split())
    credits_: list[str] = []
    shaped = False
    if label := _LABEL.match(text):
        shaped = True
        credits_ += filter(None, (label[1],))
        text = text[label.end() :]
    for _ in range(2):  # an archive note and an agency, at the most
        if m := _BRACKETS.search(text[-90:]):
            if m[1] == "(" and not is_credit(m[2]):
                break
            credits_.append(m[2])
        elif (m := _NAMED.search(text[-80:])) or ((m := _SLASH.search(text[-61:])) and is_credit(m[1])):
            credits_.append(m[1])
        else:
            break
        text = text[: len(text) - (len(m.string) - m.start())].rstrip()
    key = comparison_key(text)
    credit = comparison_key(" ".join(sorted(credits_)))
    return Caption(tuple(key.split()), credit, shaped or bool(credits_), text.endswith("."))
