"""What a line says about itself before anything is counted: whom it speaks to, whether it is a sentence, a formula."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntFlag
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from arclean.boilerplate.keys import LINK, MAIL
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
    MARKED = 32
    """set as a note: after a star or in brackets, with a slash, bar, plus or Latin letters"""
    OPENS = 64
    """ends with a colon, or exclaims: opens a list, or greets, in each text anew"""
    WORDY = 128
    """of six words or more, and yet no sentence"""
    PHRASE = 256
    """of four words or more: a signature, no name and no label"""


# Subheads that end with a full stop are rare, and rarer still with six words or more.
SENTENCE_WORDS = 6
PHRASE_WORDS = 4
# Past this a line is a paragraph whether or not it ends with a full stop: titles reach 16 words.
PARAGRAPH_WORDS = 18
# Signs are only sought in lines that could be a label, a prompt or a notice; the longest notice seen has 60 words.
LONGEST = 80

_STOPS = (".", "…", "؟", "!", '."', ".»", ".”", "。")
_INTRODUCES = (":", "؟", "!", "..", "…", "?", ":-", '"', "»", "”")
# Editors set notes and credits apart by these; "-" and "•" mark list items too.
MARKS = ("*", "#", "(", "[", "/", "|", "=", "_", ">", "<", "\N{COPYRIGHT SIGN}")
_NOTE = re.compile("[A-Za-z@/|+=\N{COPYRIGHT SIGN}]")
_LINKS = ("http://", "https://", "www.")
_QUOTES = ('"', "«", "“")
_OPENINGS = (":", ":-", "!")
# «نافذة» ركن يكتبه فلان كل أحد: a name in quotes at the head of a line that goes on is no quotation.
_NAMED = re.compile(r'["«“][^"«»“”]{1,40}["»”]\s+\w+\s+\w+')
# Names with الله in them, whose lines are no formulas.
_IN_NAMES = frozenset(
    {"عبد", "حزب", "فضل", "نصر", "جار", "سعد", "ضيف", "عون", "خلف", "هبه", "خير", "رزق", "فتح", "لطف"}
)


def read_line(line: str, key: str) -> Sign:
    """Read the signs of a line off its text and its key.

    >>> signs = read_line("لمتابعة البث اضغط هنا...", "لمتابعه البث اضغط هنا")
    >>> Sign.ADDRESSED in signs, Sign.LABEL in signs, Sign.SENTENCE in signs
    (True, True, False)
    """
    words = key.split()
    bare = line.strip()
    if len(words) > LONGEST:
        return Sign.SENTENCE
    if not words:
        return Sign(0)
    signs = _shape(bare, words)
    sentence = bool(signs & _SENTENCE)
    families = _families()
    if (families.sacred if sentence else families.protected).finds(key, words):
        signs |= _PROTECTED
    elif not sentence and families.subheads.finds(key, words):
        signs |= _SUBHEAD
    addressed = families.speaking if sentence else families.addressed
    contact = not sentence and (words[-1] == MAIL or LINK in words[-2:] or bare.startswith(_LINKS))
    if contact or addressed.finds(key, words):
        signs |= _ADDRESSED
    return Sign(signs)


# An enum's own | takes longer than reading a short line.
_PROTECTED, _SUBHEAD, _ADDRESSED = int(Sign.PROTECTED), int(Sign.SUBHEAD), int(Sign.ADDRESSED)
_SENTENCE, _LABEL, _MARKED = int(Sign.SENTENCE), int(Sign.LABEL), int(Sign.MARKED)
_OPENS, _WORDY, _PHRASE = int(Sign.OPENS), int(Sign.WORDY), int(Sign.PHRASE)


def _shape(bare: str, words: list[str]) -> int:
    """Read the signs of size, of the ends and of what sets a line apart."""
    size, signs = len(words), 0
    sentence = size >= PARAGRAPH_WORDS or (size >= SENTENCE_WORDS and bare.endswith(_STOPS))
    if sentence:
        signs |= _SENTENCE
    elif bare.endswith(_INTRODUCES) or (bare.startswith(_QUOTES) and not _NAMED.match(bare)):
        signs |= _LABEL
    if bare.endswith(_OPENINGS):
        signs |= _OPENS
    if size >= PHRASE_WORDS:
        signs |= _PHRASE
    if not sentence and size >= SENTENCE_WORDS:
        signs |= _WORDY
    if not sentence and (bare.startswith(MARKS) or _NOTE.search(bare)):
        signs |= _MARKED
    return signs


def addressed_opening(words: tuple[str, ...]) -> int:
    """Give how many of a line's first words are a known phrase that speaks to the reader.

    >>> addressed_opening(("اقرا", "ايضا", "قمه", "في", "بغداد"))
    2
    """
    known = addressed_openings().get(words[0], ()) if words else ()
    return next((len(p) for p in known if words[: len(p)] == p), 0)


def addressed_openings() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Give those phrases by their first word, the longest first."""
    return _families().addressed.openings


class _Phrases:
    """Phrases of one or more families, compiled; all patterns are anchored or literal, so that matching is linear."""

    def __init__(self, families: Iterable[Mapping[str, object]]) -> None:
        lines: list[str] = []
        openings: list[tuple[str, ...]] = []
        inside: list[tuple[str, ...]] = []
        for family in families:
            lines += [_pattern(p) for p in _strings(family, "lines")]
            openings += [tuple(comparison_key(p).split()) for p in _strings(family, "openings")]
            inside += [tuple(comparison_key(p).split()) for p in _strings(family, "words")]
        self.inside = by_longest_word(inside)
        self._line = re.compile("|".join(lines) or r"(?!)")
        self.openings: dict[str, tuple[tuple[str, ...], ...]] = {}
        for opening in sorted(set(openings), key=lambda p: (-len(p), p)):
            self.openings[opening[0]] = (*self.openings.get(opening[0], ()), opening)

    def finds(self, key: str, words: list[str]) -> bool:
        return bool(self._opens(words) or self._line.fullmatch(key)) or self.holds(words)

    def _opens(self, words: list[str]) -> bool:
        known = self.openings.get(words[0]) if words else None
        return known is not None and any(tuple(words[: len(p)]) == p for p in known)

    def holds(self, words: list[str]) -> bool:
        if self.inside.keys().isdisjoint(words):
            return False
        return any(
            tuple(words[start : start + len(phrase)]) == phrase and not (start and _names(words[start - 1]))
            for start, phrase in starts(words, self.inside)
        )


def by_longest_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Give phrases by the longest of their words, each with where in it that word stands.

    Most phrases begin with a word that every other sentence has, على or من; the longest is seldom one of these.

    >>> by_longest_word([("علي", "مسووليه", "كاتبها")])
    {'مسووليه': [(1, ('علي', 'مسووليه', 'كاتبها'))]}
    """
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for phrase in phrases:
        longest = max(phrase, key=len)
        found.setdefault(longest, []).append((phrase.index(longest), phrase))
    return found


def starts(
    words: Sequence[str], phrases: Mapping[str, list[tuple[int, tuple[str, ...]]]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give where phrases may start whose longest word is among the words."""
    for at in [at for at, word in enumerate(words) if word in phrases]:
        yield from ((at - within, phrase) for within, phrase in phrases[words[at]] if at >= within)


def _names(word: str) -> bool:
    """Whether a word, with و or ل or ب before it or not, makes a name of a following الله."""
    return word in _IN_NAMES or word.lstrip("وفبلك") in _IN_NAMES


class _Families(NamedTuple):
    protected: _Phrases
    sacred: _Phrases
    """of those, the ones that a full sentence is protected by too"""
    subheads: _Phrases
    addressed: _Phrases
    speaking: _Phrases
    """of those, the ones that say so in a full sentence too; others are only named in it"""


@cache
def _families() -> _Families:
    text = files("arclean").joinpath("data/protected.toml").read_text("utf-8")
    table = tomllib.loads(text)
    kept = table["protected"].values()
    return _Families(
        _Phrases(f for f in kept if not f["yields"]),
        _Phrases(f for f in kept if not f["yields"] and f["sentences"]),
        _Phrases(f for f in kept if f["yields"]),
        _Phrases(table["addressed"].values()),
        _Phrases(f for f in table["addressed"].values() if f["sentences"]),
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
