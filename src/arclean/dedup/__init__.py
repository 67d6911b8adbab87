"""Near-duplicates: exact, explained, incremental."""

from arclean.dedup.evidence import Evidence, Passage
from arclean.dedup.find import find_duplicates
from arclean.dedup.index import DuplicateIndex
from arclean.dedup.matches import Cluster, Duplicates, Match
from arclean.dedup.passages import Place, SharedPassage, find_passages
from arclean.dedup.store import IndexBusyError, IndexDamagedError, IndexVersionError

__all__ = [
    "Cluster",
    "DuplicateIndex",
    "Duplicates",
    "Evidence",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexVersionError",
    "Match",
    "Passage",
    "Place",
    "SharedPassage",
    "find_duplicates",
    "find_passages",
]
