"""Put random and mutated input through the public functions that fuzz.py does not call: it is about cleaners.

    python benchmarks/reliability/inputs.py [--strings N] [--seed N] [--json OUT]

`decode` and `detect` get bytes of all kinds; `SiteBoilerplate.learn`, `find_duplicates` and `DuplicateIndex` get
corpora of strings drawn as fuzz.py draws them, and their answers are held to what is promised: profiles obey the laws
of cleaners, every pair is as alike as it says, index and one run agree. Every public function that takes text gets
what is no text, and must raise TypeError with a sentence that says what to do.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from trials import Row, finish, parser, row

import arclean
from arclean import presets
from fuzzing.laws import faults
from fuzzing.strings import strings

COMMAND = "benchmarks/reliability/inputs.py"
ENCODINGS = (
    "utf-8",
    "cp1256",
    "iso8859-6",
    "utf-16-le",
    "utf-16-be",
    "utf-8-sig",
    "mac_arabic",
    "cp720",
    "cp864",
    "latin-1",
)
NO_TEXT = (b"bytes", None, 1, 1.5, ["text"], {"text": 1}, object(), bytearray(b"a"), ("a",))


def decoding(rng: random.Random, count: int) -> Iterator[str]:
    """Decode bytes: of texts in old encodings, cut, mixed, and noise; with declarations that are true, false or odd."""
    for number in range(count):
        text = strings(rng.randrange(1 << 30), 0, 1)[0]
        data = text.encode(rng.choice(ENCODINGS), rng.choice(("replace", "ignore")))
        data = rng.choice((data, data[rng.randrange(3) :], data + rng.randbytes(9), rng.randbytes(rng.randrange(60))))
        declared = rng.choice((None, None, "utf-8", "windows-1256", "no such encoding", "\0", ""))
        try:
            found = arclean.detect(data, declared=declared)
            same = found.text == arclean.decode(data, declared=declared) and 0 <= found.confidence <= 1
            yield "" if same else f"decode and detect differ on {data[:60]!r}, declared {declared!r}"
        except Exception as error:  # noqa: BLE001 (that none is raised, of whatever kind, is promised)
            yield f"{type(error).__name__}: {error} on {data[:60]!r}, declared {declared!r} (number {number})"


def learning(rng: random.Random, count: int) -> Iterator[str]:
    """Learn a site from strings, and hold the profile to the laws of cleaners on strings."""
    for _ in range(count):
        seed = rng.randrange(1 << 30)
        texts = strings(seed, 0, rng.choice((0, 1, 5, 12)))
        pages = [rng.choice(texts) + "\n" + rng.choice(texts) for _ in texts] + texts
        try:
            profile = arclean.SiteBoilerplate.learn(pages)
        except Exception as error:  # noqa: BLE001 (as above)
            yield f"learn raises {type(error).__name__}: {error} (seed {seed}, {len(pages)} pages)"
            continue
        broken: dict[str, str] = {}
        for text in pages[:3] + strings(seed, 1, 2):
            broken |= {law: f"{what} on {text[:80]!a}" for law, what in faults(profile, text).items()}
        yield "; ".join(f"{law}: {what}" for law, what in broken.items())


def comparing(rng: random.Random, count: int) -> Iterator[str]:
    """Compare strings with one another, in one run and through an index."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            seed = rng.randrange(1 << 30)
            docs = [(f"{i}", t) for i, t in enumerate(strings(seed, 0, rng.choice((0, 1, 3, 30))))]
            docs += [(f"again {key}", text) for key, text in docs[:5]]
            try:
                found = arclean.find_duplicates(docs)
                wanted = {frozenset((m.a, m.b)): round(m.jaccard, 9) for m in found.pairs}
                with arclean.DuplicateIndex(Path(folder) / f"{number}.index") as index:
                    matches = [m for start in range(0, len(docs), 7) for m in index.add(docs[start : start + 7])]
                got = {frozenset((m.a, m.b)): round(m.jaccard, 9) for m in matches}
                for m in found.pairs[:5]:
                    found.explain(m.a, m.b)
            except Exception as error:  # noqa: BLE001 (as above)
                yield f"{type(error).__name__}: {error} (seed {seed})"
                continue
            low = [m for m in found.pairs if m.jaccard < 0.7]  # noqa: PLR2004 (the default threshold)
            kept = sorted([*found.kept, *found.dropped]) == sorted(key for key, _ in docs)
            yield "" if wanted == got and not low and kept else f"index and run differ, or pairs are low (seed {seed})"


def no_text() -> Iterator[str]:
    """Give what is no text to everything that takes text."""
    profile = arclean.SiteBoilerplate.learn([])
    functions: dict[str, Callable[[object], object]] = {
        "clean": arclean.clean,  # type: ignore[dict-item] (wrong on purpose, here and below)
        "explain": arclean.explain,  # type: ignore[dict-item]
        "SiteBoilerplate": profile,  # type: ignore[dict-item]
        "SiteBoilerplate.learn": lambda v: arclean.SiteBoilerplate.learn([v]),  # type: ignore[list-item]
        "find_duplicates": lambda v: arclean.find_duplicates([("a", v)]),  # type: ignore[list-item]
        "Pipeline.batch": lambda v: list(arclean.WEB.batch([v])),  # type: ignore[list-item]
        "FOLD.batch": lambda v: list(arclean.FOLD.batch([v])),  # type: ignore[list-item]
        **{rule.name: rule for rule in (*presets.RULES, *presets.PIPELINES)},
        **{f"{rule.name}.explain": rule.explain for rule in (*presets.RULES, *presets.PIPELINES)},
    }
    for name, function in functions.items():
        for value in NO_TEXT:
            try:
                function(value)
            except TypeError as error:
                said = str(error)
                helps = len(said.split()) > 3 and ("decode" in said or not isinstance(value, (bytes, bytearray)))  # noqa: PLR2004
                yield "" if helps else f"{name}({value!r}) says only: {said}"
            except Exception as error:  # noqa: BLE001 (as above)
                yield f"{name}({value!r}) raises {type(error).__name__}: {error}"
            else:
                yield f"{name}({value!r}) raises nothing"


def rows(count: int, seed: int = 0) -> Iterator[Row]:
    """Try all of it."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    yield row("bytes through decode and detect", COMMAND, decoding(rng, count))
    yield row("corpora through SiteBoilerplate.learn, and its profiles", COMMAND, learning(rng, count // 20))
    yield row("corpora through find_duplicates and DuplicateIndex", COMMAND, comparing(rng, count // 20))
    yield row("what is no text, through everything that takes text", COMMAND, no_text())


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, and name what breaks."""
    made = parser(__doc__)
    made.add_argument("--strings", type=int, default=20_000)
    options = made.parse_args(arguments)
    return finish(list(rows(options.strings, options.seed)), options.json)


if __name__ == "__main__":
    sys.exit(main())
