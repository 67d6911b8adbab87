"""The report: safe against any text, bounded, the same each time, and true to what was removed."""

import base64
import hashlib
import json
import random
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import arclean
from arclean.dedup import find_duplicates
from arclean.documents import Document
from arclean.ledger import edit_records
from arclean.report import charts
from arclean.report.lines import LONGEST_PART, MOST_CHANGED_LINES, MOST_CHARACTERS, Gap, excerpt, lines
from arclean.report.reasons import ARABIC_REASONS, translated
from arclean.report.sample import Quota, Sample
from arclean.report.shown import Figures, Shown
from arclean.report.sides import chosen, set_out
from arclean.report.visible import visible, visible_change
from arclean.report.words import ARABIC, ENGLISH
from arclean.results import Settings
from arclean.run import run

HOSTILE = (
    '<script>window.pwned=1</script>"><img src=x onerror="window.pwned=1">\' onmouseover=alert(1) x=\'',
    "</style><style>*{display:none}</style>",
    "--></script><svg onload=window.pwned=1>",
    "{{ 7 * 7 }}{% for x in y %}&lt;&#60;",
    "\u202eقلب\u2066 بلا نهاية \u202b\x00\x1b[31m\x07\r\ufeff\ud800\U000e0041",
    "javascript:window.pwned=1",
)
ALLOWED = set(
    "html head meta title style body a header p h1 h2 h3 h4 nav ul li main section dl div dt dd bdi figure figcaption "
    "small svg rect table thead tbody tr th td span b details summary label input select option button output del ins "
    "mark article script footer".split()
)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            (
                "عاد الصيادون إلى المرفأ\n",
                "عـــاد",
                "0 تعليق\n",
                "\n",
                "\r\n",
                " ",
                "\xa0",
                "هل أعجبك هذا المقال؟\n",
                "شارك الخبر\n",
                "\u200f",
                "&amp;",
                "كِتَاب ",
                "[صورة: المرفأ]\n",
                "\u2028",
                "\x00",
                "Share\n",
            )
        ),
        max_size=12,
    ).map("".join),
)
STORY = "قال مدير المرفأ إن القوارب عادت صباح اليوم بعد عاصفة دامت ثلاثة أيام، وإن الأسواق ستفتح أبوابها غدًا كالمعتاد."


class Page(HTMLParser):
    """What stands in a page: tags, attributes, and the content of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.code: dict[str, list[str]] = {"script": [], "style": []}
        self.text: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):  # noqa: ARG002 (its own signature)
        self._inside = ""

    def handle_data(self, data):
        if self._inside in self.code:
            self.code[self._inside].append(data)
        else:
            self.text.append(data)


@pytest.fixture
def report(tmp_path):
    """Give a function that runs the main job over records and returns its report."""

    def written(records, name="out", **asked):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
        run([path], tmp_path / name, Settings(**asked))
        return (tmp_path / name / "report.html").read_bytes()

    return written


def test_no_text_can_act_in_the_page(report):
    records = [
        {"id": f"{bad}{n}", "site": bad, "text": f"{bad}\nشارك الخبر\n{STORY}\nـ{bad}\n0 تعليق\n{bad}", "title": bad}
        for bad in HOSTILE
        for n in range(6)
    ]
    html = report([*records, {"id": 'x"<b>', "text": None}]).decode()
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    names = {name for _, attributes in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "action")]
    assert all((a.get("href") or "#").startswith("#") for _, a in page.tags)
    assert not UNSEEN.search(html)
    assert page.text.count("U+202E") >= 6


def test_only_the_pages_own_script_and_style_may_run(report):
    page = Page(report([{"id": "1", "text": STORY}]).decode())
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    for kind in ("script", "style"):
        assert len(page.code[kind]) == 1
        digest = base64.b64encode(hashlib.sha256(page.code[kind][0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_the_bytes_are_the_same_each_time(report):
    records = [{"id": str(n), "site": f"s{n % 3}", "text": f"{STORY} رقم {n}\n0 تعليق"} for n in range(40)]
    first = report(records, "one")
    assert first == report(records, "two")
    assert first == report(records, "three", workers=2)


@pytest.mark.parametrize(
    ("language", "direction", "title"), [("ar", "rtl", "تقرير التنظيف"), ("en", "ltr", "Cleaning")]
)
def test_the_page_is_in_one_language(report, language, direction, title):
    records = [{"id": str(n), "site": "almina.example", "text": f"{STORY}\n0 تعليق"} for n in range(6)]
    html = report(records, language=language).decode()
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert title in html
    assert ("أدوات التعليق" in html) == (language == "ar")


def test_both_languages_say_the_same_things():
    assert ARABIC.labels.keys() == ENGLISH.labels.keys()
    assert all(ARABIC.labels.values())
    assert all(ENGLISH.labels.values())


def test_every_rule_of_the_presets_has_an_arabic_name():
    rules = {*re.findall(r"(?:repair|strip|drop|fold)_\w+", repr(arclean.SEARCH))}
    assert {rule for rule in rules if ARABIC.rule(rule) == rule} <= {"drop_repeated_teasers"}


def test_reasons_of_the_seeds_are_said_in_arabic(seeds):
    texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.iterdir())]
    reasons = [e["reason"] for text in texts for e in edit_records("", arclean.explain(text))]
    assert len(reasons) > 20
    assert [r for r in reasons if translated(r, ARABIC_REASONS) == r] == []


@pytest.mark.parametrize(
    ("reason", "arabic"),
    [
        ("elongation mark, 3 times", "تطويل، عدد المرات 3"),
        (
            "on 31 of 40 pages, last 3 lines: always at this edge",
            "في 31 من 40 صفحة، في آخر 3 أسطر: على هذا الطرف دائمًا",
        ),
        (
            '"تابعوا الميناء" and the rest, on 4 of 9 pages, anywhere on the page: glued before the story',
            "«تابعوا الميناء» وما بعدها، في 4 من 9 صفحة، في أي موضع: ملصق قبل المتن",
        ),
        ("no-break space; elongation mark", "مسافة لا تنفصل؛ تطويل"),
        ("no-break space; something else", "no-break space; something else"),
        ('x "' * 100_000, 'x "' * 100_000),
    ],
)
def test_reasons_in_arabic(reason, arabic):
    assert translated(reason, ARABIC_REASONS) == arabic


@given(st.text())
def test_nothing_unseen_is_shown_and_nothing_seen_is_lost(text):
    for shown in (visible, visible_change):
        runs = list(shown(text))
        assert not UNSEEN.search("".join(run.text for run in runs))
        assert not re.search("[\ud800-\udfff]", "".join(run.text for run in runs))
    plain = "".join(run.text for run in visible(text) if not run.named)
    assert plain == "".join(run.text for run in visible(plain))
    gone = Counter(text.replace("\r\n", "\n")) - Counter(plain)
    assert {unicodedata.category(c) for c in gone} <= {"Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zl", "Zp", "Lo"}
    assert {c for c in gone if unicodedata.category(c) == "Lo"} <= set("\u115f\u1160\u3164\uffa0")


def test_marks_and_words_without_end_are_counted():
    text = "ا" + "\N{ARABIC FATHA}" * 300 + "ب"
    assert [run.text for run in visible(text) if run.named] == ["U+064E ×292"]
    assert [run.text for run in visible("مُحَمَّدٌ رَسُولُ") if run.named] == []
    assert [run.text for run in visible("ط" * 20_000 + " نعم " + "a" * 400)] == [
        "ط" * 400,
        "… ×19,600",
        " نعم " + "a" * 400,
    ]


def _letters(text):
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_the_lines_are_the_original_and_the_cleaned_text_at_once(text):
    cleaned = arclean.explain(text)
    shown = list(lines(cleaned))
    parts = [part for line in shown for part in line.parts]
    assert _letters("".join(p.text for p in parts if p.kind != "new")) == _letters(text)
    assert _letters("".join(p.text for p in parts if p.kind != "gone")) == _letters(cleaned.text)
    assert [line.number for line in shown] == sorted(line.number for line in shown)
    rows = text.split("\n")
    for line in shown:
        first = next((p.text for p in line.parts if p.kind != "new"), "").strip("\r\n").split("\n")[0]
        assert first.strip("\r") in rows[line.number - 1]


@settings(deadline=None)
@given(TEXTS)
def test_a_line_that_is_whole_has_nothing_left(text):
    for line in lines(arclean.explain(text)):
        if line.whole:
            assert all(part.kind == "gone" or not part.text.strip() for part in line.parts)


def test_lines_that_went_for_several_reasons_have_each_its_own():
    text = f"{STORY}\n\nهل أعجبك هذا المقال؟\n\n0 تعليق\n\nتابعوا أخبار الميناء على هواتفكم"
    gone = [line for line in lines(arclean.explain(text)) if line.whole]
    assert [(line.number, [note.reason.split(":")[0] for note in line.notes]) for line in gone] == [
        (3, ["comment prompt"]),
        (5, ["comment counter"]),
        (7, ["follow us"]),
    ]


def test_a_line_that_changed_before_it_went_has_the_reason_for_which_it_went():
    text = f"{STORY}\nصيادون في المرفأ. [رويترز]\n\nصيـادون في المرفأ. [رويترز]\n\n0 تعليق"
    gone = [line for line in lines(arclean.explain(text)) if line.whole]
    assert [[note.reason.split(" ")[0] for note in line.notes] for line in gone] == [["same"], ["comment"]]


def test_a_long_document_is_cut_and_says_how_much():
    story = "\n".join(f"{n} {STORY}" for n in range(2_000))
    cleaned = arclean.explain(f"{story}\n0 تعليق\n{story}")
    shown = excerpt(cleaned)
    gaps = [line for line in shown.lines if isinstance(line, Gap)]
    kept = [line for line in shown.lines if not isinstance(line, Gap)]
    assert sum(line.size for line in kept) <= MOST_CHARACTERS + LONGEST_PART
    assert sum(gap.lines for gap in gaps) + len(kept) == 4_001
    assert [line.whole for line in kept].count(True) == 1


def test_a_line_without_end_and_changes_without_number_are_cut():
    one = excerpt(arclean.explain("كلمة " * 200_000 + "عـــاد"))
    assert sum(line.size for line in one.lines) < 2 * LONGEST_PART
    many = excerpt(arclean.explain("عـاد\n" * 500, arclean.strip_tatweel))
    assert (len(many.lines), many.more_changed) == (MOST_CHANGED_LINES + 1, 500 - MOST_CHANGED_LINES)


keys = st.lists(st.text("ابجد", min_size=1, max_size=4), unique=True, max_size=40)


def _drawn(documents):
    sample = Sample({"all": Quota(5, 1), "site": Quota(2, 3)})
    for number, key in enumerate(documents):
        for place in sample.places(key, [("all", ""), ("site", key[0])]):
            sample.put(place, number, key)
    return sorted(sample)


@given(keys, st.randoms())
def test_the_draw_depends_on_no_order_and_is_bounded(documents, chance):
    other = documents.copy()
    chance.shuffle(other)
    drawn = _drawn(documents)
    assert drawn == _drawn(other)
    assert min(5, len(documents)) <= len(drawn) <= 5 + 2 * 3


def _near_copies(chance, count):
    words = "بحر مرفأ قارب صياد سوق ريح موج شبكة سمك ميناء رصيف شراع عاصفة ملح صخرة ليل نجم بوصلة حبل مرساة".split()
    story = [chance.choice(words) + str(n % 7) for n in range(60)]
    for n in range(count):
        copy = story.copy()
        for _ in range(n % 5):
            copy[chance.randrange(60)] = "كلمة"
        yield Document(str(n), " ".join(copy))


def test_the_histogram_counts_what_the_pairs_say():
    found = find_duplicates(list(_near_copies(random.Random(7), 40)), threshold=0.5)
    counted = Counter(min(int(m.jaccard * charts.BINS + 1e-9), charts.BINS) for m in found.pairs)
    shown = charts.histogram(found)
    assert sum(b.pairs for b in shown) == len(found.pairs) > 100
    assert {round(b.low * charts.BINS): b.pairs for b in shown if b.pairs} == counted
    assert charts.histogram(find_duplicates([])) == []


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_sides_are_the_two_texts(chance):
    documents = list(_near_copies(chance, 6))
    found = find_duplicates(documents, threshold=0.3)
    texts = {d.id: d.text for d in documents}
    for cluster in set_out(found, chosen(found.clusters), {}):
        for pair in cluster.pairs:
            for side, key in ((pair.kept_side, cluster.cluster.kept), (pair.dropped_side, pair.dropped)):
                assert "".join(s.text for s in side) == texts[key]
                assert all(a.kind != b.kind for a, b in pairwise(side))
            same = [
                [_letters(s.text) for s in side if s.kind == "same"] for side in (pair.kept_side, pair.dropped_side)
            ]
            assert _letters("".join(same[0])) == _letters("".join(same[1])) or pair.match.jaccard < 1


def test_what_differs_is_marked_by_kind():
    kept = f"{STORY} وصل القارب الأزرق أولًا. ثم فتح التجار محلاتهم في السوق القديم عند الظهر تمامًا."
    story = STORY.replace("الأسواق", "الاسواق")
    dropped = f"ثم فتح التجار محلاتهم في السوق القديم عند الظهر تمامًا. {story} وصل القارب الأحمر أولًا."
    found = find_duplicates([("1", kept), ("2", dropped)], threshold=0.3)
    (cluster,) = set_out(found, chosen(found.clusters), {})
    (pair,) = cluster.pairs
    marked = {(s.kind, s.text) for s in (*pair.kept_side, *pair.dropped_side) if s.kind != "same"}
    assert {("only", "الأزرق"), ("only", "الأحمر"), ("spelt", "الأسواق"), ("spelt", "الاسواق")} <= marked
    assert ("moved", "ثم فتح التجار محلاتهم في السوق القديم عند الظهر تمامًا") in marked


def test_a_large_corpus_is_sampled_and_the_page_says_so(report):
    records = [
        {
            "id": f"{n}",
            "site": f"s{n % 50}",
            "text": f"{STORY * 8} {n} {n * n}\n{'عـاد' if n else 'Accessibility links'}",
        }
        for n in range(500)
    ]
    html = report(records, learn=False).decode()
    assert "تعرض هذه الصفحة عيّنة" in html
    assert "<b>500</b>" in html
    assert len(html) < 3_000_000
    assert "drop_page_furniture" in html  # the rule that spoke once is among them
    assert html.count('class="item document"') < 200


def test_memory_is_bounded_by_what_is_shown():
    shown = Shown.of(find_duplicates([]), [])
    cleaned = arclean.explain("عـاد " + STORY * 200)
    for n in range(3_000):
        document = Document(f"{n}" + "x" * 10_000, "", f"site {n}")
        shown.take(Figures.of(document, cleaned), lambda: cleaned)
    held = [part.text for d in shown.documents for line in d.excerpt.lines for part in getattr(line, "parts", ())]
    assert len(shown.documents) <= 60 + 4 + 3 * 30
    assert sum(map(len, held)) < 60 * MOST_CHARACTERS * 3
    assert max(len(d.id) for d in shown.documents) <= 301
    assert shown.changed == shown.read == 3_000


def test_what_the_budget_withheld_is_named(tmp_path):
    notice = "تصلكم نشرة الميناء كل صباح من الرصيف القديم"
    pages = [f"خبر رقم {n} عن {word} والصيادين.\n{STORY}{word}\n{notice}" for n, word in enumerate("أبجدهوز")]
    profile = arclean.SiteBoilerplate.learn(pages, site="almina.example")
    doubtful = replace(profile, patterns=tuple(replace(p, pages=2, of=40) for p in profile.patterns))
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": "1", "site": "almina.example", "text": f"عـاد\n{notice}"}), encoding="utf-8")
    run([path], tmp_path / "out", profiles={"almina.example": doubtful})
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert ARABIC["withheld"] in html
    assert "في 2 من 40 صفحة" in html


def test_nothing_to_show_is_said(report):
    html = report([{"id": "1", "text": STORY}]).decode()
    for key in ("no_documents", "no_clusters", "no_sites"):
        assert ARABIC[key] in html
