"""Score how arclean and its peers tell an Arabic page's story from its chrome.

    python benchmarks/structure/score.py [--site SITE …] [--peers] [--misses] [--json OUT]
                                         [--check-floors | --raise-floors [--because REASON]]

Exit status: 0 done, 1 a floor does not hold, 2 usage.
"""

import argparse
import json
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import labelled
import line_rules
import pinned
from alignment import align, key
from labelled import Line, Page, Site

HELD_OUT = "held-out"
# A story line on so many of a site's pages is what a rule of line frequency takes for furniture.
RECURRING = 3


class Cleaned(NamedTuple):
    """A page as a cleaner left it, and who removed a span of it and why."""

    text: str
    why: Callable[[int, int], str]


class Contestant(NamedTuple):
    """A way to clean the pages of one site; `learns` if what only other pages give away is asked of it."""

    name: str
    learns: bool
    clean: Callable[[Sequence[str]], list[Cleaned]]


class Verdict(NamedTuple):
    """What became of a line: `right`, `missed` (still there), `lost` (story gone), or `free` (either is right)."""

    site: Site
    page: Page
    line: Line
    outcome: str
    why: str


def judge(site: Site, contestant: Contestant) -> list[Verdict]:
    """Clean a site and judge each line of its pages."""
    verdicts = []
    for page, cleaned in zip(site.pages, contestant.clean([page.text for page in site.pages]), strict=True):
        found = align([line.text for line in page.lines], cleaned.text)
        outcomes = [
            _outcome(line, left, learns=contestant.learns) for line, left in zip(page.lines, found, strict=True)
        ]
        _settle_captions(page.lines, found, outcomes)
        for line, (start, end), outcome in zip(page.lines, _spans(page), outcomes, strict=True):
            why = cleaned.why(start, end) if outcome == "lost" else ""
            verdicts.append(Verdict(site, page, line, outcome, why))
    return verdicts


def _outcome(line: Line, left: str | None, *, learns: bool) -> str:
    there = None if left is None else key(left)
    whole, trimmed = there == key(line.text), there == key(line.rest)
    if line.verdict == "either" or (line.family == "template" and not learns):
        return "free"
    if line.verdict == "must_drop":
        return "right" if left is None else "missed"
    if line.rest:
        kept = there is not None and key(line.rest) in there
        asked = learns or line.family != "glued"
        return "lost" if not kept else "free" if not asked else "right" if trimmed else "missed"
    return "right" if whole else "lost"


def _settle_captions(lines: Sequence[Line], found: Sequence[str | None], outcomes: list[str]) -> None:
    """Let any one of a caption's copies be the one that stays: near twins differ, and either may be the better.

    What is wrong with a group is said of its repeats, whichever of the copies went.
    """
    heads = [i for i, line in enumerate(lines) if line.family == "caption"]
    for head, after in pairwise([*heads, len(lines)]):
        repeats = [i for i in range(head, after) if lines[i].family == "caption-repeat"]
        left = [i for i in (head, *repeats) if (there := found[i]) is not None and key(there) == key(lines[i].text)]
        if repeats:
            outcomes[head] = "right" if left else "lost"
            for place, i in enumerate(repeats, 1):
                outcomes[i] = "lost" if not left else "missed" if place < len(left) else "right"


def _spans(page: Page) -> Iterator[tuple[int, int]]:
    at = 0
    for row in page.rows:
        size = len(row.text) if row else 0
        if row:
            yield at, at + size
        at += size + 1


def figures(verdicts: Sequence[Verdict]) -> dict[str, tuple[int, int]]:
    """Count for each family, and over all, how many lines there are right, of how many.

    `captions`, `learned`, `chrome` and `story` are sums; `recurring` are the story lines that stand on several pages.
    """
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    pages = {(v.site.key, key(v.line.text), v.page.number) for v in verdicts}
    recurring = Counter((site, text) for site, text, _ in pages)
    for v in verdicts:
        if v.outcome == "free":
            continue
        names = [v.line.family]
        if v.line.family in labelled.CHROME:
            names.append("chrome")
        elif v.line.family in labelled.CAPTIONS:
            names.append("captions")
        elif v.line.family in labelled.LEARNT:
            names.append("learned")
        if v.line.verdict == "must_keep":
            names.append("story")
            if v.line.family in labelled.STORY and recurring[v.site.key, key(v.line.text)] >= RECURRING:
                names.append("recurring")
        for name in names:
            asked[name] += 1
            # Of story it is asked that it is there; a prefix or a second half left on it is counted in its own family.
            right[name] += v.outcome != "lost" if name == "story" else v.outcome == "right"
    return {name: (right[name], asked[name]) for name in asked}


# ------------------------------------------------------------------------------------------------------ contestants


def arclean_contestants() -> list[Contestant]:
    """Give arclean without and with a profile that it learnt from the very pages, as `arclean run` does."""
    arclean: Any = import_module("arclean")  # its names are looked up when first asked for

    def alone(pages: Sequence[str]) -> list[Cleaned]:
        return [Cleaned(done.text, _reason(done.removals)) for done in map(arclean.WEB.explain, pages)]

    def learning(pages: Sequence[str]) -> list[Cleaned]:
        cleaned = [arclean.WEB.explain(page) for page in pages]
        profile = arclean.SiteBoilerplate.learn([done.text for done in cleaned])
        followed = [(done, profile.explain(done.text)) for done in cleaned]
        both = [arclean.Cleaned(a.original, b.text, a.steps + b.steps) for a, b in followed]
        return [Cleaned(done.text, _reason(done.removals)) for done in both]

    return [Contestant("WEB", False, alone), Contestant("WEB + learnt", True, learning)]


def _reason(removals: Any) -> Callable[[int, int], str]:  # noqa: ANN401 (arclean.Cleaned.removals)
    def why(start: int, end: int) -> str:
        # Removals that change nothing to read, as a mark or a space, are not why a line is gone.
        told = [r for r in removals if r.start < end and r.end > start and key(r.old) != key(r.new)]
        return "; ".join(dict.fromkeys(f"{r.rule}: {r.reason}" for r in told)) or "no removal covers it"

    return why


def peer_contestants() -> list[Contestant]:
    """Give the peers that are installed."""

    def silent(peer: line_rules.Peer) -> Callable[[Sequence[str]], list[Cleaned]]:
        return lambda pages: [Cleaned(text, lambda *_: "gives no reason") for text in peer(pages)]

    return [Contestant(name, True, silent(peer)) for name, peer in line_rules.installed().items()]


# ----------------------------------------------------------------------------------------------------------- report


def measures(results: dict[str, list[Verdict]]) -> dict[str, float]:
    """Give the shares that floors hold: each family over all sites, the sums for either half of the sites."""
    found = {}
    for name, verdicts in results.items():
        for family, (right, asked) in figures(verdicts).items():
            found[f"{name} / all / {family}"] = right / asked
        for split in sorted({v.site.split for v in verdicts}):
            sums = figures([v for v in verdicts if v.site.split == split])
            for total in ("chrome", "captions", "learned", "story"):
                right, asked = sums.get(total, (0, 0))
                if asked:
                    found[f"{name} / {split} / {total}"] = right / asked
    # Floors are compared with what they were rounded to: downwards, so that a floor never exceeds its measure.
    return {name: int(value * 10_000) / 10_000 for name, value in found.items()}


def table(results: dict[str, list[Verdict]]) -> str:
    """Lay the figures out: a row a family, a column a contestant; right / lines."""
    by_name = {name: figures(verdicts) for name, verdicts in results.items()}
    totals = ["chrome", "captions", "learned", "recurring", "story"]
    lines = [f"{'':18}" + "".join(f"{name:>18}" for name in by_name)]
    for group in (labelled.CHROME, labelled.CAPTIONS, labelled.LEARNT, totals):
        for family in group:
            cells = [f.get(family, (0, 0)) for f in by_name.values()]
            shown = (f"{right:>5} / {asked:<4} {right / asked:.2f}" if asked else "-" for right, asked in cells)
            lines.append(f"{family:18}" + "".join(f"{cell:>18}" for cell in shown))
        lines.append("")
    return "\n".join(lines)


def listing(verdicts: Sequence[Verdict], outcome: str, *, reveal: bool) -> Iterator[str]:
    """List the lines of an outcome; held-out ones are counted only, so that nobody learns them from the report."""
    hidden = 0
    for v in verdicts:
        if v.outcome != outcome:
            continue
        if v.site.split == HELD_OUT and not reveal:
            hidden += 1
            continue
        yield f"  {v.site.key}:{v.page.number} {v.line.family}: {v.line.text[:90]}" + (
            f"\n      {v.why}" if v.why else ""
        )
    if hidden:
        yield f"  and {hidden} on held-out sites"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", nargs="+", default=[], help="only these sites")
    parser.add_argument("--peers", action="store_true", help="score the peers as well")
    parser.add_argument("--misses", action="store_true", help="list chrome that was left")
    parser.add_argument("--reveal-held-out", action="store_true", help="list lines of held-out sites: not while tuning")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to a file")
    floors = parser.add_mutually_exclusive_group()
    floors.add_argument("--check-floors", action="store_true", help="fail where a floor does not hold")
    floors.add_argument("--raise-floors", action="store_true", help="pin what is reached")
    parser.add_argument("--because", default="", metavar="REASON", help="why floors may sink, or the pages changed")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Score, print, and hold the floors."""
    parser = _arguments()
    options = parser.parse_args(arguments)
    if options.site and (options.check_floors or options.raise_floors):
        parser.error("floors are for all sites: leave --site out")
    sites = labelled.read_sites(only=options.site)
    contestants = arclean_contestants()
    ours = {c.name: [v for site in sites for v in judge(site, c)] for c in contestants}
    theirs = peer_contestants() if options.peers else []
    results = ours | {c.name: [v for site in sites for v in judge(site, c)] for c in theirs}
    versions = {"python": platform.python_version(), **line_rules.versions("arclean", "trafilatura", "jusText")}
    _print(sites, results, versions, options)
    measured, digest = measures(ours), labelled.digest()
    if options.json:
        counted = {name: figures(verdicts) for name, verdicts in results.items()}
        report = {"versions": versions, "digest": digest, "figures": counted, "measures": measures(results)}
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if options.raise_floors:
        pinned.write(pinned.raised(pinned.read(), measured, digest, options.because))
    failed = pinned.failures(pinned.read(), measured, digest) if options.check_floors else []
    for failure in failed:
        print(failure, file=sys.stderr)
    return bool(failed)


def _print(
    sites: Sequence[Site], results: dict[str, list[Verdict]], versions: dict[str, str], options: argparse.Namespace
) -> None:
    pages = [page for site in sites for page in site.pages]
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print(f"{len(sites)} sites, {len(pages)} pages, {sum(len(p.lines) for p in pages)} lines; right / lines, share\n")
    print(table(results))
    for split in sorted({site.split for site in sites}):
        print(f"{split} sites")
        part = {name: [v for v in verdicts if v.site.split == split] for name, verdicts in results.items()}
        print("\n".join(table(part).split("\n")[-7:]))
    for name in list(results)[:2]:
        for outcome, head in [("lost", "story lost"), *([("missed", "chrome left")] if options.misses else [])]:
            print(f"{name}: {head}")
            print("\n".join(listing(results[name], outcome, reveal=options.reveal_held_out)) or "  none")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (pinned.LoweredError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
