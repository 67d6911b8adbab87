"""CSV and TSV: a row under the header is a document, its fields are text.

Written files open well in spreadsheets: they begin with a byte order mark, without which Excel reads Arabic in an old
code page, and no cell begins as a formula would. A spreadsheet runs a cell such as `=HYPERLINK(…)` that came from a
stranger's page; such cells get an apostrophe before them, and the column `arclean_guarded` numbers them in their row,
so that reading takes exactly these apostrophes off again, and none that an author wrote.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

from arclean.documents.fields import Guess, document_of, guess_columns
from arclean.documents.jsonl import as_text
from arclean.documents.spool import Spool
from arclean.documents.streams import in_utf8, lines, text_of
from arclean.documents.values import Document, Source, Task
from arclean.errors import InputError, OutputError

if TYPE_CHECKING:
    from arclean.documents.streams import Stream

GUARDED = "arclean_guarded"
"""The column that names the cells of its row that have an apostrophe before them."""

# https://owasp.org/www-community/attacks/CSV_Injection: what begins a formula in Excel, LibreOffice or
# Sheets; the full-width forms do where the system's language is Japanese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel writes ';' where a comma is the decimal mark, as in North Africa.
_DELIMITERS = (",", ";", "\t", "|")


def read_delimited(stream: "Stream", task: Task) -> Iterator[Document]:
    """Yield the documents of CSV or TSV; a row that is damaged is rejected, and the rest goes on.

    Raises InputError where there is no header, or no column of text in it.
    """
    plain, encoding = in_utf8(stream, task)
    rows = _Rows(plain, task, encoding)
    header = next((row.cells for row in rows.read() if row.cells), None)
    if rows.damaged:
        raise InputError("the header is damaged: the first line must name the columns")
    if header is None:
        raise InputError("no header: the first line must name the columns")
    names = _unique(header)
    guarded = GUARDED in names
    guess = guess_columns([name for name in names if name != GUARDED], task)
    for row in rows.read():
        try:
            document = _document(row, names, guess, guarded, Source(task.name, row.line, guess.text, encoding))
        except InputError as error:
            task.reject(row.line, str(error))
        else:
            yield document


def write_delimited(stream: IO[bytes], spool: Spool, *, delimiter: str, guard: bool) -> None:
    """Write the records of a spool under a header.

    Parameters: `guard` puts an apostrophe before cells that a spreadsheet would run.

    Raises OutputError for text that CSV cannot hold: half of a surrogate pair, or a NUL.
    """
    spool.flush()
    names = list(spool.names)
    wrapped = io.TextIOWrapper(stream, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(wrapped, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*(_guarded_name(name) if guard else name for name in names), *([GUARDED] if guard else [])])
    for row in spool:
        cells = [as_text(row.get(name)) or "" for name in names]
        _refuse_unwritable(cells, names)
        if guard:
            unsafe = [cell.startswith(_FORMULA) for cell in cells]
            marked = ["'" + cell if bad else cell for cell, bad in zip(cells, unsafe, strict=True)]
            numbers = " ".join(str(i) for i, bad in enumerate(unsafe, 1) if bad)
            cells = [*marked, numbers]
        writer.writerow(cells)
    wrapped.flush()
    wrapped.detach()


class _RowOf(NamedTuple):
    line: int
    cells: list[str]


class _Rows:
    """Rows of CSV, read with the csv module, that starts afresh behind a row that is damaged.

    A quote that is not closed swallows what follows it, up to the next quote or the end of the file. The lines of such
    a row are kept, no more of them than a record may be long, and all but the first are read again.
    """

    def __init__(self, stream: IO[bytes], task: Task, encoding: str) -> None:
        self._lines = lines(stream, task.most)
        self._task = task
        self._encoding = encoding
        self._waiting: deque[tuple[int, bytes | None]] = deque()
        self._taken: list[tuple[int, bytes | None]] = []
        self._size = 0
        self._delimiter: str | None = None
        self.damaged = 0

    def read(self) -> Iterator[_RowOf]:
        """Yield the rows that are whole."""
        while (first := self._next()) is not None:
            if self._delimiter is None and first[1] is not None and self._sets_delimiter(first[1]):
                continue
            self._waiting.appendleft(first)
            self._taken, self._size = [], 0
            try:
                cells = self._row()
            except InputError as error:
                self._refuse(first[0], str(error))
                continue
            except (_UnclosedError, csv.Error) as error:
                said = "a quote is not closed" if "end of data" in str(error) else error
                self._refuse(first[0], f"not CSV: {said}")
                self._waiting.extendleft(reversed(self._taken[1:]))
                continue
            if cells:
                yield _RowOf(first[0], cells)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        taken = self._next()
        if taken is None:
            raise StopIteration
        self._taken.append(taken)
        if taken[1] is None:
            raise InputError(self._task.too_large("a line"))
        self._size += len(taken[1])
        if self._size > self._task.most:
            raise _UnclosedError(f"a quote is not closed within {self._task.most:,} bytes")
        # Bytes that are no UTF-8 may stand inside a row of many lines: the row is read to its end and refused whole.
        return taken[1].decode("utf-8", "surrogateescape")

    def _next(self) -> tuple[int, bytes | None] | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _refuse(self, line: int, reason: str) -> None:
        self.damaged += 1
        self._task.reject(line, reason)

    def _row(self) -> list[str]:
        """Read a row. Raises InputError, or _UnclosedError and csv.Error where only its first line is to be skipped."""
        before = csv.field_size_limit(self._task.most)  # of the whole process, so it is set back at once
        try:
            cells = next(csv.reader(self, delimiter=self._delimiter or ",", strict=True))
        finally:
            csv.field_size_limit(before)
        for _, line in self._taken:
            text = text_of(line or b"", self._encoding)
            if "\x00" in text:
                raise InputError(f"a NUL at character {text.index(chr(0))}: the file was damaged")
        return cells

    def _sets_delimiter(self, line: bytes) -> bool:
        """Tell the delimiter by the header, or by Excel's `sep=;` before it; say whether the line was that."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        explicit = text[4:] if len(text) == 5 and text.lower().startswith("sep=") else None  # noqa: PLR2004
        usual = "\t" if ".tsv" in self._task.name.lower() else ","
        bare = "".join(text.split('"')[::2])  # what stands outside of quotes
        likeliest = max(_DELIMITERS, key=lambda d: (bare.count(d), d == usual))
        self._delimiter = explicit or (likeliest if bare.count(likeliest) else usual)
        if self._delimiter != usual:
            self._task.note(f"columns divided by {self._delimiter!r}")
        return explicit is not None


class _UnclosedError(Exception):
    """A row that does not end where a row can end."""


def _document(row: _RowOf, names: Sequence[str], guess: Guess, guarded: bool, source: Source) -> Document:
    if len(row.cells) != len(names):
        raise InputError(f"{len(row.cells)} fields where the header has {len(names)}")
    record = dict(zip(names, row.cells, strict=True))
    if guarded:
        for number in record.pop(GUARDED).split():
            if not (number.isdecimal() and 0 < int(number) <= len(names) and row.cells[int(number) - 1][:1] == "'"):
                raise InputError(f"{GUARDED} names column {number}, which is not guarded: the row was changed")
            name = names[int(number) - 1]
            record[name] = record[name][1:]
    return document_of(record, guess, source, {k: v for k, v in record.items() if k != guess.text})


def _unique(header: Sequence[str]) -> list[str]:
    """Give every column a name of its own: empty ones by their number, repeated ones with `~2` after them."""
    names: dict[str, None] = {}
    counts: dict[str, int] = {}  # how far a name is counted, lest a column counts again what those before it did
    for number, name in enumerate(header, 1):
        bare = own = name or f"column {number}"
        while own in names:
            counts[bare] = counts.get(bare, 1) + 1
            own = f"{bare}~{counts[bare]}"
        names[own] = None
    return [*names]


def _guarded_name(name: str) -> str:
    # A column's name is read back as it stands; a formula in it is refused rather than changed.
    if name.startswith(_FORMULA):
        raise OutputError(f"the field {name[:40]!r} begins as a formula does: rename it, or write without the guard")
    return name


def _refuse_unwritable(cells: Sequence[str], names: Sequence[str]) -> None:
    for name, cell in zip(names, cells, strict=True):
        if "\x00" in cell:
            raise OutputError(f"the field {name!r} of {cells[0][:60]!r} holds a NUL, which CSV cannot: write .jsonl")
        try:
            cell.encode()
        except UnicodeEncodeError as error:
            what = f"half of a surrogate pair at {error.start}"
            raise OutputError(f"the field {name!r} of {cells[0][:60]!r} holds {what}: write .jsonl") from None
