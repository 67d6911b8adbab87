"""Read files that are cut, changed, or written to harm: what is good beside them is kept, and nothing leaves its place.

    python benchmarks/reliability/hostile.py [--mutations N] [--seed N] [--json OUT]

Each case is a folder with a hostile file and a good one. `arclean run` over it must end by itself with the good
documents kept, no more than 500 MB used beside the interpreter and its libraries, nothing written outside its output
folder, and `undo` must give the good file back. Then valid files of every format are mutated byte by byte and read:
anything but documents and named rejections is a fault. Last, what a run writes for spreadsheets and browsers is
checked with hostile texts in it.
"""

import csv
import gzip
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

from trials import Row, emptied, ended, finish, forked, parser, row, tree

import arclean

COMMAND = "benchmarks/reliability/hostile.py"
MEMORY = 500 << 20  # beside the interpreter and the libraries, which are 100 MB
WORDS = "وصل وفد من المهندسين إلى القرية مساء أمس لمعاينة الجسر القديم"
BIG = 100_000_000
MARK = "arclean_hostile_mark"

Case = Callable[[Path], None]


def lines(*records: object) -> bytes:
    """Write JSON lines."""
    return "".join(json.dumps(r, ensure_ascii=True) + "\n" for r in records).encode()


def file(name: str, make: Callable[[], bytes]) -> Case:
    """Give a case that is one file."""
    return lambda folder: (folder / name).write_bytes(make()) and None


def gzipped(data: bytes) -> bytes:
    """Compress, the same bytes each time."""
    return gzip.compress(data, mtime=0)


def zstd(data: bytes) -> bytes:
    """Compress with zstd."""
    import pyarrow as pa

    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def parquet(columns: Mapping[str, list[object]]) -> bytes:
    """Write a table as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def warc(length: int | None = None, body: bytes = b"") -> bytes:
    """Write one record of a web archive, with another length than it has where one is given."""
    page = body or f"<html><body><p>{WORDS}</p></body></html>".encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        "WARC-Target-URI: https://example.org/a\r\nWARC-Date: 2023-01-01T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {length or len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


GOOD = lines(*({"id": f"good-{i}", "text": f"{WORDS} رقم {i} {'، '.join(WORDS.split()[i:])}"} for i in range(5)))
RECORDS = lines(*({"id": f"r{i}", "site": "a.example", "text": f"{i} {WORDS} {i}"} for i in range(50)))
TABLE: dict[str, list[object]] = {"id": ["1", "2"], "text": [f"{WORDS} أولا", f"{WORDS} ثانيا"]}
CSV = "id,text\n" + "".join(f'{i},"{WORDS}، ""{i}"""\n' for i in range(50))
ESCAPES = (
    "../../evil",
    "/evil",
    "..\\..\\evil",
    "..",
    ".",
    "",
    "a\0b",
    "-rf",
    "~",
    "CON",
    "x" * 5_000,
    "\u202eevil",
    "a\nb",
)


def links(folder: Path) -> None:
    """Make links that go round, lead nowhere, and a pipe that nobody writes to."""
    (folder / "round").symlink_to(folder)
    (folder / "nowhere.jsonl").symlink_to(folder / "missing")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "folder.jsonl").mkdir()


CASES: dict[str, Case] = {
    "gzip cut short": file("bad.jsonl.gz", lambda: gzipped(RECORDS)[:-40]),
    "gzip with a changed byte": file("bad.jsonl.gz", lambda: changed(gzipped(RECORDS), 60)),
    "gzip that is none": file("bad.jsonl.gz", lambda: RECORDS),
    "gzip bomb: 1000 to 1 on one line": file("bad.jsonl.gz", lambda: gzipped(b'{"text":"' + b"a" * BIG + b'"}\n')),
    "gzip bomb as text": file("bad.txt.gz", lambda: gzipped(b"\0" * BIG)),
    "gzip in gzip in gzip": file("bad.jsonl.gz", lambda: gzipped(gzipped(gzipped(RECORDS)))),
    "zstd cut short": file("bad.jsonl.zst", lambda: zstd(RECORDS)[:-20]),
    "zstd bomb: 10000 to 1": file("bad.jsonl.zst", lambda: zstd(b'{"text":"' + b"a" * BIG + b'"}\n')),
    "Parquet cut short": file("bad.parquet", lambda: parquet(TABLE)[:-20]),
    "Parquet with changed bytes": file("bad.parquet", lambda: changed(parquet(TABLE), 100)),
    "Parquet without a text column": file("bad.parquet", lambda: parquet({"x": [1, 2]})),
    "Parquet with numbers for texts": file("bad.parquet", lambda: parquet({"text": [1, 2]})),
    "Parquet with lists for texts": file("bad.parquet", lambda: parquet({"text": [["a"], None]})),
    "Parquet without rows": file("bad.parquet", lambda: parquet({"text": []})),
    "WARC cut short": file("bad.warc", lambda: warc()[:-60]),
    "WARC that says it is 1 TB": file("bad.warc", lambda: warc(1 << 40)),
    "WARC with a negative length": file("bad.warc", lambda: warc(-5)),
    "WARC of nested tags": file("bad.warc", lambda: warc(body=b"<div>" * 100_000)),
    "JSON nested 100,000 deep": file("bad.jsonl", lambda: b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    "JSON objects nested 100,000 deep": file("bad.jsonl", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"),
    "JSON with a number of 100,000 digits": file(
        "bad.jsonl", lambda: b'{"text":"' + WORDS.encode() + b'","n":' + b"9" * 100_000 + b"}\n"
    ),
    "JSON with NaN and infinity": file("bad.jsonl", lambda: b'{"text":"a b","n":NaN,"m":-Infinity,"k":1e999}\n'),
    "JSON with halves of surrogate pairs": file(
        "bad.jsonl", lambda: lines({"id": "\ud800", "text": "\udfff " + WORDS})
    ),
    "JSON texts of other kinds": file(
        "bad.jsonl", lambda: lines(*({"text": v} for v in (1, None, [], {}, True)), 1, None, "x", [], {})
    ),
    "JSON with a broken line in the middle": file("bad.jsonl", lambda: RECORDS[:300] + b'{"text": "a\n' + RECORDS),
    "JSON lines of nothing but noise": file("bad.jsonl", lambda: random.Random(1).randbytes(200_000)),  # noqa: S311
    "JSON with the same key twice": file("bad.jsonl", lambda: b'{"text":"a","text":"b c d"}\n'),
    "JSON with a folder for its site": file(
        "bad.jsonl", lambda: lines(*({"text": f"{WORDS} {i}", "site": "../../evil"} for i in range(9)))
    ),
    "one line of 100 MB": file("bad.jsonl", lambda: b'{"text":"' + b"a" * BIG + b'"}\n'),
    "a text of 100 MB": file("bad.txt", lambda: b"a" * BIG),
    "a text of 60 MB without a space": file("bad.txt", lambda: b"\xd8\xa7" * 30_000_000),
    "NUL bytes": file("bad.txt", lambda: b"\0" * 10_000 + WORDS.encode()),
    "UTF-8 with broken bytes": file("bad.txt", lambda: WORDS.encode()[:51] + b"\xff\xfe\xc0\xaf" + WORDS.encode()),
    "UTF-16 with an odd byte": file("bad.txt", lambda: b"\xff\xfe" + WORDS.encode("utf-16-le") + b"\x41"),
    "an empty file of each kind": lambda folder: (
        [(folder / f"bad{i}{s}").touch() for i, s in enumerate((".txt", ".jsonl", ".csv", ".parquet", ".warc", ".gz"))]
        and None
    ),
    "CSV with a quote that never ends": file("bad.csv", lambda: b'id,text\n1,"' + b"a\n" * 1_000_000),
    "CSV with a cell of 10 MB": file("bad.csv", lambda: b"id,text\n1," + b"a" * 10_000_000 + b"\n"),
    "CSV with rows of other lengths": file("bad.csv", lambda: CSV.encode() + b"1\n1,2,3,4,5\n,,\n"),
    "CSV with a NUL": file("bad.csv", lambda: CSV.encode() + b"1,a\0b\n"),
    "CSV of 100,000 columns": file("bad.csv", lambda: b"text," * 100_000 + b"\n" + b"a," * 100_000 + b"\n"),
    "ids that lead elsewhere": file(
        "bad.jsonl", lambda: lines(*({"id": key, "text": f"{i} {WORDS}"} for i, key in enumerate(ESCAPES)))
    ),
    "one id for all": file("bad.jsonl", lambda: lines(*({"id": "same", "text": f"{i} {WORDS}"} for i in range(500)))),
    "links, pipes, folders with names of files": links,
    "a name of odd characters": file("a'\"\n\u202e<b>&.jsonl", lambda: RECORDS),
    "a name that is no UTF-8": lambda folder: (
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.jsonl")).write_bytes(RECORDS) and None
    ),
}


def changed(data: bytes, at: int) -> bytes:
    """Change some bytes in the middle."""
    return data[:at] + bytes(b ^ 0xA5 for b in data[at : at + 8]) + data[at + 8 :]


def tried(case: Case, folder: Path) -> str:
    """Run over a hostile folder and a good file, undo, and say what is wrong."""
    given, out, undone, errors = (folder / name for name in ("in", "out", "undone", "error"))
    emptied(folder)
    given.mkdir()
    (given / "good.jsonl").write_bytes(GOOD)
    case(given)
    before = {p.name for p in folder.parent.iterdir()}

    def job() -> None:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # a process forked from a large one starts as large
        arclean.run([given], out)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
        if used * 1024 > MEMORY:
            raise MemoryError(f"{used // 1024} MB used")

    if status := ended(forked(job, errors)):
        return f"run ends with {status}: {errors.read_text('utf-8', 'replace').strip().rsplit(chr(10), 1)[-1][:300]}"
    escaped = {p.name for p in folder.parent.iterdir()} - before | {p.name for p in folder.iterdir()} - {
        "in",
        "out",
        "error",
    }
    if escaped:
        return f"written outside the output folder: {sorted(escaped)}"
    if not (out / "documents.jsonl").exists():
        return f"documents.jsonl is missing; there are {sorted(p.name for p in out.iterdir())}"
    kept = {json.loads(line)["id"] for line in (out / "documents.jsonl").read_bytes().splitlines()}
    if lost := [key for key in (f"good-{i}" for i in range(5)) if key not in kept]:
        return f"good documents lost: {lost}"
    status = ended(forked(lambda: _undo(out, undone), errors))
    if status or (undone / "good.jsonl").read_bytes().splitlines() != _as_written(GOOD):
        return f"undo ends with {status}: {errors.read_text('utf-8', 'replace').strip().rsplit(chr(10), 1)[-1][:300]}"
    others = {p.name for p in folder.iterdir()} - {"in", "out", "error", "undone"}
    return f"undo wrote {sorted(others)} outside its folder" if others else ""


def _undo(out: Path, undone: Path) -> None:
    from arclean.ledger import undo, write_undone

    write_undone(undo(out), undone)


def _as_written(data: bytes) -> list[bytes]:
    """Give the lines as JSON lines are written: an undo gives the records back, in UTF-8."""
    return [json.dumps(json.loads(line), ensure_ascii=False).encode() for line in data.splitlines()]


# ------------------------------------------------------------------------------------------------------------ mutations


def valid_files() -> dict[str, bytes]:
    """Give a valid file of every format."""
    return {
        "a.txt": WORDS.encode(),
        "a.jsonl": RECORDS,
        "a.jsonl.gz": gzipped(RECORDS),
        "a.jsonl.zst": zstd(RECORDS),
        "a.csv": CSV.encode(),
        "a.tsv": CSV.replace(",", "\t").encode(),
        "a.parquet": parquet(TABLE),
        "a.warc": warc() * 3,
        "a.warc.gz": gzipped(warc()) * 3,
    }


def mutant(rng: random.Random, data: bytes) -> bytes:
    """Change a file: flip, cut, double, insert, swap, one to five times."""
    for _ in range(rng.randint(1, 5)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((1, 1, 4, 30, 500)))
        noise = rng.randbytes(rng.choice((1, 4, 30)))
        data = rng.choice((
            data[:start] + noise + data[start + len(noise) :],
            data[:start] + data[end:],
            data[:end] + data[start:],
            data[:start] + noise + data[start:],
            data[:start],
            data[start:] + data[:start],
        )) or b"\0"  # fmt: skip
    return data


def mutations(folder: Path, rng: random.Random, trials: int) -> Iterator[str]:
    """Read mutants, a hundred in each process: a crash of a library is a fault as well, and says in which hundred."""
    files = valid_files()
    for start in range(0, trials, 100):
        count, seed, errors = min(100, trials - start), rng.random(), folder / "error"

        def read(count: int = count, seed: float = seed) -> None:
            own = random.Random(seed)  # noqa: S311 (no secret)
            for number in range(count):
                name = own.choice(tuple(files))
                path = folder / f"m{number}-{name}"
                path.write_bytes(mutant(own, files[name]))
                print(f"mutant {number} of {name}, seed {seed}", file=sys.stderr, flush=True)
                for document in arclean.read_documents(path, on_reject=lambda _: None):
                    document.text.encode("utf-8", "surrogatepass")
                path.unlink()

        if status := ended(forked(read, errors)):
            said = errors.read_text("utf-8", "replace").strip().split("\n")
            last = next((s for s in reversed(said) if s.startswith("mutant")), "")
            yield f"{last}: ended with {status}: {said[-1][:300]}"
            yield from [""] * (count - 1)
        else:
            yield from [""] * count


# -------------------------------------------------------------------------------------------- spreadsheets and browsers

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://example.org")',
    " =1",
)
SCRIPTS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"' onmouseover='{MARK}()",
    f"</style><script>{MARK}()</script>",
    f"<!--<script>{MARK}()</script>-->",
    f"]]><script>{MARK}()</script>",
    f"javascript:{MARK}()",
    f"{{{{ {MARK} }}}}{{% {MARK} %}}",
    f"</textarea></title></script><svg onload={MARK}()>",
    f"\u202e<script>{MARK}()</script>",
    f"<a href='javascript:{MARK}()'>{MARK}</a>",
    f"&lt;script&gt;{MARK}()&lt;/script&gt;",
)


def spreadsheet(folder: Path) -> Iterator[str]:
    """Write CSV with texts, ids, sites and fields that a spreadsheet would run, and look at each cell; undo it."""
    given, out = folder / "formulas.jsonl", folder / "out"
    for number, formula in enumerate(FORMULAS):
        record = {"id": f"{formula}{number}", "site": formula, "note": formula, "text": f"{formula}\n{WORDS}"}
        given.write_bytes(lines(record))
        emptied(out)
        arclean.run([given], out, arclean.Settings(output_format="csv"))
        with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
            cells = [cell for cells in csv.reader(stream) for cell in cells]
        bad = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
        _undo(out, emptied(folder / "undone"))
        back = json.loads((folder / "undone" / "formulas.jsonl").read_text("utf-8"))
        yield f"a cell that begins with {bad[0][:1]!r}" if bad else "" if back == record else f"undone {back}"


class Elements(HTMLParser):
    """Collects what a browser would run: scripts, handlers, addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        self._inside = tag
        for name, value in attrs:
            told = (value or "").strip().lower()
            if (name.startswith("on") and MARK in told) or told.startswith(("javascript:", "data:text/html")):
                self.found.append(f"<{tag} {name}={told[:60]}>")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._inside = self._inside if self._inside != tag else ""

    def handle_data(self, data: str) -> None:
        """Look at what stands in an element whose content is run."""
        if self._inside in ("script", "style") and MARK in data:
            self.found.append(f"<{self._inside}> holds a text of the corpus")


def browser(folder: Path) -> Iterator[str]:
    """Run over documents with scripts in every field, and look for what a browser would run in the report."""
    for number, script in enumerate(SCRIPTS):
        given, out = folder / "scripts.jsonl", emptied(folder / "out")
        page = f"{script}\n{WORDS} {script} {WORDS}\nشارك الخبر\nـــ{script}"
        record = {"id": f"{script}{number}", "site": script, "url": script, "title": script, "text": page}
        copies = [{**record, "id": f"{script}{i}", "text": page + f"\n{i}"} for i in range(6)]
        given.write_bytes(lines(record, *copies) + script.encode() + b"\n")
        arclean.run([given], out)
        seen = Elements()
        seen.feed((out / "report.html").read_text("utf-8"))
        seen.close()
        yield f"{script!r}: {seen.found[0]}" if seen.found else ""


def written_elsewhere(folder: Path) -> Iterator[str]:
    """Write documents under ids that lead elsewhere, and undo a run whose records were changed to do so."""
    inside = emptied(folder / "deep" / "er" / "out")
    for key in ESCAPES:
        arclean.write_documents([arclean.Document(key, WORDS)], emptied(inside))
        outside = [p for p in (folder / "deep").rglob("*") if p.is_file() and inside not in p.parents]
        yield f"the id {key[:40]!r} leads to {outside}" if outside else ""
    given = folder / "given.jsonl"
    given.write_bytes(GOOD)
    for path in (
        "../evil.jsonl",
        "/evil.jsonl",
        "a/../../evil.jsonl",
        "..",
        "",
        "a\0b.jsonl",
        "\ud800.jsonl",
        "x" * 999,
    ):
        out, undone = emptied(folder / "out"), emptied(folder / "deep" / "undone")
        arclean.run([given], out)
        sources = [json.loads(line) for line in (out / "sources.jsonl").read_bytes().splitlines()]
        (out / "sources.jsonl").write_bytes(lines(*({**s, "path": path} for s in sources)))
        errors = folder / "error"
        status = ended(forked(lambda out=out, undone=undone: _refusing(out, undone), errors))  # type: ignore[misc]
        outside = [n for n in tree(folder / "deep") if "evil" in n and not n.startswith("undone/")]
        last = errors.read_text("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        yield f"undo to {path!r}: {outside}" if outside else f"undo to {path!r} ends with {last}" if status else ""


OWN_FILES = ("documents.jsonl", "removed.jsonl", "sources.jsonl")
LINE_VALUES = (None, 0, -1, 1 << 70, "", "\0", "../evil", "\ud800", [], {}, True, 1.5, "copy", "no-such-encoding")


def changed_runs(folder: Path, rng: random.Random, trials: int) -> Iterator[str]:
    """Change the files of a run, a value of a line or bytes anywhere, and undo: documents or a refusal in words."""
    given, out = folder / "given.jsonl", folder / "out"
    texts = [f"شارك الخبر\n{WORDS} العـــربية {i % 4} {'، '.join(WORDS.split()[i % 4 :])}" for i in range(8)]
    given.write_bytes(lines(*({"id": f"d{i}", "site": "a.example", "text": text} for i, text in enumerate(texts))))
    arclean.run([given], out)
    wanted = {name: (out / name).read_bytes() for name in OWN_FILES}
    for number in range(trials):
        name = rng.choice(OWN_FILES)
        data = revalued(rng, wanted[name]) if rng.random() < 0.7 else mutant(rng, wanted[name])  # noqa: PLR2004
        (out / name).write_bytes(data)
        undone = emptied(folder / "deep" / "undone")
        try:
            _refusing(out, undone)
            outside = [n for n in tree(folder / "deep") if not n.startswith("undone/")]
            yield f"change {number} of {name} leads to {outside}" if outside else ""
        except Exception as error:  # noqa: BLE001 (that nothing else is raised is promised)
            yield f"change {number} of {name}: {type(error).__name__}: {error}"
        (out / name).write_bytes(wanted[name])


def revalued(rng: random.Random, data: bytes) -> bytes:
    """Give one line of JSON another value, or take a value away, or say the line twice."""
    own = [json.loads(line) for line in data.splitlines()]
    at = rng.randrange(len(own))
    key = rng.choice([*own[at]])
    if rng.random() < 0.1:  # noqa: PLR2004
        own.insert(at, own[at])
    elif rng.random() < 0.2:  # noqa: PLR2004
        del own[at][key]
    else:
        own[at][key] = rng.choice(LINE_VALUES)
    return lines(*own)


def _refusing(out: Path, undone: Path) -> None:
    try:
        _undo(out, undone)
    except arclean.ArcleanError:
        return


# --------------------------------------------------------------------------------------------------------------- report


def rows(mutants: int, seed: int = 0, only: Sequence[str] = ()) -> Iterator[Row]:
    """Try all of it; `only` names the cases of the first row."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = {n: c for n, c in CASES.items() if not only or n in only}
        outcomes = []
        for label, case in cases.items():
            start = time.monotonic()
            fault = tried(case, folder / "cases" / "case")
            print(f"{label}: {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
            outcomes.append(f"{label}: {fault}" if fault else "")
            shutil.rmtree(folder / "cases")
        yield row("hostile files beside good ones", COMMAND, outcomes)
        yield row("mutated files of nine formats, read", COMMAND, mutations(emptied(folder / "m"), rng, mutants))
        yield row("ids and records that lead out of a folder", COMMAND, written_elsewhere(emptied(folder / "w")))
        yield row("files of a run, changed, then undone", COMMAND, changed_runs(emptied(folder / "c"), rng, mutants))
        yield row("formulas in CSV", COMMAND, spreadsheet(emptied(folder / "s")))
        yield row("scripts in the report", COMMAND, browser(emptied(folder / "b")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, and count what was lost."""
    made = parser(__doc__)
    made.add_argument("--mutations", type=int, default=5_000)
    made.add_argument("--case", action="append", default=[], choices=CASES, help="one of the files only")
    options = made.parse_args(arguments)
    return finish(list(rows(options.mutations, options.seed, options.case)), options.json)


if __name__ == "__main__":
    sys.exit(main())
