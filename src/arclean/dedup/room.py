"""Room for millions of hashes that come batch by batch: memory is taken as it is written to, and grows where it stands.

numpy asks the system for pages of 2 MB, which are cheap where memory lies ready; in a virtual machine that fetches it
from its host they cost four times as much as small pages, as much as hashing what fits on them. An anonymous map comes
in small pages everywhere, and can grow without a second copy of it.
"""

import mmap

import numpy as np
from numpy.typing import NDArray

_BYTES = 8


class Room:
    """An array of hashes of which the beginning is in use.

    >>> room = Room(2)
    >>> for n in range(4):
    ...     room.next(1)[:] = n
    >>> room.used.tolist()
    [0, 1, 2, 3]
    """

    def __init__(self, expected: int) -> None:
        self._map = _mapped(max(1, expected) * _BYTES)
        self._values = np.frombuffer(self._map, np.uint64)
        self._size = 0

    def next(self, size: int) -> NDArray[np.uint64]:
        """Give room for so many more. Whoever keeps what was given before, keeps the room from growing."""
        end = self._size + size
        if end > len(self._values):
            self._grow(max(end, len(self._values) * 3 // 2))
        begin, self._size = self._size, end
        return self._values[begin:end]

    @property
    def used(self) -> NDArray[np.uint64]:
        """What is in use."""
        return self._values[: self._size]

    def _grow(self, size: int) -> None:
        self._values = np.empty(0, np.uint64)  # a map that somebody looks at stays as it is
        try:
            self._map.resize(size * _BYTES)
        except SystemError:  # a system on which maps cannot grow, as macOS
            larger = _mapped(size * _BYTES)
            larger[: len(self._map)] = self._map[:]
            self._map = larger
        self._values = np.frombuffer(self._map, np.uint64)


def _mapped(size: int) -> mmap.mmap:
    if hasattr(mmap, "MAP_PRIVATE"):
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return mmap.mmap(-1, size)
