"""The kernel boundary: texts in, record batches of shingles and band keys out. DuckDB and Spark run the same one.

Numbers are signed: SQL engines join int64, and Spark turns unsigned 64 bits into decimals.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from arclean.dedup.folded import bounds_of, default_folding
from arclean.dedup.prefixes import SLACK
from arclean.dedup.shingles import SHORT_WORDS, Counts, Sets, shingled
from arclean.dedup.sketch import Bands, band_keys, sketches
from arclean.dedup.verify import shared

# What a key is of. Two short texts are compared by characters, a short and a longer one by words: kinds that may meet
# are those that add up to 0 (words and words), 1 (words of a short text and words) or 4 (characters and characters).
_WORDS, _SHORT_WORDS, _CHARS = 0, 1, 2
DOCUMENTS = pa.schema(
    [
        ("doc", pa.int64()),
        ("high", pa.int64()),  # the digest: equal for texts of equal shingles
        ("low", pa.int64()),
        ("counted", pa.int64()),  # words
        ("short", pa.bool_()),
        ("words", pa.list_(pa.int64())),
        ("chars", pa.list_(pa.int64())),
    ]
)
KEYS = pa.schema([("doc", pa.int64()), ("key", pa.int64()), ("kind", pa.int8()), ("size", pa.int32())])


class Hashed(NamedTuple):
    """What the kernel makes of a batch: a row for each text, and one for each of its bands."""

    documents: Any
    keys: Any


def hashed(docs: Sequence[int] | Counts, texts: Sequence[str], bands: Bands) -> Hashed:
    """Hash a batch of texts. Parameters: `docs` numbers them."""
    numbers = np.asarray(docs, np.int64)
    found = shingled(texts, default_folding())
    short = (found.counts > 0) & (found.counts < SHORT_WORDS)
    digests = found.digests.view(np.int64)
    documents = pa.record_batch(
        [
            pa.array(numbers),
            pa.array(np.ascontiguousarray(digests[:, 0])),
            pa.array(np.ascontiguousarray(digests[:, 1])),
            pa.array(found.counts),
            pa.array(short),
            _lists(found.words),
            _lists(found.chars),
        ],
        schema=DOCUMENTS,
    )
    kinds = np.where(short, _SHORT_WORDS, _WORDS)
    keys = [_keys(numbers, found.words, kinds, bands)]
    if short.any():
        keys.append(_keys(numbers, found.chars, np.full(len(numbers), _CHARS), bands))
    return Hashed(documents, pa.concat_batches(keys))


def candidates_sql(threshold: float, keys: str) -> str:
    """Write the query for pairs of documents that meet in a band and are of sizes that can be alike.

    Parameters: `keys` is a table of the schema KEYS, where equal documents are one.
    """
    return f"""
        SELECT DISTINCT a.doc AS a, b.doc AS b, a.kind = {_CHARS} AS by_chars
        FROM {keys} AS a JOIN {keys} AS b ON a.key = b.key
        WHERE a.doc < b.doc AND a.kind + b.kind IN (0, 1, {2 * _CHARS})
          AND LEAST(a.size, b.size) >= CAST({threshold!r} AS DOUBLE) * GREATEST(a.size, b.size) - {SLACK!r}
    """  # noqa: S608 (numbers and names of our own)


def verified(sets: Sets, one: Counts, two: Counts, threshold: float) -> tuple[Counts, Counts]:
    """Count what candidates share, and say which of them are alike: (indices, shared)."""
    both = shared(sets, one, two)
    enough = both >= threshold * (sets.sizes[one] + sets.sizes[two] - both) - SLACK
    return np.flatnonzero(enough), both[enough]


def sets_of_lists(column: Any) -> Sets:  # noqa: ANN401 (pyarrow has no types)
    """Read sets back from an Arrow column of lists, chunked or not."""
    chunks = column.chunks if hasattr(column, "chunks") else [column]
    values = [np.asarray(chunk.flatten()).view(np.uint64) for chunk in chunks]
    sizes = [np.diff(np.asarray(chunk.offsets)).astype(np.int64) for chunk in chunks]
    return Sets(
        np.concatenate([*values, np.empty(0, np.uint64)]), bounds_of(np.concatenate([*sizes, np.empty(0, np.int64)]))
    )


def _lists(sets: Sets) -> Any:  # noqa: ANN401 (as above)
    return pa.ListArray.from_arrays(pa.array(sets.bounds.astype(np.int32)), pa.array(sets.values.view(np.int64)))


def _keys(docs: Counts, sets: Sets, kinds: Counts, bands: Bands) -> Any:  # noqa: ANN401 (as above)
    some = np.flatnonzero(sets.sizes > 0)
    keys = band_keys(sketches(sets.take(some)), bands)
    rows = np.repeat(some, bands.bands)
    columns = [docs[rows], keys.ravel(), kinds[rows].astype(np.int8), sets.sizes[rows].astype(np.int32)]
    return pa.record_batch([pa.array(column) for column in columns], schema=KEYS)
