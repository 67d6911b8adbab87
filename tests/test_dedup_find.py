"""find_duplicates finds what the definition says: all of it, nothing else, the same whatever the order."""

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup import find_duplicates
from arclean.dedup.candidates import candidates, prefix_sizes
from arclean.dedup.folded import bounds_of
from arclean.dedup.shingles import Sets
from arclean.dedup.verify import shared
from arclean.documents import Document
from slow_twins import corpus, slow_contained, slow_pairs

WORDS = "خرج الوزير صباح أمس إلى مدينة السلط وقال للصحفيين إن المشروع الجديد سيبدأ قريبا".split()
LONG = " ".join(WORDS * 3)


def exactly(found):
    return {(m.a, m.b): (m.jaccard, m.a_in_b, m.b_in_a) for m in found.pairs}


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.5, 0.7, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_every_pair_and_no_other(threshold, seed):
    docs = corpus(random.Random(seed), 220)
    assert exactly(find_duplicates(docs, threshold)) == slow_pairs(docs, threshold)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("نعم لا كتاب قلم بيت هذا".split()), max_size=16), max_size=12),
    st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 0.8, 1.0]),
)
def test_every_pair_of_texts_that_repeat_themselves(lists, threshold):
    docs = [(str(i), " ".join(words)) for i, words in enumerate(lists)]
    assert exactly(find_duplicates(docs, threshold)) == slow_pairs(docs, threshold)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sets(st.integers(0, 60), max_size=40), max_size=25), st.floats(0.05, 1))
def test_the_join_misses_no_sets(lists, threshold):
    spread = np.random.default_rng(5).integers(0, 2**64, 61, dtype=np.uint64)
    rows = [spread[sorted(s)] for s in lists]
    sets = Sets(np.concatenate([*rows, np.empty(0, np.uint64)]), bounds_of(np.array([len(r) for r in rows], np.int64)))
    near = set()
    for one, two in candidates(sets, threshold):
        pairs = list(zip(one.tolist(), two.tolist(), strict=True))
        assert not near & {*pairs}
        near |= {*pairs}
        counts = shared(sets, one, two).tolist()
        assert counts == [len(lists[a] & lists[b]) for a, b in pairs]
    for b in range(len(lists)):
        for a in range(b):
            both, either = len(lists[a] & lists[b]), len(lists[a] | lists[b])
            assert (a, b) in near or not both or both / either < threshold


def test_prefixes_are_long_enough_where_products_are_inexact():
    for size in range(1, 400):
        for threshold in (0.1, 0.3, 0.55, 0.7, 0.9):
            prefix = prefix_sizes(threshold, np.array([size]))[0]
            least = next(k for k in range(1, size + 1) if k >= threshold * size - 1e-9)
            assert prefix == size - least + 1


def test_hubs_neither_hide_pairs_nor_make_them():
    rnd = random.Random(3)
    header = [f"راس{i}" for i in range(120)]
    docs = [(f"{i:03}", " ".join(header + [f"كلمة{rnd.randrange(500)}" for _ in range(30)])) for i in range(250)]
    docs += [(f"{i:03}ب", text + " ختام جديد") for i, (_, text) in enumerate(docs[:20])]
    for threshold in (0.6, 0.7, 0.9):
        assert exactly(find_duplicates(docs, threshold)) == slow_pairs(docs, threshold)


def test_result_does_not_depend_on_the_order():
    docs = corpus(random.Random(8), 150)
    found = find_duplicates(docs)
    mixed = random.Random(1).sample(docs, len(docs))
    again = find_duplicates(mixed)
    assert list(again.pairs) == list(found.pairs)
    assert {(c.kept, frozenset(c.dropped)) for c in again.clusters} == {
        (c.kept, frozenset(c.dropped)) for c in found.clusters
    }
    assert sorted(again.kept) == sorted(found.kept)


def test_result_does_not_depend_on_the_hash_seed():
    program = (
        "from arclean.dedup import find_duplicates\n"
        "docs = [(str(i), ' '.join(str(n % (7 + i % 3)) for n in range(20))) for i in range(30)]\n"
        "print(list(find_duplicates(docs, .5).pairs), find_duplicates(docs, .5).clusters)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "12"
    }
    assert len(outputs) == 1


def test_pairs_are_sorted_by_ids_and_read_lazily():
    docs = [("ب", LONG), ("أ", LONG), ("ت", LONG + " ثم عاد")]
    pairs = find_duplicates(docs).pairs
    assert [(m.a, m.b) for m in pairs] == [("أ", "ب"), ("أ", "ت"), ("ب", "ت")]
    assert pairs[0].jaccard == 1.0
    assert pairs[-1] == pairs[2]
    assert pairs[:2] == [pairs[0], pairs[1]]
    assert pairs[1].a_in_b == 1.0 > pairs[1].b_in_a


def test_hundreds_of_equal_documents_are_one_cluster():
    found = find_duplicates([(f"{i:03}", LONG) for i in range(300)])
    assert len(found.pairs) == 300 * 299 // 2 == len(list(found.pairs))
    assert [c.kept for c in found.clusters] == found.kept == ["000"]


def test_spelling_hides_no_copy():
    plain = "افتتح الوزير أمس المدرسة الجديدة في مدينة الكرك بحضور 35 معلما من أهالي المدينة"
    marked = "اِفتَتَحَ الوزيرُ امس، المدرسه الجديــدة في مدينه الكرك؛ بحضور ٣٥ معلماً من أهالى المدينة!!"
    (match,) = find_duplicates([("a", plain), ("b", marked)]).pairs
    assert match.jaccard == 1.0


def test_short_texts_are_compared_by_characters_and_with_longer_ones_by_words():
    short, near = "وصل الوفد إلى العاصمة مساء", "وصل الوفد إلى العاصمة مساء أمس"
    assert len(find_duplicates([("a", short), ("b", near)]).pairs) == 1
    seven, eight = "واحد اثنان ثلاثة أربعة خمسة ستة سبعة", "واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية"
    (match,) = find_duplicates([("a", seven), ("b", eight)]).pairs
    assert match.jaccard == 3 / 4
    assert len(find_duplicates([("a", "كتاب"), ("b", "كِتاب"), ("c", "قلم")]).pairs) == 1


def test_empty_texts_match_nothing():
    empty = ["", " \n", "؟!", "\u200f\u202b", "🎉", "***"]
    found = find_duplicates((str(i), text) for i, text in enumerate(empty * 2))
    assert not found.pairs
    assert len(found.kept) == 12


def test_nothing_and_one():
    assert find_duplicates([]).kept == []
    assert find_duplicates([("a", LONG)]).kept == ["a"]
    assert not find_duplicates([]).pairs


def test_documents_and_pairs_may_be_mixed():
    found = find_duplicates([Document("a", LONG), ("b", LONG)], keep="first")
    assert (found.kept, found.dropped) == (["a"], ["b"])


@pytest.mark.parametrize(
    ("docs", "error", "says"),
    [
        ([("a", "نص"), ("b", "نص"), ("a", "آخر")], ValueError, "'a'"),
        ([("a", "نص".encode())], TypeError, "arclean.decode"),
        ([("a", None)], TypeError, "no text"),
        ([(1, "نص")], TypeError, "str"),
        (["نص"], TypeError, "pair"),
    ],
)
def test_mistakes_are_named(docs, error, says):
    with pytest.raises(error, match=says):
        find_duplicates(docs)


@pytest.mark.parametrize("threshold", [0, -1, 1.01, float("nan")])
def test_a_threshold_is_a_share(threshold):
    with pytest.raises(ValueError, match="threshold"):
        find_duplicates([], threshold)


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="longest"):
        find_duplicates([], keep="oldest")


@pytest.mark.parametrize(("share", "threshold"), [(0.9, 0.7), (0.7, 0.7), (1.0, 0.9), (0.8, 0.5)])
def test_contained_documents_are_found_when_asked_for(share, threshold, monkeypatch):
    monkeypatch.setattr("arclean.dedup.containment.MOST_CONTAINED", 10**6)
    docs = list(dict.fromkeys(text for _, text in corpus(random.Random(21), 200)))
    docs = [(f"{i:03}", text) for i, text in enumerate(docs)]
    found = {(m.a, m.b) for m in find_duplicates(docs, threshold, containment=share).pairs}
    assert found == {*slow_pairs(docs, threshold)} | slow_contained(docs, share, threshold)
    assert slow_contained(docs, share, threshold)


def test_a_list_of_everything_contains_no_copies():
    rnd = random.Random(1)
    items = [" ".join(f"كلمة{rnd.randrange(9999)}" for _ in range(20)) for _ in range(12)]
    docs = [(f"{i:02}", item) for i, item in enumerate(items)]
    few, all_of_them = ("few", " ".join(items[:3])), ("list", " ".join(items))
    assert {m.b for m in find_duplicates([*docs, few], containment=0.9).pairs} == {"few"}
    assert len(find_duplicates([*docs, few], containment=0.9).kept) == 10
    assert find_duplicates([*docs, all_of_them], containment=0.9).dropped == []


def test_result_does_not_depend_on_the_number_of_processes():
    docs = corpus(random.Random(5), 1500)
    one, two = find_duplicates(docs, 0.6), find_duplicates(iter(docs), 0.6, workers=2)
    assert list(one.pairs) == list(two.pairs)
    assert one.clusters == two.clusters
    with pytest.raises(ValueError, match="workers"):
        find_duplicates(docs, workers=0)
