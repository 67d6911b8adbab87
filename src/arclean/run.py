"""The main job: read, clean, learn each site's boilerplate, find near-duplicates, write what was kept and what not."""

import glob
import hashlib
import heapq
import json
import platform
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, TypeVar
from uuid import uuid4

from arclean.boilerplate import SiteBoilerplate
from arclean.dedup import Duplicates, find_duplicates
from arclean.documents import (
    MOST_BYTES,
    STDIN,
    Document,
    Note,
    Rejected,
    json_line,
    read_documents,
    record_of,
    whole_file,
    write_documents,
)
from arclean.edits import Cleaned
from arclean.errors import OutputError
from arclean.ledger import edit_records, text_digest
from arclean.presets import FOLD, WEB
from arclean.report import RuleRow, Shown, write_report
from arclean.spool import BATCH_DOCUMENTS, Entry, Spool, in_batches, read_batch, read_entry, write_batch

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how many are done, and of how many (0 where that is not known)."""

Job = TypeVar("Job")
Done = TypeVar("Done")

# Four pages of one layout can share a line by chance or by topic; five is what SiteBoilerplate itself asks for.
LEAST_PAGES = 5
# A line that stands on one page in a thousand is seen five times in 5,000 pages; more pages cost memory and teach less.
MOST_PAGES = 5_000


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do; written into `summary.json`."""

    threshold: float = 0.7
    keep: Literal["longest", "first"] = "longest"
    learn: bool = True
    text_field: str | None = None
    id_field: str | None = None
    site_field: str | None = None
    input_format: str | None = None
    max_bytes: int = MOST_BYTES
    output_format: Literal["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet"] = "jsonl"
    workers: int = 1
    dry_run: bool = False


@dataclass
class Tally:
    """The figures of a run, counted while it writes."""

    counts: Counter[str] = field(default_factory=Counter)
    rules: dict[str, RuleRow] = field(default_factory=dict)

    def add(self, cleaned: Cleaned, *, kept: bool) -> None:
        """Count a document."""
        self.counts["documents read"] += 1
        self.counts["documents kept" if kept else "near-duplicates dropped"] += 1
        self.counts["characters read"] += len(cleaned.original)
        self.counts["characters kept"] += len(cleaned.text)
        for r in cleaned.removals:
            row = self.rules.get(r.rule) or RuleRow(r.rule, 0, 0, r)
            self.rules[r.rule] = row._replace(times=row.times + 1, size=row.size + len(r.old))


@dataclass(frozen=True)
class Result:
    """What a run did."""

    counts: Mapping[str, int]
    by_rule: Mapping[str, int]
    duplicates: Duplicates
    rejected: Sequence[Rejected]
    profiles: Mapping[str, SiteBoilerplate]


def run(  # noqa: PLR0913 (what is asked, and who is told)
    inputs: Iterable[str | Path],
    out: str | Path,
    settings: Settings = Settings(),
    *,
    profiles: Mapping[str, SiteBoilerplate] | None = None,
    progress: Progress | None = None,
    on_note: Callable[[Note], object] | None = None,
) -> Result:
    """Clean a corpus and write the kept documents, the ledger, the clusters, the rejected inputs and the report.

    Parameters: `inputs` are files or folders as `read_documents` takes them; `out` is a folder, made where it is
    missing, whose files of an earlier run are replaced, each only once its successor is whole. `profiles` are site
    profiles to use instead of learning, by site. `progress` is told how far each stage is, `on_note` what was guessed
    about the inputs. A run that was interrupted goes on where it was when it is started
    again with the same inputs and settings, and ends with the same bytes.

    Raises InputError where a path does not exist or holds nothing; OutputError where `out` cannot be written.
    """
    target, given = _writable(Path(out)), list(inputs)
    tell = progress or (lambda *_: None)
    rejected: list[Rejected] = []
    try:
        spool = Spool.open(target / ".work", _plan(given, settings, profiles or {}))
        pages = _clean(spool, _reading(given, settings, (rejected.append, on_note), tell), settings.workers, tell)
        sites = {**(_learnt(pages, tell) if settings.learn else {}), **(profiles or {})}
        _follow(spool, sites, settings.workers, tell)
        tell("finding near-duplicates", 0, 1)
        texts = (replace(d, text=c.text) for d, c in spool.entries("site"))
        found = find_duplicates(texts, threshold=settings.threshold, keep=settings.keep)
        tell("finding near-duplicates", 1, 1)
        result = _write(_Output(target, spool, settings, given), found, rejected, sites, tell)
        spool.close()
    except OSError as error:
        raise OutputError(
            f"cannot write to {target}: {error.strerror}; free some space or choose another -o"
        ) from error
    return result


def _writable(out: Path) -> Path:
    """Make the folder and try it before an hour's work is spent on what cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with whole_file(out / ".writable") as stream:
            stream.write(b"")
        (out / ".writable").unlink()
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {error.strerror}; choose another folder with -o") from error
    return out


def _plan(inputs: Sequence[str | Path], settings: Settings, profiles: Mapping[str, SiteBoilerplate]) -> object:
    """Say what makes half-done work worth continuing: the same inputs, settings and version."""
    asked = {k: v for k, v in asdict(settings).items() if k != "workers"}
    files = [(path.as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in _input_files(inputs)]
    once = uuid4().hex if STDIN in map(str, inputs) else ""  # standard input cannot be read twice
    return [version("arclean"), asked, files, {k: p.settings() for k, p in profiles.items()}, once]


def _reading(
    inputs: Sequence[str | Path],
    settings: Settings,
    hear: tuple[Callable[[Rejected], object], Callable[[Note], object] | None],
    tell: Progress,
) -> Iterator[Document]:
    options = {k: getattr(settings, k) for k in ("text_field", "id_field", "site_field", "input_format", "max_bytes")}
    documents = read_documents(*inputs, **options, on_reject=hear[0], on_note=hear[1])
    for count, document in enumerate(documents, 1):
        tell("reading and cleaning", count, 0)
        yield document


def _clean(
    spool: Spool, documents: Iterable[Document], workers: int, tell: Progress
) -> dict[str, list[tuple[int, Path, int]]]:
    """Clean every batch that is not cleaned yet; give for each site where pages to learn from stand.

    Which pages is decided by their ids' digests, so that it depends neither on their order nor on the process.
    """
    jobs = ((spool.path("clean", number), batch) for number, batch in enumerate(in_batches(documents)))
    for _ in _mapped(_clean_batch, (job for job in jobs if not job[0].exists()), workers):
        pass
    pages: dict[str, list[tuple[int, Path, int]]] = defaultdict(list)
    for path in spool.batches("clean"):
        offset = 0
        with path.open("rb") as stream:
            for line in stream:
                key, site = json.loads(line)[:2]
                if site:
                    rank = -int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest())
                    push = heapq.heappush if len(pages[site]) < MOST_PAGES else heapq.heappushpop
                    push(pages[site], (rank, path, offset))
                offset += len(line)
    tell("reading and cleaning", 1, 1)
    return pages


def _clean_batch(job: tuple[Path, list[Document]]) -> None:
    path, documents = job
    write_batch(path, (Entry(replace(d, text=""), WEB.explain(d.text)) for d in documents))


def _learnt(pages: Mapping[str, list[tuple[int, Path, int]]], tell: Progress) -> dict[str, SiteBoilerplate]:
    """Learn each site that has pages enough, from the cleaned texts."""
    able = {site: places for site, places in sorted(pages.items()) if len(places) >= LEAST_PAGES}
    profiles = {}
    for count, (site, places) in enumerate(able.items(), 1):
        texts = (read_entry(path, offset).cleaned.text for _, path, offset in sorted(places, key=lambda p: p[1:]))
        profiles[site] = SiteBoilerplate.learn(texts, site=site)
        tell("learning sites", count, len(able))
    return profiles


def _follow(spool: Spool, sites: Mapping[str, SiteBoilerplate], workers: int, tell: Progress) -> None:
    """Let each site's profile follow what was cleaned before."""
    batches = spool.batches("clean")
    jobs = [(path, spool.path("site", number)) for number, path in enumerate(batches)]
    left = [job for job in jobs if not job[1].exists()]
    for count, _ in enumerate(_mapped(partial(_follow_batch, sites), left, workers), 1):
        tell("removing learnt boilerplate", count, len(left))


def _follow_batch(sites: Mapping[str, SiteBoilerplate], job: tuple[Path, Path]) -> None:
    before, after = job
    write_batch(after, (Entry(d, _followed(c, sites.get(d.site or ""))) for d, c in read_batch(before)))


def _followed(cleaned: Cleaned, site: SiteBoilerplate | None) -> Cleaned:
    if site is None:
        return cleaned
    after = site.explain(cleaned.text)
    return Cleaned(cleaned.original, after.text, cleaned.steps + after.steps)


def _mapped(function: Callable[[Job], Done], jobs: Iterable[Job], workers: int) -> Iterator[Done]:
    """Map over jobs, in order, in as many processes; only a few jobs wait at a time, however many there are."""
    if workers <= 1:
        yield from map(function, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        ahead = iter(jobs)
        waiting = deque(pool.submit(function, job) for job in islice(ahead, 2 * workers))
        try:
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(function, job) for job in islice(ahead, 1))
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Output:
    """Where a run writes, what it writes from, and what it was asked."""

    folder: Path
    spool: Spool
    settings: Settings
    inputs: Sequence[str | Path]


def _write(
    to: _Output,
    found: Duplicates,
    rejected: Sequence[Rejected],
    sites: Mapping[str, SiteBoilerplate],
    tell: Progress,
) -> Result:
    tally, shown = Tally(), Shown.of(found, rejected)
    with ExitStack() as files:
        # A dry run writes the report and the summary alone: the rest goes nowhere.
        names = ("removed.jsonl", "sources.jsonl")
        removed, sources = (
            None if to.settings.dry_run else files.enter_context(whole_file(to.folder / name)) for name in names
        )
        kept = _kept(to.spool, found, (removed, sources), tally, shown)
        if to.settings.dry_run:
            for _ in kept:
                pass
        else:
            write_documents(kept, to.folder / f"documents.{to.settings.output_format}")
    tell("writing", 1, 1)
    counts = {
        **{k: tally.counts[k] for k in ("documents read", "documents kept", "near-duplicates dropped")},
        "clusters of near-duplicates": len(found.clusters),
        "inputs rejected": len(rejected),
        "sites with learnt boilerplate": len(sites),
        **{k: tally.counts[k] for k in ("characters read", "characters kept")},
    }
    if not to.settings.dry_run:
        _write_lines(to.folder / "duplicates.jsonl", cluster_records(found))
        _write_lines(to.folder / "rejected.jsonl", (r._asdict() for r in rejected))
        for site, profile in sites.items():
            (to.folder / "profiles").mkdir(exist_ok=True)
            profile.save(to.folder / "profiles" / f"{_plain(site)}.json")
    write_report(to.folder / "report.html", shown, counts, tally.rules.values())
    by_rule = {row.rule: row.times for row in sorted(tally.rules.values())}
    with whole_file(to.folder / "summary.json") as stream:  # last: where it stands, the run is whole
        summary = _summary(counts, by_rule, to.settings, to.inputs)
        stream.write(json.dumps(summary, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n")
    return Result(counts, by_rule, found, rejected, sites)


def _kept(
    spool: Spool, found: Duplicates, ledger: tuple[IO[bytes] | None, IO[bytes] | None], tally: Tally, shown: Shown
) -> Iterator[Document]:
    """Yield the documents to keep, and on the way write the ledger, count, and pick what the report shows."""
    removed, sources = ledger
    dropped = {row["id"]: row["reason"] for record in cluster_records(found) for row in record["dropped"]}
    entries = spool.entries("site")
    while batch := list(islice(entries, BATCH_DOCUMENTS)):
        folded = FOLD.batch([c.text for _, c in batch])
        for (d, c), form in zip(batch, folded, strict=True):
            tally.add(c, kept=d.id not in dropped)
            shown.take(d, c)
            whole = replace(d, text=c.text)
            if removed and sources:
                removed.writelines(json_line(line) for line in edit_records(d.id, c))
                sources.write(json_line({**_source_record(whole), "digest": text_digest(c.original)}))
                if d.id in dropped:
                    line = {"kind": "copy", "document": d.id, "rule": "find_duplicates", "reason": dropped[d.id]}
                    removed.write(json_line({**line, "record": record_of(whole)}))
            if d.id not in dropped:
                yield replace(whole, meta={**d.meta, "folded": form})


def _write_lines(path: Path, records: Iterable[object]) -> None:
    with whole_file(path) as stream:
        stream.writelines(map(json_line, records))


def _plain(site: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "." for c in site).strip(".")[:80] or "site"


def _source_record(document: Document) -> dict[str, Any]:
    source = document.source._asdict() if document.source else {}
    added = [k for k in record_of(document) if k not in document.meta and k != source.get("text_field")]
    return {"document": document.id, **source, "added": added}


def cluster_records(found: Duplicates) -> Iterator[dict[str, Any]]:
    """Yield a record for each cluster: the kept id, and for each dropped one how like the kept one it is."""
    match = {frozenset((m.a, m.b)): m for m in found.pairs}
    for cluster in found.clusters:
        rows = []
        for other in cluster.dropped:
            row: dict[str, Any] = {"id": other}
            if m := match.get(frozenset((cluster.kept, other))):
                inside, holds = (m.a_in_b, m.b_in_a) if m.a == other else (m.b_in_a, m.a_in_b)
                row |= {"jaccard": m.jaccard, "in_kept": inside, "kept_in_it": holds}
                row["reason"] = f"near-duplicate of {cluster.kept}: {m.jaccard:.0%} of the word 5-shingles are shared"
            else:
                row["reason"] = f"in the cluster of {cluster.kept}: {cluster.because}"
            rows.append(row)
        yield {"kept": cluster.kept, "dropped": rows, "because": cluster.because}


def _summary(
    counts: Mapping[str, int], by_rule: Mapping[str, int], settings: Settings, inputs: Sequence[str | Path]
) -> dict[str, Any]:
    documents, characters = counts["documents read"], counts["characters read"]
    return {
        "counts": dict(counts),
        "removals by rule": dict(by_rule),
        "rates": {
            "near-duplicates": round(counts["near-duplicates dropped"] / documents, 6) if documents else 0,
            "characters removed": round(1 - counts["characters kept"] / characters, 6) if characters else 0,
        },
        "settings": {k: v for k, v in asdict(settings).items() if k != "workers"},
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("arclean", "ftfy", "numpy", "pyarabic", "rapidfuzz")},
        },
        "inputs": {path.as_posix(): _digest(path) for path in _input_files(inputs)},
    }


def _input_files(inputs: Iterable[str | Path]) -> list[Path]:
    """List the files that inputs stand for, sorted."""
    named = [str(given) for given in inputs if str(given) != STDIN]
    paths = [Path(p) for name in named for p in ([name] if Path(name).exists() else glob.glob(name, recursive=True))]  # noqa: PTH207
    return sorted({p for given in paths for p in (given.rglob("*") if given.is_dir() else [given]) if p.is_file()})


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
