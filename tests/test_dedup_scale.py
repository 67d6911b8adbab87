"""What must hold however large a corpus grows: texts that wait on disk, tables that are dealt out, filters, memory."""

import gc
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup import DuplicateIndex, find_duplicates
from arclean.dedup import candidates as join
from arclean.dedup.candidates import tallied
from arclean.dedup.find import Pool
from arclean.dedup.folded import bounds_of
from arclean.dedup.segments import _filter, _passing
from arclean.dedup.shingles import Sets, repeated
from arclean.dedup.store import Store
from arclean.dedup.texts import StreamedTexts
from arclean.documents import Document
from slow_twins import corpus


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6), st.integers(0, 40))
def test_streamed_texts_are_those_that_came(batches, most_held):
    texts = StreamedTexts(most_held)
    for batch in batches:
        texts.extend(batch)
    flat = [text for batch in batches for text in batch]
    assert [*texts] == flat == texts[:]
    assert texts.spilled == (sum(map(len, flat)) > most_held)
    assert [texts[-i] for i in range(1, len(flat) + 1)] == flat[::-1]
    with pytest.raises(IndexError):
        texts[len(flat)]


@pytest.mark.parametrize("keep", ["longest", "first", "newest", lambda docs: min(docs, key=lambda d: d.text)])
def test_a_stream_on_disk_gives_what_a_list_gives(keep, monkeypatch):
    docs = [Document(key, text, meta={"date": len(text)}) for key, text in corpus(random.Random(3), 150)]
    found = find_duplicates(docs, 0.6, keep)
    monkeypatch.setattr(StreamedTexts.__init__, "__defaults__", (100,))
    streamed = find_duplicates(iter(docs), 0.6, keep)
    assert isinstance(streamed.texts, StreamedTexts)
    assert streamed.texts.spilled
    assert [*streamed.pairs] == [*found.pairs]
    assert streamed.clusters == found.clusters
    for match in found.pairs[:20]:
        assert streamed.explain(match.a, match.b) == found.explain(match.a, match.b)


def test_texts_on_disk_go_with_the_result():
    texts = StreamedTexts(0)
    texts.extend(["نص"])
    file = texts._file  # noqa: SLF001 (nothing else shows it)
    assert not file.closed
    del texts
    gc.collect()
    assert file.closed


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**31 - 1) | st.integers(0, 3), st.integers(0, 3)), max_size=300))
def test_pairs_are_tallied(rows):
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    one, two, times = (column.tolist() for column in tallied(columns[0], columns[1]))
    assert dict(zip(zip(one, two, strict=True), times, strict=True)) == Counter(rows)
    assert len(one) == len({*rows})


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=300))
def test_all_but_one_of_each_are_repeated(rows):
    rows.sort(key=lambda row: row[1])
    values = np.array([value for value, _ in rows], np.uint64) << np.uint64(58)  # few slots: many strangers meet
    owners = np.array([owner for _, owner in rows], np.int32)
    again = {*repeated(values, owners).tolist()}
    assert len({row for i, row in enumerate(rows) if i not in again}) == len(rows) - len(again) == len({*rows})


@pytest.mark.parametrize(("grouped", "pairs"), [(64, 32), (1, 1), (1, 1 << 17), (1 << 16, 1)])
def test_nothing_is_missed_where_looks_and_turns_are_many(grouped, pairs, monkeypatch):
    rnd = random.Random(4)
    spread = np.random.default_rng(5).integers(0, 2**64, 900, dtype=np.uint64)
    lists: list[set[int]] = [{*rnd.sample(range(900), rnd.randint(5, 60))} for _ in range(60)]
    lists += [({*old} - {*rnd.sample(sorted(old), 2)}) | {rnd.randrange(900)} for old in lists]
    rows = [spread[sorted(s)] for s in lists]
    sets = Sets(np.concatenate(rows), bounds_of(np.array([len(r) for r in rows])))
    expected = [*map(sorted, _pairs(sets))]
    monkeypatch.setattr(join, "_GROUPED", grouped)
    monkeypatch.setattr(join, "MOST_PAIRS", pairs)
    found = [*map(sorted, _pairs(sets))]
    assert sorted(found) == sorted(expected)
    alike = {
        (i, j)
        for j in range(len(lists))
        for i in range(j)
        if len(lists[i] & lists[j]) >= 0.6 * len(lists[i] | lists[j])
    }
    assert alike
    assert alike <= {(i, j) for i, j in found}


def _pairs(sets):
    return [pair for one, two in join.candidates(sets, 0.6) for pair in zip(one.tolist(), two.tolist(), strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=200))
def test_a_filter_lets_every_key_pass(keys):
    held = np.array(keys, np.uint64)
    assert _passing(_filter(held), held).tolist() == [*range(len(keys))]


def test_a_filter_lets_hardly_any_other_key_pass():
    numbers = np.random.default_rng(2)
    bits = _filter(numbers.integers(0, 2**64, 20_000, dtype=np.uint64))
    assert len(_passing(bits, numbers.integers(0, 2**64, 50_000, dtype=np.uint64))) < 0.02 * 50_000


def test_a_query_reads_few_pages(tmp_path, monkeypatch):
    docs = corpus(random.Random(9), 400)
    with DuplicateIndex(tmp_path / "store") as index:
        for begin in range(0, len(docs), 50):
            index.add(docs[begin : begin + 50])
        index.query(docs[0][1])  # the segments are in memory from here on
        reads = []
        get = Store.get
        monkeypatch.setattr(Store, "get", lambda store, name: reads.append(name) or get(store, name))
        assert index.query(" ".join(f"غريب{i}" for i in range(200))) == []
    assert len(reads) < 20


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.sets(st.integers(0, 99), max_size=9), max_size=5), min_size=1, max_size=5), st.randoms())
def test_a_pool_gives_the_marked_sets_where_they_stand(batches, rnd):
    # pytest's monkeypatch and hypothesis do not go together; a small room makes the pool grow
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("arclean.dedup.find._ROOM", 3)
        pool = Pool()
        for rows in batches:
            values = np.array([v for row in rows for v in row], np.uint64)
            pool.add(Sets(values, bounds_of(np.array([len(row) for row in rows], np.int64))))
    flat = [row for rows in batches for row in rows]
    marked = [rnd.random() < 0.7 for _ in flat]
    sets = pool.sets(np.array(marked, bool))
    wanted = [row for row, mark in zip(flat, marked, strict=True) if mark]
    assert [{*sets.of(i).tolist()} for i in range(len(wanted))] == wanted
