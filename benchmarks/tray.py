"""Figures of the running tray: commands that go through it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import COMMAND, Figure, Home, ratio

_TESTS = Path(__file__).resolve().parents[1] / "tests"


def ipc_figures(directory: Path) -> Iterator[Figure]:
    """`switch` and `key print` through a running tray, against `python -c pass`.

    The tray is its serving side alone, in a process of its own: icon and watcher have no part in these.
    """
    sys.path.insert(0, str(_TESTS))
    from serving import serving

    home = Home(directory)
    for name in ("work", "home"):
        home.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")
    with serving(home.environ, home.path, COMMAND):
        switches = [COMMAND, "switch", "work"], [COMMAND, "switch", "home"]
        yield ratio("`switch` through the tray", home, 2.5, *switches)
        yield ratio("`key print` through the tray", home, 2, [COMMAND, "key", "print", "work"])
