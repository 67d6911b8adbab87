"""Summaries that the lead repeats, and those that it does not."""

import pytest

from arclean import WEB, drop_repeated_teasers

TITLE = "عودة السكان إلى القرية الجبلية"
SUMMARY = "عاد مئات السكان إلى القرية الجبلية بعد غياب دام خمسة أعوام كاملة"
LEAD = SUMMARY + "، وبدأوا ترميم بيوتهم القديمة قبل الشتاء."


@pytest.mark.parametrize("summary", [
    SUMMARY, SUMMARY + "...", SUMMARY[:-3] + "…", SUMMARY.replace("إ", "ا"), "عَادَ" + SUMMARY[3:],
    SUMMARY.replace("دام", "استمر"), LEAD,
])  # fmt: skip
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\nكتب: أحمد سالم\n\n"])
def test_a_summary_that_the_lead_repeats_goes(summary, between):
    page = f"{TITLE}\n{summary}{between}{LEAD}\nنهاية"
    cleaned = drop_repeated_teasers.explain(page)
    assert summary not in cleaned.text.split("\n")[:-2]
    assert cleaned.text.split("\n")[0] == TITLE
    assert LEAD in cleaned.text
    assert "repeats" in cleaned.removals[0].reason


@pytest.mark.parametrize("page", [
    f"{SUMMARY}\n{LEAD}",  # the first line is the title
    f"{TITLE}\nالقرية هادئة اليوم\nالقرية هادئة اليوم بعد أسبوع",  # a label, too short for a summary
    f"{TITLE}\n{SUMMARY}\nقال المختار إن الطريق إلى القرية ما زالت مقطوعة بسبب الثلوج الكثيفة.",
    f"{TITLE}\nعاد السكان من جديد إلى بيوتهم في الجبل، وهو خبر فرح به كثيرون من الجيران\n{LEAD}",
    f"{TITLE}\n" + "\n".join(f"سطر {i} من متن الخبر" for i in range(9)) + f"\n{SUMMARY}\n{LEAD}",  # deep in the page
])  # fmt: skip
def test_what_is_told_once_stays(page):
    assert drop_repeated_teasers(page) == page


def test_it_is_not_part_of_web():
    assert "drop_repeated_teasers" not in {c.name for c in WEB.flat()}
