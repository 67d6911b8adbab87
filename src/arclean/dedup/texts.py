"""The texts of a corpus, for whoever asks later why two of them match: where they are until then.

Texts of a list are the caller's, and stay where they are. Texts of a stream are nobody's: up to `MOST_HELD` characters
are kept in memory, and from there on all of them in a temporary file, so that a corpus may be larger than the memory.
"""

import tempfile
import weakref
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from typing import IO, Any, overload

# 128 MB of Arabic in memory; UTF-8 on disk takes as much.
MOST_HELD = 1 << 26


class StreamedTexts(Sequence[str]):
    """Texts that come batch by batch, and are read one by one, if at all.

    >>> texts = StreamedTexts(most_held=10)
    >>> for batch in (["خبر", "خبر آخر"], ["خبر ثالث"]):
    ...     texts.extend(batch)
    >>> texts[1], texts[-1], len(texts), texts.spilled
    ('خبر آخر', 'خبر ثالث', 3, True)
    """

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._held: list[str] = []
        self._left = most_held
        self._file: IO[bytes] | None = None
        self._bounds = array("q", [0])

    @property
    def spilled(self) -> bool:
        """Whether the texts are in a file."""
        return self._file is not None

    def extend(self, texts: Sequence[str]) -> None:
        """Take in a batch."""
        if self._file is not None:
            self._write(self._file, texts)
            return
        self._held.extend(texts)
        self._left -= sum(map(len, texts))
        if self._left < 0:
            self._file = tempfile.TemporaryFile(prefix="arclean-")  # noqa: SIM115 (it lives as long as the texts)
            weakref.finalize(self, self._file.close)
            self._write(self._file, self._held)
            self._held = []

    def _write(self, file: IO[bytes], texts: Iterable[str]) -> None:
        pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
        file.write(b"".join(pieces))
        self._bounds.extend(islice(accumulate(map(len, pieces), initial=self._bounds[-1]), 1, None))

    def __len__(self) -> int:
        return len(self._held) if self._file is None else len(self._bounds) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if self._file is None:
            return self._held[index]
        index = range(len(self))[index]
        start, end = self._bounds[index : index + 2]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")


def without_text(doc: Any) -> Any:  # noqa: ANN401 (whatever a user gives)
    """Give what a document of a stream has besides its text: its site and its fields."""
    from arclean.documents import Document  # noqa: PLC0415 (its room reads files in many formats)

    return replace(doc, text="") if isinstance(doc, Document) else () if isinstance(doc, tuple) else doc
