"""The tray's runtime over a user's real files, with what it shows and tells recorded."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from support.home.user_home import UserHome

from profiles.base.locations import find_locations
from tray.app import App
from tray.icon.base import Entry, Face
from tray.notices.notice import Notice
from tray.runtime.parts import Parts
from tray.runtime.runtime import Runtime

LIMIT_S = 10.0


class Icon:
    """What a panel would show, every state of it."""

    name = "recording"

    def __init__(self) -> None:
        self.shown: list[tuple[Face, tuple[Entry, ...]]] = []
        self.changed = threading.Condition()

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        with self.changed:
            self.shown.append((face, entries))
            self.changed.notify_all()

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def hosted(self) -> bool:
        return True

    def absence(self) -> None: ...


class Notifier:
    """What the user is told."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.withdrawn: list[str] = []

    def show(self, notice: Notice) -> None:
        self.told.append(notice)

    def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)

    def stop(self) -> None: ...


class Tray:
    """A runtime over a user's real files, with everything else recorded."""

    def __init__(self, home: UserHome) -> None:
        self.home = home
        self.app = App(find_locations(os.environ), dict(os.environ), interactive=False, directory="/")
        self.icon, self.notifier = Icon(), Notifier()
        self.opened: list[str] = []
        self.managed: list[str] = []
        self.open: Callable[[str], None] = self.opened.append
        self.at_login: bool | None = False
        self.on_drift = "notify"
        self.now = 1_000.0
        self.wall: Callable[[], float] = time.time
        self.own_answer: Callable[..., dict[str, Any] | None] = lambda _app, *_words: None
        self.chance: Callable[[], float] = lambda: 0.5
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.on_sessions: Callable[[frozenset[int]], None] = lambda _processes: None
        self.ended = threading.Event()
        parts = Parts(
            self.notifier, lambda target: self.open(target), self.managed.append, lambda: self.at_login,
            self._set_login, lambda: self.on_drift, lambda: self.now,
            lambda delay_s, work: self.later.append((delay_s, work)),
            lambda _pause_s: None, lambda processes: self.on_sessions(processes),
            lambda: self.wall(), lambda *asked, **_limit: self.own_answer(*asked), lambda: self.chance(),
        )  # fmt: skip
        self.runtime = Runtime(self.app, parts, self.ended.set)
        self.runtime.show_on(self.icon)

    def _set_login(self, wanted: bool) -> None:
        self.at_login = wanted

    @property
    def told(self) -> list[Notice]:
        return self.notifier.told

    @property
    def face(self) -> Face:
        return self.icon.shown[-1][0]

    @property
    def entries(self) -> dict[str, Entry]:
        """All lines of the menu by key, submenus too."""
        return dict(_flat(self.icon.shown[-1][1]))

    def settle(self) -> None:
        """Have it look, and wait until everything asked of it is done."""
        self.runtime.look()
        self.runtime.choose("")

    def answered(self) -> None:
        """Wait until whatever is asked apart from the worker is answered, and heard."""
        self.runtime.choose("")
        while self.runtime.apart.join(LIMIT_S):
            self.runtime.choose("")

    def glance(self) -> None:
        """Have it show what the settings say while their writer only pauses."""
        self.runtime.glance()
        self.runtime.choose("")

    def click(self, key: str) -> None:
        """As a panel does: only on what can be clicked."""
        assert clickable(self.entries[key])
        self.runtime.choose(key)

    def edit(self, old: str, new: str) -> None:
        """Somebody changes the settings, and it is noticed."""
        self.home.edit_settings(old, new)
        self.settle()

    def new_told(self) -> list[Notice]:
        """What was told since the last time this was asked."""
        told, self.told[:] = list(self.told), []
        return told

    @contextmanager
    def blocked(self) -> Iterator[Callable[[], None]]:
        """The worker stands still within; call what is given to let it go on."""
        inside, leave = threading.Event(), threading.Event()

        def stand(_target: str) -> None:
            inside.set()
            leave.wait(LIMIT_S)

        with mock.patch.object(self, "open", stand):
            self.runtime.ask("open:logs")
            assert inside.wait(LIMIT_S)
        try:
            yield leave.set
        finally:
            leave.set()


def clickable(entry: Entry) -> bool:
    return entry.enabled and entry.kind in ("item", "radio", "check")


def _flat(entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry]]:
    for entry in entries:
        yield entry.key, entry
        yield from _flat(entry.children)


@contextmanager
def running_tray(home: UserHome) -> Iterator[Tray]:
    """A tray that runs, its environment the user's own."""
    with mock.patch.dict(os.environ, home.environ, clear=True):
        its = Tray(home)
        its.runtime.start()
        its.settle()
        yield its
        its.runtime.stop(LIMIT_S)
