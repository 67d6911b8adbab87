"""Repairs: the wild cases, what must not change, and the laws that hold on any text."""

import html
import json
import re
import time
import unicodedata
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from arclean import alphabet, repair
from arclean.repair import forms, languages
from arclean.testing import texts

CASES = Path(__file__).parent / "cases"
WILD = json.loads((CASES / "repair.json").read_text(encoding="utf-8"))
UNTOUCHED = json.loads((CASES / "untouched.json").read_text(encoding="utf-8"))
RULES = (
    repair.repair_entities,
    repair.repair_unicode,
    repair.repair_presentation_forms,
    repair.repair_spaces,
    repair.strip_invisibles,
    repair.repair_lookalikes,
)
any_text = settings(max_examples=80, deadline=None)


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfkc(text):
    return unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("case", WILD, ids=lambda c: f"{c['rule']}: {c['label']}")
def test_wild_case(case):
    rule = getattr(repair, case["rule"])
    assert rule(case["given"]) == case["want"]
    assert rule.explain(case["given"]).undo() == case["given"]


@pytest.mark.parametrize("case", UNTOUCHED, ids=lambda c: f"{c['language']}: {c['text'][:20]}")
def test_good_text_stays(case):
    text = nfc(case["text"])
    assert {rule.name: rule(text) for rule in RULES} == {rule.name: text for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
@pytest.mark.parametrize("language", sorted({c["language"] for c in UNTOUCHED} - {"Arabic"}))
def test_good_text_stays_when_read_as_one(rule, language):
    text = nfc("\n".join(c["text"] for c in UNTOUCHED if c["language"] == language))
    assert rule(text) == text


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_rule_finds_work_in_its_cases(rule):
    changed = [c for c in WILD if c["rule"] == rule.name and c["given"] != c["want"]]
    assert len(changed) >= 4


@any_text
@given(texts())
def test_clusters_are_normalised_as_the_whole_text_is(text):
    assert repair.repair_unicode(text) == nfc(text)


@any_text
@given(
    st.text(
        st.sampled_from("اوي\u064e\u0651\u0654\u0655\u0653\u0670e\u0301\u0344\uac00\u11a8\u1161\u09c7\u09be "),
        max_size=30,
    )
)
def test_clusters_of_composing_characters_are_normalised_exactly(text):
    assert repair.repair_unicode(text) == nfc(text)


def test_a_pile_of_marks_is_sorted_in_linear_time():
    text = "ب" + "\u0651\u064e\u0655\u0654" * 20_000
    start = time.perf_counter()
    out = repair.repair_unicode(text)
    assert time.perf_counter() - start < 2
    assert out[1:] == "".join(sorted(text[1:], key=unicodedata.combining))


PARTS = ["&", "#", "38", "x26", ";", "amp;", "amp", "lt;", "&#1571;", "&quot;", "&#", "&amp;", "1", "أ", " "]
ONCE = re.compile("&(#[0-9]+|#[xX][0-9a-fA-F]+|amp|lt|quot);")


def decode_once(text):
    """Decode as html.unescape does, but for what no text may have."""

    def char(found):
        new = html.unescape(found[0])
        written = len(new) == 1 and unicodedata.category(new) not in ("Cc", "Cs") and new != "\ufffd"
        return new if written else found[0]  # html.unescape gives nothing for noncharacters

    return ONCE.sub(char, text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=12))
@example(["&#", "38", "38", ";"])  # U+0EFE, which Unicode may yet assign
def test_entities_are_decoded_to_the_end(parts):
    slow = text = "".join(parts)
    while (again := decode_once(slow)) != slow:
        slow = again
    assume(text.isprintable() and all(c.isascii() or c == "أ" for c in slow))
    assert repair.repair_entities(text) == slow


def test_every_reference_that_html_writes_comes_back():
    for point in [*range(0x20, 0x7F), *range(0xA0, 0x3000), 0x1F600]:
        for written in (f"&#{point};", f"&#x{point:x};", f"&amp;#{point};"):
            assert repair.repair_entities(written) == chr(point)


def test_every_presentation_form_becomes_its_letters():
    judged = 0
    for char in map(chr, (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))):
        carrier, *_ = (*unicodedata.decomposition(char).split()[1:], "")
        if not carrier:
            assert char in forms.PHRASES or repair.repair_presentation_forms(f"س{char}س") == f"س{char}س"
            continue
        judged += 1
        plain = nfkc(char)
        if carrier in ("0020", "0640"):
            plain = plain.replace(" ", "").replace("ـ", "")
        if char in forms.PHRASES:
            plain = " " + plain.replace("ریال", "ريال") + " "
        assert nfc(repair.repair_presentation_forms(f"س{char}س")) == nfc(f"س{plain}س")
    assert judged == 731


@any_text
@given(texts())
def test_no_form_of_a_letter_is_left(text):
    left = set(repair.repair_presentation_forms(text)) & set(forms.letter_forms())
    assert left <= forms.spacing_marks()


@any_text
@given(texts())
def test_spaces_change_no_other_character(text):
    out = repair.repair_spaces(text)
    assert "".join(out.split()) == "".join(text.split())


@any_text
@given(
    st.text(st.sampled_from("کتابهامي گ\u0654اأـa\u200c\u200d\u200b\u200f\u064e\u0301❤\ufe0f🔥क\u094d@/:"), max_size=20)
)
def test_joiners_do_not_depend_on_the_normal_form(text):
    composed, decomposed = nfc(text), unicodedata.normalize("NFD", text)
    assert nfc(repair.strip_invisibles(composed)) == nfc(repair.strip_invisibles(decomposed))


@any_text
@given(
    st.lists(
        st.sampled_from(["كتاب", "الكتا\u200cب", "إلى\u200c", "أ", "می\u200cخواهم", "حاشيه\u200c", "گل"]), max_size=6
    )
)
def test_elongation_says_nothing_about_joiners(words):
    stretched = " ".join(word[0] + alphabet.TATWEEL + word[1:] for word in words)
    assert repair.strip_invisibles(stretched).replace(alphabet.TATWEEL, "") == repair.strip_invisibles(" ".join(words))


@any_text
@given(texts())
def test_only_invisible_characters_are_stripped(text):
    gone = {c for r in repair.strip_invisibles.explain(text).removals for c in r.old}
    assert all(unicodedata.category(c) == "Cf" for c in gone)


def test_addresses_are_stripped_when_asked():
    text = "https://e.example/مي\u200fم"
    assert repair.strip_invisibles(text) == text
    assert repair.StripInvisibles(protect=False)(text) == text.replace("\u200f", "")
    assert repr(repair.StripInvisibles(protect=False)) == "StripInvisibles(protect=False)"


@any_text
@given(texts())
def test_lookalikes_keep_length_and_neighbours(text):
    out = repair.repair_lookalikes(text)
    assert len(out) == len(text)
    assert all(a == b or a in languages.LOOKALIKES for a, b in zip(text, out, strict=True))


HOSTILE = {
    "ampersands": "&" * 200_000,
    "references to ampersands": "&amp;" * 20_000,
    "nested digits": "&#3" * 5_000 + "&#56;" + ";" * 5_000,
    "addresses": "http://" * 20_000 + "?&amp;",
    "a word of joiners": "ب\u200c" * 20_000,
    "marks and joiners": "\u0651\u200c" * 20_000,
    "a word of look-alikes": "ی" * 50_000 + " في إلى",
    "phrases": "ﷺ" * 20_000,
    "brackets": "(" * 100_000 + "الوزیر إلى الریاض",
    "joiners": "\u200c" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name):
    start = time.perf_counter()
    for rule in RULES:
        rule(HOSTILE[name])
    assert time.perf_counter() - start < 4


def test_reasons_are_facts():
    removals = [r for c in WILD for r in getattr(repair, c["rule"]).explain(c["given"]).removals]
    assert all(len(r.reason) < 120 and r.reason == r.reason.strip() for r in removals)
    by_rule = {rule: len(list(group)) for rule, group in groupby(sorted(r.rule for r in removals))}
    assert by_rule.keys() >= {rule.name for rule in RULES}


@pytest.mark.parametrize(
    ("text", "evident", "other"),
    [
        ("وصل الوزير إلى الرياض", True, False),
        ("وصل الوزیر إلی الریاض", True, False),
        ("این کتاب را می\u200cخواهم", False, True),
        ("یہ کتاب بہت اچھی ہے", False, True),
        ("ئەم کتێبە زۆر باشە", False, True),
        ("پښتو ژبه", False, True),
        ("ئۇيغۇر تىلى", False, True),
        ("قلم", False, False),
        ("", False, False),
    ],
)
def test_languages(text, evident, other):
    found = languages.votes(text)
    assert (found.evident, found.other) == (evident, other)


@any_text
@given(texts())
def test_votes_do_not_depend_on_the_normal_form(text):
    assert languages.votes(nfc(text)) == languages.votes(unicodedata.normalize("NFD", text))
