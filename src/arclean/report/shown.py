"""What a report shows of a corpus, collected while the run writes: a sample of documents, and figures of each site."""

from collections.abc import Iterable, Mapping, Sequence
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

    def add(self, cleaned: Cleaned, *, kept: bool) -> None:
        """Count a document."""
        self.documents += 1
        self.changed += bool(cleaned.removals)
        self.read += len(cleaned.original)
        self.cleaned += len(cleaned.text)
        self.copies += not kept
        self.kept += len(cleaned.text) * kept


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

    def take(self, document: Document, cleaned: Cleaned) -> None:
        """Count a document, and keep what of it will be shown, if anything."""
        self.read += 1
        site = document.site or ""
        known = site if site in self.sites or len(self.sites) < MOST_SITES else ""
        copy = document.id in self.gone
        if document.id in self.facing:
            self.sites_of[document.id] = site
        self.sites.setdefault(known, SiteRow(known)).add(cleaned, kept=not copy)
        if not cleaned.removals:
            return
        self.changed += 1
        rules = tuple(sorted(rule_names(r.rule for r in cleaned.removals)))
        strata = [("all", ""), ("site", site), *(("rule", rule) for rule in rules)]
        if not (places := self.documents.places(document.id, strata)):
            return
        profile = self.profiles.get(site)
        withheld = profile.withheld(cleaned.text) if profile else None
        key = document.id if len(document.id) <= LONGEST_ID else document.id[:LONGEST_ID] + "…"
        lost = 1 - len(cleaned.text) / max(1, len(cleaned.original))
        shown = ShownDocument(key, site, len(cleaned.removals), lost, rules, excerpt(cleaned), withheld, copy)
        for place in places:
            self.documents.put(place, self.read, shown)


def rule_names(rules: Iterable[str]) -> set[str]:
    """Give the single rules of removals, some of which several rules made.

    >>> sorted(rule_names(["fold_alef", "fold_alef + fold_yeh"]))
    ['fold_alef', 'fold_yeh']
    """
    return {name for rule in set(rules) for name in rule.split(" + ")}
