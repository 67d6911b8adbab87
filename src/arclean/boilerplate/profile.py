"""A learnt profile as a value and as a file: JSON that a person can read, prune and commit."""

import json
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Literal, get_args

from arclean.boilerplate.evidence import EDGE, lower_bound

VERSION = 1
CERTAIN = 0.25

Match = Literal["line", "opening", "prefix", "tail"]
Place = Literal["first", "last", "block", "anywhere"]


@dataclass(frozen=True, order=True)
class Pattern:
    """A line, or a part of one, that the site puts on its pages.

    `match` says what the words are: a whole "line"; the "opening" of a line that goes whole; a "prefix" or a "tail"
    that is cut off a line of the story, a tail with all after it. `place` says where it must stand: among the
    "first" or "last" three lines that are left, in a "block" with one of the lines `beside` it, or "anywhere".
    """

    match: Match
    words: str
    place: Place
    pages: int
    of: int
    first: int
    last: int
    longest: int
    """for an opening or a tail: the most words that were seen after it; for a prefix that ends with a dash or a colon:
    the most words of the name after it, which `*` in the words stands for"""
    example: str
    why: str
    beside: tuple[str, ...] = ()
    """in a block: the lines that oftenest stand before and after it, one of which must"""

    @cached_property
    def certain(self) -> bool:
        """Whether a quarter of the site's pages are proven to have it: no line of a story is on so many."""
        return lower_bound(self.pages, self.of) >= CERTAIN

    @cached_property
    def reason(self) -> str:
        """Say on what evidence it goes."""
        where = "anywhere on the page"
        for side, times in (("last", self.last), ("first", self.first)):
            if self.place == side or times == self.pages:
                where = f"{side} {EDGE} lines"
                break
        if self.place == "block" and self.beside:
            where = f'beside "{self.beside[0]}"'
        what = {"line": "", "prefix": f'"{self.words}", '}.get(self.match, f'"{self.words}" and the rest, ')
        return f"{what}on {self.pages} of {self.of} pages, {where}: {self.why}"


_KINDS: dict[str, tuple[str, ...]] = {"match": get_args(Match), "place": get_args(Place)}


def to_json(site: str | None, pages: int, patterns: tuple[Pattern, ...]) -> str:
    """Write a profile, a pattern a line of the file."""
    head = _readable({"arclean_site_profile": VERSION, "site": site, "pages": pages}, indent=1)
    rows = ",\n".join("  " + _readable(row) for row in to_value(site, pages, patterns)["patterns"])
    body = f"[\n{rows}\n ]" if rows else "[]"
    return head.removesuffix("\n}") + f',\n "patterns": {body}\n}}\n'


def _readable(value: dict[str, Any], indent: int | None = None) -> str:
    """Write Arabic as Arabic; with a lone surrogate in it, which no file can hold, as escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    lone = any("\ud800" <= c <= "\udfff" for c in written)
    return json.dumps(value, indent=indent) if lone else written


def to_value(site: str | None, pages: int, patterns: tuple[Pattern, ...]) -> dict[str, Any]:
    """Give a profile as a JSON value."""
    return {"site": site, "pages": pages, "patterns": [asdict(p) for p in patterns]}


def from_json(text: str) -> tuple[str | None, int, tuple[Pattern, ...]]:
    """Read a profile.

    Raises ValueError that says what is wrong, and with which pattern.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error}") from error
    except RecursionError as error:
        raise ValueError("it is not a profile: it is nested too deeply") from error
    if not isinstance(value, dict) or "arclean_site_profile" not in value:
        raise ValueError('it is not a site profile: there is no "arclean_site_profile" in it')
    if (version := value["arclean_site_profile"]) != VERSION:
        raise ValueError(f"it has version {version!r}, and this arclean reads version {VERSION}: learn the site again")
    return from_value(value)


def from_value(value: dict[str, Any]) -> tuple[str | None, int, tuple[Pattern, ...]]:
    """Read a profile from its JSON value.

    Raises ValueError that says what is wrong, and with which pattern.
    """
    site, pages, rows = value.get("site"), value.get("pages"), value.get("patterns")
    if not (site is None or isinstance(site, str)):
        raise ValueError(f'"site" is {site!r}; it is a name or null')
    if not _count(pages):
        raise ValueError(f'"pages" is {pages!r}; it is the number of pages learnt from')
    if not isinstance(rows, list):
        msg = f'"patterns" is {type(rows).__name__}; it is a list'
        raise ValueError(msg)  # noqa: TRY004 (a fault of the file)
    return site, int(pages or 0), ordered(_pattern(i, row) for i, row in enumerate(rows, 1))


def ordered(patterns: Any) -> tuple[Pattern, ...]:  # noqa: ANN401 (any iterable of patterns)
    """Put patterns in the order of a profile: those on most pages first, and each words only once."""
    found = {(p.match, p.words): p for p in sorted(patterns, reverse=True)}
    return tuple(sorted(found.values(), key=lambda p: (-p.pages, p.match, p.words)))


def _pattern(number: int, row: object) -> Pattern:
    if not isinstance(row, dict):
        msg = f"pattern {number} is {row!r}; it is an object with {_names()}"
        raise ValueError(msg)  # noqa: TRY004 (a fault of the file)
    for field in fields(Pattern):
        value = row.get(field.name)
        good = _count(value) if field.type is int else isinstance(value, str)
        if field.name == "beside":
            good = isinstance(value, list) and all(isinstance(v, str) for v in value)
        if not good or (field.name in _KINDS and value not in _KINDS[field.name]):
            allowed = (
                " or ".join(map(repr, _KINDS[field.name]))
                if field.name in _KINDS
                else getattr(field.type, "__name__", "")
            )
            raise ValueError(f'pattern {number} ({row.get("words")!r}): "{field.name}" is {value!r}; it is {allowed}')
    if unknown := set(row) - {f.name for f in fields(Pattern)}:
        raise ValueError(f"pattern {number} ({row['words']!r}) has {min(unknown)!r}; a pattern has {_names()}")
    if not row["words"].split():
        raise ValueError(f"pattern {number} has no words: it would match every line")
    return Pattern(**row | {"beside": tuple(row["beside"])})


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _names() -> str:
    return ", ".join(f.name for f in fields(Pattern))
