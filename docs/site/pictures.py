"""Makes docs/pictures of what the browser tests kept of the manager: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

# Which page of the manager each guide shows, by the name that tests/browser gives it.
SHOWN = {
    "overview": "manager.md",
    "add-2-route": "profiles.md",
    "keys": "keys.md",
    "projects": "projects.md",
    "config": "configs.md",
    "doctor": "doctor.md",
    "usage": "account.md",
    "check": "check.md",
}
_MOST_HEIGHT, _WIDTH, _COLOURS = 900, 960, 64
_PICTURES = Path(__file__).parents[1] / "pictures"


def main(kept: str) -> None:
    """Bring the pictures of the guides up to date from the directory that holds what was kept."""
    for name in SHOWN:
        with Image.open(Path(kept) / f"{name}-light-1280.png") as whole:
            shown = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, _MOST_HEIGHT)))
        small = shown.resize((_WIDTH, shown.height * _WIDTH // shown.width), Image.Resampling.LANCZOS)
        few = small.quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(_PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
