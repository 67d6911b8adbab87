"""Bytes made in every encoding that is told apart, honest and wrong declarations, and bytes that are nothing."""

import codecs
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.decoding import Decoded, decode, detect

SENTENCES = (
    "أعلنت البلدية افتتاح حديقة جديدة وسط المدينة يوم الجمعة المقبل.",
    "يشرب جدي القهوة كل صباح ثم يقرأ الجريدة في الشرفة.",
    "فاز الفريق بثلاثة أهداف في مباراة مثيرة حضرها آلاف المشجعين.",
    "قالت الطبيبة إن النوم الكافي يقوي الذاكرة ويحسن المزاج.",
    "ارتفعت أسعار القمح بنسبة 12 بعد موجة الجفاف الأخيرة.",
)
VOCALISED = "ذَهَبَ الْوَلَدُ إِلَى الْمَدْرَسَةِ مُسْرِعًا"
PAGES = ("windows-1256", "iso-8859-6", "mac-arabic", "cp720")
WESTERN = (
    "Le président a été élu à la majorité ; où irons-nous après l'été ?",
    "ÉTAT DE DROIT ET LIBERTÉS À BESANÇON",
    "Die Größe der Äpfel überrascht Österreich",
    "El señor Núñez volverá mañana, ¿no?",
    "“Quoted” – and 100 € more",
)


@pytest.mark.parametrize("sentence", [*SENTENCES, VOCALISED])
@pytest.mark.parametrize("encoding", PAGES)
def test_code_pages_are_known_by_their_letters(sentence, encoding):
    assert decode(sentence.encode(encoding)) == sentence


@pytest.mark.parametrize("encoding", PAGES[:2])
def test_the_encoding_is_named(encoding):
    found = detect("\n".join(SENTENCES).encode(encoding))
    assert (found.encoding, found.confidence) == (encoding, 1.0)


@pytest.mark.parametrize("text", [*SENTENCES, VOCALISED, *WESTERN, "hello", "سلام", "😊 مرحبا"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_is_known_by_its_form(text, encoding):
    found = detect(text.encode(encoding))
    assert found.text == text
    assert found.encoding.startswith(encoding[:5])
    assert found.confidence > 0.8


def in_dos_forms(text: str) -> bytes:
    """Write cp864, which has most of the forms of each letter: the nearest one to what its place asks for."""
    forms: dict[str, dict[str, int]] = {}
    for byte in range(0x80, 0x100):
        tag, *letters = unicodedata.decomposition(bytes([byte]).decode("cp864", "ignore") or "x").split() or [""]
        if tag in FORMS:
            forms.setdefault("".join(chr(int(point, 16)) for point in letters), {})[tag] = byte
    out, joined = bytearray(), False
    for at, letter in enumerate(text):
        if letter not in forms:
            out += letter.encode("cp864")
            joined = False
            continue
        onward = letter in "بتثجحخسشصضطظعغفقكلمنهيئ" and text[at + 1 : at + 2] in forms and text[at + 1] != "ء"
        wanted = FORMS if onward else FORMS[2:] + FORMS[:2]
        wanted = wanted if joined == onward else (wanted[1], wanted[0], *wanted[2:])
        out.append(next(forms[letter][tag] for tag in wanted if tag in forms[letter]))
        joined = onward
    return bytes(out)


FORMS = ("<medial>", "<initial>", "<isolated>", "<final>")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_cp864_has_forms_of_the_letters(sentence):
    data = in_dos_forms(re.sub("[إأآ]", "ا", sentence))
    found = detect(data)
    assert found.encoding == "cp864"
    assert unicodedata.normalize("NFKC", found.text) == unicodedata.normalize("NFKC", data.decode("cp864"))


@pytest.mark.parametrize("right_to_left", [True, False])
def test_mac_arabic_has_two_spaces_and_two_of_each_sign(right_to_left):
    data = SENTENCES[1].encode("mac-arabic")
    high = {ord(c): b for b in range(128, 256) if (c := bytes([b]).decode("mac-arabic")).isascii()}
    written = (
        bytes(high.get(b, b) for b in data)
        if right_to_left
        else bytes({v: k for k, v in high.items()}.get(b, b) for b in data)
    )
    assert decode(written) == SENTENCES[1]


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_western(text):
    found = detect(text.encode("windows-1252"))
    assert (found.text, found.encoding) == (text, "windows-1252")


def test_a_declaration_is_evidence():
    comma = "ط،".encode("windows-1256")  # well-formed UTF-8 as well
    assert decode(comma) == "ء"
    assert decode(comma, declared="windows-1256") == "ط،"
    assert decode("привет".encode("koi8-r"), declared="KOI8-R") == "привет"


@pytest.mark.parametrize(
    "declared",
    ["utf-8", "windows-1252", "iso-8859-1", "windows-1256", "cp864", "no-such", "", "rot13", "'utf-8'", "\0"],
)
def test_a_declaration_is_not_the_truth(declared):
    for encoding in ("utf-8", "windows-1256", "iso-8859-6"):
        assert decode("\n".join(SENTENCES).encode(encoding), declared=declared) == "\n".join(SENTENCES)


def test_a_few_broken_bytes_do_not_hide_utf_8():
    data = "\n".join(SENTENCES).encode()
    found = detect(data[:40] + b"\xff" + data[41:90] + data[91:-3])
    assert found.encoding == "utf-8"
    assert 1 <= found.text.count("\N{REPLACEMENT CHARACTER}") <= 6
    assert SENTENCES[2] in found.text


def test_an_old_paragraph_in_a_page_of_utf_8():
    data = (
        f"{SENTENCES[0]}\n{SENTENCES[1]}\n".encode()
        + SENTENCES[3].encode("windows-1256")
        + f"\n{SENTENCES[2]}".encode()
    )
    assert decode(data) == "\n".join((SENTENCES[0], SENTENCES[1], SENTENCES[3], SENTENCES[2]))


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_anything_like_bytes_will_do(make):
    assert decode(make("نص".encode())) == "نص"


@pytest.mark.parametrize(("value", "hint"), [("نص", "text already"), (None, "binary mode"), (3, "binary mode")])
def test_no_bytes_no_decoding(value, hint):
    with pytest.raises(TypeError, match=hint):
        decode(value)
    with pytest.raises(TypeError, match=hint):
        detect(value)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "windows-1256", "utf-16", "idna", "punycode", "hex"]))
def test_nothing_raises(data, declared):
    found = detect(data, declared=declared)
    assert isinstance(found, Decoded)
    assert 0 <= found.confidence <= 1
    assert found == detect(data, declared=declared)
    assert codecs.lookup(found.encoding)
    assert decode(data, declared=declared) == found.text


def test_long_data_is_judged_by_a_sample():
    text = "plain ascii line\n" * 20_000 + "\n".join(SENTENCES) * 50
    assert decode(text.encode("windows-1256")) == text


FILES = Path(__file__).parents[2] / "shared" / "data" / "legacy_encodings"


@pytest.mark.skipif(not FILES.is_dir(), reason="no data")
def test_real_files_in_old_code_pages():
    for path in sorted(FILES.iterdir()):
        for encoding in ("windows-1256", "iso-8859-6"):
            if encoding in path.name:
                assert decode(path.read_bytes()) == path.read_bytes().decode(encoding)
