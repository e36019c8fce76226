"""Row: an editor that takes no lock, truncates the file and writes it, as VS Code does, while we switch.

What a user would lose otherwise: all their settings, to a switch that takes the emptied file for the whole;
and their trust in the tray, if it took the middle of a save for a stranger's change.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from faults.world import World
from support.client.command import EXECUTABLE
from support.desktop.recorded_tray import LIMIT_S, Icon, Notifier
from torture.crowd import Switchers, meanwhile
from torture.places import furnish
from torture.races import ORIGINAL, environment
from torture.row import Row

from profiles.base.locations import find_locations
from tray.app import App
from tray.desktop.file_watcher import Watcher
from tray.runtime.parts import Parts
from tray.runtime.runtime import Runtime

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


class Onlooker:
    """A tray that watches the settings: what its icon shows, and what it tells."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        app = App(find_locations(environ), dict(environ), interactive=False, directory="/")
        self._icon, self._notifier = Icon(), Notifier()
        parts = Parts(self._notifier, str, str, lambda: None, bool, lambda: "notify")
        self._runtime = Runtime(app, parts, lambda: None)
        self._runtime.show_on(self._icon)
        self._watcher = Watcher(
            lambda: [app.switcher.settings_path], self._runtime.look, on_pause=self._runtime.glance
        )

    @property
    def shown(self) -> int:
        """How many times its icon was another one."""
        return len(self._icon.shown)

    def false_alarms(self) -> list[str]:
        """Nothing but switches and foreign edits happened: each badge and each notice is one."""
        faces = [face for face, _ in self._icon.shown if face.condition not in ("active", "off")]
        told = [f"{notice.title}: {notice.body}" for notice in self._notifier.told]
        return [*(f"a badge: {face.title}: {face.tooltip}" for face in faces), *told]

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._runtime.start()
        self._watcher.start()
        yield
        self._watcher.stop()
        self._runtime.stop(LIMIT_S)


def run(seconds: float | None, seed: int, command: Sequence[str] = (str(EXECUTABLE),)) -> Row:
    """One switcher and one editor. A switch that finds a half-written file may refuse, and change nothing."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        world = furnish(World(Path(name), vault=True), original=ORIGINAL)
        editor = Editor(world.settings)
        switchers = Switchers(command, environment(world), ("other", "third"))
        times = _SWITCHES if seconds is None else None
        with (
            mock.patch.dict(os.environ, environment(world), clear=True),
            mock.patch.object(sys, "argv", list(command)),  # the onlooker's helper is the switchers' own
            meanwhile(editor.until),
            (onlooker := Onlooker(environment(world))).watching(),
        ):
            switchers.work(0, times, time.monotonic() + (seconds or 0))
        failures = [each for each in switchers.refused if "settings.json" not in each or "Traceback" in each]
        if editor.lost > editor.edits * _UNAVOIDABLE:
            failures.append(f"{editor.lost} of {editor.edits} edits were lost")
        failures += onlooker.false_alarms()
    counts = {"switches": switchers.switches, "refused": len(switchers.refused)}
    counts |= {"edits": editor.edits, "edits lost": editor.lost, "icons shown": onlooker.shown}
    return Row("editor", counts, failures)
