"""Clean scraped Arabic text, say why, undo it exactly, and find near-duplicates across a corpus."""

from importlib import import_module

_WHERE = {
    "alphabet": "Marks",
    "edits": "Applied Cleaned Edit Removal Step",
    "errors": "ArcleanError InputError OutputError UnsettledRuleError",
    "rules": "Cleaner Explained Pipeline Rule explained rule",
    "mojibake": "RepairMojibake repair_mojibake",
    "decoding": "Decoded decode detect",
    "repair": "repair_entities repair_lookalikes repair_presentation_forms repair_spaces repair_unicode strip_invisibles",
    "folding": "StripDiacritics fold_alef fold_case fold_digits fold_elongation fold_hamza fold_lookalikes fold_punctuation"
    " fold_teh_marbuta fold_yeh strip_diacritics strip_tatweel",
    "captions": "RepeatedCaptions drop_repeated_captions",
    "widgets": "drop_comment_widgets drop_page_furniture",
    "boilerplate": "SiteBoilerplate",
    "presets": "FOLD REPAIR SEARCH WEB clean explain",
    "documents": "Document Rejected read_documents write_documents",
    "dedup": "Cluster Duplicates DuplicateIndex Match find_duplicates",
    "run": "run",
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names.split()}
__all__ = sorted(_MODULE)


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module 'arclean' has no attribute {name!r}")
    return getattr(import_module(f"arclean.{_MODULE[name]}"), name)
