"""Sketches and bands: a document as a few numbers that two alike ones have in common, very probably.

A sketch is one-permutation hashing (Li, Owen and Zhang 2012): each shingle falls into one of 256 bins, and each bin
keeps the least. Of two sets with Jaccard J a bin is the same with probability J. A set of 100 shingles leaves most bins
empty. Copying full bins into empty ones ("optimal densification", Shrivastava 2017) keeps that probability, but copies
are equal or unlike together: sets of 20 shingles at J = .7 then met in bands half as often as the formula says. So
empty bins are filled by hashing anew (Dahlgaard, Knudsen and Thorup 2017, "Fast similarity sketching"): the
first round is one-permutation hashing itself, each further one hashes all shingles again for the bins that are still
empty, and what stays empty after `_ROUNDS` is filled bin by bin. Bins then are as good as independent at every length.

`rows` bins make a band, and documents that have all bins of one band in common are compared. With `bands` of them two
sets meet with probability 1 - (1 - J^rows)^bands, the S-curve.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.folded import bounds_of, ragged
from arclean.dedup.shingles import Counts, Hashes, Sets, mixed

BINS = 256
_BIN_SHIFT = np.uint64(56)  # 8 bits name the bin
_EMPTY = np.uint64(2**64 - 1)
# After eight rounds a bin of a set of 256 shingles is empty with e^-8, of one of 64 with e^-2. From there on filling
# the few that are left one by one costs less than further rounds.
_ROUNDS = 8
# An odd multiplier with no structure (2^64 / golden ratio, Knuth 6.4): each round and each bin gets a salt of its own.
_SALT = 0x9E3779B97F4A7C15


class Bands(NamedTuple):
    """How sketches are cut into bands."""

    bands: int
    rows: int

    def recall(self, similarity: float) -> float:
        """Give the probability that two sets of this similarity meet.

        >>> [round(Bands(38, 5).recall(s), 4) for s in (0.3, 0.5, 0.7, 0.8)]
        [0.0883, 0.7007, 0.9991, 1.0]
        """
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def bands_for(threshold: float, recall: float) -> Bands:
    """Choose as many rows as leave enough bands to meet with that probability at the threshold, and no more bands.

    More rows let fewer unlike pairs meet; more bands are more to store and join. Where even 256 bands of one row do not
    reach the recall, they are what there is.

    >>> bands_for(0.7, 0.999), bands_for(0.5, 0.999), bands_for(0.9, 0.999)
    (Bands(bands=38, rows=5), Bands(bands=52, rows=3), Bands(bands=21, rows=12))
    """
    for rows in range(BINS, 0, -1):
        bands = next((n for n in range(1, BINS // rows + 1) if Bands(n, rows).recall(threshold) >= recall), None)
        if bands is not None:
            return Bands(bands, rows)
    return Bands(BINS, 1)


def sketches(sets: Sets) -> Hashes:
    """Give the sketch of each set, one a row; that of an empty set means nothing."""
    texts = len(sets.sizes)
    table: Hashes = np.full((texts, BINS), _EMPTY, np.uint64)
    waiting = np.flatnonzero(sets.sizes > 0)
    for turn in range(_ROUNDS):
        if not len(waiting):
            return table
        part = sets.take(waiting)
        hashes = mixed(part.values + np.uint64(_SALT * (turn + 1) % 2**64))
        slots = np.repeat(np.arange(len(waiting)) * BINS, part.sizes) + (hashes >> _BIN_SHIFT).astype(np.int64)
        filled: Hashes = np.full(len(waiting) * BINS, _EMPTY, np.uint64)
        np.minimum.at(filled, slots, hashes)
        rows = table[waiting]
        rows = np.where(rows == _EMPTY, filled.reshape(-1, BINS), rows)
        table[waiting] = rows
        waiting = waiting[(rows == _EMPTY).any(axis=1)]
    _fill(table, sets, waiting)
    return table


def _fill(table: Hashes, sets: Sets, waiting: Counts) -> None:
    """Give each bin that is still empty the least of all shingles, hashed for this bin."""
    for begin in range(0, len(waiting), _FILLED):
        some = waiting[begin : begin + _FILLED]
        row, bin_of = np.nonzero(table[some] == _EMPTY)
        owners = some[row]
        sizes = sets.sizes[owners]
        salts = (np.arange(BINS, dtype=np.uint64) + np.uint64(_ROUNDS + 1)) * np.uint64(_SALT)
        hashes = mixed(sets.values[ragged(sets.bounds[owners], sizes)] + np.repeat(salts[bin_of], sizes))
        table[owners, bin_of] = np.minimum.reduceat(hashes, bounds_of(sizes)[:-1])


# Texts filled together: up to 256 bins of 60 shingles each take 120 KB a text.
_FILLED = 128


def band_keys(table: Hashes, bands: Bands) -> NDArray[np.int64]:
    """Give a key for each band of each sketch, signed: Spark makes decimals of unsigned ones.

    The number of the band is mixed in, so that equal keys are equal bands, and all bands join as one column.
    """
    keys = np.empty((len(table), bands.bands), np.uint64)
    for band in range(bands.bands):
        total = np.full(len(table), _SALT * (band + 1) % 2**64, np.uint64)
        for row in range(bands.rows):
            total = mixed(total + table[:, band * bands.rows + row])
        keys[:, band] = total
    return keys.view(np.int64)
