"""Character tables: three quick ways, one slow and obvious twin."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.rules.tables import LONG, CharTable
from arclean.testing import hostile_text

CHARS = "اأإآىيةهـ\u064e\u0651 .aA٣é…\u200f\uffff\ufffe\ud83d\ude00👍\U00010400ﷺ"
tables = st.dictionaries(
    st.sampled_from(CHARS), st.one_of(st.sampled_from(["", "ا", "ي", "x", "..", "👍"]), st.text(max_size=3)), max_size=8
).map(CharTable)
strings = st.one_of(st.text(alphabet=CHARS, max_size=40), hostile_text())


def slowly(table, text):
    return text.translate(str.maketrans(dict(table.changes)))


@given(tables, strings)
def test_folding_is_translating(table, text):
    assert table(text) == slowly(table, text) == table.one_by_one(text)


@settings(max_examples=40, deadline=None)
@given(tables, st.text(alphabet=CHARS, min_size=1, max_size=20))
def test_long_text_is_no_different(table, text):
    long = text * (LONG // len(text) + 1)
    assert table(long) == slowly(table, long)


@given(tables, tables, strings)
def test_then_is_one_after_the_other(first, second, text):
    assert first.then(second)(text) == slowly(second, slowly(first, text))


@given(tables, strings, st.sampled_from("اأ.é"))
def test_what_is_left_alone_makes_it_give_up(table, text, left):
    quick = CharTable(table.changes, left).attempt(text)
    assert quick is None or (left not in text and quick == slowly(table, text))


def test_quick_ways_are_taken():
    table = CharTable({"أ": "ا", "ـ": "", "…": "..."})
    assert table.attempt("أحمـد") == "احمد"
    assert table.attempt("أحمـد… ڤ👍") == "احمد... ڤ👍"
    assert table.attempt("\ud83dأ") is None


def test_keys_are_single_characters():
    with pytest.raises(ValueError, match="single characters"):
        CharTable({"اب": "ا"})


def test_tables_are_values():
    assert CharTable({"أ": "ا"}) == CharTable({"أ": "ا"})
    assert hash(CharTable({"أ": "ا"})) == hash(CharTable({"أ": "ا"}))
    assert CharTable({"أ": "ا"}) != CharTable({"أ": "ا"}, left="x")
