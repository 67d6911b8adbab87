"""Compare the whole of `arclean run` with what datasketch needs for near-duplicates alone: CPU, time, peak memory.

    python benchmarks/whole_job.py [--corpus PATH …] [--documents N] [--rounds N] [--json OUT] [--check]

arclean reads, decodes, repairs, cleans, learns each site, finds near-duplicates exactly, and writes the documents, the
ledger, the clusters and the report. datasketch reads the same documents and gives its pairs. It gets its documented
fast path, `MinHash.bulk` with 128 permutations and an LSH of 16 bands of 8 rows (what its own search chooses near .7,
without the search), and nothing is written. "folded" folds first, as a corpus with several spellings needs; "as it is"
leaves the text alone, cheaper and blind to respelt copies. Every run is a process of its own; they take turns in every
round. CPU seconds are user and system time of the process and its children, and the least of the rounds is taken,
which a busy machine disturbs least. With `--check` the exit status is 1 where arclean needs more CPU than the folded
datasketch or more than 600 MB.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import corpus
import reporting
from reporting import Report, Row, Table

OURS, FOLDED, PLAIN = "arclean run", "datasketch, folded", "datasketch, as it is"
MOST_MEMORY = 600
FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
MARKS = re.compile("[\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\u202a-\u202e\ufeff]")
LETTERS = str.maketrans("أإآٱىیةؤئک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااييهويك" + "0123456789" * 2)


class Cost(NamedTuple):
    """What a process took."""

    cpu: float
    wall: float
    memory: float
    """Peak resident set in megabytes."""


def texts_of(paths: Sequence[str]) -> Iterator[str]:
    """Read the texts of JSONL files, as a user of datasketch would."""
    for path in paths:
        with Path(path).open(encoding="utf-8") as lines:
            yield from (text for line in lines if (text := json.loads(line).get("text")))


def fold(text: str) -> str:
    """Fold as users of Python do: NFKC where there are presentation forms, marks away, one translation."""
    if FORMS.search(text):
        text = unicodedata.normalize("NFKC", text)
    return MARKS.sub("", text).translate(LETTERS).lower()


def datasketch_pairs(paths: Sequence[str], *, folded: bool) -> int:
    """Find near-duplicates with datasketch; give their number."""
    from datasketch import MinHash, MinHashLSH

    def shingles(text: str) -> list[bytes]:
        words = re.findall(r"\w+", fold(text)) if folded else text.split()
        return [" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))]

    sketches = MinHash.bulk([shingles(text) for text in texts_of(paths)], num_perm=128)
    lsh = MinHashLSH(num_perm=128, params=(16, 8))
    for i, sketch in enumerate(sketches):
        lsh.insert(i, sketch, check_duplication=False)
    answers = map(lsh.query, sketches)
    return sum(
        sketches[i].jaccard(sketches[j]) >= 0.7  # noqa: PLR2004
        for i, found in enumerate(answers)
        for j in found
        if j > i
    )


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end and give what it took.

    Raises CalledProcessError where it fails. This process stays small on purpose: on Linux, a child's peak is never
    below what its parent held when it was started.
    """
    start = time.perf_counter()
    # One thread each, whatever libraries find: both are asked what one core costs.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        error = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: some inputs were rejected and named, the rest is done
        raise subprocess.CalledProcessError(process.returncode, command, stderr=error)
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, kilobytes / 1024)


def compare(paths: Sequence[str], rounds: int, workers: int = 1) -> dict[str, Cost]:
    """Let all take turns; give the least of each figure."""
    costs: dict[str, list[Cost]] = defaultdict(list)
    again = (sys.executable, str(Path(__file__).resolve()))
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            ours = (sys.executable, "-m", "arclean", "run", *paths, "-o", folder, "--workers", str(workers))
            costs[OURS].append(measured(ours))
        for name in (FOLDED, PLAIN):
            costs[name].append(measured((*again, "--datasketch", name, "--corpus", *paths)))
    return {name: Cost(*map(min, zip(*rows, strict=True))) for name, rows in costs.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="+", metavar="PATH", help="JSONL files with a field text; made if not given")
    parser.add_argument("--documents", type=int, default=10_000, help="how many to make")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="of arclean; all their CPU time counts")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--datasketch", choices=(FOLDED, PLAIN), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.datasketch:
        datasketch_pairs(options.corpus, folded=options.datasketch == FOLDED)
        return 0
    if missing := [path for path in options.corpus or () if not Path(path).is_file()]:
        parser.error(f"no file at {missing[0]}")
    with tempfile.TemporaryDirectory() as folder:
        paths = options.corpus
        if not paths:
            made = Path(folder) / "made.jsonl"
            corpus.write(made, corpus.documents(options.documents))
            paths = [str(made)]
        costs = compare(paths, options.rounds, options.workers)
        count, size = _size(paths)
    report = _report(costs, options, count, size)
    print(report.text())
    reporting.save(report, options.json)
    held = costs[OURS].cpu <= costs[FOLDED].cpu and costs[OURS].memory <= MOST_MEMORY
    return int(options.check and not held)


def _report(costs: dict[str, Cost], options: argparse.Namespace, count: int, size: int) -> Report:
    figures = {name: cost._asdict() for name, cost in costs.items()}
    labels = {"cpu": "CPU, seconds", "wall": "time, seconds", "memory": "peak memory, MB"}
    rows = [Row(label, {name: figures[name][key] for name in costs}) for key, label in labels.items()]
    ours = costs[OURS].cpu
    rows.append(Row("CPU of arclean as a share of it", {name: ours / cost.cpu for name, cost in costs.items()}))
    rows.append(Row("documents a CPU second", {name: count / cost.cpu for name, cost in costs.items()}))
    text = "given by path" if options.corpus else "made by corpus.py"
    title = f"{count:,} documents, {size / 1e6:,.1f} MB, {text}, {options.rounds} interleaved rounds"
    return Report(
        "The whole job beside deduplication alone",
        "python benchmarks/whole_job.py",
        reporting.versions("arclean", "datasketch", "numpy"),
        reporting.machine(),
        [Table(title, "least of the rounds", rows, "{:,.2f}")],
    )


def _size(paths: Sequence[str]) -> tuple[int, int]:
    return sum(1 for _ in texts_of(paths)), sum(Path(path).stat().st_size for path in paths)


if __name__ == "__main__":
    sys.exit(main())
