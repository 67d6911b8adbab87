"""The laws that every cleaner keeps, on any text: one list of cleaners, one list of laws."""

import inspect
import pickle
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings

import arclean
from arclean import presets
from arclean.rules import Pipeline, Rule
from arclean.testing import texts

CLEANERS = [*presets.RULES, *presets.PIPELINES]
FOLDS = [c for c in CLEANERS if c.name.startswith(("fold_", "strip_"))] + [arclean.FOLD]

each_cleaner = pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda c: c.name)
each_fold = pytest.mark.parametrize("cleaner", FOLDS, ids=lambda c: c.name)
any_text = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def explaining_is_cleaning(cleaner, text, cleaned):
    assert cleaned.original == text
    assert cleaned.text == cleaner(text)


def undo_gives_the_original(cleaner, text, cleaned):  # noqa: ARG001 (laws are called alike)
    assert cleaned.undo() == text


def cleaning_twice_is_cleaning_once(cleaner, text, cleaned):  # noqa: ARG001
    assert cleaner(cleaned.text) == cleaned.text


def removals_account_for_every_change(cleaner, text, cleaned):  # noqa: ARG001
    out, at = [], 0
    for start, end, old, new, rule, reason in cleaned.removals:
        assert at <= start <= end
        assert text[start:end] == old != new
        assert rule
        assert reason
        out += (text[at:start], new)
        at = end
    assert "".join(out) + text[at:] == cleaned.text


def locate_is_monotone_and_exact_outside_edits(cleaner, text, cleaned):  # noqa: ARG001
    last = (0, 0)
    for i, char in enumerate(cleaned.text):
        start, end = cleaned.locate(i, i + 1)
        assert (start, end) >= last
        assert 0 <= start <= end <= len(text)
        inside = any(r.new and r.start == start and r.end == end for r in cleaned.removals)
        assert inside or (end == start + 1 and text[start] == char)
        last = (start, end)


def an_explanation_can_be_printed(cleaner, text, cleaned):  # noqa: ARG001
    heads = [line for line in str(cleaned).split("\n") if line.startswith("line ")]
    assert len(heads) == len(cleaned.removals)


def batches_give_what_single_calls_give(cleaner, text, cleaned):
    pipeline = cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)
    half = text[: len(text) // 2]
    assert list(pipeline.batch([text, "", half, text])) == [cleaned.text, "", cleaner(half), cleaned.text]


LAWS = (
    explaining_is_cleaning,
    undo_gives_the_original,
    cleaning_twice_is_cleaning_once,
    removals_account_for_every_change,
    locate_is_monotone_and_exact_outside_edits,
    an_explanation_can_be_printed,
    batches_give_what_single_calls_give,
)


@each_cleaner
@any_text
@given(text=texts())
@example(text="")
@example(text="\ud83d\N{ARABIC TATWEEL}\ude00")  # halves of an emoji must not join over what goes
def test_every_cleaner_keeps_every_law(cleaner, text):
    cleaned = cleaner.explain(text)
    for law in LAWS:
        law(cleaner, text, cleaned)


@each_fold
@any_text
@given(text=texts())
def test_composed_and_decomposed_text_fold_alike(cleaner, text):
    assert nfc(cleaner(nfc(text))) == nfc(cleaner(unicodedata.normalize("NFD", text)))


@each_cleaner
@pytest.mark.parametrize("value", [b"abc", bytearray(b"a"), None, 3, ["a"]])
def test_anything_but_text_is_refused_with_the_next_step(cleaner, value):
    for call in (cleaner, cleaner.explain):
        with pytest.raises(TypeError, match=r"decode" if isinstance(value, (bytes, bytearray)) else r"str"):
            call(value)


@each_cleaner
def test_cleaners_are_values(cleaner):
    assert pickle.loads(pickle.dumps(cleaner)) == cleaner
    assert hash(cleaner) == hash(pickle.loads(pickle.dumps(cleaner)))
    assert [c for c in CLEANERS if c == cleaner] == [cleaner]
    pipeline = Pipeline(cleaner)
    assert Pipeline.from_json(pipeline.to_json()) == pipeline


def test_every_rule_that_arclean_exports_is_on_the_list():
    exported = {name for name in arclean.__all__ if isinstance(getattr(arclean, name), Rule)}
    assert exported == {rule.name for rule in presets.RULES}


@pytest.mark.parametrize("rule", presets.RULES, ids=lambda r: r.name)
def test_every_rule_says_what_it_does_with_an_example(rule):
    doc = inspect.getdoc(rule)
    assert doc
    assert ">>>" in doc
