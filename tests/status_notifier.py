"""What a panel is to a tray icon, for tests: a private bus, a StatusNotifierWatcher, and a menu's reader.

Written with jeepney directly and not with the code under test. The watcher and the panel are two connections,
as on a desktop; the panel reads and clicks as the real ones do.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jeepney import Message

LIMIT_S = 20  # for what takes well under one, on a machine that has much else to do
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
_BUS_CONFIG = """<busconfig>
  <type>session</type>
  {services}
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def require(*tools: str) -> None:
    """Skip where the tools cannot be; fail on a CI machine that should have them."""
    if sys.platform != "linux":
        pytest.skip("StatusNotifierItem exists on Linux desktops only")
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


class PrivateBus:
    """A session bus that can be stopped and started again at the same address.

    With an environment it can start the desktop's services, in that environment; without, nothing.
    """

    def __init__(self, directory: Path, environ: dict[str, str] | None = None) -> None:
        self._config = directory / "bus.xml"
        self._socket = directory / "bus"
        self._environ = environ
        services = "<standard_session_servicedirs/>" if environ else ""
        self._config.write_text(_BUS_CONFIG.format(socket=self._socket, services=services))
        self.address = f"unix:path={self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [
            "dbus-daemon",
            f"--config-file={self._config}",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]
        self._process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environ
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline()

    def stop(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._socket.unlink(missing_ok=True)


@contextmanager
def private_bus(directory: Path) -> Iterator[PrivateBus]:
    require("dbus-daemon")
    bus = PrivateBus(directory)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop()


class Watcher:
    """Owns the watcher's name and notes who registers; `host=False`: no panel has come yet."""

    def __init__(self, address: str, *, host: bool = True) -> None:
        from jeepney.io.blocking import open_dbus_connection

        self.registered: queue.Queue[str] = queue.Queue()
        self.asked: queue.Queue[str] = queue.Queue()  # which properties, by whoever registered
        self.host = host
        self._connection = open_dbus_connection(address)
        self._ask("RequestName", "su", (WATCHER, 4))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Go, as a panel that crashes. More than once does no harm."""
        import socket

        if self._thread.is_alive():
            with suppress(OSError):  # the bus went first
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._connection.close()

    def host_came(self) -> None:
        """A panel begins to show items."""
        from jeepney import DBusAddress, new_signal

        self.host = True
        source = DBusAddress("/StatusNotifierWatcher", interface=WATCHER)
        self._connection.send(new_signal(source, "StatusNotifierHostRegistered"))

    def _ask(self, method: str, signature: str, body: tuple[Any, ...]) -> None:
        from jeepney import DBusAddress, new_method_call

        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        self._connection.send_and_get_reply(new_method_call(bus, method, signature, body), timeout=LIMIT_S)

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        with suppress(OSError):
            while True:
                message = self._connection.receive()
                if message.header.message_type is not MessageType.method_call:
                    continue
                if message.header.fields[HeaderFields.member] == "RegisterStatusNotifierItem":
                    self._connection.send(new_method_return(message))
                    self.registered.put(message.body[0])
                else:
                    self._connection.send(new_method_return(message, "v", (("b", self.host),)))
                    self.asked.put(message.body[-1])


class Line(NamedTuple):
    """An item of the menu as a panel has it."""

    number: int
    label: str
    properties: dict[str, Any]
    children: list[Line]


class Panel:
    """Reads and clicks an item and its menu, and notes the signals that it sends."""

    def __init__(self, address: str, service: str) -> None:
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.service = service
        self._connection = open_dbus_connection(address)
        rule = MatchRule(type="signal", sender=service)
        Proxy(message_bus, self._connection, timeout=LIMIT_S).AddMatch(rule)
        self._signals: list[Message] = []
        self.signals_seen = 0

    def close(self) -> None:
        self._connection.close()

    def call(
        self, path: str, interface: str, method: str, signature: str = "", *body: Any
    ) -> tuple[Any, ...]:
        """The reply's values. Raises DBusErrorResponse."""
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.wrappers import DBusErrorResponse

        address = DBusAddress(path, self.service, interface)
        message = new_method_call(address, method, signature or None, body)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        from jeepney import HeaderFields

        while True:
            answer = self._connection.receive(timeout=LIMIT_S)
            if answer.header.message_type is MessageType.signal:
                self._signals.append(answer)
                self.signals_seen += 1
            elif answer.header.fields.get(HeaderFields.reply_serial) == serial:
                if answer.header.message_type is MessageType.error:
                    raise DBusErrorResponse(answer)
                return answer.body

    def properties(self) -> dict[str, Any]:
        (values,) = self.call("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "GetAll", "s", ITEM)
        return {name: value for name, (_signature, value) in values.items()}

    def menu(self) -> list[Line]:
        """The whole menu, read at the path that the item names."""
        _revision, root = self.call(self.properties()["Menu"], MENU, "GetLayout", "iias", 0, -1, [])
        return _line(root).children

    def click(self, number: int) -> None:
        self.event(number, "clicked")

    def event(self, number: int, event: str) -> None:
        self.call("/MenuBar", MENU, "Event", "isvu", number, event, ("i", 0), 0)

    def signals_until(self, member: str) -> list[tuple[str, tuple[Any, ...]]]:
        """The signals up to the next named `member`, as (member, values)."""
        from jeepney import HeaderFields, MessageType

        seen: list[tuple[str, tuple[Any, ...]]] = []
        while not seen or seen[-1][0] != member:
            message = self._signals.pop(0) if self._signals else self._connection.receive(timeout=LIMIT_S)
            if message.header.message_type is MessageType.signal:
                fields = message.header.fields
                if fields.get(HeaderFields.sender) != "org.freedesktop.DBus":
                    seen.append((fields[HeaderFields.member], message.body))
        return seen


def _line(layout: tuple[int, dict[str, Any], list[Any]]) -> Line:
    number, properties, children = layout
    plain = {name: value for name, (_signature, value) in properties.items()}
    # As a toolkit reads it: "__" is an underscore.
    label = plain.get("label", "").replace("__", "_")
    return Line(number, label, plain, [_line(child) for _signature, child in children])


def eventually(true: Callable[[], bool], what: str) -> None:
    """Wait for what another thread or process does and no signal tells."""
    import time

    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.005)


__all__ = ["Line", "Panel", "PrivateBus", "Watcher", "closing", "eventually", "private_bus", "require"]
