"""How `make docs` builds the site: Sphinx with MyST and Furo, offline, strict, with no request to others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_ROOT = Path(__file__).parent.parent

project = "pkcc-tray"
author = "The pkcc-tray authors"
version = release = re.findall(
    '__version__ = "(.+)"', (_ROOT / "profiles" / "__init__.py").read_text("utf-8")
)[0]
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["site"]
nitpicky = True
smartquotes = False  # an option in running text is typed as it stands
html_theme = "furo"
html_title = "pkcc-tray"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sphinx = html_show_copyright = False
html_theme_options = {"light_css_variables": {"font-stack": "system-ui, sans-serif"}}
# Words of our own in commands are no language of Pygments.
highlight_language = "text"


_DECISIONS = "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def setup(app: Sphinx) -> None:
    """Have the list of decisions lead to each; elsewhere it is read as it stands."""
    app.connect("source-read", _with_decisions)


def _with_decisions(_app: Sphinx, name: str, content: list[str]) -> None:
    if name == "decisions/README":
        content[0] += _DECISIONS
