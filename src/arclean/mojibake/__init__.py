"""Repair Arabic that was decoded with the wrong code page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from arclean.edits import Edit
from arclean.mojibake.readings import Repair
from arclean.mojibake.search import SUSPECT, accepted, repairs
from arclean.rules import Rule
from arclean.rules.glance import Sign


@dataclass(frozen=True, repr=False)
class RepairMojibake(Rule):
    r"""Restore text that was written in one encoding and read in another.

    Runs of a line are repaired where the repaired text is likelier by so much that chance is out of the question;
    where the evidence is thin, and in clean text of any language, nothing changes.

    >>> repair_mojibake("قال: ط§ظ„ط³ظ„ط§ظ… ط¹ظ„ظٹظƒظ…")
    'قال: السلام عليكم'
    >>> repair_mojibake("ÇáÓáÇã Úáíßã")
    'السلام عليكم'
    >>> repair_mojibake("قال â€œنعمâ€\x9d في المقهى")
    'قال “نعم” في المقهى'
    >>> repair_mojibake("خط، ثم «ط» و ÉCOLE SUPÉRIEURE")
    'خط، ثم «ط» و ÉCOLE SUPÉRIEURE'
    """

    name: ClassVar[str] = "repair_mojibake"
    signs: ClassVar[Sign | None] = Sign.BROKEN

    def find(self, text: str) -> Iterator[Edit]:
        """Yield one edit for each damaged run, with the chain of damages as its reason."""
        for start, end, new, chain, _, _ in accepted(list(_suspects(text))):
            yield Edit(start, end, new, f"{', then '.join(chain)}: {end - start} characters for {len(new)}")


def _suspects(text: str) -> Iterator[Repair]:
    """Yield the repairs of the lines that have a suspicious character, certain or not."""
    suspect = SUSPECT.search(text)
    while suspect:
        # Line feeds alone: the next line character U+0085 is a byte of damaged text.
        start = text.rfind("\n", 0, suspect.start()) + 1
        end = text.find("\n", suspect.end())
        end = len(text) if end < 0 else end
        for repair in repairs(text[start:end]) or _latin(text[start:end]):
            yield repair._replace(start=repair.start + start, end=repair.end + start)
        suspect = SUSPECT.search(text, end)


def _latin(line: str) -> Iterator[Repair]:
    from arclean.mojibake.latin import latin_repairs  # noqa: PLC0415 (ftfy is only needed for suspicious lines)

    return latin_repairs(line)


repair_mojibake = RepairMojibake()
