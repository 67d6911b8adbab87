"""Check what arclean stands on: lowest versions that it allows, licences, and whether the built packages are whole.

    python benchmarks/reliability/supply.py lowest [--python 3.11]      the tests with the lowest versions allowed
    python benchmarks/reliability/supply.py licences [--markdown OUT]   each dependency, its version and licence
    python benchmarks/reliability/supply.py wheel                       build, look inside, install, use

`lowest` and `wheel` make virtual environments in temporary folders and need uv (`pip install uv`). `lowest` installs by
`--resolution lowest-direct`: each direct dependency in the lowest version that pyproject.toml allows and that has a
wheel for this Python. `wheel` builds the sdist, and the wheel from the sdist; every file of the package must be in the
wheel; the wheel is installed with `--only-binary :all:` into an environment whose PATH has no compiler, and there it
cleans a text, runs over the seeds, and undoes the run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from trials import finish, row

ROOT = Path(__file__).parents[2]
COMMAND = "benchmarks/reliability/supply.py"
PROBE = """
import arclean, json, sys
assert arclean.clean("ط§ظ„ط¹ط±ط¨ظٹط© العـــربية") == "العربية العربية"
assert arclean.explain("شارك\\nالخبر").undo() == "شارك\\nالخبر"
assert arclean.find_duplicates([("a", "نص واحد قصير جدا هنا"), ("b", "نص واحد قصير جدا هنا")]).dropped == ["b"]
print(arclean.__file__)
"""


def uv() -> str:
    """Find uv.

    Raises FileNotFoundError where it is not installed.
    """
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise FileNotFoundError("uv is not installed: pip install uv")
    return found


def called(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a command; give its output.

    Raises CalledProcessError with what it said.
    """
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")} | environment
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3_000:]
        raise subprocess.CalledProcessError(done.returncode, str(command[0]), said)
    return done.stdout


# --------------------------------------------------------------------------------------------------------------- lowest


def lowest(python: str, tests: Sequence[str], overrides: Sequence[str] = ()) -> Iterator[str]:
    """Install the lowest versions and run the tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own, pins = folder / "venv", folder / "overrides.txt"
        pins.write_text("\n".join(overrides), encoding="utf-8")
        called(uv(), "venv", "--python", python, own)
        interpreter = own / "bin" / "python"
        given = [
            "--resolution",
            "lowest-direct",
            "--override",
            pins,
            "--only-binary",
            ":all:",
            "--no-binary",
            "arclean",
        ]
        groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["test"]
        extra = [g for g in groups if isinstance(g, str) and not g.startswith("arclean")]
        try:
            called(uv(), "pip", "install", "--python", interpreter, *given, f"{ROOT}[web]", *extra)
            versions = called(uv(), "pip", "freeze", "--python", interpreter)
            print(versions, file=sys.stderr)
            called(
                interpreter,
                "-m",
                "pytest",
                "-q",
                "--maxfail=20",
                "--tb=line",
                "-p",
                "no:cacheprovider",
                "--disable-warnings",
                "-W",
                "default",
                *tests,
            )
        except subprocess.CalledProcessError as error:
            yield f"{error.cmd} ends with {error.returncode}: …{error.output[-500:]}"
        else:
            yield ""


# ------------------------------------------------------------------------------------------------------------- licences


def licences(name: str = "arclean", *, extras: Sequence[str] = ("web",)) -> dict[str, tuple[str, str, str]]:
    """Give version, licence and the package that asks for it, for each dependency of a distribution, and theirs."""
    found: dict[str, tuple[str, str, str]] = {}
    left = [(name, "", set(extras))]
    while left:
        this, asked, wanted = left.pop(0)
        try:
            about = metadata.metadata(this)
        except metadata.PackageNotFoundError:
            found.setdefault(this, ("not installed", "–", asked))
            continue
        if about["Name"].lower() in (known.lower() for known in found):
            continue
        found[about["Name"]] = (about["Version"], _licence(about), asked)
        for requirement in metadata.requires(this) or ():
            needed, _, marker = requirement.partition(";")
            extra = re.search(r"extra\s*==\s*['\"](\w+)", marker)
            if extra and extra[1] not in wanted:
                continue
            if not extra and marker and not _applies(marker):
                continue
            left.append((re.split(r"[\s\[<>=!~;(]", needed.strip())[0], about["Name"], set()))
    del found[metadata.metadata(name)["Name"]]
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _licence(about: metadata.PackageMetadata) -> str:
    """Read the licence from where packages state it: an SPDX expression, classifiers, a short free text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [c.rsplit(" :: ", 1)[-1] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    named = [c for c in classifiers if c != "OSI Approved"]
    free = str(about.get("License") or "").strip().split("\n")[0]
    return ", ".join(named) or free[:60] or "not stated"


def _applies(marker: str) -> bool:
    """Say whether a marker holds on this machine; a marker that names another system or Python does not."""
    from packaging.markers import Marker

    return Marker(marker).evaluate({"extra": ""})


def licence_table(found: dict[str, tuple[str, str, str]]) -> str:
    """Lay the licences out for a page."""
    rows = [f"| {name} | {version} | {licence} | {asked} |" for name, (version, licence, asked) in found.items()]
    return "\n".join(["| package | version | licence | asked for by |", "|---|---|---|---|", *rows]) + "\n"


# ---------------------------------------------------------------------------------------------------------------- wheel


def wheel() -> Iterator[str]:
    """Build both packages, compare their contents with the sources, install the wheel and use it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            # The wheel is built from the sdist, so that an sdist which lacks something is noticed.
            called(uv(), "build", "--out-dir", folder / "dist", ROOT)
        except subprocess.CalledProcessError as error:
            yield f"the build ends with {error.returncode}: {error.output}"
            return
        built = next((folder / "dist").glob("*.whl"))
        yield "" if built.name.endswith("-py3-none-any.whl") else f"{built.name} is for one platform only"
        yield _contents(built)
        yield _used(built, folder)


def _contents(built: Path) -> str:
    """Say which files of the package are not in the wheel, and which of the wheel are not of the package."""
    wanted = {p.relative_to(ROOT / "src").as_posix() for p in (ROOT / "src" / "arclean").rglob("*") if p.is_file()}
    wanted = {name for name in wanted if "__pycache__" not in name and not name.endswith(".pyc")}
    with zipfile.ZipFile(built) as archive:
        there = {n for n in archive.namelist() if ".dist-info/" not in n}
        licence = any(n.endswith("/LICENSE") for n in archive.namelist())
    said = [f"missing: {sorted(wanted - there)[:5]}"] * bool(wanted - there)
    said += [f"not of the package: {sorted(there - wanted)[:5]}"] * bool(there - wanted)
    said += ["no LICENSE"] * (not licence) + ["no py.typed"] * ("arclean/py.typed" not in there)
    return "; ".join(said)


def _used(built: Path, folder: Path) -> str:
    """Install the wheel where there is no compiler, and use it."""
    own, path = folder / "venv", folder / "bin"
    venv.create(own, with_pip=False)
    path.mkdir()
    interpreter = own / "bin" / "python"
    bare = {"PATH": f"{own / 'bin'}:{path}", "CC": "false", "CXX": "false"}
    try:
        called(uv(), "pip", "install", "--python", interpreter, "--only-binary", ":all:", built, **bare)
        where = called(interpreter, "-I", "-c", PROBE, cwd=folder, **bare).strip()
        if not where.startswith(str(own)):
            return f"another arclean was imported: {where}"
        command = own / "bin" / "arclean"
        called(command, "run", ROOT / "seeds", "-o", folder / "out", cwd=folder, **bare)
        called(command, "undo", folder / "out", "-o", folder / "undone", cwd=folder, **bare)
    except subprocess.CalledProcessError as error:
        return f"{error.cmd} ends with {error.returncode}: {error.output[-1_500:]}"
    seeds = {p.name: p.read_bytes() for p in (ROOT / "seeds").iterdir()}
    undone = {p.name: p.read_bytes() for p in (folder / "undone").iterdir()}
    return "" if seeds == undone else "undo of the seeds gives other files"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one of them, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=("lowest", "licences", "wheel", []), help="all, where none is named")
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    parser.add_argument("--tests", nargs="+", default=["tests"], help="which tests `lowest` runs")
    parser.add_argument("--override", action="append", default=[], help="another lowest version to try, name==version")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the licences to a page")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args(arguments)
    what = options.what or ["lowest", "licences", "wheel"]
    rows = []
    if "licences" in what:
        found = licences()
        print(licence_table(found))
        if options.markdown:
            options.markdown.write_text(licence_table(found), encoding="utf-8")
        unsaid = [f"{name}: no licence is stated" for name, (_, licence, _) in found.items() if licence == "not stated"]
        rows.append(row("dependencies that state a licence", f"{COMMAND} licences", unsaid + [""] * len(found)))
    if "wheel" in what:
        rows.append(row("sdist and wheel, built, looked into, installed, used", f"{COMMAND} wheel", wheel()))
    if "lowest" in what:
        tried = lowest(options.python, options.tests, options.override)
        rows.append(row("the tests with the lowest versions allowed", f"{COMMAND} lowest", tried))
    return finish(rows, options.json)


if __name__ == "__main__":
    sys.exit(main())
