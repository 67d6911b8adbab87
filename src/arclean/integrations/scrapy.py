"""A Scrapy item pipeline that cleans items as they are scraped and drops near-duplicates of what was scraped before."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem
from scrapy.utils.misc import load_object

from arclean.dedup import DuplicateIndex
from arclean.presets import PIPELINES
from arclean.rules import Cleaner

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ArcleanPipeline:
    """Clean a field of every item; with an index, drop items that are near-duplicates of what it holds.

    Settings, all of them optional:

    * `ARCLEAN_FIELD`, the field that holds the text: "text".
    * `ARCLEAN_CLEANER`: "WEB"; the name of another preset, the import path of a cleaner, or a cleaner.
    * `ARCLEAN_REMOVALS_FIELD`: a field that gets the removals as a list of dicts, so that they can be undone.
    * `ARCLEAN_INDEX`: the path of a `DuplicateIndex`, kept from crawl to crawl. Without it nothing is dropped.
    * `ARCLEAN_THRESHOLD`: from which similarity on two texts are copies; 0.7 for a new index.
    * `ARCLEAN_ID_FIELD`, the field that identifies a document, one to each: "url". An item whose id the index has is an
      update of that document, no copy of it.
    * `ARCLEAN_DROP_UNCHANGED`: drop updates that have the words that the index has already; False.

    The stats say what was done: `arclean/cleaned`, `arclean/characters_removed`, `arclean/removed/<rule>`,
    `arclean/without_text`, `arclean/emptied`, `arclean/indexed`, `arclean/updated`, and why items were dropped:
    `arclean/dropped/same_words`, `arclean/dropped/near_duplicate`, `arclean/dropped/unchanged`.
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        self.field: str = settings.get("ARCLEAN_FIELD", "text")
        self.id_field: str = settings.get("ARCLEAN_ID_FIELD", "url")
        self.removals_field: str | None = settings.get("ARCLEAN_REMOVALS_FIELD")
        self.drop_unchanged: bool = settings.getbool("ARCLEAN_DROP_UNCHANGED")
        self.cleaner = _cleaner(settings.get("ARCLEAN_CLEANER", "WEB"))
        self.path: str | None = settings.get("ARCLEAN_INDEX")
        # An index knows its threshold: only one that is asked for may contradict it.
        threshold = settings.get("ARCLEAN_THRESHOLD")
        self.threshold = None if threshold is None else float(threshold)
        self.stats = crawler.stats
        self.index: DuplicateIndex | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build the pipeline from a crawler's settings.

        Raises ValueError for an `ARCLEAN_CLEANER` that is no cleaner. `NotConfigured` would be the Scrapy way, but
        Scrapy then goes on without the pipeline, and a spelling mistake would store uncleaned pages for days.
        """
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the index, where one is named, for writing.

        Raises IndexBusyError where another crawl writes it, before the first page is asked for rather than at every
        item.
        """
        if self.path:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self.index = DuplicateIndex(self.path, threshold=self.threshold)
            self.index.add([])

    def close_spider(self) -> None:
        """Close the index; what it holds serves the next crawl."""
        if self.index is not None:
            self.index.close()

    def process_item(self, item: Any) -> Any:  # noqa: ANN401 (Scrapy items are of any kind)
        """Clean the item's text, and drop the item where that is a copy.

        Raises DropItem for a near-duplicate, naming what it is a copy of and how close; TypeError where the field holds
        anything but text.
        """
        adapter = ItemAdapter(item)
        text = adapter.get(self.field)
        if text is None:
            self._count("without_text")
            return item
        if not isinstance(text, str):
            raise TypeError(
                f"the field {self.field!r} holds {type(text).__name__}, not str: of an ItemLoader's list make one text "
                f"with {self.field}_out = Join(), of bytes with arclean.decode, or name another field in ARCLEAN_FIELD"
            )
        cleaned = self.cleaner.explain(text)
        adapter[self.field] = cleaned.text
        if self.removals_field:
            adapter[self.removals_field] = [removal._asdict() for removal in cleaned.removals]
        self._count("cleaned")
        self._count("characters_removed", len(text) - len(cleaned.text))
        for removal in cleaned.removals:
            self._count(f"removed/{removal.rule}")
        if not cleaned.text.strip():
            self._count("emptied")
        elif self.index is not None:
            self._index(str(adapter.get(self.id_field) or _digest(cleaned.text)), cleaned.text, self.index)
        return item

    def _index(self, key: str, text: str, index: DuplicateIndex) -> None:
        """Store a document under its id, or refuse it as another one's copy."""
        found = index.query(text)
        same = any(match.b == key and match.jaccard == 1 for match in found)
        copies = [match for match in found if match.b != key]
        if same and self.drop_unchanged:
            self._count("dropped/unchanged")
            raise DropItem(f"unchanged: the index has {key} with the same words")
        if same:
            self._count("updated")
        elif copies:
            best = copies[0]
            self._count(f"dropped/{'same_words' if best.jaccard == 1 else 'near_duplicate'}")
            raise DropItem(f"near-duplicate of {best.b}: {best.jaccard:.0%} alike, {best.a_in_b:.0%} of this is in it")
        else:
            self._store(key, text, index)

    def _store(self, key: str, text: str, index: DuplicateIndex) -> None:
        try:
            index.add([(key, text)])
        except ValueError:  # the id is there with another text: asking first would cost every new document a look-up
            index.remove([key])
            index.add([(key, text)])
            self._count("updated")
        else:
            self._count("indexed")

    def _count(self, name: str, by: int = 1) -> None:
        if self.stats is not None:
            self.stats.inc_value(f"arclean/{name}", by)


def _cleaner(value: "str | Cleaner") -> Cleaner:
    presets = {pipeline.name: pipeline for pipeline in PIPELINES}
    found = presets.get(value) if isinstance(value, str) else value
    if found is None and isinstance(value, str) and "." in value:
        found = load_object(value)
    if not isinstance(found, Cleaner):
        raise ValueError(  # noqa: TRY004 (a fault of the setting)
            f"ARCLEAN_CLEANER={value!r} is no cleaner: use {', '.join(presets)}, or the import path of your own"
        )
    return found


def _digest(text: str) -> str:
    """Give an item without an id one of its text."""
    return "text:" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
