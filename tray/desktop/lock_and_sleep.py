"""Hearing that the user or the machine goes away, and that machine and network are back.

On Linux from the desktop's screen saver (session bus), and from logind, NetworkManager and systemd-networkd
(system bus), each where it exists. On macOS and Windows nothing tells a program without a window of its own:
a key goes when its time is up, and a gateway is asked at the next beat after waking.
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
_LOGIN = "org.freedesktop.login1"
_MANAGER = "org.freedesktop.NetworkManager"
_NETWORKD = "org.freedesktop.network1"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SYSTEM_RULES = tuple(
    {"type": "signal", **rule}
    for rule in (
        {"sender": _LOGIN, "member": "PrepareForSleep"},
        {"sender": _LOGIN, "member": "Lock"},
        {"sender": _MANAGER, "interface": _MANAGER, "member": "StateChanged"},
        {"sender": _MANAGER, "interface": f"{_MANAGER}.Connection.Active", "member": "StateChanged"},
        {"sender": _NETWORKD, "path": "/org/freedesktop/network1", "member": "PropertiesChanged"},
    )
)
_CONNECTED = 60  # NetworkManager's states: with a way out, if not to all of the Internet; 70 with it
_ACTIVATED = 2  # the state of one of its connections, a VPN's too


class Away:
    """Calls `on_leave` (from a thread of its own) when the screen is locked or the machine goes to sleep.

    And `on_return` when it is awake again, or a network is there.
    """

    def __init__(
        self,
        on_leave: Callable[[], None],
        on_return: Callable[[], None],
        environ: Mapping[str, str],
        pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._buses: list[BusSignals] = []

        def hear(interface: str, member: str, body: Sequence[Any]) -> None:
            if is_leaving(interface, member, body):
                on_leave()
            elif is_return(interface, member, body):
                on_return()

        if sys.platform != "linux":
            return
        session = session_bus_address(environ)
        if session:
            rules = [{"type": "signal", "member": "ActiveChanged"}]
            self._buses.append(BusSignals("session", session, rules, hear, pause_s=pause_s))
        system = environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        self._buses.append(BusSignals("system", system, _SYSTEM_RULES, hear, pause_s=pause_s))

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


def is_leaving(interface: str, member: str, body: Sequence[Any]) -> bool:
    """Whether a signal says that the screen is locked now, or that the machine is about to sleep."""
    if member == "ActiveChanged" and interface.endswith(_SAVER_SUFFIX):
        return bool(body) and body[0] is True
    if interface == f"{_LOGIN}.Manager" and member == "PrepareForSleep":
        return bool(body) and body[0] is True
    return interface == f"{_LOGIN}.Session" and member == "Lock"


def is_return(interface: str, member: str, body: Sequence[Any]) -> bool:
    """Whether a signal says that the machine is awake again, or that there is a network."""
    first = body[0] if body else None
    if interface == f"{_LOGIN}.Manager" and member == "PrepareForSleep":
        return first is False
    if interface == _MANAGER and member == "StateChanged":
        return isinstance(first, int) and first >= _CONNECTED
    if interface == f"{_MANAGER}.Connection.Active" and member == "StateChanged":
        return first == _ACTIVATED
    if interface == _PROPERTIES and first == f"{_NETWORKD}.Manager" and len(body) > 1:
        changed = body[1] if isinstance(body[1], dict) else {}
        return changed.get("OnlineState") == ("s", "online") or _is_routable(changed)
    return False


def _is_routable(changed: Mapping[str, Any]) -> bool:
    return "OnlineState" not in changed and changed.get("OperationalState") == ("s", "routable")
