"""The icon on Linux desktops: our own StatusNotifierItem and menu over D-Bus, with no toolkit.

So an installation by pip, pipx or uv has a real menu. `run` is the one thread that talks to the bus; other
threads leave a message and wake it. A watcher, a panel or a bus that goes away is waited for.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from jeepney import DBusAddress

from tray.desktop.bus.address import session_bus_address
from tray.desktop.bus.connection import BusConnection, BusLostError
from tray.desktop.bus.objects import Exported
from tray.desktop.threads.job_thread import JobThread
from tray.desktop.threads.waker import Waker
from tray.icon.base import Absence, Face, IconUnavailableError
from tray.icon.dbus_menu import MENU_INTERFACE, DBusMenu
from tray.icon.panel_theme import follow_theme, usual_theme
from tray.icon.status_notifier_item import ITEM_INTERFACE, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tray.desktop.bus.objects import Signal
    from tray.icon.base import Entry

ITEM_PATH, MENU_PATH = "/StatusNotifierItem", "/MenuBar"
WATCHER_NAME = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
WATCHER = DBusAddress(WATCHER_PATH, WATCHER_NAME, WATCHER_NAME)
WATCHER_PROPERTIES = DBusAddress(WATCHER_PATH, WATCHER_NAME, "org.freedesktop.DBus.Properties")
RECONNECT_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class StatusNotifierIcon:
    """An `IconBackend` (see there for its methods)."""

    name = "status-notifier"

    def __init__(
        self,
        on_choose: Callable[[str], None],
        on_activate: Callable[[], None],
        *,
        environ: Mapping[str, str] = os.environ,
        reconnect_s: Sequence[float] = RECONNECT_S,
    ) -> None:
        self._on_choose = on_choose
        self._environ, self._reconnect_s = environ, reconnect_s
        self._worker, self._waker = JobThread("tray clicks"), Waker()
        self._face, self._theme = Face("off", "pkcc-tray", ""), usual_theme(environ)
        self._item = Item(self._face, self._theme, MENU_PATH)
        self._menu = DBusMenu(self._clicked)
        self._exported = Exported(
            {
                ITEM_PATH: self._item.interface(lambda: self._worker.put(on_activate)),
                MENU_PATH: self._menu.interface(),
            },
            _machine_id,
        )
        self._bus: BusConnection | None = None
        self._has_watcher = self._has_host = False
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # guards what other threads leave for this one:
        self._next: tuple[Face, tuple[Entry, ...]] | None = None
        self._done: list[int] = []

    def run(self) -> None:
        """Show the icon until `stop()`. Raises IconUnavailableError without a session bus."""
        try:
            self._bus = self._first_connection()
            self._worker.start()
            self._worker.put(self._item.draw_ahead)
            while self._bus is not None:
                with suppress(BusLostError):
                    self._serve(self._bus)
                self._bus.close()
                self._has_watcher = self._has_host = False
                self._bus = None
                self._bus = self._reconnect()
        finally:
            self._worker.stop()
            self._waker.close()

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        """Show this from now on."""
        with self._lock:
            self._next = face, entries
        self._waker.wake()

    def stop(self) -> None:
        """Make `run()` return."""
        self._stopping.set()
        self._waker.wake()

    def hosted(self) -> bool:
        """Whether some panel shows the icon now."""
        return self._has_watcher and self._has_host

    def absence(self) -> Absence | None:
        """Why no panel shows it; None while one does."""
        if self.hosted():
            return None
        if self._bus is None:
            return Absence(
                "The session bus is gone, so no panel can show the icon.", "It is looked for again."
            )
        if "gnome" in self._environ.get("XDG_CURRENT_DESKTOP", "").casefold().split(":"):
            return Absence(
                "GNOME shows no tray icons by itself.",
                "Install its extension “AppIndicator and KStatusNotifierItem Support” and switch it on "
                "(package gnome-shell-extension-appindicator).",
            )
        return Absence(
            "No panel here shows tray icons.",
            "Add the system tray (status notifier) to the panel, or start a panel that has one.",
        )

    def _first_connection(self) -> BusConnection:
        address = _bus_address(self._environ)
        try:
            return BusConnection(address, self._exported)
        except BusLostError as error:
            raise IconUnavailableError(
                "The session bus doesn't answer, so no panel can show an icon.",
                "Start pkcc-tray inside the desktop session, or without an icon: pkcc-tray --headless",
            ) from error

    def _reconnect(self) -> BusConnection | None:
        """The next connection, however long that takes; None when stopped instead."""
        attempt = 0
        while not self._stopping.is_set():
            try:
                return BusConnection(_bus_address(self._environ), self._exported)
            except (BusLostError, IconUnavailableError):
                self._waker.sleep(self._reconnect_s[min(attempt, len(self._reconnect_s) - 1)])
                attempt += 1
        return None

    def _serve(self, bus: BusConnection) -> None:
        owner = {"interface": "org.freedesktop.DBus", "member": "NameOwnerChanged", "arg0": WATCHER_NAME}
        bus.subscribe(owner, lambda message: self._watcher_changed(bus, message.body[2]))
        for member in ("StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"):
            rule = {"interface": WATCHER_NAME, "member": member}
            bus.subscribe(rule, lambda _message: self._ask_for_host(bus))
        follow_theme(bus, self._environ, lambda theme: self._themed(bus, theme))
        if self._look(bus):  # what was left meanwhile comes before any panel reads it
            self._register(bus)
            bus.serve(self._waker, lambda: self._look(bus))

    def _watcher_changed(self, bus: BusConnection, owner: str) -> None:
        self._has_watcher = self._has_host = False
        if owner:
            self._register(bus)

    def _register(self, bus: BusConnection) -> None:
        def registered(values: tuple[object, ...] | None) -> None:
            self._has_watcher = values is not None
            if self._has_watcher:
                self._ask_for_host(bus)

        bus.call(WATCHER, "RegisterStatusNotifierItem", "s", (bus.name,), registered)

    def _ask_for_host(self, bus: BusConnection) -> None:
        def answered(values: tuple[tuple[str, object], ...] | None) -> None:
            self._has_host = values is not None and bool(values[0][1])

        asked = (WATCHER_NAME, "IsStatusNotifierHostRegistered")
        bus.call(WATCHER_PROPERTIES, "Get", "ss", asked, answered)

    def _look(self, bus: BusConnection) -> bool:
        """Pass on what other threads left. Returns whether to go on."""
        with self._lock:
            wanted, self._next = self._next, None
            done, self._done = self._done, []
        if wanted is not None:
            self._face = wanted[0]
            _tell(bus, ITEM_PATH, ITEM_INTERFACE, self._item.show(self._face, self._theme))
            _tell(bus, MENU_PATH, MENU_INTERFACE, self._menu.show(wanted[1]))
        for number in done:
            _tell(bus, MENU_PATH, MENU_INTERFACE, self._menu.restate(number))
        return not self._stopping.is_set()

    def _themed(self, bus: BusConnection, theme: str) -> None:
        self._theme = theme
        _tell(bus, ITEM_PATH, ITEM_INTERFACE, self._item.show(self._face, theme))

    def _clicked(self, key: str, number: int) -> None:
        def choose() -> None:
            try:
                self._on_choose(key)
            finally:
                with self._lock:
                    self._done.append(number)
                self._waker.wake()

        self._worker.put(choose)


def _tell(bus: BusConnection, path: str, interface: str, signals: Iterable[Signal]) -> None:
    for signal in signals:
        bus.emit(path, interface, *signal)


def _bus_address(environ: Mapping[str, str]) -> str:
    """The session bus's address. Raises IconUnavailableError where there is none."""
    address = session_bus_address(environ)
    if not address:
        raise IconUnavailableError(
            "There is no session bus here, so no panel can show an icon.",
            "Start pkcc-tray inside the desktop session, or without an icon: pkcc-tray --headless",
        )
    return address


def _machine_id() -> str:
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with suppress(OSError), open(path, encoding="ascii") as file:
            return file.read().strip()
    return ""
