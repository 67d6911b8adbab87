"""Run every benchmark and every reliability command, and write one page and one JSON of what they said.

    python benchmarks/run_all.py [-o OUT] [--corpus PATH …] [--quick] [--only NAME …] [--no-plots]

This is what `make bench` calls. OUT (default `out/bench`) gets `<name>.json` and `<name>.txt` of each command,
`benchmarks.md` with all tables, `reliability.md` with one, `all.json`, and the plots. The commands run one after the
other, each in a process of its own; a command that fails is named, and the others go on. The exit status is 1 where one
failed, a floor did not hold, or anything was lost. `--quick` takes small sizes, to see that all of it works: a few
minutes, and figures that mean little.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import reporting

HERE = Path(__file__).parent
LIMIT = 4 * 3600
"""Seconds for one command: a million strings through every cleaner take two hours on two cores."""


class Command(NamedTuple):
    """A command: its script, what it is given, and what instead where it shall be quick."""

    name: str
    script: str
    arguments: tuple[str, ...]
    quick: tuple[str, ...]
    corpus: bool = False
    """Whether it takes a corpus by path."""
    one: bool = False
    """Whether it takes one path only."""
    writes: bool = True
    """Whether it writes JSON where `--json` says."""


COMMANDS = (
    Command("folding", "folding.py", (), ("--rounds", "1", "--size", "50000"), corpus=True, one=True, writes=False),
    Command("mojibake", "mojibake.py", (), ("--sentences", "30", "--rounds", "1"), corpus=True, one=True),
    Command("quality", "quality.py", ("--check-floors",), ("--check-floors",)),
    Command("structure", "structure/score.py", ("--peers", "--check-floors"), ("--check-floors",)),
    Command("cleaning", "cleaning.py", (), ("--documents", "200", "--rounds", "1"), corpus=True),
    Command("duplicates", "duplicates.py", (), ("--documents", "300", "--rounds", "1"), writes=False),
    Command("whole-job", "whole_job.py", ("--check",), ("--documents", "300", "--rounds", "1"), corpus=True),
    Command("fuzz", "fuzz.py", (), ("--strings", "400", "--workers", "1")),
    Command("inputs", "reliability/inputs.py", (), ("--strings", "100")),
    Command("guided", "reliability/guided.py", (), ("--seconds", "20")),
    Command("kills", "reliability/kills.py", (), ("--trials", "2")),
    Command("disks", "reliability/disks.py", (), ("--trials", "2")),
    Command("hostile", "reliability/hostile.py", (), ("--mutations", "100", "--case", "gzip cut short")),
    Command("patterns", "reliability/patterns.py", (), ("--size", "300", "--seconds", "0.2")),
    Command("sameness", "reliability/sameness.py", (), ("--trials", "2")),
    Command("supply", "reliability/supply.py", (), ("licences",)),
)


class Done(NamedTuple):
    """What became of a command."""

    command: Command
    line: str
    status: int
    seconds: float
    text: str
    record: Any


def ran(command: Command, out: Path, corpus: Sequence[str], *, quick: bool) -> Done:
    """Run one command."""
    arguments = [*(command.quick if quick else command.arguments)]
    if command.corpus and corpus:
        arguments += ["--corpus", *corpus[: 1 if command.one else None]]
    shown = " ".join([f"python benchmarks/{command.script}", *(a for a in arguments if a not in corpus)])
    target = out / f"{command.name}.json"
    line = [sys.executable, str(HERE / command.script), *arguments, *(["--json", str(target)] * command.writes)]
    start = time.perf_counter()
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=LIMIT)
        status, text = done.returncode, done.stdout + (f"\n{done.stderr[-2000:]}" if done.returncode else "")
    except subprocess.TimeoutExpired:
        status, text = -1, f"stopped after {LIMIT / 3600:.0f} hours"
    record = json.loads(target.read_text(encoding="utf-8")) if target.exists() else None
    (out / f"{command.name}.txt").write_text(text, encoding="utf-8")
    return Done(command, shown, status, time.perf_counter() - start, text, record)


def reliability_rows(done: Sequence[Done]) -> Iterator[tuple[str, int, int, str]]:
    """Yield what was tried, how often, how often it survived, and the command, of all that count such."""
    for one in done:
        if one.command.name == "fuzz" and isinstance(one.record, dict):
            what = "random and mutated strings, through every cleaner and every law"
            yield what, one.record["tried"], one.record["survived"], one.line
        elif isinstance(one.record, list):
            yield from ((r["what"], r["tried"], r["survived"], one.line) for r in one.record)


def pages(done: Sequence[Done]) -> dict[str, str]:
    """Write the two pages."""
    head = f"{', '.join(f'{k} {v}' for k, v in reporting.versions('arclean').items())}; {reporting.machine()}.\n"
    parts = ["# Benchmarks\n", head]
    for one in done:
        if isinstance(one.record, dict) and "tables" in one.record:
            r = one.record
            said = ", ".join(f"{k} {v}" for k, v in r["versions"].items())
            parts.append(f"## {r['name']}\n\n`{one.line}`\n\n{said}.\n")
            parts += [_table(t) for t in r["tables"]]
        elif not isinstance(one.record, list):
            parts.append(f"## {one.command.name}\n\n`{one.line}`\n\n```\n{one.text.strip()}\n```\n")
    lost = ["# Reliability\n", head, "| | tried | survived | lost | command |", "|---|---:|---:|---:|---|"]
    lost += [f"| {w} | {t:,} | {s:,} | {t - s:,} | `{c}` |" for w, t, s, c in reliability_rows(done)]
    return {"benchmarks.md": "\n".join(parts), "reliability.md": "\n".join(lost) + "\n"}


def _table(table: dict[str, Any]) -> str:
    rows = [reporting.Row(label, figures) for label, figures in table["rows"].items()]
    return reporting.Table(table["title"], table["unit"], rows, "{:,.4g}").markdown()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them, print what each said, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", dest="out", type=Path, default=Path("out/bench"))
    parser.add_argument("--corpus", nargs="+", default=[], metavar="PATH", help="JSONL with a field text to measure on")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[c.name for c in COMMANDS], default=[])
    parser.add_argument("--no-plots", dest="plots", action="store_false")
    options = parser.parse_args(arguments)
    if missing := [path for path in options.corpus if not Path(path).exists()]:
        parser.error(f"no corpus at {missing[0]}")
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = [c for c in COMMANDS if not options.only or c.name in options.only]
    done = []
    for command in chosen:
        if not (HERE / command.script).exists():
            print(f"left out: {command.name}, there is no benchmarks/{command.script}", file=sys.stderr)
            continue
        done.append(ran(command, options.out, options.corpus, quick=options.quick))
        print(f"== {done[-1].line} ({done[-1].seconds:.0f} s)\n{done[-1].text.rstrip()}\n", flush=True)
    for name, text in pages(done).items():
        (options.out / name).write_text(text, encoding="utf-8")
    record = {one.command.name: {"command": one.line, "status": one.status, "result": one.record} for one in done}
    whole = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (options.out / "all.json").write_text(whole, encoding="utf-8")
    if options.plots:
        _plot(options.out)
    failed = [one.command.name for one in done if one.status]
    print(f"pages and figures: {options.out}" + (f"; not as it should be: {', '.join(failed)}" if failed else ""))
    return int(bool(failed))


def _plot(out: Path) -> None:
    import plots

    try:
        plots.draw(out, out / "plots")
    except ImportError as error:
        print(f"no plots: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
