"""The ledger: what happened to each document, as JSON lines, and the way back.

A line is one removal in the original's coordinates (`kind` "edit"), or one document that was left out as a copy
(`kind` "copy", with its whole record). The cleaned documents and the ledger together are the input again.
"""

import hashlib
import json
import os
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, groupby
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any, TypeAlias

from arclean.documents import STDIN, Document, Source, read_documents, record_file, whole_file
from arclean.edits import Cleaned
from arclean.errors import InputError, OutputError


def edit_records(document: str, cleaned: Cleaned) -> Iterator[dict[str, Any]]:
    """Yield a ledger line for each removal of a cleaned document."""
    for r in cleaned.removals:
        yield {"kind": "edit", "document": document, **r._asdict()}


def text_digest(text: str) -> str:
    """Give 128 bits by which a text is known again."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def restored(text: str, removals: Iterable[Mapping[str, Any]], who: str) -> str:
    """Rebuild the original of a document from its cleaned text and its ledger lines.

    Parameters: `removals` in the order of the original; `who` names the document in errors.

    Raises InputError where the lines do not fit the text: one of the two was changed since.

    >>> line = {"start": 3, "end": 6, "old": "ـــ", "new": ""}
    >>> restored("العربية", [line], "a1")
    'العـــربية'
    """
    pieces: list[str] = []
    at = made = 0
    for r in removals:
        start, end, old, new = r["start"], r["end"], r["old"], r["new"]
        until = at + start - made
        if until < at or end - start != len(old) or text[until : until + len(new)] != new:
            raise InputError(f"the ledger does not fit document {who} at {start}: the output was changed after the run")
        pieces += (text[at:until], old)
        at, made = until + len(new), end
    return "".join(pieces) + text[at:]


Shape: TypeAlias = Mapping[str, type | UnionType]
"""The fields that a record must have, and of what type."""

_EDIT: Shape = {"kind": str, "document": str, "start": int, "end": int, "old": str, "new": str}
_COPY: Shape = {"kind": str, "document": str, "record": dict}
_SOURCE: Shape = {
    "document": str,
    "added": list,
    "digest": str,
    "path": str,
    "line": int | None,
    "text_field": str | None,
    "encoding": str,
    "exact": str | None,
}


def read_json_lines(path: Path, shape: Callable[[dict[str, Any]], Shape] = lambda _: {}) -> Iterator[dict[str, Any]]:
    """Yield the records of a file that a run wrote.

    Parameters: `shape` says of a record which fields it must have.

    Raises InputError where the file is missing, or a line is not what a run writes.
    """
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise InputError(f"{path}, line {number}: no JSON object: the output was changed after the run")
                for name, wanted in shape(record).items():
                    if not isinstance(found := record.get(name), wanted):
                        said = f"{name!r} is {json.dumps(found)[:60]}"
                        raise InputError(f"{path}, line {number}: {said}: the output was changed after the run")
                yield record
    except FileNotFoundError:
        raise InputError(f"no {path.name} in {path.parent}: give the folder that 'arclean run' wrote") from None
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, a number too long, too deep
        raise InputError(f"{path}: a line is not JSON ({error}): the output was changed after the run") from error


def undo(out: str | Path) -> Iterator[Document]:
    """Yield the documents of a run as they were read, in the order in which they were read, dropped ones included.

    Parameters: `out` is the folder that `run` wrote.

    Raises InputError where files are missing or do not fit each other.
    """
    folder = Path(out)
    kept = _kept_records(folder)
    edits = read_json_lines(folder / "removed.jsonl", lambda r: _COPY if r.get("kind") == "copy" else _EDIT)
    removed = _by_document(edits)
    ahead = next(removed, None)
    for line in read_json_lines(folder / "sources.jsonl", lambda _: _SOURCE):
        source: dict[str, Any] = {name: line.get(name) for name in _SOURCE}
        key, added, lines = source.pop("document"), source.pop("added"), []
        if ahead and ahead[0] == key:
            lines, ahead = ahead[1], next(removed, None)
        record = dict(lines.pop()["record"]) if lines and lines[-1]["kind"] == "copy" else None
        if any(line["kind"] == "copy" for line in lines):
            raise InputError(f"removed.jsonl goes on behind the copy {key}: the output was changed after the run")
        if record is None:
            record = next(kept, {})
            record.pop("folded", None)
        text = record.pop(source["text_field"] or "text", None)
        if not isinstance(text, str):
            raise InputError(f"no text of document {key} in {folder}: the output was changed after the run")
        original, digest = restored(text, lines, key), source.pop("digest")
        if digest != text_digest(original):
            raise InputError(f"document {key} is not what was read: the output was changed after the run")
        meta = {k: v for k, v in record.items() if k not in added}
        yield Document(key, original, record.get("site"), meta, Source(**source))


def _kept_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of the kept documents, in whatever format the run wrote them."""
    found = sorted(folder.glob("documents.*"))
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise InputError(f"expected one documents file in {folder}, found {names}: give the folder of one run")
    if found[0].name == "documents.jsonl":
        yield from read_json_lines(found[0])
        return
    for document in read_documents(found[0]):
        field = (document.source and document.source.text_field) or "text"
        yield {**document.meta, field: document.text}


def _by_document(lines: Iterable[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the ledger's lines document by document; they stand together."""
    for key, group in groupby(lines, lambda line: line["document"]):
        yield key, list(group)


def write_undone(documents: Iterable[Document], folder: str | Path) -> int:
    """Write documents back as the files that they were read from; give their number.

    `.txt` files come back byte for byte, records with the fields that they had, in the format of their file; pages of
    a web archive, which a run does not keep, come back as JSON lines.

    Parameters: `documents` as `undo` yields them; `folder` is made where it is missing.

    Raises OutputError where the folder cannot be written.
    """
    target, count = Path(folder), 0
    try:
        for name, group in groupby(documents, lambda d: (d.source or Source(d.id)).path):
            _refuse_unusable(name, target)
            first = next(group)
            source = first.source or Source(name)
            if source.line is None:
                data = _bytes_of(first.text, source)
                with whole_file(target / ("stdin.txt" if name == STDIN else name)) as stream:
                    stream.write(data)
                count += 1
                continue
            with record_file(target / _record_name(name), guard_formulas=False) as write:
                for d in chain([first], group):
                    field = (d.source or source).text_field or "text"
                    write({**d.meta, field: d.text}, field, None)
                    count += 1
    except OSError as error:
        raise OutputError(f"cannot write to {target}: {error.strerror}; choose another folder") from error
    return count


def _refuse_unusable(name: str, target: Path) -> None:
    """Refuse a path that `write_undone` must not or cannot write to."""
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise InputError(f"{name!r} leads out of {target}: sources.jsonl was changed after the run")
    try:
        usable = "\x00" not in name and os.fsencode(name)
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise InputError(f"{name!r} names no file: sources.jsonl was changed after the run; put its path right there")


def _bytes_of(text: str, source: Source) -> bytes:
    """Give the bytes of the file that a text was."""
    try:
        return b64decode(source.exact, validate=True) if source.exact else text.encode(source.encoding)
    except (LookupError, ValueError) as error:
        raise InputError(f"{source.path}: {error}: sources.jsonl was changed after the run") from error


def _record_name(name: str) -> str:
    """Name the file that records go back to."""
    if name == STDIN:
        return "stdin.jsonl"
    bare = name.lower().removesuffix(".gz").removesuffix(".zst")
    return f"{name}.jsonl" if bare.endswith((".warc", ".wet")) else name
