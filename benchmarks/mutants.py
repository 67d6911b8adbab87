"""Change the core rooms in small ways, one at a time, and see whether their tests notice: mutation testing, sampled.

    python benchmarks/mutants.py [--room NAME …] [--sample N] [--seed N] [--workers N] [--json OUT] [--list]

cosmic-ray makes the changes (another comparison, another operator, a number one off, a negated condition, a loop that
does not turn, `continue` for `break`); annotations are left alone, since no test sees them. Of the places of a room
`--sample` are drawn, and one change for each: the same ones for the same seed and sources. Each mutant is tested in a
copy of the project by the room's own tests, the quickest first, with Hypothesis's draws fixed. It is killed where a
test fails, does not end, or cannot even begin; what survives is printed with its line. The score is the share killed.
Needs `pip install --group mutation`.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import reporting
from reporting import Report, Row, Table

ROOT = Path(__file__).parents[1]
LAWS = "tests/test_laws.py::test_every_cleaner_keeps_every_law"
ROOMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "edits": ("src/arclean/edits.py", ("src/arclean/edits.py", "tests/test_edits.py", f"{LAWS}[WEB]", f"{LAWS}[FOLD]")),
    "folding": (
        "src/arclean/folding",
        ("src/arclean/folding", "tests/test_folding.py", f"{LAWS}[FOLD]", f"{LAWS}[SEARCH]"),
    ),
    "captions": (
        "src/arclean/captions",
        ("src/arclean/captions", "tests/test_captions.py", f"{LAWS}[drop_repeated_captions]", f"{LAWS}[WEB]"),
    ),
    "boilerplate": ("src/arclean/boilerplate", ("src/arclean/boilerplate", "tests/test_boilerplate.py")),
    "dedup": (
        "src/arclean/dedup",
        (
            "src/arclean/dedup",
            *(f"tests/test_dedup_{n}.py" for n in "shingles clusters components evidence sketch common".split()),
            *(f"tests/test_dedup_{n}.py" for n in "find passages index spill scale".split()),
        ),
    ),
}
"""Of each room its sources, and its tests in the order in which they are tried."""

COPIED = ("src", "tests", "seeds", "benchmarks", "pyproject.toml")
OUT_OF_PLACE = ("ExceptionReplacer", "VariableInserter", "VariableReplacer")  # they need names to be given
SECONDS = 600
"""How long the tests of a mutant may take: ten times what those of the slowest room do on a busy machine."""


class Mutant(NamedTuple):
    """A change: its file, where it is, and how cosmic-ray makes it."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int


def places(sources: Sequence[Path]) -> dict[tuple[str, int, int], list[Mutant]]:
    """Give for each place in the sources the changes that can be made there."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    found: dict[tuple[str, int, int], list[Mutant]] = {}
    operators = {n: get_operator(n) for n in sorted(operator_names()) if n.rsplit("/")[-1] not in OUT_OF_PLACE}
    for source in sources:
        code = source.read_text(encoding="utf-8")
        nodes, silent = list(ast_nodes(get_ast(code))), unseen(code)
        name = source.relative_to(ROOT).as_posix()
        for operator, kind in operators.items():
            if kind.arguments():
                continue
            positions = (start for node in nodes for start, _ in kind().mutation_positions(node))
            for occurrence, (line, column) in enumerate(positions):
                if not any(first <= (line, column) < last for first, last in silent):
                    mutant = Mutant(name, line, column, operator, occurrence)
                    found.setdefault((name, line, column), []).append(mutant)
    return found


def unseen(code: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Give the spans of annotations, where a change changes nothing that runs.

    >>> unseen("x: int | None = 1")
    [((1, 3), (1, 13))]
    """
    spans = []
    for node in ast.walk(ast.parse(code)):
        notes = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
            notes.append(node.value)
        spans += [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in notes if isinstance(n, ast.AST)]  # type: ignore[attr-defined]
    return spans


def drawn(room: str, count: int, seed: int) -> list[Mutant]:
    """Draw the mutants of a room."""
    where = ROOT / ROOMS[room][0]
    found = places(sorted(where.rglob("*.py")) if where.is_dir() else [where])
    rng = random.Random(f"{seed} {room}")  # noqa: S311 (no secret)
    chosen = rng.sample(sorted(found), min(count, len(found)))
    return [rng.choice(found[place]) for place in chosen]


def mutated(mutant: Mutant) -> str:
    """Give the source with the change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    code = (ROOT / mutant.path).read_text(encoding="utf-8")
    changed = mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence)
    return str(changed)


def tested(folder: Path, room: str) -> bool:
    """Run the tests of a room in a copy of the project; say whether all passed."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0", "--tb=no")
    line = [sys.executable, "-m", "pytest", *options, *ROOMS[room][1]]
    try:
        done = subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, check=False, timeout=SECONDS, start_new_session=True
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survivors(room: str, mutants: Sequence[Mutant], workers: int) -> Iterator[Mutant]:
    """Test mutants; yield those that no test notices."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(workers) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            copies.put(_copied(Path(name) / f"{number}"))
        first = copies.get()
        if not tested(first, room):
            raise RuntimeError(f"the tests of {room} fail as it is: {' '.join(ROOMS[room][1])}")
        copies.put(first)

        def survives(mutant: Mutant) -> bool:
            folder = copies.get()
            whole = (folder / mutant.path).read_text(encoding="utf-8")
            (folder / mutant.path).write_text(mutated(mutant), encoding="utf-8")
            passed = tested(folder, room)
            (folder / mutant.path).write_text(whole, encoding="utf-8")
            copies.put(folder)
            print(
                f"{room} {mutant.path}:{mutant.line} {'SURVIVED' if passed else 'killed'}", file=sys.stderr, flush=True
            )
            return passed

        outcomes = pool.map(survives, mutants)
        yield from (mutant for mutant, passed in zip(mutants, outcomes, strict=True) if passed)


def _copied(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def said(mutant: Mutant) -> str:
    """Show a mutant: its line as it was, and as it is."""
    before = (ROOT / mutant.path).read_text(encoding="utf-8").split("\n")
    after = mutated(mutant).split("\n")
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), mutant.line - 1)
    kind = mutant.operator.rsplit("/")[-1]
    return f"{mutant.path}:{at + 1} ({kind})\n    - {before[at].strip()}\n    + {after[at].strip()}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, test, and print the scores and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", action="append", default=[], choices=ROOMS)
    parser.add_argument("--sample", type=int, default=60, help="places of a room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="show the mutants and test none")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args(arguments)
    rows, notes = [], []
    for room in options.room or ROOMS:
        mutants = drawn(room, options.sample, options.seed)
        if options.list:
            print("\n".join(map(said, mutants)))
            continue
        left = list(survivors(room, mutants, options.workers))
        killed = len(mutants) - len(left)
        score = 100 * killed / len(mutants)
        rows.append(Row(room, {"mutants": len(mutants), "killed": killed, "score, per cent": score}))
        notes += map(said, left)
    if not rows:
        return 0
    report = Report(
        "Mutation testing",
        f"python benchmarks/mutants.py --sample {options.sample} --seed {options.seed}",
        reporting.versions("arclean", "cosmic-ray"),
        reporting.machine(),
        [Table("Mutants of the core rooms, sampled", "killed by the room's tests", rows, "{:,.0f}")],
        notes,
    )
    print(report.text())
    reporting.save(report, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
