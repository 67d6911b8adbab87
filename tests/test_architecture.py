"""The shape of the code: imports point one way, characters are named, modules fit one sitting."""

import ast
import unicodedata
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "arclean"
MODULES = sorted(SOURCE.rglob("*.py"))

# A room may import from the rooms before it, and from itself.
ROOMS = [
    ["errors"],
    ["alphabet", "edits"],
    ["tables", "differences", "spans", "workers"],
    ["shortcuts", "glance"],
    ["stages"],
    ["rules"],
    ["lines", "languages", "forms", "characters", "entities"],
    ["joiners", "lookalikes", "elongation"],
    ["mojibake", "repair", "folding"],
    ["patterns"],
    ["captions", "widgets", "boilerplate", "teasers"],
    ["presets"],
    ["decoding"],
    ["documents"],
    ["dedup"],
    ["ledger", "report", "spool"],
    ["results"],
    ["run"],
    ["terminal"],
    ["cli", "testing", "integrations"],
    ["__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
MOST_LINES = 400


def room(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "arclean":
            assert not node.level
            inside = (node.module or "").split(".")[1:]
            names |= {inside[0]} if inside else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("arclean.")}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_one_way(path):
    here = room(path)
    if here == "__init__":
        return
    assert here in FLOOR, f"{here} is in no room: add it to ROOMS"
    for name in imported(path) - {here}:
        assert FLOOR[name] < FLOOR[here], f"{here} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_fits_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*MODULES, *sorted(Path(__file__).parent.rglob("*.py"))], ids=lambda p: p.name)
def test_no_invisible_character_stands_raw_in_the_source(path):
    text = path.read_text(encoding="utf-8")
    found = {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in ("Cf", "Co", "Cs") or c in "\u00a0\u202f"}
    assert not found
