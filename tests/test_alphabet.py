"""The alphabet: built on pyarabic, every difference from it written down; the rest against Unicode."""

import unicodedata

import pytest
from pyarabic import araby

from arclean import alphabet
from arclean.alphabet import Marks

BLOCKS = [(0x600, 0x6FF), (0x750, 0x77F), (0x870, 0x89F), (0x8A0, 0x8FF)]


def of_category(category):
    points = (p for first, last in BLOCKS for p in range(first, last + 1))
    return {chr(p) for p in points if unicodedata.category(chr(p)) == category}


def test_all_marks_are_those_of_unicode():
    newer = {"\u0897"}  # encoded in Unicode 16; older Pythons do not know it
    assert set(alphabet.ALL_MARKS) - newer == of_category("Mn") - newer
    assert len(set(alphabet.ALL_MARKS)) == len(alphabet.ALL_MARKS)


def test_every_mark_is_in_one_class_and_hamza_in_none():
    classes = [alphabet.marks(kind) for kind in Marks]
    assert sorted("".join(classes) + alphabet.HAMZA_MARKS) == sorted(alphabet.ALL_MARKS)
    assert alphabet.marks(Marks.ALL) == "".join(classes)
    assert set(alphabet.MARKS) == set(alphabet.ALL_MARKS)


def test_letters_are_letters():
    assert set(alphabet.LETTERS) <= of_category("Lo")
    newer = {c for c in of_category("Lo") - set(alphabet.LETTERS) if unicodedata.category(c) == "Lo"}
    assert all(0x870 <= ord(c) <= 0x88E or c == "\u08c8" for c in newer)  # Arabic Extended-B: letters of old Kazakh


def test_pyarabic_letters_are_among_the_letters():
    assert set(araby.LETTERS) - set(alphabet.LETTERS) == set()
    assert "".join(sorted(set(araby.LETTERS))) != alphabet.LETTERS  # ours are of all languages in the script


def test_pyarabic_alefs_with_maksura_and_dagger_alef_are_not_ours():
    ours = set(alphabet.ALEFS) | {alphabet.ALEF}
    assert set(araby.ALEFAT) - ours == {araby.ALEF_MAKSURA, araby.MINI_ALEF}
    names = {unicodedata.name(c).removeprefix("ARABIC LETTER ") for c in ours - set(araby.ALEFAT)}
    assert names == {"ALEF WITH WAVY HAMZA ABOVE", "ALEF WITH WAVY HAMZA BELOW", "HIGH HAMZA ALEF"}


def test_pyarabic_marks_are_among_ours():
    basic = Marks.HARAKAT | Marks.TANWIN | Marks.SUKUN | Marks.SHADDA
    assert set(araby.TASHKEEL) <= set(alphabet.marks(basic))
    extra = {unicodedata.name(c) for c in set(alphabet.marks(basic)) - set(araby.TASHKEEL)}
    assert extra == {
        "ARABIC OPEN FATHATAN",
        "ARABIC OPEN DAMMATAN",
        "ARABIC OPEN KASRATAN",
        "ARABIC SMALL HIGH DOTLESS HEAD OF KHAH",
    }
    assert set(araby.TANWIN) <= set(alphabet.marks(Marks.TANWIN))
    assert set(araby.SHORTHARAKAT) == set(alphabet.marks(Marks.HARAKAT)) | {araby.SUKUN}  # sukun is no vowel here


def test_pyarabic_hamza_marks_lack_the_wavy_one():
    combining = {c for c in araby.HAMZAT if unicodedata.combining(c)}
    assert set(alphabet.HAMZA_MARKS) - combining == {"\N{ARABIC WAVY HAMZA BELOW}"}


@pytest.mark.parametrize("char", alphabet.DIGITS)
def test_digits_are_their_values(char):
    assert int(char) == int(alphabet.DIGITS[char])


def test_names_are_pyarabics():
    assert alphabet.LETTER_NAMES["ب"] == "باء"
    assert alphabet.LETTER_NAMES == araby.NAMES


def test_invisibles_are_invisible():
    assert {unicodedata.category(c) for c in alphabet.INVISIBLES} == {"Cf"}
    assert {unicodedata.category(c) for c in alphabet.SPACES} == {"Zs"}
    assert not any(c.isprintable() for c in alphabet.BIDI_CONTROLS)
