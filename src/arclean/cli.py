"""The command line: arguments, streams, progress and exit codes."""

import gc
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from arclean.boilerplate import SiteBoilerplate
    from arclean.documents import Document, Rejected
    from arclean.results import Result
    from arclean.rules import Pipeline
    from arclean.workers import Progress

DONE, SOME_REJECTED, USAGE = 0, 1, 2
PIPELINES = ("repair", "web", "fold", "search")

_fields = (
    click.option("--text-field", metavar="NAME", help="Field of the text, where it is not text, content, body, …"),
    click.option("--id-field", metavar="NAME", help="Field of the id."),
    click.option("--site-field", metavar="NAME", help="Field of the site, where it is not site or a URL's host."),
    click.option("--input-format", metavar="NAME", help="Format of inputs whose names do not tell it, such as csv."),
    click.option("--max-bytes", type=click.IntRange(1), default=64 << 20, show_default=True,
                 help="Size of the largest document."),
)  # fmt: skip


def _with_fields(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_fields):
        command = option(command)
    return command


class _Command(click.Command):
    """Examples stay as they are written: click knows them by a control character, which a raw docstring cannot hold."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (click's own signature)
        super().__init__(*args, **kwargs)
        self.help = (self.help or "").replace("\\b\n", "\b\n")


class _Group(_Command, click.Group):
    """Errors that arclean raises on purpose are messages, not tracebacks."""

    command_class = _Command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (click's own signature)
        from arclean.errors import ArcleanError  # noqa: PLC0415 (--help needs no more than click)

        try:
            return super().invoke(ctx)
        except ArcleanError as error:
            raise click.UsageError(str(error), ctx) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="arclean")
def main() -> None:
    r"""Clean scraped Arabic text, say why, undo it exactly, and find near-duplicates.

    \b
    arclean run seeds -o out          the main job: clean, learn, deduplicate, report
    arclean explain page.txt          what would be removed, and why
    cat page.txt | arclean clean -    one text in, one text out

    Each command has examples of its own: arclean run --help. For completion in the shell add to your ~/.bashrc (for
    zsh or fish with zsh_source or fish_source):

    \b
    eval "$(_ARCLEAN_COMPLETE=bash_source arclean)"
    """


def _configure(ctx: click.Context, _: click.Parameter, path: str | None) -> None:
    """Take options' defaults from a TOML file: the one named, arclean.toml, or [tool.arclean] in pyproject.toml."""
    name = path or next((p for p in ("arclean.toml", "pyproject.toml") if Path(p).is_file()), None)
    if name is None:
        return
    try:
        settings = tomllib.loads(Path(name).read_text("utf-8"))
    except OSError as error:
        raise click.UsageError(f"cannot read {name}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{name} is no TOML: {error}") from error
    if Path(name).name == "pyproject.toml":
        settings = settings.get("tool", {}).get("arclean", {})
    known = {o.removeprefix("--"): p.name for p in ctx.command.params for o in p.opts if o.startswith("--")}
    if unknown := [k for k in settings if k.replace("_", "-") not in known]:
        raise click.UsageError(f"{name}: no option {unknown[0]!r}; there are {', '.join(sorted(known))}")
    ctx.default_map = {str(known[k.replace("_", "-")]): value for k, value in settings.items()}


@main.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--config", metavar="FILE", is_eager=True, expose_value=False, callback=_configure,
              help="Options as TOML; by default arclean.toml, or [tool.arclean] in pyproject.toml.")  # fmt: skip
@click.option("-o", "--output", "out", required=True, metavar="OUT", help="Folder for the results; made if missing.")
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True), default=0.7, show_default=True,
              help="Least Jaccard similarity of near-duplicates.")  # fmt: skip
@click.option("--keep", type=click.Choice(["longest", "first"]), default="longest", show_default=True,
              help="Which document of a cluster stays.")  # fmt: skip
@click.option("--learn/--no-learn", default=True, help="Learn the boilerplate of each site with five pages or more.")
@click.option("--profile", "profiles", multiple=True, metavar="SITE=FILE", help="A learnt profile to use for a site.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to clean with.")
@click.option("--format", "output_format", type=click.Choice(["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet"]),
              default="jsonl", show_default=True, help="Format of the kept documents.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Write the report and the summary only.")
@click.option("--language", type=click.Choice(["ar", "en"]), default="ar", show_default=True,
              help="Language of the report.")  # fmt: skip
@_with_fields
def run(  # noqa: PLR0913, PLR0917 (an option each)
    inputs: tuple[str, ...],
    out: str,
    threshold: float,
    keep: Literal["longest", "first"],
    learn: bool,
    profiles: tuple[str, ...],
    workers: int,
    dry_run: bool,
    language: Literal["ar", "en"],
    output_format: Literal["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet"],
    **fields: Any,  # noqa: ANN401 (options of several types)
) -> None:
    r"""Clean a corpus and find its near-duplicates.

    Inputs are folders of .txt files, .jsonl, .csv, .tsv, .parquet, .warc or .wet files (also .gz, .zst), patterns such
    as 'news-*.jsonl', or - for standard input.

    \b
    arclean run seeds -o out
    arclean run news.jsonl archive/ -o out --text-field body --threshold 0.8
    arclean run 'news-*.jsonl' -o out --dry-run --language en    a report only, in English
    """
    from arclean.results import Settings  # noqa: PLC0415
    from arclean.run import run as main_job  # noqa: PLC0415

    # A run makes texts, tuples and records by the million, none of which hold each other in circles: looking for
    # circles after every 700 of them, through all that was imported too, takes a twentieth of its time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    settings = Settings(threshold, keep, learn, workers=workers, dry_run=dry_run, output_format=output_format,
                        language=language, **fields)  # fmt: skip
    with _progress() as progress:
        result = main_job(inputs, out, settings, profiles=_loaded(profiles), progress=progress, on_note=_say)
    _closing_table(result, out)
    _tell_rejected(result.rejected)


def _loaded(profiles: Iterable[str]) -> Mapping[str, "SiteBoilerplate"]:
    from arclean.boilerplate import SiteBoilerplate  # noqa: PLC0415

    found = {}
    for given in profiles:
        site, _, path = given.partition("=")
        if not path:
            raise click.UsageError(f"--profile {given!r} names no file: write it as SITE=FILE")
        found[site] = SiteBoilerplate.load(path)
    return found


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--pipeline", type=click.Choice(PIPELINES), default="web", show_default=True)
def clean(paths: tuple[str, ...], pipeline: str) -> None:
    r"""Print the cleaned text of files, or of standard input (-).

    \b
    arclean clean page.txt > clean.txt
    cat page.txt | arclean clean -
    arclean clean --pipeline search page.txt     spelling variants made equal, for an index
    """
    cleaner = _pipeline(pipeline)
    for _, text in _texts(paths):
        _out(cleaner(text))


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--pipeline", type=click.Choice(PIPELINES), default="web", show_default=True)
def explain(paths: tuple[str, ...], pipeline: str) -> None:
    r"""Print what would be removed from files, line by line, and why.

    \b
    arclean explain page.txt                     what was there (-), what would be there (+)
    arclean explain --pipeline search page.txt   with everything that the search form folds
    curl -s URL | arclean explain - | less -R    from standard input

    On a terminal the changes are coloured; set NO_COLOR=1 for none.
    """
    from arclean.terminal import diff, wants_colour  # noqa: PLC0415

    cleaner = _pipeline(pipeline)
    colour = wants_colour(os.environ, terminal=sys.stdout.isatty())
    for name, text in _texts(paths):
        if len(paths) > 1:
            _out(f"== {name}\n")
        for row in diff(cleaner.explain(text), colour=colour):
            _out(f"{row}\n")


@main.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True), default=0.7, show_default=True)
@click.option("--keep", type=click.Choice(["longest", "first"]), default="longest", show_default=True)
@_with_fields
def dedup(inputs: tuple[str, ...], threshold: float, keep: Literal["longest", "first"], **fields: Any) -> None:  # noqa: ANN401
    r"""Print the clusters of near-duplicates as JSON lines, without cleaning first.

    \b
    arclean dedup news.jsonl > clusters.jsonl
    arclean dedup pages/ --threshold 0.85 --keep first
    """
    from arclean.dedup import find_duplicates  # noqa: PLC0415
    from arclean.documents import json_line  # noqa: PLC0415
    from arclean.results import cluster_records  # noqa: PLC0415

    rejected: list[Rejected] = []
    documents = _documents(inputs, fields, rejected)
    with _progress() as progress:
        found = find_duplicates(documents, threshold=threshold, keep=keep, progress=progress)
    for record in cluster_records(found):
        _out(json_line(record).decode())
    _tell_rejected(rejected)


@main.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", "out", required=True, metavar="FILE", help="Where to write the profile (JSON).")
@_with_fields
def learn(inputs: tuple[str, ...], out: str, **fields: Any) -> None:  # noqa: ANN401
    r"""Learn the boilerplate of one site from its pages.

    \b
    arclean learn pages/example.com -o example.json
    arclean run new-pages/ -o out --profile example.com=example.json
    """
    from arclean.boilerplate import SiteBoilerplate  # noqa: PLC0415
    from arclean.presets import WEB  # noqa: PLC0415

    rejected: list[Rejected] = []
    documents = list(_documents(inputs, fields, rejected))
    sites = {d.site for d in documents}
    if len(sites) > 1:
        names = ", ".join(sorted(map(str, sites))[:5])
        raise click.UsageError(f"these pages are of {len(sites)} sites ({names}): give one site; 'run' learns each")
    profile = SiteBoilerplate.learn((WEB(d.text) for d in documents), site=next(iter(sites), None))
    profile.save(out)
    click.echo(profile)
    _tell_rejected(rejected)


@main.command()
@click.argument("out", metavar="OUT")
@click.option("-o", "--output", "folder", required=True, metavar="DIR", help="Folder for the restored inputs.")
def undo(out: str, folder: str) -> None:
    r"""Write the inputs of a run again, exactly as they were, dropped duplicates included.

    \b
    arclean undo out -o restored
    """
    from arclean.ledger import undo as restored  # noqa: PLC0415
    from arclean.ledger import write_undone  # noqa: PLC0415

    count = write_undone(restored(out), folder)
    click.echo(f"{count} documents restored to {folder}")


def _pipeline(name: str) -> "Pipeline":
    from arclean import presets  # noqa: PLC0415

    made: Pipeline = getattr(presets, name.upper())
    return made


def _texts(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the text of each file, in whatever encoding it is."""
    from arclean.decoding import decode  # noqa: PLC0415

    for path in paths:
        if path == "-":
            yield path, decode(sys.stdin.buffer.read())
            continue
        try:
            yield path, decode(Path(path).read_bytes())
        except OSError as error:
            raise click.UsageError(f"cannot read {path}: {error.strerror}") from error


def _documents(inputs: Iterable[str], fields: Mapping[str, Any], rejected: "list[Rejected]") -> "Iterator[Document]":
    from arclean.documents import read_documents  # noqa: PLC0415

    return read_documents(*inputs, on_reject=rejected.append, on_note=_say, **fields)


def _say(note: object) -> None:
    """Say aloud what was guessed."""
    click.echo(f"note: {note}", err=True)


def _out(text: str) -> None:
    """Write text as UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


@contextmanager
def _progress() -> "Iterator[Progress | None]":
    """Show a bar for each stage on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield tell


def _closing_table(result: "Result", out: str) -> None:
    from rich.console import Console  # noqa: PLC0415

    from arclean.terminal import WIDTH, closing_table  # noqa: PLC0415

    Console(width=None if sys.stdout.isatty() else WIDTH).print(closing_table(result.counts, result.by_rule))
    click.echo(f"report: {Path(out) / 'report.html'}")


def _tell_rejected(rejected: "Iterable[Rejected]") -> None:
    """Name what could not be read, and leave with the exit code that says so."""
    rejected = list(rejected)
    for reject in rejected:
        click.echo(f"rejected: {reject}", err=True)
    if rejected:
        raise SystemExit(SOME_REJECTED)
