"""What the command line shows: rows that fit, directions that do not mix, colours only where they are welcome."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import arclean
from arclean.cli import main
from arclean.terminal import END_OF_ISOLATE, ISOLATE, WIDTH, closing_table, diff, wants_colour

COLOUR = re.compile("\x1b\\[[0-9;]*m")
STORY = "قال مدير المرفأ إن القوارب عادت صباح اليوم بعد عاصفة دامت ثلاثة أيام، وإن الأسواق ستفتح أبوابها غدًا كالمعتاد. "
PAGE = f"عاد الصيـــادون\n\n{STORY}التجـــار\u200f {STORY}\n\n0 تعليق\nهل أعجبك هذا المقال؟\n"


def _plain(row):
    return row.replace(ISOLATE, "").replace(END_OF_ISOLATE, "")


def test_a_diff_says_where_what_and_why():
    assert list(map(_plain, diff(arclean.explain(PAGE)))) == [
        "line 1  strip_tatweel",
        "        elongation mark, 3 times",
        "  - عاد الصيـــادون",
        "  + عاد الصيادون",
        "",
        "line 3  strip_tatweel",
        "        elongation mark, 3 times",
        "        strip_invisibles",
        "        right-to-left mark",
        "  - …ستفتح أبوابها غدًا كالمعتاد. التجـــار[U+200F] قال مدير المرفأ إن القوارب",
        "  - عادت…",
        "  + …ستفتح أبوابها غدًا كالمعتاد. التجار قال مدير المرفأ إن القوارب عادت…",
        "",
        "line 5  drop_comment_widgets",
        "        comment counter: «0 تعليق»",
        "  - 0 تعليق",
        "",
        "line 6  drop_comment_widgets",
        "        comment prompt: «هل أعجبك هذا المقال؟»",
        "  - هل أعجبك هذا المقال؟",
    ]


def test_a_clean_text_says_so():
    assert list(diff(arclean.explain(STORY.strip()))) == ["nothing to change: no rule finds anything in this text"]


TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from([STORY, "عـاد ", "0 تعليق\n", "\n", "漢字", "\u200f", "\x00", "x" * 90, "ط" * 200]), max_size=8
    ).map("".join),
)


@settings(deadline=None)
@given(TEXTS, st.booleans())
def test_rows_fit_and_isolates_close_in_their_row(text, colour):
    for row in diff(arclean.explain(text, arclean.SEARCH), colour=colour):
        bare = COLOUR.sub("", row)
        assert "\n" not in row
        assert cell_len(_plain(bare)) <= WIDTH
        assert bare.count(ISOLATE) == bare.count(END_OF_ISOLATE)
        assert not re.search("[\x00-\x08\x0b-\x1f\u200e\u200f\u202a-\u202e\u2066\u2067]", bare)
        if colour and "\x1b" in row:
            assert row.rindex("\x1b[0m") == row.rindex("\x1b[")
        assert colour or "\x1b" not in row


def test_arabic_is_isolated_wherever_it_stands():
    rows = list(diff(arclean.explain(PAGE)))
    arabic = re.compile("[\u0600-\u06ff]")
    for row in rows:
        outside = re.sub(f"{ISOLATE}[^{END_OF_ISOLATE}]*{END_OF_ISOLATE}", "", row)
        assert not arabic.search(outside)


def test_a_page_without_line_ends_does_not_flood_the_screen():
    text = "0 تعليق " * 30_000
    assert len(list(diff(arclean.explain(text, arclean.fold_alef)))) <= 100
    assert len(list(diff(arclean.explain("عـاد " * 20_000)))) <= 100


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_where_they_are_welcome(environment, terminal, wanted):
    assert wants_colour(environment, terminal=terminal) is wanted


def _on_a_terminal(*arguments, **environment):
    """Run the command with its output on a terminal of its own."""
    ours, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "arclean", *arguments],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={**kept, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return said.decode()


def test_a_terminal_gets_colours_and_a_pipe_none(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    said = _on_a_terminal("explain", str(path))
    assert "\x1b[31m" in said
    assert "\x1b[" not in _on_a_terminal("explain", str(path), NO_COLOR="1")
    piped = CliRunner().invoke(main, ["explain", str(path)])
    assert piped.exit_code == 0
    assert "\x1b" not in piped.output
    assert COLOUR.sub("", said).replace("\r\n", "\n") == piped.output


def test_the_closing_table_fits_80_columns(seeds, tmp_path):
    said = COLOUR.sub("", _on_a_terminal("run", str(seeds), "-o", str(tmp_path / "out")))
    table = [row for row in said.replace("\r\n", "\n").split("\n") if row.startswith(("│", "┌", "└", "├"))]
    assert len(table) > 10
    assert max(map(cell_len, table)) <= WIDTH


def test_the_closing_table_holds_any_rules():
    rules = {f"repair_{'x' * n} + strip_tatweel": n for n in range(1, 60)}
    console = Console(width=WIDTH, record=True, file=Path(os.devnull).open("w"))  # noqa: SIM115 (for one table)
    console.print(closing_table({"documents read": 10**12}, rules))
    console.file.close()
    text = console.export_text()
    assert max(map(cell_len, text.splitlines())) <= WIDTH
    assert "44 other rules" in text


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_has_an_example_on_a_row_of_its_own(command):
    said = CliRunner().invoke(main, [command, "--help"], terminal_width=80).output
    assert re.search(rf"^  (?:.*\| )?arclean {command}( |$)", said, re.MULTILINE)
    assert "\\b" not in said
    assert max(map(len, said.splitlines())) <= 100


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell):
    said = CliRunner().invoke(main, [], prog_name="arclean", env={"_ARCLEAN_COMPLETE": f"{shell}_source"}).output
    assert "_arclean" in said
    at = "ex" if shell == "fish" else "1"  # fish gives the word, the others its place
    words = {"COMP_WORDS": "arclean ex", "COMP_CWORD": at, "_ARCLEAN_COMPLETE": f"{shell}_complete"}
    assert "explain" in CliRunner().invoke(main, [], prog_name="arclean", env=words).output
