"""From documents to files: records in the format that the name tells, or a text file each."""

import gzip
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from arclean.documents.delimited import write_delimited
from arclean.documents.files import file_name, whole_file
from arclean.documents.jsonl import json_line
from arclean.documents.parquet import write_parquet
from arclean.documents.spool import Spool
from arclean.documents.values import Document, Row
from arclean.documents.web import web_record
from arclean.errors import OutputError

_WRITTEN = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".wet")

RecordWriter = Callable[[Mapping[str, Any], str, Any], object]
"""Takes a record, the name of its text's field, and the pyarrow schema that it was read with, or None."""


def write_documents(documents: Iterable[Document], path: str | Path, *, guard_formulas: bool = True) -> None:
    """Write documents in the format that the name of `path` tells, or, where it has no suffix, a `.txt` file each.

    A file appears under its name only once it is whole. What is read from it again is what was written, but for types
    that a format has not: CSV has text only, JSON no dates. The files of a folder are named after ids, in a folder
    named after the site; what could leave the folder is written as %XX.

    Parameters: `guard_formulas` puts an apostrophe before cells of CSV and TSV that a spreadsheet would run, and adds a
    column `arclean_guarded` that says where, for reading.

    Raises OutputError where the path cannot be written, or a format cannot hold a text: only JSON lines hold halves of
    surrogate pairs, and CSV and `.txt` hold no NUL.
    """
    target = Path(path)
    try:
        if target.is_dir() or not target.suffix:
            _write_folder(documents, target)
            return
        with record_file(target, guard_formulas=guard_formulas) as write:
            for document in documents:
                schema = document.meta.schema if isinstance(document.meta, Row) else None
                write(record_of(document), text_field_of(document), schema)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}; choose another place with -o") from error


@contextmanager
def record_file(path: Path, *, guard_formulas: bool = True) -> Iterator[RecordWriter]:
    """Open a file for records, in the format that its name tells; it appears once it is whole.

    Raises OutputError for a name of no known format, and for what a format cannot hold.
    """
    name = path.name.lower()
    suffix = next((s for s in _WRITTEN if name.removesuffix(".gz").removesuffix(".zst").endswith(s)), None)
    if suffix is None or (suffix == ".parquet" and not name.endswith(suffix)):
        known = ", ".join(_WRITTEN)
        raise OutputError(
            f"{path} is of no known format: use a name that ends in {known} (also .gz, .zst), or a folder"
        )
    if suffix == ".wet":
        # A member or frame for each record, as readers of archives that jump to a record want it.
        with whole_file(path, compressed=False) as stream:
            yield lambda record, text_field, _: stream.write(_packed(web_record(record, text_field), path))
    elif suffix in (".jsonl", ".ndjson"):
        with whole_file(path) as stream:
            yield lambda record, *_: stream.write(json_line(record))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream, Spool(path.parent, typed=suffix == ".parquet") as spool:
            yield lambda record, _, schema: spool.add(dict(record), schema)
            if suffix == ".parquet":
                write_parquet(stream, spool)
            else:
                delimiter = "\t" if suffix == ".tsv" else ","
                write_delimited(stream, spool, delimiter=delimiter, guard=guard_formulas)


def text_field_of(document: Document) -> str:
    """Give the name of the field that a document's text was read from, or is written to."""
    return (document.source and document.source.text_field) or "text"


def record_of(document: Document) -> dict[str, Any]:
    """Give a document as a JSON record: its own fields, its text in their midst, an id and a site."""
    text_field = text_field_of(document)
    record = {"id": document.id, **document.meta, text_field: document.text}
    if str(record["id"]) != document.id:  # a second document of the id, or another field is the id
        record["arclean_id"] = document.id
    if document.site is not None and "site" not in record:
        record["site"] = document.site
    return record


def _packed(record: bytes, path: Path) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return gzip.compress(record, mtime=0)
    if suffix == ".zst":
        import pyarrow as pa  # noqa: PLC0415 (it is large, and needed for few files)

        made: bytes = pa.compress(record, codec="zstd", asbytes=True)
        return made
    return record


def _write_folder(documents: Iterable[Document], folder: Path) -> None:
    taken: set[str] = set()
    for document in documents:
        name = PurePosixPath(file_name(document.id))
        if document.site:
            site = file_name(document.site.replace("/", "_")).removesuffix(".txt")
            name = name if name.parent.name == site else site / name
        own, count = name, 1
        while str(own).casefold() in taken:  # file systems that know no case would make one file of two
            count += 1
            own = name.with_stem(f"{name.stem}~{count}")
        taken.add(str(own).casefold())
        if "\x00" in document.text:
            raise OutputError(f"{document.id}: a text file cannot hold a NUL: write .jsonl")
        try:
            data = document.text.encode()
        except UnicodeEncodeError as error:
            raise OutputError(f"{document.id}: half of a surrogate pair at {error.start}: write .jsonl") from None
        if data.startswith(BOM_UTF8):  # a mark that is the text's own: reading takes off the first
            data = BOM_UTF8 + data
        with whole_file(folder / own) as stream:
            stream.write(data)
