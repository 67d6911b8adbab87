"""Put random and mutated strings through every cleaner and hold each to every law.

    python benchmarks/fuzz.py [--strings 1000000] [--start N] [--seed N] [--workers 2] [--cleaner NAME] [--corpus PATH]
                              [--json OUT] [--log OUT]

The laws are those of `tests/test_laws.py`. Hypothesis draws well and slowly; here plain `random` draws a thousand
times as many: hostile pieces, pages that repeat their lines, all of Unicode with halves of surrogates, and sentences
after mutation (cut, doubled, swapped, spliced, decomposed, mis-encoded, respelt). A corpus (whatever
`arclean.read_documents` reads) lends its lines beside the sentences written here. The same seed draws the same strings,
whatever the number of workers and the string that is the first: `--start` and `--strings` name a part of them, and with
`--log` a hunt that was stopped goes on where it was. Of every law that is broken the shortest example is shrunk further
and printed; the exit code is 1 then.

Every cleaner meets every string. What is done for some strings only is printed with their number: rules are asked once
what they find in a text, and what they said is remembered for the calls, explanations, batches and pipelines that ask
the same; one job in fifty remembers nothing.
"""

import argparse
import html
import json
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache, lru_cache, partial
from importlib.metadata import version
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import arclean
from arclean import Cleaned, Cleaner, Pipeline, Removal, Rule, folding, presets
from arclean.repair import forms
from arclean.rules.shortcuts import Shortcut
from arclean.rules.tables import LONG
from arclean.testing import CAPTIONS, CHROME, CODECS, FOREIGN, PIECES, PROTECTED, WORDS

CLEANERS: tuple[Cleaner, ...] = (*presets.RULES, *presets.PIPELINES)
AT_ONCE = 200  # strings of a job and of a batch: some 10,000 characters, half a second of work
PROGRESS = 50 * AT_ONCE  # strings between two lines on standard error
TRIES, MOST_CLEANED = 3_000, 3_000_000  # how often, and how many characters, are cleaned to shrink one example
LONG_EVERY = 100  # jobs: a string of more than LONG characters costs as much as a thousand others
THOROUGH_EVERY = 50  # jobs: to remember nothing from call to call takes some times as long
SHOWN = 400  # characters of an example that are printed; the JSON has all of it

# -------------------------------------------------------------------------------------------------------------- strings

SENTENCES = (
    "وصل وفد من المهندسين إلى القرية مساء أمس لمعاينة الجسر القديم الذي تضرر في السيول.",
    "قالت المعلمة إن مدرسة الحي ستفتح أبوابها يوم الأحد، وإن عدد التلاميذ بلغ ٣٥٠ تلميذاً.",
    "هل يؤثر ارتفاع أسعار القمح على موائد الأسر؟ سؤال طرحه مسؤولون في ندوة عن الغذاء.",
    "بلغت نسبة الزيادة ٣٫١٤٪ مقارنة بالعام الماضي، أي ما يعادل ١٬٢٥٠٬٠٠٠ دينار.",
    "كَتَبَ الطَّالِبُ رِسَالَةً إِلَى أُسْتَاذِهِ فَشَكَرَهُ عَلَى مُسَاعَدَتِهِ.",
    "سُئِلَ الشَّيْخُ عَنْ هٰذَا فَقَالَ: «رُؤْيَتُهُ أَوْضَحُ مِنْ أَنْ تُوصَفَ».",
    "ذَٰلِكَ ٱلۡكِتَٰبُ عَلَىٰ ٱلطَّاوِلَةِۖ فَٱقۡرَأۡ مَا تَيَسَّرَ مِنۡهُۚ",
    "والله جميييييل جدااااا هههههههه يا سلاااام عليكم!!!",
    "أكد اللاعب أن الفريق سيعود أقوى في الموسم المقبل… وقال لـ«الملاعب»: لن نستسلم.",
    "تابعونا على https://example.com/أخبار/محلية?p=12&lang=ar أو @akhbar_alhay و #أخبار_الحي",
    "مراسلة التحرير: tahrir@example.org - هاتف 00962/6/5550123",
    "صورة من الأرشيف لسوق المدينة القديمة قبل ترميمها في ربيع عام 1998. [أ ف ب]",
    "متطوعون يزرعون الأشجار على سفح الجبل المطل على الوادي صباح يوم الجمعة. (رويترز)",
    "این کتاب را می\u200cخواهم برای دوستم بخرم و خانه\u0654 ما نزدیک است.",
    "یہ کتاب بہت اچھی ہے اور میں اسے کل پڑھوں گا۔",
    "ئەم کتێبە زۆر باشە و دەمەوێت بیخوێنمەوە.",
    "La réunion s'est tenue à Genève; 25 % des élèves étaient présents – «très bien».",
    "Der Bürgermeister sagte: Straße, Öl und Übermut — naïve façade, ½ Liter, x² + y².",
    "اقرأ أيضا: كيف تختار هاتفا جديدا؟",
    "شارك هذا الخبر عبر فيسبوك وتويتر وواتساب",
    "سياسة الموقع بشأن التعليقات: نرحب بآرائكم ونعتذر عن نشر ما فيه إساءة.",
    "```\nassert كلمة == 'أـ١'\n```",
)

BLOCKS = (  # of code points: where the script lives, what joins or combines, then everything
    *[(0x600, 0x6FF)] * 4,
    (0x750, 0x77F),
    (0x870, 0x8FF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFF),
    (0x20, 0x7E),
    (0x00, 0x17F),
    (0x300, 0x36F),
    (0x1100, 0x11FF),
    (0x2000, 0x206F),
    (0xD800, 0xDFFF),
    (0x1EE00, 0x1EEFF),
    (0x1F300, 0x1FAFF),
    (0xE0000, 0xE01EF),
    (0x00, 0xFFFF),
    (0x00, 0x10FFFF),
)
WRITTEN_IN = ("utf-8", "utf-8", "utf-8", "cp1256", "iso8859-6")
PARTS = ("\n", "\n", "\n\n", "\r\n", "\n \n", "\u2028")
TORN = tuple(  # signs of addresses and code that come together once what stands within is removed
    f"{sign[0]}{within}{sign[1:]}{after}"
    for sign in ("://", "www.", "```")
    for within in ("\N{ARABIC FATHA}", "\N{ARABIC TATWEEL}", "\N{RIGHT-TO-LEFT MARK}")
    for after in ("أ", "example.com/إ ")
)
AROUND = (*"-.-.٣۔٫Z@", "@ا-", "ا۔C", "Z٣", "- ", "ـ ```\nأ", "\n```")  # what spans grow by when folded
STOCK = (*PIECES, *PIECES, *TORN, *AROUND, *WORDS, *FOREIGN, *CHROME, *CAPTIONS, *PROTECTED)
LINES = (*SENTENCES, *CHROME, *CAPTIONS, *PROTECTED)
SHORT, LEAST = 6, 15  # characters of what is repeated, and of what is mutated
LONGEST_LINE, MOST_LINES, MOST_DOCUMENTS = 300, 4_000, 2_000  # what is taken of a corpus


def strings(seed: int, job: int, count: int = AT_ONCE, corpus: Sequence[str] = ()) -> list[str]:
    """Draw the strings of a job: the same ones for the same seed, job and corpus."""
    rng = random.Random(f"{seed} {job}")  # noqa: S311 (no secret)
    lines = (*LINES, *corpus)
    kinds = (*(hostile, mutated, anything) * 3, page, mixture)  # the longest are dearest
    drawn = [rng.choice(kinds)(rng, lines) for _ in range(count)]
    if job % LONG_EVERY == 0 and count == AT_ONCE:  # whole tables are looked up at once in it
        page_of_all = "\n".join(text for text in drawn if encodable(text)) + "\n"
        drawn[-1] = (page_of_all * (LONG // len(page_of_all) + 1))[: LONG + rng.randint(1, 99)]
    return drawn


def encodable(text: str) -> bool:
    """Whether a text has no half of a surrogate pair: one of them sends a whole batch another way."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def hostile(rng: random.Random, _: Sequence[str]) -> str:
    """Draw pieces that break cleaners, now and then a piece many times."""
    pieces = rng.choices(STOCK, k=rng.randint(1, 8))
    return "".join(p * rng.choice((1, 1, 1, 1, 1, 2, 3, 9)) if len(p) <= SHORT else p for p in pieces)


def anything(rng: random.Random, _: Sequence[str]) -> str:
    """Draw from all of Unicode, halves of surrogate pairs included."""
    few = [rng.choice(BLOCKS) for _ in range(rng.randint(1, 4))]
    return "".join(chr(rng.randint(*rng.choice(few))) for _ in range(rng.randint(1, 24)))


def mutated(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw a line, more often a part of one, and change it in one to six ways."""
    text = rng.choice(lines)
    if rng.random() < 0.7:  # noqa: PLR2004
        start = rng.randint(0, max(0, len(text) - LEAST))
        text = text[start : start + rng.randint(LEAST, 50)]
    for _ in range(rng.randint(1, 6)):
        text = rng.choice(MUTATIONS)(rng, text, lines)
    return text[:1_000]


def page(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw lines from a small stock, some of them mutated, so that twins and near-twins are common."""
    stock = [rng.choice(lines) if rng.random() < 0.7 else mutated(rng, lines) for _ in range(rng.randint(1, 4))]  # noqa: PLR2004
    part = rng.choice(PARTS)
    return part.join(rng.choice((*stock, "")) for _ in range(rng.randint(1, 5)))


def mixture(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw two strings of the other kinds, one after the other."""
    return "".join(rng.choice((hostile, anything, mutated, page))(rng, lines) for _ in range(2))


def _span(rng: random.Random, text: str) -> tuple[int, int]:
    start = rng.randint(0, len(text))
    return start, min(len(text), start + rng.choice((1, 1, 2, 5, 20, 80)))


def _insert(rng: random.Random, text: str, _: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(STOCK) + text[at:]


def _delete(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    return text[:start] + text[end:]


def _double(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    return text[:start] + text[start:end] * rng.choice((2, 2, 3, 6)) + text[end:]


def _swap(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, middle, end = sorted(rng.randint(0, len(text)) for _ in range(3))
    return text[:start] + text[middle:end] + text[start:middle] + text[end:]


def _splice(rng: random.Random, text: str, lines: Sequence[str]) -> str:
    other = rng.choice(lines)
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _normalize(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text) if rng.random() < 0.5 else (0, len(text))  # noqa: PLR2004
    return text[:start] + unicodedata.normalize(rng.choice(("NFD", "NFD", "NFC", "NFKD")), text[start:end]) + text[end:]


def _misread(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text) if rng.random() < 0.5 else (0, len(text))  # noqa: PLR2004
    data = text[start:end].encode(rng.choice(WRITTEN_IN), rng.choice(("replace", "ignore")))
    table, codec = rng.choice(("whatwg", "replace", "ignore")), rng.choice(CODECS)
    read = data.decode(codec, table) if table != "whatwg" else "".join(map(_as_browsers_read(codec).__getitem__, data))
    return text[:start] + read + text[end:]


def _respell(rng: random.Random, text: str, _: Sequence[str]) -> str:
    variants = _variants()
    return "".join(rng.choice(variants[c]) if c in variants and rng.random() < 0.3 else c for c in text)  # noqa: PLR2004


def _escape(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    hard = "".join(f"&#{ord(c)};" for c in text[start:end])
    return text[:start] + rng.choice((hard, html.escape(text[start:end]))) + text[end:]


MUTATIONS = (_insert, _insert, _insert, _delete, _double, _swap, _splice, _normalize, _misread, _respell, _escape)


@cache
def _as_browsers_read(codec: str) -> list[str]:
    return [bytes([b]).decode(codec, "ignore") or chr(b) for b in range(256)]


@cache
def _variants() -> dict[str, str]:
    """For each character all that a fold or a repair of forms would make it of."""
    found: dict[str, str] = {}
    for variant, plain in (*folding.fold_table().items(), *forms.letter_forms().items()):
        found[plain] = found.get(plain, "") + variant
    return {plain: variants for plain, variants in found.items() if len(plain) == 1}


@cache
def corpus_lines(path: Path) -> tuple[str, ...]:
    """Read lines of a corpus, some thousands at most."""
    documents = arclean.read_documents(path, on_reject=lambda _: None)
    lines = (line for d in islice(documents, MOST_DOCUMENTS) for line in d.text.split("\n") if line.strip())
    return tuple(line[:LONGEST_LINE] for line in islice(lines, MOST_LINES))


# ----------------------------------------------------------------------------------------------------------------- laws


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


def batch_fault(cleaner: Cleaner, texts: Sequence[str], single: Sequence[str]) -> str:
    """Say where a batch gives another text than single calls, whose answers are given too."""
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


def _batch_fault(cleaner: Cleaner, texts: Sequence[str], single: Sequence[str]) -> str:
    try:
        return batch_fault(cleaner, texts, single)
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
    return _batch_fault(cleaner, texts, single)


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


# ----------------------------------------------------------------------------------------------------------------- hunt


class Broken(NamedTuple):
    """A law that a cleaner broke: on how many strings or batches, and the shortest; a batch is several texts."""

    cleaner: str
    law: str
    times: int
    texts: tuple[str, ...]
    what: str

    @property
    def size(self) -> int:
        """How long the example is."""
        return sum(map(len, self.texts)) + len(self.texts)

    def joined(self, other: "Broken") -> "Broken":
        """Count both, and keep the shorter example."""
        return min(self, other, key=lambda b: b.size)._replace(times=self.times + other.times)


class Tally(NamedTuple):
    """What became of some strings."""

    strings: int = 0
    characters: int = 0
    long: int = 0
    """Strings that are looked up in whole tables."""
    thoroughly: int = 0
    """Strings of the jobs that remember nothing."""
    tried: int = 0
    """Pairs of a cleaner and a string."""
    survived: int = 0
    seconds: float = 0.0
    """Of CPU time."""
    broken: tuple[Broken, ...] = ()

    def joined(self, other: "Tally") -> "Tally":
        """Add both up."""
        broken = {(b.cleaner, b.law): b for b in self.broken}
        for new in other.broken:
            key = (new.cleaner, new.law)
            broken[key] = broken[key].joined(new) if key in broken else new
        sums = (mine + its for mine, its in zip(self[:-1], other[:-1], strict=True))
        return Tally(*sums, tuple(broken[key] for key in sorted(broken)))  # type: ignore[arg-type]


def judged(cleaners: Iterable[Cleaner], texts: Sequence[str], *, thorough: bool = True) -> Tally:
    """Put texts through cleaners, each text alone and all of them in batches.

    Parameters: `thorough` remembers nothing from call to call, holds to the laws THOROUGHLY too, and adds a batch of
    all texts, whatever they are.
    """
    begun = time.process_time()
    cleaners = tuple(cleaners)
    broken: list[Broken] = []
    survived = 0
    outs: list[list[str | None]] = [[] for _ in cleaners]
    with nullcontext() if thorough else remembering():
        for text in texts:
            known: dict[Cleaned, dict[str, str]] = {}
            for cleaner, its in zip(cleaners, outs, strict=True):
                out, found = looked_at(cleaner, text, known, thorough=thorough)
                its.append(out)
                survived += not found
                broken += [Broken(cleaner.name, law, 1, (text,), what) for law, what in found.items()]
        groups = [(group, [texts[i] for i in group]) for group in batches(texts, mixed=thorough)]
        for cleaner, its in zip(cleaners, outs, strict=True):
            for group, members in groups:
                single = [out for i in group if (out := its[i]) is not None]
                if len(single) == len(group) and (what := _batch_fault(cleaner, members, single)):
                    broken.append(Broken(cleaner.name, BATCHES, 1, tuple(members), what))
    long = sum(len(text) >= LONG for text in texts)
    sums = (len(texts), sum(map(len, texts)), long, thorough * len(texts), len(cleaners) * len(texts), survived)
    total = Tally(*sums, time.process_time() - begun)
    for one in broken:
        total = total.joined(Tally(broken=(one,)))
    return total


def job(number: int, seed: int, cleaners: tuple[Cleaner, ...], corpus: Path | None, end: int) -> Tally:
    """Draw the strings of one job, up to the string number `end`, and judge them."""
    left = min(AT_ONCE, end - number * AT_ONCE)
    texts = strings(seed, number, left, corpus_lines(corpus) if corpus else ())
    return judged(cleaners, texts, thorough=number % THOROUGH_EVERY == 1)


def hunt(  # noqa: PLR0913, PLR0917 (what the command line has options for)
    cleaners: tuple[Cleaner, ...],
    count: int,
    seed: int = 0,
    workers: int = 1,
    corpus: Path | None = None,
    start: int = 0,
) -> Iterator[Tally]:
    """Judge cleaners on `count` strings; yield a tally for each job, in the order in which the jobs were drawn.

    Parameters: `start` is the number of the first string, a multiple of AT_ONCE.
    """
    work = partial(job, seed=seed, cleaners=cleaners, corpus=corpus, end=start + count)
    numbers = range(start // AT_ONCE, -(-(start + count) // AT_ONCE))
    if workers == 1:
        yield from map(work, numbers)
        return
    judged(cleaners, strings(seed, 1, 50), thorough=False)  # builds tables and automata, which every worker then has
    with Pool(workers) as pool:
        yield from pool.imap(work, numbers)


def shrunk(broken: Broken, cleaner: Cleaner, tries: int = TRIES) -> Broken:
    """Make an example as short as greed can: drop texts, then spans of each, then write plain letters for odd ones."""
    best = broken
    left, characters = tries, MOST_CLEANED

    def shorter(texts: tuple[str, ...]) -> bool:
        nonlocal best, left, characters
        left -= 1
        characters -= sum(map(len, texts))
        if left < 0 or characters < 0 or not (what := breaks(cleaner, broken.law, texts)):
            return False
        best = best._replace(texts=texts, what=what)
        return True

    before = None
    while best != before and left > 0 and characters > 0:
        before = best
        while _one_step(best.texts, shorter):
            pass
    return best


def _one_step(texts: tuple[str, ...], shorter: Callable[[tuple[str, ...]], bool]) -> bool:
    """Try everything that makes an example smaller, the greatest cuts first, until something holds."""
    if len(texts) > 1 and any(shorter(fewer) for fewer in _cuts(texts)):
        return True
    for i, text in enumerate(texts):
        before, after = texts[:i], texts[i + 1 :]
        if any(shorter((*before, cut, *after)) for cut in _cuts(text)):
            return True
        plainer = (text[:k] + new + text[k + 1 :] for k, c in enumerate(text) for new in PLAIN[: PLAIN.find(c)])
        if any(shorter((*before, new, *after)) for new in plainer):
            return True
    return False


PLAIN = "اa "
"""What a character that does not matter is written as; `find` gives -1 for all others, and so all but the last."""


Whole = TypeVar("Whole", str, tuple[str, ...])


def _cuts(whole: Whole) -> Iterator[Whole]:
    """Yield what is left without each piece, halves first, single ones last."""
    size = len(whole) // 2 or 1
    while size and len(whole):
        for start in range(0, len(whole), size):
            yield whole[:start] + whole[start + size :]
        size //= 2


# --------------------------------------------------------------------------------------------------------------- report


def shown(tally: Tally, seed: int, cleaners: Sequence[str]) -> str:
    """Write the tally for a person."""
    lost = tally.tried - tally.survived
    laws = (NOTHING_RAISES, *(law.__name__ for law in LAWS), BATCHES)
    more = (
        *(law.__name__ for law in THOROUGHLY),
        "a batch of all kinds of strings",
        "nothing remembered between calls",
    )
    rows = [
        f"{tally.strings:,} strings of {tally.characters:,} characters, seed {seed}; CPU time {tally.seconds:,.0f} s",
        f"{tally.long:,} of the strings have {LONG:,} characters and more",
        f"{len(cleaners)} cleaners: {', '.join(cleaners)}",
        f"{len(laws)} laws: {', '.join(laws)}",
        f"on {tally.thoroughly:,} of the strings only: {', '.join(more)}",
        f"tried {tally.tried:,}   survived {tally.survived:,}   broken {lost:,}   laws broken {len(tally.broken)}",
    ]
    for b in tally.broken:
        example = ", ".join(map(ascii, b.texts))
        rows.append(f"\n{b.cleaner} breaks {b.law}, {b.times:,} times")
        rows += (f"  on    {_short(example)}", f"  with  {_short(b.what)}")
    return "\n".join(rows)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} characters)"


class Stretch(NamedTuple):
    """Which strings a tally is about, for a program and for a later run."""

    seed: int
    start: int
    cleaners: list[str]
    corpus: str
    tally: Tally

    def as_json(self, indent: int | None = None) -> str:
        """Write it, the tally's figures beside its own."""
        broken = [b._asdict() for b in self.tally.broken]
        fields = {"arclean": version("arclean"), **self._asdict(), **self.tally._asdict(), "broken": broken}
        del fields["tally"]
        return json.dumps(fields, indent=indent) + "\n"

    @classmethod
    def from_json(cls, line: str) -> "Stretch":
        """Read what `as_json` wrote."""
        fields = json.loads(line)
        broken = tuple(Broken(**{**b, "texts": tuple(b["texts"])}) for b in fields["broken"])
        tally = Tally(**{name: fields[name] for name in Tally._fields if name != "broken"}, broken=broken)
        return cls(*(fields[name] for name in cls._fields if name != "tally"), tally)


def stretches(options: argparse.Namespace, cleaners: tuple[Cleaner, ...]) -> Iterator[Tally]:
    """Judge the strings asked for, some thousands at a time; yield the tally of each stretch, old or new."""
    about = (options.seed, [c.name for c in cleaners], str(options.corpus or ""))
    lines = options.log.read_text(encoding="utf-8").splitlines() if options.log and options.log.exists() else []
    written = [stretch for stretch in map(Stretch.from_json, lines) if (stretch.seed, *stretch[2:4]) == about]
    known = {(stretch.start, stretch.tally.strings): stretch.tally for stretch in written}
    end = options.start + options.strings
    for start in range(options.start, end, PROGRESS):
        count = min(PROGRESS, end - start)
        if (tally := known.get((start, count))) is None:
            tally = Tally()
            for part in hunt(cleaners, count, options.seed, options.workers, options.corpus, start):
                tally = tally.joined(part)
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    log.write(Stretch(options.seed, start, about[1], about[2], tally).as_json())
        yield tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt, and say what was found."""
    known = {c.name: c for c in CLEANERS}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--start", type=int, default=0, help=f"the number of the first one, a multiple of {PROGRESS:,}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cleaner", action="append", choices=known, help="one of them only; may be given again")
    parser.add_argument("--corpus", type=Path, help="documents whose lines are mutated too")
    parser.add_argument("--json", type=Path, help="write the figures and the examples there as well")
    parser.add_argument("--log", type=Path, help="write them there for each stretch; do not do again what is there")
    options = parser.parse_args(arguments)
    if options.corpus and not options.corpus.exists():
        parser.error(f"no corpus at {options.corpus}")
    if options.start % PROGRESS:
        parser.error(f"--start {options.start}: give a multiple of {PROGRESS:,}")
    cleaners = tuple(known[name] for name in options.cleaner or known)

    names = [c.name for c in cleaners]

    begun, total = time.perf_counter(), Tally()
    for part in stretches(options, cleaners):
        total = total.joined(part)
        print(f"{total.strings:,} strings, {len(total.broken)} laws broken", file=sys.stderr, flush=True)
    total = total._replace(broken=tuple(shrunk(b, known[b.cleaner]) for b in total.broken))
    print(shown(total, options.seed, names))
    print(f"{time.perf_counter() - begun:,.0f} s", file=sys.stderr)
    if options.json:
        whole = Stretch(options.seed, options.start, names, str(options.corpus or ""), total)
        options.json.write_text(whole.as_json(indent=1), encoding="utf-8")
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
