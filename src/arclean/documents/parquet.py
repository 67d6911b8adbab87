"""Parquet: a row is a document, its columns keep their types.

A value survives reading and writing with its type, where the document still has the `meta` that it was read with. What
does not: nanoseconds become text where they are not whole microseconds (Python has none); of records whose keys differ
each gets all keys, the missing ones null; a column of values that share no type becomes text, JSON where it was none.
"""

from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from arclean.documents.fields import Guess, document_of, guess_columns
from arclean.documents.spool import BATCH_BYTES, Spool, array_of
from arclean.documents.streams import text_of
from arclean.documents.values import Document, Row, Source, Task
from arclean.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from arclean.documents.streams import Stream

# Rows at a time: 1000 news articles of 4 KB are 4 MB; of books fewer are taken, so that a batch stays near 8 MB.
_ROWS, _BATCH_BYTES = 1000, 8 << 20


def read_parquet(stream: "Stream", task: Task) -> Iterator[Document]:
    """Yield the documents of a Parquet file; a row that is damaged is rejected, and the rest goes on.

    Raises InputError where the file is no Parquet or cut short, or has no column of text.
    """
    import pyarrow as pa  # noqa: PLC0415 (it is large, and needed for these files only)
    import pyarrow.parquet as pq  # noqa: PLC0415

    if not stream.seekable():
        raise InputError("Parquet cannot be read from a pipe, its contents stand at its end: save it to a file first")
    try:
        file = pq.ParquetFile(stream)
        schema = file.schema_arrow
        if twice := sorted({name for name in schema.names if schema.names.count(name) > 1}):
            raise InputError(f"two columns are named {twice[0]!r}: rename one")
        guess = guess_columns(schema.names, task)
        number = 0
        for batch in _batches(file, stream):
            for row in _rows(batch):
                number += 1
                try:
                    document = _document(Row(row, schema), guess, task, number)
                except InputError as error:
                    task.reject(number, str(error), "row")
                else:
                    yield document
    except (pa.ArrowException, UnicodeDecodeError, LookupError) as error:  # the latter: damaged names, indices
        raise InputError(f"not read as Parquet: {error}; it was damaged, or not written to its end") from error


def write_parquet(stream: IO[bytes], spool: Spool) -> None:
    """Write the records of a spool as Parquet, each column with the type that holds all of its values.

    Raises OutputError for text that Parquet cannot hold: half of a surrogate pair.
    """
    spool.flush()
    types = dict(spool.types)
    while (misfit := _written(stream, spool, types)) is not None:
        types[misfit] = None  # e.g. 2**60 beside 0.5: no number type holds both exactly, so the column is text
        stream.seek(0)
        stream.truncate()


def _batches(file: "pq.ParquetFile", stream: "Stream") -> "Iterator[pa.RecordBatch]":
    """Yield the batches of a file, columns that repeat few values as dictionaries.

    In a file of a megabyte a text of 50 MB may stand in a thousand rows; decoded plainly a batch of them would not fit
    into memory, as a dictionary it is one text. Where most texts differ it is the other way round: pyarrow then builds
    a dictionary of the whole row group (measured on one of 300 MB: 918 MB, and 16 MB plainly).
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    metadata = file.metadata
    for number in range(metadata.num_row_groups):
        # The first row shows a damaged footer as an error; asking for a column's figures ends the process (pyarrow 26).
        next(file.iter_batches(1, row_groups=[number]), None)
        group = metadata.row_group(number)
        repeated = [c.path_in_schema for c in map(group.column, range(group.num_columns)) if _repeats(c)]
        rows = _BATCH_BYTES // max(1, group.total_byte_size // max(1, group.num_rows))
        opened = pq.ParquetFile(stream, metadata=metadata, read_dictionary=repeated, buffer_size=1 << 20)
        yield from opened.iter_batches(max(1, min(_ROWS, rows)), row_groups=[number])


def _repeats(column: "pq.ColumnChunkMetaData") -> bool:
    """Whether most of what a column stores in a row group is its dictionary."""
    if column.physical_type != "BYTE_ARRAY" or not column.has_dictionary_page:
        return False
    size = column.data_page_offset - column.dictionary_page_offset
    return bool(2 * size > column.total_compressed_size)


class _Unreadable(NamedTuple):
    """A value that Python cannot hold."""

    reason: str


def _rows(batch: "pa.RecordBatch") -> Iterator[dict[str, Any]]:
    columns = [_values(column) for column in batch.columns]
    for row in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, row, strict=True))


def _values(column: "pa.Array") -> list[Any]:
    """Give a column as Python's values, those that are one in its dictionary as one object."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(column.type):
        indices = column.indices.to_pylist()
        values = {i: _value(column.dictionary[i]) for i in dict.fromkeys(indices) if i is not None}
        return [values.get(i) for i in indices]
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # Python has no such times, pandas its own
        return [s.cast(pa.string()).as_py() if s.is_valid else None for s in column]
    try:
        made: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # one of them is out of Python's range, or no UTF-8
        return [_value(scalar) for scalar in column]
    return made


def _value(scalar: "pa.Scalar") -> Any:  # noqa: ANN401 (whatever the column holds)
    import pyarrow as pa  # noqa: PLC0415

    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Unreadable(f"not UTF-8: byte 0x{error.object[error.start]:02X} at {error.start}")
    except (ValueError, OverflowError) as error:
        if pa.types.is_temporal(scalar.type):
            return scalar.cast(pa.string()).as_py()
        return _Unreadable(str(error))


def _document(row: Row, guess: Guess, task: Task, number: int) -> Document:
    for name, value in row.items():
        if isinstance(value, _Unreadable):
            raise InputError(f"the field {name!r} cannot be read: {value.reason}")
    text = row[guess.text]
    if isinstance(text, bytes):  # what Hive and old Spark write leaves out that it is text
        text = text_of(text)
    if isinstance(text, str) and len(text) > task.most:
        raise InputError(task.too_large("a text"))
    meta = Row({k: v for k, v in row.items() if k != guess.text}, row.schema)
    return document_of({**row, guess.text: text}, guess, Source(task.name, number, guess.text), meta)


def _written(stream: IO[bytes], spool: Spool, types: Mapping[str, Any]) -> str | None:
    """Write all records, or give the column whose type does not hold one of its values."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(name, pa.string() if types[name] is None else types[name]) for name in spool.names])
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in spool.batches():
            columns = {name: array_of([record.get(name) for record in batch], types[name]) for name in spool.names}
            for name, column in columns.items():
                if column is None:
                    return name
            waiting.append(pa.table(list(columns.values()), schema=schema))
            if sum(table.nbytes for table in waiting) > BATCH_BYTES:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    return None
