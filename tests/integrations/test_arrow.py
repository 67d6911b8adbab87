"""Columns in, columns out: pyarrow, pandas and Polars, with all that a column has beside its values."""

import pyarrow as pa
import pytest

import arclean
from arclean.integrations.arrow import clean_column

TEXTS = ["عاد الصيادون قبل العاصفـــة.\nأضف تعليقك", None, "", "هبت الريح \U0001f9d1\u200d\U0001f680"]
CLEAN = ["عاد الصيادون قبل العاصفة.", None, "", TEXTS[3]]
ARROW = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("kind", ARROW, ids=str)
def test_arrow_arrays_keep_type_and_chunks(kind):
    array = pa.array(TEXTS, kind)
    assert clean_column(array).equals(pa.array(CLEAN, kind))
    assert clean_column(array[1:3]).equals(pa.array(CLEAN[1:3], kind))
    chunked = pa.chunked_array([array, array[2:], array[:0]])
    assert clean_column(chunked).equals(pa.chunked_array([pa.array(CLEAN + CLEAN[2:], kind)]))
    assert clean_column(chunked).num_chunks == 3
    assert clean_column(pa.chunked_array([], kind)).type == kind
    assert clean_column(pa.array([], kind)).equals(pa.array([], kind))


def test_an_arrow_column_without_a_type_of_its_own():
    assert clean_column(pa.nulls(2)).equals(pa.nulls(2))


def test_any_cleaner():
    assert clean_column(pa.array(["إلى"]), arclean.fold_alef).to_pylist() == ["الى"]
    assert clean_column(pa.array(["إلى"]), arclean.SEARCH).to_pylist() == ["الي"]


@pytest.mark.parametrize(
    "column",
    [pa.array([1]), pa.array([b"x"]), pa.array(["a"]).dictionary_encode(), pa.chunked_array([[1]]), pa.array([["a"]])],
    ids=lambda c: str(c.type),
)
def test_arrow_columns_of_other_things_are_refused(column):
    with pytest.raises(TypeError, match="not of strings: choose the column of texts, or cast it"):
        clean_column(column)


@pytest.mark.parametrize("column", [["نص"], "نص", pa.table({"text": ["نص"]}), None], ids=lambda c: type(c).__name__)
def test_what_is_no_column_is_refused(column):
    with pytest.raises(TypeError, match="no column of texts but"):
        clean_column(column)


@pytest.fixture
def pd():
    return pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")


@pytest.fixture
def pl():
    return pytest.importorskip("polars", reason="polars is not installed: pip install polars")


@pytest.mark.parametrize("dtype", ["str", "object", "string", "string[python]", "string[pyarrow]", *ARROW], ids=str)
def test_pandas_keeps_dtype_index_name_attributes_and_what_is_missing(pd, dtype):
    kind = pd.ArrowDtype(dtype) if isinstance(dtype, pa.DataType) else dtype
    column = pd.Series(TEXTS, index=pd.Index(["x", "x", "y", "z"], name="k"), name="نص", dtype=kind)
    column.attrs["source"] = "almina.example"
    cleaned = clean_column(column)
    # By hand: neither assert_series_equal nor take of pandas 3 know string_view.
    assert (cleaned.dtype, cleaned.name, cleaned.attrs) == (column.dtype, "نص", {"source": "almina.example"})
    assert cleaned.index.equals(column.index)
    assert cleaned.index.name == "k"
    for series, texts in ((cleaned, CLEAN), (column, TEXTS)):  # what was passed is as it was
        values = list(series)
        missing = values.pop(1)
        assert type(missing) is type(pd.Series(TEXTS, dtype=kind)[1])
        assert pd.isna(missing)
        assert values == [t for t in texts if t is not None]


def test_pandas_objects_keep_each_kind_of_missing_value_and_lone_surrogates(pd):
    nothing = [None, float("nan"), pd.NA, pd.NaT]
    column = pd.Series([*nothing, "عا\ud800جـــل"], dtype=object)
    cleaned = clean_column(column)
    assert all(a is b for a, b in zip(cleaned[:4], nothing, strict=True))
    assert cleaned[4] == "عا\ud800جل"


def test_pandas_corners(pd):
    for empty in (pd.Series([], dtype=object), pd.Series([None, None]), pd.Series([], dtype="str")):
        pd.testing.assert_series_equal(clean_column(empty), empty)
    frame = pd.DataFrame({"text": TEXTS, "n": range(4)}).set_index("n")
    part = frame[frame.index > 1]["text"]
    assert list(clean_column(part)) == CLEAN[2:]
    assert list(clean_column(part).index) == [2, 3]

    class Column(pd.Series):
        @property
        def _constructor(self):
            return Column

    assert type(clean_column(Column(TEXTS))) is Column


def test_pandas_columns_of_other_things_are_refused(pd):
    with pytest.raises(TypeError, match=r"value 1 of 2 \(from 0\) is int, not str"):
        clean_column(pd.Series(["نص", 1], dtype=object))
    with pytest.raises(TypeError, match=r"value 0 of 1 \(from 0\) is bytes, not str: .*arclean\.decode"):
        clean_column(pd.Series([b"x"]))
    with pytest.raises(TypeError, match="a column of categories"):
        clean_column(pd.Series(["نص"], dtype="category"))
    with pytest.raises(TypeError, match="not of strings"):
        clean_column(pd.Series([1], dtype=pd.ArrowDtype(pa.int64())))
    with pytest.raises(TypeError, match="no column of texts but DataFrame"):
        clean_column(pd.DataFrame({"text": ["نص"]}))


def test_polars_keeps_name_type_and_what_is_missing(pl):
    column = pl.Series("نص", TEXTS)
    cleaned = clean_column(column)
    assert (cleaned.name, cleaned.dtype, cleaned.to_list()) == ("نص", pl.String, CLEAN)
    assert column.to_list() == TEXTS
    both = pl.concat([column, column], rechunk=False)
    assert clean_column(both).to_list() == CLEAN * 2
    for other in (pl.Series("e", [], dtype=pl.String), pl.Series("n", [None, None])):
        assert clean_column(other).dtype == other.dtype
        assert clean_column(other).to_list() == other.to_list()


def test_polars_frames_and_expressions(pl):
    frame = pl.DataFrame({"text": TEXTS, "n": [0, 1, 2, 3]})
    expected = frame.with_columns(pl.Series("text", CLEAN))
    assert frame.with_columns(clean_column(frame["text"])).equals(expected)
    expression = pl.col("text").map_batches(clean_column, return_dtype=pl.String)
    assert frame.with_columns(expression).equals(expected)
    assert frame.lazy().with_columns(expression).collect().equals(expected)


def test_polars_columns_of_other_things_are_refused(pl):
    for column in (pl.Series([1]), pl.Series(["نص"], dtype=pl.Categorical), pl.Series([["نص"]])):
        with pytest.raises(TypeError, match="not of strings"):
            clean_column(column)
    with pytest.raises(TypeError, match="no column of texts but DataFrame"):
        clean_column(pl.DataFrame({"text": ["نص"]}))
