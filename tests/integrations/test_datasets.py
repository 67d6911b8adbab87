"""The function for Hugging Face datasets, in real maps: batches, processes, the cache on the disk."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

import arclean
from arclean.integrations.datasets import for_datasets

TEXT = "عاد الصيادون إلى الميناء قبل العاصفـــة بساعات."
CLEAN = TEXT.replace("ـ", "")
ROWS = {"text": [TEXT, None, CLEAN + "\nأضف تعليقك", ""] * 25, "n": list(range(100))}
PAGES = [f"{verb} الصيادون عند الفجر.\nتابعوا أخبار الميناء على هواتفكم" for verb in "أبحر عاد خرج نام غنى رسا".split()]


@pytest.fixture
def library(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    library = pytest.importorskip("datasets", reason="datasets is not installed: pip install datasets")
    library.disable_progress_bars()
    return library


def cleaners():
    site = arclean.SiteBoilerplate.learn(PAGES)
    exclaim = arclean.explained(lambda text: text.replace("!!", "!"), "one is enough")
    keep = arclean.StripDiacritics(keep=arclean.Marks.SHADDA | arclean.Marks.TANWIN)
    return [arclean.WEB, arclean.strip_tatweel, arclean.Pipeline(arclean.SEARCH, site, keep), exclaim]


def test_a_batch_is_cleaned_as_single_texts_are():
    assert for_datasets()(ROWS) == {"text": [None if t is None else arclean.clean(t) for t in ROWS["text"]]}
    assert for_datasets(arclean.fold_alef, column="n", into="m")({"n": ["إلى", None]}) == {"m": ["الى", None]}


def test_what_is_no_batch_of_texts_is_refused():
    with pytest.raises(KeyError, match="no column 'text'; there are body, n: name it with column="):
        for_datasets()({"body": [], "n": []})
    with pytest.raises(TypeError, match="pass batched=True to map"):
        for_datasets()({"text": TEXT})
    with pytest.raises(TypeError, match=r"value 1 of 2 \(from 0\) is int, not str"):
        for_datasets()({"text": [TEXT, 7]})


def test_it_is_a_value():
    for cleaner in cleaners()[:3]:
        function = for_datasets(cleaner)
        before = pickle.dumps(function)
        function({"text": [*ROWS["text"], *PAGES]})
        assert pickle.dumps(function) == before
        assert pickle.loads(before) == function


@pytest.mark.parametrize("processes", [None, 2])
def test_map(library, processes):
    data = library.Dataset.from_dict(ROWS)
    mapped = data.map(for_datasets(), batched=True, batch_size=7, num_proc=processes)
    assert mapped[:4] == {"text": [CLEAN, None, CLEAN, ""], "n": [0, 1, 2, 3]}
    assert len(mapped) == 100
    assert mapped.features == data.features


def test_map_into_another_column_and_streaming(library):
    data = library.Dataset.from_dict(ROWS)
    both = data.map(for_datasets(arclean.SEARCH, into="folded"), batched=True)
    assert both[0] == {"text": TEXT, "n": 0, "folded": arclean.clean(TEXT, arclean.SEARCH)}
    streamed = data.to_iterable_dataset().map(for_datasets(), batched=True, batch_size=7)
    assert list(streamed) == list(data.map(for_datasets(), batched=True))


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_the_type_of_the_column_stays(library, kind):
    features = library.Features({"text": library.Value(kind), "n": library.Value("int64")})
    data = library.Dataset.from_dict(ROWS, features=features)
    assert data.map(for_datasets(), batched=True).features == features


def test_formats_whose_batches_are_tables_are_refused(library):
    data = library.Dataset.from_dict(ROWS)
    assert data.with_format("numpy").map(for_datasets(), batched=True).with_format(None)[0] == {"text": CLEAN, "n": 0}
    for kind in ("arrow", "pandas", "polars"):
        if kind == "arrow" or pytest.importorskip(kind):
            with pytest.raises(TypeError, match=r"set_format\(None\)"):
                data.with_format(kind).map(for_datasets(), batched=True)


def test_a_second_map_is_read_from_the_cache(library, tmp_path):
    library.Dataset.from_dict(ROWS).save_to_disk(tmp_path / "data")
    for cleaner in cleaners():
        one = library.load_from_disk(tmp_path / "data").map(for_datasets(cleaner), batched=True)
        two = library.load_from_disk(tmp_path / "data").map(for_datasets(cleaner), batched=True)
        assert one.cache_files
        assert one.cache_files == two.cache_files
        other = library.load_from_disk(tmp_path / "data").map(for_datasets(cleaner, into="new"), batched=True)
        assert other.cache_files != one.cache_files


@pytest.mark.usefixtures("library")
def test_another_version_of_arclean_is_another_function():
    from datasets.fingerprint import Hasher

    function = for_datasets()
    assert function.version
    assert Hasher.hash(replace(function, version="0.0.0")) != Hasher.hash(function)


PRINT_FINGERPRINT = """
import sys
import arclean
from arclean.integrations.datasets import for_datasets
from datasets.fingerprint import Hasher

site = arclean.SiteBoilerplate.learn(sys.argv[1:])
keep = arclean.StripDiacritics(keep=arclean.Marks.SHADDA | arclean.Marks.TANWIN)
print(Hasher.hash(for_datasets(arclean.Pipeline(arclean.SEARCH, site, keep))))
"""


@pytest.mark.usefixtures("library")
def test_the_fingerprint_is_the_same_in_another_process_and_after_use():
    from datasets.fingerprint import Hasher

    env = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"}
    asked = [sys.executable, "-c", PRINT_FINGERPRINT, *PAGES]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=env)
    function = for_datasets(cleaners()[2])
    assert done.stdout.strip() == Hasher.hash(function)
    function({"text": PAGES})
    assert done.stdout.strip() == Hasher.hash(function)
