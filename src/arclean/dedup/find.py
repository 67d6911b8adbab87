"""Find near-duplicates in a corpus that fits in memory: the stages in their order, as one readable function."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.candidates import candidates
from arclean.dedup.clusters import Keep, Star, chosen_stars, stars
from arclean.dedup.common import sites_of_groups, without_common
from arclean.dedup.containment import contained
from arclean.dedup.dates import Dating
from arclean.dedup.folded import bounds_of, default_folding
from arclean.dedup.matches import Duplicates, Groups, Indices, grouped
from arclean.dedup.prefixes import SLACK
from arclean.dedup.room import Room
from arclean.dedup.shingles import SHORT_WORDS, Sets, Shingled, shingled
from arclean.dedup.texts import StreamedTexts, without_text
from arclean.dedup.verify import shared
from arclean.errors import require_text
from arclean.workers import Progress, mapped

if TYPE_CHECKING:
    from arclean.documents import Document

# Characters folded together: 1 MB of code points and as much of hashes, which stay in the second-level cache by turns.
# At a quarter of it calls into numpy weigh, at four times the cache spills.
BATCH = 1 << 18
MOST_TEXTS = 1 << 14  # where most are empty

Doc: TypeAlias = "Document | tuple[str, str]"


def find_duplicates(  # noqa: PLR0913 (each is a thing to decide, and has a good default)
    docs: Iterable[Doc],
    threshold: float = 0.7,
    keep: Keep = "longest",
    *,
    containment: float | None = None,
    ignore_common: float | None = None,
    date_field: str = "date",
    workers: int = 1,
    progress: Progress | None = None,
) -> Duplicates:
    """Find all pairs of documents that are alike, and choose who stays.

    Documents are compared as the sets of their 5-word runs after folding (spelling of alef, hamza, yeh and teh
    marbuta, diacritics, tatweel, digits, punctuation, letter case and presentation forms do not count), two documents
    of under eight words as the sets of their 5-character runs. A pair is alike when the Jaccard similarity of the sets
    is at least `threshold`; every such pair is found and none other is. Empty documents are alike to none.

    Parameters: `docs` are Documents or (id, text) pairs; the texts of a long stream wait in a temporary file, in case
    `explain` is asked. `keep` says which document of a cluster stays: "longest" (most characters, then the lowest id),
    "first" (in the order given), "newest" (by the `date_field` of its `meta`: ISO 8601 text, a date or seconds; whoever
    has none is the oldest), or a function that is given the cluster's Documents and returns one. Nothing but "first"
    depends on the order of the documents. `containment` (say 0.9) asks for pairs, too, that are less alike while so
    large a share of one document stands in the other; a page that contains more than eight documents unlike itself is a
    list, and none of them a copy of it. `ignore_common` (say 0.3) leaves out shingles that stand in more than that
    share of the documents of a site (`Document.site`; those without one are a site together), and in five of them at
    least, so that templates neither hide nor fake a copy; equal documents count once, and a document that is nothing
    but template is compared whole. `workers` is how many processes fold and hash; the result is the same. It pays from
    some 100,000 documents on. `progress` is told the stage, how many documents are done, and of how many (0 where
    `docs` has no length).

    Raises ValueError where an id is given twice, for a share outside (0, 1], for an unknown `keep` and for dates that
    cannot be read; TypeError for a text or an id that is no str.

    >>> found = find_duplicates([
    ...     ("a", "افتتح الوزير أمس المدرسةَ الجديدة في مدينة الكرك بحضور أهالي الطلاب والمعلمين"),
    ...     ("b", "افتتح الوزير امس المدرسه الجديده في مدينه الكرك بحضور اهالي الطلاب والمعلمين."),
    ...     ("c", "فاز المنتخب الوطني بكأس البطولة بعد مباراة مثيرة امتدت إلى ركلات الترجيح"),
    ... ])
    >>> found.pairs[0]
    Match(a='a', b='b', jaccard=1.0, a_in_b=1.0, b_in_a=1.0)
    >>> found.kept
    ['a', 'c']
    """
    check_threshold(threshold)
    check_threshold(1.0 if containment is None else containment, "containment")
    check_threshold(1.0 if ignore_common is None else ignore_common, "ignore_common")
    if not callable(keep) and keep not in ("longest", "first", "newest"):
        raise ValueError(f"keep={keep!r}: use 'longest', 'first', 'newest' or a function of a cluster's Documents")
    check_workers(workers)
    corpus = _read(docs, workers, progress or (lambda *_: None))
    dates: list[float] = []
    if keep == "newest":
        dating = Dating(date_field)
        dates = dating.read(corpus.ids, corpus.docs)
        dating.check()
    if progress:
        progress("comparing", 0, len(corpus.ids))
    groups, short = _alike(corpus, threshold, containment, ignore_common)
    found, policy = _kept(corpus, groups, keep, dates)
    if progress:
        progress("comparing", len(corpus.ids), len(corpus.ids))
    return Duplicates(corpus.ids, corpus.texts, groups, found, policy, short)


def check_threshold(threshold: float, name: str = "threshold") -> None:
    """Refuse a threshold that is no share."""
    if not 0 < threshold <= 1:
        raise ValueError(f"{name}={threshold!r}: a share above 0 and at most 1, for instance 0.7")


def check_workers(workers: int) -> None:
    """Refuse a number of processes that cannot be."""
    if workers < 1:
        raise ValueError(f"workers={workers!r}: 1 for this process alone, or how many processes")


class Corpus(NamedTuple):
    """The documents, and what they are compared by."""

    ids: list[str]
    texts: Sequence[str]
    lengths: list[int]
    """Of the texts, in characters."""
    docs: list[Doc]
    """As they were given; those of a stream without their texts."""
    words: "Pool"
    chars: "Pool"
    counts: list[Indices]
    digests: list[NDArray[np.uint64]]

    def document(self, index: int) -> "Document":
        """Give one document, as it was given or made of its id and text."""
        from arclean.documents import Document  # noqa: PLC0415 (as above)

        doc = self.docs[index]
        if isinstance(doc, tuple):
            return Document(self.ids[index], self.texts[index])
        return doc if doc.text else replace(doc, text=self.texts[index])


class Pool:
    """The sets of all batches, one after the other in one large piece of memory.

    The arrays of a batch are copied here, so that the next batch can use their memory again.
    """

    def __init__(self) -> None:
        self._room = Room(_ROOM)
        self._sizes: list[Indices] = []

    def add(self, sets: Sets) -> None:
        """Take in the sets of a batch."""
        self._room.next(len(sets.values))[:] = sets.values
        self._sizes.append(sets.sizes)

    def sets(self, wanted: NDArray[np.bool_]) -> Sets:
        """Give the sets that are marked, moved together where they stand, and let go of all."""
        sizes = np.concatenate(self._sizes)
        values = self._room.used
        self._room = Room(0)
        begin = at = size = 0
        for batch in self._sizes:
            marked = wanted[begin : begin + len(batch)]
            held = values[at : at + int(batch.sum())]
            kept = held if marked.all() else held[np.repeat(marked, batch)]
            if at != size or kept is not held:
                values[size : size + len(kept)] = kept
            begin, at, size = begin + len(batch), at + len(held), size + len(kept)
        return Sets(values[:size], bounds_of(sizes[wanted]))


_ROOM = 1 << 20  # hashes: what 5,000 articles have


def _settle_allocator() -> None:
    """Let the C library keep the memory that batches free, rather than give it back and fetch it anew each time.

    glibc does so for pieces up to the largest one freed so far (32 MB at most). Nothing is written, so no memory is
    used. It halves the page faults of a run; elsewhere it does nothing.
    """
    np.empty(31 << 20, np.uint8)


def _read(docs: Iterable[Doc], workers: int, tell: Progress) -> Corpus:
    _settle_allocator()
    texts: list[str] | StreamedTexts = [] if isinstance(docs, list | tuple) else StreamedTexts()
    corpus = Corpus([], texts, [], [], Pool(), Pool(), [], [])
    for batch, found in _hashed(batches(docs), workers):
        corpus.ids.extend(batch.ids)
        texts.extend(batch.texts)
        corpus.lengths.extend(map(len, batch.texts))
        corpus.docs.extend(batch.docs if isinstance(texts, list) else map(without_text, batch.docs))
        corpus.words.add(found.words)
        corpus.chars.add(found.chars)
        corpus.counts.append(found.counts)
        corpus.digests.append(found.digests)
        tell("folding and hashing", len(corpus.ids), len(docs) if isinstance(docs, list | tuple) else 0)
    if len(set(corpus.ids)) < len(corpus.ids):
        seen: set[str] = set()
        twice = next(key for key in corpus.ids if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"two documents have the id {twice!r}: give each document an id of its own")
    return corpus


def _hashed(stream: Iterable["Batch"], workers: int) -> Iterator[tuple["Batch", Shingled]]:
    """Hash batches, in order, in this process or in others."""
    waiting: deque[Batch] = deque()

    def texts() -> Iterator[list[str]]:
        for batch in stream:
            waiting.append(batch)
            yield batch.texts

    for found in mapped(_hash, texts(), workers, _AHEAD):
        yield waiting.popleft(), found


# Batches are small: two for each worker would be done before the next is made.
_AHEAD = 4


def _hash(texts: list[str]) -> Shingled:
    return shingled(texts, default_folding())


class Batch(NamedTuple):
    """Documents that are folded together."""

    ids: list[str]
    texts: list[str]
    docs: list[Doc]


def batches(docs: Iterable[Doc]) -> Iterator[Batch]:
    """Cut a stream of documents into batches of about `BATCH` characters.

    Raises TypeError for what is neither a Document nor an (id, text) pair of str.
    """
    ids, texts, batch = [], [], []
    size = 0
    for doc in docs:
        if type(doc) is tuple and len(doc) == 2:  # noqa: PLR2004
            key, text = doc
        else:
            key, text = _named(doc)
        if type(key) is not str or type(text) is not str:
            _require_texts(key, text)
        ids.append(key)
        texts.append(text)
        batch.append(doc)
        size += len(text)
        if size >= BATCH or len(texts) >= MOST_TEXTS:
            yield Batch(ids, texts, batch)
            ids, texts, batch, size = [], [], [], 0
    if batch:
        yield Batch(ids, texts, batch)


def _named(doc: Any) -> tuple[Any, Any]:  # noqa: ANN401 (whatever a user gives)
    if hasattr(doc, "id") and hasattr(doc, "text"):
        return doc.id, doc.text
    raise TypeError(f"a document is a Document or an (id, text) pair, not {type(doc).__name__}: {str(doc)[:60]!r}")


def _require_texts(key: object, text: object) -> None:
    require_text(text, f"document {key!r}")
    if not isinstance(key, str):
        raise TypeError(f"the id of a document is text, not {type(key).__name__}: use str({key!r})")


def _alike(
    corpus: Corpus, threshold: float, containment: float | None, ignore_common: float | None
) -> tuple[Groups, NDArray[np.bool_]]:
    """Group equal documents and join the groups."""
    empty = np.empty(0, np.int64)
    if not corpus.ids:
        return Groups(empty, np.zeros(1, np.int64), empty, empty, empty, empty, empty), np.empty(0, bool)
    counts = np.concatenate(corpus.counts)
    members, bounds = grouped(np.concatenate(corpus.digests), counts)
    heads = np.zeros(len(counts), bool)
    heads[members[bounds[:-1]]] = True  # groups are in the order of their heads, so indices of heads are of groups
    short = (counts > 0) & (counts < SHORT_WORDS)
    few = np.flatnonzero(short[heads])
    words = corpus.words.sets(heads)
    chars = corpus.chars.sets(heads & short)
    if ignore_common is not None:
        sites = sites_of_groups(corpus.docs, members, bounds)
        words = without_common(words, sites, ignore_common)
        chars = without_common(chars, [sites[g] for g in few.tolist()], ignore_common)
    found = [similar(words, threshold, short[heads])]
    if containment is not None:
        found.append(contained(words, containment, threshold, short[heads]))
    del words
    by_chars = similar(chars, threshold)
    found.append((few[by_chars[0]], few[by_chars[1]], *by_chars[2:]))
    columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Groups(members, bounds, *columns), short


def similar(
    sets: Sets, threshold: float, apart: NDArray[np.bool_] | None = None
) -> tuple[Indices, Indices, Indices, Indices, Indices]:
    """Give every pair of sets with Jaccard >= threshold: the two, the size of what they share, and their sizes.

    Pairs of two sets that are both marked `apart` are left out: short texts, which are compared by characters.
    """
    sizes = sets.sizes
    found = [(np.empty(0, np.int64),) * 3]
    for one, two in candidates(sets, threshold):
        left, right = one, two
        if apart is not None:
            other = ~(apart[one] & apart[two])
            left, right = one[other], two[other]
        both = shared(sets, left, right)
        enough = both >= threshold * (sizes[left] + sizes[right] - both) - SLACK
        found.append((left[enough], right[enough], both[enough]))
    left, right, both = (np.concatenate(column) for column in zip(*found, strict=True))
    return left, right, both, sizes[left], sizes[right]


def _kept(corpus: Corpus, groups: Groups, keep: Keep, dates: list[float]) -> tuple[list[Star], str]:
    if keep == "first":
        return stars(groups, lambda doc: doc), "the first of them"
    if keep == "newest":
        return stars(groups, lambda doc: (-dates[doc], -corpus.lengths[doc], corpus.ids[doc])), "the newest of them"
    if keep == "longest":
        return stars(groups, lambda doc: (-corpus.lengths[doc], corpus.ids[doc])), "the longest of them"

    def choose(members: list[int]) -> int:
        documents = {corpus.ids[i]: (i, corpus.document(i)) for i in sorted(members, key=corpus.ids.__getitem__)}
        chosen = keep([document for _, document in documents.values()])
        key = getattr(chosen, "id", None)
        if key not in documents:
            raise ValueError(f"keep returned {chosen!r}, which is none of the {len(documents)} Documents it was given")
        return documents[key][0]

    return chosen_stars(groups, choose), f"chosen by {getattr(keep, '__name__', 'a function')}"
