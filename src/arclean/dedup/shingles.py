"""From folded bytes to 64-bit shingle hashes, for a whole batch at a time.

A shingle is five words in a row. A text of under `SHORT_WORDS` words has at most three of them and loses them all with
one changed word, so two short texts are compared by five *characters* in a row instead; a short text and a longer one
by words. A short text therefore carries both.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import ESCAPE, FIRST, TAIL, Folded, Folding, bounds_of, ragged

WIDTH = 5
SHORT_WORDS = 8

Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]
Places: TypeAlias = NDArray[np.uint16] | NDArray[np.int32]

# MurmurHash3's 64-bit finaliser (Appleby 2011, public domain): each input bit flips each output bit half of the time.
_FIRST_MIX, _SECOND_MIX = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)
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
    owners, values = _runs(hashes, counts)
    words = _sets(owners, values, len(texts))
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


def _runs(items: Hashes, counts: Counts) -> tuple[NDArray[np.int32], Hashes]:
    """Hash every five items in a row that lie in one text, with the text that each is of."""
    values = _combined(items)
    sizes = np.maximum(counts - (WIDTH - 1), 0)
    # The last four of each text begin runs that would end in the next one.
    within = np.ones(len(items), bool)
    ends = np.cumsum(counts)
    for back in range(1, WIDTH):
        within[(ends - back)[ends >= back]] = False
    within = within[: len(values)]
    if len(counts) > 1:
        values = values[within]
    return np.repeat(np.arange(len(counts), dtype=np.int32), sizes), values


def _sets(owners: NDArray[np.int32], values: Hashes, texts: int) -> Sets:
    sizes = np.bincount(owners, minlength=texts)
    copies = repeated(values, owners)
    if len(copies):
        once = np.ones(len(values), bool)
        once[copies] = False
        values = values[once]
        sizes -= np.bincount(owners[copies], minlength=texts)
    return Sets(values, bounds_of(sizes))


def firsts(keys: Hashes) -> Places:
    """Give for each key where one that equals it stands, the same place for all equal ones: a sixth of a sort's cost.

    Each round writes every element's number into its slot. Who reads another's number there equals it or has met a
    stranger, and then tries again with another slot; equal ones share all their slots, so they go on together. Each
    round settles one key a slot, so it ends.

    >>> firsts(np.array([7, 5, 7, 7], np.uint64)).tolist()
    [3, 1, 3, 3]
    """
    bits = max(8, int(len(keys) * 2).bit_length())
    shift = np.uint64(64 - bits)
    found = _places(len(keys))
    table = np.empty(1 << bits, found.dtype)
    left, mine = found.copy(), keys
    weight = _FIRST_MIX  # another one each round: a product's top bits are a good hash of any key
    while len(left):
        slots = ((mine * weight) >> shift).astype(np.int64)
        table[slots] = left
        winners = table.take(slots, mode="clip")  # a third of the time of table[slots]
        lost = np.flatnonzero(winners != left)
        left, winners, mine = left[lost], winners[lost], mine[lost]
        same = mine == keys.take(winners, mode="clip")
        found[left[same]] = winners[same]
        left, mine = left[~same], mine[~same]
        weight = np.uint64(int(weight) * _WEIGHT % 2**64)
    return found


def _places(size: int) -> Places:
    """Count upwards in 16 bits where they suffice: half of the cache for a table, and a sort by digits."""
    return np.arange(size, dtype=np.uint16) if size <= 1 << 16 else np.arange(size, dtype=np.int32)


def repeated(values: Hashes, owners: NDArray[np.int32]) -> Places:
    """Give where a (value, owner) stands again, all but one of each.

    By a table as in `firsts`; the first round does without the owners, for few values have two.
    """
    bits = max(8, int(len(values) * 2).bit_length())
    shift = np.uint64(64 - bits)
    left = _places(len(values))
    table = np.empty(1 << bits, left.dtype)
    slots = (values >> shift).astype(np.int64)
    weight = _WEIGHT
    copies = []
    while len(left):
        table[slots] = left
        winners = table.take(slots, mode="clip")  # a third of the time of table[slots]
        lost = np.flatnonzero(winners != left)
        left, winners = left[lost], winners[lost]
        same = np.flatnonzero(values[left] == values[winners])
        same = same[owners[left[same]] == owners[winners[same]]]
        copies.append(left[same])
        rest = np.ones(len(left), bool)
        rest[same] = False
        left = left[rest]
        keys = values[left] + owners[left].astype(np.uint64) * _SECOND_MIX
        slots = ((keys * np.uint64(weight)) >> shift).astype(np.int64)
        weight = weight * _WEIGHT % 2**64
    return np.concatenate(copies) if copies else left


def _sums(values: Hashes, bounds: Counts) -> Hashes:
    total = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values, out=total[1:])
    return total[bounds[1:]] - total[bounds[:-1]]


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
    owners, values = _runs(chars, sizes)
    tiny = np.flatnonzero(sizes < WIDTH)
    if len(tiny):
        begin = bounds_of(sizes)
        alone = np.full(len(tiny), _SECOND_MIX, np.uint64)
        for step in range(WIDTH - 1):
            on = np.flatnonzero(sizes[tiny] > step)
            alone[on] = mixed(alone[on] * _WEIGHT_1 + chars[begin[tiny[on]] + step])
        order = np.argsort(np.concatenate((owners, tiny.astype(np.int32))), kind="stable")
        owners = np.concatenate((owners, tiny.astype(np.int32)))[order]
        values = np.concatenate((values, alone))[order]
    return _sets(which.astype(np.int32)[owners], values, texts)
