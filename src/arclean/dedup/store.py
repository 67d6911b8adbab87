"""Blocks of bytes in one SQLite file, each with its checksum: what is read is what was written, or an error.

SQLite gives transactions, several readers beside one writer, and the promise that a crash loses nothing committed. It
does not notice a flipped bit in its pages, so each block carries a digest of its name and its bytes, and a block that
must be there and is not is damage, too. Nothing is ever unpickled.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from arclean.errors import ArcleanError

_DIGEST = 8
# A commit holds readers up for milliseconds; ten seconds is a machine in trouble.
_PATIENCE = 10.0


class IndexDamagedError(ArcleanError):
    """An index file that is not as it was written: cut, changed, or something else altogether."""


class IndexVersionError(ArcleanError):
    """An index file that was made by other rules than this version's."""


class IndexBusyError(ArcleanError):
    """An index that another process is writing."""


class Store:
    """Named blocks of bytes. Parameters: `path` is the file, made when first written to."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.is_dir() or not self.path.parent.is_dir():
            raise ArcleanError(f"{self.path} cannot be an index: {'it' if self.path.is_dir() else 'its folder'} "
                               f"{'is a folder' if self.path.is_dir() else 'does not exist'}; name a file")  # fmt: skip
        self._open: sqlite3.Connection | None = None
        self._lock: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        try:
            return self.path.stat().st_size > 0
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go of the file."""
        for connection in (self._open, self._lock):
            if connection is not None:
                connection.close()
        self._open = self._lock = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the file throughout, whatever a writer does meanwhile."""
        with self._transaction("BEGIN", "COMMIT"):
            yield

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Write all or nothing, told whether the file is new. When this ends, what was written is on the disk.

        Raises IndexBusyError where another process (or another index object) is writing.
        """
        self._claim()
        new = not self.exists
        with self._transaction("BEGIN IMMEDIATE", "COMMIT"):
            if new:
                with self._told():
                    self._connection.execute("CREATE TABLE block (name INTEGER PRIMARY KEY, data BLOB NOT NULL)")
            yield new

    def get(self, name: int) -> bytes:
        """Read a block that was written.

        Raises IndexDamagedError where it is missing or not as it was written.
        """
        with self._told():
            row = self._connection.execute("SELECT data FROM block WHERE name = ?", (name,)).fetchone()
        data = row[0] if row else None
        if not isinstance(data, bytes) or data[:_DIGEST] != _digest(name, data[_DIGEST:]):
            raise IndexDamagedError(self._damaged(f"block {name:#x} is {'missing' if row is None else 'changed'}"))
        return data[_DIGEST:]

    def put(self, name: int, data: bytes) -> None:
        """Write a block, or write it anew."""
        with self._told():
            self._connection.execute("REPLACE INTO block VALUES (?, ?)", (name, _digest(name, data) + data))

    def delete(self, names: Iterable[int]) -> None:
        """Delete blocks."""
        with self._told():
            self._connection.executemany("DELETE FROM block WHERE name = ?", ((name,) for name in names))

    def shrink(self) -> None:
        """Give the room of deleted blocks back to the disk."""
        with self._told():
            self._connection.execute("VACUUM")

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = sqlite3.connect(self.path, _PATIENCE, isolation_level=None)
            # A rollback journal rather than a write-ahead log: at rest all there is lies in one checked file, while a
            # log with a flipped bit would be cut off there without a word, and lose what was acknowledged.
            self._open.execute("PRAGMA synchronous = FULL")
        return self._open

    @contextmanager
    def _transaction(self, begin: str, end: str) -> Iterator[None]:
        with self._told():
            self._connection.execute(begin)
        try:
            yield
            with self._told():
                self._connection.execute(end)
        except BaseException:  # Ctrl-C too must leave nothing half-written
            if self._open is not None and self._open.in_transaction:
                with self._told():
                    self._open.execute("ROLLBACK")
            raise

    def _claim(self) -> None:
        """Become the one writer until closed. The lock is SQLite's own, on an empty file, and dies with the process."""
        if self._lock is not None:
            return
        with self._told():
            lock = sqlite3.connect(f"{self.path}.writer", 0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                with self._told():
                    raise
            raise IndexBusyError(
                f"{self.path} is open for writing in another process: close it there first, or only query here"
            ) from error
        self._lock = lock

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's errors into sentences."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise IndexBusyError(
                    f"{self.path} is busy: another process has been writing it for {_PATIENCE:.0f} s"
                ) from error
            if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_PERM")):
                raise ArcleanError(
                    f"{self.path} cannot be read or written ({error}): check the disk and your rights"
                ) from error
            raise IndexDamagedError(self._damaged(str(error))) from error

    def _damaged(self, how: str) -> str:
        return f"{self.path} is damaged or is no index of arclean ({how}): restore it from a copy, or build it again"


def _digest(name: int, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST, salt=name.to_bytes(8, "little")).digest()
