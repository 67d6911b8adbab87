"""Edits: applying, undoing, composing and locating, against slow and obvious twins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arclean.edits import Applied, Cleaned, Edit, Removal, Step, apply, compose, replay, revert

LETTERS = st.text(alphabet="ابتـ \n", max_size=12)


@st.composite
def edits_for(draw, text):
    """Edits in order and apart: removals, insertions, replacements, some that touch."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(places[::2], places[1::2], strict=False))
    return [Edit(a, b, draw(st.sampled_from(["", "x", "yz", text[a:b]])), f"why {i}") for i, (a, b) in enumerate(spans)]


@st.composite
def cleanings(draw):
    """A text cleaned in up to four steps."""
    text = original = draw(LETTERS)
    steps = []
    for number in range(draw(st.integers(0, 4))):
        text, applied = apply(text, draw(edits_for(text)))
        if applied:
            steps.append(Step(f"rule{number}", applied))
    return Cleaned(original, text, tuple(steps))


def origins(cleaned):
    """The slow twin of locate: for each character the set of places that it came from, followed step by step.

    A character that an edit wrote comes from all that the edit replaced; None marks one that nothing stood for.
    """
    came = [{i} for i in range(len(cleaned.original))]
    for step in cleaned.steps:
        out, at = [], 0
        for edit in step.edits:
            out += came[at : edit.start]
            source = set().union(*came[edit.start : edit.end])
            out += [set(source) for _ in edit.new]
            at = edit.end
        came = out + came[at:]
    return came


@given(LETTERS.flatmap(lambda text: st.tuples(st.just(text), edits_for(text))))
def test_applying_is_cutting_and_pasting(made):
    text, edits = made
    wanted = text
    for start, end, new, _ in reversed(edits):
        wanted = wanted[:start] + new + wanted[end:]
    out, applied = apply(text, edits)
    assert out == wanted == replay(text, applied)
    assert revert(out, applied) == text
    assert all(text[a.start : a.end] == a.old != a.new for a in applied)


@given(cleanings())
def test_undo_needs_only_the_text_and_the_edits(cleaned):
    assert Cleaned("lost", cleaned.text, cleaned.steps).undo() == cleaned.original


@given(cleanings())
def test_removals_turn_the_original_into_the_text(cleaned):
    out, at = "", 0
    for r in cleaned.removals:
        assert at <= r.start <= r.end
        assert cleaned.original[r.start : r.end] == r.old != r.new
        out += cleaned.original[at : r.start] + r.new
        at = r.end
    assert out + cleaned.original[at:] == cleaned.text


@given(cleanings())
def test_locating_covers_what_each_character_came_from(cleaned):
    last = (0, 0)
    for i, came in enumerate(origins(cleaned)):
        start, end = cleaned.locate(i, i + 1)
        assert came <= set(range(start, end))
        assert last[0] <= start
        assert last[1] <= end
        touched = any(r.start <= end and start <= r.end for r in cleaned.removals)
        assert touched or (start, end) == (min(came), min(came) + 1)
        last = (start, end)


@given(cleanings(), st.integers(0, 12), st.integers(0, 12))
def test_a_span_is_located_from_its_first_to_its_last_character(cleaned, a, b):
    start, end = sorted((min(a, len(cleaned.text)), min(b, len(cleaned.text))))
    found = cleaned.locate(start, end)
    assert 0 <= found[0] <= found[1] <= len(cleaned.original)
    if start < end:
        assert found == (cleaned.locate(start, start + 1)[0], max(found[0], cleaned.locate(end - 1, end)[1]))


@given(cleanings())
def test_composing_all_at_once_or_step_by_step_is_the_same(cleaned):
    text, composed = cleaned.original, []
    for step in cleaned.steps:
        composed = compose(cleaned.original, composed, step, text)
        text = replay(text, step.edits)
        pieces, at = [], 0
        for r in composed:
            pieces += (cleaned.original[at : r.start], r.new)
            at = r.end
        assert "".join(pieces) + cleaned.original[at:] == text


def test_a_removed_mark_does_not_blur_its_neighbour():
    first, applied = apply("بَأ", [Edit(1, 2, "", "fatha")])
    second, more = apply(first, [Edit(1, 2, "ا", "alef")])
    cleaned = Cleaned("بَأ", second, (Step("strip", applied), Step("fold", more)))
    assert cleaned.removals == (Removal(1, 2, "َ", "", "strip", "fatha"), Removal(2, 3, "أ", "ا", "fold", "alef"))
    assert [cleaned.locate(i, i + 1) for i in range(2)] == [(0, 1), (2, 3)]


def test_what_two_rules_changed_names_both():
    first, applied = apply("ﻷ", [Edit(0, 1, "لأ", "ligature")])
    second, more = apply(first, [Edit(1, 2, "ا", "alef")])
    (removal,) = Cleaned("ﻷ", second, (Step("forms", applied), Step("alef", more))).removals
    assert removal == Removal(0, 1, "ﻷ", "لا", "forms + alef", "ligature; alef")


@pytest.mark.parametrize("wrong", [[(2, 1)], [(0, 2), (1, 3)], [(3, 4), (0, 1)], [(0, 99)], [(-1, 1)]])
def test_edits_out_of_order_are_refused(wrong):
    with pytest.raises(ValueError, match=r"overlaps|leaves"):
        apply("ابتث", [Edit(a, b, "x", "") for a, b in wrong])


@pytest.mark.parametrize("span", [(-1, 0), (1, 0), (0, 3)])
def test_locating_outside_the_text_is_refused(span):
    with pytest.raises(ValueError, match="no span"):
        Cleaned("اب", "اب").locate(*span)


def test_an_edit_that_changes_nothing_is_none():
    assert apply("اب", [Edit(0, 1, "ا", "same")]) == ("اب", ())


def test_the_printed_form_shows_lines_and_reasons():
    text, applied = apply("نعم\nأحمد", [Edit(4, 5, "ا", "alef")])
    shown = str(Cleaned("نعم\nأحمد", text, (Step("fold", applied),)))
    assert shown == "line 2, fold: alef\n  - أ\n  + ا"
    assert str(Cleaned("نعم", "نعم")) == "nothing changed"


def test_many_edits_are_followed_in_linear_time():
    text = "بَ" * 50_000
    edits = tuple(Applied(i, i + 1, "َ", "", "fatha") for i in range(1, len(text), 2))
    cleaned = Cleaned(text, "ب" * 50_000, (Step("strip", edits),))
    assert cleaned.locate(49_999, 50_000) == (99_998, 99_999)
    assert cleaned.undo() == text
