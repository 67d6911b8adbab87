"""Mojibake made by really mis-encoding, wild cases, and the good text that must not change."""

import json
import math
import re
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.mojibake import RepairMojibake, repair_mojibake
from arclean.mojibake.letters import ALPHABET, SIZE, letter_model, plausibility

CASES = json.loads((Path(__file__).parent / "cases" / "mojibake.json").read_text(encoding="utf-8"))
MODEL = Path(__file__).parents[1] / "src" / "arclean" / "data" / "letter_model.txt"

SENTENCES = (
    "أعلنت البلدية افتتاح حديقة جديدة وسط المدينة يوم الجمعة المقبل.",
    "يشرب جدي القهوة كل صباح، ثم يقرأ الجريدة في الشرفة.",
    "هل وصلت الرسالة التي أرسلتها إليك قبل أسبوع؟",
    "فاز الفريق بثلاثة أهداف في مباراة مثيرة حضرها آلاف المشجعين.",
    "تغلق المكتبة أبوابها عند الساعة 18:30 خلال شهر رمضان.",
    "قالت الطبيبة إن النوم الكافي يقوي الذاكرة ويحسن المزاج.",
    "سافرنا بالقطار إلى الساحل؛ كانت الرحلة طويلة وممتعة.",
    "ارتفعت أسعار القمح بنسبة 12% بعد موجة الجفاف الأخيرة.",
    "و لا أظن أن (ك) هو الحرف الصحيح هنا",
)
VOCALISED = "ذَهَبَ الْوَلَدُ إِلَى الْمَدْرَسَةِ مُسْرِعًا فَوَصَلَ قَبْلَ الدَّرْسِ."

Damage = Callable[[str], str]


def misread(written: str, read: str, errors: str = "browser") -> Damage:
    """Write in one encoding and read in another; a browser reads an undefined byte as the C1 control."""
    table = {byte: c for byte in range(256) if (c := bytes([byte]).decode(read, "ignore"))}
    if errors == "browser":
        return lambda text: text.encode(written).decode("latin-1").translate(table)
    return lambda text: text.encode(written).decode(read, errors)


DAMAGES = {
    "UTF-8 read as latin-1": misread("utf-8", "latin-1"),
    "UTF-8 read as windows-1252": misread("utf-8", "cp1252"),
    "UTF-8 read as windows-1256": misread("utf-8", "cp1256"),
    "UTF-8 read as Mac Roman": misread("utf-8", "mac_roman"),
    "UTF-8 read as cp437": misread("utf-8", "cp437"),
    "UTF-8 read as windows-1251": misread("utf-8", "cp1251"),
    "windows-1256 read as windows-1252": misread("cp1256", "cp1252"),
    "ISO-8859-6 read as windows-1252": misread("iso8859-6", "cp1252"),
    "ISO-8859-6 read as windows-1256": misread("iso8859-6", "cp1256"),
}
UTF_8 = {name: damage for name, damage in DAMAGES.items() if name.startswith("UTF-8")}
STRICT = {kind: misread("utf-8", "cp1252", kind) for kind in ("replace", "ignore")}


def reasons(text: str) -> set[str]:
    """Give the chains that the edits of a text name."""
    return {edit.reason.rpartition(": ")[0] for step in repair_mojibake.explain(text).steps for edit in step.edits}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_damaged_sentence_comes_back_and_its_reason_names_the_damage(name, sentence):
    damaged = DAMAGES[name](sentence)
    assert repair_mojibake(damaged) == sentence
    assert reasons(damaged) <= {name, name.replace("windows-1252", "latin-1")}


@pytest.mark.parametrize("name", UTF_8)
def test_vocalised_text_comes_back(name):
    assert repair_mojibake(UTF_8[name](VOCALISED)) == VOCALISED


@pytest.mark.parametrize(("inner", "outer"), list(product(DAMAGES, UTF_8)))
def test_two_damages_nested_come_back(inner, outer):
    sentence = SENTENCES[0]
    damaged = DAMAGES[outer](DAMAGES[inner](sentence))
    assert repair_mojibake(damaged) == sentence
    (chain,) = reasons(damaged)
    assert chain.replace("latin-1", "windows-1252") == f"{inner}, then {outer}".replace("latin-1", "windows-1252")


@pytest.mark.parametrize("kind", STRICT)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_strict_windows_1252_loses_of_unvocalised_text_is_restored(kind, sentence):
    assert repair_mojibake(STRICT[kind](sentence)) == sentence


def test_a_loss_that_may_be_a_vowel_is_not_guessed():
    fixed = repair_mojibake(STRICT["replace"](VOCALISED))
    assert re.fullmatch(re.sub("[فُِ]", "\N{REPLACEMENT CHARACTER}", VOCALISED).replace("ٍ", "."), fixed)
    ended = "خدمة تطوعيةٍ في فندق بمستشفىً قديم"
    assert repair_mojibake(STRICT["ignore"](ended)) == ended.replace("ةٍ", "ة\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize("name", UTF_8)
def test_a_run_inside_a_clean_line(name):
    for sentence in SENTENCES:
        middle = len(sentence) // 2
        cut = sentence.index(" ", middle) if " " in sentence[middle:] else sentence.rindex(" ")
        assert repair_mojibake(sentence[:cut] + UTF_8[name](sentence[cut:])) == sentence
        assert repair_mojibake(UTF_8[name](sentence[:cut]) + sentence[cut:]) == sentence


@pytest.mark.parametrize("name", DAMAGES)
def test_some_lines_of_a_document(name):
    lines = list(SENTENCES)
    for i in (1, 4, 5):
        lines[i] = DAMAGES[name](lines[i])
    assert repair_mojibake("\n".join(lines)) == "\n".join(SENTENCES)


def test_a_certain_line_bears_out_a_short_one():
    damage = DAMAGES["windows-1256 read as windows-1252"]
    alone = damage("من هو")
    assert repair_mojibake(alone) == alone
    assert repair_mojibake(f"{alone}\n{damage(SENTENCES[1])}") == f"من هو\n{SENTENCES[1]}"


@pytest.mark.parametrize("case", CASES["damaged"], ids=lambda case: case["label"])
def test_wild_cases(case):
    assert repair_mojibake(case["damaged"]) == case["repaired"]
    assert reasons(case["damaged"]) == {case["chain"]}


@pytest.mark.parametrize("text", [*CASES["clean"], "\n".join(CASES["clean"]), *SENTENCES, VOCALISED])
def test_good_text_is_left_alone(text):
    assert repair_mojibake(text) == text
    assert repair_mojibake(text.upper()) == text.upper()


@pytest.mark.parametrize("text", ["ÇÈÊ", "ÃÕÇ ãõç", "Ýí", "äåÕÉ ÔÔ", "ظ…", "Ã©", "the word ÈÍÑ in passing"])
def test_thin_evidence_is_left_alone(text):
    assert repair_mojibake(text) == text


pieces = st.sampled_from([*SENTENCES, VOCALISED, *CASES["clean"]])
noise = st.text(
    alphabet=st.sampled_from("ØÙ§ÃÂâ€™طظ§„ˆ،؟ \naAéÇáÓ\x80\x81\x85\xad\xa0\ufffd\ud800┘╪ШЩ√Ÿÿ¬ًںک"), max_size=12
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Damage a text once to three times over, cut into it, and put it beside another."""
    text = draw(pieces)
    for damage in draw(st.lists(st.sampled_from([*DAMAGES.values(), *STRICT.values()]), max_size=3)):
        try:
            text = damage(text)
        except UnicodeEncodeError:  # this code page cannot write what the damage before it made
            break
    at = draw(st.integers(0, len(text)))
    return (
        text[:at]
        + draw(noise)
        + text[at + draw(st.integers(0, 2)) :]
        + draw(st.sampled_from(["", " ", "\n"]))
        + draw(pieces)
    )


@settings(max_examples=150, deadline=None)
@given(mangled() | noise | st.text())
def test_laws(text):
    cleaned = repair_mojibake.explain(text)
    assert cleaned.text == repair_mojibake(text)
    assert repair_mojibake(cleaned.text) == cleaned.text
    assert cleaned.undo() == text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), st.sampled_from(sorted(UTF_8)))
def test_repair_undoes_damage(sentences, name):
    text = "\n".join(sentences)
    assert repair_mojibake(UTF_8[name](text)) == text


HOSTILE = ("Ù", "ط", "Ø§", "Ø§ ", "é ", "ط، ", "ÇáÓáÇã ", "ÇáÓ", "\x80", "â€", "Ù\ufffd", "قضéة ", "Ç\n", "Ç!!¿", "1æ ")


@pytest.mark.parametrize("unit", [*HOSTILE, "Ø" + " " * 50])
def test_time_is_linear_on_hostile_text(unit):
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        start = time.perf_counter()
        repair_mojibake(text)
        return time.perf_counter() - start

    small = min(seconds(5_000) for _ in range(2))
    assert seconds(40_000) < 40 * small + 0.1  # linear is 8 times, quadratic 64


def test_clean_text_costs_next_to_nothing():
    text = "\n".join(SENTENCES[:8]) * 200
    start = time.perf_counter()
    repair_mojibake(text)
    assert (time.perf_counter() - start) / len(text) < 200e-9  # about 5 ns a character on an idle machine


def test_it_is_a_value():
    assert RepairMojibake() == repair_mojibake
    assert repr(repair_mojibake) == "repair_mojibake"
    with pytest.raises(TypeError, match=r"arclean\.decode"):
        repair_mojibake("نص".encode())


def test_the_letter_model_is_small_and_a_probability():
    assert MODEL.stat().st_size < 60_000
    costs = letter_model().costs
    assert len(costs) == SIZE**3
    for context in range(SIZE**2):
        assert math.isclose(sum(map(math.exp, costs[context * SIZE : (context + 1) * SIZE])), 1)


@pytest.mark.parametrize("sentence", SENTENCES[:8])
def test_the_letter_model_knows_words_from_shuffled_letters(sentence):
    letters = str.maketrans(ALPHABET[1:], ALPHABET[:0:-1])
    assert plausibility(sentence) > plausibility(sentence[::-1]) + 10
    assert plausibility(sentence) > plausibility(sentence.translate(letters)) + 50


DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="no data")
@pytest.mark.parametrize("name", ["urdu_news", "kurdish_sorani", "persian_wiki", "factcheck_2024"])
def test_real_text_is_left_alone(name):
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines][:300]
    assert [text for text in texts if repair_mojibake(text) != text] == []
