"""Columns of texts: pandas, Polars and anything else that speaks Arrow."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from arclean.presets import WEB
from arclean.rules import Cleaner, Pipeline


def clean_column(column: Any, cleaner: Cleaner = WEB) -> Any:  # noqa: ANN401 (a column of any library)
    """Clean a column of texts and give a column of the same kind; missing values stay missing.

    Parameters: `column` is a pandas or Polars Series, or a pyarrow Array or ChunkedArray, of strings.

    Raises TypeError for another kind of column, or one that holds no strings.

    >>> import pyarrow as pa
    >>> clean_column(pa.array(["العـــربية", None])).to_pylist()
    ['العربية', None]
    """
    pipeline = cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)
    kind = type(column).__module__.split(".")[0]
    if kind == "pyarrow":
        return _cleaned(column, pipeline)
    if kind == "polars":
        return type(column)(column.name, _cleaned(column.to_arrow(), pipeline))
    if kind == "pandas":
        values = _cleaned(pa.array(column, from_pandas=True), pipeline)
        return type(column)(values.to_pandas(), index=column.index, name=column.name, dtype=column.dtype)
    raise TypeError(
        f"no column of texts but {type(column).__name__}: pass a pandas or Polars Series, or a pyarrow Array"
    )


def _cleaned(texts: Any, pipeline: Pipeline) -> Any:  # noqa: ANN401 (Array or ChunkedArray)
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type) or pa.types.is_null(texts.type)):
        raise TypeError(f"a column of {texts.type}, not of strings: choose the column of texts")
    cleaned = pipeline.batch(text for text in _strings(texts) if text is not None)
    return pa.array([None if text is None else next(cleaned) for text in _strings(texts)], texts.type)


def _strings(texts: Any) -> Iterator[str | None]:  # noqa: ANN401 (Array or ChunkedArray)
    return (value.as_py() for value in texts)
