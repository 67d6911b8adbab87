"""The main job: read, clean, learn each site's boilerplate, find near-duplicates, write what was kept and what not."""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from arclean.boilerplate import SiteBoilerplate
from arclean.dedup import find_duplicates
from arclean.documents import STDIN, Document, Note, Rejected, read_documents, whole_file
from arclean.errors import OutputError
from arclean.finished import finish, followed, read_finished, write_finished
from arclean.presets import WEB
from arclean.results import Output, Result, Settings, input_files, write_results
from arclean.spool import Entry, Place, Spool, claimed, in_batches, read_batch, read_places, read_texts, write_batch
from arclean.workers import Progress, mapped

Page: TypeAlias = tuple[int, Path, Place]
"""A page to learn from: its rank in the draw, its batch, and its place there."""

# Four pages of one layout can share a line by chance or by topic; five is what SiteBoilerplate itself asks for.
LEAST_PAGES = 5
# A line that stands on one page in a thousand is seen five times in 5,000 pages; more pages cost memory and teach less.
MOST_PAGES = 5_000


def run(  # noqa: PLR0913 (what is asked, and who is told)
    inputs: Iterable[str | Path],
    out: str | Path,
    settings: Settings = Settings(),  # noqa: B008 (a frozen value)
    *,
    profiles: Mapping[str, SiteBoilerplate] | None = None,
    progress: Progress | None = None,
    on_note: Callable[[Note], object] | None = None,
) -> Result:
    """Clean a corpus and write the kept documents, the ledger, the clusters, the rejected inputs and the report.

    Parameters: `inputs` are files or folders as `read_documents` takes them; `out` is a folder, made where it is
    missing, whose files of an earlier run are replaced, each only once its successor is whole. `profiles` are site
    profiles to use instead of learning, by site. `progress` is told how far each stage is, `on_note` what was guessed
    about the inputs. A run that was interrupted goes on where it was when it is started
    again with the same inputs and settings, and ends with the same bytes.

    Raises InputError where a path does not exist or holds nothing; OutputError where `out` cannot be written.
    """
    target, given = _writable(Path(out)), list(inputs)
    tell = progress or (lambda *_: None)
    rejected: list[Rejected] = []
    try:
        with claimed(target):
            spool = Spool.open(target / ".work", _plan(given, settings, profiles or {}))
            pages = _clean(spool, _reading(given, settings, (rejected.append, on_note), tell), settings.workers, tell)
            sites = {**(_learnt(pages, tell) if settings.learn else {}), **(profiles or {})}
            texts = _finish(spool, sites, settings.workers, tell)
            found = find_duplicates(texts, threshold=settings.threshold, keep=settings.keep, workers=settings.workers)
            tell("finding near-duplicates", 1, 1)
            result = write_results(Output(target, spool, settings, given), found, rejected, sites)
            spool.close()
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"cannot write to {target}: {reason}; free some space or choose another -o") from error
    return result


def _writable(out: Path) -> Path:
    """Make the folder and try it before an hour's work is spent on what cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with whole_file(out / ".writable") as stream:
            stream.write(b"")
        (out / ".writable").unlink()
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {error.strerror}; choose another folder with -o") from error
    return out


def _plan(inputs: Sequence[str | Path], settings: Settings, profiles: Mapping[str, SiteBoilerplate]) -> object:
    """Say what makes half-done work worth continuing: the same inputs, settings and version."""
    asked = {k: v for k, v in asdict(settings).items() if k != "workers"}
    files = [(path.as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in input_files(inputs)]
    once = uuid4().hex if STDIN in map(str, inputs) else ""  # standard input cannot be read twice
    return [version("arclean"), asked, files, {k: p.settings() for k, p in profiles.items()}, once]


def _reading(
    inputs: Sequence[str | Path],
    settings: Settings,
    hear: tuple[Callable[[Rejected], object], Callable[[Note], object] | None],
    tell: Progress,
) -> Iterator[Document]:
    options = {k: getattr(settings, k) for k in ("text_field", "id_field", "site_field", "input_format", "max_bytes")}
    documents = read_documents(*inputs, **options, on_reject=hear[0], on_note=hear[1])
    for count, document in enumerate(documents, 1):
        tell("reading and cleaning", count, 0)
        yield document


def _clean(spool: Spool, documents: Iterable[Document], workers: int, tell: Progress) -> dict[str, list[Page]]:
    """Clean every batch that is not cleaned yet; give for each site where pages to learn from stand.

    Which pages is decided by their ids' digests, so that it depends neither on their order nor on the process.
    """
    jobs = ((spool.path("clean", number), batch) for number, batch in enumerate(in_batches(documents)))
    for _ in mapped(_clean_batch, (job for job in jobs if not job[0].exists()), workers):
        pass
    pages: dict[str, list[Page]] = defaultdict(list)
    for path in spool.batches("clean"):
        for place in read_places(path):
            if place.site:
                digest = hashlib.blake2b(place.id.encode("utf-8", "replace"), digest_size=8).digest()
                mine = pages[place.site]
                push = heapq.heappush if len(mine) < MOST_PAGES else heapq.heappushpop
                push(mine, (-int.from_bytes(digest), path, place))
    tell("reading and cleaning", 1, 1)
    return pages


def _clean_batch(job: tuple[Path, list[Document]]) -> None:
    path, documents = job
    write_batch(path, (Entry(d, WEB.explain(d.text)) for d in documents))


def _learnt(pages: Mapping[str, list[Page]], tell: Progress) -> dict[str, SiteBoilerplate]:
    """Learn each site that has pages enough, from the cleaned texts."""
    able = {site: places for site, places in sorted(pages.items()) if len(places) >= LEAST_PAGES}
    profiles = {}
    for count, (site, places) in enumerate(able.items(), 1):
        texts = read_texts(sorted(page[1:] for page in places))
        profiles[site] = SiteBoilerplate.learn(texts, site=site)
        tell("learning sites", count, len(able))
    return profiles


def _finish(
    spool: Spool, sites: Mapping[str, SiteBoilerplate], workers: int, tell: Progress
) -> Iterator[tuple[str, str]]:
    """Take each site's boilerplate out and finish the documents; yield their ids and cleaned texts, to be compared."""
    batches = spool.batches("clean")
    jobs = ((path, spool.path("done", number)) for number, path in enumerate(batches))
    for count, texts in enumerate(mapped(partial(_finish_batch, sites), jobs, workers), 1):
        yield from texts
        tell("removing learnt boilerplate", count, len(batches))
    tell("finding near-duplicates", 0, 1)


def _finish_batch(sites: Mapping[str, SiteBoilerplate], job: tuple[Path, Path]) -> list[tuple[str, str]]:
    before, after = job
    if after.exists():
        return [(document.figures.id, document.text()) for document in read_finished(after)]
    entries = [(place, Entry(d, followed(c, sites.get(d.site or "")))) for place, (d, c) in read_batch(before)]
    write_finished(after, finish(entries))
    return [(d.id, c.text) for _, (d, c) in entries]
