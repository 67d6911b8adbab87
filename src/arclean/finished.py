"""A document when all is done but the choice between copies: its lines in the files of a run, ready to be copied there.

They are made batch by batch, by whichever process has the batch, before the near-duplicates of the corpus are known;
what is left for the one process that writes the results is to put lines behind each other.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from arclean.boilerplate import SiteBoilerplate
from arclean.documents import Document, json_line, record_of, text_field_of, whole_file
from arclean.edits import Cleaned, Removal
from arclean.ledger import edit_records, text_digest
from arclean.presets import FOLD
from arclean.report import Figures
from arclean.spool import Entry, Place


class Finished(NamedTuple):
    """A document when all is done but the choice between copies."""

    figures: Figures
    place: Place
    """where it stands in its batch of cleaned documents"""
    text_field: str
    own: list[Any]
    """what its record had in the field `folded`, if it had one"""
    record: bytes
    """its line of `documents.jsonl`, if it is kept"""
    ledger: bytes
    """its lines of `removed.jsonl`: its edits"""
    source: bytes
    """its line of `sources.jsonl`"""

    def text(self) -> str:
        """Give the cleaned text."""
        text: str = json.loads(self.record)[self.text_field]
        return text

    def whole_record(self) -> dict[str, Any]:
        """Give the record without what a run adds to those that are kept."""
        record: dict[str, Any] = json.loads(self.record)
        if self.own:
            record["folded"] = self.own[0]
        elif self.text_field != "folded":
            del record["folded"]
        return record

    def first(self, rule: str) -> Removal:
        """Give the first removal by a rule, of those that `figures` name."""
        removals = (
            Removal(*(record[name] for name in Removal._fields)) for record in map(json.loads, self.ledger.splitlines())
        )
        return next(r for r in removals if r.rule == rule)


def followed(cleaned: Cleaned, site: SiteBoilerplate | None) -> Cleaned:
    """Let a site's profile, where there is one, follow what was cleaned before."""
    if site is None:
        return cleaned
    after = site.explain(cleaned.text)
    return Cleaned(cleaned.original, after.text, cleaned.steps + after.steps)


def finish(entries: Sequence[tuple[Place, Entry]]) -> Iterator[Finished]:
    """Finish a batch of documents, each given with its place."""
    folded = FOLD.batch([c.text for _, (_, c) in entries])
    for (place, (d, c)), form in zip(entries, folded, strict=True):
        record = record_of(Document(d.id, c.text, d.site, {**d.meta, "folded": form}, d.source))
        source = d.source._asdict() if d.source else {}
        added = [k for k in record if k not in d.meta and k not in {source.get("text_field"), "folded"}]
        yield Finished(
            Figures.of(d, c),
            place,
            text_field_of(d),
            [d.meta["folded"]] if "folded" in d.meta else [],
            json_line(record),
            b"".join(map(json_line, edit_records(d.id, c))),
            json_line({"document": d.id, **source, "added": added, "digest": text_digest(c.original)}),
        )


def write_finished(path: Path, documents: Iterable[Finished]) -> None:
    """Write a batch of finished documents, which gets its name only once it is whole."""
    with whole_file(path) as stream:
        for figures, place, text_field, own, *lines in documents:
            stream.write(json_line([*map(len, lines), figures, place, text_field, own]))
            stream.writelines(lines)


def read_finished(path: Path) -> Iterator[Finished]:
    """Read a batch of finished documents."""
    with path.open("rb") as stream:
        while line := stream.readline():
            yield _read(json.loads(line), stream)


def _read(head: list[Any], stream: IO[bytes]) -> Finished:
    record, ledger, source, figures, place, text_field, own = head
    lines = (stream.read(size) for size in (record, ledger, source))
    return Finished(Figures._make(figures), Place._make(place), text_field, own, *lines)
