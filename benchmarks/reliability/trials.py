"""What the reliability commands share: a row of the table, processes to kill, folders to compare, a corpus to lose."""

import argparse
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

BENCHMARKS = Path(__file__).parents[1]
if str(BENCHMARKS) not in sys.path:
    sys.path.insert(0, str(BENCHMARKS))

import corpus  # noqa: E402 (it stands a folder higher)
import reporting  # noqa: E402

PATIENCE = 120.0
"""Seconds after which a trial that has not ended is a hang, and lost."""

HUNG = 124
"""The exit status that is given to one that had to be stopped, as `timeout` does."""


class Row(NamedTuple):
    """A row of the table: what was tried, how often, how often it ended as promised, and how often not."""

    what: str
    tried: int
    survived: int
    command: str
    faults: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        """How many did not end as promised."""
        return self.tried - self.survived


def row(what: str, command: str, outcomes: Iterable[str]) -> Row:
    """Count outcomes: an empty one survived, any other says what went wrong; each kind of fault is kept once.

    >>> row("kill", "kills.py", ["", "", "a file differs"])
    Row(what='kill', tried=3, survived=2, command='kills.py', faults=('a file differs',))
    """
    outcomes = list(outcomes)
    return Row(what, len(outcomes), outcomes.count(""), command, tuple(dict.fromkeys(o for o in outcomes if o)))


def shown(rows: Sequence[Row]) -> str:
    """Lay rows out for a terminal, with up to five faults of each."""
    wide = max(len(r.what) for r in rows)
    lines = [f"{'':{wide}}{'tried':>8}{'survived':>10}{'lost':>6}"]
    for r in rows:
        lines.append(f"{r.what:{wide}}{r.tried:>8,}{r.survived:>10,}{r.lost:>6,}")
        lines += [f"    {fault[:600]}" for fault in r.faults[:5]]
    return "\n".join(lines)


def markdown(rows: Sequence[Row]) -> str:
    """Lay rows out for a page."""
    lines = ["| | tried | survived | lost | command |", "|---|---:|---:|---:|---|"]
    lines += [f"| {r.what} | {r.tried:,} | {r.survived:,} | {r.lost:,} | `{r.command}` |" for r in rows]
    return "\n".join(lines) + "\n"


def finish(rows: Sequence[Row], out: Path | None) -> int:
    """Print the rows and write them where asked; give the exit status: 1 where anything was lost."""
    print(f"{', '.join(f'{k} {v}' for k, v in reporting.versions('arclean').items())}; {reporting.machine()}")
    print(shown(rows))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        record = [{**r._asdict(), "lost": r.lost} for r in rows]
        out.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return int(any(r.lost for r in rows))


def parser(description: str | None) -> argparse.ArgumentParser:
    """Give a parser with what all commands take."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--json", type=Path, metavar="OUT")
    return made


def small_corpus(folder: Path, documents: int = 120, seed: int = 3) -> Path:
    """Write a small corpus of several sites with copies among its documents."""
    path = folder / "news.jsonl"
    corpus.write(path, corpus.documents(documents, seed, copies=0.3))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, whatever they are."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def differences(wanted: Mapping[str, bytes], found: Mapping[str, bytes]) -> str:
    """Say how two folders differ; empty where they do not."""
    said = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    said += [f"{name} is left over" for name in found.keys() - wanted.keys()]
    said += [f"{name} differs" for name in wanted.keys() & found.keys() if wanted[name] != found[name]]
    return "; ".join(sorted(said))


def emptied(folder: Path) -> Path:
    """Give the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def forked(work: Callable[[], object], errors: Path | None = None) -> int:
    """Do work in a process and session of its own; give its id. It ends with 0, or with 70 where it raised.

    Parameters: `errors` is where it writes a traceback, and whatever else goes to standard error.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.setsid()
        sink = os.open(errors or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(sink, 2)
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 (for good)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        work()
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 70
    except BaseException:  # noqa: BLE001 (the child ends here, whatever it was)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def ended(pid: int, patience: float = PATIENCE) -> int:
    """Wait for a process; give its exit status, negative for a signal, or HUNG where it had to be stopped."""
    until = time.monotonic() + patience
    pause = 0.001
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return HUNG
        time.sleep(pause)
        pause = min(0.02, pause * 1.5)


def kill_at_event(number: int) -> None:
    """Have this very process killed just before its `number`-th change to the file system.

    Python announces each `open`, rename and removal to audit hooks, so every moment between two of them can be tried.
    """
    left = number

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in CHANGES or (event == "open" and not _writes(arguments)):
            return
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


CHANGES = frozenset(("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"))


def _writes(arguments: tuple[object, ...]) -> bool:
    """Say whether an `open` is for writing: a mode with w, a, x or +, or flags that say so."""
    mode, flags = (*arguments, None, None)[1:3]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
