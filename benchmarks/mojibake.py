"""Compare the repair of mis-decoded Arabic with ftfy and arafix: exact recoveries, clean text spoilt, speed.

    python benchmarks/mojibake.py [--corpus PATH] [--sentences N] [--rounds N] [--json OUT]

Sentences (made by `corpus.py`, or the first ones of a corpus) are damaged in every way that is common in the wild, and
each library is asked for the sentence back. Equal means equal after NFC and with straight quotes, so that nobody is
charged for tidying. Clean text must stay: sentences, vocalised ones, and the traps of `tests/cases`. Each peer is shown
at its best for the task: ftfy by `fix_encoding`, which repairs encodings and nothing else, and by `fix_text` without
explanations (its documented fast setting); arafix by `detect_mojibake` and by `repair_text`. All of them take turns
in each round of the race.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path

import corpus
import reporting
from reporting import Report, Row, Table

Fix = Callable[[str], str]
Damage = Callable[[str], str]
OURS = "arclean"
CASES = Path(__file__).parents[1] / "tests" / "cases"
TIDY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " "})
LOST_IN_STRICT = re.compile("[\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}”]")
"""What a strict windows-1252 loses beside feh: such a sentence cannot come back, and nobody is asked for it."""


def misread(written: str, read: str, errors: str = "browser") -> Damage:
    """Give the damage of reading bytes of one encoding in another.

    Parameters: `errors` is "browser" (a byte without a character becomes the C1 control of its number, as WHATWG
    says) or what `bytes.decode` knows.
    """
    table = [bytes([b]).decode(read, "ignore") or chr(b) for b in range(256)]

    def damaged(text: str) -> str:
        data = text.encode(written)
        return "".join(map(table.__getitem__, data)) if errors == "browser" else data.decode(read, errors)

    return damaged


def after(*steps: Damage) -> Damage:
    """Give several damages, one upon the other."""

    def damaged(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return damaged


def second_half(step: Damage) -> Damage:
    """Damage a line from the middle on."""

    def damaged(text: str) -> str:
        cut = text.find(" ", len(text) // 2)
        return text[:cut] + step(text[cut:])

    return damaged


LATIN, WESTERN, ARABIC = misread("utf-8", "latin-1"), misread("utf-8", "cp1252"), misread("utf-8", "cp1256")
OLD_PAGE = misread("cp1256", "cp1252")
DAMAGES: dict[str, Damage] = {
    "UTF-8 read as latin-1": LATIN,
    "UTF-8 read as windows-1252": WESTERN,
    "UTF-8 read as windows-1252, twice": after(WESTERN, WESTERN),
    "UTF-8 read as strict windows-1252, replaced": misread("utf-8", "cp1252", "replace"),
    "UTF-8 read as strict windows-1252, dropped": misread("utf-8", "cp1252", "ignore"),
    "UTF-8 read as windows-1256": ARABIC,
    "UTF-8 read as windows-1256, twice": after(ARABIC, ARABIC),
    "UTF-8 read as windows-1256, then -1252": after(ARABIC, WESTERN),
    "UTF-8 read as Mac Roman": misread("utf-8", "mac_roman"),
    "UTF-8 read as cp437": misread("utf-8", "cp437"),
    "UTF-8 read as windows-1251": misread("utf-8", "cp1251"),
    "windows-1256 read as windows-1252": OLD_PAGE,
    "windows-1256 read as latin-1": misread("cp1256", "latin-1"),
    "windows-1256 read as -1252, then UTF-8 so": after(OLD_PAGE, WESTERN),
    "ISO-8859-6 read as windows-1252": misread("iso8859-6", "cp1252"),
    "ISO-8859-6 read as latin-1": misread("iso8859-6", "latin-1"),
    "second half: UTF-8 read as windows-1252": second_half(WESTERN),
    "second half: UTF-8 read as windows-1256": second_half(ARABIC),
}


def contestants() -> dict[str, Fix]:
    """Give arclean and the peers that are here, each as a function of one text."""
    arclean = import_module("arclean")
    found: dict[str, Fix] = {OURS: arclean.repair_mojibake}
    try:
        ftfy = import_module("ftfy")
        config = ftfy.TextFixerConfig(explain=False)
        found |= {"ftfy.fix_encoding": ftfy.fix_encoding, "ftfy.fix_text": lambda text: ftfy.fix_text(text, config)}
    except ImportError as error:
        print(f"missing: {error}", file=sys.stderr)
    try:
        detect, repair = import_module("arafix.diagnose").detect_mojibake, import_module("arafix").repair_text
        found |= {
            "arafix.detect_mojibake": lambda text: detect(text)[1] or text,
            "arafix.repair_text": lambda text: repair(text).text,
        }
    except ImportError as error:
        print(f"missing: {error}", file=sys.stderr)
    return found


def damaged_pairs(sentences: Sequence[str], damage: Damage, label: str) -> list[tuple[str, str]]:
    """Give sentences and what the damage makes of them; those that the encoding cannot write are left out."""
    pairs = []
    for sentence in sentences:
        if "strict" in label and LOST_IN_STRICT.search(sentence):
            continue
        try:
            broken = damage(sentence)
        except UnicodeEncodeError:
            continue
        if broken != sentence:
            pairs.append((sentence, broken))
    return pairs


def same(one: str, other: str) -> bool:
    """Say whether a repair is what was wanted."""
    return unicodedata.normalize("NFC", one).translate(TIDY) == unicodedata.normalize("NFC", other).translate(TIDY)


def recovered(fix: Fix, pairs: Sequence[tuple[str, str]]) -> float:
    """Give the share of exact recoveries, in per cent."""
    return 100 * sum(same(fix(broken), wanted) for wanted, broken in pairs) / len(pairs)


def spoilt(fix: Fix, texts: Sequence[str]) -> int:
    """Count the clean texts that come out otherwise."""
    return sum(not same(fix(text), text) for text in texts)


def clean_texts(sentences: Sequence[str], vocalised: Sequence[str]) -> dict[str, list[str]]:
    """Give texts that must not change."""
    traps = json.loads((CASES / "mojibake.json").read_text(encoding="utf-8"))["clean"]
    languages = [case["text"] for case in json.loads((CASES / "untouched.json").read_text(encoding="utf-8"))]
    return {
        "sentences": list(sentences),
        "vocalised sentences": list(vocalised),
        "traps: what looks damaged and is not": traps,
        "other languages in Arabic script": languages,
    }


def corpus_sentences(path: Path, count: int) -> list[str]:
    """Take the first sentences of a corpus, of six words or more."""
    arclean = import_module("arclean")

    def split() -> Iterator[str]:
        for document in arclean.read_documents(path, on_reject=lambda _: None):
            for sentence in re.split(r"(?<=[.!؟])\s+|\n+", document.text):
                if 6 <= len(sentence.split()) <= 60 and re.search("[ء-ي]", sentence):  # noqa: PLR2004
                    yield unicodedata.normalize("NFC", sentence.strip())

    return [*islice(dict.fromkeys(split()), count)]


def quality(sentences: Sequence[str], vocalised: Sequence[str], fixes: dict[str, Fix]) -> list[Table]:
    """Damage and repair."""
    rows = []
    for label, damage in DAMAGES.items():
        pairs = damaged_pairs(sentences, damage, label)
        rows.append(Row(label, {name: recovered(fix, pairs) if pairs else None for name, fix in fixes.items()}))
    clean = clean_texts(sentences, vocalised)
    spoils = [
        Row(f"{label}, of {len(texts):,}", {name: spoilt(fix, texts) for name, fix in fixes.items()})
        for label, texts in clean.items()
    ]
    return [
        Table(f"Exact recoveries of {len(sentences):,} sentences", "per cent", rows, "{:.1f}"),
        Table("Clean text that was changed", "texts", spoils),
    ]


def speed(sentences: Sequence[str], fixes: dict[str, Fix], rounds: int) -> Table:
    """Race over documents of ten sentences."""
    texts = ["\n".join(sentences[i : i + 10]) for i in range(0, len(sentences), 10)]
    loads = {
        "clean documents": texts,
        "documents damaged by windows-1252": [WESTERN(text) for text in texts],
        "documents damaged by windows-1256": [ARABIC(text) for text in texts],
    }

    def over(fix: Fix, some: Sequence[str]) -> Callable[[], object]:
        return lambda: [fix(text) for text in some]

    rows = []
    for label, some in loads.items():
        medians = reporting.race({name: over(fix, some) for name, fix in fixes.items()}, rounds)
        rows.append(Row(label, {name: seconds / medians[OURS] for name, seconds in medians.items()}))
    return Table("Time, interleaved", "as a multiple of arclean's", rows, "{:.2f}")


def measures(count: int = 300, seed: int = 7) -> tuple[dict[str, float], str]:
    """Give what floors hold, the shares recovered exactly and of clean texts left alone, and a digest of the texts."""
    sentences, vocalised = corpus.sentences(count, seed), corpus.sentences(count // 2, seed, vocalised=True)
    fix = {OURS: contestants()[OURS]}
    first, second = quality(sentences, vocalised, fix)
    found = {f"mojibake / recovered / {row.label}": (row.figures[OURS] or 0) / 100 for row in first.rows}
    clean = clean_texts(sentences, vocalised)
    for row, (label, texts) in zip(second.rows, clean.items(), strict=True):
        found[f"mojibake / left alone / {label}"] = 1 - (row.figures[OURS] or 0) / len(texts)
    return found, corpus.digest([t for texts in clean.values() for t in texts])


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="documents to take sentences from, instead of making them")
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args(arguments)
    if options.corpus and not options.corpus.exists():
        parser.error(f"no corpus at {options.corpus}")
    made = corpus.sentences(options.sentences, options.seed)
    sentences = corpus_sentences(options.corpus, options.sentences) if options.corpus else made
    vocalised = corpus.sentences(options.sentences // 2, options.seed, vocalised=True)
    fixes = contestants()
    report = Report(
        "Mojibake",
        "python benchmarks/mojibake.py",
        reporting.versions("arclean", "ftfy", "arafix"),
        reporting.machine(),
        [*quality(sentences, vocalised, fixes), speed(sentences, fixes, options.rounds)],
        [f"Text: {'a corpus given by path' if options.corpus else f'corpus.py, seed {options.seed}'}."],
    )
    print(report.text())
    reporting.save(report, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
