"""Past memory the same is found as in memory, but for what the S-curve says; a stopped job goes on."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arclean.dedup import find_duplicates, joining, spill
from arclean.dedup.spill import find_duplicates_on_disk, memory_bytes
from arclean.documents import Document
from arclean.errors import ArcleanError
from slow_twins import corpus, slow_scores


def same(found, expected):
    assert list(found.pairs) == list(expected.pairs)
    assert len(found.pairs) == len(expected.pairs)
    assert list(found.clusters) == list(expected.clusters)
    assert len(found.clusters) == len(expected.clusters)
    assert list(found.kept) == expected.kept
    assert list(found.dropped) == expected.dropped
    assert (len(found.kept), len(found.dropped)) == (len(expected.kept), len(expected.dropped))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.9, 1.0])
def test_the_same_as_in_memory(tmp_path, threshold):
    docs = corpus(random.Random(7), 250)
    # With such a recall a run misses a pair once in thousands; what is asked is deterministic.
    found = find_duplicates_on_disk(docs, tmp_path, threshold, recall=0.99999)
    same(found, find_duplicates(docs, threshold))
    assert found.recall >= 0.99999


@pytest.mark.parametrize("keep", ["longest", "first", "newest"])
def test_the_same_stay(tmp_path, keep):
    rnd = random.Random(9)
    docs = [Document(key, text, meta={"date": rnd.randrange(50)}) for key, text in corpus(rnd, 200)]
    same(
        find_duplicates_on_disk(docs, tmp_path, 0.5, keep, recall=0.99999),
        find_duplicates(docs, 0.5, keep),
    )


def test_pairs_are_missed_as_seldom_as_is_said_and_none_is_below(tmp_path):
    rnd = random.Random(3)
    docs = []
    for i in range(700):
        row = [f"{rnd.getrandbits(24):x}" for _ in range(rnd.randint(12, 120))]
        changed = [*row]
        for _ in range(rnd.randint(0, 1 + len(row) // 18)):
            changed[rnd.randrange(len(row))] = "غيره"
        docs += [(f"{i:03}a", " ".join(row)), (f"{i:03}b", " ".join(changed))]
    scores = {(a, b): slow_scores(x, y) for (a, x), (b, y) in zip(docs[::2], docs[1::2], strict=True)}
    alike = {pair: score for pair, score in scores.items() if score and score[0] >= 0.5}
    found = find_duplicates_on_disk(docs, tmp_path, 0.5, recall=0.6)
    pairs = {(m.a, m.b): (m.jaccard, m.a_in_b, m.b_in_a) for m in found.pairs}
    assert {*pairs.items()} <= {*alike.items()}
    chances = [found.bands.recall(score[0]) for score in alike.values()]
    deviation = sum(p * (1 - p) for p in chances) ** 0.5
    assert abs(len(pairs) - sum(chances)) < 4 * deviation
    assert deviation > 3
    assert found.bands.recall(0.5) == found.recall >= 0.6


def words(name, count):
    return " ".join(f"{name}{i}" for i in range(count))


def test_many_files_and_shelves(tmp_path, monkeypatch):
    monkeypatch.setattr("arclean.dedup.spill._characters", lambda _: 20_000)
    monkeypatch.setattr("arclean.dedup.find.BATCH", 5_000)
    monkeypatch.setattr("arclean.dedup.ondisk._TOGETHER", 20)
    shelves = []
    all_shelves = joining._shelves  # noqa: SLF001 (that there are several makes the test)

    def few(files, _):
        for pair in all_shelves(files, 32 * 5_000):
            shelves.append(pair)
            yield pair

    monkeypatch.setattr("arclean.dedup.joining._shelves", few)
    docs = corpus(random.Random(5), 400)
    same(find_duplicates_on_disk(docs, tmp_path, 0.6, recall=0.99999), find_duplicates(docs, 0.6))
    assert len([*tmp_path.glob("documents-*")]) > 5
    assert len(shelves) > 5


def test_without_scipy_sql_finds_the_components(tmp_path, monkeypatch):
    docs = corpus(random.Random(6), 150)
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    same(find_duplicates_on_disk(docs, tmp_path, 0.5, recall=0.99999), find_duplicates(docs, 0.5))


def test_hundreds_of_equal_documents(tmp_path):
    docs = [(f"{i:03}", words("كلمة", 30)) for i in range(120)] + [("e1", ""), ("e2", "؟!")]
    same(find_duplicates_on_disk(docs, tmp_path), find_duplicates(docs))


def test_nothing_and_odd_ids(tmp_path):
    same(find_duplicates_on_disk([], tmp_path / "none"), find_duplicates([]))
    docs = [(key, words("كلمة", 30)) for key in ("\ud800", "ب'", "\U0001f600", "\uffff", "")]
    same(find_duplicates_on_disk(docs, tmp_path / "it's odd"), find_duplicates(docs))


def test_finished_files_are_taken_up_again(tmp_path, monkeypatch):
    monkeypatch.setattr("arclean.dedup.spill._characters", lambda _: 20_000)
    monkeypatch.setattr("arclean.dedup.find.BATCH", 5_000)
    docs = corpus(random.Random(5), 300)
    seen = []
    kernel = spill.hashed

    def counting(numbers, texts, bands):
        seen.extend(texts)
        return kernel(numbers, texts, bands)

    monkeypatch.setattr("arclean.dedup.spill.hashed", counting)

    def stopped():
        yield from docs[:200]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_duplicates_on_disk(stopped(), tmp_path, 0.6)
    first = len(seen)
    assert 0 < first <= 200
    assert all(path.suffix == ".parquet" and path.name[0] != "." for path in tmp_path.iterdir())
    same(find_duplicates_on_disk(docs, tmp_path, 0.6), find_duplicates(docs, 0.6))
    assert len(seen) == len(docs)
    find_duplicates_on_disk(docs, tmp_path, 0.6)
    assert len(seen) == len(docs)
    # Other documents or other bands are other work.
    same(find_duplicates_on_disk(docs[1:150], tmp_path, 0.8), find_duplicates(docs[1:150], 0.8))
    assert len(seen) == len(docs) + 149


PROGRAM = """
import sys, random
from arclean.dedup.spill import find_duplicates_on_disk
sys.path.insert(0, sys.argv[2])
from slow_twins import corpus
import arclean.dedup.spill as spill
spill._characters = lambda _: 60_000
find_duplicates_on_disk(corpus(random.Random(5), 1500), sys.argv[1], 0.6)
"""


@pytest.mark.parametrize("wait", [1, 4])
def test_ctrl_c_leaves_nothing_half_written(tmp_path, wait):
    folder = tmp_path / "work"
    program = [sys.executable, "-c", PROGRAM, folder, Path(__file__).parent]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len([*folder.glob("documents-*")]) < wait:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
    left = {path.name for path in folder.iterdir()}
    assert all(name.endswith(".parquet") and not name.startswith(".") for name in left)
    assert any(name.startswith("documents") for name in left)
    docs = corpus(random.Random(5), 1500)
    found = find_duplicates_on_disk(docs, folder, 0.6, recall=0.99999)
    assert len(found.dropped) == len(find_duplicates(docs, 0.6).dropped)


JOINING = """
import os, random, signal, sys
sys.path.insert(0, sys.argv[2])
from slow_twins import corpus
from arclean.dedup import find, joining, spill
spill._characters = lambda _: 20_000
find.BATCH = 5_000
shelves = joining._shelves
joining._shelves = lambda files, _: shelves(files, 32 * 5_000)

def tell(stage, done, total):
    if (stage, done) == (sys.argv[3], int(sys.argv[4])):
        os.kill(os.getpid(), signal.SIGKILL)

spill.find_duplicates_on_disk(corpus(random.Random(5), 400), sys.argv[1], 0.6, recall=0.99999, progress=tell)
"""


@pytest.mark.parametrize("stage", [("joining", 0), ("joining", 3), ("verifying", 4), ("choosing who stays", 1)])
def test_a_killed_join_goes_on(tmp_path, monkeypatch, stage):
    monkeypatch.setattr("arclean.dedup.spill._characters", lambda _: 20_000)
    monkeypatch.setattr("arclean.dedup.find.BATCH", 5_000)
    shelves = joining._shelves  # noqa: SLF001 (that there are several makes the test)
    monkeypatch.setattr("arclean.dedup.joining._shelves", lambda files, _: shelves(files, 32 * 5_000))
    folder = tmp_path / "work"
    program = [sys.executable, "-c", JOINING, folder, Path(__file__).parent, stage[0], str(stage[1])]
    assert subprocess.run(program, check=False).returncode == -signal.SIGKILL
    steps, counted = [], []
    do, verified = joining._do, joining.verified  # noqa: SLF001 (nothing else tells what is done again)
    monkeypatch.setattr("arclean.dedup.joining._do", lambda c, name, s: steps.append(name) or do(c, name, s))
    monkeypatch.setattr("arclean.dedup.joining.verified", lambda *a: counted.append(a) or verified(*a))
    monkeypatch.setattr("arclean.dedup.spill.hashed", lambda *_: pytest.fail("hashed again"))
    docs = corpus(random.Random(5), 400)
    same(find_duplicates_on_disk(docs, folder, 0.6, recall=0.99999), find_duplicates(docs, 0.6))
    names = ["documents", "members", "keys", "met", "candidates", "pairs"]
    assert steps == {"joining": names[stage[1] :], "verifying": names[5:], "choosing who stays": []}[stage[0]]
    assert bool(counted) == (stage[0] != "choosing who stays")
    assert not (folder / "scratch").exists()


def test_another_threshold_or_memory_is_another_join(tmp_path):
    docs = corpus(random.Random(4), 60)

    def stop(stage, *_):
        if stage == "verifying":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_duplicates_on_disk(docs, tmp_path, 0.7, recall=0.99999, progress=stop)
    assert (tmp_path / "scratch" / "work.duckdb").exists()
    same(find_duplicates_on_disk(docs, tmp_path, 0.69, recall=0.99999, memory="2GB"), find_duplicates(docs, 0.69))
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "work.duckdb").write_bytes(b"damaged" * 3000)
    same(find_duplicates_on_disk(docs, tmp_path, 0.7, recall=0.99999), find_duplicates(docs))


def test_two_processes_do_not_work_in_one_folder(tmp_path):
    program = "import sys, duckdb\nheld = duckdb.connect(sys.argv[1])\nprint('held', flush=True)\nsys.stdin.readline()"
    (tmp_path / "scratch").mkdir()
    command = [sys.executable, "-c", program, tmp_path / "scratch" / "work.duckdb"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(ArcleanError, match="another process works in"):
            find_duplicates_on_disk([("a", "نص")], tmp_path)
        process.stdin.close()
    assert list(find_duplicates_on_disk([("a", "نص")], tmp_path).kept) == ["a"]


def test_workers_write_the_same_and_progress_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("arclean.dedup.spill._characters", lambda _: 20_000)
    monkeypatch.setattr("arclean.dedup.find.BATCH", 5_000)
    docs = corpus(random.Random(5), 200)
    told = []
    one = find_duplicates_on_disk(docs, tmp_path / "one", 0.6)
    two = find_duplicates_on_disk(docs, tmp_path / "two", 0.6, workers=2, progress=lambda *t: told.append(t))
    for kind in ("documents-*", "keys-*"):
        written = [[path.read_bytes() for path in sorted(found.folder.glob(kind))] for found in (one, two)]
        assert written[0] == written[1]
        assert len(written[0]) > 2
    assert list(one.pairs) == list(two.pairs)
    stages = dict.fromkeys(stage for stage, *_ in told)
    assert [*stages] == ["folding and hashing", "joining", "verifying", "choosing who stays"]
    for name in stages:
        steps = [(done, total) for stage, done, total in told if stage == name]
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1] > 0
    with pytest.raises(ValueError, match="workers=0"):
        find_duplicates_on_disk(docs, tmp_path / "none", workers=0)


def test_dates_may_stand_in_some_files_only(tmp_path, monkeypatch):
    monkeypatch.setattr("arclean.dedup.spill._characters", lambda _: 200)
    monkeypatch.setattr("arclean.dedup.find.BATCH", 100)
    docs = [
        Document(f"{i}", words("كلمة", 30), meta={"date": "2024-05-03"} if i == 7 else {"day": 1}) for i in range(9)
    ]
    found = find_duplicates_on_disk(docs, tmp_path, keep="newest")
    same(found, find_duplicates(docs, keep="newest"))
    assert list(found.kept) == ["7"]
    for find in (find_duplicates, lambda *a, **k: find_duplicates_on_disk(*a, tmp_path / "none", **k)):
        with pytest.raises(ValueError, match=r"no document has the field 'published'.*\(date, day\)"):
            find(docs, keep="newest", date_field="published")


def test_mistakes_are_named(tmp_path):
    with pytest.raises(ValueError, match="two documents have the id 'a'"):
        find_duplicates_on_disk([("a", "نص"), ("b", "نص"), ("a", "آخر")], tmp_path)
    with pytest.raises(ValueError, match="a function needs the texts"):
        find_duplicates_on_disk([], tmp_path, keep=min)
    with pytest.raises(ValueError, match="threshold=0"):
        find_duplicates_on_disk([], tmp_path, 0)
    with pytest.raises(ValueError, match="recall=2"):
        find_duplicates_on_disk([], tmp_path, recall=2)
    (tmp_path / "file").write_text("")
    with pytest.raises(ArcleanError, match="is a file"):
        find_duplicates_on_disk([], tmp_path / "file")
    for wrong in ("100MB", "lots", "1 XB", "-1GB", "", 5):
        with pytest.raises(ValueError, match="an amount such as '1GB'"):
            memory_bytes(wrong)
    assert memory_bytes(1 << 30) == memory_bytes("1 GiB") == memory_bytes("1gib")
