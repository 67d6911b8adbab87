"""A datatrove pipeline step that cleans documents and says in their metadata what was removed."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

from datatrove.pipeline.base import PipelineStep
from datatrove.utils.typeshelper import StatHints

from arclean.presets import WEB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datatrove.data import DocumentsPipeline
    from datatrove.pipeline.writers.disk_base import DiskWriter

    from arclean.edits import Removal
    from arclean.rules import Cleaner


class Arclean(PipelineStep):  # type: ignore[misc]  # datatrove has no types
    """Clean each document's text, and drop documents that nothing is left of.

    Parameters: `cleaner` is any cleaner; with `removals=True` each document's metadata gets `removals`, a list of dicts
    (start, end, old, new, rule, reason) that cleaning can be undone from; `exclusion_writer` is given the documents
    that are dropped, with the texts they came with.

    The stats count documents in (`total`), changed (`changed`), out (`forwarded`) and `dropped`, and every removal
    under its rule (`removed/strip_tatweel`).
    """

    name = "🧹 arclean"
    type = "✂️ - FORMAT"

    def __init__(
        self, cleaner: "Cleaner" = WEB, *, removals: bool = False, exclusion_writer: "DiskWriter | None" = None
    ) -> None:
        super().__init__()
        self.cleaner = cleaner
        self.removals = removals
        self.exclusion_writer = exclusion_writer

    def run(self, data: "DocumentsPipeline", rank: int = 0, world_size: int = 1) -> "DocumentsPipeline":
        """Clean a stream of documents."""
        del world_size  # each document is cleaned by itself
        with nullcontext() if self.exclusion_writer is None else self.exclusion_writer as writer:
            for document in data or ():
                self.stat_update(StatHints.total)
                with self.track_time():
                    cleaned = self.cleaner.explain(document.text)
                    removals = cleaned.removals
                for removal in removals:
                    self.stat_update(f"removed/{removal.rule}")
                if not cleaned.text.strip():
                    self.stat_update(StatHints.dropped)
                    if writer is not None:
                        # Where datatrove's own filters say why.
                        document.metadata["filter_reason"] = f"nothing is left of it ({_rules(removals)})"
                        writer.write(document, rank)
                    continue
                if cleaned.text != document.text:
                    self.stat_update("changed")
                document.text = cleaned.text
                if self.removals:
                    document.metadata["removals"] = [removal._asdict() for removal in removals]
                self.stat_update(StatHints.forwarded)
                self.update_doc_stats(document)
                yield document


def _rules(removals: "Iterable[Removal]") -> str:
    return ", ".join(dict.fromkeys(removal.rule for removal in removals)) or "there was nothing"
