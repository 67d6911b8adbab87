"""Clusters are stars around the document that stays."""

import random

import pytest

from arclean.dedup import find_duplicates
from arclean.documents import Document
from slow_twins import corpus, slow_pairs

POLICIES = ["longest", "first", lambda docs: min(docs, key=lambda d: d.id)]


def chain(length, step=3, size=30):
    """Pages that slide along one long text: each is like its neighbours, and the first has nothing of the last."""
    words = [f"كلمة{i}" for i in range(size + step * length)]
    return [(f"{i:04}", " ".join(words[i * step : i * step + size])) for i in range(length)]


@pytest.mark.parametrize("keep", POLICIES)
@pytest.mark.parametrize("docs", [corpus(random.Random(4), 200), chain(40)], ids=["corpus", "chain"])
def test_each_dropped_document_is_alike_to_the_kept_one(docs, keep):
    found = find_duplicates(docs, 0.5, keep)
    alike = slow_pairs(docs, 0.5)
    for cluster in found.clusters:
        assert cluster.dropped
        assert cluster.because
        for other, match in zip(cluster.dropped, cluster.matches, strict=True):
            pair = tuple(sorted((cluster.kept, other)))
            assert (match.a, match.b) == pair
            assert (match.jaccard, match.a_in_b, match.b_in_a) == alike[pair]
    kept = {*found.kept}
    assert not [pair for pair in alike if kept >= {*pair}]
    assert sorted(found.kept + found.dropped) == sorted(key for key, _ in docs)
    assert sorted(d for c in found.clusters for d in c.dropped) == sorted(found.dropped)


def test_templates_do_not_chain():
    found = find_duplicates(chain(1000), 0.5)
    assert max(len(c.dropped) for c in found.clusters) <= 8
    assert len(found.kept) > 150


def test_policies():
    text = " ".join(f"كلمة{i}" for i in range(40))
    docs = [Document("b", text + " ثم"), Document("c", text + " ثم عاد"), Document("a", text)]
    assert find_duplicates(docs).kept == ["c"]
    assert find_duplicates(docs, keep="first").kept == ["b"]
    assert find_duplicates(docs, keep=lambda d: min(d, key=lambda x: x.id)).kept == ["a"]


def test_the_function_sees_the_documents_as_they_were_given():
    text = " ".join(f"كلمة{i}" for i in range(40))
    docs = [Document(str(i), text, meta={"date": date}) for i, date in enumerate(("2023", "2025", "2024"))]
    assert find_duplicates(docs, keep=lambda d: max(d, key=lambda x: x.meta["date"])).kept == ["1"]


def test_a_function_must_choose_among_its_documents():
    text = " ".join(f"كلمة{i}" for i in range(40))
    with pytest.raises(ValueError, match="none of the 2"):
        find_duplicates([("a", text), ("b", text)], keep=lambda _: None)


def test_a_reason_has_numbers():
    text = " ".join(f"كلمة{i}" for i in range(40))
    (cluster,) = find_duplicates([("a", text), ("b", text + " ثم عاد"), ("c", text)]).clusters
    assert cluster.because.startswith(
        "2 documents share 95% of the 5-word runs (100% of their own) with the kept one, the longest"
    )
    (cluster,) = find_duplicates([("a", "خبر عاجل"), ("b", "خبر عاجل!")]).clusters
    assert "1 document shares 100% of the 5-character runs" in cluster.because
