"""What the running tray does at each change, in this process, with a thousand profiles."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.measure import Figure, Home
from tray.app import App
from tray.icon.dbus_menu import DBusMenu
from tray.runtime.parts import Parts
from tray.runtime.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tray.icon.base import Entry, Face
    from tray.notices.notice import Notice

_MANY = 1_000


class _Silence:
    """A notifier in an empty room."""

    def show(self, notice: Notice) -> None:
        pass

    def withdraw(self, key: str) -> None:
        pass

    def stop(self) -> None:
        pass


class _Menu:
    """An icon that makes its panel's menu at once, as the D-Bus one does on a thread of its own."""

    name = "menu"

    def __init__(self) -> None:
        self.menu = DBusMenu(lambda _key, _number: None)
        self.updates = 0

    def update(self, _face: Face, entries: tuple[Entry, ...]) -> None:
        self.updates += 1
        self.menu.show(entries)

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def hosted(self) -> bool:
        return True

    def absence(self) -> None: ...


def many_profiles_looked_at(directory: Path) -> Iterator[Figure]:
    """The runtime's look at a thousand profiles: when nothing changed, and when the menu does."""
    claude, own = directory / ".claude", directory / "own"
    # The places by name: in this process HOME is that of the one who measures.
    home = Home(directory, {"PKCC_CONFIG_DIR": str(own), "CLAUDE_CONFIG_DIR": str(claude)})
    home.tool("add", "work", "--provider", "@work", "--key-stdin", stdin="pk-benchmark-1")
    home.tool("switch", "work")
    profiles = own / "profiles"
    text = (profiles / "work.json").read_text()
    for number in range(_MANY - 1):
        name = f"{'abcdefghij'[number % 10]}{number}"
        (profiles / f"{name}.json").write_text(text.replace('"work"', f'"{name}"'))
    app = App.start(home.environ, None, None, wants_json=True)
    parts = Parts(_Silence(), lambda _: None, lambda _: None, lambda: None, lambda _: None, lambda: "notify")
    runtime, icon = Runtime(app, parts, lambda: None), _Menu()
    runtime.show_on(icon)
    runtime.start()
    _look(runtime)
    detail = f"processor time in process, {_MANY:,} profiles"
    unchanged = [_look(runtime) for _ in range(21)]
    yield Figure("tray: a look, nothing changed", statistics.median(unchanged), 20, "ms", detail)
    settings = claude / "settings.json"
    as_written = settings.read_text()
    updates, changed = icon.updates, []
    for number in range(20):
        drift = number % 2 == 0
        settings.write_text(
            as_written.replace("api.portkey.ai", "elsewhere.example") if drift else as_written
        )
        changed.append(_look(runtime))
    if icon.updates != updates + len(changed):
        raise RuntimeError("the menu was not made anew each time")
    yield Figure("tray: a look, and a menu made anew", statistics.median(changed), 20, "ms", detail)
    runtime.stop(5)


def _look(runtime: Runtime) -> float:
    """Milliseconds of processor time, all of which is the look's: it waits for nothing."""
    began = time.process_time()
    runtime.look()
    runtime.choose("")  # stands for nothing, and is done when the look before it is
    return (time.process_time() - began) * 1000
