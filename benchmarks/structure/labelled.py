"""The labelled pages: one file a site, one line of a page a row, nothing but a reader for them here."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PAGES = Path(__file__).parent / "pages"

VERDICTS = ("must_drop", "must_keep", "either")

# What a line is, and what a reader of the family is told. The families of page chrome come first.
CHROME = {
    "widget": "comment prompts, counters, policies, rating and forum controls",
    "share": "share bars and links",
    "follow": "follow-us lines and rows of networks",
    "newsletter": "newsletter and subscription prompts",
    "app": "app promotion",
    "contact": "telephone, address and e-mail of the site",
    "skip-link": "skip links and screen-reader controls",
    "breakpoint": "marks around an insertion inside the story",
    "related": "related links, read-also, next and previous",
    "tags": "tags and key words",
    "print": "print, e-mail and download tools",
    "cookie": "cookie notices",
    "poll": "polls",
    "most-read": "most-read and latest-news heads",
    "breadcrumb": "breadcrumbs",
    "image-label": "labels and credits of images, standing alone",
    "update": "update times",
    "copyright": "copyright lines",
}
CAPTIONS = {
    "caption-repeat": "a caption again, exactly or nearly: one of the copies must go, and one must stay",
    "caption-doubled": "a caption twice in one line: one half must stay",
}
LEARNT = {
    "template": "a site's own slogans and notes, which only its other pages give away",
    "glued": "story behind a site's own prefix: the story must stay, the prefix must go",
}
STORY = {
    "title": "the title",
    "body": "the story",
    "subheading": "a subheading inside the story",
    "quote": "verse, chant, quotation, code",
    "list": "items of a list that is the story",
    "table": "rows of a table that is the story",
    "caption": "a caption, the first time",
    "formula": "greetings and religious formulas",
    "byline": "who wrote it",
    "dateline": "when and where",
    "section-label": "the section's name",
}
FAMILIES = CHROME | CAPTIONS | LEARNT | STORY

_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


class Line(NamedTuple):
    """A line of a page with its label."""

    verdict: str
    family: str
    text: str
    rest: str = ""
    """What must be left of a line of which only a part is story."""


class Page(NamedTuple):
    """A page: its lines, None where a blank one stands."""

    site: str
    number: int
    rows: tuple[Line | None, ...]

    @property
    def lines(self) -> list[Line]:
        """The lines that are not blank."""
        return [row for row in self.rows if row]

    @property
    def text(self) -> str:
        """The page as a scraper would have brought it."""
        return "\n".join(row.text if row else "" for row in self.rows)


class Site(NamedTuple):
    """A site: an invented one, with pages enough to learn from."""

    key: str
    kind: str
    region: str
    split: str
    pages: tuple[Page, ...]


def read_sites(folder: Path = PAGES, only: Iterable[str] = ()) -> list[Site]:
    """Read the sites of a folder, in the order of their names.

    Parameters: `only` names the sites to read, none of them means all.
    Raises ValueError for a row that is not in the format, with its file and line.
    """
    wanted = set(only)
    files = {path.stem: path for path in sorted(folder.glob("*.tsv"))}
    if unknown := wanted - set(files):
        raise ValueError(f"no such site: {', '.join(sorted(unknown))}; there are {', '.join(files)}")
    return [_site(path) for name, path in files.items() if not wanted or name in wanted]


def digest(folder: Path = PAGES) -> str:
    """Give the SHA-256 of all pages, the same wherever they were checked out."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return whole.hexdigest()


def _site(path: Path) -> Site:
    about: dict[str, str] = {}
    pages: list[list[Line | None]] = []
    for number, row in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        where = f"{path.name}:{number}"
        if row.startswith("#page\t"):
            pages.append([])
            if row != f"#page\t{len(pages)}":
                raise ValueError(f"{where}: pages are numbered from 1, this one is {len(pages)}")
        elif row.startswith("#"):
            name, _, value = row[1:].partition("\t")
            about[name] = value
        elif not row:
            if pages:
                pages[-1].append(None)
        else:
            pages[-1].append(_line(row, where))
    if path.stem != about.get("site") or {"kind", "region", "split"} - set(about):
        raise ValueError(f"{path.name}: the head must have #site (the file's name), #kind, #region and #split")
    numbered = enumerate(map(_stripped, pages), 1)
    made = tuple(Page(path.stem, number, rows) for number, rows in numbered)
    return Site(path.stem, about["kind"], about["region"], about["split"], made)


def _line(row: str, where: str) -> Line:
    verdict, _, labelled = row.partition("\t")
    family, *texts = labelled.split("\t")
    if verdict not in VERDICTS or family not in FAMILIES or len(texts) not in (1, 2) or not all(texts):
        raise ValueError(f"{where}: not `verdict, family, text[, rest]` with a known verdict and family: {row[:60]!r}")
    return Line(verdict, family, *(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) for text in texts))


def _stripped(rows: list[Line | None]) -> tuple[Line | None, ...]:
    """Take the blank rows off the end: they part the pages in the file and belong to none."""
    while rows and rows[-1] is None:
        rows = rows[:-1]
    return tuple(rows)
