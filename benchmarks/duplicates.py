"""Compare find_duplicates with datasketch, rensa, gaoya and text-dedup's way, and measure it on a million documents.

    python benchmarks/duplicates.py [CORPUS.jsonl] [--documents N] [--rounds N] [--peers NAME,…]
    python benchmarks/duplicates.py --million [--documents N] [--workers N]
    python benchmarks/duplicates.py --index [--documents N]

The comparison runs everybody in fresh processes, by turns, on the same documents (a file of JSON lines with "id" and
"text", or a generated corpus), and counts CPU time, memory above the loaded texts, and recall and precision against
the truth: all pairs by a join of plain Python sets that shares no code with arclean. Peers that are not installed are
left out. `--million` streams a generated corpus through find_duplicates; `--index` builds a DuplicateIndex of it and
asks that. Every figure belongs to a seed, so that it can be measured again.
"""

import argparse
import hashlib
import json
import math
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import corpus

THRESHOLD = 0.7
Doc = tuple[str, str]

# ---------------------------------------------------------------- a corpus of any size, fast

BLOCK = 1000
# Of a document's pieces of two or three words: so many pieces that hardly any run of five words is in two documents.
FRAGMENTS = 60_000
# Sentences that stand in many documents as they are: greetings, formulas, agency copy.
SHARED = 3_000
COPIES = 0.15
SPELLING = str.maketrans("أإآىة٠١٢٣٤٥٦٧٨٩", "ااايه0123456789")


def recombined(count: int, seed: int = 0) -> Iterator[Doc]:
    """Make documents of some 230 words out of pieces of `corpus.sentences`: 15,000 a second and process.

    One in seven is a copy of an earlier one: the same, respelt, cut, framed, or with words replaced. A third have their
    site's header and footer. A document depends on the seed and its block of a thousand, and its source, if it is a
    copy, on what came before.
    """
    sentences = corpus.sentences(20_000, seed)
    words = [sentence.split() for sentence in sentences]
    rng = random.Random(seed)  # noqa: S311 (no secret)
    pieces = [" ".join(w[i : i + rng.randint(2, 3)]) for w in words for i in range(0, len(w) - 2, 3)][:FRAGMENTS]
    frames = [(" | ".join(rng.sample(sentences, 3)), "\n".join(rng.sample(sentences, 3))) for _ in range(200)]
    earlier: list[str] = []
    for block in range(-(-count // BLOCK)):
        numbers = np.random.default_rng((seed, block))
        chosen = numbers.integers(0, len(pieces), (BLOCK, 160)).tolist()
        lengths = (numbers.gamma(4.0, 22.0, BLOCK).astype(int) + 8).clip(max=160).tolist()
        rng = random.Random(f"{seed} {block}")  # noqa: S311 (no secret)
        for i in range(min(BLOCK, count - block * BLOCK)):
            if earlier and rng.random() < COPIES:
                text = _copied(rng, rng.choice(earlier), pieces, frames)
            else:
                text = " ".join([pieces[n] for n in chosen[i][: lengths[i]]])
                if rng.random() < 0.3:  # noqa: PLR2004
                    text += "\n" + sentences[rng.randrange(SHARED)]
                if rng.random() < 0.33:  # noqa: PLR2004
                    head, foot = frames[rng.randrange(len(frames))]
                    text = f"{head}\n{text}\n{foot}"
                if len(earlier) < BLOCK * 20:
                    earlier.append(text)
                elif rng.random() < 0.1:  # noqa: PLR2004
                    earlier[rng.randrange(len(earlier))] = text
            yield f"d{block * BLOCK + i}", text


def _copied(rng: random.Random, text: str, pieces: Sequence[str], frames: Sequence[tuple[str, str]]) -> str:
    kind = rng.randrange(6)
    words = text.split(" ")
    if kind == 0:
        return text
    if kind == 1:
        return text.translate(SPELLING)
    if kind == 2:  # noqa: PLR2004
        return " ".join(words[: int(len(words) * rng.uniform(0.6, 1))])
    if kind == 3:  # noqa: PLR2004
        return "\n".join((rng.choice(frames)[0], text))
    for _ in range(int(len(words) * rng.choice((0.005, 0.01, 0.02, 0.05)))):
        words[rng.randrange(len(words))] = rng.choice(pieces)
    return " ".join(words)


# ---------------------------------------------------------------- the truth, which shares no code with arclean

MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u061c]"
)
FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
LETTERS = str.maketrans("أإآٱىیةؤئک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااييهويك" + "0123456789" * 2)


def folded_words(text: str) -> list[str]:
    """Fold as everybody does who compares Arabic, and cut into words."""
    text = FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)
    return re.findall(r"[^\W_]+", MARKS.sub("", text).translate(LETTERS).lower())


def shingle_set(text: str) -> frozenset[str]:
    """Give the runs of five words."""
    words = folded_words(text)
    return frozenset(" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4)))


def true_pairs(docs: Sequence[Doc], least: float) -> dict[tuple[str, str], float]:
    """Find all pairs with Jaccard >= least among texts of eight words and more: rare-first prefixes, then counting."""
    sets = {key: found for key, text in docs if len(found := shingle_set(text)) >= 4}  # noqa: PLR2004
    seen: dict[str, int] = defaultdict(int)
    for shingles in sets.values():
        for shingle in shingles:
            seen[shingle] += 1
    holders: dict[str, list[str]] = defaultdict(list)
    found = {}
    for key, mine in sets.items():
        order = sorted(mine, key=lambda shingle: (seen[shingle], shingle))
        prefix = [s for s in order[: len(mine) - math.ceil(least * len(mine) - 1e-9) + 1] if seen[s] > 1]
        for other in {k for shingle in prefix for k in holders[shingle]}:
            both = len(mine & sets[other])
            if both >= least * (len(mine) + len(sets[other]) - both) - 1e-9:
                found[tuple(sorted((key, other)))] = both / (len(mine) + len(sets[other]) - both)
        for shingle in prefix:
            holders[shingle].append(key)
    return found


# ---------------------------------------------------------------- who is compared

Pairs = Iterable[tuple[str, str]]


def arclean(docs: Sequence[Doc]) -> Pairs:
    """Run find_duplicates."""
    from arclean import find_duplicates

    found = find_duplicates(docs, THRESHOLD)
    len(found.kept)
    return ((m.a, m.b) for m in found.pairs)


def datasketch(docs: Sequence[Doc]) -> Pairs:
    """128 permutations, 16 bands of 8, estimated similarity."""
    from datasketch import MinHash, MinHashLSH

    sketches = MinHash.bulk([[s.encode() for s in shingle_set(text)] for _, text in docs], num_perm=128)
    lsh = MinHashLSH(num_perm=128, params=(16, 8))
    for i, sketch in enumerate(sketches):
        lsh.insert(i, sketch, check_duplication=False)
    return _estimated(docs, sketches, map(lsh.query, sketches))


def rensa(docs: Sequence[Doc]) -> Pairs:
    """Do the same in Rust."""
    from rensa import RMinHash, RMinHashLSH

    sketches = RMinHash.from_token_sets([[*shingle_set(text)] for _, text in docs], 128, 42)
    lsh = RMinHashLSH(THRESHOLD, 128, 16)
    lsh.insert_many(sketches)
    return _estimated(docs, sketches, lsh.query_all(sketches))


def gaoya(docs: Sequence[Doc]) -> Pairs:
    """Do the same in other Rust, on words that are cut and joined before."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=THRESHOLD, num_bands=16, band_size=8, analyzer="word", ngram_range=(5, 5)
    )
    texts = [" ".join(folded_words(text)) for _, text in docs]
    for i, text in enumerate(texts):
        index.insert_document(i, text)
    return [(docs[i][0], docs[j][0]) for i, text in enumerate(texts) for j in index.query(text) if j > i]


def text_dedup(docs: Sequence[Doc]) -> Pairs:
    """Do as text-dedup does: SHA-1 of each shingle, permutations in numpy, bands in dicts, nothing verified."""
    prime, most = np.uint64((1 << 61) - 1), np.uint64((1 << 32) - 1)
    numbers = np.random.default_rng(42)
    a = numbers.integers(1, prime, 128, dtype=np.uint64)
    b = numbers.integers(0, prime, 128, dtype=np.uint64)
    bands: list[dict[bytes, list[int]]] = [defaultdict(list) for _ in range(16)]
    for i, (_, text) in enumerate(docs):
        hashes = [int.from_bytes(hashlib.sha1(s.encode()).digest()[:4], "little") for s in shingle_set(text)]  # noqa: S324
        values = np.array(hashes, np.uint64)[:, None]
        sketch = ((values * a + b) % prime & most).astype(np.uint32).min(axis=0)
        for band, table in enumerate(bands):
            table[sketch[band * 8 : band * 8 + 8].tobytes()].append(i)
    return {(docs[i][0], docs[j][0]) for t in bands for group in t.values() for i in group for j in group if i < j}


def _estimated(docs: Sequence[Doc], sketches: Sequence[Any], answers: Iterable[Iterable[int]]) -> Pairs:
    return [
        (docs[i][0], docs[j][0])
        for i, near in enumerate(answers)
        for j in near
        if j > i and sketches[i].jaccard(sketches[j]) >= THRESHOLD
    ]


ENGINES: dict[str, Callable[[Sequence[Doc]], Pairs]] = {
    "arclean": arclean,
    "datasketch": datasketch,
    "rensa": rensa,
    "gaoya": gaoya,
    "text-dedup": text_dedup,
}


# ---------------------------------------------------------------- the comparison


def read(path: Path, count: int | None) -> list[Doc]:
    """Read (id, text) of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [(str(d["id"]), d["text"]) for d in map(json.loads, islice(lines, count))]


def measured(engine: str, path: Path, out: Path) -> None:
    """Run one engine in this process and write down what it cost and found."""
    docs = read(path, None)
    __import__({"text-dedup": "numpy"}.get(engine, engine))  # importing is not what is compared
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again here
    before, cpu, wall = resident("VmRSS"), used(), time.perf_counter()
    pairs = ENGINES[engine](docs)
    cost = {"cpu": used() - cpu, "wall": time.perf_counter() - wall, "megabytes": resident("VmHWM") - before}
    out.write_text(json.dumps({**cost, "pairs": sorted(map(sorted, pairs))}), encoding="utf-8")


def used() -> float:
    """Give the CPU seconds of this process and those that it has waited for."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def resident(field: str) -> float:
    """Read a figure of this process's memory, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(field))


def compare(path: Path, engines: Sequence[str], rounds: int) -> None:
    """Run the engines by turns, and print what each cost and how right it was."""
    docs = read(path, None)
    truth = true_pairs(docs, THRESHOLD - 0.01)
    surely = {pair for pair, jaccard in truth.items() if jaccard >= THRESHOLD + 0.01}
    costs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        for engine in [*engines] * rounds:
            command = [sys.executable, __file__, "--run", engine, "--out", out, path]
            if subprocess.run(command, check=False, capture_output=True).returncode == 0:
                costs[engine].append(json.loads(out.read_text(encoding="utf-8")))
    write(f"{len(docs)} documents, {len(truth)} pairs; least of {rounds} rounds; recall from {THRESHOLD + 0.01:.2f} on")
    write(
        "| | CPU s | times as much | documents/s | MB above the texts | recall | pairs below |\n"
        "|---|---|---|---|---|---|---|"
    )
    least = {engine: min(run["cpu"] for run in runs) for engine, runs in costs.items()}
    for engine, runs in costs.items():
        pairs = {tuple(pair) for pair in runs[0]["pairs"]}
        known = {key for key, text in docs if len(folded_words(text)) >= 8}  # noqa: PLR2004
        wrong = sum(pair not in truth and known >= {*pair} for pair in pairs) / max(1, len(pairs))
        memory = min(run["megabytes"] for run in runs)
        write(
            f"| {engine} | {least[engine]:.2f} | {least[engine] / least['arclean']:.1f} | "
            f"{len(docs) / least[engine]:,.0f} | {memory:,.0f} | "
            f"{len(pairs & surely) / max(1, len(surely)):.4f} | {wrong:.1%} |"
        )
    for engine in engines:
        if engine not in costs:
            write(f"{engine}: not installed, or it failed")


def write(line: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# ---------------------------------------------------------------- at scale


def million(count: int, workers: int) -> None:
    """Stream generated documents through find_duplicates, and print what it cost."""
    from arclean import find_duplicates

    started, cpu, size = time.perf_counter(), used(), 0

    def streamed() -> Iterator[Doc]:
        nonlocal size
        for key, text in recombined(count):
            size += len(text.encode())
            yield key, text

    found = find_duplicates(streamed(), THRESHOLD, workers=workers)
    wall, spent = time.perf_counter() - started, used() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    write(
        f"{count:,} documents, {size / 1e9:.2f} GB: {wall:.0f} s, {spent:.0f} s of CPU with the making of the texts, "
        f"{peak:,.0f} MB at most; {len(found.pairs):,} pairs, {len(found.kept):,} documents kept"
    )


def index(count: int) -> None:
    """Build an index of generated documents, and ask it for stored and for new ones."""
    from arclean import DuplicateIndex

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.index"
        stream, asked, spent = recombined(count), [], 0.0
        with DuplicateIndex(path) as made:
            while batch := list(islice(stream, 20_000)):
                asked += batch[:: max(1, len(batch) * count // 300 // len(batch))][:20]
                begun = used()
                made.add(batch)
                spent += used() - begun
        write(f"{count:,} documents: {count / spent:,.0f} added a second of CPU, {path.stat().st_size / 1e6:,.0f} MB")
        new = [("", text) for _, text in recombined(300, seed=1)]
        with DuplicateIndex(path) as opened:
            begun_at = time.perf_counter()
            opened.query(asked[0][1])
            write(f"first query after opening: {(time.perf_counter() - begun_at) * 1000:.0f} ms")
            for name, docs in (("stored", random.Random(0).sample(asked, min(300, len(asked)))), ("new", new)):  # noqa: S311
                times = []
                for key, text in docs:
                    begun_at = time.perf_counter()
                    found = opened.query(text)
                    times.append((time.perf_counter() - begun_at) * 1000)
                    if key and key not in {match.b for match in found}:
                        raise SystemExit(f"{key} is stored and was not found")
                cuts = statistics.quantiles(times, n=20)
                write(
                    f"query of a {name} text: {statistics.median(times):.1f} ms at the median, "
                    f"{cuts[-1]:.1f} ms at 95 %"
                )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, help='JSON lines with "id" and "text"')
    parser.add_argument("--documents", type=int, help="how many (20,000; with --million and --index a million)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="datasketch,rensa,gaoya,text-dedup")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--index", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--run", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        measured(options.run, options.corpus, options.out)
    elif options.million:
        million(options.documents or 1_000_000, options.workers)
    elif options.index:
        index(options.documents or 1_000_000)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpus.jsonl"
            count = options.documents or 20_000
            docs = read(options.corpus, count) if options.corpus else recombined(count)
            with path.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps({"id": key, "text": text}, ensure_ascii=False) + "\n" for key, text in docs)
            compare(path, ["arclean", *filter(None, options.peers.split(","))], options.rounds)


if __name__ == "__main__":
    main()
