"""Drop what a page prints around its story: comment widgets, and page furniture of every other kind.

A line is judged twice. First by itself: is it, from its first word to its last, a phrase that is known as chrome? The
phrases are data (`phrases/*.toml`), in four strengths. `anywhere` is never a line of a story. `edge` could be one, so
it counts at the head or the end of a page, or beside a line that is chrome. `between` is mostly something else, so it
counts between two such lines, or beside one at the head or the end of a page. (`never` are lines of stories that recur,
and stay.) Then by its context, as long as that adds lines. A sentence that merely contains such words matches no phrase
as a whole, and stays.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from arclean.edits import Edit
from arclean.lines import Line, comparison_keys, drop, foreign, split_lines
from arclean.patterns import SIGNS, Automaton, is_trail, may_be_trail, parts_of_trail, tokens
from arclean.rules import Rule

# The longest chrome met is a comment policy of 70 words; prose paragraphs are longer, and cost nothing when skipped.
MOST_CHARACTERS = 450
# Most chrome is far shorter; the longer a line, the likelier a paragraph, which is then judged by its first word alone.
LONG_CHARACTERS = 200
HEAD_CHARACTERS = 80  # its first two words and whatever signs stand before them
# Chrome stands in blocks at both ends; an ambiguous line counts there within this many lines, and never past a third
# of the page, so that a page of three lines is not all edge.
EDGE_LINES = 6
# "حدد الصفحة التي تريد حذفها." is a step of a manual: labels have no full stop, unless as one word (إعلان.).
FEWEST_IN_A_SENTENCE = 2
FEWEST_IN_A_ROW = 3
MOST_IN_A_LABEL = 4  # البريد الإلكتروني للكاتب:
# Sites that speak to women and men at once write اقرأ/ي، شارك/ي: the phrases know the verb without the second ending.
_TWO_GENDERS = re.compile(r"(?<=[^\W\d_])/(?:ي|ين|وا|ن|ة|ات)(?![^\W\d_])")
# What a sentence may promise ("على الرابط التالي:") is its own when it follows on the next line.
ADDRESSES = frozenset({"{URL}", "{EMAIL} [{EMAIL}]", "{HANDLE}", "{PHONE} [{PHONE}]"})
_FULL_STOP = re.compile('[^\\W\\d_][\u064b-\u0652]?["”»)]?[.]\\s*$')

# A path of sections stands over the title; "الإعدادات > عام > حول" further down is a step of a manual.
TRAIL_LINES = 4

STRENGTHS = ("never", "anywhere", "edge", "between")


class Phrase(NamedTuple):
    """A phrase as the data has it: what it is part of, how surely, and the kind of site where it is seen."""

    text: str
    family: str
    rule: str
    strength: str
    seen: str
    sentences: bool
    """Whether the family is written in sentences, which may end with a full stop; labels and titles do not."""


TRAIL = Phrase("section > section", "breadcrumb", "drop_page_furniture", "anywhere", "everywhere", sentences=False)
"""What stands for a path of sections, which is known by its shape (see `patterns.trails`) and its place."""


class Widget(NamedTuple):
    """A line that goes, and why."""

    line: int
    """Its number, from 0."""
    text: str
    phrase: Phrase
    because: str


class _Widgets(Rule):
    """What both rules share: they differ in the phrases that they answer for."""

    def find(self, text: str) -> Iterable[Edit]:
        """Yield an edit for each line that goes."""
        lines, widgets = judged(text)
        reasons = {w.line: w.because for w in widgets if w.phrase.rule == self.name}
        return drop(lines, reasons) if reasons else ()

    def matches(self, text: str) -> tuple[Widget, ...]:
        """Give the lines that go, each with the phrase that it matched and the reason.

        >>> [m.phrase.text for m in drop_comment_widgets.matches("٣ تعليقات")]
        ['{COUNT} {COMMENTS}']
        """
        return tuple(w for w in judged(text)[1] if w.phrase.rule == self.name)


@dataclass(frozen=True, repr=False)
class CommentWidgets(_Widgets):
    r"""Drop comment prompts, counters, forms and policies; a sentence about comments stays.

    >>> drop_comment_widgets("نص الخبر.\n\n٠ تعليق\n\nأضف تعليقك")
    'نص الخبر.'
    >>> drop_comment_widgets("رفض الوزير أي تعليق على الخبر.")
    'رفض الوزير أي تعليق على الخبر.'
    """

    name: ClassVar[str] = "drop_comment_widgets"


@dataclass(frozen=True, repr=False)
class PageFurniture(_Widgets):
    r"""Drop share bars, menus, related links, notices and whatever else a page prints around its story.

    >>> drop_page_furniture("عنوان\n\nشارك هذا الخبر عبر تويتر\n\nشارك العشرات في المسيرة.")
    'عنوان\n\nشارك العشرات في المسيرة.'
    """

    name: ClassVar[str] = "drop_page_furniture"


drop_comment_widgets = CommentWidgets()
drop_page_furniture = PageFurniture()


@cache
def phrases() -> tuple[Phrase, ...]:
    """Read the phrases of all files, the surest first."""
    found = []
    for _, table in _tables():
        for family, parts in table.items() if "rule" in table else ():
            if family == "rule":
                continue
            for strength in STRENGTHS:
                for text, seen in parts.get(strength, {}).items():
                    found.append(Phrase(text, family, table["rule"], strength, seen, parts.get("sentences", False)))
    return tuple(sorted(found, key=lambda p: STRENGTHS.index(p.strength)))


@cache
def automaton() -> Automaton:
    """Compile the phrases, once."""
    classes = dict(_tables())["classes"]
    stories = frozenset(n for n, p in enumerate(phrases()) if p.strength == "never")
    return Automaton([p.text for p in phrases()], classes, alone=stories)


def _tables() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and content of each file of phrases, in the order of their names."""
    for file in sorted((files("arclean") / "phrases").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf8"))


# Both rules ask about the same text, one after the other, and each asks again about what it made of it.
@lru_cache(maxsize=4)
def judged(text: str) -> tuple[tuple[Line, ...], tuple[Widget, ...]]:
    """Give the lines of a text, and those among them that are chrome, whichever rule they belong to."""
    lines = split_lines(text)
    short = [n for n, line in enumerate(lines) if 0 < len(line.text) <= MOST_CHARACTERS]
    if not short:
        return lines, ()
    find, known = automaton(), phrases()
    said = [lines[n].text for n in short]
    if "/" in text:
        said = [_TWO_GENDERS.sub("", line) if "/" in line else line for line in said]
    keys = comparison_keys([_head(line) for line in said])
    tried = [at for at, key in enumerate(keys) if key and _worth_trying(said[at], key)]
    candidates: dict[int, Phrase] = {}
    for at, words in zip(tried, tokens([said[at] for at in tried]) if tried else (), strict=True):
        if words and (hits := find.match(words)) and (found := _weighed([known[hit] for hit in hits], words, said[at])):
            candidates[short[at]] = found
    # Most pages have neither: they are not looked at again.
    trails = any(may_be_trail(line) for line in said[:TRAIL_LINES] if len(line) <= LONG_CHARACTERS)
    if not candidates and not trails:
        return lines, ()
    full = [n for n, line in enumerate(lines) if not line.blank]
    for n in list(_promised(lines, full, candidates)):
        del candidates[n]
    if trails:
        candidates |= {
            n: TRAIL for n in _trails(lines, full) if n not in candidates or candidates[n].strength != "anywhere"
        }
    return lines, tuple(
        Widget(n, lines[n].text, candidates[n], f"{candidates[n].family}: «{_shown(lines[n].text)}»{why}")
        for n, why in sorted(_supported(full, candidates).items())
    )


def _weighed(row: Sequence[Phrase], words: Sequence[str], text: str) -> Phrase | None:
    """Give the phrase that a line is, as strong as it is here, or the first of a row; None for a line of a story."""
    stopped = len(words) >= FEWEST_IN_A_SENTENCE and _FULL_STOP.search(text)
    if foreign(text) or (stopped and not all(phrase.sentences for phrase in row)):
        return None
    if row[0].strength == "never" or _runs_into_a_story(row[-1], words):
        return None
    # A row of phrases is chrome that lost its line ends, or, where it is short, chance: then it needs support.
    weakest = max((phrase.strength for phrase in row), key=STRENGTHS.index)
    sure = not _single_word(words) if len(row) == 1 else len(words) >= FEWEST_IN_A_ROW
    strength = weakest if sure or weakest == "between" else "edge"
    return row[0]._replace(strength="between" if _says_alone(words) else strength)


def _trails(lines: Sequence[Line], full: Sequence[int]) -> Iterator[int]:
    """Yield the lines at the head of a page that are the path to it."""
    for n in full[: min(TRAIL_LINES, len(full) // 2)]:
        text = lines[n].text
        if len(text) <= LONG_CHARACTERS and (parts := parts_of_trail(text)) and not foreign(text):
            keys = comparison_keys(parts)
            title = keys[-1] in comparison_keys([lines[m].text for m in full[: 2 * TRAIL_LINES] if m != n])
            known = sum(key in _sections() for key in keys)
            if is_trail(text, known=known + (title and keys[-1] not in _sections())):
                yield n


@cache
def _sections() -> frozenset[str]:
    classes = dict(_tables())["classes"]
    return frozenset(comparison_keys(classes["SECTION"] + classes["PATH"]))


def _runs_into_a_story(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether a link with the title of another story lost the line end after it: titles do not go on (وقد، وأضاف)."""
    return phrase.text.endswith(("{TITLE}", "{TITLE}]", "{TEXT}")) and not _narrating().isdisjoint(words)


@cache
def _narrating() -> frozenset[str]:
    return frozenset(word for (word,) in tokens(dict(_tables())["classes"]["NARRATING"]))


def _promised(lines: Sequence[Line], full: Sequence[int], candidates: dict[int, Phrase]) -> Iterator[int]:
    """Yield the addresses that the sentence before ends with, which is no label over them."""
    for before, n in pairwise(full):
        if n in candidates and candidates[n].text in ADDRESSES and before not in candidates:
            sentence = lines[before].text.rstrip()
            if sentence.endswith(":") and len(sentence.split()) > MOST_IN_A_LABEL:
                yield n


def _says_alone(words: Sequence[str]) -> bool:
    """Whether a line is one word that verses and dialogue have on a line of its own: اقرأ، كل، الآن."""
    said = [word for word in words if word.isalnum()]
    return len(said) == 1 and said[0] in _spoken_alone()


@cache
def _spoken_alone() -> frozenset[str]:
    return frozenset(word for (word,) in tokens(dict(_tables())["classes"]["SPOKEN_ALONE"]))


def _single_word(words: Sequence[str]) -> bool:
    """Whether a line is one Arabic word that could head a part of a story: الطقس، النتائج."""
    said = [word for word in words if word.isalnum()]
    return len(said) == 1 and said[0][0] >= "\u0600" and said[0] not in _sure_alone()


@cache
def _sure_alone() -> frozenset[str]:
    classes = dict(_tables())["classes"]
    return frozenset(word for (word,) in tokens(classes["SURE_ALONE"]))


def _worth_trying(text: str, key: str) -> bool:
    """Whether a line may be chrome, from a glance: signs, or the words of its key."""
    if len(text) <= LONG_CHARACTERS and any(sign in text for sign in SIGNS):
        return True
    return automaton().may_match(key.split(), long=len(text) > LONG_CHARACTERS)


def _head(text: str) -> str:
    """Give as much of a line as a glance needs: of a long one, which is judged by how it begins, the first words."""
    return text if len(text) <= LONG_CHARACTERS else text[:HEAD_CHARACTERS]


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59].rstrip() + "…"  # noqa: PLR2004 (a line of the report)


def _supported(full: Sequence[int], candidates: dict[int, Phrase]) -> dict[int, str]:
    """Give the candidates that go, each with what its context adds to the reason.

    Parameters: `full` are the numbers of the lines that are not blank.
    """
    gone = {n: "" for n, phrase in candidates.items() if phrase.strength == "anywhere"}
    doubtful = [at for at, n in enumerate(full) if n in candidates and n not in gone]
    edge = min(EDGE_LINES, len(full) // 3)
    growing = True
    while growing:
        growing = False
        for at in doubtful:
            n = full[at]
            if n in gone:
                continue
            beside = [m + 1 for m in (*full[max(0, at - 1) : at], *full[at + 1 : at + 2]) if m in gone]
            outer = at < edge or at >= len(full) - edge
            support = len(beside) + outer
            if support >= 1 + (candidates[n].strength == "between"):
                where = "at the head of the page" if at < edge else "at the end of the page" if outer else ""
                kin = "beside line " + " and ".join(map(str, beside)) if beside else ""
                gone[n] = ", " + ", ".join(filter(None, (where, kin)))
                growing = True
    return gone
