"""Near-duplicates on a Spark cluster: the same kernel through `mapInArrow`, the same SQL for bands and components.

What runs on the workers is what `find_duplicates_on_disk` runs here, so the same pairs come out, whatever the number of
workers and partitions. The workers need arclean and its dependencies (`pip install "arclean[spark]"`).
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from arclean.dedup.components import components_by_sql
from arclean.dedup.find import check_threshold
from arclean.dedup.kernel import KEYS, candidates_sql, hashed, sets_of_lists, verified
from arclean.dedup.shingles import Sets
from arclean.dedup.sketch import Bands, bands_for

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Types as Spark writes them; what the kernel numbers, Spark numbers.
_DOCUMENTS = (
    "doc bigint, high bigint, low bigint, counted bigint, short boolean, words array<bigint>, chars array<bigint>"
)
_KEYS = "doc bigint, key bigint, kind tinyint, size int"
_PAIRS = "a bigint, b bigint, shared bigint, size_a bigint, size_b bigint"


class SparkDuplicates(NamedTuple):
    """What was found on the cluster."""

    pairs: "DataFrame"
    """(a, b, jaccard, a_in_b, b_in_a): every pair that was found, a the id that sorts first."""
    components: "DataFrame"
    """(id, component): documents that pairs lead to from each other, named by one of them. They are no clusters: what a
    chain of pairs connects need not be alike."""
    recall: float
    """How probably a pair just at the threshold was found; `bands.recall(s)` for others."""
    bands: Bands


def find_duplicates_spark(
    documents: "DataFrame", folder: str, threshold: float = 0.7, *, recall: float = 0.999
) -> SparkDuplicates:
    """Find near-duplicates in a data frame with the columns `id` and `text`, strings.

    Parameters: `folder` is where all workers may write (a path of the cluster's file system); what lies there is
    written anew, and the results are read from it. `threshold` and `recall` are as in `find_duplicates_on_disk`.

    Raises ValueError where an id is given twice, and for a threshold or recall outside (0, 1].
    """
    check_threshold(threshold)
    check_threshold(recall, "recall")
    bands = bands_for(threshold, recall)
    tables = SparkTables(documents.sparkSession, folder)
    # Numbers are given once and written down: monotonically_increasing_id would count anew each time it is looked at.
    numbered = documents.selectExpr("monotonically_increasing_id() AS doc", "id", "text")
    tables.write("texts", numbered)
    tables.refuse_twice("texts")
    texts = tables.read("texts").select("doc", "text")
    tables.write("documents", texts.mapInArrow(_documents_of(bands), _DOCUMENTS))
    tables.write("keys", texts.mapInArrow(_keys_of(bands), _KEYS))
    tables.save("heads", "SELECT high, low, MIN(doc) AS head FROM documents WHERE counted > 0 GROUP BY high, low")
    tables.save("members", "SELECT doc, head FROM documents JOIN heads USING (high, low) WHERE counted > 0")
    tables.save("met", "SELECT * FROM keys WHERE doc IN (SELECT head FROM heads)")
    tables.save("candidates", candidates_sql(threshold, "met"))
    lists = "CASE WHEN by_chars THEN {0}.chars ELSE {0}.words END AS {1}"
    candidates = tables.query(
        f"""SELECT a, b, {lists.format("x", "one")}, {lists.format("y", "two")}
            FROM candidates JOIN documents AS x ON x.doc = a JOIN documents AS y ON y.doc = b"""  # noqa: S608 (our own)
    )
    tables.write("pairs", candidates.mapInArrow(_verified_by(threshold), _PAIRS))
    tables.save("all_pairs", _EXPANDED)
    components_by_sql(tables, "all_pairs", "found")
    return SparkDuplicates(
        tables.query(_MATCHES),
        tables.query("""SELECT x.id, y.id AS component FROM found JOIN texts AS x ON x.doc = found.doc
                        JOIN texts AS y ON y.doc = found.component"""),
        bands.recall(threshold),
        bands,
    )


_EXPANDED = """
    SELECT x.doc AS a, y.doc AS b, shared, size_a, size_b
    FROM pairs JOIN members AS x ON x.head = pairs.a JOIN members AS y ON y.head = pairs.b
    UNION ALL
    SELECT x.doc AS a, y.doc AS b, 1 AS shared, 1 AS size_a, 1 AS size_b
    FROM members AS x JOIN members AS y ON x.head = y.head AND x.doc < y.doc
"""
_MATCHES = """
    SELECT CASE WHEN turned THEN two ELSE one END AS a, CASE WHEN turned THEN one ELSE two END AS b,
        shared / (size_a + size_b - shared) AS jaccard,
        shared / CASE WHEN turned THEN size_b ELSE size_a END AS a_in_b,
        shared / CASE WHEN turned THEN size_a ELSE size_b END AS b_in_a
    FROM (SELECT x.id AS one, y.id AS two, x.id > y.id AS turned, shared, size_a, size_b
          FROM all_pairs JOIN texts AS x ON x.doc = all_pairs.a JOIN texts AS y ON y.doc = all_pairs.b) AS named
"""


class SparkTables:
    """Tables of Parquet in a folder that all workers reach, each also a view: Spark as an engine for iterated SQL.

    A table that is made in place of itself is written beside itself first, for Spark reads while it writes.
    """

    def __init__(self, session: "SparkSession", folder: str) -> None:
        self._session = session.newSession()  # its views are its own: no name of the caller's is taken
        self._folder = folder.rstrip("/")
        self._versions: dict[str, int] = {}

    def write(self, name: str, frame: "DataFrame") -> None:
        """Write a table."""
        version = self._versions.get(name, 0) + 1
        frame.write.mode("overwrite").parquet(self._path(name, version))
        self._versions[name] = version

    def read(self, name: str) -> "DataFrame":
        """Read a table as it stands now."""
        return self._session.read.parquet(self._path(name, self._versions[name]))

    def query(self, select: str) -> "DataFrame":
        """Ask something of the tables, by their names."""
        for name in self._versions:
            self.read(name).createOrReplaceTempView(name)
        return self._session.sql(select)

    def save(self, name: str, select: str) -> None:
        """Make a table of a query."""
        self.write(name, self.query(select))

    def number(self, select: str) -> int:
        """Ask for a number."""
        return int(self.query(select).collect()[0][0])

    def refuse_twice(self, name: str) -> None:
        """Refuse an id that two documents have."""
        twice = self.query(f"SELECT id FROM {name} GROUP BY id HAVING COUNT(*) > 1 LIMIT 1").collect()  # noqa: S608
        if twice:
            raise ValueError(f"two documents have the id {twice[0][0]!r}: give each document an id of its own")

    def _path(self, name: str, version: int) -> str:
        return f"{self._folder}/{name}-{version % 2}"


_Mapping = Callable[[Iterator[Any]], Iterator[Any]]


def _documents_of(bands: Bands) -> _Mapping:
    def each(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield hashed(batch["doc"].to_numpy(), batch["text"].to_pylist(), bands).documents

    return each


def _keys_of(bands: Bands) -> _Mapping:
    def each(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield hashed(batch["doc"].to_numpy(), batch["text"].to_pylist(), bands).keys.cast(KEYS)

    return each


def _verified_by(threshold: float) -> _Mapping:
    """Count what the two lists of each candidate share."""

    def each(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            one, two = sets_of_lists(batch["one"]), sets_of_lists(batch["two"])
            bounds = np.concatenate((one.bounds, one.bounds[-1] + two.bounds[1:]))
            both = Sets(np.concatenate((one.values, two.values)), bounds)
            rows = np.arange(batch.num_rows)
            at, count = verified(both, rows, rows + batch.num_rows, threshold)
            columns = (batch["a"].to_numpy()[at], batch["b"].to_numpy()[at], count, one.sizes[at], two.sizes[at])
            names = [column.split()[0] for column in _PAIRS.split(", ")]
            yield pa.RecordBatch.from_arrays([pa.array(column) for column in columns], names=names)

    return each
