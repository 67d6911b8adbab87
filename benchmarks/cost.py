"""Measure what a corpus costs at several sizes, fit a line, and work out a million documents and a billion.

    python benchmarks/cost.py [--sizes N …] [--corpus PATH] [--rounds N]
                              [--cores N] [--nodes N] [--price P] [--json OUT]

Two jobs are measured, each in a process of its own, the sizes taking turns: `arclean run`, which cleans, learns the
sites and compares in memory; and `find_duplicates_on_disk` over the same texts, for what is past memory. Of each: CPU
seconds of all its processes, peak memory, and the most that stood on the disk. A figure is fitted as a + b·n by least
squares, each size weighing alike; p is the slope of the figures on double logarithmic paper: at p = 1 the line may be
followed, above it the cost grows faster than the corpus, and the line says too little. The arithmetic is printed, so
that another price, core or corpus can be put into it. What is not measured is said: work in many processes is taken to
cost what it costs in one, and the nodes of a cluster to work as this machine does.
"""

import argparse
import math
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import corpus
import reporting
from reporting import Report, Row, Table
from whole_job import measured

RUN, DISK = "arclean run", "find_duplicates_on_disk"
MILLION, BILLION = 10**6, 10**9
SHARD = MILLION
"""Documents of a run, where the corpus is past the memory of one: a crawl is stored in files of some such size."""


class Use(NamedTuple):
    """What a job used."""

    cpu: float
    """Seconds, of all processes."""
    memory: float
    """Megabytes at the peak."""
    disk: float
    """Megabytes at the peak, beside the corpus."""


class Fit(NamedTuple):
    """A line through figures, and the slope of their logarithms."""

    start: float
    each: float
    power: float

    def at(self, count: float) -> float:
        """Give the figure for so many documents."""
        return self.start + self.each * count


def fitted(figures: dict[int, float]) -> Fit:
    """Fit a line, the squares of relative errors being least.

    >>> fit = fitted({100: 12.0, 200: 22.0, 400: 42.0})
    >>> round(fit.start, 6), round(fit.each, 6), round(fit.at(1000), 6)
    (2.0, 0.1, 102.0)
    """
    weights = {n: 1 / max(value, 1e-9) ** 2 for n, value in figures.items()}
    whole = sum(weights.values())
    mean_n = sum(w * n for n, w in weights.items()) / whole
    mean = sum(w * figures[n] for n, w in weights.items()) / whole
    spread = sum(w * (n - mean_n) ** 2 for n, w in weights.items())
    each = sum(w * (n - mean_n) * (figures[n] - mean) for n, w in weights.items()) / spread
    each = max(0.0, each)
    start = max(0.0, mean - each * mean_n)
    logs = [(math.log(n), math.log(max(1e-9, value - start))) for n, value in figures.items()]
    middle, level = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    power = sum((x - middle) * (y - level) for x, y in logs) / sum((x - middle) ** 2 for x, _ in logs)
    return Fit(start, each, power)


@contextmanager
def watched(folder: Path) -> Iterator[list[float]]:
    """Note the most megabytes that stand in a folder, looking ten times a second."""
    most, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            most[0] = max(most[0], _megabytes(folder))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()
        most[0] = max(most[0], _megabytes(folder))


def _megabytes(folder: Path) -> float:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_blocks * 512
        except FileNotFoundError:  # it was renamed or removed meanwhile
            continue
    return size / 1e6


def used(job: str, path: Path) -> Use:
    """Do a job in a process of its own; give what it used."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        line = {
            RUN: (sys.executable, "-m", "arclean", "run", str(path), "-o", name, "--workers", "1"),
            DISK: (sys.executable, __file__, "--on-disk", str(path), name),
        }[job]
        with watched(folder) as most:
            cost = measured(line)
        return Use(cost.cpu, cost.memory, most[0])


def on_disk(path: str, folder: str) -> None:
    """Deduplicate past memory."""
    import arclean

    documents = ((d.id, d.text) for d in arclean.read_documents(path))
    found = arclean.find_duplicates_on_disk(documents, folder, memory="512MB")
    sum(1 for _ in found.dropped)


def measures(sizes: Sequence[int], given: Path | None, rounds: int) -> tuple[dict[str, dict[int, Use]], float]:
    """Measure all sizes of both jobs; give the least of the rounds, and the bytes of a document."""
    least: dict[str, dict[int, list[Use]]] = {job: defaultdict(list) for job in (RUN, DISK)}
    with tempfile.TemporaryDirectory() as name:
        files = {size: Path(name) / f"{size}.jsonl" for size in sizes}
        for size, path in files.items():
            if given:
                with given.open("rb") as stream:
                    path.write_bytes(b"".join(islice(stream, size)))
            else:
                corpus.write(path, corpus.documents(size))
        each = files[max(sizes)].stat().st_size / max(sizes)
        for _ in range(rounds):
            for size, path in files.items():
                for job, found in least.items():
                    found[size].append(used(job, path))
    return {
        job: {n: Use(*map(min, zip(*uses, strict=True))) for n, uses in found.items()} for job, found in least.items()
    }, each


def fits(uses: dict[int, Use]) -> dict[str, Fit]:
    """Fit each figure of a job."""
    return {name: fitted({n: getattr(use, name) for n, use in uses.items()}) for name in Use._fields}


def arithmetic(jobs: dict[str, dict[str, Fit]], each: float, cores: int, nodes: int, price: float) -> list[str]:
    """Work it out, a sentence a step."""
    run, disk = jobs[RUN], jobs[DISK]
    one = run["cpu"].at(SHARD) / 3600
    join = disk["cpu"].at(BILLION) / 3600
    shards = BILLION // SHARD
    whole = shards * one + join
    machine, cluster = whole / cores, whole / (cores * nodes)
    terabytes = disk["disk"].at(BILLION) / 1e6
    return [
        (f"A million documents ({each * MILLION / 1e9:.1f} GB) in one run: {run['cpu'].start:.1f} s + "
        f"{run['cpu'].each * 1000:.2f} ms · 1,000,000 = {one:.2f} core hours, · {price:g} a core hour = "
        f"{one * price:.2f}; {run['memory'].at(MILLION) / 1000:.1f} GB of memory, {run['disk'].at(MILLION) / 1000:.1f} "
        "GB of disk."),
        (f"A million compared on the disk: {disk['cpu'].at(MILLION) / 3600:.2f} core hours, "
        f"{disk['memory'].at(MILLION) / 1000:.1f} GB of memory, {disk['disk'].at(MILLION) / 1000:.1f} GB of disk."),
        (f"A billion ({each * BILLION / 1e12:.1f} TB): one run would take {run['memory'].at(BILLION) / 1e6:.1f} TB of "
        f"memory, so {shards:,} runs of {SHARD:,} clean it, and one comparison on the disk is made across them:"),
        (f"    {shards:,} · {one:.2f} + {join:,.0f} = {whole:,.0f} core hours, · {price:g} = {whole * price:,.0f}; "
        f"{terabytes:.1f} TB of disk for the comparison."),
        f"    one machine of {cores} cores: {whole:,.0f} / {cores} = {machine:,.0f} hours, {machine / 24:,.1f} days.",
        (f"    a cluster of {nodes} such nodes: {whole:,.0f} / ({nodes} · {cores}) = {cluster:,.1f} hours, "
        f"{terabytes * 1000 / nodes:,.0f} GB of disk a node."),
        "Not measured: a billion documents, more than one worker, Spark's own exchange of data.",
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, fit, and print the arithmetic."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 4_000, 8_000, 16_000])
    parser.add_argument("--corpus", type=Path, help="JSON lines with a field text, instead of making them")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cores", type=int, default=32, help="of the machine, and of each node")
    parser.add_argument("--nodes", type=int, default=50, help="of the cluster")
    parser.add_argument("--price", type=float, default=0.04, help="of a core hour, in any currency; an assumption")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--on-disk", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.on_disk:
        on_disk(*options.on_disk)
        return 0
    if len(set(options.sizes)) < 3:  # noqa: PLR2004
        parser.error(f"--sizes {options.sizes}: a line needs three sizes or more to be believed")
    found, each = measures(sorted(set(options.sizes)), options.corpus, options.rounds)
    jobs = {job: fits(uses) for job, uses in found.items()}
    units = {"cpu": "CPU seconds", "memory": "memory, MB", "disk": "disk, MB"}
    rows = [
        Row(f"{job}: {units[name]}", {
            **{f"{n:,}": getattr(use, name) for n, use in found[job].items()},
            "a": fit.start, "b, a thousand": fit.each * 1000, "p": fit.power,
        })
        for job, own in jobs.items() for name, fit in own.items()
    ]  # fmt: skip
    report = Report(
        "Cost of a million documents, and of a billion",
        "python benchmarks/cost.py",
        reporting.versions("arclean", "numpy", "duckdb"),
        reporting.machine(),
        [
            Table(
                f"Measured, of {each:,.0f} bytes a document, and fitted as a + b·n",
                "least of the rounds",
                rows,
                "{:,.2f}",
            )
        ],
        arithmetic(jobs, each, options.cores, options.nodes, options.price),
    )
    print(report.text())
    reporting.save(report, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
