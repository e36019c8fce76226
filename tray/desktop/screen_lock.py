"""Hearing that the screen was locked or the machine goes to sleep, so that no key stays in memory.

On Linux from the desktop's screen saver (session bus) and from logind (system bus), each where it exists.
On macOS and Windows nothing tells a program without a window of its own: a key goes when its time is up.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tray.desktop.bus.address import session_bus_address
from tray.desktop.bus.signals import FIRST_PAUSE_S, BusSignals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
# Each desktop names its screen saver so: org.freedesktop.ScreenSaver, org.gnome.ScreenSaver, org.cinnamon.…
_SAVER_SUFFIX = ".ScreenSaver"
_LOGIN = "org.freedesktop.login1."


class ScreenLock:
    """Calls `on_lock` (from a thread of its own) when the screen is locked or the machine goes to sleep."""

    def __init__(
        self, on_lock: Callable[[], None], environ: Mapping[str, str], pause_s: float = FIRST_PAUSE_S
    ) -> None:
        self._buses: list[BusSignals] = []

        def hear(interface: str, member: str, body: Sequence[Any]) -> None:
            if is_lock(interface, member, body):
                on_lock()

        if sys.platform != "linux":
            return
        session = session_bus_address(environ)
        if session:
            rules = [{"type": "signal", "member": "ActiveChanged"}]
            self._buses.append(BusSignals("session", session, rules, hear, pause_s=pause_s))
        system = environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        rules = [
            {"type": "signal", "sender": "org.freedesktop.login1", "member": member}
            for member in ("PrepareForSleep", "Lock")
        ]
        self._buses.append(BusSignals("system", system, rules, hear, pause_s=pause_s))

    def start(self) -> None:
        """Begin to listen; what cannot be listened to is tried again, ever more rarely."""
        for bus in self._buses:
            bus.start()

    def stop(self) -> None:
        """Listen no more."""
        for bus in self._buses:
            bus.stop()

    def heard(self) -> list[str]:
        """The buses that are listened to right now: `session`, `system`."""
        return [bus.name for bus in self._buses if bus.listening.is_set()]


def is_lock(interface: str, member: str, body: Sequence[Any]) -> bool:
    """Whether a signal says that the screen is locked now, or that the machine is about to sleep."""
    if member == "ActiveChanged" and interface.endswith(_SAVER_SUFFIX):
        return bool(body) and body[0] is True
    if interface == _LOGIN + "Manager" and member == "PrepareForSleep":
        return bool(body) and body[0] is True
    return interface == _LOGIN + "Session" and member == "Lock"
