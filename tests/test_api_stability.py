"""What users rely on: the public names, how they are called, and the commands, against the last release's record.

    python tests/test_api_stability.py    # writes tests/cases/api.json anew: see CONTRIBUTING.md for when

Additions are free: new names, new options with defaults after the old ones. What is recorded must go on working.
"""

import importlib
import inspect
import json
import re
import sys
import tomllib
from enum import Enum
from pathlib import Path

import click
import pytest

from arclean.cli import main

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "tests" / "cases" / "api.json"
ROOMS = ("arclean", "arclean.testing")
HOOKS = {"changes", "doubts", "find_characters", "idle", "pairs", "shortcut"}
"""What arclean's own rules override among themselves; rules of users have `find`."""
NO_DEFAULT = inspect.Parameter.empty


def public(room):
    """Give the names of a room: those that it exports, or those that it defines."""
    module = importlib.import_module(room)
    defined = (
        name for name, value in vars(module).items() if name.isupper() or getattr(value, "__module__", "") == room
    )
    return sorted(getattr(module, "__all__", [name for name in defined if not name.startswith("_")]))


def parameters(call):
    """Give each parameter as [name, kind] or, where it may be left out, [name, kind, default]."""
    try:
        found = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, p.kind.name.lower().replace("_", " "), *default(p)] for p in found if p.name != "self"]


def default(parameter):
    if parameter.default is NO_DEFAULT:
        return []
    shown = repr(parameter.default)
    return [getattr(parameter.default, "__name__", "…") if " at 0x" in shown else shown]


def described(value):
    """Describe a public value by what a user can do with it."""
    if inspect.isclass(value):
        own = {name for kind in value.__mro__ if kind.__module__.startswith("arclean") for name in vars(kind)}
        members = {name: getattr(value, name) for name in sorted(own - HOOKS) if not name.startswith("_")}
        about = {
            "call": None if issubclass(value, Enum) else parameters(value),
            "members": {k: parameters(v) if callable(v) else "" for k, v in members.items()},
        }
        if issubclass(value, tuple):
            about["fields"] = list(value._fields)  # unpacked by position: their number counts, too
        return about
    if inspect.isroutine(value):
        return {"call": parameters(value)}
    return {"value": "cleaner" if callable(value) else type(value).__name__}


def commands():
    """Give the options of each command."""
    return {
        name: sorted(o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts))
        for name, command in sorted(main.commands.items())
    }


def current():
    """Describe all that is public now."""
    rooms = {room: importlib.import_module(room) for room in ROOMS}
    return {
        f"{room}.{name}": described(getattr(module, name)) for room, module in rooms.items() for name in public(room)
    }


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def written():
    """Give the record's text: a name a line, so that a change of one shows as one."""
    head = {
        "about": "Written by tests/test_api_stability.py; CONTRIBUTING.md says when.",
        "version": project()["version"],
    }
    parts = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, values in (("commands", commands()), ("names", current())):
        lines = (f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
        parts.append(f" {json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


RECORDED = json.loads(RECORD.read_text("utf-8"))
NOW = current()


def accepts(now, before):
    """Say what of the recorded calls is not possible any more."""
    if before is None or now is None:
        return
    names = {p[0]: p for p in now}
    places = [p[0] for p in now if p[1].startswith("positional")]
    for place, (name, kind, *given) in enumerate(before):
        if name not in names:
            yield f"{name} is gone"
        elif kind.startswith("positional") and places[place : place + 1] != [name]:
            yield f"{name} is not number {place + 1} any more"
        elif kind not in ("positional only", names[name][1]) and names[name][1] != "positional or keyword":
            yield f"{name} was {kind} and is {names[name][1]}"
        elif given and given != names[name][2:]:
            yield f"{name} was {given[0]} by default and is {' '.join(names[name][2:]) or 'required'}"
    known = {p[0] for p in before}
    yield from (f"{p[0]} is new and required" for p in now if p[0] not in known and len(p) == 2 and "var" not in p[1])


def differences(now, before):
    if "value" in before:
        yield from [] if now == before else [f"was {before['value']} and is {now}"]
        return
    yield from accepts(now.get("call"), before["call"])
    for name, call in before.get("members", {}).items():
        if name not in now.get("members", {}):
            yield f".{name} is gone"
        elif isinstance(call, list) and isinstance(now["members"][name], list):
            yield from (f".{name}: {what}" for what in accepts(now["members"][name], call))
    if before.get("fields", []) != now.get("fields", []):
        yield f"was the tuple {before.get('fields')} and is {now.get('fields')}"


@pytest.mark.parametrize("name", sorted(RECORDED["names"]))
def test_what_was_released_goes_on_working(name):
    assert name in NOW, f"{name} is gone: keep it, with a DeprecationWarning, until the next minor release"
    assert list(differences(NOW[name], RECORDED["names"][name])) == []


@pytest.mark.parametrize("command", sorted(RECORDED["commands"]))
def test_commands_keep_their_options(command):
    assert set(RECORDED["commands"][command]) <= set(commands().get(command, ())), command


def test_the_record_is_of_the_last_release():
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert RECORDED["version"] == (released[0] if released else project()["version"])


def test_the_citation_names_the_version():
    named = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert named
    assert named[1] == project()["version"]


CHANGES = (
    ([["text", "positional or keyword"]], [["text", "positional or keyword"], ["fast", "keyword only", "False"]], []),
    (
        [["text", "positional or keyword"]],
        [["page", "positional or keyword"]],
        ["text is gone", "page is new and required"],
    ),
    ([["a", "positional or keyword", "1"]], [["a", "positional or keyword", "2"]], ["a was 1 by default and is 2"]),
    ([["a", "positional or keyword", "1"]], [["a", "positional or keyword"]], ["a was 1 by default and is required"]),
    (
        [["a", "positional or keyword"]],
        [["b", "positional or keyword", "0"], ["a", "positional or keyword"]],
        ["a is not number 1 any more"],
    ),
    ([["a", "keyword only"]], [["a", "positional or keyword"]], []),
    ([["a", "positional or keyword"]], [["a", "keyword only"]], ["a is not number 1 any more"]),
    ([["a", "positional or keyword"]], [["a", "positional or keyword", "1"]], []),
)


@pytest.mark.parametrize(("before", "now", "expected"), CHANGES)
def test_what_breaks_a_call_is_told_from_what_does_not(before, now, expected):
    assert list(accepts(now, before)) == expected


if __name__ == "__main__":
    RECORD.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{RECORD.relative_to(ROOT)} is of {project()['version']}\n")
