"""The mark's pixels for Linux, drawn before and kept in `marks.zlib`.

To draw them takes Pillow, 20 MB that nothing else needs there. `python -m tray.icon.artwork` writes the file
again; a test holds it to what is drawn.
"""

from __future__ import annotations

import zlib
from pathlib import Path

CONDITIONS = ("active", "off", "drift", "error", "unreachable")
TRAY_SIZES = (16, 22, 24, 32, 48, 64)
THEMES = ("light", "dark")
FILE = Path(__file__).with_name("marks.zlib")


def pixels(condition: str, theme: str) -> dict[int, bytes]:
    """The mark in one of `CONDITIONS` at each of `TRAY_SIZES`: red, green, blue and alpha, a byte each."""
    data = zlib.decompress(FILE.read_bytes())
    mark = sum(4 * size**2 for size in TRAY_SIZES)
    start = mark * (THEMES.index(theme) * len(CONDITIONS) + CONDITIONS.index(condition))
    found = {}
    for size in TRAY_SIZES:
        end = start + 4 * size**2
        found[size], start = data[start:end], end
    return found
