"""The benchmarks: each command runs, the corpus is what it says, floors hold, and bad patterns are caught."""

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
for folder in (FOLDER, FOLDER / "reliability"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

corpus, reporting, mojibake, quality, cleaning, whole_job, run_all, plots = map(
    importlib.import_module, "corpus reporting mojibake quality cleaning whole_job run_all plots".split()
)
trials, patterns, supply, inputs = map(importlib.import_module, "trials patterns supply inputs".split())


# --------------------------------------------------------------------------------------------------------- the corpus


def test_a_document_is_the_same_whichever_others_are_made():
    whole = [*corpus.documents(40, seed=5)]
    assert whole[25:] == [*corpus.documents(15, seed=5, start=25)]
    assert whole != [*corpus.documents(40, seed=6)]


def test_copies_are_as_alike_as_their_edit_leaves_them_and_no_others_are():
    made = [*corpus.documents(400, seed=2, plain=True, copies=0.4)]
    origin = {d.id: d.copy_of for d in made}

    def root(key):
        while origin[key]:
            key = origin[key]
        return key

    pairs = quality.slow_pairs({d.id: d.text for d in made}, 0.5)
    assert len(pairs) > 50
    assert all(root(a) == root(b) for a, b in pairs)
    assert {d.edit for d in made} == {"", *corpus.EDITS}


def test_texts_are_varied_and_every_slot_is_filled():
    made = [*corpus.documents(300, seed=4)]
    assert len({word for d in made for word in d.text.split()}) > 3_000
    assert not [d for d in made if re.search(r"[{}_]", d.text)]


def test_the_corpus_is_written_as_scrapers_write_it(tmp_path):
    assert corpus.main([str(tmp_path / "a.jsonl"), "--documents", "9"]) == 0
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert [set(row) for row in rows] == [{"id", "site", "title", "text"}] * 9


# ------------------------------------------------------------------------------------------------------- the commands


def test_mojibake_command(tmp_path, capsys):
    assert mojibake.main(["--sentences", "12", "--rounds", "1", "--json", str(tmp_path / "m.json")]) == 0
    record = json.loads((tmp_path / "m.json").read_text("utf-8"))
    assert [t["title"] for t in record["tables"]][1] == "Clean text that was changed"
    assert "Exact recoveries of 12 sentences" in capsys.readouterr().out


def test_cleaning_command(tmp_path, capsys):
    pages = tmp_path / "pages.jsonl"
    corpus.write(pages, corpus.documents(40))
    with pages.open("a", encoding="utf-8") as more:
        more.write('{"text": "صفحة بلا موقع"}\n')
    target = tmp_path / "c.json"
    assert cleaning.main(["--corpus", str(pages), "--rounds", "1", "--json", str(target)]) == 0
    assert "Cleaning 41 pages given by path" in capsys.readouterr().out
    speeds, beside = json.loads(target.read_text("utf-8"))["tables"]
    *sites, overall = speeds["rows"].values()
    assert len(sites) == len(corpus.words().sites) + 1
    assert all(speed > 0 for row in (*sites, overall) for speed in row.values())
    assert [cleaning.LEARN in row for row in sites].count(False) == 1, "what has no site is not learnt"
    (row,) = beside["rows"].values()
    assert row[cleaning.BOTH] == pytest.approx(overall[cleaning.BOTH] / overall[cleaning.YARDSTICK])


def test_whole_job_command(tmp_path, capsys):
    pytest.importorskip("datasketch")
    assert whole_job.main(["--documents", "30", "--rounds", "1", "--json", str(tmp_path / "w.json")]) == 0
    assert "30 documents" in capsys.readouterr().out
    (table,) = json.loads((tmp_path / "w.json").read_text("utf-8"))["tables"]
    assert all(value > 0 for row in table["rows"].values() for value in row.values())


def test_floors_of_generated_text_hold():
    measured, digest = quality.measures()
    assert not quality.pinned.failures(quality.pinned.read(quality.FLOORS), measured, digest)


def test_the_runner_writes_both_pages_and_goes_on_after_a_failure(tmp_path, monkeypatch):
    broken = run_all.Command("broken", "../benchmarks/no_such_option.py", (), ())
    (tmp_path / "no_such_option.py").write_text("import sys; sys.exit('no')\n", encoding="utf-8")
    monkeypatch.setattr(
        run_all, "COMMANDS", (broken._replace(script=str(tmp_path / "no_such_option.py")), *run_all.COMMANDS)
    )
    monkeypatch.setattr("sys.argv", ["run_all.py"])
    out = tmp_path / "out"
    chosen = [c for c in run_all.COMMANDS if c.name in ("broken", "mojibake", "supply")]
    monkeypatch.setattr(run_all, "COMMANDS", tuple(chosen))
    assert run_all.main(["-o", str(out), "--quick", "--no-plots"]) == 1
    assert "Exact recoveries" in (out / "benchmarks.md").read_text("utf-8")
    assert "dependencies that state a licence" in (out / "reliability.md").read_text("utf-8")
    record = json.loads((out / "all.json").read_text("utf-8"))
    assert (record["broken"]["status"], record["mojibake"]["status"]) == (1, 0)


def test_every_script_of_the_runner_is_there():
    missing = {c.script for c in run_all.COMMANDS if not (FOLDER / c.script).exists()}
    assert not missing


def test_plots_are_drawn_or_refused(tmp_path):
    mpl = pytest.importorskip("matplotlib")
    rows = {"a": {"arclean": 1.0, "x": 2.0}, "b": {"arclean": None, "x": 3.0}}
    tables = [{"title": "Exact recoveries", "unit": "per cent", "rows": rows}]
    (tmp_path / "a.json").write_text(json.dumps({"tables": tables}), encoding="utf-8")
    if mpl.__version_info__[:2] < plots.LEAST:
        with pytest.raises(ImportError, match="draws Arabic letters apart"):
            plots.draw(tmp_path, tmp_path / "plots")
        return
    (first,) = plots.draw(tmp_path, tmp_path / "plots")
    again = first.read_bytes()
    plots.draw(tmp_path, tmp_path / "plots")
    assert first.read_bytes() == again


# --------------------------------------------------------------------------------------------------------- reliability


def test_a_table_counts_what_was_lost():
    found = trials.row("x", "x.py", ["", "a", "a", ""])
    assert (found.tried, found.survived, found.lost, found.faults) == (4, 2, 2, ("a",))
    assert "| x | 4 | 2 | 2 | `x.py` |" in trials.markdown([found])


def test_quadratic_and_exponential_patterns_are_caught(monkeypatch):
    assert not patterns.growth(re.compile("[ء-ي]+"), 200, 1.0)
    assert patterns.growth(re.compile("ا+ب"), 1000, 2.0)
    assert not patterns.growth(re.compile("ا+ب"), 1000, 2.0, frozenset(["match"]))
    monkeypatch.setattr(patterns, "LIMIT", 1)
    assert "took over" in patterns.growth(re.compile("(?:ا+)+ب"), 200, 2.0)


def test_patterns_are_found_wherever_they_stand():
    names = patterns.patterns()
    assert len(names) > 60
    assert any("()" in name for name in names), "none of a cached function"
    assert any(re.search(r":\d+$", name) for name in names), "none of a call"


def test_no_pattern_grows_faster_than_its_input():
    known = patterns.methods()
    for name, pattern in patterns.patterns().items():
        how = known.get(patterns.own_name(name), patterns.METHODS)
        assert patterns.growth(pattern, 400, 0.05, how) == "", name


def test_other_functions_take_anything():
    assert [r for r in inputs.rows(60) if r.lost] == []


def test_licences_are_stated():
    found = supply.licences()
    assert {"numpy", "click", "duckdb"} <= set(found)
    assert "not stated" not in {licence for _, licence, _ in found.values()}
