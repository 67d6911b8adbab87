"""What a run leaves behind: the kept documents, the ledger, the clusters, the report, and the summary last."""

import glob
import hashlib
import json
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Literal

from arclean.boilerplate import SiteBoilerplate
from arclean.dedup import Duplicates
from arclean.documents import MOST_BYTES, STDIN, Rejected, json_line, record_file, whole_file
from arclean.edits import Cleaned
from arclean.finished import Finished, followed, read_finished
from arclean.report import Language, RuleRow, Shown, write_report
from arclean.spool import Spool, read_entry


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
    language: Language = "ar"


@dataclass
class Tally:
    """The figures of a run, counted while it writes."""

    counts: Counter[str] = field(default_factory=Counter)
    rules: dict[str, RuleRow] = field(default_factory=dict)

    def add(self, document: Finished, *, kept: bool) -> None:
        """Count a document."""
        figures = document.figures
        self.counts["documents read"] += 1
        self.counts["documents kept" if kept else "near-duplicates dropped"] += 1
        self.counts["characters read"] += figures.read
        self.counts["characters kept"] += figures.cleaned
        for rule, (times, size) in figures.rules.items():
            row = self.rules.get(rule) or RuleRow(rule, 0, 0, document.first(rule))
            self.rules[rule] = row._replace(times=row.times + times, size=row.size + size)


@dataclass(frozen=True)
class Result:
    """What a run did."""

    counts: Mapping[str, int]
    by_rule: Mapping[str, int]
    duplicates: Duplicates
    rejected: Sequence[Rejected]
    profiles: Mapping[str, SiteBoilerplate]


@dataclass(frozen=True)
class Output:
    """Where a run writes, what it writes from, and what it was asked."""

    folder: Path
    spool: Spool
    settings: Settings
    inputs: Sequence[str | Path]


def write_results(
    to: Output,
    found: Duplicates,
    rejected: Sequence[Rejected],
    sites: Mapping[str, SiteBoilerplate],
) -> Result:
    """Write the files of a run, each whole under its name, in place of those of an earlier run."""
    tally, shown = Tally(), Shown.of(found, rejected, sites)
    _clear(to)
    with ExitStack() as files:
        # A dry run writes the report and the summary alone: the rest goes nowhere.
        names = ("removed.jsonl", "sources.jsonl")
        removed, sources = (
            None if to.settings.dry_run else files.enter_context(whole_file(to.folder / name)) for name in names
        )
        kept = _kept(to, found, (removed, sources), tally, shown)
        write = None if to.settings.dry_run else files.enter_context(_documents_file(to))
        for document in kept:
            if write:
                write(document)
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
    write_report(to.folder / "report.html", shown, counts, tally.rules.values(), to.settings.language)
    by_rule = {row.rule: row.times for row in sorted(tally.rules.values())}
    with whole_file(to.folder / "summary.json") as stream:  # last: where it stands, the run is whole
        summary = _summary(counts, by_rule, to.settings, to.inputs)
        stream.write(json.dumps(summary, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n")
    return Result(counts, by_rule, found, rejected, sites)


def _clear(to: Output) -> None:
    """Take away what an earlier run wrote and this one will not replace; first the mark that a run is whole."""
    (to.folder / "summary.json").unlink(missing_ok=True)
    for old in to.folder.glob("documents.*"):
        if old.name != f"documents.{to.settings.output_format}":
            old.unlink()
    shutil.rmtree(to.folder / "profiles", ignore_errors=True)


@contextmanager
def _documents_file(to: Output) -> Iterator[Callable[[Finished], object]]:
    """Open the file of the kept documents. A finished document is a line of JSON; other formats read it again."""
    path = to.folder / f"documents.{to.settings.output_format}"
    if to.settings.output_format.startswith("jsonl"):
        with whole_file(path) as stream:
            yield lambda document: stream.write(document.record)
    else:
        with record_file(path) as write:
            yield lambda document: write(json.loads(document.record), document.text_field, None)


def _kept(
    to: Output, found: Duplicates, ledger: tuple[IO[bytes] | None, IO[bytes] | None], tally: Tally, shown: Shown
) -> Iterator[Finished]:
    """Yield the documents to keep, and on the way write the ledger, count, and pick what the report shows."""
    removed, sources = ledger
    dropped = {row["id"]: row["reason"] for record in cluster_records(found) for row in record["dropped"]}
    for before, after in zip(to.spool.batches("clean"), to.spool.batches("done"), strict=True):
        for document in read_finished(after):
            key = document.figures.id
            tally.add(document, kept=key not in dropped)
            shown.take(document.figures, partial(_cleaned, before, document, shown.profiles))
            if removed and sources:
                removed.write(document.ledger)
                sources.write(document.source)
                if key in dropped:
                    line = {"kind": "copy", "document": key, "rule": "find_duplicates", "reason": dropped[key]}
                    removed.write(json_line({**line, "record": document.whole_record()}))
            if key not in dropped:
                yield document


def _cleaned(batch: Path, document: Finished, sites: Mapping[str, SiteBoilerplate]) -> Cleaned:
    """Give what became of a document's text: it is done again, for the few that the report shows."""
    return followed(read_entry(batch, document.place).cleaned, sites.get(document.figures.site))


def _write_lines(path: Path, records: Iterable[object]) -> None:
    with whole_file(path) as stream:
        stream.writelines(map(json_line, records))


def _plain(site: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "." for c in site).strip(".")[:80] or "site"


def cluster_records(found: Duplicates) -> Iterator[dict[str, Any]]:
    """Yield a record for each cluster: the kept id, and for each dropped one how like the kept one it is."""
    for cluster in found.clusters:
        rows = []
        for other, m in zip(cluster.dropped, cluster.matches, strict=True):
            inside, holds = (m.a_in_b, m.b_in_a) if m.a == other else (m.b_in_a, m.a_in_b)
            reason = f"near-duplicate of {cluster.kept}: {m.jaccard:.0%} of the word 5-shingles are shared"
            rows.append({"id": other, "jaccard": m.jaccard, "in_kept": inside, "kept_in_it": holds, "reason": reason})
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
        "inputs": {path.as_posix(): _digest(path) for path in input_files(inputs)},
    }


def input_files(inputs: Iterable[str | Path]) -> list[Path]:
    """List the files that inputs stand for, sorted."""
    named = [str(given) for given in inputs if str(given) != STDIN]
    paths = [Path(p) for name in named for p in ([name] if Path(name).exists() else glob.glob(name, recursive=True))]  # noqa: PTH207
    return sorted({p for given in paths for p in (given.rglob("*") if given.is_dir() else [given]) if p.is_file()})


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
