"""What the icon and its menu show now. All methods are for any thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tray.desktop.threads.faults import log_fault
from tray.runtime.menu.face import face_of
from tray.runtime.menu.menu import build_menu
from tray.runtime.menu.tray_state import TrayState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tray.icon.base import IconBackend

BUSY_AFTER_S = 0.3  # a change that takes longer (a keyring that asks) is seen in the menu


class Shown:
    """One state, on one icon: only what differs is passed on to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards:
        self._icon: IconBackend | None = None
        self._state = TrayState("off", None, ())
        self._changing = 0  # how many changes are made, or asked for, right now

    @property
    def state(self) -> TrayState:
        """What is shown now."""
        return self._state

    def show_on(self, icon: IconBackend | None) -> None:
        """Show everything on that icon from now on."""
        with self._lock:
            self._icon = icon
            self._update_icon()

    def show(self, state: TrayState) -> None:
        """Show this, with what is shown already of all that the settings do not say."""
        with self._lock:
            before = self._state
            if before.active != state.active:
                before = before._replace(budget="", health=None)
            kept = state._replace(busy=before.busy, projects=before.projects, update=before.update)
            self._show(
                kept._replace(
                    late=before.late, budget=before.budget, health=before.health, waiting=before.waiting
                )
            )

    def change(self, changed: Callable[[TrayState], TrayState]) -> None:
        """Show what is given for what is shown now; nothing else changes it in between."""
        with self._lock:
            self._show(changed(self._state))

    @contextmanager
    def busy(self, doing: str) -> Iterator[None]:
        """Shown as `doing` that within the block, where it takes long."""
        with self._lock:
            self._changing += 1
        late = threading.Timer(BUSY_AFTER_S, self._show_busy, (doing,))
        late.daemon = True
        late.start()
        try:
            yield
        finally:
            late.cancel()
            with self._lock:
                self._changing -= 1

    def _show_busy(self, doing: str) -> None:
        self.change(lambda state: state._replace(busy=state.busy or doing))

    def _show(self, state: TrayState) -> None:
        if not self._changing:
            state = state._replace(busy="")
        if state != self._state:
            self._state = state
            self._update_icon()

    def _update_icon(self) -> None:
        if self._icon is None:
            return
        try:
            self._icon.update(face_of(self._state), build_menu(self._state))
        except Exception as error:  # noqa: BLE001 - a panel's fault must not end the watching
            log_fault("a fault while showing the icon", error)
