"""The automaton that finds which phrase a line is."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from arclean.patterns.states import Builder, kinds_of
from arclean.patterns.syntax import (
    ANY,
    CLITICS,
    KNOWN,
    NAME,
    PASSED,
    PRIMITIVES,
    WORD,
    Node,
    parse,
    tokens,
    with_clitics,
)

MOST_PHRASES = 12
"""The longest row of phrases looked for in one line: a menu that lost its line ends."""

MOST_KNOWN = 6
"""The longest line tried for being made of words that phrases name, whatever it begins with."""

MOST_REMEMBERED = 100_000
"""Moves, and words, that an automaton remembers before it forgets them all: some ten megabytes."""

# Words that any story has: no line is tried because of them.
_COMMON = frozenset("في من علي الي عن مع او و لا ان هذا هذه التي الذي بين كل بعد قبل دون بدون غير ما هو هي تم".split())
_OPEN = re.compile(r"\{(BRAND|TEXT|TITLE|PERSON|PLACE)\}|\.\.\.|<[wt]>")


class Automaton:
    """Find which of many phrases a line is, or which row of them.

    Parameters: `phrases` as written, in order of preference; `classes` maps the name of a class to its alternatives,
    each a phrase; `alone` are the numbers of phrases that are never part of a row and whose words no other knows.

    Raises PhraseError for a bracket that is not closed, an unknown class or a class that contains itself.

    >>> pages = Automaton(["شارك [{THIS}] (على | عبر) فيسبوك", "<n> تعليق"], {"THIS": ["المقال", "هذا الخبر"]})
    >>> [pages.match(words) for words in tokens(["شارك هذا الخبر على فيسبوك", "٧ تعليق", "شارك في المسيرة"])]
    [(0,), (1,), ()]
    """

    def __init__(
        self, phrases: Sequence[str], classes: Mapping[str, Sequence[str]], *, alone: frozenset[int] = frozenset()
    ) -> None:
        # What ends in any words whatever would swallow the rest of a sentence, were it part of a row.
        self._alone = alone | {n for n, phrase in enumerate(phrases) if _OPEN.search(phrase)}
        self._anchors: dict[str, list[tuple[frozenset[str], ...]]] = {}
        builder = Builder(classes)
        for number, phrase in enumerate(phrases):
            node, named = parse(phrase), frozenset(builder.named) if number in alone else None
            # Phrases that begin with any words whatever begin in state 1, and are only tried on lines that have the
            # other words that they need: their anchors.
            anchors = list(_anchors(builder, node)) if builder.begins(node) is None else []
            builder.add(number, node, 1 if anchors else 0)
            for word in with_all_clitics(anchors[0]) if anchors else ():
                self._anchors.setdefault(word, []).append(tuple(map(with_all_clitics, anchors[1:])))
            if named is not None:
                builder.named = set(named)
        self._moves = builder.finish()
        self._ends, self._beginnings = self._moves.ends, self._moves.beginnings
        self._story, self._no_name = _folded(classes.get("STORY", ())), _folded(classes.get("NOBRAND", ()))
        ordinary = _folded(classes.get("ORDINARY", ()))
        self._known = with_all_clitics(frozenset(builder.named) - frozenset(PRIMITIVES) - PASSED - ordinary)
        self._telling = with_all_clitics(self._story) - self._known
        self._openers = self._opening_words()
        self._labels = frozenset(builder.labels)
        self._forget()

    def _forget(self) -> None:
        """Begin to remember: the sets of states that lines have led to, and which one a token leads to from which.

        It saves time and changes nothing, and is thrown away when it grows.
        """
        self._sets: list[frozenset[int]] = []
        self._numbers: dict[frozenset[int], int] = {}
        self._endings: list[tuple[int | None, int | None]] = []
        self._steps: dict[tuple[int, Hashable], int] = {}
        self._symbols: dict[str, Hashable] = {}
        self._seconds: dict[str, _Second | None] = {}
        self._start = self._numbered(frozenset(self._beginnings[:1]))
        self._anchored_start = self._numbered(frozenset(self._beginnings))

    def match(self, words: Sequence[str]) -> tuple[int, ...]:
        """Give the numbers of the phrases that the tokens are one after the other: one for a line that is one phrase.

        Nothing where they are, from the first to the last, no row of phrases. The fewest phrases are given, then those
        that come first.
        """
        found = self._ends_from(words, 0)
        if len(words) in found:
            return (found[len(words)],)
        rows: dict[int, tuple[int, ...]] = {end: (number,) for end, number in found.items()}
        for at in range(1, len(words) if rows else 0):
            if at in rows and len(rows[at]) < MOST_PHRASES:
                for end, number in self._ends_from(words, at).items():
                    if number not in self._alone and len(rows.get(end, words)) > len(rows[at]):
                        rows[end] = (*rows[at], number)
        return rows.get(len(words), ())

    def may_match(self, words: Sequence[str], *, long: bool) -> bool:
        """Say, from a look at the words of its key, whether a line could be a phrase: most lines of stories could not.

        Parameters: a `long` line is only tried because of the words that it begins with.
        """
        first = words[0]
        if first[0] < "\u0600" or first[-1] < "\u0600":  # digits, Latin letters: they may be glued to another word
            return True
        if first in self._openers and (len(words) == 1 or words[1][0] < "\u0600" or self._follows(first, words[1])):
            return True
        if len(words) <= MOST_KNOWN and self._known.issuperset(words):
            return True
        return not long and self._anchored(words)

    def _ends_from(self, words: Sequence[str], first: int) -> dict[int, int]:
        """Give where phrases that begin at a word may end, each with the number of the phrase.

        All live states move on together, word by word, and never back: time is bounded by words times states.
        """
        if len(self._sets) >= MOST_REMEMBERED:
            self._forget()
        live = self._anchored_start if not first and self._anchored(words) else self._start
        found: dict[int, int] = {}
        last = len(words)
        for at in range(first, last):
            live = self._step(live, words[at])
            if not self._sets[live]:
                break
            ends = self._endings[live]
            number = ends[0] if at + 1 == last else ends[1]
            if number is not None:
                found[at + 1] = number
        return found

    def _step(self, live: int, word: str) -> int:
        """Give the set of states that a token leads to: looked up where this kind of token was met here before."""
        symbol = self._symbols.get(word)
        if symbol is None:
            if len(self._symbols) >= MOST_REMEMBERED:
                self._symbols.clear()
            symbol = self._symbols[word] = self._symbol(word)
        after = self._steps.get((live, symbol))
        if after is None:
            if len(self._steps) >= MOST_REMEMBERED:
                self._steps.clear()
            after = self._steps[live, symbol] = self._numbered(self._after(self._sets[live], word))
        return after

    def _symbol(self, word: str) -> Hashable:
        """Give what of a word the moves depend on: the word itself only if a phrase names it."""
        letter, rest = _clitic(word)
        if word in PASSED or word in self._labels or (letter and rest in self._labels) or word in self._known:
            return word
        return letter, kinds_of(word, self._story, self._no_name)

    def _numbered(self, live: frozenset[int]) -> int:
        """Give the number of a set of states, a new one if it was not met before."""
        number = self._numbers.get(live)
        if number is None:
            number = self._numbers[live] = len(self._sets)
            self._sets.append(live)
            ends = sorted(self._ends[s] for s in live if s in self._ends)
            in_row = (n for n in ends if n not in self._alone)
            self._endings.append((ends[0] if ends else None, next(in_row, None)))
        return number

    def _after(self, live: frozenset[int], word: str) -> frozenset[int]:
        """Give the states that a token leads to."""
        moves = self._moves
        if word in PASSED:
            return live.union(*(moves[state].get(word, ()) for state in live))
        labels = [word, *kinds_of(word, self._story, self._no_name)]
        if word in self._known:
            labels.append(KNOWN)
        after: set[int] = set()
        letter, rest = _clitic(word)
        for state in live:
            here = moves[state]
            for label in labels:
                if label in here:
                    after.update(here[label])
            if letter and letter in here:
                for beyond in here[letter]:
                    after.update(moves[beyond].get(rest, ()))
                    after.update(moves[beyond].get(WORD, ()))
        return frozenset(after)

    def _anchored(self, words: Sequence[str]) -> bool:
        """Say whether a phrase that begins with any words has all the others that it needs here."""
        if self._anchors.keys().isdisjoint(words) or not self._telling.isdisjoint(words):
            return False
        return any(
            not any(others.isdisjoint(words) for others in rest)
            for word in words
            for rest in self._anchors.get(word, ())
        )

    def _opening_words(self) -> dict[str, list[int]]:
        """Give each word that a line of chrome begins with, and the states that it leads to."""
        moves, start = self._moves, self._moves[self._beginnings[0]]
        opened: dict[str, list[int]] = {w: list(targets) for w, targets in start.items() if w not in PRIMITIVES}
        for letter in CLITICS & start.keys():
            for between in start[letter]:
                for word, targets in moves[between].items():
                    opened.setdefault(_attached(letter, word), []).extend(targets)
        return opened

    def _follows(self, first: str, word: str) -> bool:
        """Say whether a word may follow a word that lines of chrome begin with."""
        if first not in self._seconds:
            self._seconds[first] = self._second_words(self._openers[first])
        second = self._seconds[first]
        if second is None or word in second.words:
            return True
        return (second.known and word in self._known) or (second.row and word in self._openers)

    def _second_words(self, reached: Sequence[int]) -> "_Second | None":
        """Give the words that move a state on; None for any word."""
        moves = self._moves
        beyond = [t for s in reached for sign in PASSED for t in moves[s].get(sign, ())]
        labels = frozenset(label for s in (*reached, *beyond) for label in moves[s])
        if labels & {WORD, NAME, ANY}:
            return None
        row = any(s in self._ends and self._ends[s] not in self._alone for s in reached)
        return _Second(with_all_clitics(labels), KNOWN in labels, row)


class _Second(NamedTuple):
    """What may follow the word that a line begins with."""

    words: frozenset[str]
    known: bool
    """any word that a phrase names"""
    row: bool
    """the first word of another phrase: this one may be over"""


def _clitic(word: str) -> tuple[str, str]:
    """Part a word from a letter that may be attached to it; nothing and the word where there is none."""
    if word[0] not in CLITICS or len(word) <= 2:  # noqa: PLR2004 (a clitic and a word)
        return "", word
    return word[0], "ا" + word[1:] if word[:2] == "لل" else word[1:]


def with_all_clitics(words: frozenset[str]) -> frozenset[str]:
    """Give words, alone and with each clitic attached."""
    return frozenset(written for word in words for written in with_clitics(word))


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word for row in tokens(words) for word in row)


def _attached(letter: str, word: str) -> str:
    return "لل" + word[2:] if letter == "ل" and word[:2] == "ال" else letter + word


def _anchors(builder: Builder, phrase: Node) -> Iterator[frozenset[str]]:
    """Yield sets of words of each of which a line needs one to be this phrase, the rarest in stories first."""
    found = [words for part in phrase.parts if (words := builder.begins(part)) is not None]
    usable = [words for words in found if not words & (PASSED | frozenset(PRIMITIVES))]  # those are in no key
    yield from sorted(usable, key=lambda words: (len(words & _COMMON), len(words)))
