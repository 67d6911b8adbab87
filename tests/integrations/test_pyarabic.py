"""The tables of docs/how-to/coming-from-pyarabic.md: both sides of each row run, and every difference must be said."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarabic import araby, normalize, trans

import arclean
from arclean import Marks, Pipeline, StripDiacritics, alphabet

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "coming-from-pyarabic.md").read_text(encoding="utf-8")
HARAKAT = Marks.HARAKAT | Marks.TANWIN | Marks.SUKUN
NAMES = {
    "HARAKAT": HARAKAT,
    "TASHKEEL": HARAKAT | Marks.SHADDA,
    "Marks": Marks,
    "Pipeline": Pipeline,
    "StripDiacritics": StripDiacritics,
    "alphabet": alphabet,
    "araby": araby,
    "arclean": arclean,
    "normalize": normalize,
    "trans": trans,
}
BLOCKS = [(0x600, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)]
CHARACTERS = [chr(code) for first, last in BLOCKS for code in range(first, last + 1)]
# What is in no address and no hashtag: those are a difference that the page's head states and the second table shows.
OTHERS = "ab 12\n,!"


def table(head):
    """Give the rows of the table under these column heads."""
    lines = PAGE[PAGE.index(f"| {' | '.join(head)} |") :].splitlines()[2:]
    rows = lines[: next(i for i, line in enumerate(lines) if not line.startswith("|"))]
    cells = [[c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    assert all(len(row) == len(head) for row in cells)
    return cells


def code(cell):
    assert re.fullmatch("`[^`]+`", cell), cell
    return cell[1:-1]


COUNTERPARTS = {code(theirs): code(ours) for theirs, ours in table(["pyarabic", "arclean"])}
DIFFERENCES = table(["of", "characters", "on", "pyarabic", "arclean", "because"])


def function(expression):
    name = "char" if "char" in expression else "text"
    return eval(f"lambda {name}: {expression}", NAMES)


def named(cell):
    """Give the characters that a cell names: `U+0610–061A U+0670`."""
    found = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:–([0-9A-F]+))?", cell):
        found |= {chr(c) for c in range(int(first, 16), int(last or first, 16) + 1)}
    return found


def said(theirs, *, alone):
    rows = (characters for of, characters, *_ in DIFFERENCES if short(theirs) in [code(c) for c in of.split(", ")])
    return set().union(*(named(cell) for cell in rows if not alone or not cell.startswith("with")))


def short(theirs):
    return theirs.split("(")[0]


@pytest.mark.parametrize("theirs", COUNTERPARTS)
def test_every_character_on_which_they_differ_is_said(theirs):
    one, two = function(theirs), function(COUNTERPARTS[theirs])
    frame = "{}" if "char" in theirs else "ب{}ب"
    differ = {c for c in CHARACTERS if one(frame.format(c)) != two(frame.format(c))}
    assert sorted(map(ascii, differ)) == sorted(map(ascii, said(theirs, alone=True) & {*CHARACTERS}))


@pytest.mark.parametrize("theirs", [t for t in COUNTERPARTS if "char" not in t])
def test_on_texts_of_all_other_characters_they_agree(theirs):
    one, two = function(theirs), function(COUNTERPARTS[theirs])
    left = sorted({*CHARACTERS, *OTHERS} - said(theirs, alone=False))
    likely = sorted({*araby.LETTERS, *araby.TASHKEEL, *"ـ ٠١٢،"} & {*left})

    @given(st.text(st.sampled_from(likely) | st.sampled_from(left), max_size=30))
    def agree(text):
        assert one(text) == two(text)

    agree()


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row[0].replace('`', '')} {row[2]}")
def test_each_difference_is_as_said(row):
    of, characters, on, theirs, ours, because = row
    text, *expected = [ast.literal_eval(code(cell)) for cell in (on, theirs, ours)]
    assert because
    assert expected[0] != expected[1]
    assert not named(characters) or named(characters) & {*text}
    for name in of.split(", "):
        found = [t for t in COUNTERPARTS if short(t) == code(name)]
        assert found, f"{name} is not in the first table"
        for expression in found:
            assert [function(expression)(text), function(COUNTERPARTS[expression])(text)] == expected


def test_no_function_is_forgotten():
    public = {n for n, f in vars(araby).items() if inspect.isfunction(f) and not n.startswith("_")}
    mentioned = set(re.findall(r"`araby\.(\w+)", PAGE))
    assert mentioned == public
