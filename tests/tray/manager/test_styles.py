"""Styles and templates go together: a class that one of them lacks is a wrong look, or dead weight."""

from __future__ import annotations

import re
from pathlib import Path

import tray.manager

ROOM = Path(tray.manager.__file__).parent
STYLES = {path.name: path.read_text() for path in ROOM.rglob("*.css")}
TEXTS = "".join(path.read_text() for kind in ("html", "js", "py", "svg") for path in ROOM.rglob(f"*.{kind}"))
_CLASS = re.compile(r"\.([a-z][\w-]*)")


def styled() -> set[str]:
    """Every class that a stylesheet has a rule for."""
    rules = re.sub(r"/\*.*?\*/", "", "".join(STYLES.values()), flags=re.DOTALL)
    return {name for selector in re.findall(r"([^{}]+)\{", rules) for name in _CLASS.findall(selector)}


def test_no_style_is_for_nothing() -> None:
    words = set(re.findall(r"[\w-]+", TEXTS))
    made = {name for name in styled() if f"{name.rpartition('-')[0]}-" in words}  # `notice-` and a kind
    assert styled() - words - made == set()


def test_every_width_that_a_field_can_have_is_a_width() -> None:
    """Without a rule a field for a short name is as wide as the window."""
    widths = {f"w-{width}" for width in re.findall(r"width=\"([a-z]+)\"", TEXTS)} - {"w-full"}
    assert {"w-s", "w-m", "w-l"} <= widths <= styled()
