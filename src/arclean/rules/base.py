"""Rules: a rule finds edits, and everything else follows from the edits."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property, update_wrapper
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast, runtime_checkable

from arclean.edits import Applied, Cleaned, Edit, Step, apply
from arclean.errors import UnsettledRuleError, require_text
from arclean.rules.glance import Sign, glance
from arclean.rules.shortcuts import Shortcut
from arclean.rules.stages import ALWAYS, MOST_ROUNDS


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
    signs: ClassVar[Sign | None] = None
    """What a text has where the rule finds anything; None for what no glance tells."""

    @abstractmethod
    def find(self, text: str) -> Iterable[Edit]:
        """Yield the edits for `text`, in order and not overlapping."""

    @property
    def shortcut(self) -> Shortcut | None:
        """A quicker way to the same text, for rules that fold characters."""
        return None

    @cached_property
    def wanted(self) -> int:
        """Its signs as a plain number, or the bit that every text has for a rule that always takes a look."""
        return ALWAYS if self.signs is None else self.signs.value

    def idle(self, text: str) -> bool:
        """Say whether a glance shows that there is nothing to find; False means that it takes a look."""
        return self.signs is not None and not glance(text) & self.wanted

    def __call__(self, text: str) -> str:
        """Clean `text`.

        Raises TypeError for anything but a str.
        """
        require_text(text, self.name)
        if self.idle(text):
            return text
        shortcut = self.shortcut
        return shortcut.clean(text, self._settled) if shortcut else self._settled(text)

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
        shortcut = self.shortcut  # once: looking it up takes as long as a round over a short text
        for _ in range(MOST_ROUNDS):
            if shortcut and shortcut(text) == text:
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


Finder = TypeVar("Finder", bound=Callable[[str], Iterable[Edit]])


class FunctionRule(Rule):
    """A rule without options, made by `@rule` from the function that finds its edits."""

    def __init__(self, find: Callable[[str], Iterable[Edit]]) -> None:
        self._find = find
        update_wrapper(self, find)
        self.name = find.__name__  # type: ignore[misc]
        self.lossy = self.name.startswith("fold_")  # type: ignore[misc]
        self.signs = getattr(find, "signs", None)  # type: ignore[misc]

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


def looks_for(signs: Sign) -> Callable[[Finder], Finder]:
    """Say of a function what a text has where it finds anything, so that its rule can pass over most texts."""

    def marked(find: Finder) -> Finder:
        find.signs = signs  # type: ignore[attr-defined]
        return find

    return marked


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
        from arclean.rules.differences import differences  # noqa: PLC0415 (rapidfuzz is only needed here)

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
