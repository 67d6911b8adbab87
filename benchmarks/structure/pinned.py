"""Floors: what was reached once on these very pages, held from then on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parent / "floors.json"

Measures = Mapping[str, float]


class LoweredError(ValueError):
    """A floor would sink, or the pages changed, and nobody said why."""


def read(path: Path = FLOORS) -> dict[str, Any]:
    """Read the floors; those of a benchmark that has none yet are empty."""
    if not path.exists():
        return {"digest": "", "floors": {}, "lowered": []}
    return dict(json.loads(path.read_text(encoding="utf-8")))


def failures(pinned: Mapping[str, Any], measured: Measures, digest: str) -> list[str]:
    """Say what does not hold: pages that are others, floors not reached, floors that nothing measures any more."""
    said = []
    if pinned["digest"] != digest:
        said.append(f"the pages are not those the floors were measured on: {digest[:12]}, not {pinned['digest'][:12]}")
    for name, floor in pinned["floors"].items():
        if name not in measured:
            said.append(f"{name}: has a floor and is not measured")
        elif measured[name] < floor:
            said.append(f"{name}: {measured[name]:.4f} is below {floor:.4f}")
    return said


def raised(pinned: Mapping[str, Any], measured: Measures, digest: str, because: str = "") -> dict[str, Any]:
    """Give the floors raised to what is measured.

    Without a reason they only rise. With one they become what is measured, and the reason is kept with every floor that
    sank. Other pages need a reason as well: the same figure on easier pages is a lower floor.

    Raises LoweredError where a reason is needed and there is none.
    """
    old = pinned["floors"]
    sunk = {name: [floor, measured.get(name)] for name, floor in old.items() if measured.get(name, -1.0) < floor}
    moved = bool(pinned["digest"]) and pinned["digest"] != digest
    if (sunk or moved) and not because:
        what = [*(f"{name}: {was} to {now}" for name, (was, now) in sunk.items()), *(["other pages"] if moved else [])]
        raise LoweredError(f'floors would sink ({"; ".join(what)}): give the reason, --because "…"')
    record = {"because": because, "from": pinned["digest"], "to": digest, "floors": sunk}
    return {
        "digest": digest,
        "floors": dict(sorted(measured.items())),
        "lowered": [*pinned["lowered"], *([record] if sunk or moved else [])],
    }


def write(floors: Mapping[str, Any], path: Path = FLOORS) -> None:
    """Write the floors for a person to read and review."""
    path.write_text(json.dumps(floors, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
