"""From folded bytes to 64-bit shingle hashes, for a whole batch at a time.

A shingle is five words in a row. A text of under `SHORT_WORDS` words has at most three of them and loses them all with
one changed word, so two short texts are compared by five *characters* in a row instead; a short text and a longer one
by words. A short text therefore carries both.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ESCAPE, FIRST, TAIL, Folded, Folding, bounds_of, ragged

WIDTH = 5
SHORT_WORDS = 8

Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]

# MurmurHash3's 64-bit finaliser (Appleby 2011, public domain): each input bit flips each output bit half of the time.
_FIRST_MIX, _SECOND_MIX = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)
_TOP = np.uint64(48)
# An odd multiplier with no structure (2^64 / golden ratio, Knuth 6.4) and its square, to weigh the words of a shingle.
_WEIGHT = 0x9E3779B97F4A7C15
_WEIGHT_1, _WEIGHT_2 = np.uint64(_WEIGHT), np.uint64(_WEIGHT * _WEIGHT % 2**64)

# MASKS[n] keeps the first n bytes of eight; longer words take all eight, then go on.
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
# Eight words in a row are one step of a loop; past this length hashing a word by itself is cheaper than the steps.
_LONG = 64


class Sets(NamedTuple):
    """A set of hashes for each of many texts."""

    values: Hashes
    bounds: Counts
    """The set of text i is values[bounds[i]:bounds[i + 1]], in no order, each hash once."""

    @property
    def sizes(self) -> Counts:
        """How many hashes each set has."""
        return np.diff(self.bounds)

    def of(self, index: int) -> Hashes:
        """Give one set."""
        return self.values[self.bounds[index] : self.bounds[index + 1]]

    def take(self, which: NDArray[np.int64]) -> "Sets":
        """Give some of the sets, in that order."""
        sizes = self.sizes[which]
        return Sets(self.values[ragged(self.bounds[which], sizes)], bounds_of(sizes))


class Shingled(NamedTuple):
    """What a batch of texts is compared by."""

    words: Sets
    """Hashes of five words in a row, for texts of five words and more."""
    chars: Sets
    """Hashes of five characters in a row, for the short texts alone; the sets of all others are empty."""
    counts: Counts
    """How many words each text has."""
    digests: NDArray[np.uint64]
    """128 bits for each text: equal for texts of equal shingles (short texts: of equal words). Shape (texts, 2)."""


def mixed(values: Hashes) -> Hashes:
    """Mix 64 bits so that each depends on all."""
    out = values ^ (values >> _HALF)
    out *= _FIRST_MIX
    out ^= out >> _HALF
    out *= _SECOND_MIX
    out ^= out >> _HALF
    return out


def shingled(texts: Sequence[str], folding: Folding) -> Shingled:
    """Hash the shingles of a batch of texts."""
    folded = folding.batch(texts)
    starts, ends, first = word_spans(folded)
    counts = np.diff(first)
    hashes = _word_hashes(folded.codes, starts, ends)
    words = _sets(*_runs(hashes, counts))
    short = (counts > 0) & (counts < SHORT_WORDS)
    digests = _digests(words)
    if not short.any():
        return Shingled(words, Sets(np.empty(0, np.uint64), np.zeros(len(texts) + 1, np.int64)), counts, digests)
    which = np.flatnonzero(short)
    digests[which] = _sequence_digests(hashes, first[which], counts[which])
    return Shingled(words, _char_sets(folded.codes, starts, ends, first, which), counts, digests)


def word_spans(folded: Folded) -> tuple[Counts, Counts, Counts]:
    """Give where each word starts and ends, and for each text its first word (and, last, the number of words)."""
    inside = folded.codes >= FIRST
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    edges += 1
    starts, ends = edges[0::2], edges[1::2]
    return starts, ends, np.searchsorted(starts, folded.starts)


def _word_hashes(codes: NDArray[np.uint8], starts: Counts, ends: Counts) -> Hashes:
    """Hash each word. The first eight bytes are the number that they spell; no byte of a word is 0, so words differ."""
    padded = codes.tobytes() + bytes(8)
    eights = np.ndarray((len(codes),), "<u8", padded, strides=(1,))
    lengths = ends - starts
    hashes: Hashes = eights[starts] & _MASKS.take(lengths, mode="clip")
    hashes *= _WEIGHT_1
    hashes ^= hashes >> np.uint64(32)
    more = np.flatnonzero(lengths > 8)  # noqa: PLR2004
    for i in more[lengths[more] > _LONG].tolist():
        word = padded[starts[i] : ends[i]]
        hashes[i] = int.from_bytes(hashlib.blake2b(word, digest_size=8).digest(), "little")
    more = more[lengths[more] <= _LONG]
    done = 8
    while len(more):
        eight = eights[starts[more] + done] & _MASKS.take(lengths[more] - done, mode="clip")
        hashes[more] = mixed(hashes[more] * _WEIGHT_2 + eight)
        done += 8
        more = more[lengths[more] > done]
    return hashes


def _combined(items: Hashes) -> Hashes:
    """Hash every five items in a row: a polynomial in an odd number, then mixed."""
    if len(items) < WIDTH:
        return np.empty(0, np.uint64)
    twos = items[:-1] * _WEIGHT_1
    twos += items[1:]
    fours = twos[:-2] * _WEIGHT_2
    fours += twos[2:]
    fives = fours[:-1] * _WEIGHT_1
    fives += items[4:]
    return mixed(fives)


def _runs(items: Hashes, counts: Counts) -> tuple[Hashes, Counts]:
    """Hash every five items in a row that lie in one text, and say how many each text has."""
    values = _combined(items)
    if len(counts) > 1:
        # The last four of each text begin runs that would end in the next one.
        within = np.ones(len(items), bool)
        ends = np.cumsum(counts)
        for back in range(1, WIDTH):
            within[(ends - back)[ends >= back]] = False
        values = values[within[: len(values)]]
    return values, np.maximum(counts - (WIDTH - 1), 0)


def _sets(values: Hashes, sizes: Counts) -> Sets:
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    copies = repeated(values, owners)
    if len(copies):
        once = np.ones(len(values), bool)
        once[copies] = False
        values = values[once]
        sizes = sizes - np.bincount(owners[copies], minlength=len(sizes))
    return Sets(values, bounds_of(sizes))


def repeated(values: Hashes, owners: NDArray[np.int32]) -> Counts:
    """Give where a (value, owner) stands again, all but one of each. Parameters: `owners` are in order.

    >>> repeated(np.array([7, 5, 7, 7], np.uint64), np.array([0, 0, 0, 1], np.int32)).tolist()
    [2]
    """
    if not len(values):
        return np.empty(0, np.int64)
    # Sorted with their owners in place of the last bits, those that stand again follow each other; few texts have any.
    low = np.uint64((1 << int(owners[-1]).bit_length()) - 1)
    keys = values & ~low
    keys |= owners.astype(np.uint64)
    order = np.sort(keys)
    again = order[1:][order[1:] == order[:-1]]
    if not len(again):
        return np.empty(0, np.int64)
    texts = np.flatnonzero(np.bincount((again & low).astype(np.int64))).astype(np.int32)
    begins = np.searchsorted(owners, texts)
    at = ragged(begins, np.searchsorted(owners, texts, "right") - begins)
    doors = np.zeros(1 << 16, bool)  # by which 16 bits they begin
    doors[(again >> _TOP).astype(np.int64)] = True
    at = at[doors.take((values[at] >> _TOP).astype(np.int64))]
    at = at[np.lexsort((values[at], owners[at]))]
    copies: Counts = at[1:][(values[at[1:]] == values[at[:-1]]) & (owners[at[1:]] == owners[at[:-1]])]
    return copies


def _sums(values: Hashes, bounds: Counts) -> Hashes:
    total = np.zeros(len(bounds) - 1, np.uint64)
    some = np.flatnonzero(np.diff(bounds))
    if len(some):
        total[some] = np.add.reduceat(values, bounds[some])
    return total


def _digests(words: Sets) -> NDArray[np.uint64]:
    """Digest each set: the sums of its hashes and of another mix of them, which no order changes."""
    other = (words.values ^ _FIRST_MIX) * _SECOND_MIX
    other ^= other >> _HALF
    sizes = words.sizes.astype(np.uint64) * _WEIGHT_1
    return np.stack((_sums(words.values, words.bounds) + sizes, _sums(other, words.bounds)), axis=1)


def _sequence_digests(hashes: Hashes, first: Counts, counts: Counts) -> NDArray[np.uint64]:
    """Digest the words of short texts in their order; a longer text never has the digest of a short one."""
    digest = np.zeros((len(first), 2), np.uint64)
    digest[:, 0] = _FIRST_MIX + counts.astype(np.uint64)
    digest[:, 1] = _SECOND_MIX + counts.astype(np.uint64)
    for step in range(SHORT_WORDS - 1):
        on = np.flatnonzero(counts > step)
        word = hashes[first[on] + step]
        digest[on, 0] = mixed(digest[on, 0] * _WEIGHT_1 + word)
        digest[on, 1] = mixed(digest[on, 1] * _WEIGHT_2 ^ word)
    return digest


def _char_sets(codes: NDArray[np.uint8], starts: Counts, ends: Counts, first: Counts, which: Counts) -> Sets:
    """Hash every five characters in a row of short texts: their words joined by one space.

    A text of under five characters is one shingle: all of it.
    """
    texts = len(first) - 1
    counts = first[which + 1] - first[which]
    words = ragged(first[which], counts)
    # Each word with the separator after it (there always is one), and the last of a text without.
    lengths = ends[words] - starts[words] + 1
    last = np.cumsum(counts) - 1
    lengths[last] -= 1
    at = ragged(starts[words], lengths)
    units = codes[at].copy()
    units[units < FIRST] = 1  # any separator is a space
    sizes = np.add.reduceat(lengths, last - counts + 1)
    owner = np.repeat(np.arange(len(which), dtype=np.int32), sizes)
    # A letter of four bytes is one character: its tail joins its head.
    heads = np.flatnonzero(units < TAIL)
    eights = np.ndarray((len(units),), "<u4", units.tobytes() + bytes(4), strides=(1,))
    whole = np.where(units[heads] >= ESCAPE, eights[heads], units[heads]).astype(np.uint64)
    owner = owner[heads]
    sizes = np.bincount(owner, minlength=len(which))
    chars = mixed(whole + np.uint64(1))
    values, runs = _runs(chars, sizes)
    tiny = np.flatnonzero(sizes < WIDTH)
    if len(tiny):
        begin = bounds_of(sizes)
        alone = np.full(len(tiny), _SECOND_MIX, np.uint64)
        for step in range(WIDTH - 1):
            on = np.flatnonzero(sizes[tiny] > step)
            alone[on] = mixed(alone[on] * _WEIGHT_1 + chars[begin[tiny[on]] + step])
        values = np.insert(values, bounds_of(runs)[tiny], alone)
        runs[tiny] = 1
    all_runs = np.zeros(texts, np.int64)
    all_runs[which] = runs
    return _sets(values, all_runs)
