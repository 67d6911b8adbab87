"""Measure the folding speed beside other libraries: three folds, in one interleaved run.

    python benchmarks/folding.py [--corpus PATH] [--rounds N] [--size CHARACTERS]

Everybody removes vowel marks and elongation and folds the forms of alef. Without a corpus (a .txt file, a folder of
them, or JSONL with a field `text`) the text is made here, from a fixed seed. In every round all of them run in turn, so
that a busy machine slows all alike; the table gives the median time, and how many times as long it is as arclean's.
Libraries that are not installed are named. They are in the dependency group `bench`.
"""

import argparse
import gc
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from arclean import Pipeline, fold_alef, strip_diacritics, strip_tatweel

Fold = Callable[[str], str]
PROBE, PROBE_FOLDED = "أحـمَد", "احمد"


def pyarabic(araby: Any) -> Fold:  # noqa: ANN401 (a module)
    """Fold with pyarabic; its normalize_alef folds alef maksura too."""
    return lambda text: araby.normalize_alef(araby.strip_tatweel(araby.strip_tashkeel(text)))


def camel_tools(dediac: Any) -> Fold:  # noqa: ANN401
    """Fold with camel-tools, which has no elongation of its own."""
    normalize = import_module("camel_tools.utils.normalize")
    return lambda text: normalize.normalize_alef_ar(dediac.dediac_ar(text)).replace("ـ", "")


PEERS: dict[str, tuple[str, Callable[[Any], Fold]]] = {
    "pyarabic": ("pyarabic.araby", pyarabic),
    "arabic-norm": ("arabic_norm", lambda m: lambda text: m.normalize(text, normalize_ya=False)),
    "arabic-normalize": ("arabic_normalize", lambda m: m.Normalizer().normalize),
    "devsamhan-arabic-text": (
        "devsamhan_arabic_text",
        lambda m: lambda text: m.normalize_alef(m.remove_tatweel(m.remove_tashkeel(text))),
    ),
    "camel-tools": ("camel_tools.utils.dediac", camel_tools),
}

WORDS = (
    "أعلن المتحدث باسم الوزارة إن اللجنة ستعقد اجتماعا آخر في العاصمة يوم الثلاثاء لبحث أسباب تأخر المشروع الذي بدأ قبل"
    " سنتين وأكد أن الإجراءات الجديدة ستشمل جميع المحافظات إلى جانب دعم الأسر وإعادة بناء المدارس والطرق"
    " على امتداد الساحل"
).split()
MARKS = "\u064e\u064f\u0650\u0652\u0651"


def installed() -> Iterator[tuple[str, Fold]]:
    """Yield the libraries that are here and do the three folds; name those that are not."""
    for name, (module, make) in PEERS.items():
        try:
            fold = make(import_module(module))
            version = metadata.version(name)
        except (ImportError, AttributeError) as error:
            print(f"missing: {name} ({error})")
            continue
        if (got := fold(PROBE)) != PROBE_FOLDED:
            print(f"left out: {name} {version} makes {got!r} of {PROBE!r}")
            continue
        print(f"{name} {version}")
        yield name, fold


def made_lines(characters: int, *, vocalised: bool) -> Iterator[str]:
    """Make lines of news-like length: now and then elongation, marks, a handle or an address."""
    rng = random.Random(1)  # noqa: S311 (no secret)
    done = 0
    while done < characters:
        words = rng.choices(WORDS, k=rng.randint(6, 90))
        for i, word in enumerate(words):
            if vocalised or rng.random() < 0.01:  # noqa: PLR2004
                words[i] = "".join(letter + rng.choice(MARKS) for letter in word)
            elif rng.random() < 0.002:  # noqa: PLR2004
                words[i] = rng.choice([word[:2] + "ـــ" + word[2:], "#" + word, "https://example.org/" + word])
        line = " ".join(words) + "."
        done += len(line)
        yield line


def corpus_lines(path: Path) -> Iterator[str]:
    """Read the lines of a corpus."""
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    for file in files:
        for row in file.read_text(encoding="utf-8").splitlines():
            text = json.loads(row).get("text", "") if file.suffix == ".jsonl" else row
            yield from (line for line in text.split("\n") if line.strip())


def race(runners: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Give the median seconds of each, all of them in turn in every round."""
    times: dict[str, list[float]] = {name: [] for name in runners}
    for run in runners.values():
        run()
    for name, run in list(runners.items()) * rounds:
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        run()
        times[name].append(time.perf_counter() - start)
        gc.enable()
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def report(label: str, runners: dict[str, Callable[[], object]], rounds: int) -> None:
    """Print a race as rows, the quickest first."""
    medians = race(runners, rounds)
    ours = medians["arclean"]
    print(f"\n{label}")
    for name, seconds in sorted(medians.items(), key=lambda row: row[1]):
        print(f"  {name:24s} {seconds * 1e3:9.1f} ms   {seconds / ours:6.2f}")


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="text to fold: .txt, .jsonl, or a folder of .txt")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=2_750_000, help="characters of the long string (5 MB of UTF-8)")
    options = parser.parse_args()
    if options.corpus and not options.corpus.exists():
        parser.error(f"no corpus at {options.corpus}")
    print(f"Python {platform.python_version()}, numpy {metadata.version('numpy')}, {platform.machine()}")
    print(f"arclean {metadata.version('arclean')}")
    peers = dict(installed())
    ours = Pipeline(strip_diacritics, strip_tatweel, fold_alef)
    folds: dict[str, Fold] = {"arclean": ours, **peers}

    lines = list(corpus_lines(options.corpus) if options.corpus else made_lines(options.size, vocalised=False))
    if not lines:
        parser.error(f"no text in {options.corpus}")
    joined = "\n".join(lines)
    joined = (joined * (options.size // len(joined) + 1))[: options.size]
    vocalised = "\n".join(made_lines(options.size // 4, vocalised=True))
    lines = lines[:6000]

    def on(text: str) -> dict[str, Callable[[], object]]:
        return {name: lambda fold=fold: fold(text) for name, fold in folds.items()}  # type: ignore[misc]

    def each(fold: Fold) -> Callable[[], object]:
        return lambda: [fold(line) for line in lines]

    calls = {name: each(fold) for name, fold in folds.items()}
    report(f"one string of {len(joined):,} characters", on(joined), options.rounds)
    report(f"{len(lines):,} lines, a call each", calls, options.rounds)
    report(
        f"{len(lines):,} lines, arclean as one batch",
        {**calls, "arclean": lambda: list(ours.batch(lines))},
        options.rounds,
    )
    report(f"vocalised, {len(vocalised):,} characters", on(vocalised), options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
