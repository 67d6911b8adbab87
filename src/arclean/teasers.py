"""Teasers: a page's summary that its own lead says again."""

from collections.abc import Iterator

from rapidfuzz.distance import LCSseq

from arclean.edits import Edit
from arclean.lines import comparison_key, drop, split_lines
from arclean.rules import rule

# A summary stands between the title and the lead: with a section label, a byline, a date and a caption around it, among
# the first eight lines that are not blank.
HEAD = 8
# Fewer words are a label or a title, which a lead may well open with; a summary is a sentence.
LEAST_WORDS = 8
# An editor changes a word of the summary or two. The nearest pair that is two stories and not one told twice shares
# three words in four.
LEAST_SHARE = 0.9


@rule
def drop_repeated_teasers(text: str) -> Iterator[Edit]:
    r"""Remove a summary at the head of a page that the lead below it repeats from its first word on.

    The title stays, and so does a summary that says it in other words. Not part of `WEB`: a summary is the author's
    own text, and only who counts words twice wants it gone.

    >>> page = '''عودة السكان إلى القرية
    ... عاد مئات السكان إلى القرية الجبلية بعد غياب دام خمسة أعوام كاملة...
    ... عاد مئات السكان إلى القرية الجبلية بعد غياب دام خمسة أعوام كاملة، وبدأوا ترميم بيوتهم القديمة.'''
    >>> print(drop_repeated_teasers(page))
    عودة السكان إلى القرية
    عاد مئات السكان إلى القرية الجبلية بعد غياب دام خمسة أعوام كاملة، وبدأوا ترميم بيوتهم القديمة.
    >>> drop_repeated_teasers("عنوان\nالمدينة هادئة\nالمدينة هادئة ونائمة").split("\n")
    ['عنوان', 'المدينة هادئة', 'المدينة هادئة ونائمة']
    """
    lines = split_lines(text)
    head = [i for i, line in enumerate(lines) if not line.blank][:HEAD]
    keys = {i: comparison_key(lines[i].text).split() for i in head}
    reasons = {}
    for place, i in enumerate(head[1:], 1):
        lead = next((j for j in head[place + 1 :] if _opens_with(keys[j], keys[i])), None)
        if lead is not None:
            reasons[i] = f"summary that line {lead + 1} repeats, all {len(keys[i])} words of it"
    yield from drop(lines, reasons)


def _opens_with(lead: list[str], summary: list[str]) -> bool:
    """Say whether a lead begins with what a summary says, the summary's last word perhaps cut off."""
    count = len(summary)
    if not LEAST_WORDS <= count <= len(lead):
        return False
    whole, last = summary[:-1], summary[-1]
    if lead[: count - 1] == whole:
        return lead[count - 1].startswith(last)
    return LCSseq.similarity(summary, lead[: count + 2]) >= LEAST_SHARE * count
