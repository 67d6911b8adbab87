"""Documents: what a corpus is made of, read from files and written to files.

Formats are told by the name: `.txt` (a file is a document, its folder is its site), `.jsonl` and `.ndjson` (a line is a
document), both also with `.gz`. What cannot be read is rejected by name, and the rest goes on.
"""

import gzip
import json
import os
import re
import sys
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote, urlsplit

from arclean.errors import InputError, OutputError

TEXT_FIELDS = ("text", "content", "body", "article", "النص")
ID_FIELDS = ("id", "_id", "doc_id", "uuid")
SITE_FIELDS = ("site", "domain", "host", "source")
URL_FIELDS = ("url", "link", "uri")

# Half of the evidence: below it another encoding, or none, is as likely, and a guess would pass for text.
LEAST_CONFIDENCE = 0.5

STDIN = "-"
_TXT = (".txt", ".txt.gz")
_JSONL = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
SUFFIXES = _TXT + _JSONL
"""The names that `read_documents` knows by their ends."""


class Source(NamedTuple):
    """Where a document came from, in enough detail to write it back."""

    path: str
    """Relative to the folder that was given, with forward slashes; `-` is standard input."""
    line: int | None = None
    """Counted from 1; None where the whole file is one document."""
    text_field: str | None = None
    encoding: str = "utf-8"
    exact: str | None = None
    """The file's bytes in base64, where writing the text in `encoding` would not give them again."""


@dataclass(frozen=True)
class Document:
    """A text with an id, the site that it comes from, and whatever else its record holds.

    >>> Document("a1", "خبر عاجل", site="example.com").text
    'خبر عاجل'
    """

    id: str
    text: str
    site: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The record's own fields, all but the text."""
    source: Source | None = None


class Rejected(NamedTuple):
    """An input that could not be read: where it is, and why."""

    path: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.path}{f', line {self.line}' if self.line else ''}: {self.reason}"


def read_documents(
    *paths: str | Path,
    text_field: str | None = None,
    id_field: str | None = None,
    site_field: str | None = None,
    on_reject: Callable[[Rejected], object] | None = None,
) -> Iterator[Document]:
    """Yield the documents of files and folders, in the order given, folders sorted by name.

    Parameters: `paths` are files, folders (read recursively) or `-` for JSON lines on standard input. The fields are
    guessed from the common names (text, content, body, article, النص; id, url; site, or a URL's host) where they are
    not given. `on_reject` is called with each input that cannot be read; without it the first one raises InputError.
    Ids are unique: a second document of the same id gets `~2` after it.

    Raises InputError where a path does not exist, a folder holds no document, or (without `on_reject`) for the first
    input that cannot be read.
    """
    reject = on_reject or _raise
    fields = _Fields(text_field, id_field, site_field)
    seen: dict[str, int] = {}
    for given in paths:
        for path, name in _files(given):
            for document in _read(path, name, fields, reject):
                count = seen[document.id] = seen.get(document.id, 0) + 1
                yield document if count == 1 else _renamed(document, count, seen)


def _renamed(document: Document, count: int, seen: dict[str, int]) -> Document:
    while (name := f"{document.id}~{count}") in seen:
        count += 1
    seen[name] = 1
    return Document(name, document.text, document.site, document.meta, document.source)


def _raise(rejected: Rejected) -> None:
    raise InputError(str(rejected))


def _files(given: str | Path) -> Iterator[tuple[str, str]]:
    """Yield the files below a path, each with the name that it has there."""
    if str(given) == STDIN:
        yield STDIN, STDIN
        return
    root = Path(given)
    if root.is_dir():
        found = sorted(p for p in root.rglob("*") if p.name.endswith(SUFFIXES) and p.is_file() and not _hidden(p, root))
        if not found:
            raise InputError(f"no documents in {root}: expected files named {', '.join('*' + s for s in SUFFIXES)}")
        yield from ((str(p), p.relative_to(root).as_posix()) for p in found)
    elif not root.exists():
        raise InputError(f"no file or folder {root}: check the path")
    elif not root.name.endswith(SUFFIXES):
        raise InputError(f"{root} is of no known format: expected a name that ends in {', '.join(SUFFIXES)}")
    else:
        yield str(root), root.name


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


class _Fields(NamedTuple):
    """The names of a record's fields, where the user gave them."""

    text: str | None
    id: str | None
    site: str | None


def _read(path: str, name: str, fields: _Fields, reject: Callable[[Rejected], object]) -> Iterator[Document]:
    try:
        with _opened(path) as stream:
            if name.endswith(_TXT):
                yield _text_document(path, name, stream.read())
            else:
                yield from _records(stream, name, fields, reject)
    except InputError as error:
        reject(Rejected(name, None, str(error)))
    except (OSError, EOFError, zlib.error) as error:
        reject(Rejected(name, None, f"cannot be read: {error}"))


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
    elif path.endswith(".gz"):
        with gzip.open(path) as stream:
            yield stream  # type: ignore[misc]
    else:
        with Path(path).open("rb") as stream:
            yield stream


def _text_document(path: str, name: str, data: bytes) -> Document:
    """Make a document of a text file; its site is the folder that it lies in.

    Raises InputError for bytes that no encoding explains.
    """
    from arclean.decoding import detect  # noqa: PLC0415 (the models it needs are only read for files)

    decoded = detect(data)
    if decoded.confidence < LEAST_CONFIDENCE:
        raise InputError(f"in no encoding that Arabic is written in (closest: {decoded.encoding}): save it as UTF-8")
    again = decoded.text.encode(decoded.encoding, "replace")
    exact = None if again == data else b64encode(data).decode()
    site = Path(path).resolve().parent.name or None
    return Document(name, decoded.text, site, {}, Source(name, encoding=decoded.encoding, exact=exact))


def _records(stream: IO[bytes], name: str, fields: _Fields, reject: Callable[[Rejected], object]) -> Iterator[Document]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            yield _record_document(record, name, number, fields)
        except UnicodeDecodeError as error:
            reject(Rejected(name, number, f"not UTF-8: byte 0x{line[error.start]:02X} at {error.start}"))
        except json.JSONDecodeError as error:
            reject(Rejected(name, number, f"not JSON: {error.msg} at character {error.pos}: {error.doc[:60]!r}"))
        except RecursionError:
            reject(Rejected(name, number, "not read: the JSON is nested too deeply"))
        except InputError as error:
            reject(Rejected(name, number, str(error)))


def _record_document(record: object, name: str, number: int, fields: _Fields) -> Document:
    """Make a document of a JSON record. Raises InputError where it has no text."""
    if not isinstance(record, dict):
        raise InputError(f"not a JSON object but {type(record).__name__}: a line must be {{...}}")
    text_field = _field(record, fields.text, TEXT_FIELDS)
    if text_field is None:
        wanted = fields.text or " or ".join(TEXT_FIELDS)
        raise InputError(f"no field {wanted}; there are {', '.join(record) or 'none'}: name it with --text-field")
    text = record[text_field]
    if not isinstance(text, str):
        raise InputError(f"the field {text_field!r} is {type(text).__name__}, not text")
    id_field = _field(record, fields.id, ID_FIELDS) or _field(record, None, URL_FIELDS)
    given = record.get(id_field) if id_field else None
    key = f"{name}:{number}" if given is None or isinstance(given, (dict, list)) or given == "" else str(given)
    meta = {k: v for k, v in record.items() if k != text_field}
    return Document(key, text, _site(record, fields.site), meta, Source(name, number, text_field))


def _field(record: Mapping[str, Any], given: str | None, common: tuple[str, ...]) -> str | None:
    """Find a field: the one given, or the first of the common names, in whatever case it is written."""
    if given is not None:
        return given if given in record else None
    lower = {k.lower(): k for k in reversed(list(record))}
    return next((lower[c] for c in common if c in lower), None)


def _site(record: Mapping[str, Any], given: str | None) -> str | None:
    if (name := _field(record, given, SITE_FIELDS)) and isinstance(record[name], str):
        return record[name] or None
    if given is None and (name := _field(record, None, URL_FIELDS)) and isinstance(record[name], str):
        try:
            return urlsplit(record[name]).hostname
        except ValueError:  # not a URL, e.g. an unclosed [: then it names no site
            return None
    return None


def write_documents(documents: Iterable[Document], path: str | Path) -> None:
    """Write documents as JSON lines (`.jsonl`, `.jsonl.gz`) or, where `path` has no suffix, a `.txt` file each.

    A file appears under its name only once it is whole. File names are made of ids; what could leave the folder is
    written as %XX.

    Raises OutputError where the path cannot be written.
    """
    target = Path(path)
    try:
        if target.name.endswith(_JSONL):
            with whole_file(target) as stream:
                for document in documents:
                    stream.write(json_line(record_of(document)))
        elif not target.suffix or target.is_dir():
            for document in documents:
                with whole_file(target / file_name(document.id)) as stream:
                    stream.write(document.text.encode("utf-8", "surrogatepass"))
        else:
            raise OutputError(f"{target} is of no known format: use a name that ends in .jsonl, or a folder")
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}; choose another place with -o") from error


def record_of(document: Document) -> dict[str, Any]:
    """Give a document as a JSON record: its own fields, its text in their midst, an id and a site."""
    text_field = (document.source and document.source.text_field) or "text"
    record = {"id": document.id, **document.meta, text_field: document.text}
    if str(record["id"]) != document.id:  # a second document of the id, or another field is the id
        record["arclean_id"] = document.id
    if document.site is not None and "site" not in record:
        record["site"] = document.site
    return record


def json_line(record: object) -> bytes:
    """Write a record as one line of JSON in UTF-8; lone surrogates as escapes, which JSON readers take."""
    text = json.dumps(record, ensure_ascii=False)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode() + b"\n"


def file_name(key: str) -> str:
    """Make a relative file name of an id: no step upwards, nothing absolute, no character that file systems refuse.

    >>> file_name("../../etc/passwd"), file_name("أخبار/1")
    ('%2E%2E/%2E%2E/etc/passwd.txt', 'أخبار/1.txt')
    """
    parts = [p for p in re.split(r"[/\\]+", key) if p] or ["_"]
    safe = [
        "%2E" * len(p) if set(p) <= {"."} else re.sub(r'[\x00-\x1f<>:"|?*]', lambda m: quote(m[0]), p) for p in parts
    ]
    name = "/".join(p.encode("utf-8", "replace")[:240].decode("utf-8", "ignore") for p in safe)
    return name if name.endswith(".txt") else name + ".txt"


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name only once it is written to the end, synced, and closed without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with gzip.GzipFile(part, "wb", mtime=0) if path.name.endswith(".gz") else part.open("wb") as stream:
            yield stream  # type: ignore[misc]
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
