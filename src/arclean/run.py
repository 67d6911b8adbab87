"""The main job: read, clean, learn each site's boilerplate, find near-duplicates, write what was kept and what not."""

import hashlib
import json
import platform
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from arclean.boilerplate import SiteBoilerplate
from arclean.dedup import Duplicates, find_duplicates
from arclean.documents import (
    Document,
    Rejected,
    json_line,
    read_documents,
    record_of,
    whole_file,
)
from arclean.edits import Cleaned
from arclean.errors import OutputError
from arclean.ledger import edit_records
from arclean.presets import FOLD, WEB
from arclean.report import Shown, write_report
from arclean.rules import Cleaner

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how many documents are done, and of how many."""

# Four pages of one layout can share a line by chance or by topic; five is what SiteBoilerplate itself asks for.
LEAST_PAGES = 5


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do; written into `summary.json`."""

    threshold: float = 0.7
    keep: Literal["longest", "first"] = "longest"
    learn: bool = True
    text_field: str | None = None
    id_field: str | None = None
    site_field: str | None = None


@dataclass(frozen=True)
class Result:
    """What a run did."""

    documents: Sequence[Document]
    cleaned: Mapping[str, Cleaned]
    duplicates: Duplicates
    rejected: Sequence[Rejected]
    profiles: Mapping[str, SiteBoilerplate] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Give the figures of the closing table."""
        letters = sum(len(c.original) for c in self.cleaned.values())
        return {
            "documents read": len(self.documents),
            "inputs rejected": len(self.rejected),
            "documents kept": len(self.documents) - len(self.duplicates.dropped),
            "near-duplicates dropped": len(self.duplicates.dropped),
            "clusters of near-duplicates": len(self.duplicates.clusters),
            "sites with learnt boilerplate": len(self.profiles),
            "characters read": letters,
            "characters kept": sum(len(c.text) for c in self.cleaned.values()),
        }

    def by_rule(self) -> Counter[str]:
        """Count the removals of each rule."""
        return Counter(r.rule for c in self.cleaned.values() for r in c.removals)


def run(
    inputs: Iterable[str | Path],
    out: str | Path,
    settings: Settings = Settings(),
    *,
    profiles: Mapping[str, SiteBoilerplate] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Clean a corpus and write the kept documents, the ledger, the clusters, the rejected inputs and the report.

    Parameters: `inputs` are files or folders as `read_documents` takes them; `out` is a folder, made where it is
    missing, whose files of an earlier run are replaced, each only once its successor is whole. `profiles` are site
    profiles to use instead of learning, by site.

    Raises InputError where a path does not exist or holds nothing; OutputError where `out` cannot be written.
    """
    target = _writable(Path(out))
    inputs = list(inputs)
    tell = progress or (lambda *_: None)
    rejected: list[Rejected] = []
    documents = list(_read(inputs, settings, rejected, tell))
    cleaned = dict(zip((d.id for d in documents), _each("cleaning", documents, WEB, tell), strict=True))
    sites = dict(profiles or {})
    if settings.learn:
        sites = {**_learnt(documents, cleaned, tell), **sites}
    cleaned = {d.id: _followed(cleaned[d.id], sites.get(d.site or "")) for d in documents}
    tell("finding near-duplicates", 0, len(documents))
    found = find_duplicates(
        [replace(d, text=cleaned[d.id].text) for d in documents], threshold=settings.threshold, keep=settings.keep
    )
    tell("finding near-duplicates", len(documents), len(documents))
    result = Result(documents, cleaned, found, rejected, sites)
    try:
        _write(result, target, settings, inputs, tell)
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


def _read(
    inputs: Sequence[str | Path], settings: Settings, rejected: list[Rejected], tell: Progress
) -> Iterator[Document]:
    fields = {k: getattr(settings, k) for k in ("text_field", "id_field", "site_field")}
    for count, document in enumerate(read_documents(*inputs, **fields, on_reject=rejected.append), 1):
        tell("reading", count, 0)
        yield document


def _each(stage: str, documents: Sequence[Document], cleaner: Cleaner, tell: Progress) -> Iterator[Cleaned]:
    for count, document in enumerate(documents, 1):
        yield cleaner.explain(document.text)
        tell(stage, count, len(documents))


def _learnt(
    documents: Sequence[Document], cleaned: Mapping[str, Cleaned], tell: Progress
) -> dict[str, SiteBoilerplate]:
    """Learn each site that has pages enough, from the cleaned texts."""
    texts: dict[str, list[str]] = defaultdict(list)
    for d in documents:
        if d.site:
            texts[d.site].append(cleaned[d.id].text)
    able = {site: pages for site, pages in sorted(texts.items()) if len(pages) >= LEAST_PAGES}
    profiles = {}
    for count, (site, pages) in enumerate(able.items(), 1):
        profiles[site] = SiteBoilerplate.learn(pages, site=site)
        tell("learning sites", count, len(able))
    return profiles


def _followed(cleaned: Cleaned, site: SiteBoilerplate | None) -> Cleaned:
    """Let a site's profile follow what was cleaned before."""
    if site is None:
        return cleaned
    after = site.explain(cleaned.text)
    return Cleaned(cleaned.original, after.text, cleaned.steps + after.steps)


def _write(result: Result, out: Path, settings: Settings, inputs: Sequence[str | Path], tell: Progress) -> None:
    dropped = _reasons(result.duplicates)
    by_id = {d.id: d for d in result.documents}
    with whole_file(out / "documents.jsonl") as kept, whole_file(out / "removed.jsonl") as removed:
        for count, d in enumerate(result.documents, 1):
            c = result.cleaned[d.id]
            for line in edit_records(d.id, c):
                removed.write(json_line(line))
            record = record_of(replace(d, text=c.text))
            if d.id in dropped:
                line = {"kind": "copy", "document": d.id, "rule": "find_duplicates", "reason": dropped[d.id]}
                removed.write(json_line({**line, "record": record}))
            else:
                kept.write(json_line({**record, "folded": FOLD(c.text)}))
            tell("writing", count, len(result.documents))
    with whole_file(out / "sources.jsonl") as stream:
        for d in result.documents:
            stream.write(json_line(_source_record(d)))
    with whole_file(out / "duplicates.jsonl") as stream:
        for record in cluster_records(result.duplicates):
            stream.write(json_line(record))
    with whole_file(out / "rejected.jsonl") as stream:
        for reject in result.rejected:
            stream.write(json_line(reject._asdict()))
    for site, profile in result.profiles.items():
        (out / "profiles").mkdir(exist_ok=True)
        profile.save(out / "profiles" / f"{_plain(site)}.json")
    write_report(out / "report.html", Shown(by_id, result.cleaned, result.duplicates, result.rejected, result.counts()))
    with whole_file(out / "summary.json") as stream:  # last: where it stands, the run is whole
        summary = _summary(result, settings, inputs)
        stream.write(json.dumps(summary, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n")


def _plain(site: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "." for c in site).strip(".")[:80] or "site"


def _source_record(document: Document) -> dict[str, Any]:
    added = [k for k in record_of(document) if k not in document.meta]
    source = document.source._asdict() if document.source else {}
    return {"document": document.id, **source, "added": [k for k in added if k != source.get("text_field")]}


def _reasons(found: Duplicates) -> dict[str, str]:
    """Say for each dropped document of which kept one it is a copy, and how close."""
    return {row["id"]: row["reason"] for record in cluster_records(found) for row in record["dropped"]}


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


def _summary(result: Result, settings: Settings, inputs: Sequence[str | Path]) -> dict[str, Any]:
    counts = result.counts()
    documents, characters = counts["documents read"], counts["characters read"]
    return {
        "counts": counts,
        "removals by rule": dict(sorted(result.by_rule().items())),
        "rates": {
            "near-duplicates": round(counts["near-duplicates dropped"] / documents, 6) if documents else 0,
            "characters removed": round(1 - counts["characters kept"] / characters, 6) if characters else 0,
        },
        "settings": asdict(settings),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("arclean", "ftfy", "numpy", "pyarabic", "rapidfuzz")},
        },
        "inputs": dict(sorted(_digests(inputs))),
    }


def _digests(inputs: Iterable[str | Path]) -> Iterator[tuple[str, str]]:
    """Yield the SHA-256 of each input file."""
    for given in map(Path, inputs):
        files = [p for p in given.rglob("*") if p.is_file()] if given.is_dir() else [given]
        for path in sorted(files):
            if path.is_file():
                with path.open("rb") as stream:
                    yield path.as_posix(), hashlib.file_digest(stream, "sha256").hexdigest()
