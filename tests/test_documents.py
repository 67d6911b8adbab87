"""Reading and writing documents: what is damaged is named, the rest goes on, and nothing leaves its folder."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arclean import Document, InputError, OutputError, read_documents, write_documents
from arclean.documents import file_name
from arclean.testing import texts


def read(*paths, **options):
    rejected = []
    return list(read_documents(*paths, on_reject=rejected.append, **options)), rejected


def test_a_folder_of_text_files_is_a_site(tmp_path):
    (tmp_path / "alpha").mkdir()
    (tmp_path / "alpha" / "1.txt").write_text("نص أول", encoding="utf-8")
    (tmp_path / "alpha" / "2.txt").write_bytes("نص ثان طويل بما يكفي ليعرف ترميزه من حروفه".encode("cp1256"))
    documents, rejected = read(tmp_path)
    assert [(d.id, d.site) for d in documents] == [("alpha/1.txt", "alpha"), ("alpha/2.txt", "alpha")]
    assert documents[1].text.startswith("نص ثان")
    assert not rejected


@pytest.mark.parametrize("field", ["text", "content", "body", "article", "النص", "Text"])
def test_text_fields_are_guessed(tmp_path, field):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 7, field: "نص", "url": "https://www.example.com/x"}), encoding="utf-8")
    [document] = read(path)[0]
    assert (document.id, document.text, document.site) == ("7", "نص", "www.example.com")
    assert document.meta == {"id": 7, "url": "https://www.example.com/x"}


def test_given_fields_override(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "لا", "t": "نعم", "k": "x", "s": "موقع"}), encoding="utf-8")
    [document] = read(path, text_field="t", id_field="k", site_field="s")[0]
    assert (document.id, document.text, document.site) == ("x", "نعم", "موقع")


def test_damaged_lines_are_named_and_the_rest_is_read(tmp_path):
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": "نص"}).encode()
    bad = [b'{"text": ', b"[1]", b'{"title": "x"}', b'{"text": 3}', b'{"text": "\xc7"}', b"[" * 100_000]
    path.write_bytes(b"\n".join([good, *bad, b"", good]))
    documents, rejected = read(path)
    assert [d.id for d in documents] == ["a.jsonl:1", "a.jsonl:9"]
    assert [r.line for r in rejected] == [2, 3, 4, 5, 6, 7]
    said = [r.reason for r in rejected]
    assert "not JSON" in said[0]
    assert "not a JSON object but list" in said[1]
    assert "no field text or content" in said[2]
    assert "title" in said[2]
    assert "is int, not text" in said[3]
    assert "byte 0xC7 at 10" in said[4]
    assert "nested too deeply" in said[5]


def test_without_on_reject_the_first_damage_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"a\.jsonl, line 1: not JSON"):
        list(read_documents(path))


def test_bytes_that_are_no_text_are_rejected(tmp_path):
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "good.txt").write_text("نص", encoding="utf-8")
    documents, rejected = read(tmp_path)
    assert [d.id for d in documents] == ["good.txt"]
    assert rejected[0].path == "picture.txt"
    assert "save it as UTF-8" in rejected[0].reason


def test_a_truncated_gzip_is_named(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps({"text": "نص " * 500}).encode())[:-12])
    documents, rejected = read(path)
    assert not documents
    assert "cannot be read" in rejected[0].reason


@pytest.mark.parametrize(("make", "said"), [
    (lambda p: p / "missing", "no file or folder"),
    (lambda p: p, "no documents in"),
    (lambda p: (p / "a.docx").write_text("x") and p / "a.docx", "no known format"),
])  # fmt: skip
def test_paths_that_hold_nothing_are_errors(tmp_path, make, said):
    with pytest.raises(InputError, match=said):
        list(read_documents(make(tmp_path)))


def test_ids_are_unique(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "text": "نص"}) for i in ("x", "x", "x~2", "x")), encoding="utf-8")
    ids = [d.id for d in read(path)[0]]
    assert len(set(ids)) == 4
    assert ids[0] == "x"


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    documents = [Document("a", "نص أول", "s", {"title": "ع"}), Document("b", "\ud83d نص")]
    write_documents(documents, tmp_path / name)
    again, rejected = read(tmp_path / name)
    assert not rejected
    assert [(d.id, d.text, d.site) for d in again] == [(d.id, d.text, d.site) for d in documents]
    assert again[0].meta["title"] == "ع"


def test_writing_to_no_known_format_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="no known format"):
        write_documents([], tmp_path / "a.docx")


def test_writing_where_a_file_stands_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        write_documents([Document("a", "x")], tmp_path / "file" / "a.jsonl")


def test_names_in_a_folder_are_visible_and_their_own(tmp_path):
    keys = [".hidden", "a", "A", "a/", "b/.c", "x" * 400 + "1", "x" * 400 + "2"]
    write_documents([Document(key, f"نص {i}") for i, key in enumerate(keys)], tmp_path / "out")
    again, rejected = read(tmp_path / "out")
    assert not rejected
    assert sorted(d.text for d in again) == [f"نص {i}" for i in range(len(keys))]


def test_the_folder_is_the_site_on_the_way_out_too(tmp_path):
    made = [Document("1.txt", "نص", "alpha"), Document("beta/1.txt", "نص آخر", "beta"), Document("../x", "شر", "../..")]
    write_documents(made, tmp_path / "out")
    found = {(d.id, d.site) for d in read(tmp_path / "out")[0]}
    assert found == {("alpha/1.txt", "alpha"), ("beta/1.txt", "beta"), ("%2E._../%2E%2E/x.txt", "%2E%2E")}


@given(st.one_of(texts(), st.sampled_from(["../../x", "/etc/passwd", "..", ".", "", "a/../b", "C:\\x\\..", "\x00"])))
def test_no_id_leads_out_of_its_folder(tmp_path_factory, key):
    root = tmp_path_factory.getbasetemp()
    name = file_name(key)
    assert name
    assert (root / name).resolve().is_relative_to(root)
    assert "\x00" not in name
