"""Rules and pipelines as values: how they run, compare, print, pickle and go to JSON and back."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arclean.alphabet import Marks
from arclean.edits import Edit
from arclean.errors import UnsettledRuleError
from arclean.folding import FoldAlef, StripDiacritics, fold_alef, fold_case, fold_yeh, strip_diacritics, strip_tatweel
from arclean.presets import FOLD
from arclean.rules import Cleaner, Pipeline, explained, rule
from arclean.rules.stages import CHARACTERS_AT_ONCE, TEXTS_AT_ONCE, Fused, staged


@rule
def shorten_dots(text):
    """Shorten two dots to one, one pair a pass: a rule that needs several rounds."""
    at = text.find("..")
    if at >= 0:
        yield Edit(at, at + 2, ".", "two dots")


@rule
def swap(text):
    """Write a as b and b as a, for ever."""
    for at, char in enumerate(text):
        if char in "ab":
            yield Edit(at, at + 1, "ba"["ab".index(char)], "swapped")


TO_YEH, TO_MAKSURA = (
    explained(lambda text, a=a, b=b: text.replace(a, b), f"{a} is {b}") for a, b in (("ى", "ي"), ("ي", "ى"))
)


def test_a_rule_runs_until_it_finds_nothing():
    assert shorten_dots("نعم.....") == "نعم."
    cleaned = shorten_dots.explain("نعم...")
    assert [step.rule for step in cleaned.steps] == ["shorten_dots", "shorten_dots"]
    assert cleaned.undo() == "نعم..."


def test_what_never_settles_says_so():
    with pytest.raises(UnsettledRuleError, match="swap"):
        swap("a")
    growing = Pipeline(
        explained(lambda text: text.replace("a.", "b."), "a is b"),
        explained(lambda text: text.replace("b.", "ba."), "b wants an a"),
    )
    for run in (growing, growing.explain, lambda text: list(growing.batch([text]))):
        with pytest.raises(UnsettledRuleError, match="undo each other"):
            run("a.")


def test_of_two_rules_that_undo_each_other_the_last_one_has_its_way():
    both = Pipeline(TO_YEH, TO_MAKSURA)
    assert both("علي") == both("على") == both(both("علي")) == "على"
    assert both.explain("على").text == "على"
    assert not any(isinstance(stage, Fused) for stage in staged([fold_yeh, TO_MAKSURA])[1:])


def test_a_pipeline_runs_until_none_of_its_rules_finds_anything():
    dots = explained(lambda text: text.replace("،", "."), "comma to dot")
    pipeline = Pipeline(shorten_dots, dots)
    assert pipeline("نعم.،.") == "نعم."
    assert pipeline.explain("نعم.،.").undo() == "نعم.،."


def test_stages_are_fused_only_beside_each_other_and_only_where_nothing_changes_by_it():
    def kinds(*cleaners):
        return [isinstance(stage, Fused) for stage in staged(cleaners)]

    assert kinds(strip_tatweel, fold_alef, fold_yeh) == [True]
    assert kinds(strip_tatweel, fold_alef, shorten_dots, fold_yeh) == [True, False, True]
    assert kinds(FoldAlef(protect=False), fold_yeh) == [False, False]
    assert kinds(Pipeline(strip_tatweel), fold_alef) == [False, True]


@given(st.lists(st.text(alphabet="أإـَ.،ab#@:/\n", max_size=12), max_size=12))
def test_a_batch_gives_what_calls_give(texts):
    one = Pipeline(strip_tatweel, strip_diacritics, fold_alef)
    several = Pipeline(fold_alef, shorten_dots, fold_case)
    for pipeline in (one, several, Pipeline(several, strip_tatweel)):
        assert list(pipeline.batch(texts)) == [pipeline(t) for t in texts]


def test_a_batch_is_an_iterator_that_does_not_run_ahead():
    seen = []

    def texts():
        for i in range(3 * TEXTS_AT_ONCE):
            seen.append(i)
            yield "أ"

    batch = Pipeline(fold_alef).batch(texts())
    assert not seen
    assert next(batch) == "ا"
    assert len(seen) <= TEXTS_AT_ONCE
    long = ["أ" * CHARACTERS_AT_ONCE, "إ", "آ" * (CHARACTERS_AT_ONCE + 1), ""]
    assert list(Pipeline(fold_alef).batch(long)) == ["ا" * len(text) for text in long]


def test_a_batch_refuses_what_is_no_text():
    with pytest.raises(TypeError, match="decode"):
        list(Pipeline(fold_alef).batch(["أ", b"a"]))


def test_an_empty_pipeline_changes_nothing():
    assert Pipeline()("أ") == "أ"
    assert Pipeline().explain("أ").steps == ()
    assert list(Pipeline().batch(["أ", ""])) == ["أ", ""]


def test_cleaners_are_values_even_after_use():
    keep = StripDiacritics(keep=Marks.SHADDA)
    pipeline = Pipeline(keep, fold_alef)
    assert pipeline("أَنّ") == "انّ"
    for cleaner in (keep, fold_alef, pipeline, FOLD):
        again = pickle.loads(pickle.dumps(cleaner))
        assert again == cleaner
        assert hash(again) == hash(cleaner)
        assert again("أَ") == cleaner("أَ")
        assert isinstance(cleaner, Cleaner)
    assert fold_alef != FoldAlef(protect=False)
    assert fold_alef != fold_yeh
    assert Pipeline(fold_alef, fold_yeh) != Pipeline(fold_yeh, fold_alef)


def test_options_are_printed_and_set_by_name():
    assert repr(strip_diacritics) == "strip_diacritics"
    assert repr(Pipeline(strip_tatweel, fold_alef)) == "Pipeline(strip_tatweel, fold_alef)"
    assert repr(FOLD) == "FOLD"
    assert "fold_alef  (lossy)" in str(FOLD)
    assert "strip_tatweel\n" in str(FOLD)
    with pytest.raises(ValueError, match=r"no option 'kepe'"):
        StripDiacritics.from_settings({"kepe": "SHADDA"})


def test_settings_come_back_as_they_went():
    for made in (StripDiacritics(keep=Marks.SHADDA | Marks.TANWIN, protect=False), FoldAlef(protect=False)):
        assert type(made).from_settings(made.settings()) == made


def test_json_names_only_what_is_arcleans_own():
    pipeline = Pipeline(strip_tatweel, Pipeline(fold_alef, name="inner"), StripDiacritics(keep=Marks.SHADDA))
    assert Pipeline.from_json(pipeline.to_json()) == pipeline
    for wrong in ('{"pipeline": ["os.system"]}', '{"pipeline": [3]}', '["strip_tatweel"]', '{"rules": []}'):
        with pytest.raises(ValueError, match=r"no rule|no pipeline"):
            Pipeline.from_json(wrong)
    with pytest.raises(ValueError, match=r"no JSON form"):
        Pipeline(TO_YEH).to_json()


def test_without_reaches_into_inner_pipelines():
    pipeline = Pipeline(strip_tatweel, Pipeline(fold_alef, fold_yeh))
    assert pipeline.without("fold_yeh") == Pipeline(strip_tatweel, Pipeline(fold_alef))
    with pytest.raises(ValueError, match="fold_digits"):
        pipeline.without("fold_digits")


def test_a_plain_function_is_no_cleaner_until_it_gives_a_reason():
    with pytest.raises(TypeError, match=r"arclean\.explained"):
        Pipeline(str.strip)
    tidy = explained(str.strip, "space at an end")
    assert tidy.explain(" نعم ").steps[0].edits[0].reason == "space at an end"
    with pytest.raises(TypeError, match="gave int"):
        explained(len, "length")("نعم")
