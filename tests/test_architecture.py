"""The shape of the code: imports point one way, characters are named, modules fit one sitting."""

import ast
import unicodedata
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "arclean"
MODULES = sorted(SOURCE.rglob("*.py"))

# A room may import from the rooms before it, and from itself. A module named here is a room within its package's room.
ROOMS = [
    ["errors"],
    ["alphabet", "edits"],
    ["rules.tables", "rules.differences", "rules.spans", "workers"],
    ["rules.shortcuts", "rules.glance"],
    ["rules.stages"],
    ["rules"],
    ["lines", "repair.languages", "repair.forms", "repair.entities", "folding.characters"],
    ["repair.joiners", "repair.lookalikes", "folding.elongation"],
    ["mojibake", "repair", "folding"],
    ["patterns"],
    ["captions", "widgets", "boilerplate", "teasers"],
    ["presets"],
    ["decoding"],
    ["documents"],
    ["dedup"],
    ["ledger", "report", "spool"],
    ["finished"],
    ["results"],
    ["run"],
    ["terminal"],
    ["cli", "testing", "integrations"],
    ["__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
MOST_LINES = 400


def room(module: str) -> str | None:
    """Give the smallest room that a module, named without `arclean.`, stands in."""
    parts = module.split(".")
    names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((name for name in names if name in FLOOR), None)


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "arclean":
            assert not node.level
            inside = (node.module or "").split(".")[1:]
            names |= {".".join([*inside, alias.name]) for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name.removeprefix("arclean.") for alias in node.names if alias.name.startswith("arclean.")}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_one_way(path):
    here = module_of(path)
    if here == "__init__":
        return
    assert room(here), f"{here} is in no room: add it to ROOMS"
    for name in imported(path):
        there = room(name)
        assert there, f"{here} imports {name}, which is in no room"
        assert there == room(here) or FLOOR[there] < FLOOR[room(here)], f"{here} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_fits_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*MODULES, *sorted(Path(__file__).parent.rglob("*.py"))], ids=lambda p: p.name)
def test_no_invisible_character_stands_raw_in_the_source(path):
    text = path.read_text(encoding="utf-8")
    found = {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in ("Cf", "Co", "Cs") or c in "\u00a0\u202f"}
    assert not found
