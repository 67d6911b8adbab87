"""Put random and mutated strings through every cleaner and hold each to every law.

    python benchmarks/fuzz.py [--strings 1000000] [--seed N] [--workers 2] [--cleaner NAME] [--corpus PATH] [--json OUT]

The laws are those of `tests/test_laws.py`. Hypothesis draws well and slowly; here plain `random` draws a thousand
times as many: hostile pieces, pages that repeat their lines, all of Unicode with halves of surrogates, and sentences
after mutation (cut, doubled, swapped, spliced, decomposed, mis-encoded, respelt). A corpus (whatever
`arclean.read_documents` reads) lends its lines beside the sentences written here. The same seed draws the same strings,
whatever the number of workers. Of every law that is broken the shortest example is shrunk further and printed; the exit
code is 1 then.
"""

import argparse
import html
import json
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib.metadata import version
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple, TypeVar

import arclean
from arclean import Cleaned, Cleaner, Pipeline, folding, presets
from arclean.repair import forms
from arclean.rules.tables import LONG
from arclean.testing import CAPTIONS, CHROME, CODECS, FOREIGN, PIECES, PROTECTED, WORDS

CLEANERS: tuple[Cleaner, ...] = (*presets.RULES, *presets.PIPELINES)
AT_ONCE = 200  # strings of a job and of a batch: some 10,000 characters, half a second to a few seconds of work
PROGRESS = 50 * AT_ONCE  # strings between two lines on standard error
TRIES, MOST_CLEANED = 3_000, 3_000_000  # how often, and how many characters, are cleaned to shrink one example
LONG_EVERY = 10  # jobs: a string of more than LONG characters costs as much as some hundreds of others
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
STOCK = (*PIECES, *PIECES, *TORN, *WORDS, *FOREIGN, *CHROME, *CAPTIONS, *PROTECTED)
LINES = (*SENTENCES, *CHROME, *CAPTIONS, *PROTECTED)
LONGEST_LINE, MOST_LINES, MOST_DOCUMENTS = 300, 4_000, 2_000  # what is taken of a corpus


def strings(seed: int, job: int, count: int = AT_ONCE, corpus: Sequence[str] = ()) -> list[str]:
    """Draw the strings of a job: the same ones for the same seed, job and corpus."""
    rng = random.Random(f"{seed} {job}")  # noqa: S311 (no secret)
    lines = (*LINES, *corpus)
    kinds = (hostile, hostile, mutated, mutated, mutated, anything, anything, page, mixture)  # the longest are dearest
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
    return "".join(rng.choice(STOCK) * (rng.choice((1, 1, 1, 1, 1, 2, 3, 9))) for _ in range(rng.randint(1, 16)))


def anything(rng: random.Random, _: Sequence[str]) -> str:
    """Draw from all of Unicode, halves of surrogate pairs included."""
    few = [rng.choice(BLOCKS) for _ in range(rng.randint(1, 4))]
    return "".join(chr(rng.randint(*rng.choice(few))) for _ in range(rng.randint(1, 24)))


def mutated(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw a line and change it in one to eight ways."""
    text = rng.choice(lines)
    for _ in range(rng.randint(1, 8)):
        text = rng.choice(MUTATIONS)(rng, text, lines)
    return text[:1_000]


def page(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw lines from a small stock, some of them mutated, so that twins and near-twins are common."""
    stock = [rng.choice(lines) if rng.random() < 0.7 else mutated(rng, lines) for _ in range(rng.randint(1, 6))]  # noqa: PLR2004
    part = rng.choice(PARTS)
    return part.join(rng.choice((*stock, "")) for _ in range(rng.randint(1, 8)))


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


@dataclass(frozen=True)
class Case:
    """A cleaner at work on one text; what several laws ask for is cleaned once."""

    cleaner: Cleaner
    text: str

    @cached_property
    def cleaned(self) -> Cleaned:
        """The explanation."""
        return self.cleaner.explain(self.text)

    @cached_property
    def out(self) -> str:
        """What a plain call gives."""
        return self.cleaner(self.text)


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
    """Hold that each character comes from itself or from a removal, and never from before the one before it."""
    cleaned, last = case.cleaned, (0, 0)
    if not cleaned.steps:
        return ""  # nothing is anywhere else
    touched = bytearray(len(case.text) + 1)
    for r in cleaned.removals:
        touched[r.start : r.end] = b"\1" * (r.end - r.start)
    for i, char in enumerate(cleaned.text):
        start, end = cleaned.locate(i, i + 1)
        inside = start == end or any(touched[start:end])
        if (
            (start, end) < last
            or not 0 <= start <= end <= len(case.text)
            or not (inside or case.text[start:end] == char)
        ):
            return f"character {i} of {cleaned.text!a} comes from {start}:{end}, the one before it from {last}"
        last = (start, end)
    return ""


def composed_and_decomposed_text_fold_alike(case: Case) -> str:
    """Hold that folding rules do not see the normal form; of other cleaners it is not asked."""
    if not case.cleaner.name.startswith(("fold_", "strip_", "FOLD")):
        return ""
    nfc, nfd = (unicodedata.normalize(form, case.text) for form in ("NFC", "NFD"))
    outs = [unicodedata.normalize("NFC", case.out if text == case.text else case.cleaner(text)) for text in (nfc, nfd)]
    return "" if outs[0] == outs[1] else f"of NFC {outs[0]!a}, of NFD {outs[1]!a}"


LAWS = (
    explaining_is_cleaning,
    undo_gives_the_original,
    cleaning_twice_is_cleaning_once,
    removals_account_for_every_change,
    locate_is_monotone_and_exact_outside_edits,
    composed_and_decomposed_text_fold_alike,
)
NOTHING_RAISES = "nothing_is_raised"
BATCHES = "batches_give_what_single_calls_give"


def faults(case: Case) -> dict[str, str]:
    """Give the laws that a cleaner breaks on a text, with what it did."""
    found = {}
    for law in LAWS:
        try:
            what = law(case)
        except Exception as error:  # noqa: BLE001 (that none is raised, of whatever kind, is a law)
            found[NOTHING_RAISES] = f"{type(error).__name__}: {ascii(str(error))[:200]}"
            continue
        if what:
            found[law.__name__] = what
    return found


def batch_fault(cleaner: Cleaner, cases: Sequence[Case]) -> str:
    """Say where a batch gives another text than a single call."""
    texts = [case.text for case in cases]
    outs = list(_pipeline(cleaner).batch(texts))
    if len(outs) != len(texts):
        return f"{len(outs)} texts for {len(texts)}"
    for i, (case, out) in enumerate(zip(cases, outs, strict=True)):
        if out != case.out:
            return f"text {i} alone {case.out!a}, in a batch {out!a}"
    return ""


def batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Give those together that a table can fold at once, those with code in fences, and all of them."""
    plain = [case for case in cases if encodable(case.text) and "``" not in case.text]
    fenced = [case for case in cases if encodable(case.text) and "``" in case.text]
    yield from (batch for batch in (plain, fenced, list(cases)) if batch)


@cache
def _pipeline(cleaner: Cleaner) -> Pipeline:
    return cleaner if isinstance(cleaner, Pipeline) else Pipeline(cleaner)


def breaks(cleaner: Cleaner, law: str, cases: Sequence[Case]) -> str:
    """Say how a cleaner breaks a law on a batch of texts, or on a single one; empty if it keeps it."""
    if law != BATCHES:
        return faults(cases[0]).get(law, "") if cases else ""
    try:
        return batch_fault(cleaner, cases)
    except Exception as error:  # noqa: BLE001 (as above)
        return f"{type(error).__name__}: {ascii(str(error))[:200]}"


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

    strings: int
    characters: int
    tried: int
    """Pairs of a cleaner and a string."""
    survived: int
    broken: dict[tuple[str, str], Broken]

    def joined(self, other: "Tally") -> "Tally":
        """Add both up."""
        broken = dict(self.broken)
        for key, new in other.broken.items():
            broken[key] = broken[key].joined(new) if key in broken else new
        return Tally(
            self.strings + other.strings,
            self.characters + other.characters,
            self.tried + other.tried,
            self.survived + other.survived,
            broken,
        )


NOTHING_YET = Tally(0, 0, 0, 0, {})


def judged(cleaners: Iterable[Cleaner], texts: Sequence[str]) -> Tally:
    """Put texts through cleaners, each text alone and all of them as a batch."""
    cleaners = tuple(cleaners)
    total = NOTHING_YET._replace(strings=len(texts), characters=sum(map(len, texts)))
    for cleaner in cleaners:
        survived, broken = 0, NOTHING_YET
        cases = [Case(cleaner, text) for text in texts]
        for case in cases:
            found = faults(case)
            survived += not found
            rows = {
                (cleaner.name, law): Broken(cleaner.name, law, 1, (case.text,), what) for law, what in found.items()
            }
            broken = broken.joined(NOTHING_YET._replace(broken=rows)) if rows else broken
        if (cleaner.name, NOTHING_RAISES) not in broken.broken:
            for batch in batches(cases):
                if what := breaks(cleaner, BATCHES, batch):
                    row = Broken(cleaner.name, BATCHES, 1, tuple(case.text for case in batch), what)
                    broken = broken.joined(NOTHING_YET._replace(broken={(cleaner.name, BATCHES): row}))
        total = total.joined(Tally(0, 0, len(texts), survived, broken.broken))
    return total


def job(number: int, seed: int, count: int, cleaners: tuple[Cleaner, ...], corpus: Path | None) -> Tally:
    """Draw the strings of one job and judge them."""
    left = min(AT_ONCE, count - number * AT_ONCE)
    return judged(cleaners, strings(seed, number, left, corpus_lines(corpus) if corpus else ()))


def hunt(
    cleaners: tuple[Cleaner, ...], count: int, seed: int = 0, workers: int = 1, corpus: Path | None = None
) -> Iterator[Tally]:
    """Judge cleaners on `count` strings; yield a tally for each job, in the order in which the jobs were drawn."""
    work = partial(job, seed=seed, count=count, cleaners=cleaners, corpus=corpus)
    numbers = range(-(-count // AT_ONCE))
    if workers == 1:
        yield from map(work, numbers)
        return
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
        if left < 0 or characters < 0 or not (what := breaks(cleaner, broken.law, [Case(cleaner, t) for t in texts])):
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


def shown(tally: Tally, seed: int, cleaners: int) -> str:
    """Write the tally for a person."""
    lost = tally.tried - tally.survived
    rows = [
        f"{tally.strings:,} strings of {tally.characters:,} characters, seed {seed}, through {cleaners} cleaners",
        f"tried {tally.tried:,}   survived {tally.survived:,}   broken {lost:,}   laws broken {len(tally.broken)}",
    ]
    for b in tally.broken.values():
        example = ", ".join(map(ascii, b.texts))
        rows.append(f"\n{b.cleaner} breaks {b.law}, {b.times:,} times")
        rows += (f"  on    {_short(example)}", f"  with  {_short(b.what)}")
    return "\n".join(rows)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} characters)"


def as_json(tally: Tally, seed: int) -> str:
    """Write the tally for a program."""
    broken = [b._asdict() for b in tally.broken.values()]
    return (
        json.dumps({"arclean": version("arclean"), "seed": seed, **tally._asdict(), "broken": broken}, indent=1) + "\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt, and say what was found."""
    known = {c.name: c for c in CLEANERS}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cleaner", action="append", choices=known, help="one of them only; may be given again")
    parser.add_argument("--corpus", type=Path, help="documents whose lines are mutated too")
    parser.add_argument("--json", type=Path, help="write the figures and the examples there as well")
    options = parser.parse_args(arguments)
    if options.corpus and not options.corpus.exists():
        parser.error(f"no corpus at {options.corpus}")
    cleaners = tuple(known[name] for name in options.cleaner or known)

    begun, total = time.perf_counter(), NOTHING_YET
    for part in hunt(cleaners, options.strings, options.seed, options.workers, options.corpus):
        total = total.joined(part)
        if total.strings % PROGRESS == 0:
            print(f"{total.strings:,} strings, {len(total.broken)} broken", file=sys.stderr, flush=True)
    total = total._replace(broken={key: shrunk(b, known[b.cleaner]) for key, b in sorted(total.broken.items())})
    print(shown(total, options.seed, len(cleaners)))
    print(f"{time.perf_counter() - begun:,.0f} s", file=sys.stderr)
    if options.json:
        options.json.write_text(as_json(total, options.seed), encoding="utf-8")
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
