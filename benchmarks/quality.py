"""Hold what was reached: exact recoveries, recall, precision, wrong removals, on text that the project makes itself.

    python benchmarks/quality.py [--check-floors | --raise-floors [--because REASON]] [--json OUT]

Three kinds of figures, each a share between 0 and 1: mojibake recovered and clean text left alone (`mojibake.py`);
near-duplicates found, of all pairs that a slow, obvious comparison of sets finds, and found rightly; lines of a
generated corpus of sites that a run keeps, of those that are story, and drops, of those that are furniture.
`floors.json` holds them with a digest of the texts that they were measured on. `--raise-floors` pins what is reached
now; a floor sinks, and the texts change, only with a reason. The labelled pages have floors of their own:
`structure/score.py`.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import arclean
import corpus
import mojibake
import reporting
from reporting import Report, Row, Table
from structure import pinned

FLOORS = Path(__file__).with_name("floors.json")
THRESHOLDS = (0.5, 0.7, 0.9)
DOCUMENTS, SENTENCES, PAGES = 400, 150, 240
TATWEEL = "\N{ARABIC TATWEEL}"
Pair = tuple[str, str]


def slow_pairs(texts: dict[str, str], threshold: float) -> set[Pair]:
    """Find the pairs by comparing the sets of word 5-runs of all that share one: slow, obvious, and no part of arclean.

    Of arclean it takes the folding alone, which is checked by other means.
    """
    sets = {key: runs(text) for key, text in texts.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, own in sets.items():
        for run in own:
            holders[run].append(key)
    met = {pair for keys in holders.values() for pair in combinations(sorted(keys), 2)}
    return {(a, b) for a, b in met if len(sets[a] & sets[b]) >= threshold * len(sets[a] | sets[b])}


def runs(text: str) -> set[tuple[str, ...]]:
    """Give the runs of five folded words."""
    words = "".join(c if c.isalnum() else " " for c in arclean.FOLD(text)).split()
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def duplicates(seed: int = 11) -> tuple[dict[str, float], list[str]]:
    """Measure recall and precision at three thresholds."""
    made = [*corpus.documents(DOCUMENTS, seed, plain=True, copies=0.5)]
    texts = {d.id: d.text for d in made}
    found = {}
    for threshold in THRESHOLDS:
        wanted = slow_pairs(texts, threshold)
        pairs = {(min(m.a, m.b), max(m.a, m.b)) for m in arclean.find_duplicates(texts.items(), threshold).pairs}
        found[f"duplicates / recall at {threshold}"] = len(pairs & wanted) / len(wanted)
        found[f"duplicates / precision at {threshold}"] = len(pairs & wanted) / len(pairs)
    return found, [*texts.values()]


def removals(seed: int = 13) -> tuple[dict[str, float], list[str]]:
    """Clean the pages of each site as a run does, and look which lines are left."""
    sites = defaultdict(list)
    for made in corpus.documents(PAGES, seed, copies=0):
        sites[made.site].append(made)
    kept = story = gone = furniture = single = captions = 0
    for pages in sites.values():
        cleaned = [arclean.WEB(page.text) for page in pages]
        profile = arclean.SiteBoilerplate.learn(cleaned)
        for page, text in zip(pages, cleaned, strict=True):
            # Elongation goes from lines that stay, and is no removal of a line.
            left = profile(text).replace(TATWEEL, "").split("\n")
            own = {line.replace(TATWEEL, "") for line in (*page.story, page.title)}
            lines = page.text.replace(TATWEEL, "").split("\n")
            for line in dict.fromkeys(lines):
                if line in own:
                    story, kept = story + 1, kept + (line in left)
                elif lines.count(line) > 1:
                    captions, single = captions + 1, single + (left.count(line) == 1)
                else:
                    furniture, gone = furniture + 1, gone + (line not in left)
    found = {
        "removals / story kept": kept / story,
        "removals / furniture dropped": gone / furniture,
        "removals / captions once": single / captions,
    }
    return found, [page.text for pages in sites.values() for page in pages]


def measures() -> tuple[dict[str, float], str]:
    """Measure everything; give the shares and the digest of the texts."""
    first, texts_digest = mojibake.measures(SENTENCES)
    second, texts = duplicates()
    third, pages = removals()
    # Rounded downwards, so that a floor never exceeds its measure.
    rounded = {name: int(value * 10_000 + 1e-9) / 10_000 for name, value in (first | second | third).items()}
    return rounded, corpus.digest([texts_digest, *texts, *pages])


def rows(measured: dict[str, float], floors: dict[str, float]) -> Iterator[Row]:
    """Set what is measured beside what is held."""
    for name, value in measured.items():
        yield Row(name, {"measured": value, "floor": floors.get(name)})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and hold the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    floors = parser.add_mutually_exclusive_group()
    floors.add_argument("--check-floors", action="store_true", help="fail where a floor does not hold")
    floors.add_argument("--raise-floors", action="store_true", help="pin what is reached")
    parser.add_argument("--because", default="", metavar="REASON", help="why floors may sink, or the texts changed")
    parser.add_argument("--floors", type=Path, default=FLOORS, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args(arguments)
    measured, digest = measures()
    held = pinned.read(options.floors)
    table = Table("Quality", "shares", [*rows(measured, held["floors"])], "{:.4f}")
    report = Report(
        "Quality, with its floors",
        "python benchmarks/quality.py",
        reporting.versions("arclean"),
        reporting.machine(),
        [table],
        [f"Texts: {digest[:16]}."],
    )
    print(report.text())
    reporting.save(report, options.json)
    if options.raise_floors:
        pinned.write(pinned.raised(held, measured, digest, options.because), options.floors)
    failed = pinned.failures(held, measured, digest) if options.check_floors else []
    for failure in failed:
        print(failure, file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except pinned.LoweredError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except json.JSONDecodeError as error:
        print(f"{FLOORS} is no JSON: {error}", file=sys.stderr)
        sys.exit(2)
