"""Rules and pipelines: a rule finds edits, and everything else follows from the edits.

A *cleaner* is anything with `__call__(str) -> str` and `explain(str) -> Cleaned`: a `Rule`, a `Pipeline` of cleaners,
a learnt site profile. They nest, print, compare equal, pickle and (as pipelines) go to JSON and back.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property, update_wrapper
from importlib import import_module
from typing import Any, ClassVar, Protocol, Self, cast, runtime_checkable

from arclean.edits import Applied, Cleaned, Edit, Step, apply
from arclean.errors import UnsettledRuleError, require_text
from arclean.shortcuts import Shortcut
from arclean.stages import MOST_ROUNDS, Fused, Stage, batch, explain, settle, staged


@runtime_checkable
class Cleaner(Protocol):
    """What every cleaner offers."""

    @property
    def name(self) -> str:
        """The name that steps and JSON know the cleaner by."""
        ...

    def __call__(self, text: str) -> str:
        """Give the cleaned text."""
        ...

    def explain(self, text: str) -> Cleaned:
        """Give the cleaned text with every edit and its reason."""
        ...


class Rule(ABC):
    """A cleaner that is one way of finding edits.

    Subclass it as a frozen dataclass (with `repr=False`) whose fields are the options, give it a `name`, and write
    `find`. Finding is repeated on the result until nothing more is found, so that cleaning twice is cleaning once for
    every rule there is.
    """

    name: ClassVar[str]
    lossy: ClassVar[bool] = False
    """Whether a distinction that the author made is lost: true of every `fold_` rule."""

    @abstractmethod
    def find(self, text: str) -> Iterable[Edit]:
        """Yield the edits for `text`, in order and not overlapping."""

    @property
    def shortcut(self) -> Shortcut | None:
        """A quicker way to the same text, for rules that fold characters."""
        return None

    def idle(self, text: str) -> bool:  # noqa: ARG002 (a rule may look at it)
        """Say whether a glance shows that there is nothing to find; False means that it takes a look."""
        return False

    def __call__(self, text: str) -> str:
        """Clean `text`.

        Raises TypeError for anything but a str.
        """
        require_text(text, self.name)
        if self.idle(text):
            return text
        return self.shortcut.clean(text, self._settled) if self.shortcut else self._settled(text)

    def explain(self, text: str) -> Cleaned:
        """Clean `text` and give every edit with its reason.

        Raises TypeError for anything but a str.
        """
        require_text(text, self.name)
        if self.idle(text):
            return Cleaned(text, text)
        cleaned, steps = text, []
        for edits, cleaned in self._rounds(text):  # noqa: B007
            steps.append(Step(self.name, edits))
        return Cleaned(text, cleaned, tuple(steps))

    def _settled(self, text: str) -> str:
        cleaned = text
        for _, cleaned in self._rounds(text):  # noqa: B007 (the last one is the answer)
            pass
        return cleaned

    def _rounds(self, text: str) -> Iterator[tuple[tuple[Applied, ...], str]]:
        for _ in range(MOST_ROUNDS):
            if self.shortcut and self.shortcut(text) == text:
                return
            text, edits = apply(text, self.find(text))
            if not edits:
                return
            yield edits, text
        msg = f"{self.name} still finds edits after {MOST_ROUNDS} rounds, e.g. {edits[0]}: report it with the text"
        raise UnsettledRuleError(msg)

    def __repr__(self) -> str:
        """Show the name, or with options that differ from the defaults the call that makes the rule."""
        if not (changed := self.changed_options()):
            return self.name
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"

    def changed_options(self) -> dict[str, Any]:
        """Give the options that differ from their defaults."""
        options = {f.name: (getattr(self, f.name), f.default) for f in fields(cast("Any", self))}
        return {name: value for name, (value, default) in options.items() if value != default}

    def settings(self) -> dict[str, Any]:
        """Give the options that differ from their defaults, as JSON values."""
        return {k: v.name if isinstance(v, Enum) else v for k, v in self.changed_options().items()}

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> Self:
        """Build the rule from what `settings` gave.

        Raises ValueError for an option or a value that the rule does not have.
        """
        defaults = {f.name: f.default for f in fields(cast("Any", cls))}
        options = {}
        for key, value in settings.items():
            if key not in defaults:
                msg = f"{cls.name} has no option {key!r}; it has {', '.join(defaults) or 'none'}"
                raise ValueError(msg)
            options[key] = _member(type(defaults[key]), value) if isinstance(defaults[key], Enum) else value
        return cls(**options)


def _member(kind: type, name: str) -> Any:  # noqa: ANN401 (an Enum member)
    """Find an Enum member, or the Flag that several joined by | make."""
    members = [kind[part] for part in name.split("|")]  # type: ignore[index]
    value = members[0]
    for member in members[1:]:
        value |= member
    return value


class FunctionRule(Rule):
    """A rule without options, made by `@rule` from the function that finds its edits."""

    def __init__(self, find: Callable[[str], Iterable[Edit]]) -> None:
        self._find = find
        update_wrapper(self, find)
        self.name = find.__name__  # type: ignore[misc]
        self.lossy = self.name.startswith("fold_")  # type: ignore[misc]

    def find(self, text: str) -> Iterable[Edit]:
        """Yield the edits for `text`."""
        return self._find(text)

    def changed_options(self) -> dict[str, Any]:
        """Give no options: there are none."""
        return {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionRule) and self._find == other._find

    def __hash__(self) -> int:
        return hash(self._find)

    def __reduce__(self) -> str:
        return self.name  # pickled by name, as functions are


def rule(find: Callable[[str], Iterable[Edit]]) -> FunctionRule:
    """Make a rule of a function that yields edits; the function's name and docstring become the rule's.

    >>> @rule
    ... def strip_stars(text):
    ...     '''Remove asterisks.'''
    ...     for at, char in enumerate(text):
    ...         if char == "*":
    ...             yield Edit(at, at + 1, "", "asterisk")
    >>> strip_stars("*عاجل* اليوم")
    'عاجل اليوم'
    """
    return FunctionRule(find)


@dataclass(frozen=True, repr=False)
class Explained(Rule):
    """A foreign `str -> str` function as a rule; its edits are found by comparing what it gave with what it got."""

    name: ClassVar[str] = "explained"
    func: Callable[[str], str]
    reason: str

    def find(self, text: str) -> Iterable[Edit]:
        """Yield the smallest edits that lead from `text` to what the function made of it."""
        from arclean.differences import differences  # noqa: PLC0415 (rapidfuzz is only needed here)

        out = self.func(text)
        if not isinstance(out, str):
            who = getattr(self.func, "__name__", repr(self.func))
            msg = f"{who} gave {type(out).__name__}, not str: arclean.explained takes a function from str to str"
            raise TypeError(msg)
        for start, end, new in differences(text, out):
            yield Edit(start, end, new, self.reason)

    def settings(self) -> dict[str, Any]:
        """Refuse: a function has no JSON form.

        Raises ValueError, with what to do instead.
        """
        msg = f"a foreign function ({self.func!r}) has no JSON form: leave it out and add it again after loading"
        raise ValueError(msg)


def explained(func: Callable[[str], str], reason: str) -> Explained:
    """Make a cleaner of any `str -> str` function, so that what it changes has a reason and an undo.

    Parameters: `func` must give the same text for the same text and settle when repeated; `reason` is written beside
    each of its edits.

    >>> import arclean
    >>> tidy = explained(lambda text: text.replace("!!", "!"), "one exclamation mark is enough")
    >>> arclean.Pipeline(tidy, arclean.strip_tatweel)("عاجـل!!!!")
    'عاجل!'
    """
    return Explained(func, reason)


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
