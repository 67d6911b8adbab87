"""Which field of a record is the text, which the id, which the site: guessed from common names, and said aloud."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from arclean.documents.values import Document, Fields, Source, Task
from arclean.errors import InputError

# The first that a record has wins. The plain names come first; after them those of news-please (maintext), Twitter
# (full_text), schema.org (articleBody) and Common Crawl's cleaners (raw_content).
TEXT_FIELDS = (
    *("text", "content", "body", "article", "النص", "نص", "المحتوى", "المتن", "المقال"),
    *("maintext", "main_text", "full_text", "article_text", "articlebody", "raw_content"),
)
# arclean_id is what `record_of` writes where a record's own id was not its alone.
ID_FIELDS = ("arclean_id", "id", "_id", "doc_id", "uuid", "guid", "المعرف")
SITE_FIELDS = ("site", "domain", "host", "source", "الموقع", "المصدر")
URL_FIELDS = ("url", "link", "uri", "الرابط")

# A file of which every line has other fields is no table; saying more guesses than this helps nobody.
MOST_GUESSES = 5


class Guess(NamedTuple):
    """Which fields make a document."""

    text: str
    id: str | None
    site: str | None
    url: str | None
    """The field whose host is the site, where no field names the site."""

    def __str__(self) -> str:
        named = f"id from {self.id!r}" if self.id else "id from the file's name and the line"
        site = f"site from {self.site!r}" if self.site else f"site from the host of {self.url!r}"
        return f"text from {self.text!r}, {named}, {site if self.site or self.url else 'no site'}"


def guess_fields(names: Sequence[str], given: Fields, texts: Collection[str] | None = None) -> Guess:
    """Choose the fields of a record, or of a table.

    Parameters: `names` are its fields; `given` what the user named; `texts` the fields that hold text, where that is
    known: a record whose `text` is null and whose `body` is not has its text in `body`.

    Raises InputError where no field is the text.

    >>> str(guess_fields(["عنوان", "Body", "url"], Fields()))
    "text from 'Body', id from 'url', site from the host of 'url'"
    """
    lower = {name.lower(): name for name in reversed(names)}
    if given.text is not None:
        text = given.text if given.text in names else None
    else:
        found = [lower[c] for c in TEXT_FIELDS if c in lower]
        text = next((name for name in found if texts is None or name in texts), found[0] if found else None)
    if text is None:
        wanted = given.text or " or ".join(TEXT_FIELDS[:5])
        raise InputError(f"no field {wanted}; there are {_listed(names)}: name it with --text-field")
    url = _first(lower, URL_FIELDS)
    own = given.id if given.id in names else None if given.id else _first(lower, ID_FIELDS) or url
    site = given.site if given.site in names else None if given.site else _first(lower, SITE_FIELDS)
    return Guess(text, own, site, None if site or given.site else url)


def guess_columns(names: Sequence[str], task: Task) -> Guess:
    """Choose the fields of a table, whose header says once for all rows what there is, and say them aloud.

    Raises InputError where a column is missing that the user named, or where none is the text.
    """
    guess = guess_fields(names, task.fields)
    for option, name in (("--id-field", task.fields.id), ("--site-field", task.fields.site)):
        if name is not None and name not in names:
            raise InputError(f"no column {name}, which {option} names; there are {_listed(names)}")
    task.note(str(guess))
    return guess


def document_of(record: Mapping[str, Any], guess: Guess, source: Source, meta: Mapping[str, Any]) -> Document:
    """Make a document of a record. Raises InputError where its text is none."""
    text = record[guess.text]
    if not isinstance(text, str):
        raise InputError(f"the field {guess.text!r} is {type(text).__name__}, not text")
    given = record.get(guess.id) if guess.id else None
    named = given is not None and given != "" and not isinstance(given, (dict, list, bytes))
    return Document(str(given) if named else f"{source.path}:{source.line}", text, _site(record, guess), meta, source)


def host_of(url: object) -> str | None:
    """Give the host that a URL names, and None for what is no URL.

    >>> host_of("https://www.example.com/أخبار"), host_of("http://[")
    ('www.example.com', None)
    """
    try:
        return urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:  # an unclosed [: then it names no site
        return None


def _site(record: Mapping[str, Any], guess: Guess) -> str | None:
    if guess.site and isinstance(record.get(guess.site), str) and record[guess.site]:
        return str(record[guess.site])
    return host_of(record.get(guess.url)) if guess.url else None


def _first(lower: Mapping[str, str], common: Sequence[str]) -> str | None:
    return next((lower[c] for c in common if c in lower), None)


def _listed(names: Sequence[str]) -> str:
    """Give the names for a message: a hostile header is long."""
    shown = [repr(name) if not name or name != name.strip() else name for name in names[:20]]
    return (", ".join(_shortened(shown)) or "none") + (f" and {len(names) - 20} more" if len(names) > 20 else "")  # noqa: PLR2004


def _shortened(names: Sequence[str]) -> Iterator[str]:
    return (name if len(name) <= 40 else f"{name[:40]}…" for name in names)  # noqa: PLR2004
