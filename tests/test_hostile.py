"""Hostile input through the public functions and the command line: named and passed over, nothing lost beside it."""

import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import arclean

FOLDER = Path(__file__).parents[1] / "benchmarks"
for folder in (FOLDER, FOLDER / "reliability"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

hostile, kills, disks, sameness, trials = map(importlib.import_module, "hostile kills disks sameness trials".split())
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the trials fork")

SLOW = ("bomb", "100 MB", "never ends")
QUICK = [name for name in hostile.CASES if not any(word in name for word in SLOW)]


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_file_costs_no_good_document(name, tmp_path):
    assert hostile.tried(hostile.CASES[name], tmp_path / "case") == ""


def test_a_bomb_is_named_with_its_line(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(hostile.gzipped(b'{"text":"' + b"a" * 5_000_000 + b'"}\n'))
    rejected = []
    assert list(arclean.read_documents(path, max_bytes=1_000_000, on_reject=rejected.append)) == []
    assert [(Path(r.path).name, r.line) for r in rejected] == [("bomb.jsonl.gz", 1)]


def test_mutated_files_give_documents_or_rejections(tmp_path):
    assert set(hostile.mutations(tmp_path, random.Random(3), 100)) == {""}


def test_no_id_leads_out_of_the_folder(tmp_path):
    for key in hostile.ESCAPES:
        inside = trials.emptied(tmp_path / "deep" / "out")
        arclean.write_documents([arclean.Document(key, hostile.WORDS)], inside)
        assert [p for p in tmp_path.rglob("*") if p.is_file() and inside not in p.parents] == []


def test_a_changed_file_of_a_run_is_undone_or_refused(tmp_path):
    assert set(hostile.changed_runs(tmp_path, random.Random(5), 60)) == {""}


def test_a_record_that_names_no_file_is_refused(tmp_path):
    assert set(hostile.written_elsewhere(tmp_path)) == {""}


def test_no_cell_is_a_formula_and_undo_gives_it_back(tmp_path):
    assert set(hostile.spreadsheet(tmp_path)) == {""}


def test_no_script_of_a_text_runs_in_the_report(tmp_path):
    assert set(hostile.browser(tmp_path)) == {""}


def test_what_the_report_is_searched_for_would_be_found():
    seen = hostile.Elements()
    for script in (
        f"<script>{hostile.MARK}()</script>",
        f"<img onerror={hostile.MARK}()>",
        "<a href='javascript:x()'>",
    ):
        seen.feed(script)
    assert len(seen.found) == 3


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    source = trials.small_corpus(folder, 24)
    wanted, wall = kills.undisturbed(source, folder / "out")
    return folder, source, wanted, wall


def test_a_killed_run_goes_on_to_the_same_bytes(job):
    folder, source, wanted, wall = job
    assert set(kills.at_every_event(source, folder / "out", wanted, 3)) == {""}
    assert set(kills.at_random(source, folder / "out", wanted, [[wall * 0.3], [wall * 0.5, wall * 0.2]], 1)) == {""}


def test_a_killed_index_keeps_what_it_acknowledged(tmp_path):
    docs = [(made.id, made.text) for made in trials.corpus.documents(40, 1, plain=True, copies=0.3)]
    rng = random.Random(1)
    assert set(kills.during_add(tmp_path, docs, rng, 3)) == {""}
    assert set(kills.during_compact(tmp_path, docs, rng, 3)) == {""}


def test_a_full_disk_is_named_and_leaves_nothing_half_written(job):
    folder, source, wanted, _ = job
    largest = max(map(len, wanted.values()))
    assert set(disks.full_for_run(source, folder / "out", wanted, [disks.LEAST, largest // 2])) == {""}


@pytest.fixture(scope="module")
def refusals(job):
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to the user that the trial becomes
        return list(disks.unwritable(Path(folder), job[1]))


def test_what_cannot_be_written_is_named(refusals):
    assert [fault for fault in refusals if fault and not fault.startswith("index:")] == []


def test_a_folder_in_which_no_index_can_be_made_is_named(refusals):
    assert not any(fault.startswith("index:") for fault in refusals)


def test_two_writers_lose_nothing(tmp_path):
    docs = [(made.id, made.text) for made in trials.corpus.documents(40, 1, plain=True)]
    assert set(sameness.two_writers(tmp_path, docs, random.Random(1), 2)) == {""}


def test_hash_seed_and_locale_change_nothing(job):
    folder, source, wanted, _ = job
    assert set(sameness.hash_seeds(source, folder / "out", wanted, [1])) == {""}
    assert sameness.compared(source, folder / "out", wanted, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") == ""


def cli(*arguments, stdin=b""):
    command = [sys.executable, "-m", "arclean", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60)


def test_the_command_line_names_what_it_rejects_and_does_the_rest(tmp_path):
    (tmp_path / "good.jsonl").write_bytes(hostile.GOOD)
    (tmp_path / "bad.jsonl.gz").write_bytes(hostile.gzipped(hostile.RECORDS)[:-30])
    (tmp_path / "deep.jsonl").write_bytes(b"[" * 50_000 + b"\n")
    done = cli("run", tmp_path, "-o", tmp_path / "out")
    assert done.returncode == 1
    assert b"bad.jsonl.gz" in done.stderr
    assert b"deep.jsonl" in done.stderr
    assert b"Traceback" not in done.stderr
    kept = [json.loads(line)["id"] for line in (tmp_path / "out" / "documents.jsonl").read_bytes().splitlines()]
    assert {f"good-{i}" for i in range(5)} <= set(kept)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 999, b"\xff\xfe\xff", "\ud800".encode("utf-8", "surrogatepass"), b"\xd8"]
)
def test_the_command_line_cleans_and_explains_any_bytes(data):
    for command in ("clean", "explain"):
        done = cli(command, "-", stdin=data)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
