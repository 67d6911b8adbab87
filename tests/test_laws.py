"""The laws that every cleaner keeps, on any text: one list of cleaners, one test a law."""

import inspect
import pickle
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings

import arclean
from arclean import presets
from arclean.rules import Pipeline, Rule
from arclean.testing import texts

CLEANERS = [*presets.RULES, *presets.PIPELINES]
FOLDS = [c for c in CLEANERS if c.name.startswith(("fold_", "strip_"))] + [arclean.FOLD]

each_cleaner = pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda c: c.name)
each_fold = pytest.mark.parametrize("cleaner", FOLDS, ids=lambda c: c.name)
any_text = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@each_cleaner
@any_text
@given(text=texts())
def test_explaining_is_cleaning(cleaner, text):
    cleaned = cleaner.explain(text)
    assert cleaned.original == text
    assert cleaned.text == cleaner(text)


@each_cleaner
@any_text
@given(text=texts())
def test_undo_gives_the_original(cleaner, text):
    assert cleaner.explain(text).undo() == text


@each_cleaner
@any_text
@given(text=texts())
def test_cleaning_twice_is_cleaning_once(cleaner, text):
    once = cleaner(text)
    assert cleaner(once) == once


@each_cleaner
@any_text
@given(text=texts())
def test_removals_account_for_every_change(cleaner, text):
    cleaned = cleaner.explain(text)
    out, at = [], 0
    for start, end, old, new, rule, reason in cleaned.removals:
        assert at <= start <= end
        assert text[start:end] == old != new
        assert rule
        assert reason
        out += (text[at:start], new)
        at = end
    assert "".join(out) + text[at:] == cleaned.text


@each_cleaner
@any_text
@given(text=texts())
def test_locate_is_monotone_and_exact_outside_edits(cleaner, text):
    cleaned = cleaner.explain(text)
    last = (0, 0)
    for i, char in enumerate(cleaned.text):
        start, end = cleaned.locate(i, i + 1)
        assert (start, end) >= last
        assert 0 <= start <= end <= len(text)
        inside = any(r.start < end and start < r.end for r in cleaned.removals) or start == end
        assert inside or text[start:end] == char
        last = (start, end)


@each_fold
@any_text
@given(text=texts())
def test_composed_and_decomposed_text_fold_alike(cleaner, text):
    assert nfc(cleaner(nfc(text))) == nfc(cleaner(unicodedata.normalize("NFD", text)))


@each_cleaner
@any_text
@given(text=texts())
def test_batches_give_what_single_calls_give(cleaner, text):
    pipeline = cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)
    many = [text, "", text[::2], "أحـمَد"]
    assert list(pipeline.batch(many)) == [cleaner(t) for t in many]


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


def test_every_rule_says_what_it_does_with_an_example():
    for rule in presets.RULES:
        doc = inspect.getdoc(rule)
        assert doc, rule
        assert ">>>" in doc, rule
