"""Hearing of a locked screen, of sleep and of what comes back, on real buses.

Else keys stay in memory when nobody is there, and a gateway that is gone is found by the first prompt.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.desktop.private_bus import PrivateBus, require
from support.keyring.secret_service import SecretService, secret_service

from tray.desktop.lock_and_sleep import Away, is_leaving, is_return

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_S = 20.0
LOGIN = "org.freedesktop.login1"
MANAGER, NETWORKD = "org.freedesktop.NetworkManager", "org.freedesktop.network1"
PROPERTIES = "org.freedesktop.DBus.Properties"

SIGNALS = [
    ("org.freedesktop.ScreenSaver", "ActiveChanged", (True,), True),
    ("org.gnome.ScreenSaver", "ActiveChanged", (True,), True),
    ("org.cinnamon.ScreenSaver", "ActiveChanged", (True,), True),
    ("org.gnome.ScreenSaver", "ActiveChanged", (False,), False),
    ("org.gnome.ScreenSaver", "ActiveChanged", (), False),
    ("org.example.Window", "ActiveChanged", (True,), False),
    (f"{LOGIN}.Manager", "PrepareForSleep", (True,), True),
    (f"{LOGIN}.Manager", "PrepareForSleep", (False,), False),  # it woke up
    (f"{LOGIN}.Session", "Lock", (), True),
    (f"{LOGIN}.Session", "Unlock", (), False),
    ("", "", (), False),
]


@pytest.mark.parametrize(("interface", "member", "body", "locks"), SIGNALS)
def test_only_going_away_counts(interface: str, member: str, body: tuple[Any, ...], locks: bool) -> None:
    assert is_leaving(interface, member, body) is locks


def networkd(**changed: str) -> tuple[str, dict[str, tuple[str, str]], list[str]]:
    return f"{NETWORKD}.Manager", {name: ("s", value) for name, value in changed.items()}, []


RETURNS = [
    (f"{LOGIN}.Manager", "PrepareForSleep", (False,), True),
    (f"{LOGIN}.Manager", "PrepareForSleep", (True,), False),
    (MANAGER, "StateChanged", (70,), True),
    (MANAGER, "StateChanged", (60,), True),  # a company's network, without the Internet
    (MANAGER, "StateChanged", (20,), False),
    (MANAGER, "StateChanged", ("70",), False),
    (MANAGER, "StateChanged", (), False),
    (f"{MANAGER}.Connection.Active", "StateChanged", (2, 0), True),  # a VPN
    (f"{MANAGER}.Connection.Active", "StateChanged", (4, 0), False),
    (f"{MANAGER}.Device", "StateChanged", (100, 90, 0), False),
    (PROPERTIES, "PropertiesChanged", networkd(OnlineState="online"), True),
    (PROPERTIES, "PropertiesChanged", networkd(OnlineState="offline", OperationalState="routable"), False),
    (PROPERTIES, "PropertiesChanged", networkd(OperationalState="routable"), True),
    (PROPERTIES, "PropertiesChanged", (f"{NETWORKD}.Manager", "not a dictionary"), False),
    (PROPERTIES, "PropertiesChanged", ("org.example.Other", {"OnlineState": ("s", "online")}, []), False),
    ("org.gnome.ScreenSaver", "ActiveChanged", (False,), False),
]


@pytest.mark.parametrize(("interface", "member", "body", "returns"), RETURNS)
def test_waking_and_a_network_count_as_a_return(
    interface: str, member: str, body: tuple[Any, ...], returns: bool
) -> None:
    assert is_return(interface, member, body) is returns


@pytest.fixture
def buses(tmp_path: Path) -> Iterator[tuple[SecretService, SecretService]]:
    """A private session bus and a private "system" bus."""
    with ExitStack() as stack:
        made = []
        for name in ("session", "system"):
            (tmp_path / name).mkdir()
            made.append(stack.enter_context(secret_service(tmp_path / name, daemon=False)))
        yield made[0], made[1]


def environ_of(buses: tuple[SecretService, SecretService]) -> dict[str, str]:
    return {
        "DBUS_SESSION_BUS_ADDRESS": buses[0].address,
        "DBUS_SYSTEM_BUS_ADDRESS": buses[1].address,
    }


def emit(
    bus: SecretService,
    interface: str,
    member: str,
    body: tuple[Any, ...],
    owner: str = "",
    signature: str = "b",
    path: str = "/org/freedesktop/somewhere",
) -> None:
    from jeepney import DBusAddress, message_bus, new_signal
    from jeepney.io.blocking import Proxy, open_dbus_connection

    with closing(open_dbus_connection(bus.address)) as connection:
        proxy = Proxy(message_bus, connection, timeout=LONG_S)
        if owner:
            proxy.RequestName(owner)
        where = DBusAddress(path, interface=interface)
        connection.send(new_signal(where, member, signature if body else None, body))
        proxy.GetId()  # what came before is delivered


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def locked() -> list[str]:
    return []


@pytest.fixture
def listening(buses: tuple[SecretService, SecretService], locked: list[str]) -> Iterator[Away]:
    lock = Away(lambda: locked.append("locked"), lambda: locked.append("back"), environ_of(buses))
    lock.start()
    until(lambda: lock.heard() == ["session", "system"])
    yield lock
    lock.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("signals-")]


def test_a_locked_screen_and_sleep_are_heard(
    buses: tuple[SecretService, SecretService], listening: Away, locked: list[str]
) -> None:
    session, system = buses
    emit(session, "org.gnome.ScreenSaver", "ActiveChanged", (False,))
    emit(session, "org.gnome.ScreenSaver", "ActiveChanged", (True,))
    until(lambda: len(locked) == 1)
    emit(system, f"{LOGIN}.Manager", "PrepareForSleep", (True,), LOGIN)
    until(lambda: len(locked) == 2)
    emit(system, f"{LOGIN}.Session", "Lock", (), LOGIN)
    until(lambda: len(locked) == 3)
    assert locked == ["locked"] * 3


def test_waking_and_each_kind_of_network_are_heard_and_strangers_are_not(
    buses: tuple[SecretService, SecretService], listening: Away, locked: list[str]
) -> None:
    system = buses[1]
    emit(system, MANAGER, "StateChanged", (70,), "org.example.Stranger", "u")
    emit(system, f"{LOGIN}.Manager", "PrepareForSleep", (False,), LOGIN)
    until(lambda: locked == ["back"])
    emit(system, MANAGER, "StateChanged", (70,), MANAGER, "u")
    until(lambda: locked == ["back"] * 2)
    emit(system, f"{MANAGER}.Connection.Active", "StateChanged", (2, 1), MANAGER, "uu")
    until(lambda: locked == ["back"] * 3)
    emit(
        system, PROPERTIES, "PropertiesChanged", networkd(OnlineState="online"), NETWORKD, "sa{sv}as",
        "/org/freedesktop/network1",
    )  # fmt: skip
    until(lambda: locked == ["back"] * 4)


def test_the_tray_s_keys_go_with_it(
    buses: tuple[SecretService, SecretService],
) -> None:
    from profiles.base.secret import Secret
    from tray.runtime.key_cache import KeyCache

    class Keyring:
        def resolve(self, reference: str) -> Secret:
            return Secret(reference)

        def changes(self) -> int:
            return 0

    keys = KeyCache(Keyring(), lambda: 15)
    keys.get("keyring:work")
    lock = Away(keys.forget_all, lambda: None, environ_of(buses))
    lock.start()
    until(lambda: "session" in lock.heard())
    emit(buses[0], "org.freedesktop.ScreenSaver", "ActiveChanged", (True,))
    until(lambda: len(keys) == 0)
    lock.stop()


def test_a_bus_that_comes_late_is_found_and_one_that_goes_is_survived(tmp_path: Path) -> None:
    require("dbus-daemon")
    bus = PrivateBus(tmp_path)
    lock = Away(lambda: None, lambda: None, {"DBUS_SESSION_BUS_ADDRESS": bus.address}, pause_s=0.01)
    lock.start()
    for _ in range(2):
        assert "session" not in lock.heard()
        bus.start()
        until(lambda: "session" in lock.heard())
        bus.stop()
        until(lambda: "session" not in lock.heard())
    lock.stop()


def test_without_any_bus_it_waits_quietly_and_stops_at_once(tmp_path: Path) -> None:
    nowhere = f"unix:path={tmp_path}/nowhere"
    lock = Away(
        lambda: None, lambda: None, {"DBUS_SESSION_BUS_ADDRESS": nowhere, "DBUS_SYSTEM_BUS_ADDRESS": nowhere}
    )
    lock.start()
    assert lock.heard() == []
    began = time.monotonic()
    lock.stop()
    assert time.monotonic() - began < 2


def test_other_systems_are_honest_about_hearing_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    lock = Away(lambda: None, lambda: None, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"})
    lock.start()
    assert lock.heard() == []
    lock.stop()
