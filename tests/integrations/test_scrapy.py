"""The Scrapy pipeline in real crawls of a local server, each in a process of its own, as Scrapy's reactor asks for."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import arclean

pytest.importorskip("scrapy", reason="scrapy is not installed: pip install 'arclean[scrapy]'")

CRAWL = """
import json, sys
from scrapy import Spider
from scrapy.crawler import CrawlerProcess

class Pages(Spider):
    name = "pages"

    def parse(self, response):
        text = response.css("article::text").get()
        yield {"url": response.url, "text": [text] if "list" in response.url else text}

def crawl(start, settings):
    spiders = settings.pop("SPIDERS", 1)
    process = CrawlerProcess({
        "ITEM_PIPELINES": {"arclean.integrations.scrapy.ArcleanPipeline": 300},
        "CONCURRENT_REQUESTS": 1, "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "CLOSESPIDER_TIMEOUT": 20,
        "FEEDS": {settings.pop("OUT"): {"format": "jsonlines", "encoding": "utf8"}}, **settings,
    })
    crawlers = [process.create_crawler(Pages) for _ in range(spiders)]
    for crawler in crawlers:
        process.crawl(crawler, start_urls=start)
    process.start()
    stats = [crawler.stats.get_stats() for crawler in crawlers]
    print(json.dumps([{k: v for k, v in s.items() if isinstance(v, int | str)} for s in stats]))

crawl(*json.loads(sys.stdin.read()))
"""

PORT = (
    "افتتح الوزير صباح اليوم الميناء الجديد في مدينة العقبة بحضور عدد كبير من الصيادين وأصحاب المراكب "
    "وقال إن المشروع سيوفر فرص عمل لأبناء المنطقة خلال العام المقبل"
)
SPELT = PORT.replace("الوزير", "الوَزيـــر").replace("أ", "ا")
LONGER = PORT + " وأضاف أن العمل بدأ"
OTHER = "تعادل المنتخبان مساء أمس في مباراة ودية أقيمت على ملعب العاصمة وسط حضور جماهيري كبير رغم المطر والبرد الشديدين"
CHANGED = "ألغيت المباراة الودية بسبب الأحوال الجوية وستعاد الأسبوع المقبل في المدينة الرياضية بحسب بيان الاتحاد"
FURNITURE = "\nأضف تعليقك"


class Site:
    """A server on this machine that answers with the pages it is given."""

    def __init__(self):
        self.pages = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                if body is not None:
                    self.wfile.write(f"<html><body><article>{body}</article></body></html>".encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


class Crawl:
    def __init__(self, tmp_path, site, pages, **settings):
        site.pages.update(pages)
        out = tmp_path / "items.jsonl"
        out.unlink(missing_ok=True)
        asked = json.dumps([[site.url(path) for path in pages], {"OUT": str(out), **settings}])
        done = subprocess.run(
            [sys.executable, "-c", CRAWL], input=asked, capture_output=True, text=True, timeout=50, check=False
        )
        self.log = done.stderr
        assert done.returncode == 0, self.log
        self.all_stats = json.loads(done.stdout)
        self.stats = {k.removeprefix("arclean/"): v for k, v in self.all_stats[0].items() if k.startswith("arclean/")}
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        self.items = {item["url"].split("/", 3)[3]: item for item in map(json.loads, lines)}


def test_a_crawl_cleans_drops_copies_and_says_why(tmp_path, site):
    index = tmp_path / "kept" / "news.index"
    settings = {"ARCLEAN_INDEX": str(index), "ARCLEAN_REMOVALS_FIELD": "removals"}
    pages = {
        "/port": PORT + FURNITURE,
        "/spelt": SPELT,
        "/longer": LONGER,
        "/match": OTHER,
        "/empty": "أضف تعليقك",
    }
    first = Crawl(tmp_path, site, pages, **settings)

    assert set(first.items) == {"port", "match", "empty"}
    assert first.items["port"]["text"] == PORT
    assert [r["old"] for r in first.items["port"]["removals"]] == [FURNITURE]
    assert first.items["port"]["removals"][0]["rule"] == "drop_comment_widgets"
    assert first.items["match"]["removals"] == []
    assert first.stats == {
        "cleaned": 5,
        "characters_removed": len(FURNITURE) + len(FURNITURE[1:]) + SPELT.count("ـ"),
        "removed/drop_comment_widgets": 2,
        "removed/strip_tatweel": 1,
        "emptied": 1,
        "indexed": 2,
        "dropped/same_words": 1,
        "dropped/near_duplicate": 1,
    }
    assert first.all_stats[0]["item_dropped_reasons_count/DropItem"] == 2
    assert f"near-duplicate of {site.url('/port')}: 100% alike, 100% of this is in it" in first.log
    with arclean.DuplicateIndex(index) as kept:
        assert len(kept) == 2

    # A second crawl over the same index: copies at other addresses go, pages seen before are updates of themselves.
    pages = {"/mirror": SPELT, "/port": PORT, "/match": CHANGED, "/match-again": CHANGED}
    second = Crawl(tmp_path, site, pages, **settings)
    assert set(second.items) == {"port", "match"}
    assert second.items["match"]["text"] == CHANGED
    assert {k: v for k, v in second.stats.items() if k in ("indexed", "updated", "dropped/same_words")} == {
        "updated": 2,
        "dropped/same_words": 2,
    }
    with arclean.DuplicateIndex(index) as kept:
        assert len(kept) == 2
        assert [m.b for m in kept.query(CHANGED)] == [site.url("/match")]
        assert kept.query(OTHER) == []


def test_without_an_index_nothing_is_dropped_and_a_list_in_place_of_text_is_refused(tmp_path, site):
    crawl = Crawl(tmp_path, site, {"/a": SPELT, "/b": SPELT, "/list": PORT}, ARCLEAN_CLEANER="FOLD")
    assert {path: item["text"] for path, item in crawl.items.items()} == dict.fromkeys("ab", arclean.FOLD(SPELT))
    assert crawl.stats["cleaned"] == 2
    assert "indexed" not in crawl.stats
    assert "TypeError: the field 'text' holds list, not str: of an ItemLoader's list make one text" in crawl.log


def test_a_wrong_cleaner_stops_the_crawl_before_it_starts(tmp_path, site):
    crawl = Crawl(tmp_path, site, {"/a": PORT}, ARCLEAN_CLEANER="WBE")
    assert crawl.items == {}
    assert "ValueError: ARCLEAN_CLEANER='WBE' is no cleaner: use REPAIR, WEB, FOLD, SEARCH" in crawl.log


def test_of_two_crawls_that_want_an_index_one_stops_before_it_starts(tmp_path, site):
    crawl = Crawl(tmp_path, site, {"/a": PORT}, ARCLEAN_INDEX=str(tmp_path / "news.index"), SPIDERS=2)
    assert "IndexBusyError: " in crawl.log
    assert "is open for writing in another process" in crawl.log
    assert sorted(stats.get("downloader/request_count", 0) for stats in crawl.all_stats) == [0, 1]
    assert [stats.get("arclean/indexed") for stats in crawl.all_stats] == [1, None]


def test_a_cleaner_may_be_named_by_its_import_path():
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    crawler = get_crawler(settings_dict={"ARCLEAN_CLEANER": "arclean.folding.strip_diacritics"})
    assert ArcleanPipeline.from_crawler(crawler).process_item({"text": "خَبَر"}) == {"text": "خبر"}


def test_any_kind_of_item_and_missing_fields():
    from dataclasses import dataclass

    from scrapy import Field, Item
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    class Page(Item):
        text = Field()

    @dataclass
    class Record:
        body: str | None

    crawler = get_crawler(settings_dict={"ARCLEAN_CLEANER": arclean.strip_tatweel})
    pipeline = ArcleanPipeline.from_crawler(crawler)
    assert pipeline.process_item(Page(text="خبـــر"))["text"] == "خبر"
    assert pipeline.process_item(Page()) == Page()
    assert pipeline.process_item({"text": None}) == {"text": None}
    pipeline.field = "body"
    assert pipeline.process_item(Record("خبـــر")) == Record("خبر")
    with pytest.raises(TypeError, match=r"holds bytes, not str: .*arclean\.decode"):
        pipeline.process_item({"body": "خبر".encode()})


def test_items_without_an_id_are_known_by_their_text(tmp_path):
    from scrapy.exceptions import DropItem
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    pipeline = ArcleanPipeline.from_crawler(get_crawler(settings_dict={"ARCLEAN_INDEX": str(tmp_path / "x.index")}))
    pipeline.open_spider()
    assert pipeline.process_item({"text": PORT}) == {"text": PORT}
    assert pipeline.process_item({"text": "!!"}) == {"text": "!!"}  # no words: nothing to compare
    assert pipeline.process_item({"text": "!!"}) == {"text": "!!"}
    with pytest.raises(DropItem, match="near-duplicate of text:"):
        pipeline.process_item({"text": LONGER})
    pipeline.close_spider()


def test_what_did_not_change_may_be_dropped(tmp_path):
    from scrapy.exceptions import DropItem
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    settings = {"ARCLEAN_INDEX": str(tmp_path / "x.index"), "ARCLEAN_DROP_UNCHANGED": True}
    crawler = get_crawler(settings_dict=settings)
    pipeline = ArcleanPipeline.from_crawler(crawler)
    pipeline.open_spider()
    pipeline.process_item({"url": "a", "text": PORT})
    with pytest.raises(DropItem, match="unchanged: the index has a with the same words"):
        pipeline.process_item({"url": "a", "text": SPELT})
    assert pipeline.process_item({"url": "a", "text": LONGER})["text"] == LONGER
    with pytest.raises(DropItem, match="unchanged"):
        pipeline.process_item({"url": "a", "text": LONGER})
    assert crawler.stats.get_value("arclean/dropped/unchanged") == 2
    assert len(pipeline.index) == 1
    pipeline.close_spider()


def test_an_index_keeps_its_threshold(tmp_path):
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    path = str(tmp_path / "x.index")
    with arclean.DuplicateIndex(path, threshold=0.5) as index:
        index.add([("a", PORT)])
    pipeline = ArcleanPipeline.from_crawler(get_crawler(settings_dict={"ARCLEAN_INDEX": path}))
    pipeline.open_spider()
    pipeline.close_spider()
    asked = get_crawler(settings_dict={"ARCLEAN_INDEX": path, "ARCLEAN_THRESHOLD": "0.8"})
    with pytest.raises(ValueError, match=r"is for threshold 0\.5, not 0\.8"):
        ArcleanPipeline.from_crawler(asked).open_spider()


def test_an_index_that_has_copies_already_keeps_their_updates(tmp_path):
    from scrapy.utils.test import get_crawler

    from arclean.integrations.scrapy import ArcleanPipeline

    path = tmp_path / "x.index"
    with arclean.DuplicateIndex(path) as index:
        index.add([("a", PORT), ("b", PORT)])
    pipeline = ArcleanPipeline.from_crawler(get_crawler(settings_dict={"ARCLEAN_INDEX": str(path)}))
    pipeline.open_spider()
    for key in "ab":  # neither may go for the other: then the text would be in neither place
        assert pipeline.process_item({"url": key, "text": PORT})["url"] == key
    pipeline.close_spider()
