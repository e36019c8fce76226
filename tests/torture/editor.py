"""Row: an editor that takes no lock, truncates the file and writes it, as VS Code does, while we switch.

What a user would lose otherwise: all their settings, to a switch that takes the emptied file for the whole.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from e2e.command import EXECUTABLE
from faults.world import World
from torture.crowd import Switchers, meanwhile
from torture.places import furnish
from torture.races import ORIGINAL, environment
from torture.row import Row

_SWITCHES = 1000  # in the long form
_HALF_WRITTEN_S = 0.005
# Nothing can help an editor that opened the file before a rename and writes after it: it writes into a file
# that is no more. That moment, between our last look and the rename, is well under a thousandth of a second.
_UNAVOIDABLE = 0.01


class Editor:
    """Types one entry after the other, each into what it finds in the file."""

    def __init__(self, settings: Path) -> None:
        self.settings = settings
        self.edits = 0
        self.lost = 0

    def until(self, done: threading.Event) -> None:
        while not done.wait(0.02):
            self.edit()

    def edit(self) -> None:
        data = json.loads(self.settings.read_bytes())
        if self.edits and data.get("edits") != [self.edits]:
            self.lost += 1
        self.edits += 1
        data["edits"] = [self.edits]
        text = json.dumps(data, indent=2).encode()
        with self.settings.open("wb", buffering=0) as file:
            time.sleep(_HALF_WRITTEN_S)
            file.write(text[: len(text) // 2])
            time.sleep(_HALF_WRITTEN_S)
            file.write(text[len(text) // 2 :])


def run(seconds: float | None, seed: int, command: Sequence[str] = (str(EXECUTABLE),)) -> Row:
    """One switcher and one editor. A switch that finds a half-written file may refuse, and change nothing."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        world = furnish(World(Path(name), vault=True), original=ORIGINAL)
        editor = Editor(world.settings)
        switchers = Switchers(command, environment(world), ("other", "third"))
        times = _SWITCHES if seconds is None else None
        with meanwhile(editor.until):
            switchers.work(0, times, time.monotonic() + (seconds or 0))
        failures = [each for each in switchers.refused if "settings.json" not in each or "Traceback" in each]
        if editor.lost > editor.edits * _UNAVOIDABLE:
            failures.append(f"{editor.lost} of {editor.edits} edits were lost")
    counts = {"switches": switchers.switches, "refused": len(switchers.refused)}
    return Row("editor", {**counts, "edits": editor.edits, "edits lost": editor.lost}, failures)
