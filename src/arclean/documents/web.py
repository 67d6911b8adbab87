"""Web archives: a page of a WARC is a document, as text; WET holds the texts of pages already.

Needs the extra `arclean[web]`: fastwarc reads the archives, trafilatura finds a page's own text.
"""

import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from arclean.documents.fields import Guess, document_of, host_of
from arclean.documents.jsonl import as_json
from arclean.documents.streams import Raw, text_of
from arclean.documents.values import LEAST_CONFIDENCE, Document, Source, Task
from arclean.errors import InputError, OutputError

if TYPE_CHECKING:
    from fastwarc import WarcRecord

    from arclean.documents.streams import Stream

INSTALL = "install what it takes with: pip install 'arclean[web]'"

# The headers of a record, of which one may hold all of a document's fields; a page's own are kilobytes.
_MOST_HEADERS = 1 << 20
_PAGES = ("text/html", "application/xhtml+xml")
_OK = 200
# https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding: within the first 1024 bytes, but pages
# that put scripts first are common.
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{2,40})", re.IGNORECASE)
_META_WITHIN = 8192
_CHUNK = re.compile(rb"[0-9a-fA-F]{1,8}[^\r\n]{0,99}\r\n")


def read_web(stream: "Stream", task: Task) -> Iterator[Document]:
    """Yield the pages of a WARC, and the texts of a WET, in order; what is damaged is rejected, and the rest goes on.

    Raises InputError where fastwarc or trafilatura is not installed; OSError where a record has no header that could be
    read, since then nothing says where the next one begins.
    """
    try:
        from fastwarc import ArchiveIterator  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise InputError(f"{error}: {INSTALL}") from error
    passed: Counter[str] = Counter()
    records = ArchiveIterator(Raw(stream.read1), stream_detect=False, max_header_len=_MOST_HEADERS)
    for number, record in enumerate(records, 1):
        try:
            kind = _kind(record)
            if kind == "page":
                document = _page(record, _body(record, task), task, number)
            elif kind == "text":
                document = _text(record, _body(record, task), task, number)
            else:
                passed[kind] += 1
                continue
        except InputError as error:
            task.reject(number, str(error), "record")
        else:
            yield document
    if passed:
        listed = ", ".join(f"{count:,} {kind}" for kind, count in passed.most_common(5))
        task.note(f"passed over {passed.total():,} records that are no pages: {listed}")


def web_record(record: Mapping[str, Any], text_field: str) -> bytes:
    """Write a record as a conversion record of WET, its fields but the text as JSON in the header `arclean-fields`.

    Its date is that of the record, or the epoch: a file of the same documents is the same file.

    Raises OutputError for half of a surrogate pair, which a text in UTF-8 cannot hold.
    """
    try:
        from fastwarc import WarcRecord, WarcRecordType  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise OutputError(f"{error}: {INSTALL}") from error
    fields = {k: v for k, v in record.items() if k != text_field}
    key = str(record.get("arclean_id", record.get("id")))
    try:
        content, address = record[text_field].encode(), _address(record, key)
    except UnicodeEncodeError as error:
        raise OutputError(f"{key!a} holds half of a surrogate pair at {error.start}: write .jsonl") from None
    made = WarcRecord()
    made.init_headers(WarcRecordType.conversion, f"uuid:{uuid5(NAMESPACE_URL, address)}".encode())
    date = record.get("warc_date")
    made.headers.set("WARC-Date", date if isinstance(date, str) and date.isascii() else "1970-01-01T00:00:00Z")
    made.headers.set("WARC-Target-URI", address)
    made.headers.set("Content-Type", "text/plain")
    made.headers.set("arclean-fields", json.dumps([text_field, fields], default=as_json))
    made.set_bytes_content(content)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _kind(record: "WarcRecord") -> str:
    """Say whether a record is a page, a text, or what else."""
    from fastwarc import WarcRecordType  # noqa: PLC0415 (an extra)

    if "Content-Length" not in record.headers:
        raise InputError("no Content-Length: the archive was cut in the middle of a header")
    if record.record_type == WarcRecordType.conversion:
        return "text"
    if record.record_type not in (WarcRecordType.response, WarcRecordType.resource):
        return str(record.headers.get("WARC-Type", "unknown"))
    content = (
        (record.http_content_type or record.headers.get("Content-Type") or "unknown").split(";")[0].strip().lower()
    )
    status = record.http_headers.status_code if record.is_http_parsed else _OK
    if status != _OK:
        return f"status {status}"
    return "page" if content in _PAGES else content


def _body(record: "WarcRecord", task: Task) -> bytes:
    if record.content_length > task.most:
        raise InputError(task.too_large("a record"))
    length = record.content_length
    body: bytes = record.reader.read()
    if len(body) < length:
        raise InputError(f"cut short: {len(body):,} of {length:,} bytes are there")
    return body


def _page(record: "WarcRecord", body: bytes, task: Task, number: int) -> Document:
    """Make a document of a page: its own text, without menus and footers, and what it says of itself."""
    from arclean.decoding import detect  # noqa: PLC0415 (the models it needs are only read for files)

    try:
        from trafilatura import bare_extraction  # noqa: PLC0415 (an extra, and slow to import)
    except ImportError as error:
        raise InputError(f"{error}: {INSTALL}") from error
    body = _decoded(record, body, task)
    meta = _META_CHARSET.search(body[:_META_WITHIN])
    found = detect(body, declared=record.http_charset or (meta[1].decode("ascii", "ignore") if meta else None))
    url = record.headers.get("WARC-Target-URI")
    if found.confidence < LEAST_CONFIDENCE:
        raise InputError(f"in no encoding that Arabic is written in (closest: {found.encoding}): {url}")
    page = bare_extraction(found.text, url=url, include_comments=False, with_metadata=True)
    if page is None or isinstance(page, dict) or not page.text:
        raise InputError(f"no text of its own in the page {url}")
    said = {"title": page.title, "author": page.author, "date": page.date}
    fields = _fields(record) | {k: v for k, v in said.items() if v}
    source = Source(task.name, number, "text", found.encoding)
    return Document(url or f"{task.name}:{number}", page.text, host_of(url), fields, source)


def _text(record: "WarcRecord", body: bytes, task: Task, number: int) -> Document:
    """Make a document of a conversion record, with its fields where `web_record` wrote it."""
    text = text_of(body)
    url = record.headers.get("WARC-Target-URI")
    own = record.headers.get("arclean-fields")
    if own is None:
        return Document(
            url or f"{task.name}:{number}", text, host_of(url), _fields(record), Source(task.name, number, "text")
        )
    try:
        text_field, fields = json.loads(own)
        source, names = Source(task.name, number, text_field), [k for k in ("arclean_id", "id") if k in fields]
        site = "site" if "site" in fields else None
        return document_of({**fields, text_field: text}, Guess(text_field, names[0], site, None), source, fields)
    except (ValueError, TypeError, IndexError) as error:
        raise InputError(f"the header arclean-fields does not hold a document's fields: {error}") from None


def _fields(record: "WarcRecord") -> dict[str, Any]:
    headers = (("url", "WARC-Target-URI"), ("warc_date", "WARC-Date"), ("warc_id", "WARC-Record-ID"))
    return {name: value for name, header in headers if (value := record.headers.get(header))}


def _address(record: Mapping[str, Any], key: str) -> str:
    url = record.get("url")
    address = url if isinstance(url, str) and host_of(url) else f"urn:arclean:{quote(key, safe='')}"
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~")


def _decoded(record: "WarcRecord", body: bytes, task: Task) -> bytes:
    """Undo what a server did to send a page: chunks, compression; within the limit, whatever a few bytes unfold to.

    Crawlers often store the plain page under headers that still say otherwise: what does not look so is not undone.
    """
    from fastwarc.stream_io import BrotliReader, ChunkedReader, ZstdReader  # noqa: PLC0415 (an extra)

    if not record.is_http_parsed:
        return body
    headers = record.http_headers
    try:
        if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(body):
            body = ChunkedReader(io.BytesIO(body)).read(task.most + 1)
        coding = (headers.get("Content-Encoding") or "").lower()
        if coding in {"gzip", "x-gzip", "deflate"} and not body.lstrip().startswith(b"<"):
            wide = (
                15 + 32 if coding != "deflate" or body[:1] == b"\x78" else -15
            )  # deflate without its header is common
            body = zlib.decompressobj(wide).decompress(body, task.most + 1)
        elif coding in {"br", "zstd"} and not body.lstrip().startswith(b"<"):
            body = (BrotliReader if coding == "br" else ZstdReader)(io.BytesIO(body)).read(task.most + 1)
    except (OSError, zlib.error) as error:
        raise InputError(f"the page is not what its headers say: {error}") from None
    if len(body) > task.most:
        raise InputError(task.too_large("a page"))
    return body
