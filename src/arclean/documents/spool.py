"""Records on their way to a format whose columns, and their types, must be known before its first row."""

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

from arclean.documents.jsonl import as_text
from arclean.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_BYTES = 32 << 20
"""Text that is kept in memory at once: 8,000 articles, enough for a column of Parquet to compress well."""
_BATCH_ROWS = 1000


class Spool:
    """Records on their way to a format whose columns must be known before its first row.

    They wait in a nameless temporary file beside the target, so that memory stays that of a batch.
    """

    def __init__(self, folder: Path, *, typed: bool) -> None:
        self._file = TemporaryFile(dir=folder, prefix=".arclean-")  # noqa: SIM115 (closed by __exit__)
        self._typed = typed
        self._batch: list[dict[str, Any]] = []
        self._size = 0
        self.names: dict[str, None] = {}
        self.types: dict[str, Any] = {}
        """The type of each column; None is text whatever a value is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, record: dict[str, Any], hints: Any = None) -> None:  # noqa: ANN401 (a pyarrow.Schema, or None)
        """Keep a record; `hints` is the schema that it was read with."""
        self.names |= dict.fromkeys(record)
        if self._typed and hints is not None:
            for name in record.keys() - self.types.keys():
                if name in hints.names:  # a pyarrow.Schema
                    self.types[name] = hints.field(name).type
        self._batch.append(record)
        self._size += sum(len(v) for v in record.values() if isinstance(v, (str, bytes)))
        if len(self._batch) == _BATCH_ROWS or self._size > BATCH_BYTES:
            self.flush()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records again."""
        return (record for batch in self.batches() for record in batch)

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the records again, as often as is asked."""
        self.flush()
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)  # noqa: S301 (its own nameless file, that no one else can write to)
            except EOFError:
                return

    def flush(self) -> None:
        """Put what was added so far into the file."""
        if not self.names:  # no record at all: a table of no rows has columns still
            self.names, self.types = {"id": None, "text": None}, {"id": None, "text": None}
        if not self._batch:
            return
        if self._typed:
            for name in self.names:
                values = [record.get(name) for record in self._batch]
                if name not in self.types or self.types[name] is not None:
                    self.types[name] = type_of(values, self.types.get(name))
        pickle.dump(self._batch, self._file, pickle.HIGHEST_PROTOCOL)
        self._batch, self._size = [], 0


def type_of(values: Sequence[Any], known: Any) -> Any:  # noqa: ANN401 (a pyarrow.DataType)
    """Give a type that holds values and what the known type holds; None where only text does."""
    import pyarrow as pa  # noqa: PLC0415

    if known is not None and array_of(values, known) is not None:
        return known
    try:
        found = pa.infer_type(values)
    except (pa.ArrowException, OverflowError):  # values of several kinds, or a number past 64 bits
        return None
    if known is not None:
        pair = [pa.schema([("", known)]), pa.schema([("", found)])]
        try:
            found = pa.unify_schemas(pair, promote_options="permissive").field(0).type
        except pa.ArrowException:
            return None
    return found if _is_storable(found) and array_of(values, found) is not None else None


def array_of(values: Sequence[Any], kind: Any) -> "pa.Array | None":  # noqa: ANN401 (a pyarrow.DataType, or None)
    """Make a column; None where the type does not hold a value as it is."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        if kind is None:
            return pa.array([as_text(v) for v in values], pa.string())
        # Arrow takes True for 1 and cuts 1.0 to 1.
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            wrong = (bool, float) if pa.types.is_integer(kind) else bool
            if any(isinstance(v, wrong) for v in values):
                return None
        made = pa.array(values, kind)
        # It also cuts times to days and numbers to fewer bits, and drops a record's keys that its type has not.
        return made if _is_plain(kind) or _same(made.to_pylist(), values) else None
    except UnicodeEncodeError as error:
        what = f"half of a surrogate pair ({error.object[error.start]!a})"
        raise OutputError(f"a field holds {what}, which Parquet cannot: write .jsonl, or repair the text") from None
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return _times(values, kind) if pa.types.is_temporal(kind) else None


def _is_plain(kind: Any) -> bool:  # noqa: ANN401 (a pyarrow.DataType)
    """Whether a type takes a value as it is, or not at all."""
    import pyarrow as pa  # noqa: PLC0415

    is_one = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_boolean)
    return any(test(kind) for test in is_one) or kind == pa.float64()


def _times(values: Sequence[Any], kind: Any) -> "pa.Array | None":  # noqa: ANN401 (a pyarrow.DataType)
    """Make a column of times of which some are text, being too fine for Python."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        return pa.array([as_text(v) for v in values], pa.string()).cast(kind)
    except pa.ArrowException:
        return None


def _same(made: Any, given: Any) -> bool:  # noqa: ANN401 (any value of JSON)
    """Whether a value came through Arrow as it was, but for keys that are null now and were missing."""
    if isinstance(given, dict) and isinstance(made, dict):
        return made.keys() >= given.keys() and all(_same(v, given.get(k)) for k, v in made.items())
    if isinstance(given, (list, tuple)) and isinstance(made, (list, tuple)):
        return len(made) == len(given) and all(map(_same, made, given))
    return type(made) is type(given) and (made == given or made != made)  # noqa: PLR0124 (not a number)


def _is_storable(kind: Any, levels: int = 30) -> bool:  # noqa: ANN401 (a pyarrow.DataType)
    """Whether Parquet takes a type: no record without keys, and no more levels than readers take (pyarrow 50 lists)."""
    import pyarrow as pa  # noqa: PLC0415

    if not levels or (pa.types.is_struct(kind) and not kind.num_fields):
        return False
    return all(_is_storable(kind.field(i).type, levels - 1) for i in range(kind.num_fields))
