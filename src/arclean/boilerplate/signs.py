"""What a line says about itself before anything is counted: whom it speaks to, whether it is a sentence, a formula."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import IntFlag
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from arclean.boilerplate.keys import ADDRESS
from arclean.lines import comparison_key


class Sign(IntFlag):
    """What a line shows on its face; several may hold."""

    PROTECTED = 1
    """a formula of religion or greeting, an ordinal, a question: never boilerplate"""
    SUBHEAD = 2
    """a subhead of many texts of a kind: boilerplate only inside a block that most pages carry"""
    ADDRESSED = 4
    """speaks to the reader or for the publisher"""
    SENTENCE = 8
    LABEL = 16
    """ends with a colon, asks, exclaims, or is quoted: introduces what follows"""


class Reading(NamedTuple):
    """The signs of a line, and how many of its first words are the phrase that shows whom it speaks to."""

    signs: Sign
    opening: int


# A subhead of seven words is rare and a news sentence of five is: the shortest of 20,000 sentences read have five.
SENTENCE_WORDS = 6
# Past this a line is a paragraph whether or not it ends with a full stop: titles reach 16 words, captions are another rule's.
PARAGRAPH_WORDS = 18
# Signs are only sought in lines that could be a label, a prompt or a notice; the longest notice seen has 60 words.
LONGEST = 80

_STOPS = (".", "…", "؟", "!", '."', ".»", ".”", "。")
_INTRODUCES = (":", "؟", "!", "..", "…", "?", ":-", '"', "»", "”")
_QUOTES = ('"', "«", "“")
# Names with الله in them, whose lines are no formulas.
_IN_NAMES = frozenset({"عبد", "حزب", "فضل", "نصر", "جار", "سعد", "ضيف", "عون", "خلف", "هبه", "خير", "رزق", "فتح", "لطف"})


def read_line(line: str, key: str) -> Reading:
    """Read the signs of a line off its text and its key.

    >>> read_line("لمتابعة البث اضغط هنا...", "لمتابعه البث اضغط هنا").signs == Sign.ADDRESSED | Sign.LABEL
    True
    """
    words = key.split()
    bare = line.strip()
    if len(words) > LONGEST:
        return Reading(Sign.SENTENCE, 0)
    signs = Sign(0)
    sentence = len(words) >= PARAGRAPH_WORDS or (len(words) >= SENTENCE_WORDS and bare.endswith(_STOPS))
    if sentence:
        signs |= Sign.SENTENCE
    elif bare.endswith(_INTRODUCES) or bare.startswith(_QUOTES):
        signs |= Sign.LABEL
    families = _families()
    # A long paragraph that holds the word is no formula, and needs no protection that a sentence does not have.
    if not sentence and families.protected.finds(key, words):
        signs |= Sign.PROTECTED
    elif not sentence and families.subheads.finds(key, words):
        signs |= Sign.SUBHEAD
    opening = families.addressed.opening(key)
    if ADDRESS in words[-2:] or opening or families.addressed.holds(key, words):
        signs |= Sign.ADDRESSED
    return Reading(signs, opening)


class _Phrases:
    """Phrases of one or more families, compiled; all patterns are anchored or literal, so that matching is linear."""

    def __init__(self, families: Iterable[Mapping[str, object]]) -> None:
        lines: list[str] = []
        openings: list[str] = []
        self.inside: dict[str, list[tuple[str, ...]]] = {}
        for family in families:
            lines += [_pattern(p) for p in _strings(family, "lines")]
            openings += [re.escape(comparison_key(p)) for p in _strings(family, "openings")]
            for phrase in _strings(family, "words"):
                first, *rest = comparison_key(phrase).split()
                self.inside.setdefault(first, []).append(tuple(rest))
        self._line = re.compile("|".join(lines) or r"(?!)")
        longest_first = sorted(set(openings), key=lambda p: (-len(p), p))
        self._opening = re.compile(rf"(?:{'|'.join(longest_first)})(?= |$)") if openings else re.compile(r"(?!)")

    def finds(self, key: str, words: list[str]) -> bool:
        return bool(self._line.fullmatch(key) or self._opening.match(key)) or self.holds(key, words)

    def opening(self, key: str) -> int:
        m = self._opening.match(key)
        return len(m.group().split()) if m else 0

    def holds(self, key: str, words: list[str]) -> bool:
        for at, word in enumerate(words):
            for rest in self.inside.get(word, ()):
                if tuple(words[at + 1 : at + 1 + len(rest)]) == rest and not (at and words[at - 1] in _IN_NAMES):
                    return True
        return False


class _Families(NamedTuple):
    protected: _Phrases
    subheads: _Phrases
    addressed: _Phrases


@cache
def _families() -> _Families:
    text = files("arclean").joinpath("data/protected.toml").read_text("utf-8")
    table = tomllib.loads(text)
    kept = table["protected"].values()
    return _Families(
        _Phrases(f for f in kept if not f["yields"]),
        _Phrases(f for f in kept if f["yields"]),
        _Phrases(table["addressed"].values()),
    )


def _strings(family: Mapping[str, object], name: str) -> list[str]:
    value = family.get(name, [])
    return [str(v) for v in value] if isinstance(value, list) else []


def _pattern(phrase: str) -> str:
    """Give the pattern of a whole line: `...` is up to four words, `{N}` a number."""
    parts = []
    for word in phrase.split():
        if word == "...":
            parts.append(r"(?:\S+(?: |$)){0,4}")
        elif "{N}" in word:
            parts.append(re.escape(comparison_key(word.replace("{N}", ""))) + r"[0-9]+(?: |$)")
        else:
            parts.append(re.escape(comparison_key(word)) + r"(?: |$)")
    return "".join(parts)
