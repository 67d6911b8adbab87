"""Joiners that are spelling: ZWJ in emoji, ZWNJ in Persian words, both in Indic scripts; elsewhere nobody sees them."""

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property

from arclean import alphabet
from arclean.repair import languages
from arclean.repair.languages import Vote, Votes, votes

_JOINERS = alphabet.ZWNJ + alphabet.ZWJ
_ZWSP = "\N{ZERO WIDTH SPACE}"

# Scripts in which joiners choose between spellings, and ZWSP parts words that no space parts: Indic, Thai to Tibetan,
# Myanmar, Khmer, Mongolian. The blocks are those of Unicode 15.1; decomposed letters stay in their block.
_NEEDS_JOINERS = re.compile("[\u0900-\u109f\u1780-\u18af\u1900-\u1aaf\ua8e0-\ua8ff\uaa60-\uaa7f\U00011000-\U00011fff]")

# What ZWJ joins in emoji (emoji-zwj-sequences.txt): a pictograph with its variation selector or skin tone, to a symbol.
_EMOJI_BEFORE = re.compile("[\N{VARIATION SELECTOR-16}\U0001f3fb-\U0001f3ff]")
_FIRST_EMOJI = "\u2600"

# Kurdish once wrote its vowel ە as ه + ZWNJ, at a word's end too: these letters tell that it is Kurdish.
_KURDISH = re.compile("[ۆێڕڵ]")


class Joiners:
    """Decides which joiner of a run of invisible characters is spelling; asked from left to right, in linear time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.last_end, self.last_before = 0, ""
        self.line = _LineOfWords("", 0)

    def kept(self, start: int, end: int) -> int:
        """Give the place of the joiner to keep among `text[start:end]`, or -1."""
        before, after = self._before(start, end), self.text[end : end + 1]
        if _NEEDS_JOINERS.match(before):
            spelling = _JOINERS + _ZWSP
        elif _pictograph(self.text[start - 1 : start]) and after and unicodedata.category(after)[0] == "S":
            spelling = alphabet.ZWJ
        elif alphabet.ZWNJ in self.text[start:end] and self._is_spelling(before, after, start):
            spelling = alphabet.ZWNJ
        else:
            return -1
        return next((i for i in range(start, end) if self.text[i] in spelling), -1)

    def _before(self, start: int, end: int) -> str:
        """Give the character before a run of invisible ones, marks between them passed over."""
        at = start - 1
        while at >= self.last_end and unicodedata.category(self.text[at])[0] == "M":
            at -= 1
        before = self.text[at] if at >= self.last_end else self.last_before
        self.last_end, self.last_before = end, before
        return before

    def _is_spelling(self, before: str, after: str, at: int) -> bool:
        """Whether a ZWNJ here is spelling, beside a letter of a word that is not Arabic.

        At a word's edge nobody sees it, but for Kurdish's ه; it stays all the same: text in another language is left
        alone ("حاشيه" + ZWNJ + " ها" is a Persian hand that knows it should not write the space).
        """
        first, last = languages.WORD.match(after), languages.WORD.match(before)
        kurdish = before == alphabet.HEH and not first and self._kurdish
        return kurdish or (bool(first or last) and self._of_another_language(at))

    def _of_another_language(self, at: int) -> bool:
        """Whether the word, the words near it, its line or at last the text are not Arabic."""
        if not self.line.start <= at < self.line.end:
            start = self.text.rfind("\n", 0, at) + 1
            end = self.text.find("\n", at)
            self.line = _LineOfWords(self.text[start : end if end >= 0 else len(self.text)], start)
        line = self.line
        if line.foreign_at(at) or line.all.other:
            return True
        return not line.all.evident and self._whole.other

    @cached_property
    def _whole(self) -> Votes:
        return votes(self.text)

    @cached_property
    def _kurdish(self) -> bool:
        return _KURDISH.search(self.text) is not None


class _LineOfWords:
    """A line with the votes of its words."""

    def __init__(self, text: str, start: int) -> None:
        self.start, self.end = start, start + len(text)
        words = list(languages.WORD.finditer(text))
        self.starts = [start + w.start() for w in words]
        bare = [languages.bare(w[0]) for w in words]
        self.votes = [languages.vote(w) for w in bare]
        self.foreign = [languages.has_letters_arabic_lacks(w) for w in bare]
        self.all = languages.count(self.votes)

    def foreign_at(self, at: int) -> bool:
        """Whether the word at `at` has letters that Arabic lacks, or stands among words of another language."""
        i = bisect_right(self.starts, at) - 1
        if i < 0 or self.foreign[i]:
            return i >= 0
        near = languages.count(self.votes[max(0, i - _NEAR) : i + _NEAR + 1])
        return near.foreign > (0 if self.votes[i] is Vote.LOOKALIKE else near.arabic)


_NEAR = 3  # words on each side


def _pictograph(char: str) -> bool:
    return bool(char) and (
        (char >= _FIRST_EMOJI and unicodedata.category(char) == "So") or _EMOJI_BEFORE.match(char) is not None
    )
