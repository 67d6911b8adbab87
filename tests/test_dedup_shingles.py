"""The kernel equals its slow twin, and its hashes are good ones."""

import random
import re
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from arclean.dedup.evidence import words_of
from arclean.dedup.folded import Folding, default_folding, spelling_folds
from arclean.dedup.shingles import mixed, shingled
from arclean.presets import FOLD
from slow_twins import runs, slow_sets, slow_words

# Collisions are likely among few characters; what is special to the kernel is among them.
CHARS = (
    "اأآٱىييةهوؤئءكبتـ\u064e\u0651\u0654\u0653\u0670"
    "٣3 \n،.﷽ﻻﷺﹶE\u0301éGÉcß中文한ᄒ\u1161\u11abприПς𝐀𠀀😀\ud800\u200f\u2028_²½ﬁ\u06e5\uffff"
)
TEXTS = st.one_of(
    st.text(st.sampled_from(CHARS), max_size=60), st.text(st.characters(exclude_categories=()), max_size=40)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=5))
@example(["", "", ""])
@example(["جدااااا ههههه aaa 1000000 قالللل"])
def test_words_are_those_of_the_slow_twin_in_any_batch(texts):
    folding = default_folding()
    assert [folding.words(t) for t in texts] == [slow_words(t) for t in texts]
    assert shingled(texts, folding).counts.tolist() == [len(slow_words(t)) for t in texts]


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_texts_have_as_many_shingles_as_the_slow_twin_finds(texts):
    found = shingled(texts, default_folding())
    expected = [slow_sets(t) for t in texts]
    assert found.words.sizes.tolist() == [len(words) for words, _ in expected]
    assert found.chars.sizes.tolist() == [len(chars) for _, chars in expected]


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_words_with_offsets_are_the_same_words(text):
    words = list(words_of(text))
    assert [w.folded for w in words] == slow_words(text)
    assert all(0 <= w.start < w.end <= len(text) for w in words)
    assert all(x.end <= y.start or x.start <= y.start for x, y in pairwise(words))  # ﷺ is four words


# Links, handles, joiners and elongation are where the kernel differs from FOLD on purpose.
ALIKE = FOLD.without("fold_elongation")
SAME = [c for c in CHARS if c not in "._ﹶﷺ﷽\u200f\u06e5\ud800"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(SAME), max_size=40))
def test_words_are_those_of_fold(text):
    # FOLD composes again what a stripped mark stood between (E, maddah, acute); the kernel composes once.
    assume("\u0301" not in unicodedata.normalize("NFC", text))
    assert default_folding().words(text) == re.findall(r"[^\W_]+", ALIKE(text))


@pytest.mark.parametrize(
    "block", [range(0x20, 0x250), range(0x600, 0x700), range(0x750, 0x780), range(0x870, 0x900), range(0xFB50, 0xFF00)]
)
def test_every_character_is_what_fold_makes_of_it(block):
    folding = default_folding()
    for char in map(chr, block):
        if char not in "İ\u06e5\u06e6":
            assert folding.words(f"ب{char}ت") == re.findall(r"[^\W_]+", FOLD(f"ب{char}ت")), hex(ord(char))


def test_a_folding_is_a_table_that_anyone_can_give():
    assert Folding({"x": "ks"}).words("Axel XX") == ["aksel", "xx"]
    assert Folding(spelling_folds()) == default_folding()


def test_equal_shingles_are_equal_hashes_and_no_others():
    rnd = random.Random(2)
    vocabulary = ["".join(rnd.choices("ابتدر中Яz9", k=rnd.randint(1, 90))) for _ in range(300)]
    texts = [" ".join(rnd.choices(vocabulary, k=60)) for _ in range(40)] + ["ا ب " * 20, "اب " * 40]
    found = shingled(texts, default_folding())
    spelled = set().union(*(runs(slow_words(t)) for t in texts))
    assert len(np.unique(found.words.values)) == len(spelled)


def test_digests_tell_texts_of_unlike_shingles_apart():
    texts = ["ا ب ت ث ج ح خ د ذ ر", "ا ب ت ث ج ح خ د ذ ز", "ا ب", "ا  ب!", "ب ا", "اب", ""]
    digests = [tuple(row) for row in shingled(texts, default_folding()).digests.tolist()]
    assert digests[2] == digests[3]
    assert len({*digests}) == 6


def test_each_bit_that_goes_in_flips_half_of_those_that_come_out():
    values = np.random.default_rng(1).integers(0, 2**64, 4000, dtype=np.uint64)
    for bit in range(64):
        flipped = mixed(values) ^ mixed(values ^ np.uint64(1 << bit))
        shares = [(flipped >> np.uint64(i) & np.uint64(1)).mean() for i in range(64)]
        assert 0.45 < min(shares) <= max(shares) < 0.55


def test_one_letter_flips_half_of_the_bits_of_a_shingle():
    rnd = random.Random(6)
    flips = np.zeros(64)
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    for place in range(200):
        words = ["".join(rnd.choices(letters, k=rnd.randint(1, 12))) for _ in range(9)]
        other = [*words]
        which = place % 5 + 2
        other[which] = other[which][:-1] + rnd.choice([c for c in letters if c != other[which][-1]])
        one, two = (shingled([" ".join(w)], default_folding()).words.values for w in (words, other))
        changed = one[one != two] ^ two[one != two]
        flips += [(changed >> np.uint64(i) & np.uint64(1)).mean() for i in range(64)]
    assert 0.4 < flips.min() / 200 <= flips.max() / 200 < 0.6
