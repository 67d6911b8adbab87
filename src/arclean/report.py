"""The report: one HTML file that opens offline and needs no script; every text in it is escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from arclean.dedup import Duplicates
from arclean.documents import Document, Rejected, whole_file
from arclean.edits import Cleaned, Removal

# A report is read by a person: 200 documents of 5 kB are a page of 1 MB, which a browser opens at once.
MOST_DOCUMENTS = 200
MOST_CLUSTERS = 100
MOST_COPIES = 3
MOST_CHARACTERS = 20_000


class Piece(NamedTuple):
    """A stretch of a document: kept (no rule), or changed from `old` to `new`."""

    old: str
    new: str
    rule: str
    reason: str


class RuleRow(NamedTuple):
    """What a rule did in a run."""

    rule: str
    times: int
    size: int
    first: Removal


@dataclass
class Shown:
    """What a report shows of a corpus: the first documents that changed and the first clusters, with their texts."""

    found: Duplicates
    rejected: Sequence[Rejected]
    texts: dict[str, str | None]
    changed: list[tuple[Document, Cleaned]] = field(default_factory=list)
    changed_in_all: int = 0

    @classmethod
    def of(cls, found: Duplicates, rejected: Sequence[Rejected]) -> "Shown":
        """Choose the clusters to show; `take` collects their texts."""
        first = islice(found.clusters, MOST_CLUSTERS)
        wanted = [key for c in first for key in (c.kept, *islice(c.dropped, MOST_COPIES))]
        return cls(found, rejected, dict.fromkeys(wanted))

    def take(self, document: Document, cleaned: Cleaned) -> None:
        """Keep what of a document will be shown."""
        if cleaned.removals:
            self.changed_in_all += 1
            if len(self.changed) < MOST_DOCUMENTS:
                self.changed.append((document, cleaned))
        if document.id in self.texts:
            self.texts[document.id] = cleaned.text[:MOST_CHARACTERS]


def pieces(cleaned: Cleaned) -> Iterator[Piece]:
    """Yield the original in order, as what was kept and what was changed."""
    at = 0
    for r in cleaned.removals:
        if r.start > at:
            yield Piece(cleaned.original[at : r.start], "", "", "")
        yield Piece(r.old, r.new, r.rule, r.reason)
        at = r.end
    if at < len(cleaned.original):
        yield Piece(cleaned.original[at:], "", "", "")


def write_report(path: Path, shown: Shown, counts: Mapping[str, int], rules: Iterable[RuleRow]) -> None:
    """Write the report of a run.

    Long documents and large corpora are cut, and the page says so. Raises OSError where the file cannot be written.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (only a run writes a report)

    documents = [
        {
            "id": document.id,
            "site": document.site,
            "removals": len(cleaned.removals),
            "pieces": list(_cut(pieces(cleaned))),
            "long": len(cleaned.original) > MOST_CHARACTERS,
        }
        for document, cleaned in shown.changed
    ]
    environment = Environment(
        loader=PackageLoader("arclean"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("report.html.j2").render(
        counts=counts,
        rules=sorted(rules, key=lambda row: (-row.size, row.rule)),
        documents=documents,
        changed=shown.changed_in_all,
        clusters=list(_sides(shown)),
        all_clusters=len(shown.found.clusters),
        rejected=shown.rejected,
    )
    with whole_file(path) as stream:
        stream.write(page.encode("utf-8", "replace"))


def _sides(shown: Shown) -> Iterator[dict[str, object]]:
    """Yield for each cluster what stands side by side."""
    match = {frozenset((m.a, m.b)): m for m in shown.found.pairs}
    for cluster in islice(shown.found.clusters, MOST_CLUSTERS):
        yield {
            "kept": cluster.kept,
            "because": cluster.because,
            "text": shown.texts[cluster.kept],
            "dropped": [
                {"id": key, "match": match.get(frozenset((cluster.kept, key))), "text": shown.texts[key]}
                for key in islice(cluster.dropped, MOST_COPIES)
            ],
            "more": len(cluster.dropped) - MOST_COPIES,
        }


def _cut(stretches: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces up to the length that a page can show."""
    left = MOST_CHARACTERS
    for piece in stretches:
        if left <= 0:
            return
        yield piece._replace(old=piece.old[:left])
        left -= len(piece.old)
