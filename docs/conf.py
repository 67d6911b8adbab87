"""How the pages are built: `sphinx-build -W -n docs out/site`. Nothing is fetched from the network."""  # noqa: INP001 (docs are no package)

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

project = "arclean"
author = "the arclean developers"
project_copyright = f"2026 {author}"
version = release = _PROJECT["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4  # links between the pages name headings as repositories show them

html_theme = "furo"
html_title = f"arclean {release}"
html_static_path = ["_static"]
html_css_files = ["bidi.css"]
html_copy_source = False
html_show_sphinx = False

smartquotes = False  # examples are to be copied

# Backticks in docstrings are code: one that was misspelt would be a broken link otherwise.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True  # WEB, not the forty rules that it is made of
python_use_unqualified_type_names = True
python_display_short_literal_types = True

# Every reference to a name of ours must lead somewhere. Those of others would need their inventories from the network.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!arclean\.).*"), ("py:class", r".*\.Column")]  # Column is a TypeVar

RIGHT_TO_LEFT = ("ar/",)


def setup(app: "Sphinx") -> None:
    """Turn the Arabic pages the right way, and take the commands' help for the plain text that it is."""
    app.connect("html-page-context", _right_to_left)
    app.connect("sphinx-click-process-description", _plain)


def _right_to_left(_: "Sphinx", page: str, __: str, context: dict[str, Any], ___: "nodes.document | None") -> None:
    """Say on the page itself which language its text is in: the navigation around it stays as it is."""
    if page.startswith(RIGHT_TO_LEFT) and "body" in context:
        context["body"] = f'<div lang="ar" dir="rtl">\n{context["body"]}\n</div>'


def _plain(_: "Sphinx", __: object, lines: list[str]) -> None:
    """Keep patterns such as news-*.jsonl from being taken for emphasis."""
    lines[:] = [line.replace("*", r"\*") for line in lines]
