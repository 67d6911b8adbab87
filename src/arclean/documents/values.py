"""What a document is, where it came from, and what is said about the files on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

STDIN = "-"

# Larger than any one work that a site serves (a book of eighty printed volumes is 40 MB in UTF-8), and small enough
# that a file without line ends is refused, not loaded.
MOST_BYTES = 64 << 20

# The longest German word in print has some hundred letters, the longest address that servers take 8,000, and a picture
# written into a page a million; the text of a page has line ends. More is data, or a file whose spaces were lost: it
# is compared letter by letter as one word, at a hundred bytes a letter.
MOST_UNBROKEN = 2_000_000

# Half of the evidence: below it another encoding, or none, is as likely, and a guess would pass for text.
LEAST_CONFIDENCE = 0.5


class Source(NamedTuple):
    """Where a document came from, in enough detail to write it back."""

    path: str
    """Relative to the folder that was given, with forward slashes; `-` is standard input."""
    line: int | None = None
    """The line, row or record, counted from 1; None where the whole file is one document."""
    text_field: str | None = None
    encoding: str = "utf-8"
    exact: str | None = None
    """The file's bytes in base64, where writing the text in `encoding` would not give them again."""


@dataclass(frozen=True)
class Document:
    """A text with an id, the site that it comes from, and whatever else its record holds.

    >>> Document("a1", "خبر عاجل", site="example.com").text
    'خبر عاجل'
    """

    id: str
    text: str
    site: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The record's own fields, all but the text."""
    source: Source | None = None


class Rejected(NamedTuple):
    """An input that could not be read: where it is, and why."""

    path: str
    line: int | None
    reason: str
    unit: str = "line"
    """What `line` counts: "line", "row" or "record"."""

    def __str__(self) -> str:
        return f"{self.path}{f', {self.unit} {self.line}' if self.line else ''}: {self.reason}"


class Note(NamedTuple):
    """What was decided about a file without being asked: its fields, its encoding, what was passed over."""

    path: str
    said: str

    def __str__(self) -> str:
        return f"{self.path}: {self.said}"


class Row(dict[str, Any]):
    """A record's fields that remember the types of the columns they were read from, to be written as those again."""

    def __init__(self, fields: Mapping[str, Any], schema: Any) -> None:  # noqa: ANN401 (a pyarrow.Schema; not imported here)
        super().__init__(fields)
        self.schema = schema


class Fields(NamedTuple):
    """The names of a record's fields, where the user gave them."""

    text: str | None = None
    id: str | None = None
    site: str | None = None


class Task(NamedTuple):
    """A file to read, and what to do about its fields and its damage."""

    path: str
    name: str
    """As it stands in ids, rejects and notes."""
    fields: Fields
    most: int
    """The largest line, record or file in bytes, after decompression."""
    on_reject: Callable[[Rejected], object]
    on_note: Callable[[Note], object]

    def reject(self, line: int | None, reason: str, unit: str = "line") -> None:
        """Name a piece of the file that cannot be read."""
        self.on_reject(Rejected(self.name, line, reason, unit))

    def note(self, said: str) -> None:
        """Say aloud what was decided about the file."""
        self.on_note(Note(self.name, said))

    def too_large(self, what: str) -> str:
        """Give the reason for refusing a piece that is larger than the limit."""
        return f"{what} of more than {self.most:,} bytes: raise --max-bytes (max_bytes=…) if it is one document"
