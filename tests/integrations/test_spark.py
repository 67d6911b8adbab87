"""On a cluster the same is found as here: a real one, of two worker processes."""

import os
import random
import shutil
import sys

import pytest

from arclean.dedup import find_duplicates
from arclean.dedup.spill import find_duplicates_on_disk
from arclean.integrations.spark import find_duplicates_spark
from slow_twins import corpus

pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'arclean[spark]'")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17: apt-get install -y openjdk-17-jre-headless", allow_module_level=True)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.default.parallelism", "2")
        .config("spark.sql.adaptive.enabled", "false")  # it pays on large data; here it doubles the jobs
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.pyspark.python", sys.executable)
        .config("spark.executorEnv.PYTHONPATH", ":".join(path for path in sys.path if path))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def rows(frame):
    return sorted(tuple(row) for row in frame.collect())


@pytest.mark.filterwarnings("default")
def test_the_same_as_in_one_process(spark, tmp_path):
    docs = corpus(random.Random(2), 80)
    frame = spark.createDataFrame(docs, "id string, text string").repartition(3)
    found = find_duplicates_spark(frame, str(tmp_path / "spark"), 0.5, recall=0.99999)
    here = find_duplicates_on_disk(docs, tmp_path / "here", 0.5, recall=0.99999)
    expected = [tuple(match) for match in here.pairs]
    assert rows(found.pairs) == expected == [tuple(m) for m in find_duplicates(docs, 0.5).pairs]
    assert (found.bands, found.recall) == (here.bands, here.recall)
    named = dict(rows(found.components))
    for a, b, *_ in expected:
        assert named[a] == named[b]
    assert len({*named.values()}) == len({*slow_names(expected).values()})
    # Each worker is a process of its own, with Python processes under it.
    assert len({*spark.sparkContext.parallelize(range(40), 40).map(lambda _: os.getppid()).collect()}) == 2
    with pytest.raises(ValueError, match="two documents have the id"):
        find_duplicates_spark(frame.union(frame.limit(1)), str(tmp_path / "twice"))


def slow_names(pairs):
    named = {}
    for a, b, *_ in pairs:
        names = {named.get(a, a), named.get(b, b)}
        named |= {doc: min(names) for doc in [*named, a, b] if named.get(doc, doc) in names}
    return named
