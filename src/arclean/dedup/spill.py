"""Near-duplicates past memory: what is compared lies in Parquet files, and DuckDB joins it under a limit.

1. Documents stream in. A file of documents (ids, sizes, shingles) and one of band keys are written for each some
   thousand of them. A file appears whole or not at all; a job that was stopped takes up those that it finds, as long as
   the documents come in the same order.
2. DuckDB joins the bands of documents with unlike shingles, spilling to the folder where its limit is reached.
3. Every candidate is verified on the stored shingles, some files' worth with some files' worth.
4. Stars are chosen one connected component after the other.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arclean.dedup.dates import Dating
from arclean.dedup.find import Batch, Doc, batches, check_threshold, check_workers
from arclean.dedup.folded import default_folding
from arclean.dedup.joining import ROWS, File, Work, join
from arclean.dedup.kernel import hashed
from arclean.dedup.ondisk import DiskDuplicates, id_bytes
from arclean.dedup.sketch import Bands, bands_for
from arclean.errors import ArcleanError
from arclean.workers import Progress, mapped

FORMAT = 1
# With less than this DuckDB cannot join at all (it wants some 100 MB a thread), nor numpy hash a batch beside it.
LEAST_MEMORY = 256 << 20
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def find_duplicates_on_disk(  # noqa: PLR0913 (each is a thing to decide, and has a good default)
    docs: Iterable[Doc],
    path: str | PathLike[str],
    threshold: float = 0.7,
    keep: Literal["longest", "first", "newest"] = "longest",
    *,
    memory: str | int = "1GB",
    recall: float = 0.999,
    date_field: str = "date",
    workers: int = 1,
    progress: Progress | None = None,
) -> DiskDuplicates:
    """Find near-duplicates in a corpus that does not fit in memory, and choose who stays.

    Similarity, threshold and clusters are those of `find_duplicates`, and every pair is verified exactly: none is below
    the threshold. Candidates come from bands of sketches, which miss a pair with a small probability that falls
    quickly above the threshold; `found.recall` gives it for pairs at the threshold.

    Parameters: `docs` are Documents or (id, text) pairs, read once. `path` is a folder for the work and its results;
    a job that was stopped, while hashing or joining, goes on there when it is started again with the same documents.
    `memory` is what the join and the verification may use ("1GB", or bytes; 256 MiB at least), beside the interpreter
    and some 200 MB for the batch in work (in each of the `workers`, where there are several). `recall` is how probably
    a pair just at the threshold must be found. `keep`, `date_field`, `workers` and `progress` are as in
    `find_duplicates`; a function to `keep` is not possible, for texts are not stored.

    Raises ValueError where an id is given twice, for dates that cannot be read, and for a threshold, memory, recall,
    `keep` or `workers` that cannot be; ArcleanError where `path` is a file, or another process works in it.

    >>> import tempfile
    >>> found = find_duplicates_on_disk([
    ...     ("a", "افتتح الوزير أمس المدرسةَ الجديدة في مدينة الكرك بحضور أهالي الطلاب والمعلمين"),
    ...     ("b", "افتتح الوزير امس المدرسه الجديده في مدينه الكرك بحضور اهالي الطلاب والمعلمين."),
    ... ], tempfile.mkdtemp())
    >>> list(found.pairs), list(found.kept), round(found.recall, 4)
    ([Match(a='a', b='b', jaccard=1.0, a_in_b=1.0, b_in_a=1.0)], ['a'], 0.9991)
    """
    check_threshold(threshold)
    check_threshold(recall, "recall")
    if keep not in ("longest", "first", "newest"):
        raise ValueError(f"keep={keep!r}: use 'longest', 'first' or 'newest'; a function needs the texts in memory")
    check_workers(workers)
    limit = memory_bytes(memory)
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise ArcleanError(f"{folder} is a file: name a folder, which may be new")
    folder.mkdir(parents=True, exist_ok=True)
    bands = bands_for(threshold, recall)
    tell = progress or (lambda *_: None)
    dating = Dating(date_field) if keep == "newest" else None
    jobs = _jobs(docs, folder, bands, _characters(limit), dating)
    files, digest = _stored(jobs, folder, workers, tell, len(docs) if isinstance(docs, list | tuple) else 0)
    if dating is not None:
        dating.check()
    join(Work(folder, files, threshold, limit, repr((digest, threshold, limit))), keep, tell)
    return DiskDuplicates(folder, bands.recall(threshold), bands, f"the {keep} of them", limit)


def memory_bytes(memory: str | int) -> int:
    """Read an amount of memory.

    >>> memory_bytes("1.5 GB"), memory_bytes("512MiB")
    (1500000000, 536870912)
    """
    text = str(memory).strip().upper()
    number = text.rstrip("KMGTIB ")
    unit = text[len(number) :].strip()
    if not number.replace(".", "", 1).isdecimal() or unit not in _UNITS or float(number) * _UNITS[unit] < LEAST_MEMORY:
        raise ValueError(f"memory={memory!r}: an amount such as '1GB' or '800MB', {LEAST_MEMORY // 10**6} MB at least")
    return int(float(number) * _UNITS[unit])


def _characters(limit: int) -> int:
    """Give how many characters go into one file: with 1 GB 8 million, whose shingles and keys are some 40 MB."""
    return max(1 << 20, min(1 << 24, limit // 128))


class _Job(NamedTuple):
    """Documents to be hashed and written to a file, and what the file is called."""

    number: int
    batch: Batch
    dates: list[float]
    bands: Bands
    folder: Path
    mark: str
    """A digest of the documents and of all that the file depends on."""

    @property
    def paths(self) -> tuple[Path, Path]:
        """Where documents and keys are written."""
        return self.folder / f"documents-{self.number:06}.parquet", self.folder / f"keys-{self.number:06}.parquet"


def _jobs(docs: Iterable[Doc], folder: Path, bands: Bands, characters: int, dating: Dating | None) -> Iterator[_Job]:
    folds = json.dumps(sorted(default_folding().folds.items())).encode()
    settings = repr((FORMAT, tuple(bands), dating and dating.field)).encode() + hashlib.blake2b(folds).digest()
    for number, batch in enumerate(_large(docs, characters)):
        digest = hashlib.blake2b(settings, digest_size=16)
        dates = [0.0] * len(batch.ids) if dating is None else dating.read(batch.ids, batch.docs)
        for key, text, moment in zip(batch.ids, batch.texts, dates, strict=True):
            for part in (id_bytes(key), id_bytes(text), repr(moment).encode()):
                digest.update(len(part).to_bytes(8, "little") + part)
        # Nothing but ids and texts goes to another process.
        yield _Job(number, batch._replace(docs=[]), dates, bands, folder, digest.hexdigest())


def _written(job: _Job) -> File:
    """Write a file of documents and the one of their keys, or find them written."""
    documents_path, keys_path = job.paths
    # Keys are written first, so a finished file of documents vouches for both.
    hashes = _hashes_of(documents_path, job.mark) if keys_path.exists() else None
    if hashes is None:
        documents, keys = _tables(job)
        hashes = sum(len(chunk.flatten()) for name in ("words", "chars") for chunk in documents[name].chunks)
        _write_parquet(keys, keys_path, {})
        _write_parquet(documents, documents_path, {b"digest": job.mark.encode(), b"hashes": str(hashes).encode()})
    return File(documents_path, keys_path, hashes)


def _stored(jobs: Iterable[_Job], folder: Path, workers: int, tell: Progress, total: int) -> tuple[list[File], str]:
    """Write all files, and let what a former job left beyond the last one go. Gives them and a digest of all."""
    sizes: deque[int] = deque()
    whole = hashlib.blake2b(digest_size=16)

    def noted() -> Iterator[_Job]:
        for job in jobs:
            sizes.append(len(job.batch.ids))
            whole.update(job.mark.encode())
            yield job

    files, done = [], 0
    for file in mapped(_written, noted(), workers):
        files.append(file)
        done += sizes.popleft()
        tell("folding and hashing", done, total)
    known = {path for file in files for path in file[:2]}
    for path in [*folder.glob("documents-*.parquet"), *folder.glob("keys-*.parquet")]:
        if path not in known:
            path.unlink()
    return files, whole.hexdigest()


def _large(docs: Iterable[Doc], characters: int) -> Iterator[Batch]:
    """Put batches together to what goes into a file."""
    whole = Batch([], [], [])
    size = 0
    for batch in batches(docs):
        whole.ids.extend(batch.ids)
        whole.texts.extend(batch.texts)
        whole.docs.extend(batch.docs)
        size += sum(map(len, batch.texts))
        if size >= characters or len(whole.ids) > (1 << ROWS) - (1 << 15):
            yield whole
            whole, size = Batch([], [], []), 0
    if whole.ids:
        yield whole


def _hashes_of(path: Path, mark: str) -> int | None:
    """Give how many shingles a finished file has, None where there is none of these documents."""
    if not path.exists():
        return None
    known = pq.read_schema(path).metadata or {}
    return int(known[b"hashes"]) if known.get(b"digest") == mark.encode() else None


def _tables(job: _Job) -> tuple[Any, Any]:
    """Hash a file's documents: a table of them, and one of their keys."""
    begin, batch = job.number << ROWS, job.batch
    found = [
        hashed(np.arange(begin + cut.start, begin + cut.stop), batch.texts[cut], job.bands)
        for cut in _cuts(batch.texts)
    ]
    documents = pa.Table.from_batches([part.documents for part in found])
    documents = documents.append_column("id", pa.array(map(id_bytes, batch.ids), pa.binary()))
    documents = documents.append_column("size", pa.array(map(len, batch.texts), pa.int64()))
    documents = documents.append_column("date", pa.array(job.dates, pa.float64()))
    return documents, pa.Table.from_batches([part.keys for part in found])


def _cuts(texts: list[str]) -> Iterator[slice]:
    """Cut a file's documents into what is hashed together."""
    begin = size = 0
    for at, text in enumerate(texts, 1):
        size += len(text)
        if size >= _HASHED or at - begin >= _HASHED_TEXTS or at == len(texts):
            yield slice(begin, at)
            begin, size = at, 0


# Characters and texts hashed together: the cache holds the characters, and 1,024 sketches are 2 MB.
_HASHED, _HASHED_TEXTS = 1 << 18, 1 << 10


def _write_parquet(table: Any, path: Path, metadata: dict[bytes, bytes]) -> None:  # noqa: ANN401 (pyarrow has no types)
    """Write a file that gets its name only when it is whole. Hashes do not compress, so nothing tries to."""
    from arclean.documents import whole_file  # noqa: PLC0415 (its room reads files in many formats)

    with whole_file(path) as stream:
        pq.write_table(
            table.replace_schema_metadata(metadata),
            stream,
            compression="none",
            use_dictionary=False,
            row_group_size=1 << 16,
        )
