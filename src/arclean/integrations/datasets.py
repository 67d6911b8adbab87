"""Hugging Face datasets: a function for `Dataset.map(..., batched=True)`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arclean.presets import WEB
from arclean.rules import Cleaner, Pipeline


@dataclass(frozen=True)
class ForDatasets:
    """Clean a column of batches; rows without text stay as they are."""

    cleaner: Cleaner
    column: str
    into: str

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Give the cleaned column of a batch.

        Raises KeyError where the batch has no such column, naming those that it has.
        """
        if self.column not in batch:
            raise KeyError(f"no column {self.column!r}; there are {', '.join(batch)}: name it with column=")
        texts = batch[self.column]
        pipeline = self.cleaner if isinstance(self.cleaner, Pipeline) else Pipeline(self.cleaner)
        cleaned = pipeline.batch([t for t in texts if t is not None])
        return {self.into: [None if t is None else next(cleaned) for t in texts]}


def for_datasets(cleaner: Cleaner = WEB, *, column: str = "text", into: str | None = None) -> ForDatasets:
    """Make a function for `Dataset.map(..., batched=True)` of Hugging Face datasets.

    Parameters: `cleaner` is any cleaner, `column` the column of texts, `into` the column to write (the same by
    default).

    >>> for_datasets()({"text": ["العـــربية", None]})
    {'text': ['العربية', None]}
    """
    return ForDatasets(cleaner, column, into or column)
