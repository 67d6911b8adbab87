"""An index of documents on disk, asked for near-duplicates and added to as a corpus grows."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from os import PathLike
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.find import Doc, batches, check_threshold, similar
from arclean.dedup.folded import default_folding
from arclean.dedup.matches import Match
from arclean.dedup.segments import (
    CHARS,
    IDS,
    WORDS,
    Record,
    Segment,
    alike_in,
    delete_segment,
    id_key,
    looked_up,
    read_record,
    read_segment,
    record_name,
    sets_of,
    write_segment,
)
from arclean.dedup.shingles import shingled
from arclean.dedup.store import IndexVersionError, Store
from arclean.errors import require_text

FORMAT = 2
DEFAULT_THRESHOLD = 0.7
_STATE, _REMOVED = 0, 1
# Eight segments of a size become one of the next: a document is written again log8(n) times, 6 for a million. From
# the largest size on they stay apart, so that a merge holds no more than some 300 MB of sets.
_FANOUT, _LARGEST = 8, 1 << 17
# Documents compared and written at a time: their sets are some 30 MB. The more, the fewer times a page is read.
_CHUNK = 1 << 14


class State(NamedTuple):
    """What the index consists of."""

    threshold: float
    documents: int
    """How many there are, without the removed ones."""
    next_doc: int
    next_segment: int
    segments: list[list[int]]
    """[number, documents, pages] of each."""
    removed: frozenset[int]


class DuplicateIndex:
    """Near-duplicates in a corpus that grows: exact, on disk, safe from crashes.

    Parameters: `path` is a file, made when the first document is added. `threshold` is fixed when it is made (0.7
    where none is given); the same pairs come out as from `find_duplicates`, whatever the order and the batches. The
    texts themselves are not stored: some 4 KB for a document of 250 words.

    One process writes at a time, from its first `add` until `close`; any number of others may query meanwhile. What
    `add` and `remove` have returned from is on the disk.

    Raises IndexDamagedError for a file that is cut, changed, or no index; IndexVersionError for one made by other
    rules; IndexBusyError where two want to write; ValueError for another threshold than the file's.

    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "news.index")
    >>> with DuplicateIndex(path) as index:
    ...     index.add([("a", "افتتح الوزير أمس المدرسة الجديدة في مدينة الكرك بحضور أهالي الطلاب")])
    ...     index.query("افتتح الوزير امس المدرسه الجديده في مدينه الكرك بحضور اهالي الطلاب")
    []
    [Match(a='', b='a', jaccard=1.0, a_in_b=1.0, b_in_a=1.0)]
    """

    def __init__(self, path: str | PathLike[str], threshold: float | None = None) -> None:
        if threshold is not None:
            check_threshold(threshold)
        self._store = Store(path)
        self._wanted = threshold
        self._cached: dict[int, Segment] = {}
        with self._reading():
            pass  # a damaged file is refused here rather than at the first question

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        with self._reading() as state:
            return state.documents

    def __repr__(self) -> str:
        return f"DuplicateIndex({str(self._store.path)!r})"

    def close(self) -> None:
        """Let go of the file. The index opens again when it is used again."""
        self._store.close()
        self._cached.clear()

    def query(self, text: str) -> list[Match]:
        """Find the stored documents that a text is alike to, the most alike first. In each Match `a` is "".

        Raises TypeError for anything but a str.
        """
        require_text(text, "query")
        with self._reading() as state:
            return self._matches(state, [_record("", text)])

    def add(self, docs: Iterable[Doc]) -> list[Match]:
        """Store documents, and give what each is alike to: those stored before and those before it in `docs`.

        In each Match `a` is the newer document. All are stored, or, where anything fails, none.

        Raises ValueError for an id that is stored already or given twice; TypeError for what is no document.
        """
        found: list[Match] = []
        stream = iter(docs)
        order: dict[str, int] = {}
        with self._writing() as before:
            state = before
            while chunk := list(islice(stream, _CHUNK)):
                records = _records(chunk)
                order |= {record.id: len(order) + i for i, record in enumerate(records)}
                self._refuse_known(state, records)
                found += self._matches(state, records) + _within(records, state.threshold)
                state = self._stored(state, records)
            self._write(state)
        self._forget(state)
        return sorted(found, key=lambda m: (order[m.a], -m.jaccard, m.b))

    def remove(self, ids: Iterable[str]) -> None:
        """Remove documents. Their room is given back by `compact`.

        Raises ValueError for an id that is not stored, and then removes none.
        """
        ids = [ids] if isinstance(ids, str) else list(ids)
        with self._writing() as state:
            known = self._docs_of(state, ids)
            if missing := [key for key in ids if key not in known]:
                raise ValueError(f"no document has the id {missing[0]!r} ({len(missing)} of {len(ids)} ids unknown)")
            gone = frozenset(known.values())
            self._write(state._replace(documents=state.documents - len(gone), removed=state.removed | gone))

    def compact(self) -> None:
        """Give back the room of removed documents, and merge what can be merged."""
        with self._writing() as before:
            state = before
            docs = [d for s in state.segments for d in self._segment(s).docs.tolist()]
            live = [d for d in docs if d not in state.removed]
            for number, _, pages in state.segments:
                delete_segment(self._store, number, pages)
            self._store.delete(record_name(doc) for doc in docs if doc in state.removed)
            state = state._replace(segments=[], removed=frozenset())
            for begin in range(0, len(live), _LARGEST):
                state = self._with_segment(state, live[begin : begin + _LARGEST], None)
            self._write(state)
        self._forget(state)
        self._store.shrink()

    @contextmanager
    def _reading(self) -> Iterator[State]:
        if not self._store.exists:
            yield self._new()
            return
        with self._store.reading():
            yield self._state()

    @contextmanager
    def _writing(self) -> Iterator[State]:
        try:
            with self._store.writing() as new:
                yield self._new() if new else self._state()
        except BaseException:
            self._cached.clear()  # the numbers of segments that were not written will be given again
            raise

    def _new(self) -> State:
        return State(DEFAULT_THRESHOLD if self._wanted is None else self._wanted, 0, 0, 0, [], frozenset())

    def _state(self) -> State:
        raw: dict[str, Any] = json.loads(self._store.get(_STATE))
        if raw["format"] != FORMAT or raw["folding"] != _folding_digest():
            raise IndexVersionError(
                f"{self._store.path} was made by another version of arclean (format {raw['format']}, folding "
                f"{raw['folding']}; this one has {FORMAT}, {_folding_digest()}): build it again from the documents"
            )
        if self._wanted not in (None, raw["threshold"]):
            raise ValueError(
                f"{self._store.path} is for threshold {raw['threshold']}, not {self._wanted}: leave it out"
            )
        removed = np.frombuffer(self._store.get(_REMOVED), "<u4").tolist()
        counts = (raw["documents"], raw["next_doc"], raw["next_segment"])
        return State(raw["threshold"], *counts, raw["segments"], frozenset(removed))

    def _write(self, state: State) -> None:
        raw = {**state._asdict(), "format": FORMAT, "folding": _folding_digest()}
        del raw["removed"]
        self._store.put(_REMOVED, np.array(sorted(state.removed), "<u4").tobytes())
        self._store.put(_STATE, json.dumps(raw).encode())

    def _segment(self, entry: Sequence[int]) -> Segment:
        number, size, _ = entry
        if number not in self._cached:
            self._cached[number] = read_segment(self._store, number, size)
        return self._cached[number]

    def _forget(self, state: State) -> None:
        """Drop what is in memory of segments that are no more."""
        there = {number for number, _, _ in state.segments}
        for number in [*self._cached]:
            if number not in there:
                del self._cached[number]

    def _matches(self, state: State, records: Sequence[Record]) -> list[Match]:
        """Find what is stored and alike to the records."""
        rows: list[tuple[int, int]] = []
        asked = ((WORDS, sets_of([r.words for r in records])), (CHARS, sets_of([r.chars for r in records])))
        for entry in state.segments:
            segment = self._segment(entry)
            for kind, sets in asked:
                if len(sets.values):
                    one, docs = alike_in(self._store, segment, sets, kind, state.threshold)
                    rows += zip(one.tolist(), docs.tolist(), strict=True)
        stored: dict[int, Record] = {}
        found = []
        for i, doc in sorted({*rows}):
            if doc not in state.removed:
                if doc not in stored:
                    stored[doc] = read_record(self._store, doc)
                found += _match(records[i], stored[doc], state.threshold)
        return sorted(found, key=lambda m: (-m.jaccard, m.b)) if len(records) == 1 else found

    def _docs_of(self, state: State, ids: Sequence[str]) -> dict[str, int]:
        """Find the documents of these ids."""
        keys = np.array([id_key(key) for key in ids], np.uint64)
        known = {}
        for entry in state.segments:
            segment = self._segment(entry)
            which, found = looked_up(self._store, segment, keys, IDS)
            for i, doc in zip(which.tolist(), segment.docs[found].tolist(), strict=True):
                if doc not in state.removed and read_record(self._store, doc).id == ids[i]:
                    known[ids[i]] = doc
        return known

    def _refuse_known(self, state: State, records: Sequence[Record]) -> None:
        seen: set[str] = set()
        for record in records:
            if record.id in seen:
                raise ValueError(f"two documents have the id {record.id!r}: give each document an id of its own")
            seen.add(record.id)
        if known := self._docs_of(state, [r.id for r in records]):
            raise ValueError(
                f"a document with the id {min(known)!r} is stored already: remove it first, or rename this one"
            )

    def _stored(self, state: State, records: Sequence[Record]) -> State:
        docs = range(state.next_doc, state.next_doc + len(records))
        for doc, record in zip(docs, records, strict=True):
            self._store.put(record_name(doc), record.to_bytes())
        state = state._replace(documents=state.documents + len(records), next_doc=docs.stop)
        return self._merged(self._with_segment(state, docs, records))

    def _with_segment(self, state: State, docs: Sequence[int], records: Sequence[Record] | None) -> State:
        records = [read_record(self._store, doc) for doc in docs] if records is None else records
        pages = write_segment(self._store, state.next_segment, docs, records, state.threshold)
        entry = [state.next_segment, len(docs), pages]
        return state._replace(next_segment=state.next_segment + 1, segments=[*state.segments, entry])

    def _merged(self, state: State) -> State:
        """Merge the last eight segments while they are of one size, or the last ones are larger."""
        while len(state.segments) >= _FANOUT:
            last = state.segments[-_FANOUT:]
            size = sum(docs for _, docs, _ in last)
            if _level(last[0][1]) > max(_level(docs) for _, docs, _ in last[1:]) or size > _LARGEST:
                break
            docs = [d for entry in last for d in self._segment(entry).docs.tolist()]
            for number, _, pages in last:
                delete_segment(self._store, number, pages)
            state = self._with_segment(state._replace(segments=state.segments[:-_FANOUT]), docs, None)
        return state


def _level(docs: int) -> int:
    """Give the size class: 1 to 7 documents, 8 to 63, and so on."""
    return (docs.bit_length() - 1) // 3


@cache
def _folding_digest() -> str:
    folds = json.dumps(sorted(default_folding().folds.items()))
    return hashlib.blake2b(folds.encode(), digest_size=8).hexdigest()


def _records(docs: Sequence[Doc]) -> list[Record]:
    records = []
    for batch in batches(docs):
        sets = shingled(batch.texts, default_folding())
        records += [
            Record(key, np.sort(sets.words.of(i)), np.sort(sets.chars.of(i))) for i, key in enumerate(batch.ids)
        ]
    return records


def _record(key: str, text: str) -> Record:
    return _records([(key, text)])[0]


def _within(records: Sequence[Record], threshold: float) -> list[Match]:
    """Find the pairs among new documents, the later one first."""
    short = np.array([len(r.chars) > 0 for r in records])
    found = []
    for sets, apart in ((sets_of([r.words for r in records]), short), (sets_of([r.chars for r in records]), None)):
        for i, j, both, x, y in zip(*(c.tolist() for c in similar(sets, threshold, apart)), strict=True):
            scores = (both / (x + y - both), both / y, both / x)
            found.append(Match(records[j].id, records[i].id, *scores))
    return found


def _match(new: Record, old: Record, threshold: float) -> list[Match]:
    """Compare a text with a stored document: by characters if both are short, else by words."""
    both_short = len(new.chars) > 0 and len(old.chars) > 0
    one, two = (new.chars, old.chars) if both_short else (new.words, old.words)
    both = _shared(one, two)
    if not both or both < threshold * (len(one) + len(two) - both) - 1e-9:
        return []
    return [Match(new.id, old.id, both / (len(one) + len(two) - both), both / len(one), both / len(two))]


def _shared(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> int:
    """Count what two sorted sets share."""
    if not len(one) or not len(two):
        return 0
    at = np.searchsorted(two, one)
    return int((two[np.minimum(at, len(two) - 1)] == one).sum())
