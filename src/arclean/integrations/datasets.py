"""Hugging Face datasets: a function for `Dataset.map(..., batched=True)`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from arclean.integrations.gaps import clean_present
from arclean.presets import WEB
from arclean.rules import Cleaner, Pipeline


@dataclass(frozen=True)
class ForDatasets:
    """Clean a column of batches; rows without text stay as they are.

    datasets names what it keeps on the disk after a digest of the pickled function, so a pickle says what will be done
    and nothing else.
    """

    cleaner: Pipeline
    column: str
    into: str
    # Rules are pickled by name: without it, datasets would go on giving what an older version made of the texts.
    version: str = field(default_factory=lambda: version("arclean"), repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the cleaner as JSON where it has such a form: equal cleaners, used before or not, are equal bytes."""
        try:
            rules = self.cleaner.to_json()
        except ValueError:  # a foreign function or cleaner
            return ForDatasets, (self.cleaner, self.column, self.into, self.version)
        return _from_json, (rules, self.column, self.into, self.version)

    def __call__(self, batch: Mapping[str, Iterable[Any]]) -> dict[str, list[str | None]]:
        """Give the cleaned column of a batch.

        Raises KeyError where the batch has no such column, naming those that it has; TypeError for a row instead of a
        batch, and for a column that holds anything but texts.
        """
        if not isinstance(batch, Mapping):
            # Of these datasets takes whole tables back, and from a dict loses the other columns without a word.
            raise TypeError(f"for_datasets takes batches of plain Python, not {type(batch).__name__}: set_format(None)")
        if self.column not in batch:
            raise KeyError(f"no column {self.column!r}; there are {', '.join(batch)}: name it with column=")
        texts = batch[self.column]
        if texts is None or isinstance(texts, str):
            raise TypeError("for_datasets cleans batches, not rows: pass batched=True to map")
        return {self.into: clean_present(self.cleaner, texts)}


def for_datasets(cleaner: Cleaner = WEB, *, column: str = "text", into: str | None = None) -> ForDatasets:
    """Make a function for `Dataset.map(..., batched=True)` of Hugging Face datasets.

    Parameters: `cleaner` is any cleaner, `column` the column of texts, `into` the column to write (the same by
    default).

    >>> for_datasets()({"text": ["خبـــر اليوم", None]})
    {'text': ['خبر اليوم', None]}
    """
    return ForDatasets(cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner), column, into or column)


def _from_json(rules: str, *others: str) -> ForDatasets:
    return ForDatasets(Pipeline.from_json(rules), *others)
