"""Fill the disk, take the right to write away, let folders vanish: a run and an index must say so and lose nothing.

    python benchmarks/reliability/disks.py [--trials N] [--seed N] [--json OUT]

The disk is full at ever other moments: by RLIMIT_FSIZE everywhere (no file may grow past a limit), and as root on a
real small file system (tmpfs) as well. The run must end with an error that names the folder, leave no half-written file
under a final name, and, once there is room, go on to the bytes of an undisturbed run. An index must keep what it
had. The right to write is taken away by the mode of the folder, as an ordinary user.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kills import half_written, run, undisturbed
from trials import Row, corpus, differences, emptied, ended, finish, forked, parser, row, small_corpus, tree

import arclean

COMMAND = "benchmarks/reliability/disks.py"
NOBODY = 65534
LEAST = 4096
"""Bytes: the limit is on standard error as well, and a message must fit."""
SAID = 3
"""The exit status of a child whose work ended in an error that arclean raises on purpose."""


def saying(job: Callable[[], object]) -> Callable[[], None]:
    """Give a job that leaves with SAID, and the message on standard error, where arclean refuses on purpose."""

    def said() -> None:
        try:
            job()
        except arclean.ArcleanError as error:
            print(error, file=sys.stderr)
            raise SystemExit(SAID) from None

    return said


def limited(job: Callable[[], object], size: int) -> Callable[[], None]:
    """Give a job in which no file may grow past a size: writing further fails as on a full disk."""

    def smaller() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        saying(job)()

    return smaller


def as_nobody(job: Callable[[], object]) -> Callable[[], None]:
    """Give a job done by a user without rights; as root only, anybody else has none to give up."""

    def lowly() -> None:
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        saying(job)()

    return lowly


def refused(pid: int, errors: Path, *, names: str = "") -> str:
    """Wait, and say what is wrong with how a job that could not succeed ended."""
    status, said = ended(pid), errors.read_text("utf-8", errors="replace").strip()
    last = said.rsplit("\n", 1)[-1]
    if status != SAID:
        return f"ended with {status}: {last}"
    return "" if names in said and "Traceback" not in said else f"the message does not name {names}: {last}"


def full_for_run(source: Path, out: Path, wanted: dict[str, bytes], sizes: Sequence[int]) -> Iterator[str]:
    """Run with a limit on the size of files; then without."""
    errors = out.parent / "error"
    for size in sizes:
        emptied(out)
        fault = refused(forked(limited(run(source, out), size), errors), errors, names=str(out))
        fault = fault or half_written(out, wanted)
        if status := ended(forked(run(source, out), errors)):
            fault = fault or f"with room again it ends with {status}"
        yield fault or differences(wanted, tree(out))


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path | None]:
    """Mount a small file system, where that is permitted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "arclean-trial", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def full_disk_for_run(source: Path, folder: Path, wanted: dict[str, bytes], sizes: Sequence[int]) -> Iterator[str]:
    """Run on a disk of some size; then make room on it, and run again."""
    errors = folder.parent / "error"
    for size in sizes:
        with small_disk(folder, size) as disk:
            if disk is None:
                return
            out = disk / "out"
            fault = refused(forked(saying(run(source, out)), errors), errors, names=str(out))
            fault = fault or half_written(out, wanted)
            subprocess.run(["mount", "-o", "remount,size=256m", str(folder)], check=True)
            if status := ended(forked(run(source, out), errors)):
                fault = fault or f"with room again it ends with {status}"
            yield fault or differences(wanted, tree(out))


def full_for_index(folder: Path, docs: list[tuple[str, str]], rng: random.Random, trials: int) -> Iterator[str]:
    """Add to an index until a limit on its size; what was acknowledged must be there, and the rest go in later."""
    batches = [docs[i : i + 10] for i in range(0, len(docs), 10)]
    with arclean.DuplicateIndex(folder / "whole.index") as index:
        for batch in batches:
            index.add(batch)
    size, errors = (folder / "whole.index").stat().st_size, folder / "error"
    for number in range(trials):
        path, (reader, writer) = folder / f"full{number}.index", os.pipe()

        def adding(path: Path = path, writer: int = writer) -> None:
            with arclean.DuplicateIndex(path) as index:
                for batch in batches:
                    index.add(batch)
                    os.write(writer, b".")

        fault = refused(forked(limited(adding, rng.randint(LEAST, size - LEAST)), errors), errors, names=str(path))
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = len(pipe.read())
        yield fault or _whole(path, batches, said, len(docs))


def _whole(path: Path, batches: Sequence[list[tuple[str, str]]], said: int, count: int) -> str:
    try:
        with arclean.DuplicateIndex(path) as index:
            if len(index) != sum(map(len, batches[:said])):
                return f"{len(index)} documents where {said} batches were acknowledged"
            for batch in batches[said:]:
                index.add(batch)
            return "" if len(index) == count else f"{len(index)} documents of {count} at the end"
    except arclean.ArcleanError as error:
        return f"{type(error).__name__}: {error}"


def unwritable(folder: Path, source: Path) -> Iterator[str]:
    """Take the right to write away from a folder, from a file's parent, from an index and its folder."""
    errors, locked = folder / "error", folder / "locked"
    os.chmod(folder, 0o755)  # noqa: PTH101, S103 (others must get as far as what is locked)
    errors.touch()
    locked.mkdir(mode=0o555)
    document = [("a", "نص قصير يكفي لهذه التجربة وحدها دون زيادة")]
    profile = arclean.SiteBoilerplate.learn(["نص"] * 5)  # and what it imports: nobody may read Python's own folder
    jobs: dict[str, Callable[[], object]] = {
        "run": lambda: arclean.run([source], locked),
        "run, folder to be made": lambda: arclean.run([source], locked / "out"),
        "write_documents": lambda: arclean.write_documents([arclean.Document("a", "نص")], locked / "a.jsonl"),
        "index": lambda: arclean.DuplicateIndex(locked / "an.index").add(document),
        "profile": lambda: profile.save(locked / "profile.json"),
    }
    for name, job in jobs.items():
        fault = refused(forked(as_nobody(job), errors), errors, names=str(locked))
        yield f"{name}: {fault}" if fault else ""
    with arclean.DuplicateIndex(locked / "own.index") as index:
        index.add(document)
    os.chmod(locked / "own.index", 0o444)  # noqa: PTH101
    more = [("b", "نص آخر")]
    fault = refused(forked(as_nobody(lambda: arclean.DuplicateIndex(locked / "own.index").add(more)), errors), errors)
    yield f"read-only index: {fault}" if fault else ""
    secret = folder / "secret.txt"
    secret.write_text("نص", encoding="utf-8")
    secret.chmod(0)
    fault = refused(forked(as_nobody(lambda: list(arclean.read_documents(secret))), errors), errors, names="secret.txt")
    yield f"unreadable input: {fault}" if fault else ""


def vanishing(source: Path, out: Path, wanted: dict[str, bytes], moments: Sequence[float]) -> Iterator[str]:
    """Remove the folder of a run while it works; then run again."""
    errors = out.parent / "error"
    for after in moments:
        emptied(out)
        pid = forked(saying(run(source, out)), errors)
        timer = threading.Timer(after, shutil.rmtree, (out,), {"ignore_errors": True})
        timer.start()
        status = ended(pid)
        timer.join()
        last = errors.read_text("utf-8", errors="replace").strip().rsplit("\n", 1)[-1]
        # A folder may be made anew and the run succeed, or be refused in words; what it may not do is break.
        fault = "" if status in (0, SAID) else f"ended with {status}: {last}"
        if again := ended(forked(run(source, out), errors)):
            fault = fault or f"the next start ends with {again}"
        yield fault or differences(wanted, tree(out))


def rows(trials: int, seed: int = 0, documents: int = 120) -> Iterator[Row]:
    """Try all of it."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, out = small_corpus(folder, documents), folder / "out"
        wanted, wall = undisturbed(source, out)
        largest = max(map(len, wanted.values()))
        limits = [rng.randint(LEAST, int(largest * 0.9)) for _ in range(trials)]
        yield row("a full disk for a run, by a limit on files", COMMAND, full_for_run(source, out, wanted, limits))
        whole = sum(map(len, wanted.values())) // 1024
        disks = [rng.randint(8, whole) for _ in range(trials)]
        full = row("a full disk for a run, a real one", COMMAND, full_disk_for_run(source, folder / "d", wanted, disks))
        if full.tried:
            yield full
        else:
            print("left out: a real full disk needs the right to mount one", file=sys.stderr)
        docs = [(made.id, made.text) for made in corpus.documents(documents, seed, plain=True, copies=0.3)]
        yield row("a full disk for an index that adds", COMMAND, full_for_index(folder, docs, rng, trials))
        yield row("folders and files without the right to write or read", COMMAND, unwritable(folder, source))
        moments = [rng.uniform(0, wall) for _ in range(trials)]
        yield row("an output folder that vanishes during a run", COMMAND, vanishing(source, out, wanted, moments))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, and count what was lost."""
    made = parser(__doc__)
    made.add_argument("--trials", type=int, default=40, help="of each kind")
    options = made.parse_args(arguments)
    start = time.monotonic()
    found = list(rows(options.trials, options.seed))
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    return finish(found, options.json)


if __name__ == "__main__":
    sys.exit(main())
