"""Draw the figures that the benchmarks wrote as JSON, for the docs: bars with Arabic labels.

    python benchmarks/plots.py RESULTS OUT

RESULTS is the folder that `run_all.py` writes. Needs matplotlib 3.11 or later, which shapes Arabic by itself; older
ones draw the letters apart and in the wrong order, so they are refused. The font is one that has Arabic letters; DejaVu
Sans, which comes with matplotlib, does.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LEAST = (3, 11)
COLOURS = ("#1b6e53", "#b0682b", "#5b6fa8", "#8a8f98", "#b7a15a", "#7a4f7d")
TITLES = {
    "Exact recoveries": "جمل عادت كما كتبت (٪)",
    "Clean text that was changed": "نصوص سليمة تغيرت",
    "Time, interleaved": "الزمن منسوبا إلى arclean",
    "documents": "العمل كله مقابل كشف المكرر وحده",
    "Quality": "نسب لا يسمح بانخفاضها",
}


def matplotlib() -> Any:  # noqa: ANN401 (a module)
    """Import matplotlib without a screen.

    Raises ImportError for one that cannot shape Arabic.
    """
    import matplotlib as mpl

    if mpl.__version_info__[:2] < LEAST:
        raise ImportError(f"matplotlib {mpl.__version__} draws Arabic letters apart: 3.11 or later is needed")
    mpl.use("Agg")
    mpl.rcParams |= {"font.family": "DejaVu Sans", "svg.hashsalt": "arclean", "svg.fonttype": "path"}
    return mpl


def bars(table: Mapping[str, Any], path: Path) -> None:
    """Draw one table as grouped bars, a group for each row."""
    from matplotlib import pyplot as plt

    rows = {label: figures for label, figures in table["rows"].items() if any(v is not None for v in figures.values())}
    names = [*dict.fromkeys(name for figures in rows.values() for name in figures)]
    height = 0.8 / len(names)
    figure, axes = plt.subplots(figsize=(9, 1.2 + 0.16 * len(names) * len(rows) + 0.1 * len(rows)))
    for k, name in enumerate(names):
        values = [figures.get(name) or 0 for figures in rows.values()]
        axes.barh(
            [i + k * height for i in range(len(rows))], values, height, label=name, color=COLOURS[k % len(COLOURS)]
        )
    axes.set_yticks([i + 0.4 - height / 2 for i in range(len(rows))], [*rows], fontsize=8)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    arabic = next((said for start, said in TITLES.items() if start in table["title"]), "")
    axes.set_title(f"{arabic}\n{table['title']} ({table['unit']})", fontsize=10)
    figures = [v for row in rows.values() for v in row.values() if v]
    if figures and max(figures) > 50 * min(figures) and "cent" not in table["unit"]:
        axes.set_xscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    # Neither date nor version in the file: the same figures give the same bytes.
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def draw(results: Path, out: Path) -> list[Path]:
    """Draw every table of every result; give the files."""
    matplotlib()
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for source in sorted(results.glob("*.json")):
        record = json.loads(source.read_text(encoding="utf-8"))
        for number, table in enumerate(record.get("tables", []) if isinstance(record, dict) else []):
            if table["rows"]:
                made.append(out / f"{source.stem}-{number}.svg")
                bars(table, made[-1])
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    if not options.results.is_dir():
        parser.error(f"no folder {options.results}: run_all.py writes one")
    for path in draw(options.results, options.out):
        print(path)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
