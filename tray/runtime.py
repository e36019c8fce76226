"""The running tray: what happens, in which thread, and in what order.

One worker does everything that changes or reads files, so the menu never waits and nothing runs twice at once.
The icon has the main thread; watcher, IPC and notifications have their own and only put work into the queue.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, NamedTuple

from profiles.errors import PkccError
from tray.icon.base import Face
from tray.menu import ProfileRow, TrayState, build_menu
from tray.notices import Notice
from tray.settle import settled_read

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.reading import Reading
    from tray.app import App
    from tray.icon.base import IconBackend
    from tray.notices import Notifier

_log = logging.getLogger("pkcc-tray")
_RECENT = 8

_PAGES = {
    "logs": "https://app.portkey.ai/logs",
    "configs": "https://app.portkey.ai/configs",
    "virtual-keys": "https://app.portkey.ai/virtual-keys",
    "api-keys": "https://app.portkey.ai/api-keys",
}
_DRIFT = "drift"
_ERROR = "error"


class Parts(NamedTuple):
    """What the runtime is made of; each can be stood in for in a test."""

    icon: IconBackend
    notifier: Notifier
    open_target: Callable[[str], None]
    autostart: Callable[[], bool | None]
    set_autostart: Callable[[bool], None]
    on_drift: Callable[[], str]


class Runtime:
    """Holds the state shown, and does what is asked for. `ask(key)` may be called from any thread."""

    def __init__(self, app: App, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, name="worker", daemon=True)
        self._ignored: frozenset[str] = frozenset()
        self._message = ""
        self.state = TrayState("off", None, ())

    # From any thread ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker, and look at the settings for the first time."""
        self._worker.start()
        self.look()

    def look(self) -> None:
        """Look at the settings again: something may have changed."""
        self._queue.put(self._look)

    def ask(self, key: str) -> None:
        """Do what a menu entry (or a notification's button) with that key stands for."""
        self._queue.put(lambda: self._choose(key))

    def call(self, work: Callable[[], None]) -> None:
        """Run something on the worker."""
        self._queue.put(work)

    def stop(self) -> None:
        """End the worker after what it is doing, and the icon."""
        self._queue.put(None)
        self._parts.icon.stop()

    def join(self, limit_s: float) -> None:
        """Wait for the worker to end."""
        self._worker.join(limit_s)

    # On the worker -----------------------------------------------------------------------------------

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            try:
                work()
            except PkccError as error:
                self._report(error)
            except Exception:
                # A fault of ours must not end the watching; it is logged, and shown, not swallowed.
                _log.exception("a fault in the tray")
                self._report(
                    PkccError("Something in the tray went wrong", "The log tells what: please report it.")
                )

    def _choose(self, key: str) -> None:
        self._message = ""
        action, _, rest = key.partition(":")
        handlers: dict[str, Callable[[str], None]] = {
            "profile": self._switch,
            "off": lambda _: self._changed(self._app.switcher.off),
            "undo": lambda _: self._changed(self._app.switcher.undo),
            "restore": lambda _: self._changed(self._app.switcher.restore),
            "adopt": self._adopt,
            "ignore": self._ignore,
            "diff": self._show_diff,
            "open": self._open,
            "autostart": self._toggle_autostart,
            "quit": lambda _: self.stop(),
        }
        handler = handlers.get(action)
        if handler is not None:
            handler(rest)

    def _switch(self, name: str) -> None:
        self._changed(lambda: self._app.switcher.switch(name))

    def _changed(self, change: Callable[[], object]) -> None:
        change()
        self._parts.notifier.withdraw(_DRIFT)
        self._parts.notifier.withdraw(_ERROR)
        self._look()

    def _adopt(self, _: str) -> None:
        from tray.commands.adopting import adopt

        self._changed(lambda: adopt(self._app))

    def _ignore(self, _: str) -> None:
        self._ignored = frozenset(self.state.drift)
        self._parts.notifier.withdraw(_DRIFT)
        self._look()

    def _show_diff(self, _: str) -> None:
        lines = "\n".join(self.state.drift) or "Nothing was changed outside."
        self._parts.notifier.show(Notice("diff", "Changed outside", lines))

    def _open(self, target: str) -> None:
        places = {
            "settings": self._app.locations.settings_path,
            "profiles": self._app.locations.profiles_dir,
        }
        self._parts.open_target(_PAGES.get(target) or places.get(target, ""))

    def _toggle_autostart(self, _: str) -> None:
        self._parts.set_autostart(not self._parts.autostart())
        self._look()

    def _look(self) -> None:
        reading = settled_read(self._app.switcher.read)
        if reading.changes and self._app.switcher.follow() is not None:
            reading = self._app.switcher.read()
        before = self.state
        self.state = self._state_of(reading)
        self._show()
        if self.state.condition == _DRIFT and self.state.drift != before.drift:
            self._answer_drift(reading)

    def _answer_drift(self, reading: Reading) -> None:
        wish = self._parts.on_drift()
        alarming = [change for change in reading.changes if change.alarming]
        if wish == "restore":
            self._app.switcher.restore()
            self._parts.notifier.show(Notice(_DRIFT, "Restored", "\n".join(self.state.drift)))
            self._look()
        elif wish == "notify" or alarming:
            title = "Claude Code's route was changed outside"
            if alarming:
                title = f"{alarming[0].slot.removeprefix('env.')} was changed: it decides where your key goes"
            actions = (("restore", "Restore"), ("adopt", "Adopt"), ("ignore", "Ignore"))
            self._parts.notifier.show(
                Notice(_DRIFT, title, "\n".join(self.state.drift), actions, urgent=bool(alarming))
            )

    def _state_of(self, reading: Reading) -> TrayState:
        from tray.wording import change_line

        current = reading.state.current
        drift = tuple(change_line(change) for change in reading.changes)
        condition = "active" if current.active is not None else "off"
        message = self._message
        if reading.problem is not None:
            condition, message = "error", reading.problem.title
        elif reading.condition == "gone":
            condition, drift = _DRIFT, ("the settings file is gone",)
        elif drift and not set(drift) <= self._ignored:
            condition = _DRIFT
        elif not drift:
            self._ignored = frozenset()
        if message and condition != _DRIFT:
            condition = "error"
        steps = reading.state.history
        undo = "" if not steps else f"{steps[-1].name or 'off'} → {steps[-1].before.active or 'off'}"
        recent = dict.fromkeys(step.name for step in reversed(steps) if step.name)
        return TrayState(
            condition=condition,
            active=current.active,
            profiles=self._rows(),
            recent=tuple(list(recent)[:_RECENT]),
            drift=drift,
            undo=undo,
            autostart=self._parts.autostart(),
            message=message,
        )

    def _rows(self) -> tuple[ProfileRow, ...]:
        rows = []
        for name in self._app.store.names():
            try:
                rendered = self._app.store.rendered(name)
                rows.append(ProfileRow(name, rendered.label, rendered.hint))
            except PkccError as error:
                rows.append(ProfileRow(name, "", "", error.title))
        return tuple(rows)

    def _report(self, error: PkccError) -> None:
        _log.warning("%s", error.title)
        self._message = error.title
        self._parts.notifier.show(Notice(_ERROR, error.title, error.hint))
        self.state = self.state._replace(condition="error", message=error.title)
        self._show()

    def _show(self) -> None:
        state = self.state
        words = {
            "active": f"{state.active}",
            "off": "off",
            "drift": f"{state.active}, changed outside",
            "error": state.message,
        }
        face = Face(state.condition, "pkcc-tray", f"Claude Code · {words[state.condition]}")
        self._parts.icon.update(face, build_menu(state))
