"""Joining what lies in Parquet files, in DuckDB under a memory limit, in steps that a stopped job need not repeat.

Each step is one transaction of a database in the folder, which notes that it is done; what candidates share is counted
in files that get their names when they are whole. So after a crash or Ctrl-C the join goes on with the step in which
it was stopped, as long as it is the same join: of the same files, with the same threshold and memory.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arclean.dedup.kernel import candidates_sql, sets_of_lists, verified
from arclean.dedup.matches import Indices
from arclean.dedup.ondisk import choose, quoted
from arclean.dedup.shingles import Sets
from arclean.errors import ArcleanError
from arclean.workers import Progress

# A file is of 2^20 documents at most, so that (file, row) are a number of 64 bits.
ROWS = 20
_COLUMNS = ("a", "b", "shared", "size_a", "size_b")


class File(NamedTuple):
    """A file of documents and the one of their keys."""

    documents: Path
    keys: Path
    hashes: int
    """How many shingles it holds."""


class Work(NamedTuple):
    """What is joined, and with how much memory."""

    folder: Path
    files: list[File]
    threshold: float
    memory: int
    plan: str
    """A digest of all that the pairs depend on."""

    @property
    def scratch(self) -> Path:
        """Where the join works."""
        return self.folder / "scratch"


def join(work: Work, keep: str, tell: Progress) -> None:
    """Find the pairs, choose who stays, and write the results.

    Raises ValueError where an id is given twice, ArcleanError where another process joins in this folder.
    """
    try:
        with closing(_connected(work)) as connection:
            done = {name for (name,) in connection.execute("SELECT name FROM done").fetchall()}
            for count, (name, statements) in enumerate(steps := _steps(work)):
                tell("joining", count, len(steps))
                if name not in done:
                    _do(connection, name, statements)
                if name == "documents" and "members" not in done:
                    _refuse_twice(connection)
            tell("joining", len(steps), len(steps))
            if "pairs" not in done:
                _do(connection, "pairs", [_union(_verified(work, connection, tell)), "DROP TABLE candidates"])
            tell("choosing who stays", 0, 1)
            choose(connection, work.folder, keep, work.memory)
            tell("choosing who stays", 1, 1)
    except ValueError:
        shutil.rmtree(work.scratch)
        raise
    shutil.rmtree(work.scratch)


def _connected(work: Work) -> duckdb.DuckDBPyConnection:
    """Open the database of this join, as it was left or new."""
    path = work.scratch / "work.duckdb"
    if path.exists():
        connection = _left(path)
        if connection is not None:
            if connection.execute("SELECT plan FROM plan").fetchall() == [(work.plan,)]:
                _settle(connection, work)
                return connection
            connection.close()
    shutil.rmtree(work.scratch, ignore_errors=True)
    work.scratch.mkdir()
    connection = duckdb.connect(str(path))
    _settle(connection, work)
    connection.execute("CREATE TABLE done (name VARCHAR)")
    connection.execute("CREATE TABLE plan AS SELECT ? AS plan", [work.plan])
    return connection


def _left(path: Path) -> duckdb.DuckDBPyConnection | None:
    """Open what a stopped job has left, where it can be read."""
    try:
        connection = duckdb.connect(str(path))
        connection.execute("SELECT plan, name FROM plan LEFT JOIN done ON true")
    except duckdb.IOException as error:
        if "lock" in str(error):
            folder = path.parents[1]
            raise ArcleanError(f"another process works in {folder}: wait for it, or name another folder") from error
        return None
    except duckdb.Error:  # killed before there was anything, or damaged: the join begins again
        return None
    return connection


def _settle(connection: duckdb.DuckDBPyConnection, work: Work) -> None:
    # Half for the joins; the other half for the shingles that are verified meanwhile.
    connection.execute(f"SET memory_limit = '{work.memory // 2}B'")
    connection.execute(f"SET temp_directory = {quoted(work.scratch / 'spill')}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    # Each thread of a join wants some 100 MB of its own.
    connection.execute(f"SET threads = {max(1, min(4, work.memory // (256 << 20)))}")


def _do(connection: duckdb.DuckDBPyConnection, name: str, statements: list[str]) -> None:
    for statement in ("BEGIN", *statements):
        connection.execute(statement)
    connection.execute("INSERT INTO done VALUES (?)", [name])
    connection.execute("COMMIT")


def _steps(work: Work) -> list[tuple[str, list[str]]]:
    """Say how candidates are found: from the bands of documents with unlike shingles. One without a word is like none.

    Each step is a name and its statements.
    """
    columns = "doc BIGINT, id BLOB, size BIGINT, date DOUBLE, short BOOLEAN, high BIGINT, low BIGINT, counted BIGINT"
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    documents, keys = [f"CREATE TABLE documents ({columns})"], []
    if work.files:
        documents.append(f"INSERT INTO documents SELECT {names} FROM {_files(work, 'documents')}")  # noqa: S608 (our own)
        keys.append(f"""INSERT INTO keys SELECT * FROM {_files(work, "keys")}
                        WHERE doc IN (SELECT doc FROM members WHERE doc = head)""")  # noqa: S608 (as above)
    return [
        ("documents", documents),
        (
            "members",
            [
                """CREATE TABLE heads AS
                   SELECT high, low, MIN(doc) AS head FROM documents WHERE counted > 0 GROUP BY high, low""",
                """CREATE TABLE members AS
                   SELECT doc, id, size, date, short, CASE WHEN counted > 0 THEN head ELSE doc END AS head
                   FROM documents LEFT JOIN heads USING (high, low)""",
                "DROP TABLE documents",
            ],
        ),
        ("keys", ["CREATE TABLE keys (doc BIGINT, key BIGINT, kind TINYINT, size INTEGER)", *keys]),
        # Keys that nobody shares go before the join: in news that is nine of ten.
        (
            "met",
            [
                """CREATE TABLE met AS
                   SELECT * FROM keys WHERE key IN (SELECT key FROM keys GROUP BY key HAVING COUNT(*) > 1)""",
                "DROP TABLE keys",
            ],
        ),
        ("candidates", [f"CREATE TABLE candidates AS {candidates_sql(work.threshold, 'met')}", "DROP TABLE met"]),
    ]


def _files(work: Work, kind: str) -> str:
    return f"read_parquet({quoted(work.folder / f'{kind}-*.parquet')})"


def _refuse_twice(connection: duckdb.DuckDBPyConnection) -> None:
    twice = connection.execute("SELECT id FROM documents GROUP BY id HAVING COUNT(*) > 1 LIMIT 1").fetchone()
    if twice:
        key = bytes(twice[0]).decode("utf-8", "surrogatepass")
        raise ValueError(f"two documents have the id {key!r}: give each document an id of its own")


def _verified(work: Work, connection: duckdb.DuckDBPyConnection, tell: Progress) -> list[Path]:
    """Read the shingles of some files and of some others, and write down what candidates between them share."""
    from arclean.documents import whole_file  # noqa: PLC0415 (its room reads files in many formats)

    schema = pa.schema([(name, pa.int64()) for name in _COLUMNS])
    shelves = [*_shelves(work.files, work.memory // 2)]
    paths = [work.scratch / f"pairs-{number:06}.parquet" for number in range(len(shelves))]
    for number, ((left, right), path) in enumerate(zip(shelves, paths, strict=True)):
        tell("verifying", number, len(shelves))
        if path.exists():
            continue
        with whole_file(path) as stream, pq.ParquetWriter(stream, schema) as writer:
            query = f"SELECT a, b, by_chars FROM candidates WHERE a {_between(left)} AND b {_between(right)}"  # noqa: S608
            sets: dict[str, tuple[Indices, Sets]] = {}
            for batch in connection.sql(query).to_arrow_reader(1 << 18):
                sets = sets or _sets({**dict([*left, *right])})
                one, two, by_chars = (batch.column(i).to_numpy(zero_copy_only=False) for i in range(3))
                for name, chosen in (("words", ~by_chars), ("chars", by_chars)):
                    docs, held = sets[name]
                    x, y = np.searchsorted(docs, one[chosen]), np.searchsorted(docs, two[chosen])
                    at, both = verified(held, x, y, work.threshold)
                    sizes = held.sizes
                    columns = docs[x[at]], docs[y[at]], both, sizes[x[at]], sizes[y[at]]
                    writer.write_table(pa.table([pa.array(c) for c in columns], schema=schema))
    tell("verifying", len(shelves), len(shelves))
    return paths


def _union(paths: list[Path]) -> str:
    if not paths:
        return f"CREATE TABLE pairs ({', '.join(f'{name} BIGINT' for name in _COLUMNS)})"
    return f"CREATE TABLE pairs AS SELECT * FROM read_parquet([{', '.join(map(quoted, paths))}])"  # noqa: S608 (our own)


_Shelf = list[tuple[int, File]]


def _shelves(files: list[File], room: int) -> Iterator[tuple[_Shelf, _Shelf]]:
    """Put files on shelves, and give every pair of shelves, a shelf with itself included."""
    # Two shelves, each hash of 8 bytes twice while it is read.
    most = room // (8 * 2 * 2)
    shelves: list[_Shelf] = []
    held = most + 1
    for number, file in enumerate(files):
        if held + file.hashes > most:
            shelves.append([])
            held = 0
        shelves[-1].append((number, file))
        held += file.hashes
    for i, left in enumerate(shelves):
        for right in shelves[i:]:
            yield left, right


def _between(shelf: _Shelf) -> str:
    return f"BETWEEN {shelf[0][0] << ROWS} AND {((shelf[-1][0] + 1) << ROWS) - 1}"


def _sets(files: dict[int, File]) -> dict[str, tuple[Indices, Sets]]:
    """Read the shingles of some files: by words and by characters, each with the documents in order."""
    found = {}
    for name in ("words", "chars"):
        tables = [pq.read_table(file.documents, columns=["doc", name]) for _, file in sorted(files.items())]
        table = pa.concat_tables(tables)
        found[name] = (table["doc"].to_numpy(), sets_of_lists(table[name]))
    return found
