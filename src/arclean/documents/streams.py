"""Bytes from files: decompressed as they are read, in UTF-8 whatever they were in, a line at a time, within a limit."""

import codecs
import gzip
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from arclean.documents.values import LEAST_CONFIDENCE, STDIN, Task
from arclean.errors import InputError

if TYPE_CHECKING:
    Stream = io.BufferedReader[Any]
    """Bytes that can be peeked at."""

HEAD = 1 << 18
"""Bytes of a file that are read to tell its encoding: some hundred articles, a quarter of a megabyte."""

# What a stream loses before the place where it is damaged is what it read in the same step.
_STEP = 1 << 13
# Fewer bytes beyond ASCII tell nothing about an encoding: that is one broken word, not a language.
_LEAST_EVIDENCE = 32
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def opened(path: str) -> "Iterator[Stream]":
    """Open a file, or `-` for standard input, decompressed by its suffix, or by its first bytes on standard input."""
    if path == STDIN:
        # Not the buffer itself: what closes the stream at its end would close standard input.
        with io.BufferedReader(Raw(_read_some), HEAD) as stream, _decompressed(stream, stream.peek(4)) as plain:
            yield plain
        return
    with io.FileIO(path) as raw, io.BufferedReader(raw, HEAD) as file:
        suffix = Path(path).suffix.lower()
        with _decompressed(file, {".gz": _GZIP, ".zst": _ZSTD}.get(suffix, b"")) as plain:
            yield plain


def _read_some(size: int) -> bytes:
    return cast("io.BufferedReader", sys.stdin.buffer).read1(size)


@contextmanager
def _decompressed(stream: "Stream", mark: bytes) -> "Iterator[Stream]":
    if mark.startswith(_GZIP):
        with gzip.GzipFile(fileobj=stream) as unzipped, io.BufferedReader(Raw(unzipped.read1), HEAD) as plain:
            yield plain
    elif mark.startswith(_ZSTD):
        # pyarrow is needed anyway, and unlike python-zstandard's stream_reader it says where a frame is cut short.
        import pyarrow as pa  # noqa: PLC0415

        # pyarrow closes the stream that it is given, and standard input must stay open.
        source = pa.CompressedInputStream(pa.PythonFile(Raw(stream.read1), "r"), "zstd")
        with closing(source), io.BufferedReader(Raw(source.read), HEAD) as plain:
            yield plain
    else:
        yield stream


class Raw(io.RawIOBase):
    """A raw stream over a function that reads up to a number of bytes: what it has before damage, it gives."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (typeshed's Buffer is of Python 3.12)
        """Fill a buffer, or a part of it."""
        view = memoryview(buffer)
        data = self._read(min(len(view), _STEP))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """Give the number of bytes read, which fastwarc asks for."""
        return self._at


def lines(stream: IO[bytes], most: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines of a stream, numbered; None for one of more than `most` bytes, which is skipped."""
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) > most and not line.endswith(b"\n"):
            while (rest := stream.readline(HEAD)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line


def in_utf8(stream: "Stream", task: Task) -> "tuple[Stream, str]":
    """Give a stream of lines in UTF-8 without a mark, and the encoding that they were in.

    Bytes that are none in that encoding stay as they are, for `text_of` to name with their line.

    Raises InputError where no encoding explains the head of the file.
    """
    head = stream.peek(HEAD)[:HEAD]
    encoding = _encoding(head, task)
    if encoding == "utf-8":
        if head.startswith(codecs.BOM_UTF8):
            stream.read(len(codecs.BOM_UTF8))
        return stream, encoding
    # UTF-16 has halves of pairs to pass on, code pages have bytes that stand for nothing.
    errors = "surrogatepass" if encoding.startswith("utf") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    rest = b""

    def read(size: int) -> bytes:
        nonlocal rest
        while not rest:
            data = stream.read1(_STEP)
            try:
                rest = decoder.decode(data, final=not data).encode("utf-8", errors)
            except UnicodeDecodeError as error:  # half of a unit: nothing says where the next one begins
                raise OSError(f"not {encoding.upper()}: {error.reason}") from None
            if not data:
                break
        given, rest = rest[:size], rest[size:]
        return given

    return io.BufferedReader(Raw(read), HEAD), encoding


def text_of(line: bytes, encoding: str = "utf-8") -> str:
    """Decode a line. Raises InputError that names the byte where it is not in the encoding of its file."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        where = f"byte 0x{line[error.start]:02X} at {error.start}"
        raise InputError(f"not {encoding.upper()}: {where}; the line was damaged, or pasted from elsewhere") from None


def _encoding(head: bytes, task: Task) -> str:
    """Tell the encoding of a file by its head, and say it aloud where it is not UTF-8."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if encoding != "utf-8":
                task.note(f"read as {encoding}, which its first bytes name")
            return encoding
    whole = head[: head.rfind(b"\n") + 1] or head
    sixteen_bits = b"\x00" in whole[:1024]  # Arabic in UTF-16 is half of the time ASCII, and its spaces hold a NUL
    if not sixteen_bits and _is_utf8(whole):
        return "utf-8"
    from arclean.decoding import detect  # noqa: PLC0415 (the models it needs are only read for such files)

    found = detect(whole if not sixteen_bits else head[: len(head) // 2 * 2])
    if sixteen_bits and not found.encoding.startswith("utf-16"):
        return "utf-8"  # a NUL in a line of bytes: the line is named
    if found.confidence < LEAST_CONFIDENCE:
        raise InputError(f"in no encoding that Arabic is written in (closest: {found.encoding}): save it as UTF-8")
    if found.encoding != "utf-8":
        task.note(f"read as {found.encoding} ({found.confidence:.0%} sure)")
    return found.encoding


def _is_utf8(head: bytes) -> bool:
    """Whether lines are UTF-8, at least half of those that could tell: a broken line does not change its file."""
    if head.isascii():
        return True
    told = [line for line in head.split(b"\n") if not line.isascii()]
    broken = [line for line in told if not _decodes(line)]
    few = sum(byte > 0x7F for line in broken for byte in line[:_LEAST_EVIDENCE]) < _LEAST_EVIDENCE  # noqa: PLR2004
    return few or 2 * len(broken) <= len(told)


def _decodes(line: bytes) -> bool:
    try:
        codecs.utf_8_decode(line, "strict", False)
    except UnicodeDecodeError:
        return False
    return True
