"""The fuzzer: it draws what it says, finds nothing in arclean's cleaners, and catches and shrinks what is broken."""

import json
import sys
from itertools import chain
from pathlib import Path

import pytest

import arclean
import test_laws
from arclean import Edit, presets, rule
from arclean.rules.shortcuts import Shortcut
from arclean.rules.tables import LONG

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # where workers find what is sent to them

import fuzz
from fuzzing.laws import (
    BATCHES,
    LAWS,
    NOTHING_RAISES,
    an_explanation_can_be_printed,
    each_character_is_located,
)
from fuzzing.strings import AT_ONCE, corpus_lines, strings


@rule
def strip_stars(text):
    """Remove every asterisk but one that stands before a full stop: the next round would find it."""
    for at, char in enumerate(text):
        if char == "*":
            yield Edit(at, at + 1, "", "asterisk")


@rule
def fold_first_hamza(text):
    """Write a composed alef with hamza as alef, and forget the decomposed one."""
    for at, char in enumerate(text):
        if char == "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}":
            yield Edit(at, at + 1, "\N{ARABIC LETTER ALEF}", "hamza")


@rule
def drop_percent(text):
    """Fail where a percent sign follows a digit."""
    for at, char in enumerate(text):
        if char == "%" and text[at - 1].isdigit():
            raise ZeroDivisionError
    yield from ()


class Forgetful(arclean.Rule):
    """Explains less than it does: a call removes stars and hashes, the edits only stars."""

    name = "forgetful"

    def find(self, text):
        return strip_stars.find(text)

    def __call__(self, text):
        return text.replace("*", "").replace("#", "")

    def changed_options(self):
        return {}


class Restless(Forgetful):
    """Cuts the last exclamation mark at each call."""

    name = "restless"

    def find(self, text):  # noqa: ARG002 (it finds nothing in any text)
        return ()

    def __call__(self, text):
        return text.removesuffix("!")


class Misplaced(arclean.Rule):
    """Its explanations say of each character that it comes from the place before its own."""

    name = "misplaced"

    def find(self, text):
        return strip_stars.find(text)

    def explain(self, text):
        cleaned = super().explain(text)
        object.__setattr__(cleaned, "locate", lambda start, end: (max(0, start - 1), max(0, end - 1)))
        return cleaned

    def changed_options(self):
        return {}


class Lossy(arclean.Pipeline):
    """A batch of it mixes up two texts where one of them has a question mark."""

    def batch(self, texts):
        texts = list(texts)
        return iter(texts[::-1] if any("?" in text for text in texts) else texts)


def judged(cleaner, texts):
    tally, quick = (fuzz.judged((cleaner,), texts, thorough=thorough) for thorough in (True, False))
    found = {b.law: b for b in tally.broken}
    assert [b.law for b in quick.broken] == [law for law in found if law != each_character_is_located.__name__]
    return tally, {law: fuzz.shrunk(b, cleaner) for law, b in found.items()}


def test_the_laws_are_those_of_the_tests():
    more = {an_explanation_can_be_printed.__name__}
    here = {law.__name__ for law in LAWS} | {BATCHES} | more
    there = {law.__name__ for law in test_laws.LAWS} | {"composed_and_decomposed_text_fold_alike"}
    assert here == there
    assert test_laws.test_composed_and_decomposed_text_fold_alike
    assert [c.name for c in fuzz.CLEANERS] == [c.name for c in test_laws.CLEANERS]


def test_the_same_seed_draws_the_same_strings():
    assert strings(1, 0) == strings(1, 0)
    assert strings(1, 0) != strings(1, 1) != strings(2, 1)
    assert strings(1, 0, 20) == strings(1, 0)[:20]


def test_strings_have_what_breaks_cleaners():
    drawn = list(chain.from_iterable(strings(3, job) for job in range(10)))
    together = "".join(drawn)
    for wanted in ("\ud83d", "\N{ARABIC HAMZA ABOVE}", "&amp;", "ط§", "Ø§", "://", "```", "\r\n", "\x00", "ﻻ", "ـ"):
        assert wanted in together
    assert any("\ud800" <= c <= "\udfff" for c in together)
    assert any(c > "\uffff" for c in together)
    assert len(set(drawn)) > 0.9 * len(drawn)


def test_batches_and_long_strings_reach_the_tables_that_fold_many_at_once(monkeypatch):
    looked_up = Shortcut._look_up  # noqa: SLF001 (there is no other sign of which way a text went)
    answered = []

    def watched(shortcut, text):
        answered.append((found := looked_up(shortcut, text)) is not None)
        return found

    monkeypatch.setattr(Shortcut, "_look_up", watched)
    drawn = strings(1, 0)
    assert len(drawn[-1]) > LONG
    for texts in (drawn[:-1], drawn[-1:]):
        answered.clear()
        fuzz.judged((arclean.fold_alef,), texts)
        assert any(answered)


def test_a_corpus_lends_its_lines(tmp_path):
    (tmp_path / "page.txt").write_text("سطر لا يكتبه أحد سواي هنا اليوم\n\nسطر ثان\n", encoding="utf-8")
    lines = corpus_lines(tmp_path)
    assert lines == ("سطر لا يكتبه أحد سواي هنا اليوم", "سطر ثان")
    assert any("يكتبه" in text for text in strings(1, 0, corpus=lines))


def test_no_cleaner_breaks_a_law_on_a_few_strings():
    total = fuzz.Tally()
    for part in fuzz.hunt(fuzz.CLEANERS, 225, seed=11):  # the second job is a thorough one
        total = total.joined(part)
    assert (total.strings, total.tried) == (225, 225 * len(fuzz.CLEANERS))
    assert (total.long, total.thoroughly) == (1, 25)
    assert not total.broken
    assert total.survived == total.tried


def test_the_number_of_workers_changes_nothing():
    one, two = (
        [part._replace(seconds=0) for part in fuzz.hunt((presets.RULES[0],), 450, seed=5, workers=n)] for n in (1, 2)
    )
    assert one == two
    assert [part.strings for part in one] == [200, 200, 50]
    assert one[1:] == [part._replace(seconds=0) for part in fuzz.hunt((presets.RULES[0],), 250, seed=5, start=AT_ONCE)]


def test_what_rules_find_is_remembered_for_one_job_and_no_longer(monkeypatch):
    asked = []
    find = arclean.FoldDigits.find
    monkeypatch.setattr(arclean.FoldDigits, "find", lambda rule, text: asked.append(text) or find(rule, text))
    watched = arclean.FoldDigits.find
    text = "عام ٢٠١٩ @"  # the sign sends it the way of the edits
    for thorough in (False, True):
        asked.clear()
        assert not fuzz.judged((arclean.fold_digits,), [text, text], thorough=thorough).broken
        assert (len(asked) > len(set(asked))) is thorough
    assert arclean.FoldDigits.find is watched


def test_a_hunt_with_a_log_goes_on_where_it_was(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(fuzz, "PROGRESS", 2 * AT_ONCE)
    monkeypatch.setattr(fuzz, "CLEANERS", (arclean.strip_tatweel, fold_first_hamza))
    log, report = tmp_path / "log.jsonl", tmp_path / "report.json"
    arguments = ["--workers", "1", "--log", str(log), "--json", str(report), "--strings"]
    assert fuzz.main([*arguments, "800"]) == 1
    whole, lines = json.loads(report.read_text()), log.read_text().splitlines(keepends=True)
    assert len(lines) == 2
    log.write_text(lines[0])
    hunted = []
    hunt = fuzz.hunt
    monkeypatch.setattr(fuzz, "hunt", lambda *args: hunted.append(args[-1]) or hunt(*args))
    assert fuzz.main([*arguments, "800"]) == 1
    assert hunted == [400]
    again = json.loads(report.read_text())
    assert {**again, "seconds": 0} == {**whole, "seconds": 0}
    assert whole["strings"] == 800
    assert fuzz.main([*arguments, "400", "--start", "400"]) == 1
    assert hunted == [400]
    assert fuzz.main([*arguments, "400", "--seed", "1"]) == 1
    assert hunted == [400, 0]
    with pytest.raises(SystemExit, match="2"):
        fuzz.main([*arguments, "400", "--start", "200"])
    assert "multiple of 400" in capsys.readouterr().err


def test_a_rule_that_keeps_the_laws_is_not_accused():
    assert not judged(strip_stars, ["*عاجل*", "", "\ud83d*"])[0].broken


def test_a_fold_that_sees_the_normal_form_is_caught_and_shrunk():
    tally, found = judged(fold_first_hamza, strings(7, 0, 100))
    assert found.keys() == {"composed_and_decomposed_text_fold_alike"}
    broken = found["composed_and_decomposed_text_fold_alike"]
    assert broken.texts in {("أ",), ("ا\N{ARABIC HAMZA ABOVE}",)}
    assert tally.tried - tally.survived == broken.times > 1


def test_an_exception_is_caught_and_shrunk():
    _, found = judged(drop_percent, ["قال", "بلغت الزيادة 25% هذا العام", "%"])
    assert found.keys() == {NOTHING_RAISES}
    assert len(found[NOTHING_RAISES].texts[0]) == 2
    assert found[NOTHING_RAISES].what.startswith("ZeroDivisionError")


def test_a_call_that_does_more_than_it_explains_is_caught_and_shrunk():
    _, found = judged(Forgetful(), ["انظر #أخبار *عاجل*", "نعم"])
    assert found["explaining_is_cleaning"].texts == ("#",)


def test_a_call_that_never_settles_is_caught_and_shrunk():
    _, found = judged(Restless(), ["عاجل!!! اليوم!!"])
    assert found["cleaning_twice_is_cleaning_once"].texts == ("!!",)


def test_a_character_said_to_come_from_elsewhere_is_caught_and_shrunk():
    _, found = judged(Misplaced(), ["*عاجل* اليوم"])
    assert found.keys() == {"locate_is_monotone_and_exact_outside_edits", "each_character_is_located"}
    assert all(len(b.texts[0]) <= len("*a") for b in found.values())


def test_a_batch_that_mixes_texts_up_is_caught_and_shrunk():
    _, found = judged(Lossy(name="lossy"), ["أ", "لا", "كيف?", "نعم", "ثم"])
    broken = found[BATCHES]
    assert len(broken.texts) == 2
    assert sum(map(len, broken.texts)) == 1


def test_the_command_reports_and_exits_with_1_where_something_is_broken(tmp_path, capsys, monkeypatch):
    report = tmp_path / "report.json"
    arguments = ["--strings", "40", "--workers", "1", "--json", str(report)]
    assert fuzz.main([*arguments, "--cleaner", "strip_tatweel"]) == 0
    assert "tried 40   survived 40   broken 0" in capsys.readouterr().out
    monkeypatch.setattr(fuzz, "CLEANERS", (fold_first_hamza,))
    assert fuzz.main([*arguments, "--strings", "100"]) == 1
    assert "fold_first_hamza breaks composed_and_decomposed_text_fold_alike" in capsys.readouterr().out
    written = json.loads(report.read_text(encoding="utf-8"))
    assert written["strings"] == written["tried"] == 100
    assert [b["cleaner"] for b in written["broken"]] == ["fold_first_hamza"]


def test_an_unknown_cleaner_or_corpus_is_refused(capsys):
    for arguments in (["--cleaner", "fold_nothing"], ["--corpus", "no/such/folder"]):
        with pytest.raises(SystemExit, match="2"):
            fuzz.main(arguments)
        assert arguments[1] in capsys.readouterr().err
