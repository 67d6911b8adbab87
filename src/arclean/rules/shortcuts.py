"""Shortcuts: what a rule, or several in a row, does to most texts, as one character table.

A rule is its edits. But most texts need no more than a table: no combining hamza to be looked at together with its
letter, no letter written five times. A `Shortcut` folds such a text in one pass, restores what is protected, and gives
None for any other text, which then goes the way of the edits. That both ways agree is a law in the tests, and
`fused` refuses to join rules for which it would not follow:

* Let T be the table of rules 1 … n, one after the other. If T after each rule's own table is T, no edit that a rule may
  make changes what T makes of the text. If each rule's table leaves alone what T writes, T's answer is settled. So
  whatever the rules do, in whatever order of rounds, they settle on T(text).
* A rule that treats a piece by its neighbours (alef + hamza above is one letter) names the pairs (old, new). Where
  T(old) = T(new), as once hamza and alef forms are all folded, the argument still holds; where not, T keeps its hands
  off texts with the last character of old.
* What a table cannot see (addresses, elongation) is looked for in T's answer: tables only remove what stands between,
  so what any step on the way would have found is still there at the end.
"""

from codecs import charmap_decode, charmap_encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.rules.spans import (
    FENCE,
    SIGNS,
    Span,
    has_fence,
    kind,
    neighbours,
    protected_spans,
    signs,
    spans_and_loose_signs,
)
from arclean.rules.tables import DELETED, GIVEN_UP, LONG, CharTable, taken

# Stands between the texts of a batch: white space to the patterns of protected spans, and in no table.
_SEPARATOR = "\N{INFORMATION SEPARATOR TWO}"

_RARE = "@#`wW"
_SEVERAL = tuple(sign for sign in SIGNS if len(sign) > 1)
"""The signs that removing a character may put together."""

MOST_ROUNDS = 8
"""How often tables are applied in turn until nothing changes; two rounds are the most that arclean's own rules take."""


@dataclass(frozen=True)
class Shortcut:
    """A character table, and the texts for which it is not the whole truth.

    Parameters: `changes` is the table; `pairs` are (old, new) for what is changed by its neighbours; `protects` says
    whether addresses, handles and code are left alone; `doubts` say of the result that the table may not be enough.
    """

    changes: CharTable
    pairs: tuple[tuple[str, str], ...] = ()
    protects: bool = True
    doubts: tuple[Callable[[str], bool], ...] = ()

    def __call__(self, text: str) -> str | None:
        """Give the cleaned text, or None for a text that needs the edits."""
        if len(text) < LONG:
            encoding, deleted, folded, slash = self._codec
            try:
                data = charmap_encode(text, "strict", encoding)[0]
            except UnicodeEncodeError:
                out = self._piecewise(text)
            else:
                out = charmap_decode(data.translate(None, deleted), "strict", folded)[0]
                if slash in data and self.protects and "://" in out:
                    out = self._piecewise(text)
        else:
            found = self._look_up(text)
            out = None if found is None or found.doubtful else self._table.read(found.folded)
        if out is not None:
            for doubt in self.doubts:
                if doubt(out):
                    return None
        return out

    def clean(self, text: str, slowly: Callable[[str], str]) -> str:
        """Give the cleaned text; what needs the edits goes through `slowly`, only the lines concerned if possible.

        What a rule with a shortcut does never reaches over the end of a line, fenced code excepted.
        """
        if (out := self(text)) is not None:
            return out
        if "\n" not in text or (self.protects and text.count("`") >= len(FENCE)):
            return slowly(text)
        lines = text.split("\n")
        found = zip(lines, self.batch(lines), strict=True)
        return "\n".join(slowly(line) if out is None else out for line, out in found)

    def batch(self, texts: Sequence[str]) -> list[str | None]:
        """Give for each text what a call gives, folding all of them at once."""
        joined = _SEPARATOR.join(texts)
        found = None if self.protects and has_fence(joined) else self._look_up(joined)
        out: list[str | None] = [*self._table.read(found.folded).split(_SEPARATOR)] if found else []
        if found is None or len(out) != len(texts):  # one of the texts has the separator itself
            return [self(text) for text in texts]
        if found.doubtful:
            ends = np.flatnonzero(found.units == ord(_SEPARATOR))
            for i in np.unique(np.searchsorted(ends, found.doubtful)):
                out[i] = None
        for doubt in self.doubts:
            for i in _doubtful(doubt, [new or "" for new in out]):
                out[i] = None
        return out

    def _piecewise(self, text: str) -> str | None:
        """Fold a short text around what is protected in it."""
        attempt = self._table.attempt
        found = signs(text) if self.protects else []
        if not found:
            out = attempt(text)
            return None if out is None or self._uncovered(text, out) else out
        spans, loose = spans_and_loose_signs(text, found)
        if self._open(text, spans) or (loose and self._open(text, loose)):
            return None
        pieces: list[str] = []
        at = 0
        for start, end in (*spans, (len(text), len(text))):
            if start > at:
                if (piece := attempt(text[at:start])) is None:
                    return None
                pieces.append(piece)
            pieces.append(text[start:end])
            at = end
        out = "".join(pieces)
        return None if self._uncovered(text, out) else out

    def _look_up(self, text: str) -> "_LookedUp | None":
        """Fold a long text by looking its UTF-16 units up."""
        if chr(DELETED) in text:  # this noncharacter is what the lookup writes for what it deletes
            return None
        if any(old in text for old in self._table.longer):
            if self.protects and self._beside_signs(text):
                return None
            text = self._expanded(text)
        try:
            units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        except UnicodeEncodeError:  # lone surrogates, which would join over a deleted character
            return None
        folded = taken(self._lookup, units)
        stops = np.flatnonzero(folded == GIVEN_UP)
        doubtful: list[int] = []
        if stops.size:
            raw = units[stops]
            known = self._table.lookup.take(raw)
            folded[stops] = np.where(known == GIVEN_UP, raw, known)
            doubtful += stops[known == GIVEN_UP].tolist()
            if self.protects:
                doubtful += self._restore(text, units, folded, stops)
        return _LookedUp(units, folded, doubtful)

    def _restore(
        self, text: str, units: NDArray[np.uint16], folded: NDArray[np.uint16], stops: NDArray[np.intp]
    ) -> Iterator[int]:
        """Put back what is protected; yield where folding may change what is protected."""
        now, then = _signs_at(units, folded, stops)
        yield from stops[then & ~now].tolist()
        if not now.any():
            return
        high = np.flatnonzero((units & 0xFC00) == _HIGH) if len(units) > len(text) else stops[:0]
        at = stops[now]
        spans, loose = spans_and_loose_signs(text, (at - np.searchsorted(high, at)).tolist())
        for start, end in _in_units(spans, high):
            folded[start:end] = units[start:end]
        yield from (start for start, _ in _in_units(self._open(text, [*spans, *loose]), high))

    def _beside_signs(self, text: str) -> bool:
        """Whether what becomes several characters stands beside an address, which may then reach further."""
        spans, loose = spans_and_loose_signs(text, signs(text))
        longer = set(self._table.longer)
        return not all(longer.isdisjoint(neighbours(text, *span)) for span in (*spans, *loose))

    def _expanded(self, text: str) -> str:
        """Replace the characters that become several, where they are not protected."""
        spans = protected_spans(text) if self.protects else []
        pieces: list[str] = []
        at = 0
        for start, end in (*spans, (len(text), len(text))):
            piece = text[at:start]
            for old in self._table.longer:
                piece = piece.replace(old, self._table.changes[old])
            pieces += (piece, text[start:end])
            at = end
        return "".join(pieces)

    def _open(self, text: str, places: Iterable[Span]) -> list[Span]:
        """Beside which spans or signs something changes, so that they may reach further or begin to protect."""
        return [span for span in places if not self._moving.isdisjoint(neighbours(text, *span))]

    def _uncovered(self, text: str, out: str) -> bool:
        """Whether folding has put together the sign of an address, by removing what stood within."""
        if not self.protects:
            return False
        return any(out.count(sign) != text.count(sign) for sign in _SEVERAL if sign in out)

    @cached_property
    def _table(self) -> CharTable:
        """The table, giving up where a neighbour decides."""
        fold = self.changes.one_by_one
        left = (old[-1] for old, new in self.pairs if fold(old) != fold(new))
        return CharTable(self.changes.changes, "".join(dict.fromkeys(left)))

    @cached_property
    def _moving(self) -> frozenset[str]:
        """The characters that go, or become of another kind."""
        changes = self.changes.changes.items()
        return frozenset(old for old, new in changes if not new or any(kind(c) != kind(old) for c in new))

    @cached_property
    def _codec(self) -> tuple[Any, bytes, str, bytes]:
        """The table for the codec, which gives up at what it can see of signs, and how it writes a slash.

        Slashes are too common for giving up at them. They are looked for in the bytes: in the text, whose characters
        take two, searching stops at every dal, 062F, on the way to 002F.
        """
        table = CharTable(self._table.changes, self._table.left + (_RARE if self.protects else ""))
        return *table.charmap, charmap_encode("/", "strict", table.charmap[0])[0]

    @cached_property
    def _lookup(self) -> NDArray[np.uint16]:
        """The table for looking up, which stops at the first character of every sign."""
        return CharTable(self._table.changes, self._table.left + ("@#`:wW" if self.protects else "")).lookup


def _doubtful(doubt: Callable[[str], bool], texts: Sequence[str], first: int = 0) -> Iterator[int]:
    """Give which texts are doubtful, counted from `first`: there are few, and asking for all at once is the quickest.

    What makes a text doubtful makes those doubtful, too, that it stands in with a separator on either side.
    """
    if not doubt(_SEPARATOR.join(texts)):
        return
    if len(texts) == 1:
        yield first
        return
    half = len(texts) // 2
    yield from _doubtful(doubt, texts[:half], first)
    yield from _doubtful(doubt, texts[half:], first + half)


class _LookedUp(NamedTuple):
    """A text's UTF-16 units, what they become, and where that cannot be trusted."""

    units: NDArray[np.uint16]
    folded: NDArray[np.uint16]
    doubtful: list[int]


def _in_units(spans: list[Span], high: NDArray[np.intp]) -> list[Span]:
    """Give spans of characters as spans of UTF-16 units: characters beyond the BMP take two, a high one first."""
    if not len(high) or not spans:
        return spans
    beyond = high - np.arange(len(high))  # as places of characters
    moved = np.array(spans) + np.searchsorted(beyond, np.array(spans))
    return [(start, end) for start, end in moved.tolist()]


_HIGH = 0xD800  # the first six bits of a high surrogate


def _signs_at(
    units: NDArray[np.uint16], folded: NDArray[np.uint16], places: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say at which of these places a sign starts, and at which one may start once what goes is gone."""
    first_units, then = units[places], np.zeros(len(places), np.bool_)
    now = (first_units == ord("@")) | (first_units == ord("#"))
    for sign in _SEVERAL:
        first = np.flatnonzero(folded[places] == ord(sign[0]))
        at = places[first, None] + _FOUR[: len(sign)]
        wanted = np.array([ord(c) for c in sign], np.uint16)
        inside = at[:, -1] < len(units)
        now[first] |= inside & (units.take(at, mode="clip") == wanted).all(1)
        after = folded.take(at, mode="clip")
        then[first] |= np.isin(after, [*wanted, DELETED]).all(1)
    return now, then


_FOUR = np.arange(4)


def fused(shortcuts: Sequence[Shortcut]) -> Shortcut | None:
    """Join the shortcuts of rules that work one after the other, or give None where the table might differ from them.

    >>> first, second = Shortcut(CharTable({"أ": "ا"})), Shortcut(CharTable({"ـ": ""}))
    >>> fused([first, second])("أحمـــد")
    'احمد'
    >>> fused([Shortcut(CharTable({"ي": "ى"})), Shortcut(CharTable({"ى": "ي"}))]) is None
    True
    """
    if len({s.protects for s in shortcuts}) > 1:
        return None
    tables = [s.changes for s in shortcuts]
    whole = _settled(reduce(CharTable.then, tables))
    if whole is None or not all(_agree(whole, table) for table in tables):
        return None
    pairs = tuple(dict.fromkeys(pair for s in shortcuts for pair in s.pairs))
    doubts = tuple(dict.fromkeys(doubt for s in shortcuts for doubt in s.doubts))
    return Shortcut(whole, pairs, shortcuts[0].protects, doubts)


def _settled(table: CharTable) -> CharTable | None:
    for _ in range(MOST_ROUNDS):
        if (again := table.then(table)).changes == table.changes:
            return table
        table = again
    return None


def _agree(whole: CharTable, part: CharTable) -> bool:
    """Whether `part` before `whole` makes no difference, and `part` after it finds nothing to do."""
    first = all(whole.one_by_one(new) == whole.changes.get(old, old) for old, new in part.changes.items())
    written: Iterable[str] = {new for new in whole.changes.values() if new}
    return first and part.changes.keys() <= whole.changes.keys() and all(part.one_by_one(w) == w for w in written)
