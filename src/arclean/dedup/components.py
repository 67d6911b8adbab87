"""Connected components of pairs: by scipy while they fit in memory, by iterated SQL past that.

Nothing is decided by them: clusters are stars inside a component, and components only say which pairs must be looked
at together. Each is named by its lowest document.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import duckdb

Indices = NDArray[np.int64]


class Engine(Protocol):
    """What iterated SQL needs of an engine."""

    def save(self, name: str, select: str) -> None:
        """Make a table of a query, in place of the one of that name, which the query may read."""

    def number(self, select: str) -> int:
        """Give the one number that a query gives."""


class DuckTables:
    """DuckDB as an engine."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def save(self, name: str, select: str) -> None:
        """Make a table."""
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {select}")

    def number(self, select: str) -> int:
        """Ask for a number."""
        row = self._connection.execute(select).fetchone()
        return int(row[0]) if row else 0


def components(one: Indices, two: Indices) -> tuple[Indices, Indices]:
    """Give every document of some pairs and the lowest document that pairs lead to from it. It needs scipy.

    >>> docs, lowest = components(np.array([7, 3, 20]), np.array([9, 7, 30]))
    >>> docs.tolist(), lowest.tolist()
    ([3, 7, 9, 20, 30], [3, 3, 3, 20, 20])
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 (an extra, and half a second)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (as above)

    docs, numbers = np.unique(np.concatenate((one, two)), return_inverse=True)
    if not len(docs):
        return docs, docs
    rows, columns = numbers[: len(one)], numbers[len(one) :]
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(len(docs), len(docs)))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)  # documents are sorted, so the first is the lowest
    return docs, docs[first[labels]]


def components_by_sql(engine: Engine, pairs: str, result: str) -> int:
    """Do the same in tables: from `pairs` (a, b) to `result` (doc, component). Gives how many rounds it took.

    In each round a document takes the lowest name among its neighbours' and its own, then the name that the
    document of that name has. So names travel along chains by leaps, and a chain of n takes some log2(n) rounds.
    """
    both = f"SELECT a, b FROM {pairs} UNION ALL SELECT b AS a, a AS b FROM {pairs}"  # noqa: S608 (names of our own)
    engine.save("links", both)
    engine.save(result, "SELECT a AS doc, LEAST(a, MIN(b)) AS component FROM links GROUP BY a")
    rounds = 0
    while True:
        rounds += 1
        # The name that each neighbour has, told to the document and to the one whose name it bears (hooking).
        engine.save(
            "told",
            f"""SELECT doc, MIN(component) AS component FROM (
                    SELECT links.a AS doc, r.component FROM links JOIN {result} AS r ON links.b = r.doc
                    UNION ALL
                    SELECT own.component AS doc, r.component FROM links JOIN {result} AS r ON links.b = r.doc
                    JOIN {result} AS own ON links.a = own.doc
                ) AS heard GROUP BY doc""",  # noqa: S608 (as above)
        )
        engine.save(
            "named",
            f"""SELECT r.doc, LEAST(r.component, COALESCE(told.component, r.component)) AS component,
                    r.component AS before FROM {result} AS r LEFT JOIN told ON r.doc = told.doc""",  # noqa: S608
        )
        engine.save(
            "leapt",
            """SELECT n.doc, LEAST(n.component, m.component) AS component, n.before
               FROM named AS n JOIN named AS m ON n.component = m.doc""",
        )
        engine.save(result, "SELECT doc, component FROM leapt")
        if not engine.number("SELECT COUNT(*) FROM leapt WHERE component <> before"):
            return rounds
