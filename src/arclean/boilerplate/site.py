"""What a corpus teaches about a site, learnt once and then frozen: the cleaner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from arclean.boilerplate.learn import learnt_patterns
from arclean.boilerplate.matching import Table
from arclean.boilerplate.pages import Pages
from arclean.boilerplate.profile import Pattern, from_json, from_value, to_json, to_value
from arclean.edits import Edit
from arclean.errors import InputError, OutputError, require_text
from arclean.rules import Rule

BUDGET = 0.25
"""The share of a page's letters that patterns may take which are not certain; past it they take nothing."""


class Withheld(NamedTuple):
    """What a profile would have removed from a text and did not, because it was too much."""

    letters: int
    of: int
    """letters of the text, without what is certainly boilerplate"""
    reasons: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class SiteBoilerplate(Rule):
    r"""Remove the lines and parts of lines that a site puts on its pages, as learnt from the pages of that site.

    Parameters: `site` is its name; `pages` how many pages it was learnt from; `patterns` what was learnt, each with the
    evidence for it. `SiteBoilerplate.learn` and `SiteBoilerplate.load` make one.

    >>> pages = [f"تقرير رقم {n} عن حال المرفأ والصيادين.\nتابعوا أخبار الميناء على هواتفكم" for n in "أبجدهوز"]
    >>> site = SiteBoilerplate.learn(pages, site="almina.example")
    >>> site("عاد الصيادون إلى المرفأ.\nتابعوا أخبار الميناء على هواتفكم")
    'عاد الصيادون إلى المرفأ.'
    >>> site
    <site_boilerplate of almina.example: 1 pattern from 7 pages>
    """

    name: ClassVar[str] = "site_boilerplate"
    site: str | None = None
    pages: int = 0
    patterns: tuple[Pattern, ...] = ()

    @classmethod
    def learn(cls, texts: Iterable[str], *, site: str | None = None) -> Self:
        """Learn from the texts of one site's pages, five or more; their order does not matter, and each is read once.

        Fewer pages teach only what speaks to the reader; more teach what is rarer, as columns' own furniture.

        Raises TypeError for a text that is no str, and for one str in place of many.
        """
        if isinstance(texts, str):
            raise TypeError("SiteBoilerplate.learn takes many texts, not one str: pass a list of the site's pages")
        pages = Pages()
        for text in texts:
            pages.add(text)
        return cls(site, pages.total, learnt_patterns(pages))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a profile that `save` wrote, pruned or not.

        Raises InputError, which names the file and what is wrong, for one that cannot be read or is no profile.
        """
        try:
            return cls(*from_json(Path(path).read_text("utf-8")))
        except OSError as error:
            raise InputError(f"cannot read the site profile {path}: {error.strerror or error}") from error
        except ValueError as error:  # UnicodeDecodeError too
            raise InputError(f"cannot use {path} as a site profile: {error}") from error

    def save(self, path: str | PathLike[str]) -> None:
        """Write the profile as JSON, a pattern a line, for a person to read, prune and commit.

        Raises OutputError where the file cannot be written.
        """
        try:
            part = Path(path).with_name(f".{Path(path).name}.part")
            part.write_text(to_json(self.site, self.pages, self.patterns), "utf-8")
            part.replace(path)  # whole, or not there at all
        except OSError as error:
            raise OutputError(f"cannot write the site profile {path}: {error.strerror or error}") from error

    def settings(self) -> dict[str, Any]:
        """Give the profile as JSON values."""
        return to_value(self.site, self.pages, self.patterns)

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> Self:
        """Build the cleaner from what `settings` gave.

        Raises ValueError for what is no profile.
        """
        return cls(*from_value(settings))

    def find(self, text: str) -> Iterator[Edit]:
        """Yield the edits that take out what the profile knows, within the budget."""
        if (page := self._table.page(text)) is not None:
            over = page.doubtful > BUDGET * page.doubted
            yield from page.edits(lambda hit: hit.pattern.certain or not over)

    def withheld(self, text: str) -> Withheld | None:
        """Say what is left in `text` because it was more than a quarter of it; None where nothing is.

        What is proven to be on a quarter of all pages goes without regard to the budget: a short text under a long menu
        would keep the menu otherwise. The rest rests on fewer pages; where it takes a quarter of what remains, it is
        likelier that the page is of another kind than that it is so full of boilerplate.

        Raises TypeError for anything but a str.
        """
        require_text(text, self.name)
        page = self._table.page(text)
        if page is None or page.doubtful <= BUDGET * page.doubted:
            return None
        reasons = tuple(hit.pattern.reason for _, hit in sorted(page.hits.items()) if not hit.pattern.certain)
        return Withheld(page.doubtful, page.doubted, reasons)

    def __repr__(self) -> str:
        of = f" of {self.site}" if self.site else ""
        many = "" if len(self.patterns) == 1 else "s"
        return f"<{self.name}{of}: {len(self.patterns)} pattern{many} from {self.pages} pages>"

    def __str__(self) -> str:
        """Show a pattern a line, with its evidence."""
        return "\n".join((repr(self), *(f"  {p.example}\n    {p.reason}" for p in self.patterns)))

    @cached_property
    def _table(self) -> Table:
        return Table(self.patterns)

    def __getstate__(self) -> dict[str, Any]:
        return {"site": self.site, "pages": self.pages, "patterns": self.patterns}
