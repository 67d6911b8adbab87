"""A datatrove pipeline step that cleans documents and says in their metadata what was removed."""

from typing import TYPE_CHECKING

from datatrove.pipeline.base import PipelineStep

from arclean.presets import WEB

if TYPE_CHECKING:
    from datatrove.data import DocumentsPipeline

    from arclean.rules import Cleaner


class Arclean(PipelineStep):
    """Clean each document's text.

    Parameters: `cleaner` is any cleaner; with `ledger=True` each document's metadata gets `arclean`, the list of its
    removals (start, end, old, new, rule, reason).
    """

    name = "🧹 arclean"
    type = "✂️ - FORMAT"

    def __init__(self, cleaner: "Cleaner" = WEB, *, ledger: bool = False) -> None:
        super().__init__()
        self.cleaner = cleaner
        self.ledger = ledger

    def run(self, data: "DocumentsPipeline", rank: int = 0, world_size: int = 1) -> "DocumentsPipeline":
        """Clean a stream of documents; those that nothing is left of are dropped and counted."""
        del rank, world_size  # each document is cleaned by itself
        for document in data or ():
            with self.track_time():
                cleaned = self.cleaner.explain(document.text)
                for removal in cleaned.removals:
                    self.stat_update(removal.rule)
                document.text = cleaned.text
                if self.ledger:
                    document.metadata["arclean"] = [r._asdict() for r in cleaned.removals]
            if not cleaned.text.strip():
                self.stat_update("emptied")
                continue
            yield document
