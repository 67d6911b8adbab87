"""A Scrapy item pipeline that cleans items as they are scraped and drops near-duplicates of what was scraped before."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem, NotConfigured

import arclean
from arclean.rules import Cleaner

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ArcleanPipeline:
    """Clean a field of every item; drop items whose text is a near-duplicate of one in the index.

    Settings: `ARCLEAN_FIELD` (default "text"), `ARCLEAN_ID_FIELD` (default "url"), `ARCLEAN_PIPELINE` ("WEB", the
    default, or another preset's name), `ARCLEAN_INDEX` (a path: the on-disk index that makes it drop near-duplicates,
    kept from crawl to crawl; without it nothing is dropped), `ARCLEAN_THRESHOLD` (default 0.7).

    The stats say what was done: `arclean/cleaned`, `arclean/characters_removed`, `arclean/removed/<rule>`,
    `arclean/duplicates`, `arclean/without_text`.

    ITEM_PIPELINES = {"arclean.integrations.scrapy.ArcleanPipeline": 300}
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        self.field: str = settings.get("ARCLEAN_FIELD", "text")
        self.id_field: str = settings.get("ARCLEAN_ID_FIELD", "url")
        self.cleaner = _preset(settings.get("ARCLEAN_PIPELINE", "WEB"))
        self.path: str | None = settings.get("ARCLEAN_INDEX")
        self.threshold: float = settings.getfloat("ARCLEAN_THRESHOLD", 0.7)
        self.stats = crawler.stats
        self.index: arclean.DuplicateIndex | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build the pipeline from a crawler's settings."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the index, where one is named."""
        if self.path:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self.index = arclean.DuplicateIndex(self.path, threshold=self.threshold)

    def close_spider(self) -> None:
        """Close the index; what it holds serves the next crawl."""
        if self.index is not None:
            self.index.close()

    def process_item(self, item: Any) -> Any:  # noqa: ANN401 (Scrapy items are of any kind)
        """Clean the item's text and drop the item where it is a copy.

        Raises DropItem for a near-duplicate, naming what it is a copy of and how close.
        """
        adapter = ItemAdapter(item)
        text = adapter.get(self.field)
        if not isinstance(text, str):
            self._count("without_text")
            return item
        cleaned = self.cleaner.explain(text)
        adapter[self.field] = cleaned.text
        self._count("cleaned")
        self._count("characters_removed", len(text) - len(cleaned.text))
        for removal in cleaned.removals:
            self._count(f"removed/{removal.rule}")
        if self.index is not None:
            self._refuse_copies(str(adapter.get(self.id_field) or cleaned.text[:80]), cleaned.text, self.index)
        return item

    def _refuse_copies(self, key: str, text: str, index: "arclean.DuplicateIndex") -> None:
        found = [m for m in index.query(text) if key not in (m.a, m.b)]
        if found:
            best = max(found, key=lambda m: m.jaccard)
            self._count("duplicates")
            other = best.b if best.b != "query" else best.a
            raise DropItem(f"near-duplicate of {other}: {best.jaccard:.0%} of the word 5-shingles are shared")
        index.add([(key, text)])

    def _count(self, name: str, by: int = 1) -> None:
        if self.stats is not None:
            self.stats.inc_value(f"arclean/{name}", by)


def _preset(name: str) -> Cleaner:
    found = getattr(arclean, name, None)
    if not isinstance(found, Cleaner):
        raise NotConfigured(f"ARCLEAN_PIPELINE={name!r} is no cleaner of arclean: use WEB, REPAIR, FOLD or SEARCH")
    return found
