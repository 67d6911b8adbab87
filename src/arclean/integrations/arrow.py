"""Columns of texts: pandas, Polars and anything else that speaks Arrow."""

from typing import Any, TypeVar

import pyarrow as pa

from arclean.integrations.gaps import clean_present
from arclean.presets import WEB
from arclean.rules import Cleaner, Pipeline

Column = TypeVar("Column")


def clean_column(column: Column, cleaner: Cleaner = WEB) -> Column:
    """Clean a column of texts and give a column of the same kind; missing values stay what they are.

    Parameters: `column` is a pandas or Polars Series, or a pyarrow Array or ChunkedArray, of strings. Its type, name
    and index stay, and the column that was passed is not changed; `cleaner` is any cleaner.

    Raises TypeError for another kind of column, or one that holds anything but strings.

    >>> import pyarrow as pa
    >>> clean_column(pa.array(["خبـــر اليوم", None])).to_pylist()
    ['خبر اليوم', None]
    """
    pipeline = cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)
    given: Any = column
    if isinstance(given, pa.Array):
        cleaned = _array(given, pipeline)
    elif isinstance(given, pa.ChunkedArray):
        _require_strings(given.type)
        cleaned = pa.chunked_array([_array(chunk, pipeline) for chunk in given.chunks], given.type)
    elif _is_series_of(given, "polars"):
        cleaned = type(given)(given.name, _array(given.to_arrow(), pipeline), dtype=given.dtype)
    elif _is_series_of(given, "pandas"):
        cleaned = _pandas(given, pipeline)
    else:
        raise TypeError(
            f"no column of texts but {type(given).__name__}: pass a pandas or Polars Series, or a pyarrow Array; of a "
            "table or data frame its column"
        )
    return cleaned  # type: ignore[no-any-return]


def _is_series_of(column: object, library: str) -> bool:
    """Say whether a column, or what its class derives from, is that library's Series; without importing it."""
    return any(k.__name__ == "Series" and k.__module__.split(".")[0] == library for k in type(column).__mro__)


def _array(texts: Any, pipeline: Pipeline) -> Any:  # noqa: ANN401 (pyarrow has no types)
    _require_strings(texts.type)
    return pa.array(clean_present(pipeline, texts.to_pylist()), texts.type)


def _require_strings(kind: Any) -> None:  # noqa: ANN401 (a DataType)
    known = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    if not any(is_known(kind) for is_known in known):
        raise TypeError(f"a column of {kind}, not of strings: choose the column of texts, or cast it to strings")


def _pandas(column: Any, pipeline: Pipeline) -> Any:  # noqa: ANN401 (a Series)
    """Clean in Arrow what is in Arrow, and else value by value.

    A column of objects goes by no Arrow array: None, NaN and pd.NA would come back as one of them, and lone surrogates
    not at all.
    """
    if column.dtype.name == "category":
        raise TypeError("a column of categories, not of strings: clean column.astype(str), or its .cat.categories")
    if hasattr(column.dtype, "pyarrow_dtype"):
        values = type(column.array)(clean_column(pa.chunked_array(pa.array(column.array)), pipeline))
    else:
        values, present = column.array.copy(), column.notna().to_numpy(bool)
        texts = [text if there else None for text, there in zip(values, present, strict=True)]
        if present.any():
            values[present] = [text for text in clean_present(pipeline, texts) if text is not None]
    return type(column)(values, index=column.index, name=column.name, dtype=column.dtype).__finalize__(column)
