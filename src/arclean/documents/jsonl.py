"""JSON lines: a line is a document, its fields are the record's own."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import TYPE_CHECKING, Any

from arclean.documents.fields import MOST_GUESSES, Guess, document_of, guess_fields
from arclean.documents.streams import in_utf8, lines, text_of
from arclean.documents.values import Document, Source, Task
from arclean.errors import InputError

if TYPE_CHECKING:
    from arclean.documents.streams import Stream

# What Python reads it cannot always write: pickle and comparison give up at some 300 levels, no page has ten.
_MOST_LEVELS = 100
# A file has records of a few kinds, or of one each.
_MOST_KINDS = 100


def read_jsonl(stream: "Stream", task: Task) -> Iterator[Document]:
    """Yield the documents of JSON lines; a line that is damaged is rejected, and the rest goes on."""
    plain, encoding = in_utf8(stream, task)
    said: list[Guess] = []
    guesses: dict[tuple[tuple[str, ...], tuple[str, ...]], Guess] = {}  # by the names of the fields, and of the texts
    for number, line in lines(plain, task.most):
        if line is None:
            task.reject(number, task.too_large("a line"))
            continue
        if line.isspace():
            continue
        try:
            record = _record(text_of(line, encoding))
            names = tuple(record), tuple(k for k, v in record.items() if isinstance(v, str))
            if (guess := guesses.get(names)) is None:
                guess = guess_fields(names[0], task.fields, names[1])
                if len(guesses) < _MOST_KINDS:
                    guesses[names] = guess
                if guess not in said and len(said) < MOST_GUESSES:
                    task.note(f"{guess}{f' from line {number} on' if said else ''}")
                    said.append(guess)
            meta = {k: v for k, v in record.items() if k != guess.text}
            document = document_of(record, guess, Source(task.name, number, guess.text, encoding), meta)
        except InputError as error:
            task.reject(number, str(error))
        else:
            yield document


def json_line(record: object) -> bytes:
    """Write a record as one line of JSON in UTF-8.

    Lone surrogates become escapes, which JSON readers take. What JSON has no form for is written as text: dates and
    times in ISO 8601, decimals in digits, bytes in base64.
    """
    try:
        return _WRITER.encode(record).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record, default=as_json).encode() + b"\n"


def as_json(value: object) -> str:
    """Give a value that JSON has no form for as text."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(value).decode()
    return str(value)


# json.dumps makes one of these for each record, which costs as much as a short record.
_WRITER = json.JSONEncoder(ensure_ascii=False, default=as_json)


def as_text(value: object) -> str | None:
    """Give a value as a column of text holds it: text and null as they are, lists and records as JSON."""
    if value is None or isinstance(value, str):
        return value
    made = json.dumps(value, ensure_ascii=False, default=as_json)
    return str(json.loads(made)) if made.startswith('"') else made


def _record(line: str) -> dict[str, Any]:
    """Read a line of JSON. Raises InputError where it is damaged, or no object."""
    if (at := line.find("\x00")) >= 0:
        raise InputError(f"not JSON: a NUL at character {at}; the file was damaged, or was not written to its end")
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        shown = error.doc.strip()
        raise InputError(f"not JSON: {error.msg} at character {error.pos}: {shown[:60]!r}") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InputError(f"not read: {error}") from None
    except RecursionError:
        raise InputError("not read: the JSON is nested too deeply") from None
    if line.count("[") + line.count("{") > _MOST_LEVELS and _is_deeper(record, _MOST_LEVELS):
        raise InputError(f"not read: the JSON is nested too deeply, more than {_MOST_LEVELS} levels")
    if not isinstance(record, dict):
        raise InputError(f"not a JSON object but {type(record).__name__}: a line must be {{...}}")
    return record


def _is_deeper(value: object, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [v for outer in level if isinstance(outer, (dict, list)) for v in _inner(outer)]
    return bool(level)


def _inner(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
