"""The report: one HTML file that opens offline and needs no script; every text in it is escaped."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from arclean.dedup import Duplicates
from arclean.documents import Document, Rejected, whole_file
from arclean.edits import Cleaned, Removal

# A report is read by a person: 200 documents of 5 kB are a page of 1 MB, which a browser opens at once.
MOST_DOCUMENTS = 200
MOST_CLUSTERS = 100
MOST_CHARACTERS = 20_000


class Piece(NamedTuple):
    """A stretch of a document: kept (no rule), or changed from `old` to `new`."""

    old: str
    new: str
    rule: str
    reason: str


class Shown(NamedTuple):
    """What a report is made of."""

    documents: Mapping[str, Document]
    cleaned: Mapping[str, Cleaned]
    found: Duplicates
    rejected: Sequence[Rejected]
    counts: Mapping[str, int]


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


def write_report(path: Path, shown: Shown) -> None:
    """Write the report of a run.

    Long documents and large corpora are cut, and the page says so. Raises OSError where the file cannot be written.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (only a run writes a report)

    documents, cleaned, found, rejected, counts = shown
    changed = [key for key, c in cleaned.items() if c.removals]
    clusters = list(found.clusters)
    match = {frozenset((m.a, m.b)): m for m in found.pairs}
    rows = [
        {
            "id": key,
            "site": documents[key].site,
            "removals": len(cleaned[key].removals),
            "pieces": list(_cut(pieces(cleaned[key]))),
            "long": len(cleaned[key].original) > MOST_CHARACTERS,
        }
        for key in changed[:MOST_DOCUMENTS]
    ]
    sides = [
        {
            "kept": c.kept,
            "because": c.because,
            "text": cleaned[c.kept].text[:MOST_CHARACTERS],
            "dropped": [
                {
                    "id": other,
                    "match": match.get(frozenset((c.kept, other))),
                    "text": cleaned[other].text[:MOST_CHARACTERS],
                }
                for other in list(c.dropped)[:3]
            ],
            "more": len(c.dropped) - 3,
        }
        for c in clusters[:MOST_CLUSTERS]
    ]
    environment = Environment(
        loader=PackageLoader("arclean"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("report.html.j2").render(
        counts=counts,
        rules=_by_rule(cleaned),
        documents=rows,
        changed=len(changed),
        clusters=sides,
        all_clusters=len(clusters),
        rejected=rejected,
    )
    with whole_file(path) as stream:
        stream.write(page.encode("utf-8", "replace"))


def _cut(stretches: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces up to the length that a page can show."""
    left = MOST_CHARACTERS
    for piece in stretches:
        if left <= 0:
            return
        yield piece._replace(old=piece.old[:left])
        left -= len(piece.old)


def _by_rule(cleaned: Mapping[str, Cleaned]) -> list[tuple[str, int, int, Removal]]:
    """Give for each rule how often it worked, on how many characters, and the first thing it did."""
    rows: dict[str, tuple[int, int, Removal]] = {}
    for c in cleaned.values():
        for r in c.removals:
            count, size, first = rows.get(r.rule, (0, 0, r))
            rows[r.rule] = count + 1, size + len(r.old), first
    return [(rule, *row) for rule, row in sorted(rows.items(), key=lambda item: (-item[1][1], item[0]))]
