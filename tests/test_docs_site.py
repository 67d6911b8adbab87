"""The pages as their readers meet them: the site builds, what a terminal shows is shown, every public name is found.

Examples at the Python prompt are run by pytest itself. Here pages with commands are run from top to bottom, commands
and prompt in turn, in a folder that has the seeds.
"""

import doctest
import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

import arclean
from arclean import presets
from arclean.documents import SUFFIXES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ISOLATES = re.compile("[\u2066-\u2069]")  # direct a terminal and are not seen on it; a page does without them
ELSEWHERE = ("pip", "make", "git")
"""Commands that prepare a machine: they are checked against the files that they use, not run."""
SKETCHES = {
    "explanation/near-duplicates.md",
    "how-to/choose-a-threshold.md",
    "how-to/deduplicate-past-memory.md",
    "how-to/teach-a-site.md",
}
"""Pages on which Python stands without a prompt, so that nothing runs it: none should be added."""

each_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())


def blocks(path, *kinds):
    return [(kind, body) for kind, body in FENCE.findall(path.read_text("utf-8")) if kind in kinds]


def commands(session):
    """Give each command of a session with the lines that follow it."""
    found = []
    for line in session.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> "):
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
        else:
            found[-1][1].append(line.rstrip())
    return found


def program(command):
    return command.split()[0]


def runs_here(path):
    return any(program(c) not in ELSEWHERE for _, body in blocks(path, "console") for c, _ in commands(body))


def shown(pattern):
    """Make a pattern of what a page shows: a line … stands for any lines."""
    return "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in pattern)


@pytest.fixture
def terminal(seeds, tmp_path, monkeypatch):
    """Give a function that runs a command as a reader would, in a folder with the seeds."""
    script = tmp_path / "bin" / "arclean"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m arclean "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.chdir(seeds.parent)
    path = f"{script.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "80"}

    def run(command):
        return subprocess.run(
            ["bash", "-c", command],
            check=False,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return run


@pytest.mark.parametrize("path", [p for p in PAGES if runs_here(p)], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_page_shows_what_the_terminal_shows(path, terminal):
    names = {}
    for kind, body in blocks(path, "console", "python", "pycon"):
        if kind == "console":
            for command, lines in commands(body):
                if program(command) in ELSEWHERE:
                    continue
                done = terminal(command)
                said = "".join(f"{line.rstrip()}\n" for line in ISOLATES.sub("", done.stdout).splitlines())
                assert re.fullmatch(shown(lines), said), f"$ {command}\n{said}"
                assert done.returncode == 0, command
        else:
            test = doctest.DocTestParser().get_doctest(body, names, path.name, str(path), 0)
            told = []
            runner = doctest.DocTestRunner()
            runner.run(test, out=told.append, clear_globs=False)
            assert not runner.failures, "".join(told)
            names = test.globs


@each_page
def test_what_a_page_says_to_install_or_make_is_there(path):
    extras = PROJECT["project"]["optional-dependencies"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for _, body in blocks(path, "console"):
        for command, _ in commands(body):
            if program(command) == "make":
                assert command.split()[1] in targets, command
            elif program(command) == "pip" and (named := re.search(r"arclean\[([\w,]+)\]", command)):
                assert set(named[1].split(",")) <= set(extras), command


@each_page
def test_settings_on_a_page_can_be_read(path):
    for _, body in blocks(path, "toml"):
        assert tomllib.loads(body)


def test_every_python_example_stands_at_a_prompt():
    without = {
        path.relative_to(DOCS).as_posix()
        for path in DOCS.rglob("*.md")
        for _, body in blocks(path, "python", "pycon")
        if ">>>" not in body
    }
    assert without == SKETCHES


def test_every_page_is_among_those_that_pytest_runs():
    listed = {ROOT / name for name in PROJECT["tool"]["pytest"]["ini_options"]["testpaths"]}
    examples = {path for path in PAGES if ">>> " in path.read_text("utf-8")}
    assert {p for p in examples if p not in listed and not listed & set(p.parents)} == set()


def documented():
    text = "\n".join(path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md"))
    return {name.split(".")[-1] for name in re.findall(r"auto\w+:: ([\w.]+)", text)}


def test_every_public_name_is_in_the_reference():
    ruled = {cleaner.name for cleaner in (*presets.RULES, *presets.PIPELINES)}
    errors = {
        "ArcleanError",
        "InputError",
        "OutputError",
        "UnsettledRuleError",
    }  # members of a page that lists a module
    assert set(arclean.__all__) - ruled - documented() - errors == set()


def test_every_format_is_in_the_reference():
    text = (DOCS / "reference" / "documents.md").read_text("utf-8")
    plain = {suffix.removesuffix(".gz").removesuffix(".zst") for suffix in SUFFIXES}
    assert {suffix for suffix in plain if f"`{suffix}`" not in text} == set()


class Links(HTMLParser):
    """What a page makes a browser fetch."""

    def __init__(self):
        super().__init__()
        self.fetched = []
        self.turned = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source") and given.get("src"):
            self.fetched.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon"):
            self.fetched.append(given["href"])
        if given.get("dir") == "rtl":
            self.turned.append(given.get("lang"))


def test_the_site_builds_fetches_nothing_and_turns_arabic_pages_alone(tmp_path):
    for library in ("sphinx", "furo", "myst_parser", "sphinx_click"):
        pytest.importorskip(library)
    site = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-d", str(tmp_path / "doctrees")]
    done = subprocess.run([*command, str(DOCS), str(site)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(list(DOCS.rglob("*.md")))  # and search, index
    for page in pages:
        links = Links()
        links.feed(page.read_text("utf-8"))
        assert not [link for link in links.fetched if "//" in link], page.name
        assert links.turned == (["ar"] if page.parent.name == "ar" else []), page.name
