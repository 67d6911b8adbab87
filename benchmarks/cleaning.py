"""Measure how fast pages are cleaned, on one core: WEB alone, WEB and a profile learnt from the site, and the learning.

    python benchmarks/cleaning.py [--corpus PATH …] [--documents N] [--rounds N] [--json OUT] [--check]

A figure is megabytes of text (UTF-8) for each second of CPU time, the best of the rounds. Pages are read and grouped by
site as `arclean run` does, outside the time measured. Every turn is a process of its own that sees each page once, so
that nothing remembered of a page can answer for it when it comes again; before, it cleans fifty made-up pages of
another seed, which loads what is loaded once. All ways take turns in every round. "fold in Python" is a yardstick from
the standard library, what users write to make spellings equal (one regular expression, one `str.translate`): the other
figures as multiples of it can be compared between machines. With `--check` the exit status is 1 where WEB with the
profiles is slower than 15 MB/s over all.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import corpus
import reporting
from arclean import WEB, Pipeline, SiteBoilerplate
from arclean.documents import read_documents
from arclean.run import LEAST_PAGES
from reporting import Report, Row, Table
from whole_job import fold

PLAIN, BOTH, EXPLAINED, LEARN, YARDSTICK = (
    "WEB",
    "WEB + profile",
    "the same, explained",
    "learning",
    "fold in Python",
)
WAYS = (LEARN, PLAIN, BOTH, EXPLAINED, YARDSTICK)
"""Learning comes first: it writes the profiles that the others take."""

GOAL = 15.0
NO_SITE = "no site"
OVERALL = "overall"
WARM_UP, WARM_UP_SEED = 50, 97


def pages_by_site(paths: Sequence[str]) -> dict[str, list[str]]:
    """Read the pages of each site."""
    sites: dict[str, list[str]] = defaultdict(list)
    for document in read_documents(*paths):
        sites[document.site or NO_SITE].append(document.text)
    return dict(sites)


def cleaner(site: str, profiles: Path) -> Pipeline:
    """Give WEB and, where the site was learnt, its profile."""
    path = profiles / f"{site.encode().hex()}.json"
    return Pipeline(WEB, SiteBoilerplate.load(path), name="both") if path.exists() else WEB


def turn(way: str, paths: Sequence[str], profiles: Path) -> dict[str, float]:
    """Clean every page once in one way; give the CPU seconds for each site."""
    warm = [made.text for made in corpus.documents(WARM_UP, WARM_UP_SEED)]
    both = Pipeline(WEB, SiteBoilerplate.learn(map(WEB, warm)))
    for text in warm:
        both.explain(text)
        fold(text)
    return {site: _seconds(way, site, texts, profiles) for site, texts in pages_by_site(paths).items()}


def _seconds(way: str, site: str, texts: Sequence[str], profiles: Path) -> float:
    if way == LEARN:
        cleaned = [*map(WEB, texts)] if site != NO_SITE else []
        start = time.process_time()
        learnt = SiteBoilerplate.learn(cleaned, site=site)
        took = time.process_time() - start
        if len(cleaned) >= LEAST_PAGES:
            learnt.save(profiles / f"{site.encode().hex()}.json")
        return took
    both = cleaner(site, profiles)
    clean: dict[str, Callable[[str], object]] = {PLAIN: WEB, BOTH: both, EXPLAINED: both.explain, YARDSTICK: fold}
    start = time.process_time()
    for text in texts:
        clean[way](text)
    return time.process_time() - start


def measure(paths: Sequence[str], rounds: int) -> dict[str, dict[str, float]]:
    """Let all ways take turns; give for each site the least CPU seconds of each way."""
    best: dict[str, dict[str, float]] = defaultdict(dict)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as profiles:
        for _ in range(rounds):
            for way in WAYS:
                command = [sys.executable, __file__, "--turn", way, "--profiles", profiles, "--corpus", *paths]
                done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
                for site, seconds in json.loads(done.stdout).items():
                    best[site][way] = min(seconds, best[site].get(way, seconds))
    return dict(best)


def rows(best: dict[str, dict[str, float]], sizes: dict[str, int]) -> list[Row]:
    """Give megabytes a second for each site, and for all of them together."""
    found = []
    for site, seconds in best.items():
        known = {way: took for way, took in seconds.items() if site != NO_SITE or way != LEARN}
        found.append(Row(f"{site}, {sizes[site] / 1e6:.1f} MB", {w: sizes[site] / 1e6 / s for w, s in known.items()}))
    learnt = [site for site in best if site != NO_SITE]
    of_way = {way: learnt if way == LEARN else [*best] for way in WAYS}
    together = {
        way: sum(sizes[s] for s in of_way[way]) / 1e6 / sum(best[s][way] for s in of_way[way])
        for way in WAYS
        if of_way[way]
    }
    found.append(Row(f"{OVERALL}, {sum(sizes.values()) / 1e6:.1f} MB", together))
    return found


def multiples(overall: Row) -> Row:
    """Give the figures as multiples of the yardstick's."""
    yardstick = overall.figures[YARDSTICK] or 1.0
    return Row("multiple of the yardstick", {w: v and v / yardstick for w, v in overall.figures.items()})


def _sizes(sites: dict[str, list[str]]) -> dict[str, int]:
    def size(texts: Iterable[str]) -> int:
        return sum(len(text.encode("utf-8", "replace")) for text in texts)

    return {site: size(texts) for site, texts in sites.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="+", action="extend", metavar="PATH", help="pages, as arclean run takes them")
    parser.add_argument("--documents", type=int, default=3_000, help="how many to make where no corpus is given")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--turn", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--profiles", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.turn:
        print(json.dumps(turn(options.turn, options.corpus, options.profiles)))
        return 0
    if missing := [path for path in options.corpus or () if not Path(path).exists()]:
        parser.error(f"nothing at {missing[0]}")
    with tempfile.TemporaryDirectory() as folder:
        paths = options.corpus
        if not paths:
            paths = [str(Path(folder) / "made.jsonl")]
            corpus.write(Path(paths[0]), corpus.documents(options.documents))
        sites = pages_by_site(paths)
        table = rows(measure(paths, options.rounds), _sizes(sites))
    count = sum(map(len, sites.values()))
    text = "given by path" if options.corpus else "made by corpus.py"
    title = f"Cleaning {count:,} pages {text}, {options.rounds} interleaved rounds"
    report = Report(
        "Cleaning speed",
        "python benchmarks/cleaning.py",
        reporting.versions("arclean", "numpy"),
        reporting.machine(),
        [
            Table(title, "MB of text a CPU second, best round", table, "{:,.1f}"),
            Table("Overall, beside the yardstick", "times as fast", [multiples(table[-1])], "{:,.2f}"),
        ],
    )
    print(report.text())
    reporting.save(report, options.json)
    return int(options.check and (table[-1].figures[BOTH] or 0) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
