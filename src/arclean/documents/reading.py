"""From paths to documents: which files there are, which format each is of, and what becomes of damage."""

import glob
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from arclean.documents.delimited import read_delimited
from arclean.documents.jsonl import read_jsonl
from arclean.documents.parquet import read_parquet
from arclean.documents.streams import HEAD, opened
from arclean.documents.text import read_text
from arclean.documents.values import MOST_BYTES, MOST_UNBROKEN, STDIN, Document, Fields, Note, Rejected, Task
from arclean.documents.web import read_web
from arclean.errors import InputError

if TYPE_CHECKING:
    from arclean.documents.streams import Stream

_READERS: "dict[str, Callable[[Stream, Task], Iterator[Document]]]" = {
    ".txt": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": read_parquet,
    ".warc": read_web,
    ".wet": read_web,
}
_SPACES = " \n\r\t\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\N{LINE SEPARATOR}"
_COMPRESSED = (".gz", ".zst")
SUFFIXES = (*_READERS, *(f + c for f in _READERS if f != ".parquet" for c in _COMPRESSED))
"""The names that `read_documents` knows by their ends."""


def read_documents(  # noqa: PLR0913 (an option each)
    *paths: str | Path,
    text_field: str | None = None,
    id_field: str | None = None,
    site_field: str | None = None,
    input_format: str | None = None,
    max_bytes: int = MOST_BYTES,
    on_reject: Callable[[Rejected], object] | None = None,
    on_note: Callable[[Note], object] | None = None,
) -> Iterator[Document]:
    """Yield the documents of files and folders, in the order given, folders sorted by name.

    Parameters: `paths` are files, folders (read recursively), patterns such as `news-*.jsonl` or `-` for standard
    input; a file that is named twice is read once. The fields are guessed from the common names (text, content, body,
    article, النص; id, url; site, or a URL's host) where they are not given. `input_format` (such as "csv") is for
    names that do not tell it; standard input is JSON lines where it begins with `{`, WARC where it says so, and else
    one plain text. `max_bytes` is the size of the largest line, record or text, after decompression; two million
    characters without white space are no text, whatever it is. `on_reject` is called with each input that cannot be
    read; without it the first one raises InputError. `on_note` is called with what was guessed: the fields of each
    file, its encoding where it is not UTF-8. Ids are unique: a second document of the same id gets `~2` after it.

    Raises InputError where a path does not exist, a folder holds no document, or (without `on_reject`) for the first
    input that cannot be read.
    """
    if input_format is not None and f".{input_format}" not in _READERS:
        raise InputError(f"no format {input_format!r}: choose one of {', '.join(f[1:] for f in _READERS)}")
    fields = Fields(text_field, id_field, site_field)
    note = on_note or _silent
    seen: dict[str, int] = {}
    for file in _named_once(paths, input_format, note):
        task = Task(file.path, file.name, fields, max_bytes, on_reject or _raise, note)
        for document in _read(task, input_format):
            count = seen[document.id] = seen.get(document.id, 0) + 1
            yield document if count == 1 else _renamed(document, count, seen)


class _File(NamedTuple):
    path: str
    name: str


def _named_once(paths: Iterable[str | Path], known: str | None, note: Callable[[Note], object]) -> Iterator[_File]:
    """Yield each file once, under a name that no other has: two folders may both hold a `1.txt`."""
    files: set[str] = set()
    names: set[str] = set()
    for given in paths:
        try:
            found = [*_files(given, known, note)]
        except OSError as error:
            raise InputError(f"cannot look into {given}: {error.strerror}; check its permissions") from error
        for path, name in found:
            real = path if path == STDIN else str(Path(path).resolve())
            if real in files:
                note(Note(name, "given twice, read once"))
                continue
            files.add(real)
            folders = list(Path(real).parts[1 : -len(Path(name).parts)])
            own = name
            while own in names:  # ends: with all its folders a path is the only one of its name
                own = f"{folders.pop()}/{own}"
            names.add(own)
            yield _File(path, own)


def _files(given: str | Path, known: str | None, note: Callable[[Note], object]) -> Iterator[tuple[str, str]]:
    """Yield the files of a path or a pattern, each with the name that it has there."""
    root = Path(given)
    if str(given) == STDIN:
        yield STDIN, STDIN
    elif root.is_dir():
        found = sorted(p for p in root.rglob("*") if _suffix(p.name) and p.is_file() and not _hidden(p, root))
        if not found:
            raise InputError(f"no documents in {root}: expected files named {', '.join('*' + s for s in _READERS)}")
        yield from ((str(p), p.relative_to(root).as_posix()) for p in found)
    elif root.exists():
        if not (known or _suffix(root.name)):
            hint = "; turn an array of JSON into lines with: jq -c '.[]'" if root.suffix.lower() == ".json" else ""
            raise InputError(f"{root} is of no known format: expected a name that ends in {', '.join(SUFFIXES)}{hint}")
        yield str(root), root.name
    elif glob.has_magic(str(given)):
        matched = sorted(glob.glob(str(given), recursive=True))  # noqa: PTH207 (an absolute pattern is one, too)
        if not matched:
            raise InputError(f"no file matches {given}: check the pattern")
        for path in matched:
            if Path(path).is_dir() or known or _suffix(path):
                yield from _files(path, known, note)
            else:
                note(Note(path, "passed over: of no known format"))
    else:
        raise InputError(f"no file or folder {root}: check the path")


def _suffix(name: str) -> str | None:
    """Give the suffix that tells the format, without that of a compression.

    >>> _suffix("أخبار.CSV.gz"), _suffix("أخبار.docx")
    ('.csv', None)
    """
    lower = name.lower()
    if not lower.endswith(SUFFIXES):
        return None
    return next(f for f in _READERS if lower.removesuffix(".gz").removesuffix(".zst").endswith(f))


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _read(task: Task, known: str | None) -> Iterator[Document]:
    """Yield the documents of a file up to where it cannot be read any further, and say where that is."""
    last: Document | None = None
    try:
        with opened(task.path) as stream:
            suffix = f".{known}" if known else _suffix(task.name) or _sniffed(stream, task)
            for last in _READERS[suffix](stream, task):
                if (at := _unbroken(last.text)) is None:
                    yield last
                else:
                    said = f"no white space in {MOST_UNBROKEN:,} characters from character {at} on"
                    task.reject(last.source and last.source.line, f"{said}: no text, or one that lost its line ends")
    except InputError as error:
        task.reject(None, str(error))
    except (OSError, EOFError, zlib.error) as error:
        line = last.source.line if last and last.source else None
        past = f" past {line}: what stands before it was read" if line else ""
        task.reject(None, f"cannot be read{past}: {error}")


def _unbroken(text: str) -> int | None:
    """Say where more characters than any text has stand together without white space between them.

    >>> _unbroken("كلمة " * 500_000), _unbroken("كلمة " + "أ" * MOST_UNBROKEN)
    (None, 5)
    """
    at = 0
    while (end := at + MOST_UNBROKEN) <= len(text):
        last = max(text.rfind(space, at, end) for space in _SPACES)
        if last < 0:
            return at
        at = last + 1
    return None


def _sniffed(stream: "Stream", task: Task) -> str:
    """Tell the format of standard input by its beginning, and say it aloud."""
    head = stream.peek(HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return ".jsonl"
    if head.startswith(b"WARC/"):
        return ".warc"
    task.note("read as one plain text; for other formats say --input-format csv, tsv, jsonl, …")
    return ".txt"


def _renamed(document: Document, count: int, seen: dict[str, int]) -> Document:
    while (name := f"{document.id}~{count}") in seen:
        count += 1
    seen[name] = 1
    return Document(name, document.text, document.site, document.meta, document.source)


def _raise(rejected: Rejected) -> None:
    raise InputError(str(rejected))


def _silent(_: Note) -> None:
    """Keep a note to itself: notes are for those who ask."""
