"""How a pipeline runs: stage after stage until nothing changes, rules that fold characters fused into one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, groupby, islice
from operator import or_
from typing import Protocol, TypeVar, cast

from arclean.edits import Cleaned, Step
from arclean.errors import UnsettledRuleError, require_text
from arclean.rules.glance import glance
from arclean.rules.shortcuts import Shortcut, fused

# Rules settle in one or two rounds, pipelines in three; the deepest honest case seen is a chain of entities that each
# uncovers the next. A rule that needs more feeds on its own output.
MOST_ROUNDS = 64

# A batch is folded in pieces of about this many characters: 1 MB of UTF-16, which with its lookups stays in the cache
# of one core and keeps memory flat however many texts there are.
CHARACTERS_AT_ONCE = 500_000
TEXTS_AT_ONCE = 1_000  # of lines, which have 100 to 400 characters, these are fewer


# A bit that no glance gives, and that is set for every text: what a stage looks for that takes more than a glance.
ALWAYS = 256


class Stage(Protocol):
    """A cleaner of a pipeline, or several of them as one."""

    @property
    def name(self) -> str: ...  # noqa: D102
    def __call__(self, text: str) -> str: ...  # noqa: D102
    def explain(self, text: str) -> Cleaned: ...  # noqa: D102


S = TypeVar("S", bound=Stage)


@dataclass(frozen=True)
class Fused:
    """Neighbouring cleaners whose tables are one table; texts that this is not enough for go through each of them."""

    cleaners: tuple[Stage, ...]
    shortcut: Shortcut

    @property
    def name(self) -> str:
        """The names of the cleaners."""
        return ", ".join(c.name for c in self.cleaners)

    @cached_property
    def wanted(self) -> int:
        """What a text has where any of the cleaners finds anything."""
        return wanted_by(self.cleaners)

    def __call__(self, text: str) -> str:
        """Clean `text`."""
        return self.shortcut.clean(text, self._slowly)

    def explain(self, text: str) -> Cleaned:
        """Clean `text` with each cleaner's own edits."""
        return explain(self.cleaners, text, lambda text: self.shortcut(text) == text)

    def batch(self, texts: Sequence[str]) -> list[str]:
        """Clean many texts at once."""
        found = self.shortcut.batch(texts)
        if None not in found:
            return cast("list[str]", found)
        return [self._slowly(text) if out is None else out for text, out in zip(texts, found, strict=True)]

    def _slowly(self, text: str) -> str:
        return settle(self.cleaners, text, _call, lambda text: self.shortcut(text) == text)


def staged(cleaners: Sequence[Stage]) -> tuple[Stage, ...]:
    """Give the stages of a pipeline: neighbours that have shortcuts become one, where that makes no difference."""
    stages: list[Stage] = []
    for quick, group in groupby(cleaners, key=lambda c: getattr(c, "shortcut", None) is not None):
        members = tuple(group)
        one = fused([getattr(c, "shortcut") for c in members]) if quick else None  # noqa: B009 (no part of the protocol)
        stages += [Fused(members, one)] if one else members
    return tuple(stages)


def wanted_by(stages: Iterable[Stage]) -> int:
    """Give the signs that stages look for, as one number that a glance is compared with: none of them, none finds."""
    return reduce(or_, (getattr(stage, "wanted", ALWAYS) for stage in stages), 0)


def never(text: str) -> bool:  # noqa: ARG001
    """Say that nothing is known of a text."""
    return False


def settle(
    stages: Sequence[S], text: str, clean: Callable[[S, str], str], settled: Callable[[str], bool] = never
) -> str:
    """Run the stages in order, again and again until nothing changes; a stage does not see its own answer twice.

    A stage that looks for what a glance does not show is passed over: of most texts that is every repair but one.

    Parameters: `clean` runs a stage; `settled` knows of some texts that no stage would change them.

    Raises UnsettledRuleError for stages that undo each other for ever.
    """
    last: list[str | None] = [None] * len(stages)
    wanted = [getattr(stage, "wanted", ALWAYS) for stage in stages]
    glanced, seen = None, 0
    for _ in range(MOST_ROUNDS):
        before = text
        for i, stage in enumerate(stages):
            if wanted[i] < ALWAYS:
                if text is not glanced:
                    glanced, seen = text, glance(text)
                if not seen & wanted[i]:
                    continue
            if text != last[i]:
                text = last[i] = clean(stage, text)
        if text == before or settled(text):
            return text
    raise UnsettledRuleError(
        f"these rules undo each other for ever, take one of them out: {', '.join(s.name for s in stages)}"
    )


def explain(stages: Sequence[Stage], text: str, settled: Callable[[str], bool] = never) -> Cleaned:
    """Run the stages as `settle` does and keep every step."""
    steps: list[Step] = []

    def clean(stage: Stage, text: str) -> str:
        part = stage.explain(text)
        steps.extend(part.steps)
        return part.text

    cleaned = settle(stages, text, clean, settled)
    return Cleaned(text, cleaned, tuple(steps))


def batch(stages: Sequence[Stage], texts: Iterable[str], name: str) -> Iterator[str]:
    """Clean many texts, in order, some hundred thousand characters at once."""
    run = _settled if len(stages) != 1 else lambda stages, many: _many(stages[0], many)
    return chain.from_iterable(run(stages, many) for many in _pieces(texts, name))


def _settled(stages: Sequence[Stage], texts: list[str]) -> list[str]:
    """Run the stages over many texts: what `settle` does, on all those that still change."""
    last: list[list[str | None]] = [[None] * len(texts) for _ in stages]
    open_ = list(range(len(texts)))
    for _ in range(MOST_ROUNDS):
        before = texts.copy()
        for at_once, run in groupby(zip(stages, last, strict=True), key=lambda pair: _at_once(pair[0]) is not None):
            if at_once:
                for stage, known in run:
                    fresh = [k for k in open_ if texts[k] != known[k]]
                    for k, out in zip(fresh, _many(stage, [texts[k] for k in fresh]), strict=True):
                        texts[k] = known[k] = out
                continue
            one_by_one = list(run)
            for k in open_:  # through all of them in a row, which share a glance at it
                for stage, known in one_by_one:
                    if texts[k] != known[k]:
                        texts[k] = known[k] = stage(texts[k])
        open_ = [k for k in open_ if texts[k] != before[k]]
        if not open_:
            return texts
    return [settle(stages, text, _call) for text in texts]  # to raise as a single call does


def _at_once(stage: Stage) -> Callable[[Sequence[str]], Iterable[str]] | None:
    """Give how a stage cleans many texts at once, if it can."""
    many: Callable[[Sequence[str]], Iterable[str]] | None = getattr(stage, "batch", None)
    return many


def _many(stage: Stage, texts: list[str]) -> list[str]:
    at_once = _at_once(stage)
    return list(at_once(texts)) if at_once and texts else list(map(stage, texts))


def _pieces(texts: Iterable[str], name: str) -> Iterator[list[str]]:
    """Cut the texts into lists of about as many characters as are folded at once."""
    left = iter(texts)
    while several := list(islice(left, TEXTS_AT_ONCE)):
        if set(map(type, several)) != {str}:
            for text in several:
                require_text(text, name)
        start = size = 0
        if sum(map(len, several)) > CHARACTERS_AT_ONCE:
            for i, text in enumerate(several):
                size += len(text)
                if size > CHARACTERS_AT_ONCE:
                    yield several[start : i + 1]
                    start, size = i + 1, 0
        yield several[start:]


def _call(stage: Stage, text: str) -> str:
    return stage(text)
