"""What a report shows of a corpus, collected while the run writes: a sample of documents, and figures of each site."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from arclean.boilerplate import SiteBoilerplate
from arclean.boilerplate.site import Withheld
from arclean.dedup import Cluster, Duplicates
from arclean.documents import Document, Rejected
from arclean.edits import Cleaned, Removal
from arclean.report.lines import Excerpt, excerpt
from arclean.report.sample import Quota, Sample
from arclean.report.sides import chosen

# A report is read by a person: 100 documents of 3,000 characters, with all that is around them, are a page of 1 MB,
# which a browser opens at once. Each rule and each site is there, if it did anything.
OF_ALL = Quota(60, 1)
OF_RULES = Quota(4, 30)
OF_SITES = Quota(3, 30)
# A crawl that took each host for a site has as many sites as pages: past these, the rest count as one.
MOST_SITES = 20_000
LONGEST_ID = 300


class RuleRow(NamedTuple):
    """What a rule did in a run."""

    rule: str
    times: int
    size: int
    first: Removal


class Figures(NamedTuple):
    """What is counted of a document."""

    id: str
    site: str
    read: int
    """characters of the original"""
    cleaned: int
    """characters that are left"""
    rules: dict[str, list[int]]
    """by the rule that a removal names: how many removals, and of how many characters"""

    @classmethod
    def of(cls, document: Document, cleaned: Cleaned) -> "Figures":
        """Count what became of a document."""
        rules: dict[str, list[int]] = {}
        for r in cleaned.removals:
            row = rules.setdefault(r.rule, [0, 0])
            row[0] += 1
            row[1] += len(r.old)
        return cls(document.id, document.site or "", len(cleaned.original), len(cleaned.text), rules)


@dataclass
class SiteRow:
    """The figures of a site."""

    site: str
    documents: int = 0
    changed: int = 0
    read: int = 0
    cleaned: int = 0
    copies: int = 0
    kept: int = 0
    """characters of the documents that stay"""

    def add(self, figures: Figures, *, kept: bool) -> None:
        """Count a document."""
        self.documents += 1
        self.changed += bool(figures.rules)
        self.read += figures.read
        self.cleaned += figures.cleaned
        self.copies += not kept
        self.kept += figures.cleaned * kept


class ShownDocument(NamedTuple):
    """A document of the sample; no more of its text is held than the page will show."""

    id: str
    site: str
    removals: int
    lost: float
    """the share of its characters that went"""
    rules: tuple[str, ...]
    excerpt: Excerpt
    withheld: Withheld | None
    copy: bool


@dataclass
class Shown:
    """What a report shows; memory is bounded by what a page can hold, whatever the size of the corpus."""

    found: Duplicates
    rejected: Sequence[Rejected]
    profiles: Mapping[str, SiteBoilerplate]
    clusters: Sequence[Cluster]
    """those that are shown"""
    gone: frozenset[str]
    facing: frozenset[str]
    """the documents of these clusters"""
    sites_of: dict[str, str] = field(default_factory=dict)
    """their sites"""
    sites: dict[str, SiteRow] = field(default_factory=dict)
    documents: Sample[ShownDocument] = field(
        default_factory=lambda: Sample({"all": OF_ALL, "rule": OF_RULES, "site": OF_SITES})
    )
    changed: int = 0
    read: int = 0

    @classmethod
    def of(
        cls, found: Duplicates, rejected: Sequence[Rejected], profiles: Mapping[str, SiteBoilerplate] | None = None
    ) -> "Shown":
        """Start with what is known before the first document; `take` collects the rest."""
        clusters = chosen(found.clusters)
        facing = frozenset(key for c in clusters for key in (c.kept, *c.dropped))
        return cls(found, rejected, profiles or {}, clusters, frozenset(found.dropped), facing)

    def take(self, figures: Figures, cleaned: Callable[[], Cleaned]) -> None:
        """Count a document, and keep what of it will be shown, if anything: only then `cleaned` is asked for."""
        key, site = figures.id, figures.site
        self.read += 1
        known = site if site in self.sites or len(self.sites) < MOST_SITES else ""
        copy = key in self.gone
        if key in self.facing:
            self.sites_of[key] = site
        if known not in self.sites:
            self.sites[known] = SiteRow(known)
        self.sites[known].add(figures, kept=not copy)
        if not figures.rules:
            return
        self.changed += 1
        rules = tuple(sorted(rule_names(figures.rules)))
        strata = [("all", ""), ("site", site), *(("rule", rule) for rule in rules)]
        if not (places := self.documents.places(key, strata)):
            return
        shown = self._document(figures, cleaned(), rules, copy=copy)
        for place in places:
            self.documents.put(place, self.read, shown)

    def _document(self, figures: Figures, cleaned: Cleaned, rules: tuple[str, ...], *, copy: bool) -> ShownDocument:
        profile = self.profiles.get(figures.site)
        withheld = profile.withheld(cleaned.text) if profile else None
        key = figures.id if len(figures.id) <= LONGEST_ID else figures.id[:LONGEST_ID] + "…"
        lost = 1 - figures.cleaned / max(1, figures.read)
        removals = sum(times for times, _ in figures.rules.values())
        return ShownDocument(key, figures.site, removals, lost, rules, excerpt(cleaned), withheld, copy)


def rule_names(rules: Iterable[str]) -> set[str]:
    """Give the single rules of removals, some of which several rules made.

    >>> sorted(rule_names(["fold_alef", "fold_alef + fold_yeh"]))
    ['fold_alef', 'fold_yeh']
    """
    return {name for rule in set(rules) for name in rule.split(" + ")}
