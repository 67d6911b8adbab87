"""Documents: what a corpus is made of, read from files and written to files.

The format is told by the name, each but Parquet also with `.gz` or `.zst` after it:

| name | a document is | read | written |
|---|---|---|---|
| `.txt`, in folders | a file; its folder is its site | yes | yes |
| `.jsonl`, `.ndjson` | a line | yes | yes |
| `.csv`, `.tsv` | a row under the header | yes | yes |
| `.parquet` | a row | yes | yes |
| `.warc` | a page, as text (`arclean[web]`) | yes | as `.wet` |
| `.wet` | a page's text (`arclean[web]`) | yes | yes |

Every reader streams: memory is that of the largest document, not of the file, however well it was compressed. What
cannot be read is rejected by name, and the rest goes on.

Read in this order: `values` (what a document is), `reading` (which file goes to which reader), `streams` and `fields`
(what the readers share), `text`, `jsonl`, `delimited`, `parquet`, `web` (a format each), `spool`, `files` and `writing`
(the way out).
"""

from arclean.documents.files import file_name, whole_file
from arclean.documents.jsonl import json_line
from arclean.documents.reading import SUFFIXES, read_documents
from arclean.documents.values import MOST_BYTES, STDIN, Document, Note, Rejected, Source
from arclean.documents.writing import record_file, record_of, text_field_of, write_documents

__all__ = [
    "MOST_BYTES",
    "STDIN",
    "SUFFIXES",
    "Document",
    "Note",
    "Rejected",
    "Source",
    "file_name",
    "json_line",
    "read_documents",
    "record_file",
    "record_of",
    "text_field_of",
    "whole_file",
    "write_documents",
]
