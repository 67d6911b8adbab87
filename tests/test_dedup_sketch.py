"""Sketches estimate similarity, bands meet as the S-curve says: for short texts as for long ones."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup.folded import bounds_of
from arclean.dedup.shingles import Sets, mixed
from arclean.dedup.sketch import BINS, Bands, band_keys, bands_for, sketches


def slow_mixed(value):
    return int(mixed(np.array([value % 2**64], np.uint64))[0])


def slow_sketch(values):
    """Write the definition out, one bin after the other."""
    salt = 0x9E3779B97F4A7C15
    sketch = []
    for number in range(BINS):
        for turn in range(8):
            fallen = [h for h in (slow_mixed(v + salt * (turn + 1)) for v in values) if h >> 56 == number]
            if fallen:
                break
        else:
            fallen = [slow_mixed(v + salt * (number + 9)) for v in values]
        sketch.append(min(fallen))
    return sketch


def sets_of(rows):
    values = np.concatenate([*(np.array(sorted(row), np.uint64) for row in rows), np.empty(0, np.uint64)])
    return Sets(values, bounds_of(np.array([len(row) for row in rows], np.int64)))


def test_as_the_definition_says():
    rnd = random.Random(5)
    rows = [[rnd.getrandbits(64) for _ in range(n)] for n in (1, 3, 0, 40)]
    table = sketches(sets_of(rows)).tolist()
    for row, sketch in zip(rows, table, strict=True):
        if row:
            assert sketch == slow_sketch(row)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=30), min_size=1, max_size=6))
def test_a_sketch_is_of_its_set_alone(rows):
    together = sketches(sets_of(rows))
    for row, sketch in zip(rows, together, strict=True):
        assert (sketches(sets_of([row]))[0] == sketch).all()


def pairs(rng, size, similarity, count):
    """Pairs of sets of about that size and exactly that share in common."""
    both = round(2 * size * similarity / (1 + similarity))
    spread = rng.integers(0, 2**64, (count, 2 * size - both), dtype=np.uint64)
    one, two = spread[:, :size], np.concatenate((spread[:, :both], spread[:, size:]), axis=1)
    exact = both / (2 * size - both)
    bounds = np.arange(count + 1) * size
    return Sets(one.ravel(), bounds), Sets(two.ravel(), bounds), exact


@pytest.mark.parametrize("size", [4, 10, 30, 100, 256, 1000])
@pytest.mark.parametrize("similarity", [0.5, 0.7, 0.9])
def test_bands_meet_as_the_curve_says(size, similarity):
    rng = np.random.default_rng([size, int(similarity * 10)])
    count = 400
    one, two, exact = pairs(rng, size, similarity, count)
    a, b = sketches(one), sketches(two)
    assert abs((a == b).mean() - exact) < 4 * (exact * (1 - exact) / BINS / count) ** 0.5 + 0.004
    for bands in (Bands(32, 4), Bands(16, 8), Bands(38, 5)):
        met = (band_keys(a, bands) == band_keys(b, bands)).any(axis=1).mean()
        expected = bands.recall(exact)
        assert abs(met - expected) < 4 * (expected * (1 - expected) / count) ** 0.5 + 0.01


@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("recall", [0.9, 0.99, 0.999, 0.9999])
def test_chosen_bands_reach_the_recall_with_the_most_rows(threshold, recall):
    chosen = bands_for(threshold, recall)
    assert chosen.bands * chosen.rows <= BINS
    assert chosen.recall(threshold) >= recall
    assert chosen.bands == 1 or Bands(chosen.bands - 1, chosen.rows).recall(threshold) < recall
    if chosen.rows < BINS:
        assert Bands(BINS // (chosen.rows + 1), chosen.rows + 1).recall(threshold) < recall


def test_the_curve_rises():
    curve = [bands_for(0.7, 0.999).recall(s / 100) for s in range(101)]
    assert all(x <= y for x, y in pairwise(curve))
    assert (curve[0], curve[100]) == (0, 1)


def test_keys_of_unlike_bands_are_unlike():
    table = np.zeros((1, BINS), np.uint64)
    keys = band_keys(table, Bands(64, 4))
    assert keys.dtype == np.int64
    assert len(np.unique(keys)) == 64


def test_what_no_number_of_bands_reaches_is_told():
    assert bands_for(0.01, 0.9999) == Bands(256, 1)
    assert Bands(256, 1).recall(0.01) < 0.93
