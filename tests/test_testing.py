"""What the strategies promise to other projects' tests."""

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import arclean
from arclean.testing import (
    CODECS,
    PROTECTED,
    mojibake,
    near_duplicate_pairs,
    near_duplicates,
    scraped_pages,
    sentences,
    spelling_variants,
    stories,
)

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def similarity(one, two):
    found = arclean.find_duplicates([("one", one), ("two", two)], threshold=1e-9).pairs
    return found[0].jaccard if found else 0.0


@few
@given(st.data(), st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 1.0]))
def test_a_pair_is_as_alike_as_was_chosen_and_says_how_alike_it_is(data, wanted):
    pair = data.draw(near_duplicate_pairs(wanted))
    assert pair.jaccard == similarity(pair.text, pair.copy)
    words = len(pair.text.split())
    assert abs(pair.jaccard - wanted) <= 1.2 / words


@few
@given(st.data(), st.floats(0, 1), st.sampled_from(["", "نعم", "نعم نعم نعم نعم", "قال إن الجو صحو", "كلمة " * 30]))
def test_a_pair_of_any_text_says_how_alike_it_is(data, wanted, text):
    pair = data.draw(near_duplicate_pairs(wanted, st.just(text)))
    assert pair.text == text
    assert pair.jaccard == similarity(pair.text, pair.copy)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_a_similarity_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="similarity"):
        near_duplicate_pairs(wrong)


@few
@given(st.data(), stories(), st.sampled_from([0.0, 0.02, 0.05, 0.1]))
def test_a_share_of_changed_words_bounds_the_similarity(data, text, changed):
    copy = data.draw(near_duplicates(text, changed))
    words = len(text.split())
    lost = 5 * int(words * changed)
    assert (
        similarity(text, copy) >= (words - 4 - lost) / (words - 4 + lost) - 0.1
    )  # words that fold to one are runs less


@few
@given(
    st.data(),
    st.one_of(sentences(), st.sampled_from(PROTECTED), st.just("في 2026؟ راجع www.example.org، ثم عد إلى #قريتك")),
)
def test_spelling_variants_are_one_text_after_folding(data, text):
    variant = data.draw(spelling_variants(text))
    assert arclean.FOLD(variant) == arclean.FOLD(text)


@few
@given(st.data(), stories())
def test_spelling_variants_are_copies(data, text):
    assert similarity(text, data.draw(spelling_variants(text))) == 1.0


@pytest.mark.parametrize("change", ["ـ", "\N{ARABIC FATHA}", "٢", "ﺍ", "ا", ","])
def test_spelling_variants_take_every_kind_of_change(change):
    assert change in find(spelling_variants("أ، 2ا"), lambda variant: change in variant)


@few
@given(mojibake())
def test_mojibake_is_what_the_bytes_say(damage):
    assert damage.codec in CODECS
    exact = "".join(c for c in damage.damaged if not 0x80 <= ord(c) < 0xA0)
    assert set(exact) <= set(bytes(range(256)).decode(damage.codec, "ignore"))


def test_mojibake_takes_any_strategy_of_texts():
    damage = find(mojibake(st.just("كتاب"), ["cp1252"]), lambda _: True)
    assert damage.damaged.encode("cp1252").decode() == damage.text == "كتاب"


def test_pages_repeat_their_lines():
    page = find(scraped_pages(), lambda page: max(map(page.split("\n").count, page.split("\n"))) > 3)
    assert len(page.split("\n")) > 3


def test_more_words_than_there_are_are_refused():
    with pytest.raises(ValueError, match="join several stories"):
        stories(most=10_000)
