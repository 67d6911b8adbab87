"""Shared passages are really there, in both texts as they were given."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup import find_duplicates
from arclean.dedup.evidence import evidence
from slow_twins import slow_scores, slow_words

WORDS = st.lists(st.sampled_from("أحمد إلى مدرسةٌ كتـــاب، قال ٣٥ ﻻ جدااا ثم".split()), max_size=30).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS)
def test_passages_are_the_same_words_and_do_not_overlap(a, b):
    shown = evidence("a", a, "b", b)
    for p in shown.passages:
        assert slow_words(a[p.a_start : p.a_end]) == slow_words(b[p.b_start : p.b_end])
        assert p.words == len(slow_words(a[p.a_start : p.a_end]))
    for spans in (
        sorted((p.a_start, p.a_end) for p in shown.passages),
        sorted((p.b_start, p.b_end) for p in shown.passages),
    ):
        assert all(x[1] <= y[0] for x, y in pairwise(spans))
    scores = slow_scores(a, b)
    assert (shown.jaccard, shown.a_in_b, shown.b_in_a) == (scores or (0, 0, 0))


def test_moved_passages_are_found():
    one = " ".join(f"كلمة{i}" for i in range(20))
    two = " ".join(f"لفظ{i}" for i in range(20))
    shown = evidence("a", f"{one} {two}", "b", f"{two} {one}")
    assert [p.words for p in shown.passages] == [20, 20]


def test_each_match_has_evidence():
    texts = ["خبر عاجل", "خبر عاجل!", "وصل الوفد إلى العاصمة", "وصل الوفد إلى العاصمه مساء"]
    docs = [(str(i), text) for i, text in enumerate(texts)]
    found = find_duplicates(docs, 0.5)
    assert len(found.pairs) == 2
    for m in found.pairs:
        shown = found.explain(m.a, m.b)
        assert shown
        assert (shown.jaccard, shown.a_in_b, shown.b_in_a) == m[2:]
    assert str(found.explain("0", "1")) == (
        "0 and 1 share 100.0% of their 5-character runs (100.0% of 0, 100.0% of 1): 1 passages of 2 words"
    )


def test_an_unknown_id_is_named():
    with pytest.raises(ValueError, match="'z'"):
        find_duplicates([("a", "نص")]).explain("a", "z")
