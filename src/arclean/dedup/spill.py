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
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arclean.dedup.dates import timestamps
from arclean.dedup.find import Batch, Doc, batches, check_threshold
from arclean.dedup.folded import default_folding
from arclean.dedup.kernel import candidates_sql, hashed, sets_of_lists, verified
from arclean.dedup.matches import Indices
from arclean.dedup.ondisk import DiskDuplicates, choose, id_bytes, quoted
from arclean.dedup.shingles import Sets
from arclean.dedup.sketch import Bands, bands_for
from arclean.errors import ArcleanError

FORMAT = 1
# A file is of 2^20 documents at most, so that (file, row) are a number of 64 bits.
_ROWS = 20
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
) -> DiskDuplicates:
    """Find near-duplicates in a corpus that does not fit in memory, and choose who stays.

    Similarity, threshold and clusters are those of `find_duplicates`, and every pair is verified exactly: none is below
    the threshold. Candidates come from bands of sketches, which miss a pair with a small probability that falls
    quickly above the threshold; `found.recall` gives it for pairs at the threshold.

    Parameters: `docs` are Documents or (id, text) pairs, read once. `path` is a folder for the work and its results;
    a job that was stopped goes on there when it is started again with the same documents. `memory` is what the join and
    the verification may use ("1GB", or bytes; 256 MiB at least), beside the interpreter and some 200 MB for the batch
    in work. `recall` is how probably a pair just at the threshold must be found. `keep` and `date_field` are as in
    `find_duplicates`; a function is not possible, for texts are not stored.

    Raises ValueError where an id is given twice, and for a threshold, memory, recall or `keep` that cannot be;
    ArcleanError where `path` is a file.

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
    limit = memory_bytes(memory)
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise ArcleanError(f"{folder} is a file: name a folder, which may be new")
    folder.mkdir(parents=True, exist_ok=True)
    bands = bands_for(threshold, recall)
    files = _stored(docs, folder, bands, _characters(limit), date_field if keep == "newest" else None)
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        with closing(_connected(scratch, limit)) as connection:
            work = _Work(connection, folder, scratch, threshold, limit)
            _refuse_twice(work)
            _candidates(work, files)
            _verify(work, files)
            choose(connection, folder, keep, limit)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
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


class _File(NamedTuple):
    """A file of documents and the one of their keys."""

    documents: Path
    keys: Path
    hashes: int
    """How many shingles it holds."""


def _stored(docs: Iterable[Doc], folder: Path, bands: Bands, characters: int, date_field: str | None) -> list[_File]:
    """Write the documents, or find them written. What a former job left beyond the last one goes."""
    files = []
    folds = json.dumps(sorted(default_folding().folds.items())).encode()
    settings = repr((FORMAT, tuple(bands), date_field)).encode() + hashlib.blake2b(folds).digest()
    for number, batch in enumerate(_large(docs, characters)):
        paths = folder / f"documents-{number:06}.parquet", folder / f"keys-{number:06}.parquet"
        digest = hashlib.blake2b(settings, digest_size=16)
        dates = timestamps(batch.ids, batch.docs, date_field) if date_field is not None else [0.0] * len(batch.ids)
        for key, text, moment in zip(batch.ids, batch.texts, dates, strict=True):
            for part in (id_bytes(key), id_bytes(text), repr(moment).encode()):
                digest.update(len(part).to_bytes(8, "little") + part)
        mark = digest.hexdigest()
        # Keys are written first, so a finished file of documents vouches for both.
        hashes = _hashes_of(paths[0], mark) if paths[1].exists() else None
        if hashes is None:
            documents, keys = _tables(number << _ROWS, batch, dates, bands)
            hashes = sum(len(chunk.flatten()) for name in ("words", "chars") for chunk in documents[name].chunks)
            _write_parquet(keys, paths[1], {})
            _write_parquet(documents, paths[0], {b"digest": mark.encode(), b"hashes": str(hashes).encode()})
        files.append(_File(*paths, hashes))
    known = {path for file in files for path in file[:2]}
    for path in [*folder.glob("documents-*.parquet"), *folder.glob("keys-*.parquet")]:
        if path not in known:
            path.unlink()
    return files


def _large(docs: Iterable[Doc], characters: int) -> Iterator[Batch]:
    """Put batches together to what goes into a file."""
    whole = Batch([], [], [])
    size = 0
    for batch in batches(docs):
        whole.ids.extend(batch.ids)
        whole.texts.extend(batch.texts)
        whole.docs.extend(batch.docs)
        size += sum(map(len, batch.texts))
        if size >= characters or len(whole.ids) > (1 << _ROWS) - (1 << 15):
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


def _tables(begin: int, batch: Batch, dates: list[float], bands: Bands) -> tuple[Any, Any]:
    """Hash a file's documents: a table of them, and one of their keys."""
    found = [
        hashed(np.arange(begin + cut.start, begin + cut.stop), batch.texts[cut], bands) for cut in _cuts(batch.texts)
    ]
    documents = pa.Table.from_batches([part.documents for part in found])
    documents = documents.append_column("id", pa.array(map(id_bytes, batch.ids), pa.binary()))
    documents = documents.append_column("size", pa.array(map(len, batch.texts), pa.int64()))
    documents = documents.append_column("date", pa.array(dates, pa.float64()))
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


class _Work(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    folder: Path
    scratch: Path
    threshold: float
    memory: int


def _connected(scratch: Path, limit: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(scratch / "work.duckdb"))
    # Half for the joins; the other half for the shingles that are verified meanwhile.
    connection.execute(f"SET memory_limit = '{limit // 2}B'")
    connection.execute(f"SET temp_directory = {quoted(scratch / 'spill')}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    # Each thread of a join wants some 100 MB of its own.
    connection.execute(f"SET threads = {max(1, min(4, limit // (256 << 20)))}")
    return connection


def _refuse_twice(work: _Work) -> None:
    files = sorted(work.folder.glob("documents-*.parquet"))
    columns = "doc BIGINT, id BLOB, size BIGINT, date DOUBLE, short BOOLEAN, high BIGINT, low BIGINT, counted BIGINT"
    work.connection.execute(f"CREATE TABLE documents ({columns})")
    if files:
        names = ", ".join(column.split()[0] for column in columns.split(", "))
        work.connection.execute(
            f"INSERT INTO documents SELECT {names} FROM read_parquet({quoted(work.folder / 'documents-*.parquet')})"  # noqa: S608
        )
    twice = work.connection.execute("SELECT id FROM documents GROUP BY id HAVING COUNT(*) > 1 LIMIT 1").fetchone()
    if twice:
        key = bytes(twice[0]).decode("utf-8", "surrogatepass")
        raise ValueError(f"two documents have the id {key!r}: give each document an id of its own")


def _candidates(work: _Work, files: list[_File]) -> None:
    """Join the bands of documents with unlike shingles; a document without a word is like none."""
    run = work.connection.execute
    run("CREATE TABLE heads AS SELECT high, low, MIN(doc) AS head FROM documents WHERE counted > 0 GROUP BY high, low")
    run("""CREATE TABLE members AS
           SELECT doc, id, size, date, short, CASE WHEN counted > 0 THEN head ELSE doc END AS head
           FROM documents LEFT JOIN heads USING (high, low)""")
    run("DROP TABLE documents")
    run("CREATE TABLE keys (doc BIGINT, key BIGINT, kind TINYINT, size INTEGER)")
    if files:
        run(f"""INSERT INTO keys SELECT * FROM read_parquet({quoted(work.folder / "keys-*.parquet")})
                WHERE doc IN (SELECT doc FROM members WHERE doc = head)""")  # noqa: S608
    # Keys that nobody shares go before the join: in news that is nine of ten.
    run("CREATE TABLE met AS SELECT * FROM keys WHERE key IN (SELECT key FROM keys GROUP BY key HAVING COUNT(*) > 1)")
    run("DROP TABLE keys")
    run(f"CREATE TABLE candidates AS {candidates_sql(work.threshold, 'met')}")
    run("DROP TABLE met")


def _verify(work: _Work, files: list[_File]) -> None:
    """Read the shingles of some files and of some others, and count what candidates between them share."""
    schema = pa.schema([(name, pa.int64()) for name in ("a", "b", "shared", "size_a", "size_b")])
    path = work.scratch / "pairs.parquet"
    with pq.ParquetWriter(path, schema) as writer:
        for left, right in _shelves(files, work.memory // 2):
            here = _between(left), _between(right)
            query = f"SELECT a, b, by_chars FROM candidates WHERE a {here[0]} AND b {here[1]}"  # noqa: S608
            sets: dict[str, tuple[Indices, Sets]] = {}
            for batch in work.connection.sql(query).to_arrow_reader(1 << 18):
                sets = sets or _sets({**dict([*left, *right])})
                one, two, by_chars = (batch.column(i).to_numpy(zero_copy_only=False) for i in range(3))
                for name, chosen in (("words", ~by_chars), ("chars", by_chars)):
                    docs, held = sets[name]
                    x, y = np.searchsorted(docs, one[chosen]), np.searchsorted(docs, two[chosen])
                    at, both = verified(held, x, y, work.threshold)
                    sizes = held.sizes
                    columns = docs[x[at]], docs[y[at]], both, sizes[x[at]], sizes[y[at]]
                    writer.write_table(pa.table([pa.array(c) for c in columns], schema=schema))
    work.connection.execute("DROP TABLE candidates")
    work.connection.execute(f"CREATE TABLE pairs AS SELECT * FROM read_parquet({quoted(path)})")  # noqa: S608


_Shelf = list[tuple[int, _File]]


def _shelves(files: list[_File], room: int) -> Iterator[tuple[_Shelf, _Shelf]]:
    """Put files on shelves, and give every pair of shelves, a shelf with itself included."""
    # Two shelves, each hash of 8 bytes twice while it is read.
    most = room // (8 * 2 * 2)
    shelves: list[_Shelf] = []
    held = most + 1
    for number, file in enumerate(files):
        if held + file.hashes > most:
            shelves.append([])
            held = 0
        shelves[-1].append((number, file))
        held += file.hashes
    for i, left in enumerate(shelves):
        for right in shelves[i:]:
            yield left, right


def _between(shelf: _Shelf) -> str:
    return f"BETWEEN {shelf[0][0] << _ROWS} AND {((shelf[-1][0] + 1) << _ROWS) - 1}"


def _sets(files: dict[int, _File]) -> dict[str, tuple[Indices, Sets]]:
    """Read the shingles of some files: by words and by characters, each with the documents in order."""
    found = {}
    for name in ("words", "chars"):
        tables = [pq.read_table(file.documents, columns=["doc", name]) for _, file in sorted(files.items())]
        table = pa.concat_tables(tables)
        found[name] = (table["doc"].to_numpy(), sets_of_lists(table[name]))
    return found
