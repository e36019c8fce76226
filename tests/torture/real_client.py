"""Row: the real Claude Code saves its settings (`/model`) while the installed command switches.

What a user would lose otherwise: the model they have just chosen, or the route they have just switched to.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from itertools import cycle

from faults.world import World
from support.client.command import EXECUTABLE
from support.client.real_client import ClientSession, throwaway_home
from torture.crowd import Switchers, meanwhile
from torture.places import furnish, providers
from torture.races import ORIGINAL, environment
from torture.row import Row

_SWITCHES = 3000  # in the long form
_LIMIT_S = 15.0  # for a save that takes well under one


class Client:
    """A session that chooses one model after the other, and looks whether the choice stays."""

    def __init__(self, world: World, session: ClientSession) -> None:
        self._world = world
        self._session = session
        self.saves = 0
        self.lost: list[str] = []

    def until(self, done: threading.Event) -> None:
        for model in cycle(("haiku", "sonnet")):
            if done.is_set():
                return
            self._session.send(f"/model {model}")
            if not _comes_true(lambda model=model: self._model() == model):  # type: ignore[misc]
                self.lost.append(f"{model} was chosen, and the settings say {self._model()}")
            self.saves += 1
            done.wait(0.3)
            if self._model() != model:
                self.lost.append(f"{model} was saved, and is gone")

    def _model(self) -> object:
        return json.loads(self._world.settings.read_bytes()).get("model")


def _comes_true(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _LIMIT_S
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def run(seconds: float | None, seed: int) -> Row:
    """One switcher, and one session that saves all the time."""
    with throwaway_home() as home:
        world = furnish(World(home, vault=True), original=ORIGINAL)
        switchers = Switchers((str(EXECUTABLE),), environment(world), ())
        lost = []
        with ClientSession(home) as session:
            client = Client(world, session)
            with meanwhile(client.until):
                deadline = time.monotonic() + (seconds or 0)
                active = "home"
                for name in cycle(("other", "third")):
                    if switchers.switches >= _SWITCHES if seconds is None else time.monotonic() > deadline:
                        break
                    if switchers.switches and providers(world)["user"] != f"@{active}":
                        lost.append(f"{active} was switched to, and is gone")
                    if switchers.switch(name):
                        active = name
    failures = [*switchers.refused, *client.lost, *lost]
    if not client.saves:
        failures.append("the client saved nothing")
    counts = {
        "switches": switchers.switches,
        "switches lost": len(lost),
        "saves of Claude Code's": client.saves,
        "saves lost": len(client.lost),
    }
    return Row("real_client", counts, failures)
