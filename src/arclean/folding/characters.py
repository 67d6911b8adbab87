"""Rules that change single characters: one table gives a rule both its edits and its shortcut."""

import re
import unicodedata
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from arclean.edits import Edit
from arclean.rules import Rule
from arclean.rules.shortcuts import Shortcut
from arclean.rules.spans import outside, protected_spans
from arclean.rules.tables import CharTable

# The letters of the script that Unicode composes (UnicodeData.txt, canonical decompositions of blocks 0600 and 0870).
COMPOSED = {
    unicodedata.normalize("NFD", letter): letter
    for letter in (
        "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
        "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER HEH WITH YEH ABOVE}",
        "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}",
    )
}
"""Letter and mark to the one letter that they are."""

_COMPOSING = re.compile(f"[{''.join(sorted({pair[1] for pair in COMPOSED}))}]")


@dataclass(frozen=True, repr=False)
class CharacterRule(Rule):
    """A rule that changes characters one by one, wherever they stand.

    Parameters: `protect` says whether addresses, handles, hashtags and fenced code are left alone.

    A subclass gives `changes`. Where a letter and a combining mark are canonically one letter, the rule does to the two
    what it does to the one, whichever marks stand between them: decomposed text fares as composed text does.
    """

    protect: bool = True

    @abstractmethod
    def changes(self) -> Mapping[str, str]:
        """Give what each character becomes."""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give (old, new) for what the rule changes by its neighbours, beyond its table."""
        return ()

    def doubts(self) -> tuple[Callable[[str], bool], ...]:
        """Give functions that say of the table's answer whether the rule would find more."""
        return ()

    def find(self, text: str) -> Iterator[Edit]:
        """Yield an edit for each changed character, and for each run of removed ones."""
        return self.find_characters(text)

    def find_characters(self, text: str) -> Iterator[Edit]:
        """Yield the edits that follow from the table."""
        made = _made(self)
        become = made.changes.get
        fates = dict(_fates(text, made))
        start = end = -1  # of a run of characters to remove
        for match in outside(made.pattern.finditer(text), protected_spans(text) if self.protect else ()):
            at = match.start()
            old, reason = text[at], ""
            new = become(old, old)
            if fates:
                new, reason = fates.get(at, (new, reason))
            if not new and not reason:
                if at != end:
                    if end > start:
                        yield Edit(start, end, "", removed(text[start:end]))
                    start = at
                end = at + 1
            elif new != old:
                if end > start:
                    yield Edit(start, end, "", removed(text[start:end]))
                    start = end
                yield Edit(at, at + 1, new, reason or changed(old, new))
        if end > start:
            yield Edit(start, end, "", removed(text[start:end]))

    @property
    def shortcut(self) -> Shortcut:
        """The table, with the texts that need a closer look."""
        return _made(self).shortcut


class _Made(NamedTuple):
    """What is built of a rule when it is first used."""

    changes: Mapping[str, str]
    pattern: re.Pattern[str]
    together: Mapping[str, str]
    """Of COMPOSED the pairs to be looked at together: what becomes of the parts is not what becomes of the letter."""
    shortcut: Shortcut


@cache
def _made(rule: CharacterRule) -> _Made:
    changes = rule.changes()
    table = CharTable(changes)
    fold = table.one_by_one
    together = {pair: letter for pair, letter in COMPOSED.items() if not _same(fold(pair), fold(letter))}
    keys = "".join(sorted({*changes, *(pair[1] for pair in together)}))
    pairs = (*together.items(), *rule.pairs())
    shortcut = Shortcut(table, pairs, rule.protect, rule.doubts())
    pattern = re.compile(f"[{re.escape(keys)}]" if keys else "(?!)")
    return _Made(changes, pattern, together, shortcut)


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def _fates(text: str, made: _Made) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield where a mark is part of a letter: its place, what it becomes with the letter, and why."""
    marks = {pair[1] for pair in made.together}
    if not any(mark in text for mark in marks):
        return
    at = 0
    for match in _COMPOSING.finditer(text):
        if match.start() < at:
            continue
        start, at = cluster(text, match.start())
        if (found := composed(text[start:at])) and (letter := made.together.get(found[0])):
            mark = found[0][1]
            new = made.changes.get(letter, letter)
            yield start + found[1], (mark, "") if new == letter else ("", changed(letter, new))


def cluster(text: str, at: int) -> tuple[int, int]:
    """Give the span of the letter and all its combining marks around a character."""
    start, end = at, at + 1
    while start and unicodedata.combining(text[start]):
        start -= 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return start, end


def composed(cluster: str) -> tuple[str, int] | None:
    """Find the mark that composes with the letter at the start: the pair, and the place of the mark.

    By the canonical composition algorithm (UAX 15, section 1.3): marks in the order of their classes, and none that
    one of its own class or a higher one keeps from the letter.

    >>> composed("ا\N{ARABIC FATHA}\N{ARABIC HAMZA ABOVE}")[1]
    2
    """
    last = 0
    for at in sorted(range(1, len(cluster)), key=lambda i: unicodedata.combining(cluster[i])):
        rank = unicodedata.combining(cluster[at])
        if rank > last and cluster[0] + cluster[at] in COMPOSED:
            return cluster[0] + cluster[at], at
        last = rank
    return None


@cache
def changed(old: str, new: str) -> str:
    """Say what became what.

    >>> changed("أ", "ا"), changed("،", ",")
    ('alef with hamza above → alef', 'Arabic comma → ,')
    """
    return f"{called(old)} → {new if new.isascii() else ' '.join(map(called, new))}" if new else called(old)


@lru_cache(maxsize=4096)
def removed(run: str) -> str:
    """Say what was removed, and how often.

    >>> removed("ـــ")
    'elongation mark, 3 times'
    """
    counts = Counter(map(called, run))
    return " and ".join(name if times == 1 else f"{name}, {times} times" for name, times in counts.items())


@cache
def called(char: str) -> str:
    """Give a character's name as people say it.

    >>> called("آ"), called("؟")
    ('alef with madda above', 'Arabic question mark')
    """
    name = unicodedata.name(char, "")
    if not name:
        return f"U+{ord(char):04X}"
    if name == "ARABIC TATWEEL":
        return "elongation mark"
    if unicodedata.category(char)[0] in "LM":
        name = name.removeprefix("ARABIC LETTER ").removeprefix("ARABIC ")
    return name.lower().replace("arabic", "Arabic").replace("latin", "Latin")
