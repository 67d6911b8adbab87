"""The project's own speed at three sizes: whether it got slower, and whether it grows in proportion.

    make regressions            # measures, compares with the last time, and keeps the figures in out/regressions
    pytest benchmarks/regressions --benchmark-timer=time.process_time   # measures

pytest-benchmark (group `bench`) measures; the peers have no part in it. What is measured is CPU time, on pages that
`corpus.py` makes. `make regressions` fails where the least time of a benchmark has grown by half since the last time:
on a machine with other work to do the mean says little, and the least of the rounds is disturbed the least.
"""

import sys
from pathlib import Path

import pytest

import arclean

pytest.importorskip("pytest_benchmark", reason="needs pytest-benchmark: pip install --group bench")
sys.path.append(str(Path(__file__).parents[1]))

import corpus

SIZES = (20, 200, 2_000)
"""Documents: 50 KB, 500 KB, 5 MB."""


@pytest.fixture(scope="session", params=SIZES)
def size(request):
    """Give a number of documents."""
    return request.param


@pytest.fixture(scope="session")
def made(size):
    """Give pages as they are scraped, of several sites, with copies."""
    return [*corpus.documents(size, 5, copies=0.3)]


@pytest.fixture(scope="session")
def texts(made):
    """Give their texts."""
    return [page.text for page in made]


@pytest.fixture(scope="session")
def file(made, tmp_path_factory):
    """Give them as a file of JSON lines."""
    path = tmp_path_factory.mktemp("corpus") / "news.jsonl"
    corpus.write(path, made)
    return path


@pytest.fixture
def measured(benchmark, size):
    """Measure a function, small sizes in more rounds."""
    benchmark.extra_info["documents"] = size

    def measure(function, *arguments):
        return benchmark.pedantic(function, arguments, rounds=max(3, 200 // size), warmup_rounds=1)

    return measure


def test_decode(measured, texts):
    data = [text.encode("windows-1256", "ignore") for text in texts]
    assert len(measured(lambda: [arclean.decode(one) for one in data])) == len(data)


def test_explain(measured, texts):
    cleaned = measured(lambda: [arclean.WEB.explain(text) for text in texts])
    assert any(one.removals for one in cleaned)


def test_fold(measured, texts):
    assert len(measured(lambda: list(arclean.FOLD.batch(texts)))) == len(texts)


def test_learn_a_site(measured, texts):
    assert measured(lambda: arclean.SiteBoilerplate.learn(texts)).pages == len(texts)


def test_find_duplicates(measured, made):
    documents = [(page.id, page.text) for page in made]
    assert measured(lambda: arclean.find_duplicates(documents)).kept


def test_read(measured, file, size):
    assert len(measured(lambda: list(arclean.read_documents(file)))) == size


def test_run(measured, file, size, tmp_path):
    number = iter(range(1_000))
    result = measured(lambda: arclean.run([file], tmp_path / f"{next(number)}"))
    assert result.counts["documents read"] == size
