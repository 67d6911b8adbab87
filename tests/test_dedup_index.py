"""The index on disk answers like one run, and loses nothing that it has acknowledged."""

import pickle
import random
import signal
import sqlite3
import subprocess
import sys

import pytest

from arclean import ArcleanError
from arclean.dedup import DuplicateIndex, IndexBusyError, IndexDamagedError, IndexVersionError, find_duplicates
from slow_twins import corpus

TEXT = "وصل الوفد إلى العاصمة مساء أمس وكان في استقباله عدد من المسؤولين والصحفيين"


@pytest.fixture(scope="module")
def docs():
    return corpus(random.Random(12), 260)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store"


def pairs_of(matches):
    return {tuple(sorted((m.a, m.b))): m.jaccard for m in matches}


@pytest.mark.parametrize("threshold", [0.3, 0.7, 1.0])
def test_any_batches_in_any_order_give_the_pairs_of_one_run(docs, path, threshold):
    rnd = random.Random(threshold)
    left = rnd.sample(docs, len(docs))
    found = []
    while left:
        with DuplicateIndex(path, threshold) as index:
            for size in rnd.choices([1, 2, 5, 40], k=12):
                batch, left = left[:size], left[size:]
                matches = index.add(batch)
                assert {m.a for m in matches} <= {key for key, _ in batch}
                found += matches
    assert len(pairs_of(found)) == len(found)
    assert pairs_of(found) == pairs_of(find_duplicates(docs, threshold).pairs)
    with DuplicateIndex(path) as index:
        assert len(index) == len(docs)


def test_queries_find_what_adding_would(docs, path):
    near = {}
    for m in find_duplicates(docs).pairs:
        near.setdefault(m.a, {})[m.b] = m.jaccard
        near.setdefault(m.b, {})[m.a] = m.jaccard
    with DuplicateIndex(path) as index:
        index.add(docs)
    with DuplicateIndex(path) as index:
        for key, text in docs[:80]:
            found = index.query(text)
            assert {m.b: m.jaccard for m in found if m.b != key} == near.get(key, {})
            assert [m.jaccard for m in found] == sorted((m.jaccard for m in found), reverse=True)


def test_removed_documents_are_gone_and_their_ids_free(docs, path):
    with DuplicateIndex(path) as index:
        index.add(docs[:100])
        index.remove([key for key, _ in docs[:30]])
        assert len(index) == 70
        assert not [m for key, text in docs[:30] for m in index.query(text) if m.b == key]
        size = path.stat().st_size
        index.compact()
        assert path.stat().st_size < size
        assert len(index) == 70
        again = index.add(docs[:30])
        rest = pairs_of(find_duplicates(docs[30:100]).pairs)
        assert pairs_of(again) | rest == pairs_of(find_duplicates(docs[:100]).pairs)


def test_nothing_is_stored_where_one_document_is_refused(path):
    with DuplicateIndex(path) as index:
        index.add([("a", TEXT)])
        for wrong, error in ([("b", TEXT), ("a", "نص")], ValueError), ([("b", TEXT), ("c", b"x")], TypeError):
            with pytest.raises(error):
                index.add(wrong)
        with pytest.raises(ValueError, match="'z'"):
            index.remove(["a", "z"])
        assert len(index) == 1
        assert [m.b for m in index.query(TEXT)] == ["a"]
        assert [m.a for m in index.add([("b", TEXT), ("c", TEXT)])] == ["b", "c", "c"]


def test_an_index_may_be_asked_before_it_is_filled(path):
    with DuplicateIndex(path) as index:
        assert index.query(TEXT) == []
        assert len(index) == 0
        assert index.add([]) == []
        assert index.add([("empty", "؟!"), ("short", "نعم")]) == []
        assert index.query("") == []
        assert [m.b for m in index.query("نَعم")] == ["short"]


def test_readers_see_what_the_writer_has_committed(path):
    with DuplicateIndex(path) as writer, DuplicateIndex(path) as reader:
        for i in range(20):
            writer.add([(str(i), TEXT)])
            assert len(reader) == i + 1
            assert len(reader.query(TEXT)) == i + 1


def test_a_second_writer_is_refused_until_the_first_closes(path):
    with DuplicateIndex(path) as first, DuplicateIndex(path) as second:
        first.add([("a", TEXT)])
        with pytest.raises(IndexBusyError, match="another process"):
            second.add([("b", TEXT)])
        first.close()
        assert len(second.add([("b", TEXT)])) == 1


def test_the_threshold_is_the_files(path):
    with DuplicateIndex(path, 0.5) as index:
        index.add([("a", TEXT)])
    with DuplicateIndex(path) as index:
        assert [m.b for m in index.query(TEXT + " ثم عاد الوفد إلى بلاده")] == ["a"]
    with pytest.raises(ValueError, match=r"0\.5"):
        DuplicateIndex(path, 0.7)


def damaged(data, rnd):
    yield "half", data[: len(data) // 2]
    yield "short", data[:-7]
    yield "head", b"\x00garbage" * 8 + data[64:]
    yield "text", b"no index\n" * 50
    yield "zeros", data[: len(data) // 2] + bytes(len(data) // 8) + data[len(data) // 2 + len(data) // 8 :]
    yield "pickle", pickle.dumps({"a": 1})
    yield "other", data[:16] + rnd.randbytes(len(data) - 16)
    for i in range(25):
        spots = {rnd.randrange(len(data)) for _ in range(30)}
        yield f"flips {i}", bytes(x ^ 0xFF if at in spots else x for at, x in enumerate(data))


def test_damage_is_an_error_or_does_no_harm(docs, path, tmp_path):
    with DuplicateIndex(path) as index:
        for begin in range(0, len(docs), 50):
            index.add(docs[begin : begin + 50])
        right = [index.query(text) for _, text in docs[:60]]
    refused = 0
    for name, data in damaged(path.read_bytes(), random.Random(3)):
        copy = tmp_path / name
        copy.write_bytes(data)
        try:
            with DuplicateIndex(copy) as index:
                assert [index.query(text) for _, text in docs[:60]] == right, name
                assert len(index) == len(docs)
        except ArcleanError as error:
            assert len(str(error).split()) > 5  # noqa: PT017
            refused += 1
    assert refused > 20


def test_a_block_that_is_missing_is_damage(docs, path):
    docs = docs[:50]
    with DuplicateIndex(path) as index:
        index.add(docs)
        right = [index.query(text) for _, text in docs]
    raw = sqlite3.connect(path)
    refused = 0
    blocks = raw.execute("SELECT name, data FROM block").fetchall()
    for name, data in blocks:
        with raw:
            raw.execute("DELETE FROM block WHERE name = ?", (name,))
        try:
            with DuplicateIndex(path) as index:
                assert [index.query(text) for _, text in docs] == right
        except IndexDamagedError as error:
            assert "missing" in str(error)  # noqa: PT017
            refused += 1
        with raw:
            raw.execute("INSERT INTO block VALUES (?, ?)", (name, data))
    raw.close()
    assert refused >= len(blocks) - sum(not index.query(text) for _, text in docs)


def test_an_index_of_other_rules_is_refused(path, monkeypatch):
    with DuplicateIndex(path) as index:
        index.add([("a", TEXT)])
    monkeypatch.setattr("arclean.dedup.index.FORMAT", 3)
    with pytest.raises(IndexVersionError, match="format 2"):
        DuplicateIndex(path)


def test_a_path_that_cannot_be_is_refused(tmp_path):
    for wrong in (tmp_path, tmp_path / "none" / "store"):
        with pytest.raises(ArcleanError, match="folder"):
            DuplicateIndex(wrong)


WRITER = """
import sys
from arclean.dedup import DuplicateIndex
with DuplicateIndex(sys.argv[1]) as index:
    for i in range(10000):
        index.add([(str(i), " ".join(str(i * k) for k in range(60)))])
        print(i, flush=True)
"""


def test_a_killed_writer_loses_nothing_acknowledged(path):
    for goal in (3, 40):
        path.unlink(missing_ok=True)
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as process:
            last = 0
            while last < goal:
                last = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            last = max([last, *map(int, process.stdout.read().split("\n")[:-1])])
        with DuplicateIndex(path) as index:
            assert last + 1 <= len(index) <= last + 2
            for i in range(last + 1):
                assert str(i) in {m.b for m in index.query(" ".join(str(i * k) for k in range(60)))}
            index.add([("new", TEXT)])
