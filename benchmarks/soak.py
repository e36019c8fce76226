"""24 hours in the life of a tray, in minutes: outside edits and switches, and what it holds at their end.

The whole tray, with icon, notifications and commands over its socket, in a process of its own. Only its waits
are shorter than a user's: the watcher's, and those between notifications.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.desktop import PROFILES, desktop
from benchmarks.measure import PYTHON, Figure
from benchmarks.process import Held, held
from profiles.routes.guard.asker import Asker, part_that_matters, to_fields
from tray.app import App
from tray.ipc.client import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.desktop import Desktop, RunningTray

_ROOT = str(Path(__file__).resolve().parents[1])
EDITS, SWITCHES = 100_000, 10_000
SHORT = 50  # a short run is so much shorter
_WARM_UP = 100  # switches, or a tenth of them all, before the first count
_EDITS_A_SWITCH = EDITS // SWITCHES
_SELDOM = 10  # switches between other things
_UNSEEN_S = 0.003  # after an edit that nothing is told of

# In the place where the tray runs, `benchmarks` is not to be found by itself.
_PROGRAM = f"import sys; sys.path.insert(0, {_ROOT!r}); from benchmarks.hasty_tray import run; run()"


class Count(NamedTuple):
    """What the tray holds at one moment, everything done that it had to do."""

    held: Held
    blocks: int
    types: dict[str, int]


@contextmanager
def hasty_life(directory: Path) -> Iterator[Life]:
    """A user with a tray whose waits are short (benchmarks/hasty_tray.py)."""
    with desktop(directory) as desk, desk.tray(PYTHON, "-c", _PROGRAM) as tray:
        yield Life(desk, tray)


def soak_figures(directory: Path, *, whole: bool) -> Iterator[Figure]:
    """Whether anything grows from the end of the warm-up to the end."""
    rounds = SWITCHES // (1 if whole else SHORT)
    with hasty_life(directory) as life:
        began = time.monotonic()
        warm_up = max(_WARM_UP, rounds // 10)
        life.live(warm_up)
        before = life.count()
        life.live(rounds - warm_up)
        after = life.count()
        seconds = time.monotonic() - began
    share = f"{rounds * _EDITS_A_SWITCH:,} edits, {rounds:,} switches in {seconds:.0f} s"
    if life.unanswered:
        share += f"; {life.unanswered} requests unanswered in time"
    yield from _growth("24 hours" if whole else f"a {SHORT}th of 24 hours", before, after, share)


def _growth(name: str, before: Count, after: Count, share: str) -> Iterator[Figure]:
    was, now = before.held, after.held
    # Not PSS: that also moves with the other programs that share our libraries.
    memory = f"RSS {was.rss_kib / 1024:.1f} to {now.rss_kib / 1024:.1f} MiB; {share}"
    yield Figure(f"{name}: growth of memory", (now.rss_kib - was.rss_kib) / 1024, 1, "MiB", memory)
    grown = {kind: count - before.types.get(kind, 0) for kind, count in after.types.items()}
    most = ", ".join(
        f"{kind} {count:+d}" for kind, count in sorted(grown.items(), key=_by_count)[:3] if count
    )
    objects = f"{before.blocks:,} to {after.blocks:,} blocks" + (f"; {most}" if most else "")
    yield Figure(f"{name}: growth of objects", (after.blocks / before.blocks - 1) * 100, 1, "%", objects)
    for what, start, end in (
        ("threads", was.threads, now.threads),
        ("descriptors", was.descriptors, now.descriptors),
    ):
        yield Figure(f"{name}: growth of {what}", end - start, 0, "", f"{start} to {end}")


def _by_count(item: tuple[str, int]) -> int:
    return -abs(item[1])


class Life:
    """The user, and anyone else who writes the settings."""

    def __init__(self, desk: Desktop, tray: RunningTray) -> None:
        self._tray = tray
        self._settings = desk.settings
        self._app = App.start(desk.home.environ, None, None, wants_json=True)
        self._round = 0
        self.unanswered = 0  # requests through the socket

    def live(self, rounds: int) -> None:
        """So many switches, with ten edits after each; now and then something else is done."""
        for _ in range(rounds):
            self._round += 1
            self._switch(PROFILES[self._round % len(PROFILES)])
            for number in range(0, _EDITS_A_SWITCH - 2, 2):
                in_place = number % 4 == 0
                self._tray.badge(drift=True, in_place=in_place)
                self._tray.badge(drift=False, in_place=not in_place)
            for _ in range(2):
                self._tray.edit_elsewhere()
                time.sleep(_UNSEEN_S)
            if self._round % _SELDOM == 0:
                self._do_something_else(self._round // _SELDOM % 3)

    def count(self) -> Count:
        """What is held by now: the same profile, without drift, each time."""
        self._switch(PROFILES[0])
        self._tray.settle()
        told = json.loads(self._tray.say("count"))
        return Count(held(self._tray.process.pid), told["blocks"], told["types"])

    def _switch(self, name: str) -> None:
        """By a click, and every other time as a command does it: through the tray's socket, else alone."""
        if self._round % 2:
            self._tray.click(name)
        else:
            asked = {"as": self._app.circumstances(), "in": self._app.directory}
            if not self._ask("switch", name=name, **asked):
                self._app.switcher.switch(name)
        self._tray.panel.signals_until("NewTitle")

    def _do_something_else(self, kind: int) -> None:
        # A script of the user's own: with a session the tray would ask the gateway, which there is none of.
        route = part_that_matters(json.loads(self._settings.read_bytes())["env"])
        self._ask("key", name=PROFILES[0], **to_fields(Asker(False, route, route, self._app.directory)))
        if kind == 0:
            self._tray.badge(drift=True, in_place=False)
            self._tray.click("Restore")
            self._tray.panel.signals_until("NewStatus")
        else:
            self._tray.click("Undo" if kind == 1 else "Off")
            self._tray.panel.signals_until("NewTitle")

    def _ask(self, request: str, **fields: str) -> bool:
        """Whether the tray answered: a machine at its limits may leave it no time. Raises what it refuses."""
        answer = ask(self._app.locations, self._app.environ, request, fields)
        if answer is not None and answer.error is not None:
            raise answer.error
        self.unanswered += answer is None
        return answer is not None
