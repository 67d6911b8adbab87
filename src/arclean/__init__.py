"""Clean scraped Arabic text, say why, undo it exactly, and find near-duplicates across a corpus.

`clean(text)` and `explain(text)` clean one text; rules and pipelines (`REPAIR`, `WEB`, `FOLD`, `SEARCH`) are values
that nest. `SiteBoilerplate.learn(texts)` learns a site; `find_duplicates(documents)` and `DuplicateIndex(path)` find
copies however they are spelt; `read_documents` and `run` do it for folders and files.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from arclean.alphabet import Marks
from arclean.boilerplate import SiteBoilerplate
from arclean.captions import RepeatedCaptions, drop_repeated_captions
from arclean.decoding import Decoded, decode, detect
from arclean.dedup import (
    Cluster,
    DuplicateIndex,
    Duplicates,
    Evidence,
    IndexBusyError,
    IndexDamagedError,
    IndexVersionError,
    Match,
    Passage,
    Place,
    SharedPassage,
    find_duplicates,
    find_passages,
)
from arclean.documents import Document, Note, Rejected, read_documents, write_documents
from arclean.edits import Applied, Cleaned, Edit, Removal, Step
from arclean.errors import ArcleanError, InputError, OutputError, UnsettledRuleError
from arclean.folding import (
    FoldAlef,
    FoldCase,
    FoldDigits,
    FoldHamza,
    FoldLookalikes,
    FoldPunctuation,
    FoldTehMarbuta,
    FoldYeh,
    StripDiacritics,
    StripTatweel,
    fold_alef,
    fold_case,
    fold_digits,
    fold_elongation,
    fold_hamza,
    fold_lookalikes,
    fold_punctuation,
    fold_teh_marbuta,
    fold_yeh,
    strip_diacritics,
    strip_tatweel,
)
from arclean.folding.elongation import FoldElongation
from arclean.integrations.datasets import for_datasets
from arclean.mojibake import RepairMojibake, repair_mojibake
from arclean.presets import FOLD, REPAIR, SEARCH, WEB, clean, explain
from arclean.repair import (
    StripInvisibles,
    repair_entities,
    repair_lookalikes,
    repair_presentation_forms,
    repair_spaces,
    repair_unicode,
    strip_invisibles,
)
from arclean.results import Result, Settings
from arclean.rules import Cleaner, Explained, Pipeline, Rule, explained, rule
from arclean.run import run
from arclean.teasers import drop_repeated_teasers
from arclean.widgets import CommentWidgets, PageFurniture, drop_comment_widgets, drop_page_furniture

if TYPE_CHECKING:
    from arclean.dedup.ondisk import DiskDuplicates
    from arclean.dedup.spill import find_duplicates_on_disk

__all__ = [
    "FOLD",
    "REPAIR",
    "SEARCH",
    "WEB",
    "Applied",
    "ArcleanError",
    "Cleaned",
    "Cleaner",
    "Cluster",
    "CommentWidgets",
    "Decoded",
    "DiskDuplicates",
    "Document",
    "DuplicateIndex",
    "Duplicates",
    "Edit",
    "Evidence",
    "Explained",
    "FoldAlef",
    "FoldCase",
    "FoldDigits",
    "FoldElongation",
    "FoldHamza",
    "FoldLookalikes",
    "FoldPunctuation",
    "FoldTehMarbuta",
    "FoldYeh",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexVersionError",
    "InputError",
    "Marks",
    "Match",
    "Note",
    "OutputError",
    "PageFurniture",
    "Passage",
    "Pipeline",
    "Place",
    "Rejected",
    "Removal",
    "RepairMojibake",
    "RepeatedCaptions",
    "Result",
    "Rule",
    "Settings",
    "SharedPassage",
    "SiteBoilerplate",
    "Step",
    "StripDiacritics",
    "StripInvisibles",
    "StripTatweel",
    "UnsettledRuleError",
    "clean",
    "decode",
    "detect",
    "drop_comment_widgets",
    "drop_page_furniture",
    "drop_repeated_captions",
    "drop_repeated_teasers",
    "explain",
    "explained",
    "find_duplicates",
    "find_duplicates_on_disk",
    "find_passages",
    "fold_alef",
    "fold_case",
    "fold_digits",
    "fold_elongation",
    "fold_hamza",
    "fold_lookalikes",
    "fold_punctuation",
    "fold_teh_marbuta",
    "fold_yeh",
    "for_datasets",
    "read_documents",
    "repair_entities",
    "repair_lookalikes",
    "repair_mojibake",
    "repair_presentation_forms",
    "repair_spaces",
    "repair_unicode",
    "rule",
    "run",
    "strip_diacritics",
    "strip_invisibles",
    "strip_tatweel",
    "write_documents",
]

_LATE = {"DiskDuplicates": "arclean.dedup.ondisk", "find_duplicates_on_disk": "arclean.dedup.spill"}
"""What brings DuckDB and pyarrow with it: imported when it is first asked for."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module 'arclean' has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
