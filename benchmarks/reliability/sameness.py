"""Run the same job in other circumstances: the same bytes must come out; and let two write one index at once.

    python benchmarks/reliability/sameness.py [--trials N] [--seed N] [--json OUT]

The circumstances: other hash seeds, locales, time zones and clocks (files dated to 1980 and to 2099, a clock that jumps
back and forth), one, two and three workers, another working directory, Python's optimised and development modes. Of two
processes that add to one index at the same moment each must either store its documents or be refused by name; what was
acknowledged must be there, and readers must see one of the states between two adds.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trials import Row, corpus, differences, emptied, ended, finish, forked, parser, row, small_corpus, tree

import arclean

COMMAND = "benchmarks/reliability/sameness.py"
JUMPING = """
import itertools, random, time
real, rng = time.time, random.Random(1)
time.time = lambda: real() + rng.choice((-1e8, 0, 1e8))
time.time_ns = lambda: int(time.time() * 1e9)
"""


def ran(source: Path, out: Path, *arguments: str, python: Sequence[str] = (), **environment: str) -> str:
    """Run the command line in an environment; say how it failed, if it did."""
    command = [sys.executable, *python, "-m", "arclean", "run", str(source), "-o", str(out), *arguments]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONHASHSEED", "TZ"))}
    done = subprocess.run(command, env={**env, **environment}, capture_output=True, check=False, cwd=out.parent)
    return "" if done.returncode == 0 else f"ends with {done.returncode}: {done.stderr.decode(errors='replace')[-200:]}"


def compared(source: Path, out: Path, wanted: Mapping[str, bytes], *arguments: str, **environment: str) -> str:
    """Run, and say what is other than wanted."""
    return ran(source, emptied(out), *arguments, **environment) or differences(wanted, tree(out))


def hash_seeds(source: Path, out: Path, wanted: Mapping[str, bytes], seeds: Sequence[int]) -> Iterator[str]:
    """Run with other hash seeds."""
    for seed in seeds:
        fault = compared(source, out, wanted, PYTHONHASHSEED=str(seed))
        yield f"PYTHONHASHSEED={seed}: {fault}" if fault else ""


def places(source: Path, out: Path, wanted: Mapping[str, bytes]) -> Iterator[str]:
    """Run in other locales, time zones, and with files and clocks of other times."""
    for name in ("C", "POSIX", "C.UTF-8", "en_US.UTF-8", "ar_SA.UTF-8", "tr_TR.UTF-8", "ja_JP.EUC-JP", "no_such"):
        fault = compared(source, out, wanted, LC_ALL=name, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        yield f"locale {name}: {fault}" if fault else ""
    for zone in ("UTC", "Asia/Riyadh", "America/St_Johns", "Pacific/Kiritimati", "nonsense"):
        fault = compared(source, out, wanted, TZ=zone)
        yield f"time zone {zone}: {fault}" if fault else ""
    for year, stamp in ((1980, 315_532_800), (2099, 4_070_908_800)):
        os.utime(source, (stamp, stamp))
        fault = compared(source, out, wanted)
        yield f"a file of {year}: {fault}" if fault else ""
    patch = out.parent / "clock"
    emptied(patch)
    (patch / "sitecustomize.py").write_text(JUMPING, encoding="utf-8")
    fault = compared(source, out, wanted, PYTHONPATH=os.pathsep.join([str(patch), os.environ.get("PYTHONPATH", "")]))
    yield f"a clock that jumps: {fault}" if fault else ""
    for flag in ("-O", "-OO", "-I" if "PYTHONPATH" not in os.environ else "-B"):
        fault = ran(source, emptied(out), python=(flag,)) or differences(wanted, tree(out))
        yield f"python {flag}: {fault}" if fault else ""


def workers(source: Path, out: Path, wanted: Mapping[str, bytes], most: int) -> Iterator[str]:
    """Run with more processes."""
    for number in range(1, most + 1):
        fault = compared(source, out, wanted, "--workers", str(number))
        yield f"{number} workers: {fault}" if fault else ""


# ---------------------------------------------------------------------------------------------------------- two writers


def two_writers(folder: Path, docs: list[tuple[str, str]], rng: random.Random, trials: int) -> Iterator[str]:
    """Let two processes add different documents to one index, and a third read it all the while."""
    halves = (docs[::2], docs[1::2])
    for number in range(trials):
        path = folder / f"shared{number}.index"
        logs = [folder / f"said{number}.{i}" for i in range(2)]
        start = time.time() + 0.05
        jobs = [
            forked(_adder(path, half, log, start + rng.uniform(0, 0.05)))
            for half, log in zip(halves, logs, strict=True)
        ]
        reader = forked(_reader(path, len(docs)), folder / "error")
        ends = [ended(pid) for pid in (*jobs, reader)]
        if any(ends):
            yield f"writers and reader end with {ends}: {(folder / 'error').read_text('utf-8')[-200:]}"
            continue
        said = [json.loads(line) for log in logs for line in log.read_text("utf-8").splitlines()]
        with arclean.DuplicateIndex(path) as index:
            missing = [key for key in said if not any(m.b == key for m in index.query(dict(docs)[key]))]
            there = len(index)
        yield (
            f"{len(missing)} acknowledged documents missing"
            if missing
            else ("" if there == len(said) else f"{there} documents, {len(said)} acknowledged")
        )


def _adder(path: Path, docs: list[tuple[str, str]], log: Path, at: float):  # noqa: ANN202 (a job)
    def job() -> None:
        time.sleep(max(0.0, at - time.time()))
        with log.open("w", encoding="utf-8") as said:
            for start in range(0, len(docs), 5):
                batch = docs[start : start + 5]
                try:
                    # Closed after each batch, so that the other has its turn.
                    with arclean.DuplicateIndex(path) as index:
                        index.add(batch)
                except arclean.ArcleanError as error:
                    if "another process" not in str(error):
                        raise
                    continue
                said.writelines(json.dumps(key) + "\n" for key, _ in batch)

    return job


def _reader(path: Path, most: int):  # noqa: ANN202 (a job)
    def job() -> None:
        last, until = 0, time.monotonic() + 0.5
        while time.monotonic() < until:
            with arclean.DuplicateIndex(path) as index:
                now = len(index)
                if not last <= now <= most or now % 5 not in (0, most // 2 % 5):
                    raise ValueError(f"a reader saw {now} documents after {last}")
                last = now

    return job


def rows(trials: int, seed: int = 0, documents: int = 120) -> Iterator[Row]:
    """Try all of it."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, out = small_corpus(folder, documents), folder / "out"
        if fault := ran(source, emptied(out)):
            raise RuntimeError(fault)
        wanted = tree(out)
        seeds = [0, *(rng.randrange(1 << 32) for _ in range(trials - 1))]
        yield row("the same bytes with any PYTHONHASHSEED", COMMAND, hash_seeds(source, out, wanted, seeds))
        yield row("the same bytes with 1 to 3 workers", COMMAND, workers(source, out, wanted, 3))
        docs = [(made.id, made.text) for made in corpus.documents(100, seed, plain=True)]
        yield row("two writers and a reader on one index", COMMAND, two_writers(folder, docs, rng, trials))
        yield row("the same bytes in any locale, time zone, at any clock", COMMAND, places(source, out, wanted))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and compare."""
    made = parser(__doc__)
    made.add_argument("--trials", type=int, default=20, help="hash seeds, and races of two writers")
    options = made.parse_args(arguments)
    return finish(list(rows(options.trials, options.seed)), options.json)


if __name__ == "__main__":
    sys.exit(main())
