"""Pipelines: cleaners in order, as one cleaner, in JSON and back."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from arclean.edits import Cleaned
from arclean.errors import require_text
from arclean.rules.base import Cleaner, Rule
from arclean.rules.stages import Fused, Stage, batch, explain, settle, staged, wanted_by


@dataclass(frozen=True, init=False, repr=False)
class Pipeline:
    """Cleaners in order, as one cleaner; repeated until none of them finds anything more.

    >>> import arclean
    >>> both = arclean.Pipeline(arclean.strip_tatweel, arclean.fold_alef)
    >>> both("أحمـــد")
    'احمد'
    >>> both.without("fold_alef")("أحمـــد")
    'أحمد'
    """

    cleaners: tuple[Cleaner, ...]
    name: str = field(compare=False)

    def __init__(self, *cleaners: Cleaner, name: str = "Pipeline") -> None:
        """Take cleaners in the order in which they work.

        Raises TypeError for anything that is no cleaner.
        """
        for cleaner in cleaners:
            if not isinstance(cleaner, Cleaner):
                msg = f"{cleaner!r} is no cleaner: wrap a plain function with arclean.explained(function, reason)"
                raise TypeError(msg)
        object.__setattr__(self, "cleaners", cleaners)
        object.__setattr__(self, "name", name)

    @property
    def lossy(self) -> bool:
        """Whether any of the cleaners loses a distinction that the author made."""
        return any(getattr(c, "lossy", False) for c in self.cleaners)

    def __call__(self, text: str) -> str:
        """Clean `text`.

        Raises TypeError for anything but a str.
        """
        quick = self._shortcut
        if quick and isinstance(text, str) and (out := quick(text)) is not None:
            return out
        require_text(text, self.name)
        stages = self._stages
        return stages[0](text) if len(stages) == 1 else settle(stages, text, lambda stage, text: stage(text))

    def explain(self, text: str) -> Cleaned:
        """Clean `text` and give every edit with its reason, one step for each rule that changed something.

        Raises TypeError for anything but a str.
        """
        require_text(text, self.name)
        return explain(self._stages, text)

    @cached_property
    def _stages(self) -> tuple[Stage, ...]:
        return staged(self.cleaners)

    @cached_property
    def wanted(self) -> int:
        """What a text has where any of the cleaners finds anything, as a glance tells it."""
        return wanted_by(self._stages)

    @cached_property
    def _shortcut(self) -> Callable[[str], str | None] | None:
        """What every text is tried with first, where all cleaners together are one table."""
        only = self._stages[0] if len(self._stages) == 1 else None
        return only.shortcut.__call__ if isinstance(only, Fused) else None  # a bound method is called the quickest

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the cleaners alone: the stages are made of them again."""
        return {"cleaners": self.cleaners, "name": self.name}

    def batch(self, texts: Iterable[str]) -> Iterator[str]:
        """Clean many texts, in order; the answer is what single calls give.

        >>> import arclean
        >>> list(arclean.FOLD.batch(["أحمـــد", "إلى"]))
        ['احمد', 'الي']
        """
        return batch(self._stages, texts, self.name)

    def without(self, *names: str) -> "Pipeline":
        """Give the same pipeline without the rules of these names, inner pipelines included.

        Raises ValueError for a name that no rule here has.
        """
        known = {c.name for c in self.flat()}
        if unknown := [n for n in names if n not in known]:
            msg = f"no rule {unknown[0]!r} in this pipeline; there are {', '.join(sorted(known))}"
            raise ValueError(msg)
        left = (c.without(*_present(c, names)) if isinstance(c, Pipeline) else c for c in self.cleaners)
        return Pipeline(*(c for c in left if c.name not in names or isinstance(c, Pipeline)), name=self.name)

    def flat(self) -> Iterator[Cleaner]:
        """Give the rules in the order in which they work, those of inner pipelines in their place."""
        for cleaner in self.cleaners:
            if isinstance(cleaner, Pipeline):
                yield from cleaner.flat()
            else:
                yield cleaner

    def to_json(self) -> str:
        """Write the pipeline as JSON, which `from_json` reads.

        Raises ValueError for a foreign function, which has no JSON form.
        """
        return json.dumps(_encoded(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Pipeline":
        """Read a pipeline that `to_json` wrote. Only arclean's own rules are known; nothing else is imported.

        Raises ValueError for what is no pipeline, names no rule, or gives a rule an option that it does not have.

        >>> import arclean
        >>> arclean.Pipeline.from_json('{"pipeline": ["strip_tatweel", "fold_alef"]}')
        Pipeline(strip_tatweel, fold_alef)
        """
        value = json.loads(text)
        made = _decoded(value) if isinstance(value, dict) and "pipeline" in value else None
        if not isinstance(made, cls):
            msg = f'no pipeline in {text[:60]!r}: expected {{"pipeline": ["strip_tatweel", ...]}}'
            raise ValueError(msg)  # noqa: TRY004 (a fault of the value)
        return made

    def __repr__(self) -> str:
        if self.name != "Pipeline":
            return self.name
        return f"Pipeline({', '.join(map(repr, self.cleaners))})"

    def __str__(self) -> str:
        """Print a rule a line, saying which of them are lossy."""
        rows = (f"  {c!r}{'  (lossy)' if getattr(c, 'lossy', False) else ''}" for c in self.flat())
        return "\n".join((f"{self.name}{' (lossy)' if self.lossy else ''}:", *rows))


def _present(pipeline: Pipeline, names: Iterable[str]) -> list[str]:
    known = {c.name for c in pipeline.flat()}
    return [n for n in names if n in known]


def _public(name: str) -> object:
    """Look up what arclean exports under a name: the one table of rules there is."""
    return getattr(import_module("arclean"), name, None)


def _encoded(cleaner: Cleaner) -> object:
    if isinstance(cleaner, Pipeline):
        return {"name": cleaner.name, "pipeline": [_encoded(c) for c in cleaner.cleaners]}
    if not isinstance(cleaner, Rule):
        msg = f"{cleaner!r} has no JSON form: only arclean's own rules and pipelines of them do"
        raise ValueError(msg)  # noqa: TRY004 (a fault of the value)
    if _public(cleaner.name) == cleaner:
        return cleaner.name
    return {"rule": type(cleaner).__name__, "settings": cleaner.settings()}


def _decoded(value: object) -> Cleaner:
    if isinstance(value, dict) and isinstance(value.get("pipeline"), list):
        return Pipeline(*map(_decoded, value["pipeline"]), name=str(value.get("name", "Pipeline")))
    if isinstance(value, str) and isinstance(found := _public(value), Rule):
        return found
    if isinstance(value, dict) and isinstance(kind := _public(str(value.get("rule"))), type) and issubclass(kind, Rule):
        return kind.from_settings(dict(value.get("settings", {})))
    msg = f"arclean has no rule {value!r}: it is of another version, or not arclean's own"
    raise ValueError(msg)
