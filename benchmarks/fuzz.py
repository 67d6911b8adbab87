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
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from importlib.metadata import version
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple, TypeVar

from arclean import Cleaned, Cleaner, presets
from arclean.rules.tables import LONG
from fuzzing.laws import (
    BATCHES,
    LAWS,
    NOTHING_RAISES,
    THOROUGHLY,
    batch_fault,
    batches,
    breaks,
    looked_at,
    remembering,
)
from fuzzing.strings import AT_ONCE, corpus_lines, strings

CLEANERS: tuple[Cleaner, ...] = (*presets.RULES, *presets.PIPELINES)
PROGRESS = 50 * AT_ONCE  # strings between two lines on standard error
TRIES, MOST_CLEANED = 3_000, 3_000_000  # how often, and how many characters, are cleaned to shrink one example
THOROUGH_EVERY = 50  # jobs: to remember nothing from call to call takes some times as long
SHOWN = 400  # characters of an example that are printed; the JSON has all of it


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
                if len(single) == len(group) and (what := batch_fault(cleaner, members, single)):
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


# ------------------------------------------------------------------------------------------------------------- report


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
