"""The work of an unfinished run, on disk: batches of documents that appear whole, and the plan that they belong to.

A run that was killed leaves its finished batches behind; a run with the same plan takes them up, any other throws them
away. Nothing here is read by anybody but the run that continues.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import monotonic, sleep
from typing import IO, NamedTuple

from arclean.documents import Document, Source, json_line, whole_file
from arclean.edits import Applied, Cleaned, Step
from arclean.errors import OutputError

# A batch is what a kill can lose: half a second's work. It is also what a worker gets at once.
BATCH_DOCUMENTS = 500
BATCH_CHARACTERS = 2_000_000
# Seconds to wait for the workers of a killed run, who end at once, and not for a run that is alive.
PATIENCE = 10


class Entry(NamedTuple):
    """A document that is cleaned: everything about it but its text, and what became of its text."""

    document: Document
    """Read from a batch, it has an empty text: the original follows from what was cleaned."""
    cleaned: Cleaned


@contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Hold a folder against other runs, and clear away what a run that was killed had begun to write.

    The workers of a killed run hold it for it, until they notice. Where the system has no flock, two runs at once are
    the user's care.

    Raises OutputError where another run does not let go of the folder.
    """
    try:
        import fcntl  # noqa: PLC0415 (not on Windows)
    except ImportError:
        yield
        return
    lock, deadline = out / ".lock", monotonic() + PATIENCE
    while True:
        with lock.open("wb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > deadline:
                    message = f"another run is writing to {out}: wait for it, or choose another folder with -o"
                    raise OutputError(message) from None
                sleep(0.1)
                continue
            if not lock.exists() or lock.stat().st_ino != os.fstat(held.fileno()).st_ino:
                continue  # the run before took its lock away with it: this one holds nothing
            for part in out.rglob(".*.part"):
                part.unlink(missing_ok=True)
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
            return


@dataclass(frozen=True)
class Spool:
    """A folder of batches, one file for each, in the order of the input."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, plan: object) -> "Spool":
        """Take up the folder where its plan is the same, otherwise start an empty one.

        Parameters: `plan` is anything that goes to JSON and differs where the work would: settings, versions, inputs.
        """
        digest = hashlib.sha256(json.dumps(plan, sort_keys=True).encode("utf-8", "backslashreplace")).hexdigest()
        mark = folder / "plan"
        if not mark.exists() or mark.read_text(encoding="ascii", errors="replace") != digest:
            shutil.rmtree(folder, ignore_errors=True)
            with whole_file(mark) as stream:
                stream.write(digest.encode())
        return cls(folder)

    def path(self, stage: str, number: int) -> Path:
        """Name the file of a batch of a stage."""
        return self.folder / f"{stage}-{number:06}"

    def batches(self, stage: str) -> list[Path]:
        """Give the finished batches of a stage, in order."""
        return sorted(self.folder.glob(f"{stage}-*"))

    def close(self) -> None:
        """Throw the work away, once the results stand under their own names."""
        shutil.rmtree(self.folder)


def in_batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Cut a stream of documents into batches of bounded size.

    >>> [len(batch) for batch in in_batches([Document(str(i), "نص") for i in range(501)])]
    [500, 1]
    """
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if len(batch) == BATCH_DOCUMENTS or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class Place(NamedTuple):
    """Where an entry stands in its batch, in bytes; and what is known of it without reading it."""

    at: int
    more: int
    """bytes of what is neither its name nor its text"""
    text: int
    """bytes of its text"""
    id: str
    site: str | None


def write_batch(path: Path, entries: Iterable[Entry]) -> None:
    """Write a batch, which gets its name only once it is whole.

    Of each document a line of JSON that names it, one with all else, and its cleaned text as it is: whoever wants one
    of them does not read the others, and Arabic is decoded three times as quickly as it is parsed.
    """
    with whole_file(path) as stream:
        for d, c in entries:
            text = c.text.encode("utf-8", "surrogatepass")
            more = json_line([dict(d.meta), d.source, [[s.rule, s.edits] for s in c.steps]])
            stream.writelines((json_line([len(more), len(text), d.id, d.site]), more, text))


def read_places(path: Path) -> Iterator[Place]:
    """Give where the entries of a batch stand."""
    with path.open("rb") as stream:
        while line := stream.readline():
            place = Place(stream.tell(), *json.loads(line))
            yield place
            stream.seek(place.more + place.text, os.SEEK_CUR)


def read_batch(path: Path) -> Iterator[tuple[Place, Entry]]:
    """Read a batch, each entry with its place."""
    with path.open("rb") as stream:
        at = 0
        while line := stream.readline():
            place = Place(at + len(line), *json.loads(line))
            yield place, _read(stream, place)
            at = place.at + place.more + place.text


def read_entry(path: Path, place: Place) -> Entry:
    """Read one entry of a batch."""
    with path.open("rb") as stream:
        stream.seek(place.at)
        return _read(stream, place)


def read_texts(places: Iterable[tuple[Path, Place]]) -> Iterator[str]:
    """Read the cleaned texts alone; entries of a batch stand together."""
    for path, group in groupby(places, itemgetter(0)):
        with path.open("rb") as stream:
            for _, place in group:
                stream.seek(place.at + place.more)
                yield stream.read(place.text).decode("utf-8", "surrogatepass")


def _read(stream: IO[bytes], place: Place) -> Entry:
    meta, source, steps = json.loads(stream.read(place.more))
    text = stream.read(place.text).decode("utf-8", "surrogatepass")
    made = tuple(Step(rule, tuple(map(Applied._make, edits))) for rule, edits in steps)
    original = Cleaned("", text, made).undo() if made else text
    document = Document(place.id, "", place.site, meta, Source._make(source) if source else None)
    return Entry(document, Cleaned(original, text, made))
