"""Text files: a file is a document, and the folder that it lies in is its site."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from arclean.documents.values import LEAST_CONFIDENCE, STDIN, Document, Source, Task
from arclean.errors import InputError


def read_text(stream: IO[bytes], task: Task) -> Iterator[Document]:
    """Yield the one document of a text file, in whatever encoding it is.

    Raises InputError for bytes that no encoding explains, for more than the limit, and for a NUL: text has none, and
    where one stands the file was damaged or is of another kind.
    """
    from arclean.decoding import detect  # noqa: PLC0415 (the models it needs are only read for files)

    data = stream.read(task.most + 1)
    if len(data) > task.most:
        raise InputError(task.too_large("a text"))
    decoded = detect(data)
    if decoded.confidence < LEAST_CONFIDENCE:
        raise InputError(f"in no encoding that Arabic is written in (closest: {decoded.encoding}): save it as UTF-8")
    if (at := decoded.text.find("\x00")) >= 0:
        raise InputError(
            f"a NUL at character {at}: damaged, or no text; restore the file, or save it as UTF-8 without it"
        )
    again = decoded.text.encode(decoded.encoding, "replace")
    exact = None if again == data else b64encode(data).decode()
    site = None if task.path == STDIN else Path(task.path).resolve().parent.name or None
    yield Document(task.name, decoded.text, site, {}, Source(task.name, encoding=decoded.encoding, exact=exact))
