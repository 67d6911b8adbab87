"""Search for input that breaks the decoder or a reader, guided by the branches that it takes (atheris, libFuzzer).

    python benchmarks/reliability/guided.py [--seconds N] [--target NAME …] [--seed N] [--json OUT]

atheris counts which branches of arclean an input takes, keeps those that take new ones, and mutates them further. The
decoder must give text for any bytes under any declared name, and say the same twice; a reader must give documents and
named rejections and raise nothing else. Each target has a process of its own and an equal share of the seconds, and
ends at its first fault, whose bytes are printed. Without atheris (`pip install --group bench`; it has wheels for Linux)
the command says so and tries nothing.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from trials import Row, finish, parser

COMMAND = "benchmarks/reliability/guided.py"
MEMORY_MB, SLOWEST = 600, 10
"""What one input may take: memory of the process, seconds."""
MOST_BYTES = 4096
DECLARED = (None, "utf-8", "windows-1256", "iso-8859-6", "latin-1", "utf-16", "no-such", "\0")
READ = ("a.txt", "a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.warc", "a.wet", "a.jsonl.gz", "a.jsonl.zst")
TARGETS = ("decoder", *READ)


def executed(said: str) -> int:
    r"""Read from libFuzzer's closing words, or from its last line of progress, how many inputs it tried.

    >>> executed("#2 INITED cov: 3\n#1024 pulse\nstat::number_of_executed_units: 1500\n")
    1500
    """
    final = re.findall(r"number_of_executed_units:\s*(\d+)", said)
    return int((final or re.findall(r"^#(\d+)\s", said, re.MULTILINE) or ["0"])[-1])


def hunted(target: str, seconds: int, seed: int) -> Row:
    """Hunt in a process of its own; libFuzzer never returns to its caller."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("corpus", "faults", "read"):
            (folder / part).mkdir()
        for number, data in enumerate(_first(target)):
            (folder / "corpus" / f"{number}").write_bytes(data)
        options = (
            f"-max_total_time={seconds}",
            f"-seed={seed + 1}",  # 0 would have libFuzzer choose one
            f"-max_len={MOST_BYTES}",
            f"-rss_limit_mb={MEMORY_MB}",
            f"-timeout={SLOWEST}",
            "-print_final_stats=1",
            f"-artifact_prefix={folder / 'faults'}{os.sep}",
            str(folder / "corpus"),
        )
        line = (sys.executable, __file__, "--child", target, str(folder / "read"), *options)
        done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False)
        tried = executed(done.stderr)
        found = [f"{path.name.split('-')[0]} on {path.read_bytes()[:200]!r}" for path in (folder / "faults").iterdir()]
        said = [s for s in done.stderr.split("\n") if re.match(r"[\w.]+(Error|Exception)\b|==\d+== ERROR", s.strip())]
    faults = [f"{fault}: {'; '.join(said)[:300]}" for fault in found]
    if done.returncode and not faults:
        faults = [f"the process ends with {done.returncode}: {done.stderr.strip()[-300:]}"]
    what = "the decoder" if target == "decoder" else f"the reader of {target[1:]}"
    tried = max(tried, len(faults))
    return Row(f"inputs guided by coverage, {what}", tried, tried - len(faults), f"{COMMAND}", tuple(faults))


def _first(target: str) -> Iterator[bytes]:
    """Give inputs to begin with: valid files, whose mutants get past the first check of a format."""
    from hostile import CSV, WORDS, valid_files
    from inputs import ENCODINGS

    if target == "decoder":
        yield from (bytes((i,)) + WORDS.encode(encoding, "ignore") for i, encoding in enumerate(ENCODINGS))
        return
    short = {name: data for name, data in valid_files().items() if len(data) <= MOST_BYTES}
    short |= {
        "a.csv": CSV.encode()[: MOST_BYTES // 2],
        "a.jsonl": b'{"id":"a","site":"b","text":"' + b'c d"}\n{"text":1}\n',
    }
    short["a.tsv"] = short["a.csv"].replace(b",", b"\t")
    short["a.wet"] = short["a.warc"].replace(b"response", b"conversion", 1)
    if target in short:
        yield short[target]


def child(target: str, folder: Path, options: Sequence[str]) -> None:
    """Hunt; does not return."""
    import atheris

    with atheris.instrument_imports(include=["arclean"]):
        import arclean
        import arclean.decoding
        import arclean.documents

        importing = [f"arclean.documents.{m}" for m in ("delimited", "jsonl", "parquet", "streams", "text", "web")]
        for module in importing:
            __import__(module)

    def decode(data: bytes) -> None:
        declared, rest = DECLARED[data[0] % len(DECLARED)] if data else None, data[1:]
        found = arclean.detect(rest, declared=declared)
        if found.text != arclean.decode(rest, declared=declared) or not 0 <= found.confidence <= 1:
            raise AssertionError(f"decode and detect differ: {found}")

    path = folder / target

    def read(data: bytes) -> None:
        path.write_bytes(data)
        for document in arclean.read_documents(path, max_bytes=MOST_BYTES * 8, on_reject=lambda _: None):
            document.text.encode("utf-8", "surrogatepass")

    work: Callable[[bytes], None] = decode if target == "decoder" else read
    atheris.Setup([sys.argv[0], *options], work)
    atheris.Fuzz()


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt, and name what breaks."""
    made = parser(__doc__)
    made.add_argument("--seconds", type=int, default=1200, help="for all targets together")
    made.add_argument("--target", action="append", default=[], choices=TARGETS)
    made.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = made.parse_args(arguments)
    if options.child:
        target, folder, *rest = options.child
        child(target, Path(folder), rest)
    if importlib.util.find_spec("atheris") is None:
        print("left out: atheris is not installed: pip install --group bench, on Linux", file=sys.stderr)
        return 0
    targets = options.target or TARGETS
    each = max(1, options.seconds // len(targets))
    return finish([hunted(target, each, options.seed) for target in targets], options.json)


if __name__ == "__main__":
    sys.exit(main())
