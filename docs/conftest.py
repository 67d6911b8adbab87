"""Which pages run here, and where: one whose examples import a library that is not installed is left out, and named."""  # noqa: INP001 (docs are no package)

import ast
import doctest
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

import pytest

DOCS = Path(__file__).parent


@cache
def missing(page: Path) -> tuple[str, ...]:
    """Give the libraries that a page's examples import and that are not installed."""
    examples = doctest.DocTestParser().get_examples(page.read_text("utf-8"))
    nodes = [node for example in examples for node in ast.walk(ast.parse(example.source))]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return tuple(name for name in sorted({name.split(".")[0] for name in named}) if find_spec(name) is None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a page that cannot run here."""
    return True if collection_path.suffix == ".md" and missing(collection_path) else None


def pytest_report_header() -> list[str]:
    """Name the pages that are left out, so that nobody takes them for tested."""
    lacking = {page.relative_to(DOCS): missing(page) for page in sorted(DOCS.rglob("*.md"))}
    return [f"not run: {page}, for want of {', '.join(names)}" for page, names in lacking.items() if names]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each page in a folder that has a copy of the seeds, and where it may write what it likes."""
    copytree(DOCS.parent / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
