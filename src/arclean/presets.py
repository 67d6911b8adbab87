"""The ready-made pipelines, from careful to lossy, and the two functions that use them."""

from arclean import captions, folding, repair, teasers, widgets
from arclean.edits import Cleaned
from arclean.mojibake import repair_mojibake
from arclean.rules import Cleaner, Pipeline, Rule

# Entities may hide mojibake and mojibake may hide entities; pipelines repeat until nothing changes, so that the order
# here decides the time and the reasons, not the result.
REPAIR = Pipeline(
    repair.repair_entities,
    repair_mojibake,
    repair.repair_unicode,
    repair.repair_presentation_forms,
    repair.repair_spaces,
    repair.strip_invisibles,
    repair.repair_lookalikes,
    folding.strip_tatweel,
    name="REPAIR",
)
"""What the author wrote, restored: nothing that carries meaning is lost."""

WEB = Pipeline(
    REPAIR,
    captions.drop_repeated_captions,
    widgets.drop_comment_widgets,
    widgets.drop_page_furniture,
    name="WEB",
)
"""REPAIR, and the lines of a page that are not its story gone: the default."""

FOLD = Pipeline(
    repair.repair_unicode, repair.repair_presentation_forms, repair.strip_invisibles, *folding.RULES, name="FOLD"
)
"""Spelling variants made equal: for comparing and searching, not for reading."""

SEARCH = Pipeline(WEB, FOLD, name="SEARCH")
"""WEB and then FOLD."""

PIPELINES = (REPAIR, WEB, FOLD, SEARCH)

RULES: tuple[Rule, ...] = (
    *(c for c in WEB.flat() if isinstance(c, Rule) and c is not folding.strip_tatweel),
    teasers.drop_repeated_teasers,
    *folding.RULES,
)
"""Every rule that there is; the laws are tested over this list."""


def clean(text: str, cleaner: Cleaner = WEB) -> str:
    """Clean a text.

    Parameters: `cleaner` is a pipeline, a rule, a learnt site, or whatever else cleans.

    Raises TypeError for anything but a str.

    >>> clean("العـــربية&nbsp;لغة")
    'العربية لغة'
    >>> clean("إلى المدرسة", SEARCH)
    'الي المدرسه'
    """
    return cleaner(text)


def explain(text: str, cleaner: Cleaner = WEB) -> Cleaned:
    """Clean a text and give every edit with its reason, a way back, and where each character came from.

    Parameters: `cleaner` as for `clean`.

    Raises TypeError for anything but a str.

    >>> print(explain("العـــربية لغة"))
    line 1, strip_tatweel: elongation mark, 3 times
      - ـــ
    """
    return cleaner.explain(text)
