"""Passages are what the definition says: all of them, nothing else, cut at words of the texts as they were given."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup.evidence import words_of
from arclean.dedup.offsets import word_offsets
from arclean.dedup.passages import find_passages
from slow_twins import slow_words


def slow_passages(docs, least):
    """Write the definition out: {run of words: places as (id, first word)}."""
    words = {key: slow_words(text) for key, text in docs}
    places = {}
    for key, row in words.items():
        for i in range(len(row)):
            for j in range(i + least, len(row) + 1):
                places.setdefault(tuple(row[i:j]), []).append((key, i))
    recurring = {run: found for run, found in places.items() if len({key for key, _ in found}) > 1}
    passages = {}
    for run, found in recurring.items():
        for key, i in found:
            longer = [words[key][max(i - 1, 0) : i + len(run)], words[key][i : i + len(run) + 1]]
            if not any(len(r) > len(run) and tuple(r) in recurring for r in longer):
                passages[run] = sorted(found)
    return passages


def fast_passages(docs, least, **options):
    texts = dict(docs)
    starts = {key: {w.start: n for n, w in enumerate(words_of(text))} for key, text in docs}
    found = {}
    for passage in find_passages(docs, least, **options):
        runs = {tuple(slow_words(texts[p.id][p.start : p.end])) for p in passage.places}
        (run,) = runs
        assert len(run) == passage.words
        assert run not in found
        found[run] = sorted((p.id, starts[p.id][p.start]) for p in passage.places)
    return found


WORDS = st.lists(st.sampled_from("نعم لا كتابٌ، قـلم".split()), max_size=24).map(" ".join)


@settings(max_examples=250, deadline=None)
@given(st.lists(WORDS, max_size=6), st.integers(1, 5))
def test_as_the_definition_says(texts, least):
    docs = [(str(i), text) for i, text in enumerate(texts)]
    assert fast_passages(docs, least, max_documents=None) == slow_passages(docs, least)


@pytest.mark.parametrize("seed", range(4))
def test_copied_and_mixed_articles_as_the_definition_says(seed):
    rnd = random.Random(seed)
    vocabulary = ["".join(rnd.choices("ابتدرسعمن", k=rnd.randint(1, 7))) for _ in range(50)]
    sentences = [" ".join(rnd.choices(vocabulary, k=rnd.randint(4, 14))) for _ in range(14)]
    docs = [(f"{i:02}", "، ".join(rnd.choices(sentences, k=rnd.randint(0, 6)))) for i in range(18)]
    for least in (3, 8, 20):
        assert fast_passages(docs, least) == slow_passages(docs, least)


def run(name, count):
    return " ".join(f"{name}{i}" for i in range(count))


def test_a_shorter_passage_is_told_where_it_is_the_longest():
    docs = [("a", run("س", 30)), ("b", f"مقدمة {run('س', 30)}"), ("c", f"{run('س', 12)} خاتمة أخرى")]
    found = find_passages(docs, 10)
    assert [(p.words, p.ids) for p in found] == [(30, ("a", "b")), (12, ("a", "b", "c"))]
    assert [[text[p.start : p.end] for key, text in docs if key == p.id] for p in found[1].places] == [
        [run("س", 12)]
    ] * 3


def test_what_recurs_within_one_document_only_is_no_passage():
    assert find_passages([("a", f"{run('س', 20)} ثم {run('س', 20)}"), ("b", run("ص", 20))], 10) == []


def test_spelling_hides_no_passage_and_marks_stay_with_their_words():
    one = "وذكرت الوكالة: «أعلنتِ الوِزارةُ أمسِ»!"
    two = "اعلنت الوزاره امس عن"
    (found,) = find_passages([("a", one), ("b", two)], 3)
    assert [t[p.start : p.end] for t, p in zip((one, two), found.places, strict=True)] == [
        "أعلنتِ الوِزارةُ أمسِ",
        "اعلنت الوزاره امس",
    ]


def test_furniture_is_left_out():
    docs = [(f"{i:02}", f"{run('ذيل', 12)} {run(f'خبر{i}', 5)}") for i in range(12)]
    assert find_passages(docs, 10, max_documents=11) == []
    (found,) = find_passages(docs, 10, max_documents=12)
    assert len(found.places) == 12
    # Many places in few documents are no furniture.
    docs = [(key, f"{run('لازمة', 10)} {key} " * 8) for key in "اب"]
    assert [len(p.places) for p in find_passages(docs, 10, max_documents=2)] == [16]


def test_the_order_of_documents_makes_no_difference():
    rnd = random.Random(1)
    sentences = [run(f"س{i}ـ", rnd.randint(5, 15)) for i in range(10)]
    docs = [(f"{i:02}", " ".join(rnd.choices(sentences, k=4))) for i in range(30)]
    found = find_passages(docs, 6)
    assert found == find_passages(rnd.sample(docs, len(docs)), 6)
    assert all(x.words >= y.words for x, y in pairwise(found))
    assert all(list(p.places) == sorted(p.places) for p in found)


def test_nothing_one_and_long_repetitions():
    assert find_passages([]) == []
    assert find_passages([("a", ""), ("b", "؟!")], 1) == []
    assert find_passages([("a", "نص")], 1) == []
    (found,) = find_passages([("a", "نعم " * 3000), ("b", "نعم " * 2000)], 10)[:1]
    assert found.words == 2000
    assert found.ids == ("a", "b")
    assert len(found.places) == 1002


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="two documents have the id 'a'"):
        find_passages([("a", "نص"), ("a", "نص")])
    with pytest.raises(ValueError, match="min_words=0"):
        find_passages([], 0)
    with pytest.raises(ValueError, match="max_documents=0"):
        find_passages([], max_documents=0)
    with pytest.raises(TypeError, match="Document or an"):
        find_passages(["نص"])


CHARS = "اأآٱىييةهوؤئءكبتـ\u064e\u0651\u0654\u0670٣3 \n،.﷽ﻻﷺﹶE\u0301éGßहँ中한\u1161приΠ𝐀😀\ud800\u200f\u2028_²½ﬁ\u06e5"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(CHARS), max_size=30) | st.text(st.characters(exclude_categories=()), max_size=30))
def test_offsets_are_those_of_the_slow_twin(text):
    starts, ends = word_offsets(text)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [(w.start, w.end) for w in words_of(text)]
