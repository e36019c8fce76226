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
    from collections.abc import Iterator

    from tray.desktop.late_changes import Late
    from tray.icon.base import IconBackend
    from tray.runtime.menu.tray_state import Health

BUSY_AFTER_S = 0.15  # a change that takes longer (a keyring that asks) is seen in the menu


class Shown:
    """One state, on one icon: only what differs is passed on to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards:
        self._icon: IconBackend | None = None
        self._state = TrayState("off", None, ())
        self._changing = False

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
        """Show this, with what is shown already of a new version, of late changes and of the gateway."""
        with self._lock:
            health = self._state.health
            if health is not None and health.profile != state.active:
                health = None
            before = self._state
            self._show(state._replace(update=before.update, late=before.late, health=health))

    def offer_update(self, version: str) -> None:
        """Show that version as new; "" for none."""
        with self._lock:
            self._show(self._state._replace(update=version))

    def note_late(self, late: Late | None) -> None:
        """Show that changes are noticed late; None for no longer."""
        with self._lock:
            self._show(self._state._replace(late=late))

    def note_health(self, health: Health | None) -> None:
        """Show what is wrong with the gateway; None for nothing."""
        with self._lock:
            self._show(self._state._replace(health=health))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Shown as switching within the block, where that takes long."""
        with self._lock:
            self._changing = True
        late = threading.Timer(BUSY_AFTER_S, self._show_busy)
        late.daemon = True
        late.start()
        try:
            yield
        finally:
            late.cancel()
            with self._lock:
                self._changing = False

    def _show_busy(self) -> None:
        with self._lock:
            if self._changing:
                self._show(self._state._replace(busy=True))

    def _show(self, state: TrayState) -> None:
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
