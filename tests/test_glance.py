"""A glance must not miss: where it says that a text has no sign of a rule, the rule finds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean import presets
from arclean.rules.glance import _PLAIN, _SIGNS, Sign, glance
from arclean.testing import texts

GLANCING = [rule for rule in presets.RULES if rule.signs is not None]
alphabet_texts = st.text(st.sampled_from([*_PLAIN, *_SIGNS]), max_size=40)


def test_the_alphabet_has_room():
    assert len(set(_PLAIN)) == len(_PLAIN)
    assert not set(_PLAIN) & set(_SIGNS)
    assert len(_PLAIN) + len(_SIGNS) <= 256
    assert len(GLANCING) >= 8


@pytest.mark.parametrize("rule", GLANCING, ids=lambda rule: rule.name)
@settings(max_examples=300, deadline=None)
@given(text=alphabet_texts | texts())
def test_a_glance_misses_nothing(rule, text):
    if not glance(text) & rule.signs:
        assert list(rule.find(text)) == []


@pytest.mark.parametrize("rule", GLANCING, ids=lambda rule: rule.name)
def test_no_pair_of_plain_characters_hides_work(rule):
    plain = [c for c in [*_PLAIN, *_SIGNS] if not glance(c) & rule.signs]
    text = "".join(a + b for a in plain for b in plain)
    assert not glance(text) & rule.signs
    assert list(rule.find(text)) == []


def test_other_scripts_are_looked_at():
    assert glance("日本") == Sign.ALL
    assert glance("\ud83d") == Sign.ALL
