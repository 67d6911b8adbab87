"""The main job on the seeds and on small corpora made here: what comes out, what is refused, and the way back."""

import json
import os
import random
import re
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from arclean import FOLD, InputError, OutputError, read_documents, run, spool
from arclean.ledger import undo, write_undone
from arclean.results import Settings

DIACRITICS = re.compile("(?<=[بتسعملن])(?=[اوي])")
OUTPUTS = {"documents.jsonl", "removed.jsonl", "duplicates.jsonl", "rejected.jsonl", "sources.jsonl",
           "report.html", "summary.json"}  # fmt: skip
WIDGETS = [
    "هل أعجبك هذا المقال؟", "0 تعليق", "سياسة المشارق بشأن التعليقات * معلومات ضرورية 1500 / 1500",
    "سياسة ديارنا بشأن التعليقات * معلومات ضرورية 1500 / 1500", "Accessibility links", "آراؤكم", "إظهار التعليقات",
    "XS", "SM", "MD", "LG",
]  # fmt: skip


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def respelt(text):
    """The same story as another hand would type it: vocalised, alefs bare, other digits and punctuation."""
    text = re.sub("[أإآ]", "ا", text).replace("،", ",").replace("ة", "ه").replace("\n\n", "\n")
    return DIACRITICS.sub("\N{ARABIC FATHA}", text).translate({ord("0") + i: 0x660 + i for i in range(10)})


def test_the_seeds(seeds, tmp_path):
    result = run([seeds], tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} - {"profiles"} == OUTPUTS
    assert result.counts["documents read"] == 5
    assert not result.duplicates.pairs
    kept = {d["id"]: d["text"] for d in lines(tmp_path / "out" / "documents.jsonl")}
    gone = 0
    for path in seeds.glob("*.txt"):
        before = [s for s in path.read_text(encoding="utf-8").split("\n") if s.strip()]
        after = [s for s in kept[path.name].split("\n") if s.strip()]
        assert not set(after) & set(WIDGETS)
        rest = iter(before)
        assert all(line in rest for line in after), "lines are whole, unaltered and in order"
        captions = [s for s, t in pairwise(before) if s == t]
        assert all(after.count(s) == 1 for s in captions), "every second caption is gone and its first copy kept"
        gone += len(captions)
        story = [s for s in before if s not in WIDGETS and s not in captions and "واتساب" not in s and len(s) > 30]
        assert [s for s in after if s in story] == story
    assert gone == 7


def test_every_removal_in_the_ledger_says_why(seeds, tmp_path):
    run([seeds], tmp_path / "out")
    ledger = lines(tmp_path / "out" / "removed.jsonl")
    assert all(line["rule"] and line["reason"] and line["old"] for line in ledger)
    assert len(ledger) >= 24


def test_a_respelt_copy_is_found_and_undone(seeds, tmp_path):
    source = seeds / "004_13d98289a079afbf.txt"
    (seeds / "copy.txt").write_text(respelt(source.read_text(encoding="utf-8")), encoding="utf-8")
    result = run([seeds], tmp_path / "out")
    [cluster] = lines(tmp_path / "out" / "duplicates.jsonl")
    assert {cluster["kept"], *(row["id"] for row in cluster["dropped"])} == {source.name, "copy.txt"}
    assert cluster["dropped"][0]["jaccard"] > 0.9
    assert result.counts["near-duplicates dropped"] == 1
    assert write_undone(undo(tmp_path / "out"), tmp_path / "undone") == 6
    for path in seeds.iterdir():
        assert (tmp_path / "undone" / path.name).read_bytes() == path.read_bytes()


def test_undo_gives_every_file_back_byte_for_byte(seeds, tmp_path):
    (seeds / "windows.txt").write_bytes("كان يا ما كان في قديم الزمان رجل طيب\r\nشارك".encode("cp1256"))
    (seeds / "bom.txt").write_bytes(b"\xef\xbb\xbf" + "شارك\n\nعنوان الخبر".encode())
    (seeds / "broken.txt").write_bytes("هذا نص عربي طويل فيه بايت مكسور واحد ".encode() * 5 + b"\xff\n")
    (seeds / "empty.txt").write_bytes(b"")
    run([seeds], tmp_path / "out")
    write_undone(undo(tmp_path / "out"), tmp_path / "undone")
    for path in seeds.iterdir():
        assert (tmp_path / "undone" / path.name).read_bytes() == path.read_bytes(), path.name


def test_json_lines_keep_their_own_fields(tmp_path):
    records = [
        {"id": "a", "title": "عنوان", "text": "متن الخبر الأول\nشارك الخبر", "n": 1, "tags": ["س"]},
        {"id": "a", "title": "آخر", "text": "متن مختلف تماما"},
        {"key": 3, "text": "بلا معرّف"},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8")
    run([path], tmp_path / "out")
    first, second, third = lines(tmp_path / "out" / "documents.jsonl")
    assert (first["title"], first["n"], first["tags"], first["text"]) == ("عنوان", 1, ["س"], "متن الخبر الأول")
    assert first["folded"] == FOLD(first["text"])
    assert (second["id"], second["arclean_id"], third["id"]) == ("a", "a~2", "in.jsonl:3")
    write_undone(undo(tmp_path / "out"), tmp_path / "undone")
    assert lines(tmp_path / "undone" / "in.jsonl") == records


def test_bad_inputs_are_rejected_by_name_and_the_rest_is_done(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"text": "\xd9\x86\xd8\xb5"}\n{"text": \n{"nothing": 1}\n')
    result = run([path], tmp_path / "out")
    assert result.counts["documents read"] == 1
    assert [(r["path"], r["line"]) for r in lines(tmp_path / "out" / "rejected.jsonl")] == [
        ("in.jsonl", 2),
        ("in.jsonl", 3),
    ]


def test_no_input_and_no_output_are_clear_errors(tmp_path):
    with pytest.raises(InputError, match="no file or folder"):
        run([tmp_path / "nothing"], tmp_path / "out")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write to"):
        run([tmp_path], tmp_path / "file" / "out")


def test_the_report_is_safe_against_hostile_text(tmp_path):
    path = tmp_path / "in.jsonl"
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    path.write_text(json.dumps({"id": hostile, "text": f"{hostile}\nشارك الخبر\nـ{hostile}"}), encoding="utf-8")
    run([path], tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'dir="rtl"' in page


def test_a_run_says_the_same_twice(seeds, tmp_path):
    for out in ("one", "two"):
        run([seeds], tmp_path / out)
    for name in OUTPUTS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_changed_output_is_refused(seeds, tmp_path):
    run([seeds], tmp_path / "out")
    path = tmp_path / "out" / "documents.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("التنظيم", "شيء"), encoding="utf-8")
    with pytest.raises(InputError, match="the output was changed after the run"):
        list(undo(tmp_path / "out"))


@pytest.mark.parametrize("path", ["a\0b.txt", "\ud800.txt", "", "../up.txt"])
def test_a_source_that_names_no_file_is_refused(seeds, tmp_path, path):
    run([seeds], tmp_path / "out")
    sources = tmp_path / "out" / "sources.jsonl"
    changed = [{**line, "path": path} for line in lines(sources)]
    sources.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="utf-8")
    with pytest.raises(InputError, match=r"sources.jsonl was changed after the run"):
        write_undone(undo(tmp_path / "out"), tmp_path / "undone")


def arclean(*args, **options):
    command = [sys.executable, "-m", "arclean", *map(str, args)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}, **options)


def test_the_command_line(seeds, tmp_path):
    done = arclean("run", seeds, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "documents kept" in done.stdout.decode()
    assert done.stderr == b""
    assert arclean("undo", tmp_path / "out", "-o", tmp_path / "undone").returncode == 0
    cleaned = arclean("clean", "-", input="خبـر\nشارك الخبر".encode())
    assert cleaned.stdout.decode() == "خبر"
    explained = arclean("explain", seeds / "003_dc33664b38d03477.txt")
    assert "line 1  drop_page_furniture" in explained.stdout.decode()
    assert arclean("dedup", seeds).stdout == b""


def test_exit_codes_and_messages(seeds, tmp_path):
    (seeds / "bad.jsonl").write_text("{")
    some = arclean("run", seeds, "-o", tmp_path / "out")
    assert some.returncode == 1
    assert b"rejected: bad.jsonl, line 1" in some.stderr
    none = arclean("run", tmp_path / "nothing", "-o", tmp_path / "out")
    assert none.returncode == 2
    assert b"check the path" in none.stderr
    (tmp_path / "file").write_text("x")
    assert arclean("run", seeds, "-o", tmp_path / "file" / "x").returncode == 2
    assert arclean("run", seeds).returncode == 2


def test_importing_is_quick_and_light():
    heavy = ("duckdb", "pyarrow", "scipy", "jinja2", "rich", "click")
    code = f"import sys, arclean; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_a_configuration_file_gives_the_defaults(seeds, tmp_path):
    (tmp_path / "arclean.toml").write_text('output = "from-file"\nthreshold = 0.9\nno-such = 1\n')
    refused = arclean("run", seeds, cwd=tmp_path)
    assert refused.returncode == 2
    assert b"no option 'no-such'" in refused.stderr
    (tmp_path / "arclean.toml").write_text('output = "from-file"\nthreshold = 0.9\nlearn = false\n')
    assert arclean("run", seeds, "--threshold", "0.8", cwd=tmp_path).returncode == 0
    settings = json.loads((tmp_path / "from-file" / "summary.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["threshold"], settings["learn"]) == (0.8, False)
    (tmp_path / "pyproject.toml").write_text('[tool.arclean]\noutput = "from-project"\n')
    (tmp_path / "arclean.toml").unlink()
    assert arclean("run", seeds, cwd=tmp_path).returncode == 0
    assert (tmp_path / "from-project" / "summary.json").exists()


def test_a_dry_run_writes_the_report_and_the_summary_alone(seeds, tmp_path):
    run([seeds], tmp_path / "out", Settings(dry_run=True))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "summary.json"}


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_write_the_same_bytes(seeds, tmp_path, workers):
    run([seeds], tmp_path / "out", Settings(workers=workers))
    run([seeds], tmp_path / "again")
    for name in OUTPUTS:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize("name", ["csv", "parquet", "jsonl.gz", "jsonl.zst"])
def test_other_output_formats_hold_the_same_and_can_be_undone(seeds, tmp_path, name):
    run([seeds], tmp_path / "out", Settings(output_format=name))
    documents = list(read_documents(tmp_path / "out" / f"documents.{name}"))
    run([seeds], tmp_path / "lines")
    assert [d.text for d in documents] == [d["text"] for d in lines(tmp_path / "lines" / "documents.jsonl")]
    write_undone(undo(tmp_path / "out"), tmp_path / "undone")
    for path in seeds.iterdir():
        assert (tmp_path / "undone" / path.name).read_bytes() == path.read_bytes()


def corpus(path, pages=700):
    """Write a corpus of several batches: stories of random words under a site's furniture, one in ten twice."""
    rng = random.Random(1)
    words = "المدينة الوزير القرار اليوم الناس الطريق السوق المدرسة الحكومة المشروع الماء البحر الشتاء الجديد".split()
    stories = [" ".join(rng.choices(words, k=60)) for _ in range(pages)]
    with path.open("w", encoding="utf-8") as stream:
        for i, story in enumerate(stories):
            text = f"{stories[i // 2] if i % 10 == 9 else story}\n\nشارك الخبر\nتابعوا صحيفة المرفأ كل صباح"
            stream.write(json.dumps({"id": i, "site": "marfa.example", "text": text}, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(tmp_path, workers):
    corpus(tmp_path / "in.jsonl")
    assert arclean("run", tmp_path / "in.jsonl", "-o", tmp_path / "whole").returncode == 0
    command = [sys.executable, "-m", "arclean", "run", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "killed"),
               "--workers", str(workers)]  # fmt: skip
    rng = random.Random(7)
    for _ in range(20 if workers == 1 else 8):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(rng.uniform(0.2, 1.5))
            process.kill()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    files = {p.relative_to(tmp_path / "whole") for p in (tmp_path / "whole").rglob("*") if p.is_file()}
    assert files == {p.relative_to(tmp_path / "killed") for p in (tmp_path / "killed").rglob("*") if p.is_file()}
    for name in files:
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_a_second_run_into_the_same_folder_is_refused(seeds, tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "PATIENCE", 0.2)
    (tmp_path / "out").mkdir()
    with spool.claimed(tmp_path / "out"), pytest.raises(OutputError, match="another run is writing to"):
        run([seeds], tmp_path / "out")
    run([seeds], tmp_path / "out")
    assert not (tmp_path / "out" / ".lock").exists()
