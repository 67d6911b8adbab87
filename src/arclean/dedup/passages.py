"""Runs of words that recur across documents: agency copy inside otherwise different articles.

A *passage* is a run of words, at least so many, that stands in two documents or more, and that in one of them at least
is no part of a longer such run. That is the whole definition. Words are compared as `find_duplicates` folds them, and
by themselves: hashes only choose where to look. A run that is longest in one document is reported with all its places,
those inside longer runs of other documents included.

It is found in three steps, each linear in the words but for a logarithm:

1. *Seeds*: a word run of just the least length that stands in two documents is found by its hash. Whatever recurs is
   covered by seeds, so everything else is forgotten; of news that is nine tenths.
2. *Order*: what is left is sorted as a suffix array, by doubling (Manber and Myers 1990). Runs that begin alike
   are neighbours there, so the longest that recurs from a place is shared with the next of another document above or
   below.
3. *Places*: the neighbours that begin with a whole passage are its places.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arclean.dedup.find import Doc, batches
from arclean.dedup.folded import bounds_of, default_folding, ragged
from arclean.dedup.offsets import word_offsets
from arclean.dedup.shingles import Hashes, mixed

Indices = NDArray[np.int64]
# A sentence of a story and its attribution. Below some ten words, set phrases recur that nobody copied.
LEAST_WORDS = 20
# What stands in more documents than this is furniture: learning a site's boilerplate is the tool for that. It also
# bounds the answer, which has each place of each passage.
MOST_DOCUMENTS = 1000
# Hashes sorted together in looking for seeds: 32 MB.
_PART = 1 << 22


class Place(NamedTuple):
    """Where a passage stands: text[start:end] of a document as it was given."""

    id: str
    start: int
    end: int


class SharedPassage(NamedTuple):
    """A run of words that recurs, and all places where it stands, in the order of ids and offsets."""

    words: int
    places: tuple[Place, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The documents that have it, each once."""
        return tuple(dict.fromkeys(place.id for place in self.places))


def find_passages(
    docs: Iterable[Doc], min_words: int = LEAST_WORDS, *, max_documents: int | None = MOST_DOCUMENTS
) -> list[SharedPassage]:
    """Find the runs of words that recur across documents, the longest first.

    Parameters: `docs` are Documents or (id, text) pairs. `min_words` is how long a run must be; spelling,
    diacritics, digits and punctuation do not count, as in `find_duplicates`. Passages in more than `max_documents`
    documents are left out, as furniture (None: none is). The order of the documents makes no difference.

    A passage is cut at words: it begins where its first word begins in the text as it was given, and ends where its
    last one ends. Of what recurs the longest run is reported, and a shorter one within it only where that is the
    longest in another document.

    Raises ValueError where an id is given twice or a number is below 1; TypeError for what is no document.

    >>> agency = "قال المتحدث باسم الوزارة إن الأمطار ستستمر حتى نهاية الأسبوع"
    >>> docs = {"a": f"عمان — {agency}، وأضاف أن الطرق سالكة.", "b": f"في نشرتها المسائية: «{agency}»"}
    >>> for passage in find_passages(docs.items(), min_words=8):
    ...     print(passage.words, [docs[p.id][p.start : p.end] == agency for p in passage.places])
    10 [True, True]
    """
    for name, value in (("min_words", min_words), ("max_documents", max_documents)):
        if value is not None and value < 1:
            raise ValueError(f"{name}={value!r}: a number of at least 1")
    corpus = _read(docs)
    firsts = _seeds(corpus, min_words)
    if not len(firsts):
        return []
    kept = _covered(corpus, firsts, min_words)
    order = _sorted(kept.words)
    longest = _longest(order, kept.docs)
    found = _passages(kept, order, longest, min_words, max_documents)
    return _told(corpus, found)


class _Corpus(NamedTuple):
    ids: list[str]
    texts: list[str]
    words: NDArray[np.int32]
    """The number of each word, equal for equal words, text after text."""
    bounds: Indices


def _read(docs: Iterable[Doc]) -> _Corpus:
    folding = default_folding()
    numbers: dict[bytes, int] = {}
    ids: list[str] = []
    texts: list[str] = []
    words: list[NDArray[np.int32]] = []
    sizes = [0]
    for batch in batches(docs):
        ids += batch.ids
        texts += batch.texts
        folded = folding.batch(batch.texts)
        codes, starts = folded.codes.tobytes(), folded.starts.tolist()
        for begin, end in pairwise(starts):
            row = [numbers.setdefault(word, len(numbers)) for word in codes[begin:end].split(b"\0") if word]
            words.append(np.array(row, np.int32))
            sizes.append(len(row))
    if len({*ids}) < len(ids):
        seen: set[str] = set()
        twice = next(key for key in ids if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"two documents have the id {twice!r}: give each document an id of its own")
    return _Corpus(
        ids, texts, np.concatenate([*words, np.empty(0, np.int32)]), bounds_of(np.array(sizes[1:], np.int64))
    )


def _seeds(corpus: _Corpus, width: int) -> Indices:
    """Give where runs of `width` words begin that stand in two documents at least."""
    hashes = _run_hashes(corpus.words, width)
    sizes = np.diff(corpus.bounds)
    inside = ragged(corpus.bounds[:-1], np.maximum(sizes - width + 1, 0))
    if not len(inside):
        return inside
    hashes = hashes[inside]
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), np.maximum(sizes - width + 1, 0))
    parts = -(-len(hashes) // _PART)
    found = []
    for part in range(parts):
        # The low bits choose the part: a multiplied share of 2^16, as even as the hashes are.
        mine = np.flatnonzero((hashes & np.uint64(0xFFFF)) * np.uint64(parts) >> np.uint64(16) == part)
        order = mine[np.argsort(hashes[mine], kind="stable")]  # stable: documents in order within a hash
        new = np.ones(len(order), bool)
        new[1:] = hashes[order[1:]] != hashes[order[:-1]]
        starts = np.flatnonzero(new)
        lengths = np.diff(np.concatenate((starts, [len(order)])))
        several = owners[order[starts]] != owners[order[starts + lengths - 1]]
        found.append(order[np.repeat(several, lengths)])
    seeds: Indices = inside[np.sort(np.concatenate(found))]
    return seeds


def _run_hashes(words: NDArray[np.int32], width: int) -> Hashes:
    """Hash every run of `width` words: runs of 1, 2, 4 … are put together to it, so that a long run costs as little."""
    power = mixed(words.astype(np.uint64) + np.uint64(1))
    total, done = np.zeros(len(words), np.uint64), 0
    step = 1
    while True:
        if width & step:
            rest = power[done:] if done else power
            total = mixed(total[: len(rest)] * np.uint64(2 * step + 1) + rest)
            done += step
        if done == width:
            return total
        if len(power) <= step:
            return np.empty(0, np.uint64)
        power = mixed(power[:-step] * np.uint64(3) + power[step:])
        step *= 2


class _Kept(NamedTuple):
    """What seeds cover: stretches of words, each followed by an end that is like no other."""

    words: Indices
    docs: NDArray[np.int32]
    """The document of each word; of an end -1."""
    at: Indices
    """Where each word stands in the corpus; an end where its stretch ends."""


def _covered(corpus: _Corpus, firsts: Indices, width: int) -> _Kept:
    owners = np.searchsorted(corpus.bounds, firsts, "right") - 1
    apart = (np.diff(firsts) > 1) | (np.diff(owners) > 0)
    begins = firsts[np.concatenate(([True], apart))]
    lengths = firsts[np.concatenate((apart, [True]))] + width - begins
    at = ragged(begins, lengths + 1)
    docs = np.repeat(np.searchsorted(corpus.bounds, begins, "right") - 1, lengths + 1).astype(np.int32)
    ends = np.cumsum(lengths + 1) - 1
    words = corpus.words[np.minimum(at, len(corpus.words) - 1)].astype(np.int64)
    words[ends] = int(corpus.words.max()) + 1 + np.arange(len(ends))
    docs[ends] = -1
    return _Kept(words, docs, at)


class _Order(NamedTuple):
    places: Indices
    """Every place, sorted by the words from there on."""
    rank: Indices
    common: Indices
    """How many words each in that order has in common with the one before it."""


def _sorted(words: Indices) -> _Order:
    """Sort all suffixes by doubling: in each round by twice as many words, and only those that are not settled yet.

    The ranks of each round are kept; going back through them, the largest first, tells how many words two neighbours
    share. Ends are unlike each other, so no comparison goes on past one.
    """
    size = len(words)
    _, rank = np.unique(words, return_inverse=True)
    places = np.argsort(rank, kind="stable")
    rank = _as_starts(rank[places], places)
    rounds = [rank.astype(np.int32)]
    step = 1
    while True:
        ordered = rank[places]
        tied = np.concatenate((ordered[1:] == ordered[:-1], [False]))
        tied[1:] |= tied[:-1].copy()
        at = np.flatnonzero(tied)
        if not len(at):
            break
        mine = places[at]
        # An end settles a comparison before the text is over, so the rank past it is never looked at.
        key = rank[mine] * size + rank[np.minimum(mine + step, size - 1)]
        turn = np.argsort(key, kind="stable")
        places[at] = mine[turn]
        key = key[turn]
        new = np.concatenate(([True], key[1:] != key[:-1]))
        rank = rank.copy()
        rank[places[at]] = np.maximum.accumulate(np.where(new, at, 0))
        rounds.append(rank.astype(np.int32))
        step *= 2
    common = np.zeros(size, np.int64)
    one, two = places[1:].copy(), places[:-1].copy()
    for level in range(len(rounds) - 1, -1, -1):
        known = rounds[level]
        equal = known[np.minimum(one, size - 1)] == known[np.minimum(two, size - 1)]
        equal &= (one < size) & (two < size)
        jump = np.where(equal, 1 << level, 0)
        common[1:] += jump
        one += jump
        two += jump
    return _Order(places, rank, common)


def _as_starts(ordered: Indices, places: Indices) -> Indices:
    """Rank each place by where its equals begin in the order."""
    new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    rank = np.empty(len(places), np.int64)
    rank[places] = np.maximum.accumulate(np.where(new, np.arange(len(places)), 0))
    return rank


def _longest(order: _Order, docs: NDArray[np.int32]) -> Indices:
    """Give for each place the length of the longest run from there that stands in another document too."""
    owners = docs[order.places]
    below = _nearest_other(order.common[1:], owners)
    above = _nearest_other(order.common[:0:-1], owners[::-1])[::-1]
    longest = np.empty(len(owners), np.int64)
    longest[order.places] = np.maximum(below, above)
    return longest


def _nearest_other(between: Indices, owners: NDArray[np.int32]) -> Indices:
    """Give what each in the order shares with the nearest before it of another document.

    What is shared with one further off is the least of what neighbours share on the way.
    """
    shared = np.zeros(len(owners), np.int64)
    same = owners[1:] == owners[:-1]
    shared[1:][~same] = between[~same]
    at = np.flatnonzero(same) + 1
    starts = np.flatnonzero(np.concatenate(([True], np.diff(at) > 1))) if len(at) else at
    sizes = np.diff(np.concatenate((starts, [len(at)])))
    begins = at[starts]
    # A document that repeats itself lies there in a row; all rows take one step at a time.
    for step in range(int(sizes.max()) if len(sizes) else 0):
        going = begins[sizes > step] + step
        shared[going] = np.minimum(between[going - 1], shared[going - 1])
    return shared


class _Found(NamedTuple):
    words: Indices
    """The length of each passage."""
    places: Indices
    """Where each stands in the corpus, passage after passage."""
    bounds: Indices


def _passages(kept: _Kept, order: _Order, longest: Indices, least: int, most: int | None) -> _Found:
    """Take the runs that reach further than the run from the word before, and all places of each."""
    before = np.concatenate(([0], longest[:-1]))
    before[1:][kept.docs[:-1] != kept.docs[1:]] = 0  # after an end another stretch begins
    places = np.flatnonzero((longest >= least) & (before <= longest) & (kept.docs >= 0))
    lengths = longest[places]
    first, last = _alike(order, order.rank[places], lengths)
    # Equal runs have the same neighbours and length: one of each.
    _, once = np.unique(np.stack((first, lengths)), axis=1, return_index=True)
    first, last, lengths = first[once], last[once], lengths[once]
    sizes = last - first
    if most is not None:
        few = np.flatnonzero(sizes <= most)
        many = [i for i in np.flatnonzero(sizes > most).tolist() if _documents(kept, order, first[i], last[i]) <= most]
        chosen = np.sort(np.concatenate((few, np.array(many, np.int64))))
        first, lengths, sizes = first[chosen], lengths[chosen], sizes[chosen]
    return _Found(lengths, kept.at[order.places[ragged(first, sizes)]], bounds_of(sizes))


def _documents(kept: _Kept, order: _Order, first: int, last: int) -> int:
    return len(np.unique(kept.docs[order.places[first:last]]))


def _alike(order: _Order, at: Indices, lengths: Indices) -> tuple[Indices, Indices]:
    """Give the first and the one past the last in the order that share so many words with those `at`.

    Steps of 1, 2, 4 … are taken while the least of what neighbours share on the way is enough, then halved.
    """
    least = [order.common]  # least[k][i]: of common[i : i + 2^k]
    while len(least[-1]) > 1 << len(least):
        half = 1 << (len(least) - 1)
        least.append(np.minimum(least[-1][:-half], least[-1][half:]))
        if int(least[-1].max()) < int(lengths.min(initial=0)):
            break
    first, last = at.copy(), at + 1
    for level in range(len(least) - 1, -1, -1):
        span, table = 1 << level, least[level]
        # common[last] compares the next with the last one that is in.
        for _ in range(2):
            on = np.flatnonzero(last + span <= len(order.common))
            on = on[table[last[on]] >= lengths[on]]
            last[on] += span
            on = np.flatnonzero(first - span >= 0)
            on = on[table[first[on] - span + 1] >= lengths[on]]
            first[on] -= span
    return first, last


def _told(corpus: _Corpus, found: _Found) -> list[SharedPassage]:
    """Turn numbers of words into offsets in the texts as they were given."""
    owners = np.searchsorted(corpus.bounds, found.places, "right") - 1
    ends = found.places + np.repeat(found.words, np.diff(found.bounds)) - 1
    spans = np.empty((len(owners), 2), np.int64)
    by_owner = np.argsort(owners, kind="stable")
    cuts = np.flatnonzero(np.concatenate(([True], np.diff(owners[by_owner]) > 0, [True]))) if len(owners) else owners
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        mine = by_owner[begin:end]
        doc = int(owners[mine[0]])
        starts, stops = word_offsets(corpus.texts[doc])
        spans[mine, 0] = starts[found.places[mine] - corpus.bounds[doc]]
        spans[mine, 1] = stops[ends[mine] - corpus.bounds[doc]]
    rows = list(zip(owners.tolist(), spans[:, 0].tolist(), spans[:, 1].tolist(), strict=True))
    cuts = found.bounds
    passages = [
        SharedPassage(words, tuple(sorted(Place(corpus.ids[doc], start, end) for doc, start, end in rows[begin:stop])))
        for words, begin, stop in zip(found.words.tolist(), cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    ]
    return sorted(passages, key=lambda p: (-p.words, p.places))
