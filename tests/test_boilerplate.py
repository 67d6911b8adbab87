"""What a site's pages teach, and what the profile then does: laws over generated sites, and a table of wild cases."""

import json
import pickle
import random
import string
import time
import tomllib
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arclean.boilerplate import SiteBoilerplate
from arclean.boilerplate.evidence import EDGE, Counts, lower_bound
from arclean.boilerplate.keys import find_phrase, slot_keys
from arclean.boilerplate.pages import Pages
from arclean.boilerplate.profile import Pattern
from arclean.boilerplate.signs import Sign, read_line
from arclean.errors import InputError, OutputError
from arclean.lines import comparison_key, split_lines
from arclean.rules import Pipeline

few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# ------------------------------------------------------------------------------------------------ pages to learn from

WHO = ["الوزير", "العمدة", "المدرب", "القاضي", "الباحث", "المزارع", "الصياد", "المعلم", "الطبيب", "المهندس"]
DID = ["زار", "وصف", "افتتح", "راجع", "أعلن", "رفض", "بنى", "درس", "أنقذ", "عرض"]
WHAT = ["السوق القديم", "الجسر الجديد", "مدرسة الحي", "خطة الري", "نتائج الموسم", "مركب الصيد", "قلعة الساحل"]


def sentence(rng):
    return f"{rng.choice(WHO)} {rng.choice(DID)} {rng.choice(WHAT)} يوم {rng.randrange(99)} ثم {rng.choice(DID)} غيرها."


def sentences(rng, n):
    # Digits are one slot in a key, so that a story needs other words to be another story.
    words = ["".join(rng.choices("بتثجحخدذرزسشصضطظعغفقكلمن", k=6)) for _ in range(n)]
    return [f"{sentence(rng)[:-1]} {word}." for word in words]


def site_of(n, furniture, seed=1, body=6):
    """Give n pages of stories; `furniture` maps a line to (on how many of them, "first" or "last" or "middle")."""
    rng = random.Random(seed)
    pages = [sentences(rng, body) for _ in range(n)]
    for line, (times, place) in furniture.items():
        for i in rng.sample(range(n), times):
            at = {"first": 0, "last": len(pages[i]), "middle": rng.randrange(1, len(pages[i]))}[place]
            pages[i].insert(at, line() if callable(line) else line)
    return ["\n".join(page) for page in pages]


MENU = "الميناء\nالسوق\nالبلدة\nالملاعب\nالمسرح"


@pytest.fixture(scope="module")
def site():
    pages = [f"{MENU}\n{page}\nصحيفة الميناء/ ن ب\nجريدة أهل البحر كلهم" for page in site_of(30, {})]
    return SiteBoilerplate.learn(pages, site="almina.example")


# ------------------------------------------------------------------------------------------------ laws

LINES = [
    *MENU.split("\n"),
    "صحيفة الميناء/ ن ب",
    "جريدة أهل البحر كلهم",
    "قال الصياد إن البحر هادئ",
    "",
    " ",
    "***",
    "\u200f",
]
ENDS = ["\n", "\n\n", "\r\n", "\r", "\N{LINE SEPARATOR}", "\v", "\x85"]
texts_of_the_site = st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(ENDS)), max_size=25).map(
    lambda parts: "".join(line + end for line, end in parts)
)
any_text = st.text(st.characters(codec=None, categories=None), max_size=60)


def obeys_the_laws(cleaner, text):
    out = cleaner(text)
    cleaned = cleaner.explain(text)
    assert cleaned.text == out
    assert cleaned.undo() == text
    assert cleaner(out) == out
    assert all(r.reason for r in cleaned.removals)


@few
@given(text=st.one_of(texts_of_the_site, any_text, st.tuples(texts_of_the_site, any_text).map("".join)))
def test_a_learnt_cleaner_obeys_the_laws_on_any_text(site, text):
    obeys_the_laws(site, text)


words = st.sampled_from(["بحر", "سوق", "جسر", "url", "0", "اقرا", "ايضا"])
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join)
patterns = st.builds(
    Pattern,
    match=st.sampled_from(["line", "opening", "prefix", "tail"]),
    words=phrases,
    place=st.sampled_from(["first", "last", "block", "anywhere"]),
    pages=st.integers(1, 40),
    of=st.just(40),
    first=st.just(0),
    last=st.just(0),
    longest=st.integers(0, 4),
    example=st.just("سطر"),
    why=st.just("سبب"),
    beside=st.lists(phrases, max_size=2).map(tuple),
)
written = st.lists(
    st.one_of(words, st.sampled_from(["\n", ":", ".", "اقرأ/", "بـحـر", "جُسر", "12", "a@b.c"])), max_size=40
).map(" ".join)


@settings(few, max_examples=300)
@given(rows=st.lists(patterns, max_size=8), text=written)
def test_any_profile_obeys_the_laws(rows, text):
    obeys_the_laws(SiteBoilerplate("x", 40, tuple(rows)), text)


@few
@given(rows=st.lists(patterns, max_size=6))
def test_a_profile_comes_back_from_its_file_and_its_settings(tmp_path_factory, rows):
    made = SiteBoilerplate.learn(site_of(5, {"تابعوا صفحتنا على الشبكة": (5, "last")}))
    made = SiteBoilerplate("ميناء", 40, made.patterns + tuple({(p.match, p.words): p for p in rows}.values()))
    path = tmp_path_factory.mktemp("profiles") / "p.json"
    made.save(path)
    again = SiteBoilerplate.load(path)
    assert set(again.patterns) == set(made.patterns)
    assert SiteBoilerplate.from_settings(json.loads(json.dumps(made.settings()))) == again
    again.save(path)
    assert SiteBoilerplate.load(path) == again == pickle.loads(pickle.dumps(again))


@settings(few, max_examples=15)
@given(seed=st.integers(0, 999), order=st.randoms(use_true_random=False))
def test_the_order_of_pages_does_not_matter(seed, order):
    pages = site_of(
        24, {"شارك المقال": (20, "last"), "قلم ورصيف": (9, "first"), lambda: "نشر في 3 مايو": (9, "first")}, seed
    )
    learnt = SiteBoilerplate.learn(pages)
    order.shuffle(pages)
    assert SiteBoilerplate.learn(iter(pages)) == learnt
    assert SiteBoilerplate.learn(pages + pages[:5]).patterns == learnt.patterns  # copies count once


def test_the_sample_does_not_depend_on_the_order_either(monkeypatch):
    monkeypatch.setattr("arclean.boilerplate.pages.SAMPLE", 10)
    pages = site_of(40, {lambda: f"للمزيد: خبر {random.random()}": (30, "last")})
    assert SiteBoilerplate.learn(pages) == SiteBoilerplate.learn(pages[::-1])


def test_a_menu_inside_out_takes_one_round():
    # Each line's neighbour is the next of 300: pairs come together only from the middle outwards.
    names = [f"باب{chr(0x628 + n // 20)}{chr(0x633 + n % 20)}" for n in range(300)]
    keys = [comparison_key(name) for name in names]
    rows = tuple(Pattern("line", key, "block", 30, 40, 0, 0, 0, key, "x", (keys[i ^ 1],)) for i, key in enumerate(keys))
    text = "\n".join(["قصة", *names[::2], *names[1::2][::-1], "خاتمة القصة"])
    assert SiteBoilerplate("x", 40, rows)(text) == "قصة\nخاتمة القصة"


# ------------------------------------------------------------------------------------------------ counting


@few
@given(
    rows=st.lists(st.lists(st.sampled_from("ابتثج"), min_size=1, max_size=8), min_size=2, max_size=8, unique_by=tuple)
)
def test_evidence_is_what_slow_counting_finds(rows):
    pages = Pages()
    for row in rows:
        pages.add("\n".join(row))
    counts = Counts(pages)
    seen = counts.evidence(np.zeros(len(counts.distinct), bool))
    slow = Counter(line for row in rows for line in set(row))
    found = {pages.keys[int(counts.distinct[i])]: e for i, e in seen.items()}
    assert {key: e.pages for key, e in found.items()} == {k: n for k, n in slow.items() if n > 1}
    for key, e in found.items():
        at = [(i, len(r) - 1 - i) for r in rows for i, x in enumerate(r) if x == key]
        rows_with = [r for r in rows if key in r]
        assert e.first == sum(
            any(x == key and i < EDGE and i <= len(r) - 1 - i for i, x in enumerate(r)) for r in rows_with
        )
        assert e.again == sum(row.count(key) > 1 for row in rows_with)
        after = Counter(n for r in rows for n in {r[i + 1] for i, x in enumerate(r[:-1]) if x == key})
        before = Counter(n for r in rows for n in {r[i] for i, x in enumerate(r[1:]) if x == key})
        assert e.beside == max([*after.values(), *before.values()], default=0), at


def test_the_bound_grows_with_the_evidence():
    assert lower_bound(0, 0) == lower_bound(0, 9) == 0
    assert lower_bound(2, 2) < lower_bound(5, 5) < lower_bound(50, 50) < 1
    assert lower_bound(5, 60) < lower_bound(50, 600) < 5 / 60


def test_a_story_published_three_times_is_one_story():
    rng = random.Random(4)
    story = sentences(rng, 5)
    extra = "صحيفة البلدة + وكالات"
    pages = site_of(37, {}) + ["\n".join([*story, other, extra]) for other in sentences(rng, 3)]
    assert SiteBoilerplate.learn(pages).patterns == ()


# ------------------------------------------------------------------------------------------------ what is learnt

LEARNT = [  # line, on how many of 60 pages, where
    ("تابعوا آخر أخبارنا على هواتفكم", 2, "last"),
    ("للتواصل مع الكاتب: kateb@almina.example", 2, "last"),
    ("* عن صحيفة البلدة", 3, "last"),
    ("الميناء/ خاص", 3, "last"),
    ("جميع الحقوق محفوظة لصحيفة الميناء 2019", 60, "last"),
    ("سوق ومال", 20, "first"),
    ("صفحة من دفتر البحر", 12, "last"),
    ("اقرأ أيضا", 4, "middle"),
    ("بنود النشر: " + "كل ما يكتبه القارئ في هذا الموقع ملك له وحده، ولا يعاد نشره بغير علمه " * 8 + ".", 30, "last"),
    ("كل ما ينشر هنا كتبه أصحابه وحدهم وهم يجيبون عنه.", 12, "last"),
]
KEPT = [
    ("بسم الله الرحمن الرحيم", 60, "first"),
    ("والله من وراء القصد.", 60, "last"),
    ("السلام عليكم ورحمة الله", 30, "first"),
    ("أولا:", 40, "middle"),
    ("س: ما الخطوة التالية؟", 20, "middle"),
    ("طريقة العمل:", 40, "middle"),
    ("الشوط الثاني", 30, "middle"),
    ("حكاية من الحارة", 20, "middle"),
    ("«يا بحر خذني إلى الشاطئ البعيد»", 10, "middle"),
    ("وكان الميناء قد أغلق أبوابه عام 1990 بعد عاصفة هدمت أرصفته.", 5, "last"),
    ("عمود الأسبوع", 5, "first"),
    ("أغنية البحارة", 5, "last"),
    ("الحمد لله والصلاة والسلام على رسول الله، أما بعد فهذا جواب ما سألتم عنه.", 50, "first"),
    ("زبد البحر:", 12, "last"),
]


def test_a_closing_subhead_stays():
    pages = site_of(60, {})
    pages[:12] = ["\nزبد البحر\n".join(page.rsplit("\n", 1)) for page in pages[:12]]
    site = SiteBoilerplate.learn(pages)
    assert [site(page) for page in pages] == pages


@pytest.mark.parametrize(("line", "times", "place"), LEARNT)
def test_boilerplate_is_learnt(line, times, place):
    pages = site_of(60, {line: (times, place)})
    site = SiteBoilerplate.learn(pages)
    assert not [page for page in pages if line in site(page)]
    new = "\n".join(sentences(random.Random(99), 6))
    assert site(new) == new


@pytest.mark.parametrize(("line", "times", "place"), KEPT)
def test_story_stays_however_often_it_recurs(line, times, place):
    pages = site_of(60, {line: (times, place)})
    site = SiteBoilerplate.learn(pages)
    assert [site(page) for page in pages] == pages


def test_a_menu_goes_and_its_words_stay_in_the_story(site):
    story = "زار الوزير البلدة\nالسوق\nوعاد منها مساء"
    assert site(f"{MENU}\n{story}\nصحيفة الميناء/ ن ب") == story


def test_the_rest_of_a_notice_goes_and_a_refrain_above_it_stays():
    pages = site_of(60, {})
    pages[:4] = [f"{page}\nيا بحر\nللتواصل أرسل sms إلى 77{i}\nثم رمز الكاتب" for i, page in enumerate(pages[:4])]
    site = SiteBoilerplate.learn(pages)
    assert [site(page) for page in pages[:4]] == [page.split("\nللتواصل")[0] for page in pages[:4]]


def test_numbers_dates_and_addresses_are_slots():
    pages = site_of(20, {})
    pages = [
        f"نشر في {i + 1} مايو 20{i + 10}، {i}:30\n{page}\nراسلونا: {chr(97 + i)}@almina.example"
        for i, page in enumerate(pages)
    ]
    site = SiteBoilerplate.learn(pages)
    assert site("نشر في ٧ أيلول ٢٠٠١، ١٠:١٥\nعاد الصيادون\nراسلونا: new@almina.example") == "عاد الصيادون"


def test_links_that_differ_are_different_lines():
    pages = [
        f"{page}\nhttps://{name}.example/story"
        for page, name in zip(site_of(26, {}), string.ascii_lowercase, strict=True)
    ]
    site = SiteBoilerplate.learn(pages)
    assert [site(page) for page in pages] == pages
    same = [page.rsplit("/", 3)[0] + "//almina.example" if i < 3 else page for i, page in enumerate(pages)]
    assert SiteBoilerplate.learn(same)(same[0]) == same[0].rsplit("\n", 1)[0]


def test_an_opening_is_learnt_for_titles_not_seen():
    rng = random.Random(3)
    pages = site_of(30, {lambda: f"للمزيد: عن {rng.choice(WHAT)} {rng.choice(WHO)}": (12, "middle")})
    site = SiteBoilerplate.learn(pages)
    story = "\n".join(sentences(rng, 4))
    assert site(f"{story}\nللمزيد: قصة الجسر القديم\nوعاد الصيادون") == f"{story}\nوعاد الصيادون"
    assert site("للمزيد من الصيد خرج البحارة ليلا. وعادوا فجرا.") == "للمزيد من الصيد خرج البحارة ليلا. وعادوا فجرا."


def test_a_tail_is_cut_off_and_the_story_on_its_line_stays():
    pages = [
        f"{page} رابط الخبر بجريدة المرفأ: {random.Random(i).choice(WHAT)}" for i, page in enumerate(site_of(12, {}))
    ]
    site = SiteBoilerplate.learn(pages)
    text = "عاد الصيادون إلى المرفأ مساء. رابطُ الخبر بجريدة المرفأ: عودة الصيادين"
    assert site(text) == "عاد الصيادون إلى المرفأ مساء."
    assert "on 12 of 12 pages" in site.explain(text).removals[0].reason


def test_a_prefix_is_cut_off_and_the_story_on_its_line_stays():
    pages = [f"شارك على شبكات البحارة كلها {page}" for page in site_of(12, {})]
    site = SiteBoilerplate.learn(pages)
    assert site("شارك على شبكات البحارة كلها عاد الصيادون مساء أمس.") == "عاد الصيادون مساء أمس."


TOWNS = ["مراكش", "طنجة", "أكادير", "الدار البيضاء", "فاس", "وجدة", "تطوان", "مكناس"]


@pytest.mark.parametrize("mark", ["-", "–", "|", ":", "/"])
def test_a_name_and_a_town_before_the_story_are_cut_off(mark):
    pages = [f"نبأ {mark} {town} {mark} {page}" for town, page in zip(TOWNS, site_of(8, {}), strict=True)]
    site = SiteBoilerplate.learn(pages)
    assert site(f"نبأ {mark} العيون {mark} عاد الصيادون مساء أمس إلى المرفأ.") == "عاد الصيادون مساء أمس إلى المرفأ."
    assert site("نبأ سار للصيادين في المرفأ القديم.") == "نبأ سار للصيادين في المرفأ القديم."
    assert SiteBoilerplate.from_settings(json.loads(json.dumps(site.settings()))) == site


def test_a_question_and_a_subhead_before_the_story_are_no_prefix():
    for opening in ("س: ", "الجواب: ", "المقادير: "):
        pages = [opening + page for page in site_of(8, {})]
        assert not any(p.match == "prefix" for p in SiteBoilerplate.learn(pages).patterns), opening


def test_a_signature_under_each_post_is_learnt():
    posts = [page.split("\n") for page in site_of(6, {})]
    pages = ["\n".join(f"{post}\nمجلس أهل الواحة القديمة" for post in page[:3]) + "\n" + page[4] for page in posts]
    learnt = SiteBoilerplate.learn(pages)
    assert [p.place for p in learnt.patterns if p.words == "مجلس اهل الواحه القديمه"] == ["anywhere"]


def test_subheads_that_open_a_list_stay_whatever_they_follow():
    pages = [page.replace("\n", "\nتكفي لأربعة أشخاص\nالمقادير:\n", 1) + "\nهنيئا مريئا!" for page in site_of(6, {})]
    site = SiteBoilerplate.learn(pages)
    for page in pages:
        assert {"المقادير:", "هنيئا مريئا!"} <= set(site(page).split("\n"))


def test_a_disclosure_on_most_pages_is_learnt_wherever_it_stands():
    line = "قد تجد في هذه الصفحة عروضا لها مقابل"
    pages = site_of(6, {line: (6, "middle")})
    assert line not in SiteBoilerplate.learn(pages)(pages[0])


def test_an_issue_of_a_magazine_has_slots():
    assert len(set(slot_keys(["العدد ٣ – خريف ١٩٧٩", "العدد ٤ – شتاء ١٩٨٠", "العدد ٥ – ربيع ١٩٨٠"]))) == 1


def test_a_link_at_the_end_of_pages_stays_where_it_is_the_title():
    title = "موسم الصيد يبدأ غدا"
    pages = [f"{MENU}\n{page}\n{title}" for page in site_of(10, {})]
    site = SiteBoilerplate.learn(pages)
    assert site(pages[0]) == site_of(10, {})[0]
    assert site(f"{MENU}\n{title}\nيخرج الصيادون فجرا.") == f"{title}\nيخرج الصيادون فجرا."


def test_reasons_name_the_evidence():
    pages = site_of(40, {"شارك المقال": (31, "last")})
    site = SiteBoilerplate.learn(pages)
    page = next(p for p in pages if p.endswith("شارك المقال"))
    (removal,) = site.explain(page).removals
    assert removal.rule == "site_boilerplate"
    assert removal.reason.startswith("on 31 of 40 pages, last 3 lines: ")


def test_past_the_budget_what_is_doubtful_stays_and_is_reported():
    line = "* عن صحيفة البلدة والمرفأ"
    site = SiteBoilerplate.learn(site_of(60, {line: (5, "last"), "شارك المقال": (60, "last")}))
    short = f"عاد الصيادون\n{line}\nشارك المقال"
    assert site(short) == f"عاد الصيادون\n{line}"  # on every page, and so outside the budget
    held = site.withheld(short)
    assert held is not None
    assert held.letters == len(line)
    assert "on 5 of 60 pages" in held.reasons[0]
    assert site.withheld(site_of(1, {line: (1, "last")})[0]) is None


def test_nothing_is_learnt_from_nothing():
    for texts in ([], [""], ["\n \n"], ["نص"], ["***", "---"]):
        site = SiteBoilerplate.learn(texts)
        assert site.patterns == ()
        assert site("نص\nآخر") == "نص\nآخر"


# ----------------------------------------------------------------------------------------------- the value and its file


def test_it_prints_and_compares_by_value(site):
    assert repr(site) == f"<site_boilerplate of almina.example: {len(site.patterns)} patterns from 30 pages>"
    assert "on 30 of 30 pages" in str(site)
    assert site == SiteBoilerplate("almina.example", 30, site.patterns)
    assert hash(site) == hash(pickle.loads(pickle.dumps(site)))


def test_a_pipeline_with_it_goes_to_json(site):
    pipeline = Pipeline(site)
    assert Pipeline.from_json(pipeline.to_json()) == pipeline


def test_a_pattern_is_a_line_of_the_file(site, tmp_path):
    path = tmp_path / "profile.json"
    site.save(path)
    kept = [line for line in path.read_text("utf-8").splitlines() if "جريده اهل البحر" not in line]
    text = "\n".join(kept).replace("},\n ]", "}\n ]")
    path.write_text(text, "utf-8")
    pruned = SiteBoilerplate.load(path)
    assert len(pruned.patterns) == len(site.patterns) - 1
    assert pruned("قصة طويلة عن البحر والمرفأ وأهله\nجريدة أهل البحر كلهم").endswith("كلهم")


def test_a_profile_with_a_lone_surrogate_is_written_as_escapes(tmp_path):
    site = SiteBoilerplate.learn([f"{page}\nجريدة \ud83d البحر" for page in site_of(10, {})], site="\udc00")
    site.save(tmp_path / "p.json")
    assert SiteBoilerplate.load(tmp_path / "p.json") == site
    assert site.patterns


GOOD = {"match": "line", "words": "سوق", "place": "last", "pages": 3, "of": 4, "first": 0, "last": 3, "longest": 0}
GOOD |= {"example": "سوق", "why": "سبب", "beside": []}
BAD = [
    ("", "not JSON"),
    ("[1, 2]", "not a site profile"),
    ('{"name": "x"}', "not a site profile"),
    ('{"arclean_site_profile": 99}', "version 99"),
    ('{"arclean_site_profile": 1, "site": 3, "pages": 1, "patterns": []}', '"site" is 3'),
    ('{"arclean_site_profile": 1, "site": null, "pages": -1, "patterns": []}', '"pages" is -1'),
    ('{"arclean_site_profile": 1, "site": null, "pages": 1, "patterns": {}}', '"patterns" is dict'),
    ("[" * 100_000, "nested too deeply"),
    *(
        (json.dumps({"arclean_site_profile": 1, "site": None, "pages": 4, "patterns": [GOOD, row]}), message)
        for row, message in [
            (3, "pattern 2 is 3"),
            ({**GOOD, "place": "sky"}, "'first' or 'last' or 'block' or 'anywhere'"),
            ({**GOOD, "pages": "many"}, "\"pages\" is 'many'"),
            ({**GOOD, "beside": "سوق"}, '"beside" is'),
            ({**GOOD, "words": " "}, "has no words"),
            ({**GOOD, "colour": 1}, "'colour'"),
            ({k: v for k, v in GOOD.items() if k != "of"}, '"of" is None'),
        ]
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_file_is_refused_by_name_with_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "profile.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as refused:
        SiteBoilerplate.load(path)
    assert str(path) in str(refused.value)
    assert message in str(refused.value)


def test_files_that_cannot_be_read_or_written_are_named(site, tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*none\.json"):
        SiteBoilerplate.load(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"bytes\.json"):
        SiteBoilerplate.load(tmp_path / "bytes.json")
    with pytest.raises(OutputError, match=r"cannot write .*profile\.json"):
        site.save(tmp_path / "no" / "profile.json")


@pytest.mark.parametrize("wrong", [b"bytes", None, 3])
def test_texts_are_str(wrong):
    with pytest.raises(TypeError, match="takes text"):
        SiteBoilerplate.learn(["نص", wrong])
    with pytest.raises(TypeError, match="takes many texts"):
        SiteBoilerplate.learn("نص")


# ------------------------------------------------------------------------------------------------ reading lines

SIGNS = [
    ("السلام عليكم ورحمة الله وبركاته", Sign.PROTECTED),
    ("مسيرة لحزب الله في البلدة", Sign(0)),
    ("عبد الله الصياد", Sign(0)),
    ("ثانيا:", Sign.PROTECTED | Sign.LABEL),
    ("المقادير:", Sign.SUBHEAD | Sign.LABEL),
    ("اقرأ أيضا: قصة الجسر", Sign.ADDRESSED),
    ("شارك في السباق عشرون مركبا من كل الموانئ.", Sign.SENTENCE),
    ("قالت رويترز إن المرفأ أغلق أبوابه صباح الاثنين.", Sign.SENTENCE),
    ("الميناء/ رويترز", Sign.ADDRESSED | Sign.MARKED),
    ("أضف البصل", Sign(0)),
    ("ما رأيك في الموسم؟", Sign.LABEL),
    ("لمراسلة الكاتب: a@b.example", Sign.ADDRESSED | Sign.MARKED),
]


@pytest.mark.parametrize(("line", "signs"), SIGNS)
def test_signs(line, signs):
    assert read_line(line, slot_keys([line])[0]) & ~(Sign.OPENS | Sign.WORDY | Sign.PHRASE) == signs


@pytest.mark.parametrize(
    ("line", "sign", "shown"),
    [
        ("المقادير:", Sign.OPENS, True),
        ("هنيئا مريئا!", Sign.OPENS, True),
        ("مطبخ الدار للطهاة الصغار", Sign.OPENS, False),
        ("ملتقى أهل الجزيرة الخضراء", Sign.PHRASE, True),
        ("أهل الجزيرة", Sign.PHRASE, False),
        ("قد تجد في هذه الصفحة إعلانات مدفوعة", Sign.WORDY, True),
        ("قد تجد في هذه الصفحة إعلانات مدفوعة.", Sign.WORDY, False),
        ("«نافذة» ركن يكتبه راشد الفهيم كل اثنين", Sign.LABEL, False),
        ("«نافذة على البحر»", Sign.LABEL, True),
    ],
)
def test_signs_of_size_and_end(line, sign, shown):
    assert (sign in read_line(line, slot_keys([line])[0])) is shown


TABLE = tomllib.loads(files("arclean").joinpath("data/protected.toml").read_text("utf-8"))
PHRASES = [
    (phrase.replace("...", "كلمة").replace("{N}", "3"), kind, family["yields"] if kind == "protected" else False)
    for kind, families in TABLE.items()
    for family in families.values()
    for form in ("lines", "openings", "words")
    for phrase in family.get(form, [])
]


@pytest.mark.parametrize(("phrase", "kind", "yields"), PHRASES)
def test_every_phrase_of_the_table_is_a_sign(phrase, kind, yields):
    expected = Sign.ADDRESSED if kind == "addressed" else Sign.SUBHEAD | Sign.PROTECTED if yields else Sign.PROTECTED
    assert read_line(phrase, slot_keys([phrase])[0]) & expected


@few
@given(line=any_text)
def test_any_line_can_be_read(line):
    lines = [part.text for part in split_lines(line)]
    for text, key in zip(lines, slot_keys(lines), strict=True):
        assert isinstance(read_line(text, key), Sign)


@few
@given(line=st.text("اأإبتة يىـًّ ./:12", min_size=1, max_size=30))
def test_a_phrase_is_found_as_it_is_written(line):
    key = comparison_key(line).split()
    if key and not any(c.isdigit() for c in line) and not line.strip(" ./:").startswith(("ً", "ّ", "ـ")):
        found = find_phrase(tuple(key), line)
        assert found is not None
        assert comparison_key(line[slice(*found)]) == " ".join(key)


@pytest.mark.parametrize(
    "text", ["ا" + "\u064b" * 50_000, "اقرا" + " /" * 50_000, "a@" * 30_000, "اقرأ " * 20_000, "1 " * 50_000]
)
def test_hostile_lines_take_linear_time(site, text):
    site = SiteBoilerplate("x", 5, (*site.patterns, Pattern("tail", "اقرا ايضا", "last", 5, 5, 0, 5, 9, "x", "x")))
    start = time.perf_counter()
    site(text)
    SiteBoilerplate.learn([text, text + "ب", text + "ت"])
    find_phrase(("اقرا", "ايضا"), text)
    assert time.perf_counter() - start < 3
