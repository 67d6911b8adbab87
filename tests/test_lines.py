"""Lines: split without loss, compared by a key, dropped without leaving holes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.edits import apply, revert
from arclean.lines import LINE_END, comparison_key, comparison_keys, drop, split_lines

ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\x1c", "\x1d", "\x1e"]
texts = st.lists(
    st.one_of(st.sampled_from([*ENDS, "سطر", "أخبـارٌ ١٢", " ", "\u200f", "\ud800", "\x00"]), st.text(max_size=5)),
    max_size=14,
).map("".join)
few = settings(max_examples=200, deadline=None)


@given(texts)
@few
def test_splitting_loses_nothing(text):
    lines = split_lines(text)
    assert "".join(text[line.start : line.stop] for line in lines) == text
    assert [line.text for line in lines] == [text[line.start : line.end] for line in lines]
    assert [a.stop for a in lines[:-1]] == [b.start for b in lines[1:]]


@given(texts)
@few
def test_splitting_is_what_the_pattern_splits(text):
    assert [line.text for line in split_lines(text)] == LINE_END.split(text)


@given(st.lists(st.text(st.characters(exclude_characters="\n")), max_size=6))
@few
def test_keys_of_many_lines_are_the_keys_of_each(lines):
    assert comparison_keys(lines) == ([comparison_key(line) for line in lines] or [""])


@given(texts, st.sets(st.integers(0, 14)))
@few
def test_dropping_takes_the_lines_and_nothing_that_can_be_read(text, numbers):
    lines = split_lines(text)
    reasons = {n: "chrome" for n in numbers if n < len(lines) and not lines[n].blank}
    cleaned, edits = apply(text, drop(lines, reasons))
    kept = [line.text for n, line in enumerate(lines) if n not in reasons and not line.blank]
    assert [line.text for line in split_lines(cleaned) if not line.blank] == kept
    assert revert(cleaned, edits) == text


def test_blank_lines_close_up():
    def without(text, *numbers):
        return apply(text, drop(split_lines(text), dict.fromkeys(numbers, "chrome")))[0]

    assert without("أ\n\nب\n\nج", 2) == "أ\n\nج"
    assert without("أ\nب\nج", 1) == "أ\nج"
    assert without("أ\n\nب", 2) == "أ"
    assert without("أ\n\nب\n\nج", 0) == "ب\n\nج"
    assert without("أ\n\nب\n\nج\n\nد", 2, 4) == "أ\n\nد"
    assert without("أ\nب\n\nج", 1) == "أ\n\nج"
    assert without("أ\nب", 0, 1) == ""


def test_keys_leave_marks_alefs_digits_and_punctuation_out_of_account():
    assert comparison_key("«إقـرأْ أيضًا»: ١٢") == comparison_key("اقرا ايضا 12") == "اقرا ايضا 12"
