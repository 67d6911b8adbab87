"""Repeated captions: what goes, what a story repeats on purpose, and why."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.captions import RepeatedCaptions, drop_repeated_captions

CASES = json.loads((Path(__file__).parent / "cases" / "captions.json").read_text(encoding="utf-8"))
CAPTION = "متطوعون يوزعون وجبات الإفطار على المارة في السوق القديم. [رويترز]"
PIECES = [
    CAPTION,
    CAPTION.replace("على", "بين"),
    CAPTION.replace("السوق", "الحي"),
    f"{CAPTION} {CAPTION}",
    "(رويترز)",
    "صورة: أ ف ب",
    "نص الخبر.",
    "",
    "\u200f",
    "\ud800",
    "<b>&quot;</b>",
    "الشعب يريد إسقاط النظام",
]
pages = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=9).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n", "\r\n", "\u2028"]).map(lambda end: end.join(lines))
)


@pytest.mark.parametrize("keep", ["first", "longest", "none"])
@given(text=pages)
@settings(max_examples=120, deadline=None)
def test_laws(keep, text):
    rule = RepeatedCaptions(keep=keep)
    cleaned = rule.explain(text)
    assert cleaned.text == rule(text) == rule(cleaned.text)
    assert cleaned.undo() == text


@pytest.mark.parametrize("case", CASES["twins"], ids=lambda c: c["what"])
def test_the_second_copy_goes(case):
    assert drop_repeated_captions(case["before"]) == case["after"]


@pytest.mark.parametrize("case", CASES["stays"], ids=lambda c: c["what"])
def test_what_a_story_repeats_stays(case):
    assert drop_repeated_captions(case["text"]) == case["text"]
    assert drop_repeated_captions(case["text"].replace("\n", "\n\n")) == case["text"].replace("\n", "\n\n")


def test_good_cases_are_no_fewer_than_bad_ones():
    assert len(CASES["stays"]) >= len(CASES["twins"])


def test_reasons_name_the_line_and_the_count():
    text = f"عنوان\n{CAPTION}\n{CAPTION}\n{CAPTION.replace('على', 'بين')}\nنص"
    assert [r.reason for r in drop_repeated_captions.explain(text).removals] == [
        "same caption as line 2 (2nd time)",
        "same caption as line 2 but for «بين» (3rd time)",
    ]


def test_keep_none_drops_every_copy():
    assert RepeatedCaptions(keep="none")(f"عنوان\n{CAPTION}\n{CAPTION}\nنص") == "عنوان\nنص"
    assert RepeatedCaptions(keep="none")(f"عنوان\n{CAPTION} {CAPTION}\nنص") == "عنوان\nنص"
    assert RepeatedCaptions(keep="none")(f"عنوان\n{CAPTION}\nنص") == f"عنوان\n{CAPTION}\nنص"


def test_keep_longest_keeps_the_credit():
    bare = CAPTION.removesuffix(" [رويترز]")
    assert RepeatedCaptions(keep="longest")(f"{bare}\n{CAPTION}\nنص") == f"{CAPTION}\nنص"
    assert RepeatedCaptions(keep="first")(f"{bare}\n{CAPTION}\nنص") == f"{bare}\nنص"


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="'first', 'longest' or 'none'"):
        RepeatedCaptions(keep="last")


def test_far_repeats_are_reported_and_stay():
    text = f"{CAPTION}\nنص\nنص آخر\nونص ثالث\n{CAPTION}"
    assert drop_repeated_captions(text) == text
    assert drop_repeated_captions.far_apart(text) == ((4, 0),)
