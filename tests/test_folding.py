"""Folding and stripping: the wild cases, the peers as oracles, and the shortcut held equal to the edits."""

import json
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarabic import araby

from arclean import alphabet, folding, presets
from arclean.alphabet import Marks
from arclean.edits import apply
from arclean.folding import FoldAlef, FoldPunctuation, StripDiacritics, strip_diacritics, strip_tatweel
from arclean.rules import Pipeline
from arclean.rules.spans import SIGNS, protected_spans
from arclean.rules.stages import staged
from arclean.rules.tables import LONG
from arclean.testing import hostile_text

CASES = json.loads((Path(__file__).parent / "cases" / "folding.json").read_text(encoding="utf-8"))
OPTIONS = [
    StripDiacritics(keep=Marks.SHADDA),
    StripDiacritics(keep=Marks.MADDA | Marks.TANWIN),
    *(type(rule)(protect=False) for rule in folding.RULES),
]
RULES = [*folding.RULES, *OPTIONS]
BY_NAME = {rule.name: rule for rule in folding.RULES} | {"FOLD": presets.FOLD}

# What a table cannot see beside what it folds: signs that folding puts together, marks that stand between a letter and
# its hamza, letters three times, characters beyond the BMP and halves of them, the batch's own separator.
HOSTILE = (
    *"اأآإويئةىهکۀۂۓـ٣.٫،…«»W/:w@#`\n ",
    *"\u064e\u0653\u0654\u0655\u0316\u0301\u0338\u06d6\x1e\u2028\ufffe\uffff\ud83d\ude00",
    *("\U00010400", "👍", "www.", "ww", "://", "http", "http://a.b/أـ", "@أحمد", "#إ", "x@y.com"),
    *("```\n", "\n```\n", "ههه"),
)
ANY = st.one_of(st.lists(st.sampled_from(HOSTILE), max_size=14).map("".join), hostile_text())
hard = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def slowly(cleaner, text):
    """What the edits alone make of a text: the twin of every shortcut."""
    while True:
        before = text
        for rule in cleaner.cleaners if isinstance(cleaner, Pipeline) else [cleaner]:
            edits = True
            while edits:
                text, edits = apply(text, rule.find(text))
        if text == before:
            return text


@pytest.mark.parametrize(("name", "given_", "wanted", "why"), CASES["changes"])
def test_what_changes(name, given_, wanted, why):
    assert BY_NAME[name](given_) == wanted, why


@pytest.mark.parametrize(("name", "text"), CASES["stays"])
def test_what_stays(name, text):
    assert nfc(BY_NAME[name](text)) == nfc(text)
    assert nfc(BY_NAME[name](f"أحمد\n{text}\n")) == nfc(f"{BY_NAME[name]('أحمد')}\n{text}\n")


@hard
@given(text=ANY)
def test_the_shortcut_gives_what_the_edits_give(text):
    for rule in RULES:
        once = rule(text)
        assert once == slowly(rule, text) == rule.explain(text).text, rule
        assert rule(once) == once, rule


@hard
@given(text=ANY)
def test_composed_and_decomposed_fare_alike(text):
    for rule in RULES:
        assert nfc(rule(nfc(text))) == nfc(rule(nfd(text))), rule


@hard
@given(rules=st.lists(st.sampled_from(RULES), min_size=1, max_size=6), text=ANY, others=st.lists(ANY, max_size=4))
def test_any_pipeline_of_folds_gives_what_its_edits_give(rules, text, others):
    pipeline = Pipeline(*rules)
    assert pipeline(text) == slowly(pipeline, text) == pipeline.explain(text).text
    many = [text, *others, "", text]
    assert list(pipeline.batch(many)) == [pipeline(t) for t in many]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(line=ANY)
def test_long_texts_fare_as_short_ones(line):
    pipeline = Pipeline(*folding.RULES)
    text = (line + " كلام\n") * (LONG // (len(line) + 6) + 1)
    assert pipeline(text) == slowly(pipeline, text)
    assert strip_diacritics(text) == slowly(strip_diacritics, text)


# What decides where a span begins and ends may stand some characters from it: an indent, a scheme, words of a domain.
MOVING = ("", *"ـ٣۔٫٪؟«")
STAYING = ("", " ", "-", ".", "1", "1b", "-ا")
BEFORE_SIGNS = product(("", "A"), MOVING, STAYING, [*SIGNS, "@ا"], ("xC", "\nأC\n```"))
AFTER_SIGNS = product([*SIGNS, "ا@ا", "ا@ا.ا"], STAYING, MOVING, ("C", "أC", "ههههه"))


@pytest.mark.parametrize("parts", [BEFORE_SIGNS, AFTER_SIGNS], ids=["before", "after"])
def test_what_protects_after_one_fold_protects_from_the_next(parts):
    pipeline = Pipeline(*folding.RULES)
    texts = list(map("".join, parts))
    wanted = [slowly(pipeline, text) for text in texts]
    assert [pipeline(text) for text in texts] == wanted
    assert list(pipeline.batch(texts)) == wanted
    without_code = [i for i, text in enumerate(texts) if "```" not in text]
    assert list(pipeline.batch([texts[i] for i in without_code])) == [wanted[i] for i in without_code]


def test_neighbours_become_one_pass():
    assert [stage.name for stage in staged(folding.RULES)] == [", ".join(r.name for r in folding.RULES)]


def test_no_rule_writes_or_removes_what_protects():
    for rule in RULES:
        assert not set("".join(SIGNS)) & set(rule.changes())


@pytest.mark.parametrize("mark", alphabet.marks(Marks.ALL))
def test_every_mark_goes(mark):
    assert strip_diacritics(f"ب{mark}ت") == "بت"


@pytest.mark.parametrize("kind", Marks)
def test_every_class_can_stay(kind):
    stays = "".join(f"ب{mark}" for mark in alphabet.marks(kind))
    assert StripDiacritics(keep=kind)(stays) == stays
    assert StripDiacritics(keep=Marks.ALL & ~kind)(stays) == "ب" * len(alphabet.marks(kind))


def test_hamza_is_never_a_vowel_mark():
    for text in ("أ", "ؤ", "ئ", "إ", "ه\u0654", "ى\u0654"):
        assert strip_diacritics(nfd(text)) == nfd(text)


def test_protection_is_an_option():
    text = "#إيمان أ@ب.com"
    assert FoldAlef()(text) == text
    assert FoldAlef(protect=False)(text) == "#ايمان ا@ب.com"
    assert repr(FoldAlef(protect=False)) == "FoldAlef(protect=False)"


def test_what_folding_uncovers_is_protected_from_then_on():
    assert Pipeline(strip_tatweel, FoldAlef())("http:ـ//أ.com أ") == "http://أ.com ا"
    assert Pipeline(FoldPunctuation(), FoldAlef())("www۔أ.com أ") == "www.أ.com ا"


def test_reasons_are_facts():
    def reasons(rule, text):
        return [edit.reason for step in rule.explain(text).steps for edit in step.edits]

    assert reasons(strip_tatweel, "مـــد") == ["elongation mark, 3 times"]
    assert reasons(folding.fold_alef, "أ") == reasons(folding.fold_alef, "ا\u0654") == ["alef with hamza above → alef"]
    assert reasons(strip_diacritics, "بَّ") == ["fatha and shadda"]
    assert reasons(folding.fold_elongation, "هههه") == ["heh 4 times in a row"]
    assert reasons(folding.fold_digits, "٣٫١") == [
        "Arabic-indic digit three → 3",
        "Arabic decimal separator in a number",
        "Arabic-indic digit one → 1",
    ]
    assert reasons(folding.fold_punctuation, "،") == ["Arabic comma → ,"]


@given(st.text(alphabet="".join(araby.TASHKEEL) + "ابتهـ ء.a", max_size=20))
def test_pyarabic_strips_the_same_eight_marks_and_tatweel(text):
    assert strip_diacritics(text) == araby.strip_tashkeel(text)
    assert strip_tatweel(text) == araby.strip_tatweel(text)


def test_where_pyarabic_folds_alef_otherwise():
    same = [c for c in araby.ALEFAT if folding.fold_alef(f"ب{c}") == araby.normalize_alef(f"ب{c}")]
    other = [c for c in araby.ALEFAT if c not in same]
    assert other == [araby.ALEF_MAKSURA, araby.SMALL_ALEF]  # the first is a yeh, the second a vowel mark


def test_the_fold_table_is_what_the_rules_do():
    pipeline = Pipeline(*folding.RULES)
    assert all(pipeline(f" {old} ") == f" {new} " for old, new in folding.fold_table().items() if old not in "@#")
    assert not any(old == new for old, new in folding.fold_table().items())
    assert not set(folding.fold_table()) & {c for new in folding.fold_table().values() for c in new}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("انظر (https://a.org/b_(c))، ثم", ["https://a.org/b_(c"]),
        ("http://a.b/؟س=١. نعم", ["http://a.b/؟س=١"]),
        ("www.a.com/أ «www.b.com»", ["www.a.com/أ", "www.b.com"]),
        ("awww.x ://x 5://x http://", []),
        ("أحمد.علي@مثال.دا، x@y أ @z", ["أحمد.علي@مثال.دا", "@y", "@z"]),
        ("# @ #أ\u0654ب ##ج", ["#أ\u0654ب", "#ج"]),
        ("a ``` b\n```py\nأ\n```\nأ\n```\nأ", ["```py\nأ\n```"]),
        ("```\nأ", []),
    ],
)
def test_what_is_protected(text, wanted):
    assert [text[start:end] for start, end in protected_spans(text)] == wanted


HOSTILE_UNITS = [
    *("@", "a@", "#", "http://", "://", "1://", "www.", "a.", "@a-"),
    *("```", "\n```", " ```", "ا\u0653\u0654", "هَه", "\u0653"),
]


@pytest.mark.parametrize("unit", HOSTILE_UNITS)
def test_hostile_repeats_take_linear_time(unit):
    text = unit * 20_000
    assert len(presets.FOLD(text)) <= len(text)  # quadratic work on 100,000 characters would take minutes


@hard
@given(text=ANY)
def test_spans_do_not_depend_on_the_normal_form(text):
    def pieces(text):
        return [nfc(text[start:end]) for start, end in protected_spans(text)]

    assert pieces(nfc(text)) == pieces(nfd(text))


# Found by benchmarks/fuzz.py: what a deletion puts together must be seen by the quick way as the edits see it.
TORN = [
    "w\N{ARABIC FATHA}ww.\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
    "w\N{ARABIC TATWEEL}ww.\N{ARABIC LETTER ALEF WITH HAMZA BELOW}\n",
    "``\N{ARABIC TATWEEL}`\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}\n`\N{ARABIC TATWEEL}``",
    "\N{ARABIC MADDAH ABOVE}\N{HORIZONTAL ELLIPSIS}@\N{ARABIC LETTER ALEF}.\N{ARABIC LETTER ALEF}",
]


@pytest.mark.parametrize("text", TORN, ids=ascii)
def test_what_a_deletion_puts_together_is_protected_whichever_way(text):
    explained = presets.FOLD.explain(text).text
    assert presets.FOLD(text) == explained
    assert list(presets.FOLD.batch([text, "نص", text])) == [explained, "نص", explained]
