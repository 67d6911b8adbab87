"""Letters written again and again for effect: جداااااا."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from arclean import alphabet
from arclean.edits import Edit
from arclean.folding.characters import CharacterRule, called
from arclean.rules.spans import outside, protected_spans


@dataclass(frozen=True, repr=False)
class FoldElongation(CharacterRule):
    """Shorten a letter that is written again and again: alef from three on to one, any other from four on to three.

    Three of a letter may be spelling: تتتبع, ووولفرهامبتون, and مرئيين once hamza is folded. Digits, Latin letters and
    dots are left as they are.

    >>> FoldElongation()("جداااا ههههههه تتتبع 1000000")
    'جدا ههه تتتبع 1000000'
    """

    name: ClassVar[str] = "fold_elongation"
    lossy: ClassVar[bool] = True

    def changes(self) -> Mapping[str, str]:
        """Give nothing: no letter changes by itself."""
        return {}

    def doubts(self) -> tuple[Callable[[str], bool], ...]:
        """Give the look for letters in a row."""
        return (may_be_elongated,)

    def find(self, text: str) -> Iterator[Edit]:
        """Yield an edit for each letter, with its marks, that is repeated."""
        for run in outside(_RUN.finditer(text), protected_spans(text) if self.protect else ()):
            size = len(run[1])
            times = (run.end() - run.start()) // size
            if run.end() < len(text) and unicodedata.combining(text[run.end()]):
                times -= 1  # the last letter has a mark more than the others, of another script
            once = unicodedata.normalize("NFC", run[1])[0] in _LONG_ALEFS
            if times > (most := 2 if once else _MOST_IN_A_ROW):
                kept = 1 if once else most
                start, end = run.start() + kept * size, run.start() + times * size
                yield Edit(start, end, "", f"{called(run[0][0])} {times} times in a row")


_MOST_IN_A_ROW = 3
_LONG_ALEFS = "اآ"
_SOME_LETTER = f"[{alphabet.LETTERS}]"
_SOME_MARKS = f"[{alphabet.MARKS}]*"
# A letter that has a mark more than those before it begins a run of its own, if any.
# Possessive, for a run of a million letters would else leave a hundred bytes for each to go back to.
_RUN = re.compile(rf"({_SOME_LETTER}{_SOME_MARKS})\1(?:\1(?![{alphabet.MARKS}]))++")
# The same without regard to marks; what stands between is bounded by the next letter, so that this is linear too.
_SUSPECT = re.compile(
    rf"({_SOME_LETTER}){_SOME_MARKS}\1{_SOME_MARKS}\1(?:{_SOME_MARKS}\1|(?<=[{_LONG_ALEFS}]))",
)
_SHORT = 400  # characters; below this the pattern is quicker (40 ns a character) than numpy's start (15 us)


def may_be_elongated(text: str) -> bool:
    """Say quickly whether a letter stands in a row oftener than it may, whatever marks it has."""
    if len(text) < _SHORT:
        return _SUSPECT.search(text) is not None
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    kinds = _kinds()
    letters = units[kinds.take(units) != _MARK]
    same = letters[1:] == letters[:-1]
    thrice = same[1:] & same[:-1]
    # The first place of each run tells what the others do; a megabyte of one letter has as many of those.
    thrice[1:] &= ~thrice[:-1]
    thrice = np.flatnonzero(thrice)
    repeated = letters[thrice]
    alefs = (repeated == ord(_LONG_ALEFS[0])) | (repeated == ord(_LONG_ALEFS[1]))  # np.isin takes longer than the rest
    again = letters.take(thrice + _MOST_IN_A_ROW, mode="clip") == repeated
    return bool(((kinds.take(repeated) == _LETTER) & (alefs | again)).any())


_LETTER, _MARK = 1, 2


@cache
def _kinds() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """For each UTF-16 unit whether it is an Arabic letter, a mark, or neither."""
    kinds = np.zeros(0x10000, np.uint8)
    kinds[[ord(c) for c in alphabet.LETTERS]] = _LETTER
    kinds[[ord(c) for c in alphabet.MARKS]] = _MARK
    return kinds
