"""The laws that strings are held to, and what is remembered while they are."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from arclean import Cleaned, Cleaner, Pipeline, Removal, Rule, presets
from arclean.rules.shortcuts import Shortcut
from fuzzing.strings import encodable


class Case(NamedTuple):
    """A cleaner at work on one text: the explanation, and what a plain call gives."""

    cleaner: Cleaner
    text: str
    cleaned: Cleaned
    out: str


def explaining_is_cleaning(case: Case) -> str:
    """Hold that explaining gives the text that a call gives."""
    same = case.cleaned.text == case.out and case.cleaned.original == case.text
    return "" if same else f"called {case.out!a}, explained {case.cleaned.text!a}"


def undo_gives_the_original(case: Case) -> str:
    """Hold that the edits lead back."""
    return "" if (back := case.cleaned.undo()) == case.text else f"undone {back!a}"


def cleaning_twice_is_cleaning_once(case: Case) -> str:
    """Hold that a second call changes nothing; where the first did not, it is the same call."""
    if case.out == case.text:
        return ""
    return "" if (again := case.cleaner(case.out)) == case.out else f"once {case.out!a}, twice {again!a}"


def removals_account_for_every_change(case: Case) -> str:
    """Hold that the removals, replayed on the original, give the text; each in order, true and with a reason."""
    out: list[str] = []
    at = 0
    for start, end, old, new, rule, reason in case.cleaned.removals:
        if not at <= start <= end or not case.text[start:end] == old != new or not rule or not reason:
            return f"removal {(start, end, old, new, rule, reason)!a}"
        out += (case.text[at:start], new)
        at = end
    replayed = "".join(out) + case.text[at:]
    return "" if replayed == case.cleaned.text else f"replayed {replayed!a}, explained {case.cleaned.text!a}"


def locate_is_monotone_and_exact_outside_edits(case: Case) -> str:
    """Hold that what a removal wrote comes from all that it replaced, and what stands between from itself.

    Asked of the pieces as wholes: where a piece of n characters comes from one of n, each comes from its own.
    """
    cleaned, at, new_at = case.cleaned, 0, 0
    for r in (*cleaned.removals, END):
        start, end = (len(case.text),) * 2 if r is END else (r.start, r.end)
        for size, origin in ((start - at, (at, start)), (len(r.new), (start, end))):
            if size and (found := cleaned.locate(new_at, new_at + size)) != origin:
                return f"{new_at}:{new_at + size} of {cleaned.text!a} comes from {found}, not {origin}"
            new_at += size
        at = end
    return "" if new_at == len(cleaned.text) else f"{new_at} of {len(cleaned.text)} characters accounted for"


END = Removal(0, 0, "", "", "", "")


def each_character_is_located(case: Case) -> str:
    """Hold that each character comes from itself or from a removal, and never from before the one before it."""
    cleaned, last = case.cleaned, (0, 0)
    if not cleaned.steps:
        return ""  # nothing is anywhere else
    written = {(r.start, r.end) for r in cleaned.removals if r.new}
    for i, char in enumerate(cleaned.text):
        start, end = cleaned.locate(i, i + 1)
        itself = end == start + 1 and case.text[start:end] == char
        if (start, end) < last or not 0 <= start <= end <= len(case.text) or not (itself or (start, end) in written):
            return f"character {i} of {cleaned.text!a} comes from {start}:{end}, the one before it from {last}"
        last = (start, end)
    return ""


def composed_and_decomposed_text_fold_alike(case: Case) -> str:
    """Hold that folding rules do not see the normal form; of other cleaners it is not asked."""
    if not case.cleaner.name.startswith(("fold_", "strip_", "FOLD")):
        return ""
    forms = _normal_forms(case.text)
    if forms[0] == forms[1]:
        return ""
    outs = [unicodedata.normalize("NFC", case.out if text == case.text else case.cleaner(text)) for text in forms]
    return "" if outs[0] == outs[1] else f"of NFC {outs[0]!a}, of NFD {outs[1]!a}"


@lru_cache(maxsize=4)  # the folds are asked about the same text one after the other
def _normal_forms(text: str) -> tuple[str, str]:
    return unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)


def an_explanation_can_be_printed(case: Case) -> str:
    """Hold that there is a line for each removal."""
    printed, removals = str(case.cleaned), case.cleaned.removals
    heads = sum(line.startswith("line ") for line in printed.split("\n"))
    return "" if heads == len(removals) else f"{len(removals)} removals printed as {printed!a}"


OF_EXPLANATIONS = (  # which ask nothing of the cleaner: of equal explanations once
    undo_gives_the_original,
    removals_account_for_every_change,
    locate_is_monotone_and_exact_outside_edits,
)
THOROUGHLY = (each_character_is_located, an_explanation_can_be_printed)  # of explanations too, on some strings only
LAWS = (
    explaining_is_cleaning,
    cleaning_twice_is_cleaning_once,
    composed_and_decomposed_text_fold_alike,
    *OF_EXPLANATIONS,
)
NOTHING_RAISES = "nothing_is_raised"
BATCHES = "batches_give_what_single_calls_give"


class Found(NamedTuple):
    """What a cleaner makes of a text, if it raises nothing, and the laws that it breaks with what it did."""

    out: str | None
    broken: dict[str, str]


def looked_at(cleaner: Cleaner, text: str, known: dict[Cleaned, dict[str, str]], *, thorough: bool = False) -> Found:
    """Put a text through a cleaner and hold it to every law; `known` has what is known of explanations of this text."""
    try:
        cleaned, out = cleaner.explain(text), cleaner(text)
    except Exception as error:  # noqa: BLE001 (that none is raised, of whatever kind, is a law)
        return Found(None, {NOTHING_RAISES: said(error)})
    case = Case(cleaner, text, cleaned, out)
    broken = _broken(LAWS[: -len(OF_EXPLANATIONS)], case)
    if (of_explanation := known.get(cleaned)) is None:
        laws = (*OF_EXPLANATIONS, *THOROUGHLY) if thorough else OF_EXPLANATIONS
        of_explanation = known[cleaned] = _broken(laws, case)
    return Found(out, broken | of_explanation)


def _broken(laws: Iterable[Callable[[Case], str]], case: Case) -> dict[str, str]:
    found = {}
    for law in laws:
        try:
            what = law(case)
        except Exception as error:  # noqa: BLE001 (as above)
            found[NOTHING_RAISES] = said(error)
            continue
        if what:
            found[law.__name__] = what
    return found


def said(error: Exception) -> str:
    """Say what was raised."""
    return f"{type(error).__name__}: {ascii(str(error))[:200]}"


def faults(cleaner: Cleaner, text: str) -> dict[str, str]:
    """Give the laws that a cleaner breaks on a text, with what it did."""
    return looked_at(cleaner, text, {}, thorough=True).broken


def _batch_difference(cleaner: Cleaner, texts: Sequence[str], single: Sequence[str]) -> str:
    outs = list(_pipeline(cleaner).batch(texts))
    if len(outs) != len(texts):
        return f"{len(outs)} texts for {len(texts)}"
    for i, (alone, out) in enumerate(zip(single, outs, strict=True)):
        if out != alone:
            return f"text {i} alone {alone!a}, in a batch {out!a}"
    return ""


def batches(texts: Sequence[str], *, mixed: bool) -> list[list[int]]:
    """Give the places of texts that belong together: a table folds the first at once; code in fences; halves of emoji.

    One text with a fence, or with half of an emoji, sends a whole batch another way: `mixed` adds that batch of all.
    """
    groups: tuple[list[int], ...] = ([], [], [])
    for i, text in enumerate(texts):
        groups[2 if not encodable(text) else "``" in text].append(i)
    return [group for group in (*groups, list(range(len(texts))) if mixed else []) if group]


@cache
def _pipeline(cleaner: Cleaner) -> Pipeline:
    return cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)


def batch_fault(cleaner: Cleaner, texts: Sequence[str], single: Sequence[str]) -> str:
    """Say where a batch gives another text than single calls, whose answers are given too, or what it raises."""
    try:
        return _batch_difference(cleaner, texts, single)
    except Exception as error:  # noqa: BLE001 (as above)
        return said(error)


def breaks(cleaner: Cleaner, law: str, texts: Sequence[str]) -> str:
    """Say how a cleaner breaks a law on a batch of texts, or on a single one; empty if it keeps it."""
    if law != BATCHES:
        return faults(cleaner, texts[0]).get(law, "") if texts else ""
    try:
        single = [cleaner(text) for text in texts]
    except Exception:  # noqa: BLE001 (which another law is about)
        return ""
    return batch_fault(cleaner, texts, single)


@contextmanager
def remembering() -> Iterator[None]:
    """Let rules find once in a text what calls, explanations, batches and pipelines then ask for again and again.

    Finding is nine tenths of all work, and everything else follows from what is found. That it is the same each time is
    a law as well, and so this is not used for each string (see `THOROUGH_EVERY`).
    """
    patched = [(Shortcut, "__call__"), *((kind, "find") for kind in _kinds_of_rules())]
    works = [(kind, name, kind.__dict__[name]) for kind, name in patched]
    for kind, name, work in works:
        setattr(kind, name, _remembered(work, tuple if name == "find" else None))
    try:
        yield
    finally:
        for kind, name, work in works:
            setattr(kind, name, work)


def _remembered(work: Callable[[Any, str], Any], kept_as: type | None) -> Callable[[Any, str], Any]:
    found: dict[tuple[int, str], Any] = {}

    def remembered(self: object, text: str) -> Any:  # noqa: ANN401 (what the work gives)
        key = (id(self), text)  # rules live as long as the program
        if (answer := found.get(key, found)) is found:
            answer = work(self, text)
            answer = found[key] = kept_as(answer) if kept_as else answer
        return answer

    return remembered


def _kinds_of_rules() -> list[type]:
    kinds = dict.fromkeys(kind for rule in presets.RULES for kind in type(rule).__mro__)
    return [kind for kind in kinds if kind is not Rule and "find" in kind.__dict__]
