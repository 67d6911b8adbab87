"""Components by scipy, by SQL and by walking are the same."""

import random
from itertools import pairwise

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup.components import DuckTables, components, components_by_sql


def slow_components(pairs):
    near = {}
    for a, b in pairs:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    lowest = {}
    for doc in sorted(near):
        if doc not in lowest:
            waiting = [doc]
            while waiting:
                here = waiting.pop()
                if here not in lowest:
                    lowest[here] = doc
                    waiting += near[here]
    return lowest


def by_scipy(pairs):
    pytest.importorskip("scipy", reason="scipy is not installed: pip install scipy")
    docs, lowest = components(*(np.array(side, np.int64) for side in ([a for a, _ in pairs], [b for _, b in pairs])))
    return dict(zip(docs.tolist(), lowest.tolist(), strict=True))


def by_sql(pairs):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE pairs (a BIGINT, b BIGINT)")
        if pairs:
            connection.executemany("INSERT INTO pairs VALUES (?, ?)", [list(p) for p in pairs])
        rounds = components_by_sql(DuckTables(connection), "pairs", "found")
        return dict(connection.execute("SELECT doc, component FROM found").fetchall()), rounds


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(31, 60)) | st.tuples(st.just(2), st.just(5)), max_size=40))
def test_small_graphs(pairs):
    assert by_scipy(pairs) == slow_components(pairs) == by_sql(pairs)[0]


@pytest.mark.parametrize("seed", range(3))
def test_chains_take_few_rounds(seed):
    rnd = random.Random(seed)
    names = rnd.sample(range(10**6), 600) if seed else list(range(600))
    pairs = [(x, y) for i, (x, y) in enumerate(pairwise(names)) if i % 200 != 199]
    found, rounds = by_sql(pairs)
    assert found == slow_components(pairs) == by_scipy(pairs)
    assert rounds <= 14
