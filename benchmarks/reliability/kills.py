"""Kill a run, an index that is added to, and one that is compacted, by signal 9, and see that nothing was lost.

    python benchmarks/reliability/kills.py [--trials N] [--seed N] [--json OUT]

A run is killed before each of its changes to the file system in turn, then at random moments, with one worker and with
two, and sometimes again while it goes on. Afterwards no file under its final name may be half-written, and the next
start must end with the bytes of an undisturbed run and leave no process and no file behind. An index is killed while
it adds: what `add` had returned from must be there, the rest must go in as if nothing had been, and the pairs must be
those of one undisturbed run. One that is compacted must answer as before.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from trials import (
    Row,
    corpus,
    differences,
    emptied,
    ended,
    finish,
    forked,
    kill_at_event,
    parser,
    row,
    small_corpus,
    tree,
)

import arclean

COMMAND = "benchmarks/reliability/kills.py"
GRACE = 2.0
"""Seconds that the workers of a killed run have to notice it."""


# ------------------------------------------------------------------------------------------------------------------ run


def run(source: Path, out: Path, workers: int = 1, kill: int = 0) -> Callable[[], None]:
    """Give the main job as a function, killed before its `kill`-th change of the file system."""

    def job() -> None:
        if kill:
            kill_at_event(kill)
        arclean.run([source], out, arclean.Settings(workers=workers))

    return job


def undisturbed(source: Path, out: Path) -> tuple[dict[str, bytes], float]:
    """Run to the end; give what it wrote and how long it took."""
    start = time.perf_counter()
    if status := ended(forked(run(source, emptied(out), 1), out.parent / "error")):
        raise RuntimeError(f"the run fails undisturbed, with {status}: {(out.parent / 'error').read_text('utf-8')}")
    return tree(out), time.perf_counter() - start


def half_written(out: Path, wanted: dict[str, bytes]) -> str:
    """Say which file stands under its final name with other bytes than it should have."""
    found = tree(out)
    names = [name for name in found if name in wanted and found[name] != wanted[name]]
    names += ["summary.json before the rest"] * ("summary.json" in found and not wanted.keys() <= found.keys())
    return f"half-written: {', '.join(names)}" if names else ""


def survivors(leader: int) -> str:
    """Say whether processes of a killed run go on, and end them."""
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return ""
        time.sleep(0.05)
    os.killpg(leader, signal.SIGKILL)
    return f"workers of the killed run still there after {GRACE:.0f} s"


def killed(pid: int, after: float) -> bool:
    """Kill a process after some seconds; say whether it was still at work."""
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    return ended(pid) == -signal.SIGKILL


def finished(source: Path, out: Path, wanted: dict[str, bytes]) -> str:
    """Start again after a kill, and say what is not as in an undisturbed run."""
    fault = half_written(out, wanted)
    if status := ended(forked(run(source, out), out.parent / "error")):
        message = (out.parent / "error").read_text("utf-8").strip().rsplit("\n", 1)[-1]
        return f"the next start ends with {status}: {message}"
    return fault or differences(wanted, tree(out))


def at_every_event(source: Path, out: Path, wanted: dict[str, bytes], most: int) -> Iterator[str]:
    """Kill before the first change, the second, and so on to the last; no more than `most` of them, evenly spread."""
    step, number = 1, 1
    if most < (events := _events(source, emptied(out))):
        step = events // most
    while number <= events:
        pid = forked(run(source, emptied(out), 1, number))
        yield finished(source, out, wanted) if ended(pid) else f"not killed at change {number}"
        number += step


def _events(source: Path, out: Path) -> int:
    """Count the changes of an undisturbed run: the largest number at which it is still killed."""
    low, high = 1, 4096
    while low < high:
        middle = (low + high + 1) // 2
        if ended(forked(run(source, emptied(out), 1, middle))) == -signal.SIGKILL:
            low = middle
        else:
            high = middle - 1
    return low


def at_random(
    source: Path, out: Path, wanted: dict[str, bytes], moments: Sequence[Sequence[float]], workers: int
) -> Iterator[str]:
    """Kill at moments: for each trial the seconds after which a start of the run is killed."""
    for seconds in moments:
        emptied(out)
        leaders = []
        for after in seconds:
            leaders.append(forked(run(source, out, workers)))
            killed(leaders[-1], after)
        # The next start is at once, whatever the workers of the killed run still do.
        said = [finished(source, out, wanted), *map(survivors, leaders)]
        yield "; ".join(dict.fromkeys(s for s in said if s))


# ---------------------------------------------------------------------------------------------------------------- index


def adding(path: Path, batches: Sequence[Sequence[tuple[str, str]]], acknowledged: int) -> Callable[[], None]:
    """Give the work of adding batches, which says into a pipe what was acknowledged."""

    def job() -> None:
        with arclean.DuplicateIndex(path) as index:
            for batch in batches:
                index.add(batch)
                os.write(acknowledged, b".")

    return job


def during_add(folder: Path, docs: list[tuple[str, str]], rng: random.Random, trials: int) -> Iterator[str]:
    """Kill an index that is added to, at random moments; then add the rest."""
    batches = [docs[i : i + 10] for i in range(0, len(docs), 10)]
    wanted = {frozenset((m.a, m.b)): m.jaccard for m in arclean.find_duplicates(docs).pairs}
    wall = _time(adding(folder / "timed.index", batches, os.open(os.devnull, os.O_WRONLY)))
    for number in range(trials):
        path, (reader, writer) = folder / f"{number}.index", os.pipe()
        killed(forked(adding(path, batches, writer)), rng.uniform(0, wall))
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = len(pipe.read())
        yield _resumed(path, batches, said, wanted)
        for left in folder.glob(f"{number}.index*"):
            left.unlink()


def _resumed(
    path: Path, batches: Sequence[list[tuple[str, str]]], said: int, wanted: dict[frozenset[str], float]
) -> str:
    try:
        with arclean.DuplicateIndex(path) as index:
            there, size = len(index), len(batches[0])
            # The last batch may have been written and its word not yet said.
            if there not in (sum(map(len, batches[:said])), sum(map(len, batches[: said + 1]))):
                return f"{there} documents where {said} batches of {size} were acknowledged"
            for batch in batches[-(-there // size) :]:
                index.add(batch)
            docs = [doc for batch in batches for doc in batch]
            found = {frozenset((key, m.b)): m.jaccard for key, text in docs for m in index.query(text) if m.b != key}
            missing = [tuple(sorted(pair)) for pair in wanted if pair not in found]
            return f"pairs missing: {missing[:3]}" if missing or len(found) != len(wanted) else ""
    except arclean.ArcleanError as error:
        return f"{type(error).__name__}: {error}"


def compacting(path: Path) -> Callable[[], None]:
    """Give the work of compacting."""

    def job() -> None:
        with arclean.DuplicateIndex(path) as index:
            index.compact()

    return job


def during_compact(folder: Path, docs: list[tuple[str, str]], rng: random.Random, trials: int) -> Iterator[str]:
    """Kill an index while it is compacted, at random moments; it must answer as before."""
    whole = folder / "whole.index"
    with arclean.DuplicateIndex(whole) as index:
        for i in range(0, len(docs), 10):
            index.add(docs[i : i + 10])
        index.remove([key for key, _ in docs[::5]])
        asked = docs[:: max(1, len(docs) // 20)]
        answers = [index.query(text) for _, text in asked]
        size = len(index)
    data = whole.read_bytes()
    wall = _time(compacting(whole))
    path = folder / "compacted.index"
    for _ in range(trials):
        for left in folder.glob("compacted.index*"):
            left.unlink()
        path.write_bytes(data)
        killed(forked(compacting(path)), rng.uniform(0, wall))
        try:
            with arclean.DuplicateIndex(path) as index:
                same = len(index) == size and [index.query(text) for _, text in asked] == answers
                index.compact()
                same = same and len(index) == size and [index.query(text) for _, text in asked] == answers
            yield "" if same else "answers differ after the kill"
        except arclean.ArcleanError as error:
            yield f"{type(error).__name__}: {error}"


def _time(job: Callable[[], None]) -> float:
    start = time.perf_counter()
    ended(forked(job))
    return time.perf_counter() - start


# --------------------------------------------------------------------------------------------------------------- report


def rows(trials: int, seed: int = 0, documents: int = 120) -> Iterator[Row]:
    """Try all of it, `trials` times each."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, out = small_corpus(folder, documents), folder / "out"
        wanted, wall = undisturbed(source, out)
        events = at_every_event(source, out, wanted, trials)
        yield row("kill -9 of a run, before each change to the disk in turn", COMMAND, events)
        for workers in (1, 2):
            moments = [[rng.uniform(0, wall) for _ in range(rng.choice((1, 1, 2)))] for _ in range(trials)]
            outcomes = at_random(source, out, wanted, moments, workers)
            yield row(f"kill -9 of a run at random, {workers} worker{'s' * (workers > 1)}", COMMAND, outcomes)
        docs = [(made.id, made.text) for made in corpus.documents(documents, seed, plain=True, copies=0.3)]
        yield row("kill -9 of an index that adds", COMMAND, during_add(folder, docs, rng, trials))
        yield row("kill -9 of an index that compacts", COMMAND, during_compact(folder, docs, rng, trials))


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and count what was lost."""
    made = parser(__doc__)
    made.add_argument("--trials", type=int, default=200, help="of each kind")
    options = made.parse_args(arguments)
    return finish(list(rows(options.trials, options.seed)), options.json)


if __name__ == "__main__":
    sys.exit(main())
