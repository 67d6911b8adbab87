"""The page: what was collected goes through one template, in which every text is escaped."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from arclean.boilerplate import SiteBoilerplate
from arclean.documents import Rejected, whole_file
from arclean.report import charts
from arclean.report.shown import RuleRow, Shown, ShownDocument
from arclean.report.sides import set_out
from arclean.report.visible import Run, visible, visible_change
from arclean.report.words import IN, Language

MOST_RULES = 60
MOST_SITES = 40
MOST_PATTERNS = 25
MOST_REJECTED = 100
LONGEST_EXAMPLE = 160
COPIES = "find_duplicates"
"""what the ledger names as the rule by which a copy went"""


def write_report(
    path: Path,
    shown: Shown,
    counts: Mapping[str, int],
    rules: Iterable[RuleRow],
    language: Language = "ar",
) -> None:
    """Write the report of a run.

    Long documents and large corpora are cut, and the page says so. Raises OSError where the file cannot be written.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (only a run writes a report)

    environment = Environment(
        loader=PackageLoader("arclean"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": _shown,
        "change": _change,
        "plain": _plain,
        "clipped": _clipped,
        "number": _number,
        "numbers": _numbers,
    }
    source = environment.loader
    assert source is not None  # noqa: S101 (just set; for the type checker)
    style, script = (source.get_source(environment, name)[0] for name in ("report.css", "report.js"))
    rows = sorted(rules, key=lambda row: (-row.size, row.rule))
    documents = sorted(shown.documents, key=lambda d: (-d.lost, d.id))
    clusters = set_out(shown.found, shown.clusters, shown.sites_of)
    page = environment.get_template(
        "report.html.j2"
    ).render(
        w=IN[language],
        version=version("arclean"),
        style=Markup(style),  # noqa: S704 (our own file)
        style_digest=_digest(style),
        script=Markup(script),  # noqa: S704 (our own file)
        script_digest=_digest(script),
        counts=counts,
        size=charts.size(list(shown.sites.values())),
        by_rule=charts.by_rule(rows),
        by_site=charts.by_site(shown.sites.values()) if len(shown.sites) > 1 else [],
        histogram=charts.histogram(shown.found),
        rules=rows[:MOST_RULES],
        sites=list(islice(_sites(shown.profiles, documents), MOST_SITES)),
        more_sites=len(shown.profiles) - MOST_SITES,
        most_patterns=MOST_PATTERNS,
        documents=documents,
        changed=shown.changed,
        clusters=clusters,
        all_clusters=len(shown.found.clusters),
        filter_rules=sorted({rule for d in documents for rule in d.rules} | ({COPIES} if clusters else set())),
        filter_sites=sorted({d.site for d in documents} | {site for c in clusters for site in c.sites} - {""}),
        rejected=list[Rejected](shown.rejected[:MOST_REJECTED]),
        more_rejected=len(shown.rejected) - MOST_REJECTED,
    )
    with whole_file(path) as stream:
        stream.write(page.encode("utf-8", "replace"))


def _sites(profiles: Mapping[str, SiteBoilerplate], documents: Sequence[ShownDocument]) -> Iterator[dict[str, Any]]:
    """Yield the sites that something was learnt of, those with most evidence first, each with what was withheld."""
    withheld: dict[str, list[ShownDocument]] = {}
    for document in documents:
        if document.withheld:
            withheld.setdefault(document.site, []).append(document)
    for site, profile in sorted(profiles.items(), key=lambda item: (not item[1].patterns, -item[1].pages, item[0])):
        yield {"name": site, "profile": profile, "withheld": withheld.get(site, [])}


def _digest(content: str) -> str:
    """Name the one style and the one script that the page may have, by their content: nothing else runs."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _shown(text: str) -> Markup:
    return _marked(visible(text))


def _change(text: str) -> Markup:
    return _marked(visible_change(text))


def _marked(runs: Iterable[Run]) -> Markup:
    return Markup().join(
        Markup('<span class="code" dir="ltr">{}</span>').format(run.text) if run.named else run.text for run in runs
    )


def _plain(text: str) -> str:
    """Give a text for a place that takes no marks: the name of a choice."""
    return "".join(run.text for run in visible(text))


def _numbers(names: Iterable[str], known: Sequence[str]) -> str:
    """Give the places of names among those to filter by: numbers cannot be confused, whatever a name holds."""
    return " ".join(str(known.index(name)) for name in names if name in known)


def _clipped(text: str) -> str:
    """Give the beginning of a text, in one line."""
    text = " ".join(text[: 2 * LONGEST_EXAMPLE].split(" ")).strip("\r\n")
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"


def _number(value: float) -> str:
    return f"{value:,}"
