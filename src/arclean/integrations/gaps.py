"""Cleaning many texts where some are missing."""

from collections.abc import Iterable

from arclean.rules import Pipeline


def clean_present(pipeline: Pipeline, texts: Iterable[str | None]) -> list[str | None]:
    """Clean the texts that are there, as one batch, and leave a None where there is none.

    Raises TypeError for anything else, naming the first and its place.

    >>> import arclean
    >>> clean_present(arclean.REPAIR, ["العـــربية", None])
    ['العربية', None]
    >>> clean_present(arclean.REPAIR, ["العـــربية", 7])
    Traceback (most recent call last):
    TypeError: value 1 of 2 (from 0) is int, not str: choose the column of texts; for bytes, arclean.decode them first
    """
    texts = list(texts)
    for at, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            what = f"value {at} of {len(texts)} (from 0) is {type(text).__name__}, not str"
            raise TypeError(f"{what}: choose the column of texts; for bytes, arclean.decode them first")
    cleaned = pipeline.batch(text for text in texts if text is not None)
    return [None if text is None else next(cleaned) for text in texts]
