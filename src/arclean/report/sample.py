"""A small part of many things, drawn by digests: neither their order nor the process decides, and memory is bounded."""

import hashlib
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Quota(NamedTuple):
    """How many to take of each stratum of a kind, and of how many strata."""

    each: int
    strata: int


def rank(key: str) -> int:
    """Give a key its place in the draw.

    >>> rank("أ") == rank("أ"), rank("أ") == rank("ب")
    (True, False)
    """
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Sample(Generic[Value]):
    """What was drawn so far: from each stratum (a site, a rule, all of the corpus) those of the lowest ranks.

    A draw from all alone would show a rule that speaks once in 10,000 documents to nobody.

    >>> sample = Sample({"all": Quota(1, 1)})
    >>> for number, key in enumerate(["ب", "أ"]):
    ...     for place in sample.places(key, [("all", "")]):
    ...         sample.put(place, number, key)
    >>> list(sample)
    ['ب']
    """

    def __init__(self, quotas: dict[str, Quota]) -> None:
        self._quotas = quotas
        self._strata: dict[str, dict[str, list[tuple[int, int]]]] = {kind: {} for kind in quotas}
        self._drawn: dict[int, tuple[int, Value]] = {}
        """What was drawn, by its number, and how many strata hold it."""

    def places(self, key: str, strata: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
        """Give the strata that would take a thing in; most things get none, and need not be made ready to show."""
        own = rank(key)
        return [(kind, name, own) for kind, name in strata if self._would_take(kind, name, own)]

    def put(self, place: tuple[str, str, int], number: int, value: Value) -> None:
        """Take a thing in; its number tells it from all others, and the sample comes in the order of these."""
        kind, name, own = place
        strata = self._strata[kind]
        if name not in strata and len(strata) == self._quotas[kind].strata:
            for _, old in strata.pop(max(strata, key=rank)):
                self._let_go(old)
        heap = strata.setdefault(name, [])
        heappush(heap, (-own, number))
        self._drawn[number] = (self._drawn.get(number, (0, value))[0] + 1, value)
        if len(heap) > self._quotas[kind].each:
            self._let_go(heappop(heap)[1])

    def __iter__(self) -> Iterator[Value]:
        """Yield what was drawn, in the order of the numbers."""
        return (self._drawn[number][1] for number in sorted(self._drawn))

    def __len__(self) -> int:
        return len(self._drawn)

    def _would_take(self, kind: str, name: str, own: int) -> bool:
        quota, strata = self._quotas[kind], self._strata[kind]
        if name in strata:
            heap = strata[name]
            return len(heap) < quota.each or own < -heap[0][0]
        return len(strata) < quota.strata or rank(name) < max(map(rank, strata))

    def _let_go(self, number: int) -> None:
        held, value = self._drawn[number]
        if held == 1:
            del self._drawn[number]
        else:
            self._drawn[number] = (held - 1, value)
