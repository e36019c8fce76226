"""A private session bus, and a notification service on it that does what a test tells it to."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT_S = 10.0
NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_CONFIG = """<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def require(*tools: str) -> None:
    """Skip where these are not installed; fail on a CI machine that should have them."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if sys.platform != "linux":
        pytest.skip("desktop notifications over D-Bus exist on Linux only")
    if absent:
        reason = f"not installed: {', '.join(absent)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def session_bus(directory: Path) -> Iterator[str]:
    """The address of a bus that can start no service; made again under one address for one directory."""
    require("dbus-daemon")
    directory.mkdir(exist_ok=True)
    address = f"unix:path={directory}/bus"
    config = directory / "bus.xml"
    config.write_text(_CONFIG.format(address=address))
    argv = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        assert bus.stdout is not None
        try:
            assert bus.stdout.readline().strip()
            yield address
        finally:
            bus.kill()


class Shown(NamedTuple):
    """A Notify call."""

    id: int
    replaces: int
    title: str
    body: str
    actions: list[str]
    urgency: int


class Service:
    """`shown`, `closed` and `unanswered` tell what was asked; the rest may be set at any time."""

    def __init__(self, address: str, abilities: list[str]) -> None:
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.abilities = abilities
        self.silent = False
        self.shown: queue.SimpleQueue[Shown] = queue.SimpleQueue()
        self.closed: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.unanswered: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._last = 0
        self._bus = open_dbus_connection(address)
        Proxy(message_bus, self._bus).RequestName(NAME)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def next(self) -> Shown:
        return self.shown.get(timeout=LIMIT_S)

    def emit(self, member: str, signature: str, *body: Any) -> None:
        from jeepney import DBusAddress, new_signal

        self._bus.send(new_signal(DBusAddress(_PATH, interface=NAME), member, signature, body))

    def die(self) -> None:
        import socket

        self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._bus.close()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        while True:
            try:
                call = self._bus.receive()
            except (OSError, ValueError):
                return
            if call.header.message_type is not MessageType.method_call:
                continue
            if self.silent:
                self.unanswered.put(call.header.fields[HeaderFields.member])
                continue
            member, reply = call.header.fields[HeaderFields.member], ("", ())
            if member == "GetCapabilities":
                reply = ("as", (self.abilities,))
            elif member == "Notify":
                _, replaces, _, title, body, actions, hints, _ = call.body
                self._last += 1
                shown = Shown(replaces or self._last, replaces, title, body, actions, hints["urgency"][1])
                reply = ("u", (shown.id,))
            self._bus.send(new_method_return(call, *reply))
            if member == "Notify":
                self.shown.put(shown)
            elif member == "CloseNotification":
                self.closed.put(call.body[0])


@contextmanager
def service(address: str, *abilities: str) -> Iterator[Service]:
    """A running service; by default it can do all that we may ask of one."""
    its = Service(address, list(abilities or ("body", "body-markup", "actions")))
    try:
        yield its
    finally:
        its.die()
