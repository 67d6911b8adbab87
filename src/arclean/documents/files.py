"""Files on the way out: whole or not there at all, and under names that lead nowhere else."""

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote


def file_name(key: str) -> str:
    """Make a relative file name of an id: no step upwards, nothing hidden or absolute, no character that disks refuse.

    >>> file_name("../../etc/passwd"), file_name("أخبار/1")
    ('%2E%2E/%2E%2E/etc/passwd.txt', 'أخبار/1.txt')
    """
    parts = [p for p in re.split(r"[/\\]+", key) if p] or ["_"]
    name = "/".join(_safe(p).encode("utf-8", "replace")[:240].decode("utf-8", "ignore") for p in parts)
    return name if name.endswith(".txt") else name + ".txt"


def _safe(part: str) -> str:
    if set(part) == {"."}:
        return "%2E" * len(part)
    visible = "%2E" if part.startswith(".") else ""
    return visible + re.sub(r'[\x00-\x1f<>:"|?*]', lambda found: quote(found[0]), part.removeprefix("."))


@contextmanager
def whole_file(path: Path, *, compressed: bool = True) -> Iterator[IO[bytes]]:
    """Open a file that gets its name only once it is written to the end, synced, and closed without an error.

    What ends in `.gz` or `.zst` is compressed, to the same bytes for the same content; with `compressed=False` what is
    written is so already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes never write one file, and a name as long as disks take leaves room for what is added to it.
    short = path.name.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")
    part = path.with_name(f".{short}.{os.getpid()}.part")
    try:
        with _compressed(part, path.suffix.lower() if compressed else "") as stream:
            yield stream
        with part.open("rb") as written:  # the last block of a compressed file is written when it is closed
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _compressed(part: Path, suffix: str) -> Iterator[IO[bytes]]:
    with part.open("wb") as raw:
        if suffix == ".gz":
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as stream:
                yield cast("IO[bytes]", stream)
        elif suffix == ".zst":
            import pyarrow as pa  # noqa: PLC0415 (it is large, and needed for few files)

            with pa.CompressedOutputStream(pa.PythonFile(raw, "w"), "zstd") as stream:
                yield stream
        else:
            yield raw
