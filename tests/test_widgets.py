"""Comment widgets and page furniture: the phrases as data, what goes, what stays, and how fast it is decided."""

import json
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean import widgets
from arclean.lines import comparison_key
from arclean.patterns import Automaton, PhraseError, tokens
from arclean.widgets import drop_comment_widgets, drop_page_furniture

CASES = json.loads((Path(__file__).parent / "cases" / "widgets.json").read_text(encoding="utf-8"))
FILES = sorted((Path(widgets.__file__).parent / "phrases").glob("*.toml"))
RULES = {r.name: r for r in (drop_comment_widgets, drop_page_furniture)}
STORY = [
    "قال رئيس البلدية إن الحديقة الكبرى ستفتح أبوابها أمام الزوار بعد عام كامل من أعمال الصيانة.",
    "وأضاف أن العمال زرعوا مئات الأشجار على جانبي الممرات وأصلحوا النوافير القديمة كلها.",
    "وتوقع أن يزور الحديقة في أيامها الأولى عشرات الآلاف من سكان المدينة والقرى المجاورة.",
    "وكانت البلدية أغلقت الحديقة بعد عاصفة اقتلعت كثيرا من أشجارها وألحقت ضررا بسورها.",
    "ويقول أهالي الحي إن إعادة فتحها تعيد إليهم مكانا اعتادوا أن يجتمعوا فيه كل مساء.",
    "وتستعد المدارس القريبة لتنظيم رحلات أسبوعية إليها حين يبدأ الفصل الدراسي المقبل.",
    "وستبقى الأبواب مفتوحة من الصباح حتى منتصف الليل طوال أشهر الصيف بحسب البيان.",
]
KNOWN_CHROME = "جميع الحقوق محفوظة © 2020"


def both(text):
    return drop_page_furniture(drop_comment_widgets(text))


def tail(line):
    return "\n\n".join([*STORY, line, KNOWN_CHROME])


@pytest.mark.parametrize("case", CASES["goes"], ids=lambda c: c["line"])
def test_chrome_goes_and_the_reason_names_its_family(case):
    text = tail(case["line"])
    assert both(text) == "\n\n".join(STORY)
    reasons = [m.because for m in RULES[case["rule"]].matches(text) if m.text == case["line"]]
    assert reasons
    assert reasons[0].startswith(f"{case['family']}: «")


@pytest.mark.parametrize("line", CASES["stays"])
def test_story_lines_stay_beside_chrome(line):
    assert line in both(tail(line)).split("\n\n")


@pytest.mark.parametrize("line", CASES["stays"] + CASES["stays_in_the_middle"])
def test_story_lines_stay_in_a_story(line):
    text = "\n".join([*STORY, line, *reversed(STORY)])
    assert both(text) == text


def test_the_story_itself_stays():
    assert both("\n".join(STORY)) == "\n".join(STORY)


# ------------------------------------------------------------------------------------------------ the data


def test_every_phrase_has_a_kind_of_site_and_a_strength():
    for phrase in widgets.phrases():
        assert phrase.seen.strip(), phrase
        assert phrase.strength in widgets.STRENGTHS, phrase
        assert phrase.rule in {*RULES, "nothing"}, phrase
    for file in FILES:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for family, parts in table.items() if "rule" in table else ():
            assert family == "rule" or set(parts) <= {*widgets.STRENGTHS, "sentences"}, (file.name, family)


def test_no_phrase_is_written_twice():
    texts = [p.text for p in widgets.phrases()]
    assert len(texts) == len(set(texts))


def test_a_new_line_of_data_is_a_new_phrase():
    pages = Automaton(
        ["شارك [{THIS}] (على | عبر) {NET}+", "عدد القراء : <n>"], {"THIS": ["الخبر"], "NET": ["س ص", "ع"]}
    )
    assert [
        pages.match(t) for t in tokens(["شارك الخبر على ع س ص ع", "عدد القراء: ٧", "عدد القراء ٧", "شارك على"])
    ] == [
        (0,),
        (1,),
        (),
        (),
    ]


def test_a_word_stands_for_its_other_forms_and_not_the_other_way():
    pages = Automaton(
        ["شارك {THIS}", "... (على | عبر) بريدك"], {"THIS": ["الخبر"], "FORMS": ["شارك شاركي", "بريدك بريدكم"]}
    )
    lines = ["شاركي الخبر", "شارك الخبر", "شاركا الخبر", "كل جديد على بريدكم"]
    assert [pages.match(words) for words in tokens(lines)] == [(0,), (0,), (), (1,)]
    assert pages.may_match(["شاركي", "الخبر"], long=False)
    assert pages.may_match(["كل", "جديد", "علي", "بريدكم"], long=False)


def test_ordinary_words_are_not_taken_for_known_ones():
    classes = {"ORDINARY": ["الخير"]}
    pages = Automaton(["انشر الخير", "<k> <k>"], classes)
    assert [pages.match(words) for words in tokens(["انشر الخير", "الخير الخير"])] == [(0,), ()]


@pytest.mark.parametrize("phrase", ["شارك (على", "شارك على)", "شارك [على)", "{NOWHERE}", "{LOOP}"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase):
    with pytest.raises(PhraseError):
        Automaton([phrase], {"LOOP": ["ثم {LOOP}"]})


def test_the_glance_refuses_no_phrase():
    automaton = widgets.automaton()
    for case in CASES["goes"]:
        line = case["line"]
        if not any(sign in line for sign in "@©#"):
            assert automaton.may_match(comparison_key(line).split(), long=False), line


def test_spelling_digits_and_bullets_do_not_count():
    for line in (
        "• أضِف تعليقــك",
        "| اضف تعليقك :",
        "» ٣ تعليقات »",
        "- ۳ تعليقات...",
        "<n>".replace("<n>", "(3) تعليقات"),
    ):
        assert line not in drop_comment_widgets(tail(line))


# ------------------------------------------------------------------------------------------------ the context


def test_a_doubtful_line_needs_support():
    alone = "\n".join([*STORY, "التفاصيل", *STORY])
    assert drop_page_furniture(alone) == alone
    supported = "\n".join([*STORY, "شارك هذا الخبر عبر تويتر", "التفاصيل", *reversed(STORY)])
    assert drop_page_furniture(supported) == "\n".join([*STORY, *reversed(STORY)])


def test_the_reason_gives_the_place_and_the_neighbour():
    text = "\n".join([*STORY, "اقرأ أيضا: خبر آخر", "التفاصيل"])
    assert [m.because for m in drop_page_furniture.matches(text)] == [
        "related links: «اقرأ أيضا: خبر آخر»",
        "related links: «التفاصيل», at the end of the page, beside line 8",
    ]


@pytest.mark.parametrize("line", ["اقرأ/ي أيضًا: خبر آخر", "شارك/ي الخبر عبر تويتر", "سجّل/ي الدخول لكتابة تعليق"])
def test_a_line_that_speaks_to_women_and_men_at_once_is_the_same_line(line):
    assert both(tail(line)) == "\n\n".join(STORY)


def test_a_link_that_runs_into_the_story_stays():
    line = "للمزيد: افتتاح المتحف «الكبير»وقد أعلنت البلدية أن الدخول مجاني طوال الأسبوع الأول"
    assert line in both(tail(line))
    assert both(tail(line.split("وقد", maxsplit=1)[0])) == "\n\n".join(STORY)


@pytest.mark.parametrize("address", ["https://www.example.org/apply", "apply@example.org", "@example_apply"])
def test_an_address_that_a_sentence_promises_stays(address):
    story = [*STORY, "ويمكن لمن يرغب في التطوع أن يسجل اسمه على الرابط التالي:", address]
    assert both("\n".join(story)) == "\n".join(story)
    assert both("\n".join([*STORY, "للتواصل مع الكاتب:", address])) == "\n".join(STORY)


def test_each_rule_answers_for_its_own_families():
    text = tail("٠ تعليق")
    assert drop_comment_widgets(text) == "\n\n".join([*STORY, KNOWN_CHROME])
    assert drop_page_furniture(text) == "\n\n".join([*STORY, "٠ تعليق"])


@pytest.mark.parametrize(
    "trail",
    [
        "مدن > المغرب > وجدة",
        "دروب » ربيع_الكأس",
        "المكتبة « الشعر « القديم",
        "دروب / أخبار",
        "بيت / شعر / غزل",
        "الواجهة ◂ جهات ◂ سوس",
        "محليات | مدن | الحديقة الكبرى تفتح",
        "صحة - تغذية",
        "أخبار>محليات",
    ],
)
def test_a_path_of_sections_goes_at_the_head_and_stays_in_the_story(trail):
    assert drop_page_furniture("\n".join([trail, "الحديقة الكبرى تفتح", *STORY])) == "\n".join(
        ["الحديقة الكبرى تفتح", *STORY]
    )
    inside = "\n".join([*STORY, trail, *reversed(STORY)])
    assert drop_page_furniture(inside) == inside


@pytest.mark.parametrize(
    "line",
    [
        "غريب في المدينة / رواية جديدة",
        "قال « نعم » ومضى",
        "5 > 3",
        "أ > ب، وب > ج",
        "الرياض - واس",
        "الصلح - السلام",
        "محليات | بلدية تزرع ألف شجرة",
    ],
)
def test_no_path_of_sections_stays_at_the_head(line):
    page = "\n".join([line, *STORY])
    assert drop_page_furniture(page) == page


def test_a_verse_of_one_word_stays_beside_chrome():
    verses = ["اقرأ", "فالحرف باب للضياء", "اقرأ", "والباب مفتوح لمن يشاء"]
    page = "\n".join([*STORY, *verses, KNOWN_CHROME])
    assert drop_page_furniture(page) == "\n".join([*STORY, *verses])


# ------------------------------------------------------------------------------------------------ laws and time

PIECES = [
    *STORY[:2],
    *(c["line"] for c in CASES["goes"][::9]),
    *CASES["stays"][::9],
    "",
    " ",
    "\u200f",
    "\ud800",
    "©",
    ":",
    "#",
]
pages = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=10).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n", "\r\n", "\u2029"]).map(lambda end: end.join(lines))
)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(text=pages)
@settings(max_examples=150, deadline=None)
def test_laws(rule, text):
    cleaned = rule.explain(text)
    assert cleaned.text == rule(text) == rule(cleaned.text)
    assert cleaned.undo() == text


def test_time_is_linear_in_the_line_whatever_the_phrase():
    """Each phrase's own words over and over, in lines four times as long, take about four times as long."""
    automaton = widgets.automaton()
    for phrase in widgets.phrases()[::12]:
        words = [w for w in tokens([phrase.text])[0] if w.isalpha()] or ["شارك"]
        once, again = (words * 60)[:60], (words * 240)[:240]
        took = []
        for line in (once, again):
            best = 9.0
            for _ in range(2):
                start = time.perf_counter()
                automaton._ends_from(line, 0)  # noqa: SLF001 (one run, without the rows that are bounded in themselves)
                best = min(best, time.perf_counter() - start)
            took.append(best)
        assert took[1] < 16 * took[0] + 0.02, phrase  # 16: quadratic; linear is 4


def test_the_worst_line_is_quick():
    automaton = widgets.automaton()
    for line in ("شارك " * 90, "تعليق على " * 45, "1 : " * 110, "المزيد " * 64, "a@b.com " * 56, "© " * 220):
        start = time.perf_counter()
        automaton.match(tokens([line])[0])
        assert time.perf_counter() - start < 1, line
