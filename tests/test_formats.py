"""Every format, read and written with its real library: what goes in comes out, and damage is named."""

import csv
import datetime as dt
import gzip
import io
import json
import random
import subprocess
import sys
import time
import zlib
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arclean import Document, InputError, OutputError, read_documents, write_documents
from arclean.documents import SUFFIXES
from arclean.documents.delimited import _unique
from arclean.documents.values import MOST_UNBROKEN
from arclean.testing import texts

PAGE = "قال الوزير اليوم إن العمل مستمر في جميع المدن وإن النتائج ستظهر قريبا."
COMPRESSED = (".jsonl.gz", ".jsonl.zst", ".csv.gz", ".csv.zst", ".tsv.zst", ".wet.gz", ".wet.zst")
RECORDS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".wet", *COMPRESSED)


def read(*paths, **options):
    rejected, notes = [], []
    found = list(read_documents(*paths, on_reject=rejected.append, on_note=notes.append, **options))
    return found, rejected, [str(n) for n in notes]


def shown(document):
    return (document.id, document.text, document.site)


# --- what is written is read again ---


def scalar(text):
    return st.one_of(
        text,
        st.integers(-(2**63), 2**63 - 1),
        st.booleans(),
        st.none(),
        st.floats(allow_nan=False, allow_infinity=False),
    )


def documents(text, value):
    """Draw documents of unique ids; their fields are such as scrapers add."""
    meta = st.dictionaries(st.sampled_from(["title", "العنوان", "tags", "n"]), value, max_size=3)
    made = st.builds(Document, st.text("abc/:_é", min_size=1, max_size=8), text, st.none() | st.just("موقع"), meta)
    return st.lists(made, max_size=5, unique_by=lambda d: d.id)


any_text = texts()
JSON_VALUES = st.recursive(
    scalar(st.sampled_from(["", "نص", "\ud83d", "\x00"])),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=2),
    max_leaves=3,
)
utf8_text = any_text.map(lambda t: t.encode("utf-8", "replace").decode())
csv_text = utf8_text.map(lambda t: t.replace("\x00", ""))
once = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("formats")


@once
@given(made=documents(any_text, JSON_VALUES))
def test_json_lines_keep_everything(folder, made):
    write_documents(made, folder / "a.jsonl")
    again, rejected, _ = read(folder / "a.jsonl")
    assert not rejected
    assert list(map(shown, again)) == list(map(shown, made))
    assert all(new.meta[k] == v for old, new in zip(made, again, strict=True) for k, v in old.meta.items())


@once
@given(made=documents(csv_text, csv_text), suffix=st.sampled_from([".csv", ".tsv"]), guard=st.booleans())
@example(
    [Document("=1+1", "'=x", "-", {"title": "@SUM(A1)"}), Document("2", '\r\n"quoted",;\t', None, {})], ".csv", True
)
def test_csv_keeps_all_text(folder, made, suffix, guard):
    write_documents(made, folder / f"a{suffix}", guard_formulas=guard)
    again, rejected, _ = read(folder / f"a{suffix}")
    assert not rejected
    assert list(map(shown, again)) == list(map(shown, made))
    assert all(new.meta[k] == v for old, new in zip(made, again, strict=True) for k, v in old.meta.items())


@once
@given(made=documents(utf8_text, st.recursive(scalar(utf8_text), st.lists, max_leaves=4)))
def test_parquet_keeps_text_and_values(folder, made):
    write_documents(made, folder / "a.parquet")
    again, rejected, _ = read(folder / "a.parquet")
    assert not rejected
    assert list(map(shown, again)) == list(map(shown, made))
    for name in {k for d in made for k in d.meta}:
        old, new = ([d.meta.get(name) for d in ds] for ds in (made, again))
        as_text = [v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in old]
        assert new in (old, as_text)
        kinds = {type(v) for v in old if v is not None}
        if len(kinds) == 1 and list not in kinds:
            assert list(map(type, new)) == list(map(type, old))


@once
@given(made=documents(utf8_text, scalar(any_text)))
def test_wet_keeps_everything(folder, made):
    pytest.importorskip("fastwarc")
    write_documents(made, folder / "a.wet")
    again, rejected, _ = read(folder / "a.wet")
    assert not rejected
    assert list(map(shown, again)) == list(map(shown, made))
    assert all(new.meta[k] == v for old, new in zip(made, again, strict=True) for k, v in old.meta.items())


@once
@given(text=csv_text)
@example("\N{ZERO WIDTH NO-BREAK SPACE}نص")
def test_text_files_keep_text_and_site(tmp_path_factory, text):
    target = tmp_path_factory.mktemp("folder")
    write_documents([Document("1", text, "site.example"), Document("1/", text, "site.example")], target)
    again, rejected, _ = read(target)
    assert not rejected
    assert [shown(d) for d in again] == [(f"site.example/{n}.txt", text, "site.example") for n in ("1", "1~2")]


@pytest.mark.parametrize("suffix", RECORDS)
def test_all_names_and_compressions(tmp_path, suffix):
    made = [Document("a", PAGE, "s", {"title": "ع"}), Document("b", PAGE * 2, "s", {"title": "غ"})]
    for name in ("one", "two"):
        write_documents(made, tmp_path / f"{name}{suffix}")
    again, rejected, _ = read(tmp_path / f"one{suffix}")
    assert not rejected
    assert [(*shown(d), d.meta["title"]) for d in again] == [(*shown(d), d.meta["title"]) for d in made]
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"one{suffix}", f"two{suffix}"]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".wet", ""])
@pytest.mark.parametrize("where", ["text", "meta", "id"])
def test_halves_of_pairs_are_refused_where_they_cannot_be_held(tmp_path, suffix, where):
    half = "نص \ud83d"
    made = {"text": Document("a", half), "meta": Document("a", PAGE, None, {"t": [half]}), "id": Document(half, PAGE)}
    if (suffix, where) in {("", "meta"), ("", "id"), (".wet", "meta")}:  # no fields; escaped; escaped
        write_documents([made[where]], tmp_path / f"a{suffix}")
        return
    with pytest.raises(OutputError, match=r"half of a surrogate pair.* write \.jsonl"):
        write_documents([made[where]], tmp_path / f"a{suffix}")
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize("suffix", [".csv", ""])
def test_a_nul_is_refused_where_it_would_be_damage(tmp_path, suffix):
    with pytest.raises(OutputError, match=r"NUL.* write \.jsonl"):
        write_documents([Document("a", "نص\x00")], tmp_path / f"a{suffix}")


# --- JSON lines ---


def test_compressed_json_lines_say_how_far_they_were_whole(tmp_path):
    whole = b"".join(json.dumps({"text": PAGE + str(i * 7919 % 10007)}).encode() + b"\n" for i in range(20_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(whole)[:-5000])
    (tmp_path / "b.jsonl.zst").write_bytes(pa.compress(whole, "zstd", asbytes=True)[:-5000])
    (tmp_path / "c.jsonl.gz").write_bytes(b"no gzip at all")
    (tmp_path / "d.jsonl").write_text('{"text": "نص"}', encoding="utf-8")
    for name, least in (("a.jsonl.gz", 18_000), ("b.jsonl.zst", 10_000)):
        found, [reject], _ = read(tmp_path / name)
        assert len(found) > least
        assert reject.path == name
        assert f"cannot be read past {len(found)}: what stands before it was read" in reject.reason
    found, rejected, _ = read(tmp_path)
    assert found[-1].id == "d.jsonl:1"
    assert [r.path for r in rejected] == ["a.jsonl.gz", "b.jsonl.zst", "c.jsonl.gz"]


def test_a_line_past_the_limit_is_named_and_skipped(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "' + b"x" * 5000 + b'"}\n{"text": "b"}\n' + b"y" * 5000)
    found, rejected, _ = read(path, max_bytes=1000)
    assert [d.text for d in found] == ["a", "b"]
    assert [r.line for r in rejected] == [2, 4]
    assert "a line of more than 1,000 bytes: raise --max-bytes" in rejected[0].reason


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "cp1256", "iso-8859-6"])
def test_other_encodings_are_told_by_the_head_and_said_aloud(tmp_path, codec):
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        "".join(json.dumps({"text": f"{PAGE} {i}"}, ensure_ascii=False) + "\n" for i in range(500)).encode(codec)
    )
    found, rejected, notes = read(path)
    assert not rejected
    assert [d.text for d in found] == [f"{PAGE} {i}" for i in range(500)]
    assert any("read as" in n for n in notes) == (codec != "utf-8-sig")


def test_utf16_that_is_cut_in_a_letter_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(('{"text": "نص"}\n' * 50).encode("utf-16")[:-1])
    found, rejected, _ = read(tmp_path / "a.jsonl")
    assert len(found) == 49
    assert "not UTF-16" in rejected[-1].reason


def test_a_broken_line_does_not_change_the_encoding_of_its_file(tmp_path):
    path = tmp_path / "a.jsonl"
    good = (json.dumps({"text": PAGE}, ensure_ascii=False) + "\n").encode()
    path.write_bytes(good * 3 + good.decode().encode("cp1256") + good)
    found, [reject], _ = read(path)
    assert len(found) == 4
    assert reject.line == 4
    assert "not UTF-8: byte 0x" in reject.reason


@pytest.mark.parametrize(("line", "said"), [
    (b'{"text": "a\x00b"}', "a NUL at character 11"),
    (b"\x00" * 5000, "a NUL at character 0; the file was damaged, or was not written to its end"),
    (b'{"text": ' + b"9" * 5000 + b"}", "integer string conversion"),
    (b'{"text": "a", "v": ' + b"[" * 100 + b"]" * 100 + b"}", "nested too deeply, more than 100 levels"),
])  # fmt: skip
def test_wild_lines(tmp_path, line, said):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "1"}\n' + line + b'\n{"text": "3"}\n')
    found, [reject], _ = read(path)
    assert [d.text for d in found] == ["1", "3"]
    assert reject.line == 2
    assert said in reject.reason


def test_a_head_that_ends_inside_a_letter_is_still_utf8(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "' + b"x" + "ن".encode() * (1 << 18) + b'"}')
    [document], rejected, notes = read(tmp_path / "a.jsonl")
    assert not rejected
    assert len(document.text) == (1 << 18) + 1
    assert len(notes) == 1


def test_guesses_are_said_once_for_a_file_and_again_where_they_change(tmp_path):
    path = tmp_path / "a.jsonl"
    records = [
        {"body": "أ", "url": "http://a.example/1"},
        {"body": "ب", "url": "x"},
        {"text": None, "body": "ج", "id": 4},
    ]
    path.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    found, rejected, notes = read(path)
    assert not rejected
    assert [d.text for d in found] == ["أ", "ب", "ج"]
    assert notes == [
        "a.jsonl: text from 'body', id from 'url', site from the host of 'url'",
        "a.jsonl: text from 'body', id from 'id', no site from line 3 on",
    ]


# --- CSV ---


def test_csv_as_others_write_it(tmp_path):
    path = tmp_path / "أخبار.csv"
    path.write_text(
        'url,Title,النص\nhttp://a.example/1,"ع, ""نون""","سطر\nثان"\n\nhttp://b.example/2,,=نص\n', encoding="utf-8"
    )
    found, rejected, notes = read(path)
    assert not rejected
    assert [shown(d) for d in found] == [
        ("http://a.example/1", "سطر\nثان", "a.example"),
        ("http://b.example/2", "=نص", "b.example"),
    ]
    assert found[0].meta == {"url": "http://a.example/1", "Title": 'ع, "نون"'}
    assert [d.source.line for d in found] == [2, 5]
    assert notes == ["أخبار.csv: text from 'النص', id from 'url', site from the host of 'url'"]


@pytest.mark.parametrize(
    ("head", "delimiter"), [("text;id", ";"), ("sep=;\ntext;id", ";"), ("text\tid", "\t"), ("text|id", "|")]
)
def test_delimiters_of_spreadsheets(tmp_path, head, delimiter):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{head}\nأ, ب{delimiter}7\n".encode())
    [document], rejected, notes = read(path)
    assert not rejected
    assert shown(document) == ("7", "أ, ب", None)
    assert f"a.csv: columns divided by {delimiter!r}" in notes


def test_csv_in_an_old_code_page(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("id,text\r\n" + "".join(f'{i},"{PAGE}\r\n{PAGE}"\r\n' for i in range(50))).encode("cp1256"))
    found, rejected, notes = read(path)
    assert not rejected
    assert [d.text for d in found] == [f"{PAGE}\r\n{PAGE}"] * 50
    assert any("1256" in n for n in notes)


def test_damaged_rows_are_named_and_the_rest_is_read(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        b"id,text",
        b"1,one",
        b"2,two,too many",
        b"3",
        b'4,"never closed',
        b"5,five",
        b"6,\xc7\xe1",
        b"7,a\x00b",
        b'8,"a"b',
        b"9,nine",
    ]
    path.write_bytes(b"\n".join(rows))
    found, rejected, _ = read(path)
    assert [d.id for d in found] == ["1", "5", "9"]
    assert [(r.line, r.reason.split(":")[0]) for r in rejected] == [
        (3, "3 fields where the header has 2"),
        (4, "1 fields where the header has 2"),
        (5, "not CSV"),
        (7, "not UTF-8"),
        (8, "a NUL at character 3"),
        (9, "not CSV"),
    ]


def test_large_cells_and_the_limit(tmp_path):
    path, before = tmp_path / "a.csv", csv.field_size_limit()
    big = "نص " * 200_000
    path.write_text(f'id,text\n1,"{big}"\n2,"open\n' + "line\n" * 2000 + "3,three\n", encoding="utf-8")
    found, rejected, _ = read(path)
    assert found[0].text == big
    assert found[-1].text == "three"
    assert rejected[0].line == 3
    found, rejected, _ = read(path, max_bytes=5000)
    assert [d.id for d in found] == ["3"]
    assert "a line of more than" in rejected[0].reason
    assert "not closed within 5,000 bytes" in rejected[1].reason
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(("content", "said"), [
    ("", "no header"),
    ("a,b\n1,2\n", "no field text or content or body or article or النص; there are a, b: name it with --text-field"),
    ('id,"text\n', "the header is damaged"),
])  # fmt: skip
def test_tables_without_a_text(tmp_path, content, said):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    found, rejected, _ = read(tmp_path / "a.csv")
    assert not found
    assert rejected[-1].line is None
    assert said in rejected[-1].reason


def test_repeated_and_empty_columns_keep_their_values(tmp_path):
    (tmp_path / "a.csv").write_text("text,x,x,\n1,2,3,4\n", encoding="utf-8")
    [document], _, _ = read(tmp_path / "a.csv")
    assert document.meta == {"x": "2", "x~2": "3", "column 4": "4"}


def test_no_cell_begins_as_a_formula(tmp_path):
    wild = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=1", "'=quoted", "عادي", "＝1"]
    made = [Document(str(i), text, None, {"title": text}) for i, text in enumerate(wild)]
    write_documents(made, tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r\n＝")]
    assert [row[1] for row in rows[8:10]] == ["'=quoted", "عادي"]
    again, rejected, _ = read(tmp_path / "a.csv")
    assert not rejected
    assert [(d.text, d.meta["title"]) for d in again] == [(t, t) for t in wild]
    with pytest.raises(OutputError, match="rename it, or write without the guard"):
        write_documents([Document("1", "x", None, {"=cmd": 1})], tmp_path / "b.csv")


def test_csv_writes_values_as_text(tmp_path):
    meta = {
        "n": 7,
        "b": True,
        "none": None,
        "list": ["أ", 1],
        "day": dt.date(2020, 1, 2),
        "price": Decimal("1.50"),
    }
    write_documents([Document("1", "نص", None, meta)], tmp_path / "a.csv")
    [document], _, _ = read(tmp_path / "a.csv")
    assert document.meta == {
        "id": "1", "n": "7", "b": "true", "none": "", "list": '["أ", 1]', "day": "2020-01-02", "price": "1.50",
    }  # fmt: skip


# --- Parquet ---


TYPED = {
    "n": pa.array([1, None], pa.int16()),
    "u": pa.array([2**63, 0], pa.uint64()),
    "f": pa.array([1.5, None], pa.float32()),
    "day": pa.array([dt.date(2020, 1, 2), None]),
    "at": pa.array([dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), None], pa.timestamp("ms", "Asia/Riyadh")),
    "ns": pa.array([1_577_836_800_123_456_789, 0], pa.int64()).cast(pa.timestamp("ns")),
    "tags": pa.array([["أ", None], []], pa.list_(pa.string())),
    "rec": pa.array([{"a": 1, "b": "ب"}, None], pa.struct({"a": pa.int8(), "b": pa.string()})),
    "map": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int32())),
    "price": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
    "raw": pa.array([b"\xff\x00", None], pa.binary()),
    "kind": pa.array(["س", "ص"]).dictionary_encode(),
    "large": pa.array(["س", None], pa.large_string()),
    "nothing": pa.nulls(2),
}


def test_parquet_types_survive(tmp_path):
    table = pa.table({"id": ["a", "b"], "body": ["نص أول", "نص ثان"], "site": ["س", None], **TYPED})
    pq.write_table(table, tmp_path / "in.parquet")
    found, rejected, notes = read(tmp_path / "in.parquet")
    assert not rejected
    assert notes == ["in.parquet: text from 'body', id from 'id', site from 'site'"]
    assert found[0].meta["tags"] == ["أ", None]
    write_documents(found, tmp_path / "out.parquet")
    again = pq.read_table(tmp_path / "out.parquet")
    assert again.select(table.column_names).equals(table)


def test_parquet_becomes_json_lines(tmp_path):
    pq.write_table(pa.table({"text": ["نص", "نص"], **TYPED}), tmp_path / "in.parquet")
    write_documents(read(tmp_path / "in.parquet")[0], tmp_path / "out.jsonl")
    record = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (record["day"], record["price"], record["raw"]) == ("2020-01-02", "1.50", "/wA=")
    assert record["ns"] == "2020-01-01 00:00:00.123456789"


def test_columns_of_mixed_values_become_text(tmp_path):
    values = [1, "أ", 2.5, True, None, {"a": []}, [1], {}, 2**70]
    write_documents([Document(str(i), "نص", None, {"v": v}) for i, v in enumerate(values)], tmp_path / "a.parquet")
    found, _, _ = read(tmp_path / "a.parquet")
    expected = ["1", "أ", "2.5", "true", None, '{"a": []}', "[1]", "{}", str(2**70)]
    assert [d.meta["v"] for d in found] == expected


@pytest.mark.parametrize(("late", "expected"), [
    (2.5, [1.0, 2.5]), ("أ", ["1", "أ"]), (2**70, ["1", str(2**70)]), (True, ["1", "true"]), (None, [1, None]),
])  # fmt: skip
def test_a_type_that_shows_itself_late_holds_for_the_whole_column(tmp_path, late, expected):
    made = [Document(str(i), "نص", None, {"v": 1 if i < 2500 else late}) for i in range(2501)]
    write_documents(iter(made), tmp_path / "a.parquet")
    found, _, _ = read(tmp_path / "a.parquet")
    assert [found[0].meta["v"], found[-1].meta["v"]] == expected


def test_numbers_that_no_number_type_holds_exactly_become_text(tmp_path):
    made = [Document(str(i), "نص", None, {"v": 2**60 + 1 if i < 1500 else 0.5}) for i in range(1501)]
    write_documents(made, tmp_path / "a.parquet")
    found, _, _ = read(tmp_path / "a.parquet")
    assert [found[0].meta["v"], found[-1].meta["v"]] == [str(2**60 + 1), "0.5"]


def test_a_missing_column_is_named_with_those_there_are(tmp_path):
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "a.parquet")
    _, [reject], _ = read(tmp_path / "a.parquet")
    assert "no field text" in reject.reason
    assert "there are a, b: name it with --text-field" in reject.reason
    _, [reject], _ = read(tmp_path / "a.parquet", text_field="b", id_field="key")
    assert reject.reason == "no column key, which --id-field names; there are a, b"


def test_what_json_holds_at_its_deepest_is_written_in_every_format(tmp_path):
    deep = json.dumps({"text": "نص", "v": json.loads("[" * 98 + "]" * 98)})
    (tmp_path / "a.jsonl").write_text(deep, encoding="utf-8")
    made, rejected, _ = read(tmp_path / "a.jsonl")
    assert not rejected
    for suffix in (".jsonl", ".csv", ".parquet", ".wet"):
        write_documents(made, tmp_path / f"out{suffix}")
        assert len(read(tmp_path / f"out{suffix}")[0]) == 1


def test_two_columns_of_one_name_are_refused(tmp_path):
    pq.write_table(pa.table([["a"], ["b"]], names=["text", "text"]), tmp_path / "a.parquet")
    _, [reject], _ = read(tmp_path / "a.parquet")
    assert reject.reason == "two columns are named 'text': rename one"


def test_damaged_parquet(tmp_path):
    pq.write_table(pa.table({"text": [PAGE] * 1000}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for name, data in (("cut", whole[: len(whole) // 2]), ("empty", b""), ("bad", b"PAR1" + whole[500:])):
        (tmp_path / f"{name}.parquet").write_bytes(data)
        found, [reject], _ = read(tmp_path / f"{name}.parquet")
        assert not found
        assert reject.path == f"{name}.parquet"


def test_rows_that_cannot_be_read_are_named(tmp_path):
    broken = pa.Array.from_buffers(pa.string(), 3, pa.array([b"ok", b"\xc7\xe1", b"fine"]).buffers())
    pq.write_table(pa.table({"text": broken, "id": [1, 2, 3]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"text": pa.array(["نص".encode(), b"\xff", None])}), tmp_path / "b.parquet")
    found, [reject], _ = read(tmp_path / "a.parquet")
    assert [d.id for d in found] == ["1", "3"]
    assert str(reject) == "a.parquet, row 2: the field 'text' cannot be read: not UTF-8: byte 0xC7 at 0"
    found, rejected, _ = read(tmp_path / "b.parquet")
    assert [d.text for d in found] == ["نص"]
    assert [r.line for r in rejected] == [2, 3]


# --- web archives ---


def record(
    body, url="http://a.example/1", kind="response", http="HTTP/1.1 200 OK", headers=("Content-Type: text/html",)
):
    block = "\r\n".join([http, *headers, "", ""]).encode() + body if http else body
    fields = [
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2020-01-01T00:00:00Z",
        "WARC-Record-ID: <urn:uuid:1>",
    ]
    content = "application/http; msgtype=response" if http else headers[0].split(": ")[1]
    head = "\r\n".join(["WARC/1.0", *fields, f"Content-Type: {content}", f"Content-Length: {len(block)}", "", ""])
    return head.encode() + block + b"\r\n\r\n"


def page(text=PAGE, charset="utf-8"):
    menu = "<nav><ul><li><a href='/'>الرئيسية</a></li></ul></nav>"
    head = "<head><title>عنوان الصفحة</title></head>"
    html = f"<html>{head}<body>{menu}<article>{f'<p>{text}</p>' * 4}</article></body></html>"
    return html.encode(charset)


def chunked(data):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:100], data[100:])) + b"0\r\n\r\n"


WEB = [
    record(b"software: x", kind="warcinfo", http="", headers=["Content-Type: application/warc-fields"]),
    record(page(), "http://a.example/1"),
    record(page(charset="cp1256"), "http://a.example/2", headers=["Content-Type: text/html; charset=windows-1256"]),
    record(page(charset="cp1256").replace(b"<head>", b"<head><meta charset='windows-1256'>"), "http://a.example/3"),
    record(gzip.compress(page()), "http://a.example/4", headers=["Content-Type: text/html", "Content-Encoding: gzip"]),
    record(page(), "http://a.example/5", headers=["Content-Type: text/html", "Content-Encoding: gzip"]),
    record(chunked(page()), "http://a.example/6", headers=["Content-Type: text/html", "Transfer-Encoding: chunked"]),
    record(
        zlib.compress(page()), "http://a.example/7", headers=["Content-Type: text/html", "Content-Encoding: deflate"]
    ),
    record(b"PNG", "http://a.example/8", headers=["Content-Type: image/png"]),
    record(b"", "http://a.example/9", http="HTTP/1.1 301 Moved"),
    record(page(), "http://a.example/10", kind="resource", http="", headers=["Content-Type: text/html"]),
]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_of_a_web_archive(tmp_path, name):
    pytest.importorskip("fastwarc")
    (tmp_path / name).write_bytes(b"".join(gzip.compress(r) if name.endswith(".gz") else r for r in WEB))
    found, rejected, notes = read(tmp_path / name)
    assert not rejected
    assert [d.id for d in found] == [f"http://a.example/{i}" for i in (1, 2, 3, 4, 5, 6, 7, 10)]
    for document in found:
        assert document.text.splitlines()[0] == PAGE
        assert "الرئيسية" not in document.text
        assert document.site == "a.example"
        assert (document.meta["title"], document.meta["warc_date"]) == ("عنوان الصفحة", "2020-01-01T00:00:00Z")
    assert notes == [f"{name}: passed over 3 records that are no pages: 1 warcinfo, 1 image/png, 1 status 301"]


def test_common_crawl_texts(tmp_path):
    pytest.importorskip("fastwarc")
    (tmp_path / "a.wet").write_bytes(
        record(PAGE.encode(), kind="conversion", http="", headers=["Content-Type: text/plain"])
    )
    [document], _, _ = read(tmp_path / "a.wet")
    assert shown(document) == ("http://a.example/1", PAGE, "a.example")


@pytest.mark.parametrize(("end", "said"), [(-200, "cut short"), (-len(WEB[1]) + 60, "no Content-Length")])
def test_a_web_archive_that_is_cut(tmp_path, end, said):
    pytest.importorskip("fastwarc")
    (tmp_path / "a.warc").write_bytes((WEB[1] * 2)[:end])
    found, [reject], _ = read(tmp_path / "a.warc")
    assert len(found) == 1
    assert reject.line == 2
    assert said in reject.reason
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(WEB[1]) + gzip.compress(WEB[2])[:-40])
    found, rejected, _ = read(tmp_path / "b.warc.gz")
    assert len(found) == 1
    assert rejected


def test_damaged_records_are_named_and_the_rest_is_read(tmp_path):
    pytest.importorskip("fastwarc")
    gz = ["Content-Type: text/html", "Content-Encoding: gzip"]
    bomb = record(gzip.compress(bytes(5_000_000)), headers=gz)
    bad = record(b"\x1f\x8b\x08nonsense", headers=gz)
    empty = record(b"<html></html>")
    (tmp_path / "a.warc").write_bytes(b"".join([bomb, bad, empty, record(b"<p>" + b"x" * 2_000_000), WEB[1]]))
    found, rejected, _ = read(tmp_path / "a.warc", max_bytes=1_000_000)
    assert [d.id for d in found] == ["http://a.example/1"]
    assert [(r.line, r.unit) for r in rejected] == [(1, "record"), (2, "record"), (3, "record"), (4, "record")]
    for reject, said in zip(
        rejected, ["a page of more", "not what its headers say", "no text of its own", "a record of more"], strict=True
    ):
        assert said in reject.reason


def test_what_is_no_web_archive_is_named(tmp_path):
    pytest.importorskip("fastwarc")
    (tmp_path / "a.warc").write_bytes(b"nonsense" * 1000)
    found, [reject], _ = read(tmp_path / "a.warc")
    assert not found
    assert "cannot be read" in reject.reason


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastwarc", None)
    (tmp_path / "a.warc").write_bytes(WEB[1])
    _, [reject], _ = read(tmp_path / "a.warc")
    assert "pip install 'arclean[web]'" in reject.reason
    with pytest.raises(OutputError, match=r"arclean\[web\]"):
        write_documents([Document("a", "x")], tmp_path / "a.wet")


def test_written_archives_are_read_by_others(tmp_path):
    pytest.importorskip("fastwarc")
    archives = pytest.importorskip("warcio.archiveiterator")
    write_documents([Document("a", PAGE), Document("http://x.example/", PAGE)], tmp_path / "a.wet.gz")
    with (tmp_path / "a.wet.gz").open("rb") as stream:
        found = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.content_stream().read())
            for r in archives.ArchiveIterator(stream)
        ]
    assert found == [
        ("conversion", "urn:arclean:a", PAGE.encode()),
        ("conversion", "urn:arclean:http%3A%2F%2Fx.example%2F", PAGE.encode()),
    ]


# --- which files ---


def test_patterns_folders_and_repeats(tmp_path):
    for name in ("news-1.jsonl", "news-2.jsonl", "old/news-1.jsonl", "old/NOTES.md", "deep/er/a.CSV"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text\nنص\n" if name.endswith("CSV") else '{"text": "نص"}\n', encoding="utf-8")
    found, rejected, notes = read(
        f"{tmp_path}/news-*.jsonl", tmp_path / "news-1.jsonl", tmp_path / "old", f"{tmp_path}/**/*"
    )
    assert not rejected
    assert [d.id for d in found] == ["news-1.jsonl:1", "news-2.jsonl:1", "old/news-1.jsonl:1", "er/a.CSV:2"]
    assert "news-1.jsonl: given twice, read once" in notes
    assert any("NOTES.md: passed over" in n for n in notes)
    with pytest.raises(InputError, match=r"no file matches .*x\*\.jsonl: check the pattern"):
        read(f"{tmp_path}/x*.jsonl")


def test_a_name_with_a_bracket_is_a_name_first(tmp_path):
    (tmp_path / "a[1].txt").write_text("نص", encoding="utf-8")
    assert [d.id for d in read(tmp_path / "a[1].txt")[0]] == ["a[1].txt"]


def test_formats_that_names_do_not_tell(tmp_path):
    (tmp_path / "dump.dat").write_text("text,id\nنص,1\n", encoding="utf-8")
    assert [shown(d) for d in read(tmp_path / "dump.dat", input_format="csv")[0]] == [("1", "نص", None)]
    with pytest.raises(InputError, match="no format 'docx': choose one of txt, jsonl"):
        read(tmp_path / "dump.dat", input_format="docx")
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(InputError, match="turn an array of JSON into lines with: jq"):
        read(tmp_path / "a.json")


STDIN_CODE = """
import sys
from arclean import read_documents
options = {"input_format": sys.argv[1]} if len(sys.argv) > 1 else {}
documents = read_documents("-", on_reject=lambda r: print("rejected", r), on_note=print, **options)
sys.stdout.reconfigure(encoding="utf-8")
for d in documents:
    print(ascii((d.id, d.text)))
"""


@pytest.mark.parametrize(("data", "args", "expected"), [
    (b'\n {"text": "a"}\n{"text": "b"}\n', [], ["('-:2', 'a')", "('-:3', 'b')"]),
    (gzip.compress(b'{"text": "a"}\n', mtime=0), [], ["('-:1', 'a')"]),
    (pa.compress(b'{"text": "a"}\n', "zstd", asbytes=True), [], ["('-:1', 'a')"]),
    (b"plain text", [], ["('-', 'plain text')"]),
    (b"text\none\ntwo\n", ["csv"], ["('-:2', 'one')", "('-:3', 'two')"]),
    (b"PAR1", ["parquet"], ["rejected -: Parquet cannot be read from a pipe"]),
])  # fmt: skip
def test_standard_input(data, args, expected):
    done = subprocess.run([sys.executable, "-c", STDIN_CODE, *args], input=data, capture_output=True, check=True)
    said = done.stdout.decode().splitlines()
    assert [line for line in said if line.startswith(("(", "rejected"))][: len(expected)] == expected or (
        said[-1].startswith(expected[0])
    )


# --- any damage ---


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".wet", ".jsonl.gz", ".csv.zst", ".wet.gz", ".warc"])
def test_whatever_is_damaged_nothing_raises(tmp_path, suffix):
    if ".w" in suffix:
        pytest.importorskip("fastwarc")
    path, chance = tmp_path / f"a{suffix}", random.Random(suffix)  # a seed: the same damage each time
    if suffix == ".warc":
        path.write_bytes(b"".join(WEB[:4]))
    else:
        write_documents([Document(str(i), PAGE, "s", {"n": i, "tags": ["أ"]}) for i in range(5)], path)
    whole = path.read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 2, 9])):
            at = chance.randrange(len(data) or 1)
            data[at : at + chance.choice([0, 1, 1, 30])] = chance.randbytes(chance.choice([0, 1, 1, 30]))
        path.write_bytes(data[: chance.choice([None, None, None, len(data) // 2])])
        found, rejected, _ = read(path)
        assert found or rejected


# --- bounds ---

MEMORY_CODE = r"""
import re, sys
from arclean import read_documents
size, rejected = 0, []
for d in read_documents(sys.argv[1], on_reject=rejected.append, max_bytes=int(sys.argv[2])):
    size += len(d.text)
peak = re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())
print(size, len(rejected), int(peak[1]) // 1024)
"""


@pytest.fixture
def peak():
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc to read the peak from")


def bounded(path, limit=1 << 20):
    done = subprocess.run([sys.executable, "-c", MEMORY_CODE, path, str(limit)], capture_output=True, check=True)
    return tuple(map(int, done.stdout.split()))


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst", ".csv.zst", ".txt.gz", ".warc.gz"])
@pytest.mark.usefixtures("peak")
def test_a_bomb_is_refused_within_bounded_memory(tmp_path, suffix):
    path, part = tmp_path / f"a{suffix}", b"a" * (16 << 20)
    packed = gzip.compress(part, 1) if suffix.endswith("gz") else pa.compress(part, "zstd", asbytes=True)
    path.write_bytes(packed * 16)
    size, rejected, memory = bounded(path)
    assert size == 0
    assert rejected >= 1
    assert memory < 200


@pytest.mark.usefixtures("peak")
def test_many_rows_of_one_giant_text_are_one_text_in_memory(tmp_path):
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 500, pa.int32()), pa.array(["x " * 2_500_000]))
    with pq.ParquetWriter(tmp_path / "a.parquet", pa.schema([("text", column.type)]), store_schema=False) as writer:
        writer.write_table(pa.table({"text": column}))
    size, rejected, memory = bounded(tmp_path / "a.parquet", 6_000_000)
    assert (size, rejected) == (500 * 5_000_000, 0)
    assert memory < 300


@pytest.mark.usefixtures("peak")
def test_memory_does_not_grow_with_the_file(tmp_path):
    made = (Document(str(i), f"{PAGE * 20} {i}") for i in range(30_000))
    write_documents(made, tmp_path / "a.parquet")
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps({"text": f"{PAGE * 20} {i}"}, ensure_ascii=False) + "\n" for i in range(30_000))
    for name in ("a.parquet", "a.jsonl"):
        size, rejected, memory = bounded(tmp_path / name)
        assert size > 40_000_000
        assert not rejected
        assert memory < 200


def test_every_suffix_is_read_and_libraries_are_imported_late():
    assert {".txt", ".jsonl.zst", ".csv.gz", ".parquet", ".warc.gz", ".wet"} <= set(SUFFIXES)
    heavy = ("pyarrow", "fastwarc", "trafilatura", "zstandard", "duckdb")
    code = f"import sys, arclean, arclean.documents; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize("suffix", ["txt", "jsonl", "csv"])
def test_millions_of_characters_without_white_space_are_refused_by_name(suffix, tmp_path):
    most = MOST_UNBROKEN
    texts = {"one word": "أ" * most, "two words": "أ" * (most - 1) + " " + "ب" * (most - 1), "late": "ج " + "أ" * most}
    rejected = []
    for name, text in texts.items():
        path = tmp_path / f"{name}.{suffix}"
        line = {"txt": text, "jsonl": json.dumps({"text": text}), "csv": f"id,text\n1,{text}"}[suffix]
        path.write_text(line, encoding="utf-8")
        found = list(read_documents(path, on_reject=rejected.append))
        assert [d.text for d in found] == ([text] if name == "two words" else [])
    assert [(r.path, "no white space in 2,000,000" in r.reason) for r in rejected] == [
        (f"{name}.{suffix}", True) for name in ("one word", "late")
    ]
    assert "from character 2 on" in rejected[1].reason


@given(st.lists(st.sampled_from(["", "a", "b", "a~2", "a~3", "column 2", "column 2~2"]), max_size=9))
def test_columns_get_names_of_their_own(header):
    wanted = []
    for number, name in enumerate(header, 1):  # slow and obvious
        bare = own = name or f"column {number}"
        count = 1
        while own in wanted:
            count += 1
            own = f"{bare}~{count}"
        wanted.append(own)
    assert _unique(header) == wanted


def test_a_header_costs_time_in_proportion_to_its_columns():
    def seconds(columns):
        start = time.process_time()
        _unique(["text"] * columns)
        return time.process_time() - start

    # Eight times the columns: a square would be 64 times the time.
    assert min(seconds(80_000) for _ in range(3)) < 30 * min(seconds(10_000) for _ in range(3))
