"""The adapters are optional: nothing else of arclean imports them or their libraries."""

import ast
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "arclean"
LIBRARIES = "datasets datatrove duckdb itemadapter pandas polars pyarrow pyspark scipy scrapy sklearn".split()


def test_importing_arclean_imports_no_optional_library():
    program = f"import arclean, arclean.cli, sys; print(sorted({{*sys.modules}} & {{*{LIBRARIES}}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_core_imports_no_adapter():
    # for_datasets needs no library beside arclean, so that arclean may offer it by name.
    allowed = {(SOURCE / "__init__.py", "arclean.integrations.datasets")}
    found = set()
    for path in SOURCE.rglob("*.py"):
        if SOURCE / "integrations" not in path.parents:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                found |= {(path, name) for name in names if name.split(".")[:2] == ["arclean", "integrations"]}
    assert found <= allowed
