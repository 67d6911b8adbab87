"""Time every regular expression of the package on adversarial lines: none may grow faster than its input.

    python benchmarks/reliability/patterns.py [--size CHARACTERS] [--seconds S] [--json OUT]

All modules of the package are imported and walked for compiled patterns, in their variables, in the fields of their
values, in the closures and defaults of functions, in what cached functions returned; patterns that stand in a call
(`re.sub("…", …)`) are read from the sources. For each pattern lines are made of its own characters: each literal and a
member of each set it names, repeated, in pairs, with an end that cannot match. A line is searched at a size and at
twice the size. Linear is a factor of 2, quadratic 4, exponential beyond measure; a pattern fails when its factor stays
above 3 on four doublings, each the least of three times, or where a search takes longer than a limit. Each pattern is
timed in the ways in which the package uses it: one that is only matched from one place on is not searched with.
"""

import ast
import functools
import importlib
import pkgutil
import re
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, pairwise, product
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined] (the parser that re itself uses)
from typing import Any

from trials import Row, corpus, finish, parser, row

import arclean
from arclean import presets

COMMAND = "benchmarks/reliability/patterns.py"
SIZE = 2_000
FACTOR = 3.0
DOUBLINGS = 4
FLOOR = 2e-4
"""Seconds: below it a clock and a cache say more than a pattern does."""
LIMIT = 5
MOST_LETTERS = 12


def exercised() -> None:
    """Call everything that may compile a pattern at its first call."""
    page = "\n".join(corpus.document(1).text.split("\n") * 2) + "\n" + "ط§ظ„ط³ Ø§Ù„ &amp; ﻻ https://example.org @a #b"
    for cleaner in (*presets.RULES, *presets.PIPELINES):
        cleaner.explain(page)
    arclean.SiteBoilerplate.learn([corpus.document(6 * n).text for n in range(40)])(page)
    arclean.find_duplicates([("a", page), ("b", page)]).explain("a", "b")


def modules() -> list[types.ModuleType]:
    """Import all modules of the package; adapters whose library is missing are left out."""
    found = []
    for info in pkgutil.walk_packages(arclean.__path__, "arclean."):
        if info.name.endswith(".__main__"):
            continue
        try:
            found.append(importlib.import_module(info.name))
        except ImportError:
            continue
    return [arclean, *found]


def patterns() -> dict[str, re.Pattern[Any]]:
    """Find the compiled patterns, under the name of the first place where they stand."""
    exercised()
    found: dict[re.Pattern[Any], str] = {}
    seen: set[int] = set()
    for module in modules():
        for name, value in sorted(vars(module).items()):
            if not name.startswith("__"):
                _walk(value, f"{module.__name__}.{name}", found, seen)
    for name, pattern in _in_calls():
        found.setdefault(pattern, name)
    return {name: pattern for pattern, name in found.items()}


def _in_calls() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Find the patterns that are written where they are used, which no variable holds."""
    for module in modules():
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                at, first = node.func, node.args[0]
                if isinstance(at.value, ast.Name) and at.value.id == "re" and isinstance(first, ast.Constant):
                    yield f"{module.__name__}:{node.lineno}", re.compile(first.value)


def _walk(value: object, name: str, found: dict[re.Pattern[Any], str], seen: set[int]) -> None:
    if isinstance(value, re.Pattern):
        found.setdefault(value, name)
        return
    if id(value) in seen or isinstance(value, (str, bytes, int, float, types.ModuleType)):
        return
    seen.add(id(value))
    for label, inner in _inside(value):
        _walk(inner, f"{name}{label}", found, seen)


def _inside(value: object) -> Iterator[tuple[str, object]]:
    """Yield what a value holds: items, fields, closures, defaults, what a cached function returned."""
    if isinstance(value, Mapping):
        yield from ((f"[{k!r}]", v) for k, v in islice(value.items(), 10_000))
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from ((f".{name}", v) for name, v in zip(value._fields, value, strict=True))
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from ((f"[{i}]", v) for i, v in enumerate(islice(value, 10_000)))
    elif isinstance(value, functools._lru_cache_wrapper):  # noqa: SLF001 (there is no other name for it)
        yield "", value.__wrapped__
        if value.__module__.startswith("arclean") and value.cache_info().currsize and not _arguments(value):
            yield "()", value()
    elif isinstance(value, types.FunctionType):
        if value.__module__ and value.__module__.startswith("arclean"):
            yield from ((f".{i}", cell.cell_contents) for i, cell in enumerate(value.__closure__ or ()))
            yield from ((f".default{i}", v) for i, v in enumerate(value.__defaults__ or ()))
    elif type(value).__module__.startswith("arclean") or isinstance(value, type):
        module = value.__module__ if isinstance(value, type) else type(value).__module__
        if module.startswith("arclean"):
            names = [n for kind in type(value).__mro__ for n in getattr(kind, "__slots__", ())]
            fields = {**{n: getattr(value, n, None) for n in names}, **getattr(value, "__dict__", {})}
            yield from ((f".{n}", v) for n, v in fields.items())


def _arguments(function: Callable[..., object]) -> int:
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    return code.co_argcount + code.co_kwonlyargcount if code else 1


# ---------------------------------------------------------------------------------------------------- adversarial lines


def letters(pattern: re.Pattern[Any]) -> list[str]:
    """Give characters that a pattern speaks of: literals, a member of each set, ends of ranges, of its categories."""
    found: dict[str, None] = {}
    for code, value in _nodes(_parser.parse(pattern.pattern, pattern.flags)):
        match code:
            case _constants.LITERAL | _constants.NOT_LITERAL:
                found[chr(value)] = None
            case _constants.RANGE:
                found |= dict.fromkeys((chr(value[0]), chr(value[1])))
            case _constants.CATEGORY:
                found |= dict.fromkeys({"S": " ", "D": "7", "W": "ا"}.get(str(value).rsplit("_", 1)[-1][:1], "ا"))
            case _constants.ANY:
                found["ا"] = None
    # Evenly over what there is: a pattern of a thousand phrases has too many letters for all pairs of them.
    names = [c for c in found if isinstance(pattern.pattern, str) or ord(c) < 256]  # noqa: PLR2004
    step = max(1, len(names) // MOST_LETTERS)
    return list(dict.fromkeys([*names[::step][:MOST_LETTERS], "ا", " ", "a", "7", "\n"]))


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 (the parser's own trees)
    for node in tree:
        if isinstance(node, tuple) and len(node) == 2 and not isinstance(node[0], int):  # noqa: PLR2004
            yield node
        if isinstance(node, (tuple, list, _parser.SubPattern)):
            yield from _nodes(node)


def literals(pattern: re.Pattern[Any]) -> list[str]:
    """Give the runs of literals in a pattern: its words."""
    runs, run = [], ""
    for code, value in _nodes(_parser.parse(pattern.pattern, pattern.flags)):
        if code is _constants.LITERAL:
            run += chr(value)
        else:
            runs, run = [*runs, run] if len(run) > 1 else runs, ""
        if len(runs) > MOST_LETTERS:
            break
    return [*dict.fromkeys([*runs, run])]


def adversarial(pattern: re.Pattern[Any], size: int) -> Iterator[str | bytes]:
    """Make lines of a size that make matching hard: near matches over and over, and no match at the end."""
    units = letters(pattern)
    pieces = [*units, *(a + b for a, b in product(units, units) if a != b), *literals(pattern)]
    ends = ("", "\N{SNOWMAN}", "\n")
    for piece in filter(None, pieces):
        whole = (piece * (size // len(piece) + 1))[:size]
        for end in ends:
            yield _as(pattern, whole + end)
    for first, unit in product((*units[:4], *literals(pattern)[:4]), units[:6]):
        yield _as(pattern, first + unit * size + "\N{SNOWMAN}")


def _as(pattern: re.Pattern[Any], text: str) -> str | bytes:
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


class TooSlowError(Exception):
    """A single search took longer than the limit."""


METHODS = frozenset("match fullmatch search finditer findall sub subn split".split())


def methods() -> dict[str, frozenset[str]]:
    """Give for each name in the package the methods of patterns that are called on it."""
    used: dict[str, set[str]] = {}
    for module in modules():
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
                used.setdefault(owner, set()).add(node.attr)
    return {name: frozenset(called) for name, called in used.items()}


def own_name(where: str) -> str:
    """Give the last name of the place where a pattern stands.

    >>> own_name("arclean.widgets._FULL_STOP"), own_name("arclean.mojibake.pages.pages()[0].signs")
    ('_FULL_STOP', 'signs')
    """
    return re.sub(r"[\[(].*$", "", where.rsplit(".", 1)[-1])


def seconds(pattern: re.Pattern[Any], line: str | bytes, how: frozenset[str] = METHODS) -> float:
    """Time a line in every way in which the package uses the pattern."""

    def stop(*_: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    try:
        start = time.perf_counter()
        for name in how & {"match", "fullmatch", "search"}:
            getattr(pattern, name)(line)
        if how - {"match", "fullmatch", "search"}:
            for _ in pattern.finditer(line):
                pass
        return time.perf_counter() - start
    finally:
        signal.alarm(0)


def growth(pattern: re.Pattern[Any], size: int = SIZE, most: float = 30.0, how: frozenset[str] = METHODS) -> str:
    """Say on which line a pattern grows faster than its input; empty where there is none."""
    until = time.monotonic() + most
    small, large = adversarial(pattern, size), adversarial(pattern, 2 * size)
    suspects: list[tuple[float, int]] = []
    try:
        for number, (one, two) in enumerate(zip(small, large, strict=True)):
            after = seconds(pattern, two, how)
            if after > FLOOR and after > FACTOR * seconds(pattern, one, how):
                suspects.append((after, number))
            if time.monotonic() > until:
                break
        # A busy machine doubles a time by chance, and not the least of three, and not on every doubling.
        for _, number in sorted(suspects, reverse=True)[:5]:
            sizes = [size << k for k in range(DOUBLINGS + 1)]
            times = [_least(pattern, number, n, how) for n in sizes]
            if all(b > FACTOR * a for a, b in pairwise(times)):
                line = next(islice(adversarial(pattern, 24), number, None))
                return f"grows {times[-1] / times[-2]:.1f} times a doubling on lines like {line!a}"
    except TooSlowError:
        return f"a search of {2 * size:,} characters or more took over {LIMIT} s"
    return ""


def _least(pattern: re.Pattern[Any], number: int, size: int, how: frozenset[str]) -> float:
    line = next(islice(adversarial(pattern, size), number, None))
    return min(seconds(pattern, line, how) for _ in range(3))


def cleaners_grow(size: int) -> Iterator[str]:
    """Time whole rules on lines that are hard for several patterns at once."""
    hard = (
        "ا ",
        "شارك ",
        "&amp",
        "ط§",
        "Ø§",
        "\u064b",
        "ـ",
        "\u200f",
        "(",
        "«",
        "/",
        "@",
        "#",
        "http://",
        "ﻻ",
        "0",
        ".",
        "\n",
    )
    for rule in presets.RULES:
        for piece in hard:
            times = [
                min(_called(rule, (piece * (n // len(piece) + 1))[:n]) for _ in range(2)) for n in (size, 2 * size)
            ]
            if times[1] > 0.05 and times[1] > FACTOR * times[0]:  # noqa: PLR2004 (seconds)
                longer = min(_called(rule, (piece * (4 * size // len(piece) + 1))[: 4 * size]) for _ in range(2))
                if longer > FACTOR * times[1]:
                    yield f"{rule.name} grows {longer / times[1]:.1f} times a doubling on {piece!a}"
                    continue
            yield ""


def _called(rule: Callable[[str], str], text: str) -> float:
    start = time.perf_counter()
    rule(text)
    return time.perf_counter() - start


def rows(size: int = SIZE, most: float = 30.0, only: str = "") -> Iterator[Row]:
    """Try every pattern, then every rule."""
    chosen = {name: pattern for name, pattern in patterns().items() if only in name}
    known = methods()
    outcomes = []
    for name, pattern in chosen.items():
        fault = growth(pattern, size, most, known.get(own_name(name), METHODS))
        outcomes.append(f"{name}: {fault}" if fault else "")
    yield row("regular expressions on adversarial lines, growth with length", COMMAND, outcomes)
    yield row("rules on adversarial texts, growth with length", COMMAND, cleaners_grow(10 * size))


def main(arguments: Sequence[str] | None = None) -> int:
    """Time, and name what grows."""
    made = parser(__doc__)
    made.add_argument("--size", type=int, default=SIZE)
    made.add_argument("--seconds", type=float, default=30.0, help="at most for each pattern")
    made.add_argument("--only", default="", help="patterns whose name holds this")
    made.add_argument("--list", action="store_true", help="list the patterns only")
    options = made.parse_args(arguments)
    if options.list:
        for name, pattern in patterns().items():
            print(f"{name}: {len(pattern.pattern):,} characters")
        return 0
    return finish(list(rows(options.size, options.seconds, options.only)), options.json)


if __name__ == "__main__":
    sys.exit(main())
