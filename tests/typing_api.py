"""What a user writes, for the type checker: this file is checked, not run."""

from collections.abc import Iterator
from typing import assert_type

import arclean
from arclean.rules import Cleaner, FunctionRule


@arclean.rule
def strip_stars(text: str) -> Iterator[arclean.Edit]:
    """Remove asterisks."""
    for at, char in enumerate(text):
        if char == "*":
            yield arclean.Edit(at, at + 1, "", "asterisk")


assert_type(strip_stars, FunctionRule)
assert_type(arclean.clean("نص"), str)
assert_type(arclean.clean("نص", arclean.SEARCH), str)
assert_type(arclean.explain("نص"), arclean.Cleaned)
assert_type(arclean.explain("نص").removals, tuple[arclean.Removal, ...])
assert_type(arclean.explain("نص").locate(0, 1), tuple[int, int])
assert_type(arclean.decode(b""), str)

site = arclean.SiteBoilerplate.learn(["نص"])
assert_type(site, arclean.SiteBoilerplate)
mine = arclean.Pipeline(arclean.WEB, site, strip_stars, arclean.StripDiacritics(keep=arclean.Marks.SHADDA))
assert_type(mine("نص"), str)
assert_type(mine.without("strip_stars"), arclean.Pipeline)
assert_type(list(mine.batch(["نص"])), list[str])
cleaners: list[Cleaner] = [mine, site, strip_stars, arclean.explained(str.strip, "spaces around")]

document = arclean.Document("a", "نص", site="example.com")
found = arclean.find_duplicates([document, ("b", "نص")], threshold=0.7, keep="longest")
assert_type(found, arclean.Duplicates)
for match in found.pairs:
    assert_type(match.jaccard, float)
for each in arclean.read_documents("seeds"):
    assert_type(each.text, str)
assert_type(arclean.for_datasets(arclean.WEB)({"text": ["نص"]})["text"], list[str | None])
