"""What every benchmark says alike: versions, the kind of machine, tables, and one JSON of what was measured."""

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row of a table: what was measured, and a figure for each contestant; None where it cannot be asked."""

    label: str
    figures: Mapping[str, float | None]


class Table(NamedTuple):
    """Figures side by side. `unit` says what a figure is, `style` how it is written."""

    title: str
    unit: str
    rows: Sequence[Row]
    style: str = "{:,.0f}"

    def text(self) -> str:
        """Lay it out for a terminal."""
        heads = self._heads()
        wide = max(len(row.label) for row in self.rows)
        lines = [f"{self.title} ({self.unit})", " " * wide + "".join(f"{name:>22}" for name in heads)]
        lines += [f"{row.label:{wide}}" + "".join(f"{c:>22}" for c in self._cells(row, heads)) for row in self.rows]
        return "\n".join(lines)

    def markdown(self) -> str:
        """Lay it out for a page."""
        heads = self._heads()
        lines = [f"**{self.title}** ({self.unit})", "", f"| | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
        lines += [f"| {row.label} | {' | '.join(self._cells(row, heads))} |" for row in self.rows]
        return "\n".join(lines) + "\n"

    def _heads(self) -> list[str]:
        return [*dict.fromkeys(name for row in self.rows for name in row.figures)]

    def _cells(self, row: Row, heads: Iterable[str]) -> list[str]:
        return ["–" if (v := row.figures.get(name)) is None else self.style.format(v) for name in heads]


class Report(NamedTuple):
    """What a benchmark measured."""

    name: str
    command: str
    versions: Mapping[str, str]
    machine: str
    tables: Sequence[Table]
    notes: Sequence[str] = ()

    def text(self) -> str:
        """Write it for a terminal."""
        head = f"{', '.join(f'{k} {v}' for k, v in self.versions.items())}; {self.machine}"
        return "\n\n".join([head, *(table.text() for table in self.tables), *self.notes])

    def markdown(self) -> str:
        """Write it for a page."""
        said = ", ".join(f"{k} {v}" for k, v in self.versions.items())
        parts = [f"## {self.name}\n\n`{self.command}`\n\n{said}; {self.machine}.\n"]
        return "\n".join([*parts, *(table.markdown() for table in self.tables), *(f"{note}\n" for note in self.notes)])

    def record(self) -> dict[str, Any]:
        """Give it for a program."""
        tables = [
            {"title": t.title, "unit": t.unit, "rows": {row.label: dict(row.figures) for row in t.rows}}
            for t in self.tables
        ]
        return {**self._asdict(), "tables": tables}


def save(report: Report, path: Path | None) -> None:
    """Write the record of a report to a JSON file, where one is asked for."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report.record(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def versions(*names: str) -> dict[str, str]:
    """Give the versions of Python and of the distributions that are installed."""
    found = {"Python": platform.python_version()}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """Say what kind of machine this is, and no more."""
    cores = os.cpu_count() or 1
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{platform.system()} {platform.machine()}, {cores} core{'s' * (cores > 1)}{load}"


def race(runners: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Give the median seconds of each, all of them in turn in every round, so that a busy machine slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in runners}
    for run in runners.values():
        run()
    for _ in range(rounds):
        for name, run in runners.items():
            gc.collect()
            gc.disable()
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
            gc.enable()
    return {name: statistics.median(seconds) for name, seconds in times.items()}
