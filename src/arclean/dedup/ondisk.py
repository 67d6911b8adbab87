"""What a comparison past memory found: stars, chosen component by component, and results that are read from files."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Generic, NamedTuple, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from arclean.dedup.clusters import stars
from arclean.dedup.components import DuckTables, components, components_by_sql
from arclean.dedup.folded import bounds_of
from arclean.dedup.matches import Cluster, Groups, Indices, Match, Sizes, because
from arclean.dedup.sketch import Bands

Row = TypeVar("Row")
# Pairs and documents whose clusters are found together, some 500 bytes each in Python's dicts: 64 MB.
_TOGETHER = 1 << 17
# A pair is 64 bytes while scipy looks at it.
_SCIPY_BYTES = 64
_FETCHED = 10_000
_ORDERS = {"longest": "size DESC, id", "first": "doc", "newest": "date DESC, size DESC, id"}
_PAIRS = """
    SELECT CASE WHEN a < b THEN a ELSE b END AS a, CASE WHEN a < b THEN b ELSE a END AS b, shared,
        CASE WHEN a < b THEN size_a ELSE size_b END AS size_a, CASE WHEN a < b THEN size_b ELSE size_a END AS size_b
    FROM (SELECT x.id AS a, y.id AS b, shared, size_a, size_b
          FROM pairs JOIN members AS x ON x.head = pairs.a JOIN members AS y ON y.head = pairs.b
          UNION ALL
          SELECT x.id, y.id, 1, 1, 1 FROM members AS x JOIN members AS y ON x.head = y.head AND x.doc < y.doc)
"""


class Rows(Generic[Row]):
    """A sequence that is read from files each time it is walked through; `len` counts without reading all of it."""

    def __init__(self, walk: Callable[[], Iterator[Row]], count: Callable[[], int]) -> None:
        self._walk = walk
        self._count = count

    def __iter__(self) -> Iterator[Row]:
        return self._walk()

    def __len__(self) -> int:
        return self._count()


class DiskDuplicates(NamedTuple):
    """What `find_duplicates_on_disk` found: as Duplicates, but read from the folder whenever it is walked through."""

    folder: Path
    recall: float
    """How probably a pair just at the threshold was found, by the bands' S-curve; `bands.recall(s)` for others."""
    bands: Bands
    policy: str
    memory: int

    @property
    def pairs(self) -> Rows[Match]:
        """Every pair that was found, each at or above the threshold, sorted by the ids."""
        return Rows(
            lambda: map(_match, self._rows(f"{_PAIRS} ORDER BY 1, 2")),
            lambda: self._number(f"SELECT COUNT(*) FROM ({_PAIRS})"),  # noqa: S608 (our own)
        )

    @property
    def clusters(self) -> Rows[Cluster]:
        """The documents that stay for others, each with those, in the order of the input."""
        return Rows(self._clusters, lambda: self._number("SELECT COUNT(DISTINCT kept) FROM stars"))

    @property
    def kept(self) -> Rows[str]:
        """The ids of the documents that stay, alike ones and all others, in the order of the input."""
        return self._ids("NOT IN")

    @property
    def dropped(self) -> Rows[str]:
        """The ids of the documents that go, in the order of the input."""
        return self._ids("IN")

    def _ids(self, which: str) -> Rows[str]:
        where = f"FROM members WHERE doc {which} (SELECT doc FROM stars)"  # noqa: S608 (our own)
        return Rows(
            lambda: (_id(row[0]) for row in self._rows(f"SELECT id {where} ORDER BY doc")),
            lambda: self._number(f"SELECT COUNT(*) {where}"),
        )

    def _clusters(self) -> Iterator[Cluster]:
        rows = self._rows("""
            SELECT kept, k.id, k.size, k.short, d.id, d.size, d.short, shared, size_kept, size_dropped
            FROM stars JOIN members AS k ON k.doc = stars.kept JOIN members AS d ON d.doc = stars.doc
            ORDER BY stars.kept, stars.doc""")
        for _, group in groupby(rows, lambda row: row[0]):
            found = list(group)
            _, key, size, short, *_ = found[0]
            kept, dropped = _id(key), tuple(_id(row[4]) for row in found)
            matches = tuple(
                _match((key, row[4], *row[7:]) if kept < _id(row[4]) else (row[4], key, row[7], row[9], row[8]))
                for row in found
            )
            unit = "character" if short and all(row[6] for row in found) else "word"
            sizes = Sizes(size, [row[5] for row in found])
            yield Cluster(kept, dropped, because(kept, matches, self.policy, sizes, unit), matches)

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        scratch = mkdtemp(prefix="scratch-", dir=self.folder)
        try:
            with closing(duckdb.connect()) as connection:
                connection.execute(f"SET memory_limit = '{self.memory // 2}B'")
                connection.execute(f"SET temp_directory = {quoted(scratch)}")
                for name in ("members", "pairs", "stars"):
                    file = quoted(self.folder / f"{name}.parquet")
                    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({file})")  # noqa: S608
                result = connection.execute(query)
                while rows := result.fetchmany(_FETCHED):
                    yield from rows
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _number(self, query: str) -> int:
        ((number,),) = self._rows(query)
        return int(number)


def id_bytes(text: str) -> bytes:
    """Write text as bytes that sort as it does, lone surrogates included, which no engine's text can hold."""
    return text.encode("utf-8", "surrogatepass")


def quoted(path: object) -> str:
    """Write a path into a query."""
    return "'" + str(path).replace("'", "''") + "'"


def choose(connection: duckdb.DuckDBPyConnection, folder: Path, keep: str, memory: int) -> None:
    """Choose who stays, and write the results: from the tables `members` and `pairs` to files."""
    run = connection.execute
    _components(connection, memory)
    run("""CREATE OR REPLACE TABLE places AS
           SELECT head, COALESCE(component, head) AS component
           FROM (SELECT head FROM members GROUP BY head HAVING COUNT(*) > 1
                 UNION SELECT a FROM pairs UNION SELECT b FROM pairs) LEFT JOIN found ON head = found.doc""")
    run(f"""CREATE OR REPLACE TABLE involved AS
            SELECT doc, head, component, ROW_NUMBER() OVER (ORDER BY {_ORDERS[keep]}) AS rank
            FROM members JOIN places USING (head)""")  # noqa: S608 (our own)
    run(f"""CREATE OR REPLACE TABLE turns AS
            SELECT component, (SUM(rows) OVER (ORDER BY component) - rows) // {_TOGETHER} AS turn FROM (
                SELECT component, COUNT(*) AS rows FROM (
                    SELECT component FROM involved UNION ALL SELECT component FROM pairs JOIN places ON a = head)
                GROUP BY component)""")  # noqa: S608 (as above)
    run("CREATE OR REPLACE TABLE docs AS SELECT turn, head, doc, rank FROM involved JOIN turns USING (component)")
    run("""CREATE OR REPLACE TABLE edges AS
           SELECT turn, pairs.* FROM pairs JOIN places ON a = head JOIN turns USING (component)""")
    run("CREATE OR REPLACE TABLE stars (kept BIGINT, doc BIGINT, shared BIGINT, size_kept BIGINT, size_dropped BIGINT)")
    for (turn,) in run("SELECT DISTINCT turn FROM turns ORDER BY turn").fetchall():
        docs = run(f"SELECT head, doc, rank FROM docs WHERE turn = {turn} ORDER BY head, doc").fetchnumpy()  # noqa: S608
        edges = run(f"SELECT * FROM edges WHERE turn = {turn} ORDER BY a, b").fetchnumpy()  # noqa: S608
        connection.register("chosen", pa.table(_stars(docs, edges)))
        run("INSERT INTO stars SELECT * FROM chosen")
        connection.unregister("chosen")
    for name in ("members", "pairs", "stars"):
        part = folder / f".{name}.parquet.part"
        run(f"COPY (SELECT * FROM {name} ORDER BY ALL) TO {quoted(part)} (FORMAT parquet)")  # noqa: S608
        part.replace(folder / f"{name}.parquet")


def _components(connection: duckdb.DuckDBPyConnection, memory: int) -> None:
    """Name the component of each document that has a pair, by scipy where it is there and the pairs fit."""
    tables = DuckTables(connection)
    if tables.number("SELECT COUNT(*) FROM pairs") <= memory // 2 // _SCIPY_BYTES:
        edges = connection.execute("SELECT a, b FROM pairs").fetchnumpy()
        try:
            docs, lowest = components(edges["a"], edges["b"])
        except ModuleNotFoundError:
            del edges  # without scipy the other way does the same
        else:
            connection.register("named", pa.table({"doc": docs, "component": lowest}))
            connection.execute("CREATE OR REPLACE TABLE found AS SELECT * FROM named")
            connection.unregister("named")
            return
    components_by_sql(tables, "pairs", "found")


def _stars(docs: dict[str, Indices], edges: dict[str, Indices]) -> dict[str, Indices]:
    heads, sizes = np.unique(docs["head"], return_counts=True)
    one, two = np.searchsorted(heads, edges["a"]), np.searchsorted(heads, edges["b"])
    columns = (np.asarray(edges[name], np.int64) for name in ("shared", "size_a", "size_b"))
    groups = Groups(np.arange(len(docs["doc"])), bounds_of(sizes), one, two, *columns)
    rank = docs["rank"].tolist()
    rows = []
    for kept, others in stars(groups, rank.__getitem__):
        home = int(np.searchsorted(heads, docs["head"][kept]))
        for doc, pair in others:
            both, x, y = _sizes(groups, pair)
            rows.append((kept, doc, both, x, y) if pair < 0 or one[pair] == home else (kept, doc, both, y, x))
    table = np.array(rows, np.int64).reshape(-1, 5)
    return {
        "kept": docs["doc"][table[:, 0]],
        "doc": docs["doc"][table[:, 1]],
        **{name: table[:, i] for i, name in enumerate(("shared", "size_kept", "size_dropped"), 2)},
    }


def _sizes(groups: Groups, pair: int) -> tuple[int, int, int]:
    if pair < 0:  # equal
        return 1, 1, 1
    return int(groups.shared[pair]), int(groups.size_one[pair]), int(groups.size_two[pair])


def _id(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _match(row: tuple[Any, ...]) -> Match:
    a, b, both, x, y = row
    return Match(_id(a), _id(b), both / (x + y - both), both / x, both / y)
