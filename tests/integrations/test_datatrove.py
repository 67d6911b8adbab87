"""The datatrove step in real pipelines: a reader, the step, a writer, run by the local executor."""

import json
import pickle

import pytest

import arclean

pytest.importorskip("datatrove", reason="datatrove is not installed: pip install 'arclean[datatrove]'")
pytest.importorskip(
    "orjson", reason="datatrove reads and writes files with its extra only: pip install 'datatrove[io]'"
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what datatrove imports

PAGE = "عاد الصيادون إلى الميناء قبل العاصفـــة بساعات.\nأضف تعليقك"
CLEAN = "عاد الصيادون إلى الميناء قبل العاصفة بساعات."
PLAIN = "هبت الريح من الشمال طوال الليل."


@pytest.fixture
def trove(tmp_path):
    (tmp_path / "in").mkdir()
    rows = [{"id": "a", "text": PAGE, "metadata": {"url": "https://almina.example/a"}}, {"id": "b", "text": PLAIN}]
    rows += [{"id": "c", "text": "أضف تعليقك"}]
    for name, part in (("1.jsonl", rows[:2]), ("2.jsonl", rows[2:])):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (tmp_path / "in" / name).write_text(lines, encoding="utf-8")
    return tmp_path


def run(trove, step, **options):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    reader = JsonlReader(str(trove / "in"), doc_progress=False)
    writer = JsonlWriter(str(trove / "out"), compression=None)
    LocalPipelineExecutor([reader, step, writer], logging_dir=str(trove / "logs"), **options).run()
    stats = json.loads((trove / "logs" / "stats.json").read_text(encoding="utf-8"))
    counts = {name: s["total"] if isinstance(s, dict) else s for name, s in stats[1]["stats"].items()}
    return read(trove / "out"), counts


def read(folder):
    lines = [line for path in sorted(folder.iterdir()) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}


def test_a_run_cleans_counts_and_drops_what_nothing_is_left_of(trove):
    from datatrove.pipeline.writers import JsonlWriter

    from arclean.integrations.datatrove import Arclean

    dropped = JsonlWriter(str(trove / "dropped"), compression=None)
    out, counts = run(trove, Arclean(removals=True, exclusion_writer=dropped), tasks=2)

    assert {key: row["text"] for key, row in out.items()} == {"a": CLEAN, "b": PLAIN}
    assert out["a"]["metadata"]["url"] == "https://almina.example/a"
    removals = [arclean.Removal(**r) for r in out["a"]["metadata"]["removals"]]
    assert removals == list(arclean.explain(PAGE).removals)
    assert out["b"]["metadata"]["removals"] == []
    gone = read(trove / "dropped")
    assert gone["c"]["text"] == "أضف تعليقك"
    assert gone["c"]["metadata"]["filter_reason"] == "nothing is left of it (drop_comment_widgets)"
    expected = {
        "total": 3,
        "changed": 1,
        "forwarded": 2,
        "dropped": 1,
        "removed/strip_tatweel": 1,
        "removed/drop_comment_widgets": 2,
    }
    assert {k: v for k, v in counts.items() if k in expected} == expected


def test_workers_and_another_cleaner(trove):
    from arclean.integrations.datatrove import Arclean

    out, _ = run(trove, Arclean(arclean.FOLD), tasks=2, workers=2)
    assert {key: row["text"] for key, row in out.items()} == {
        "a": arclean.FOLD(PAGE),
        "b": arclean.FOLD(PLAIN),
        "c": arclean.FOLD("أضف تعليقك"),
    }
    assert "removals" not in out["a"]["metadata"]


def test_a_step_pickles_and_starts_from_nothing():
    from arclean.integrations.datatrove import Arclean

    step = pickle.loads(pickle.dumps(Arclean(arclean.StripDiacritics(keep=arclean.Marks.SHADDA))))
    assert step.cleaner == arclean.StripDiacritics(keep=arclean.Marks.SHADDA)
    assert list(step.run(None)) == []
