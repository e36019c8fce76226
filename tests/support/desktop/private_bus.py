"""A D-Bus of a test's own, and programs on it that do what the test tells them to."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from support.missing import impossible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jeepney import Message

LIMIT_S = 20  # for what takes well under one, on a machine that has much else to do
_DO_NOT_QUEUE = 4
_CONFIG = """<busconfig>
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
        pytest.skip("a D-Bus exists on Linux desktops only")
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        impossible(reason)


class PrivateBus:
    """A bus that can be stopped and started again at the same address.

    With an environment it can start the desktop's services, in that environment; without, nothing.
    """

    def __init__(self, directory: Path, environ: dict[str, str] | None = None) -> None:
        directory.mkdir(exist_ok=True)
        self._config = directory / "bus.xml"
        self._socket = directory / "bus"
        self._environ = environ
        services = "<standard_session_servicedirs/>" if environ else ""
        self._config.write_text(_CONFIG.format(socket=self._socket, services=services))
        self.address = f"unix:path={self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--nopidfile", "--print-address"]
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
    """A running bus that can start no service; for one directory always at the same address."""
    require("dbus-daemon")
    bus = PrivateBus(directory)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop()


class BusService:
    """A program that owns a name on a bus.

    `on_call` gets each call's method and message in a thread of its own. It may `reply`, then or later.
    """

    def __init__(self, address: str, name: str, on_call: Callable[[str, Message], None]) -> None:
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self._on_call = on_call
        self._connection = open_dbus_connection(address)
        (code,) = Proxy(message_bus, self._connection, timeout=LIMIT_S).RequestName(name, _DO_NOT_QUEUE)
        assert code == 1, f"{name} is taken"
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Begin to take calls."""
        self._thread.start()

    def reply(self, call: Message, signature: str = "", *body: Any) -> None:
        from jeepney import new_method_return

        self.send(new_method_return(call, signature or None, body))

    def emit(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
        from jeepney import DBusAddress, new_signal

        self.send(new_signal(DBusAddress(path, interface=interface), member, signature or None, body))

    def send(self, message: Message) -> None:
        self._connection.send(message)

    def close(self) -> None:
        """Leave the bus, as a program that crashes. More than once does no harm."""
        with suppress(OSError):  # the bus went first
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(LIMIT_S)
        self._connection.close()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        with suppress(OSError, ValueError):
            while True:
                message = self._connection.receive()
                if message.header.message_type is MessageType.method_call:
                    self._on_call(message.header.fields[HeaderFields.member], message)
