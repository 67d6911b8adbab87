"""Fold a batch of texts through one table: code points in, one byte a letter out, nothing done letter by letter.

The bytes are what word and shingle hashes are made of. A letter of the Arabic or Latin alphabets that web text is
written in is one byte, so eight letters of a word are one 64-bit number; a letter of any other script is four bytes
(`_escaped`), so that no two letters share a spelling. Everything that is no letter or digit separates words.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from arclean.alphabet import INVISIBLES
from arclean.folding import RULES, fold_case, fold_punctuation
from arclean.repair.forms import PHRASES, letter_forms
from arclean.rules.tables import CharTable

# Codes below FIRST are no part of a word.
SEPARATOR, GONE, SPELLED, COMPOSED = range(4)
FIRST, FIRST_LETTER = 16, 26  # ten digits lie between them
ESCAPE, TAIL = 0xB8, 0xC0  # the first byte of a letter of four bytes, and the least of its other three

# Letters of one byte: Arabic, Persian, Urdu, Kurdish, Latin-1. Those that fold away need no place.
_LETTERS = "".join(
    chr(point)
    for first, last in ((0x61, 0x7A), (0xDF, 0xFF), (0x621, 0x63A), (0x641, 0x64A), (0x66E, 0x6D3), (0x6EE, 0x6EF))
    for point in range(first, last + 1)
)

# What normalisation composes with the letter before it or takes apart, outside of Arabic: a text with one of these is
# normalised first. Arabic marks are deleted, so that they need not be: ا and a combining hamza are ا either way.
_COMPOSING = re.compile(
    "[\u0300-\u036f\u0374\u0958-\u095f\u09dc-\u09df\u0a33\u0a36\u0a59-\u0a5e\u0b5c\u0b5d\u0f43-\u0fb9\u1161-\u11ff\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u1f71-\u1ffd\u20d0-\u20ff\u2126\u212a\u212b\u3099\u309a\uf900-\ufaff\ufb1d-\ufb4e]"
)


@cache
def spelling_folds() -> dict[str, str]:
    """Give what each character is folded to before words are compared: FOLD's own tables, of single characters.

    Four things differ from FOLD. A copy must not hide behind them: links, handles and hashtags are folded like other
    text; joiners go from Persian words and emoji too; the small waw and yeh of Quranic spelling go like marks. And
    elongation stays, for a copy has it where the original does, and shortening the slip in الممملكة makes a match of it
    that no reader would count.

    >>> folds = spelling_folds()
    >>> folds["أ"], folds["ة"], folds["٣"], folds["ﻻ"]
    ('ا', 'ه', '3', 'لا')
    """
    rules = (rule for rule in RULES if rule not in (fold_case, fold_punctuation))  # lower() and "no letter" do these
    folds = dict(reduce(CharTable.then, (CharTable(rule.changes()) for rule in rules)).changes)
    folds |= dict.fromkeys(INVISIBLES + _SMALL_LETTERS + "".join(map(chr, range(0x2060, 0x2070))), "")
    for form, plain in (letter_forms() | {form: f" {phrase} " for form, phrase in PHRASES.items()}).items():
        folds[form] = "".join(folds.get(c, c) for c in plain)
    return folds


_SMALL_LETTERS = "\N{ARABIC SMALL WAW}\N{ARABIC SMALL YEH}"


Points: TypeAlias = NDArray[np.uint16] | NDArray[np.uint32]


class Folded(NamedTuple):
    """A batch of folded texts, one after the other, each between separators."""

    codes: NDArray[np.uint8]
    """Starts and ends with a separator."""
    starts: NDArray[np.int64]
    """Where each text begins; the last entry is where another would."""


@dataclass(frozen=True)
class Folding:
    """A way of folding texts to bytes.

    Parameters: `folds` is {character: text}; letters that it does not name are lower-cased.

    >>> folding = Folding(spelling_folds())
    >>> folding.words("أحمـد، ٣٫٥ ﻻ")
    ['احمد', '3', '5', 'لا']
    """

    folds: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(tuple(self.folds.items()))

    def batch(self, texts: Sequence[str]) -> Folded:
        """Fold many texts at once."""
        codes, starts, points = self._coded(texts)
        if (at := np.flatnonzero(codes == COMPOSED)).size:
            touched = {*(np.searchsorted(starts, at, "right") - 1).tolist()}
            texts = [unicodedata.normalize("NFC", t) if i in touched else t for i, t in enumerate(texts)]
            codes, starts, points = self._coded(texts)
            at = np.flatnonzero(codes == COMPOSED)
            letter = np.fromiter((chr(p).isalnum() for p in points[at].tolist()), bool, len(at))
            codes[at] = np.where(letter, np.uint8(SPELLED), np.uint8(SEPARATOR))
        if (at := np.flatnonzero(codes == SPELLED)).size:
            codes, starts = self._spelled_out(codes, starts, at, points[at])
        return Folded(*_without(codes == GONE, codes, starts))

    def words(self, text: str) -> list[str]:
        """Give the folded words of one text, as a person reads them."""
        codes = self.batch([text]).codes.tobytes()
        return [self._read(word) for word in re.findall(rb"[\x10-\xff]+", codes)]

    def letter(self, char: str) -> str:
        """Give what one character is folded to."""
        folded = self.folds.get(char)
        return "".join(map(_lower, unicodedata.normalize("NFC", char))) if folded is None else folded

    def _coded(self, texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64], Points]:
        # Joined by a separator, and one at either end, so that the first and the last word need no special case.
        joined = "\n".join(("", *texts, ""))
        starts = bounds_of(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
        starts += 1
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
        if len(units) == len(joined):
            points: Points = units
        else:  # planes above the first: "clip" sends them to the table's last place
            points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
            units = np.minimum(points, 0xFFFF).astype(np.uint16)
        # ASCII and the first half of the Arabic block are 256 characters, told apart by seven bits and the eleventh. A
        # look-up of bytes by bytes takes a quarter of the time of one by code points, which is left to all others.
        keys = (units & np.uint16(0x7F) | units >> np.uint16(3) & np.uint16(0x80)).astype(np.uint8)
        codes = np.frombuffer(bytearray(keys).translate(self._common), np.uint8)
        other = np.flatnonzero((units & np.uint16(0xF980) | (units ^ units >> np.uint16(1)) & np.uint16(0x200)) != 0)
        codes[other] = self._table.take(points[other], mode="clip")
        return codes, starts, points

    def _spelled_out(
        self, codes: NDArray[np.uint8], starts: NDArray[np.int64], at: NDArray[np.int64], points: Points
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Write out the characters that are more than one byte: ligatures and letters of rare scripts."""
        each = points.tolist()
        known = {point: self._bytes(chr(point)) for point in {*each}}
        pieces = [b""] * (2 * len(each) + 1)
        pieces[0::2] = codes.tobytes().split(bytes((SPELLED,)))
        pieces[1::2] = [known[point] for point in each]
        # By how much the text before each of them has grown.
        grown = bounds_of(np.fromiter(map(len, pieces[1::2]), np.int64, len(each)) - 1)
        return np.frombuffer(b"".join(pieces), np.uint8), starts + grown[np.searchsorted(at, starts)]

    def _bytes(self, char: str) -> bytes:
        return b"".join(self._code_of(c) for c in self.letter(char))

    def _code_of(self, char: str) -> bytes:
        if char in self._singles:
            return bytes((self._singles[char],))
        return _escaped(ord(char)) if char.isalnum() else bytes((SEPARATOR,))

    def _read(self, word: bytes) -> str:
        named = {code: char for char, code in self._singles.items()}
        units = re.findall(rb"[\xb8-\xbf]...|.", word, re.DOTALL)
        return "".join(named[u[0]] if len(u) == 1 else chr(_unescaped(u)) for u in units)

    @cached_property
    def _singles(self) -> dict[str, int]:
        """The letters of one byte, each with its code."""
        digits = {str(d): FIRST + d for d in range(10)}
        letters = [c for c in _LETTERS if c not in self.folds and c.isalnum() and c.lower() == c]
        return digits | {c: FIRST_LETTER + i for i, c in enumerate(letters[: ESCAPE - FIRST_LETTER])}

    @cached_property
    def _common(self) -> bytes:
        """The codes of U+0000 to U+007F and of U+0600 to U+067F."""
        return self._table[:0x80].tobytes() + self._table[0x600:0x680].tobytes()

    @cached_property
    def _table(self) -> NDArray[np.uint8]:
        """Code point to code; the last place stands for every code point above the Basic Multilingual Plane."""
        plane = "".join(map(chr, range(0x10000)))
        table = np.full(0x10001, SEPARATOR, np.uint8)
        table[0x10000] = SPELLED
        for run in re.finditer(r"[^\W_]+", plane):
            table[slice(*run.span())] = SPELLED
        for char in _COMPOSING.findall(plane):
            table[ord(char)] = COMPOSED
        for char, code in self._singles.items():
            table[ord(char)] = code
            for upper in {char.upper(), char.title()} - {char}:
                if len(upper) == 1 and _lower(upper) == char:
                    table[ord(upper)] = code
        for char, folded in self.folds.items():
            known = self._bytes(char)
            table[ord(char)] = GONE if not folded else known[0] if len(known) == 1 else SPELLED
        table.flags.writeable = False
        return table


@cache
def default_folding() -> Folding:
    """Give the folding that every comparison uses."""
    return Folding(spelling_folds())


def composes(char: str) -> bool:
    """Say whether a character may compose with the one before it."""
    return char >= "\u0300" and _COMPOSING.match(char) is not None


def composing(text: str) -> set[int]:
    """Give where characters stand that may compose with the one before them."""
    return {found.start() for found in _COMPOSING.finditer(text)}


def ragged(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the indices of many ranges, one after the other.

    >>> ragged(np.array([5, 20]), np.array([3, 2])).tolist()
    [5, 6, 7, 20, 21]
    """
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def bounds_of(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give where ranges of these sizes begin and end, one after the other.

    >>> bounds_of(np.array([3, 2])).tolist()
    [0, 3, 5]
    """
    bounds = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=bounds[1:])
    return bounds


def _without(
    gone: NDArray[np.bool_], codes: NDArray[np.uint8], starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    if not gone.any():
        return codes, starts
    return codes[~gone], starts - np.searchsorted(np.flatnonzero(gone), starts)


def _lower(char: str) -> str:
    """Lower-case one letter to one letter: dotted I gives i."""
    return char.lower()[0]


def _escaped(point: int) -> bytes:
    # 3 + 6 + 6 + 6 = 21 bits, all of Unicode.
    return bytes((ESCAPE | point >> 18, TAIL | point >> 12 & 63, TAIL | point >> 6 & 63, TAIL | point & 63))


def _unescaped(unit: bytes) -> int:
    return (unit[0] & 7) << 18 | (unit[1] & 63) << 12 | (unit[2] & 63) << 6 | unit[3] & 63
