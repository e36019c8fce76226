"""A real Secret Service for tests: a private bus and GNOME Keyring under a throw-away home.

The bus can start no other service, so nothing of the desktop answers, prompts or is changed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from support.desktop.private_bus import LIMIT_S, private_bus, require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney.io.blocking import DBusConnection

BUS_NAME = "org.freedesktop.secrets"
TOOLS = ("dbus-daemon", "gnome-keyring-daemon")


class SecretService:
    """A running private bus, and the keyring daemon on it (`daemon` is None for a bus without one)."""

    def __init__(self, address: str, home: Path, daemon: subprocess.Popen[bytes] | None) -> None:
        self.address = address
        self.home = home
        self.daemon = daemon

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a program in this session."""
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "DBUS_SESSION_BUS_ADDRESS": self.address}

    def lock(self) -> None:
        """Lock the default collection, as a screen lock may."""
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        service = DBusAddress("/org/freedesktop/secrets", BUS_NAME, "org.freedesktop.Secret.Service")
        with closing(open_dbus_connection(self.address)) as bus:
            alias = new_method_call(service, "ReadAlias", "s", ("default",))
            (collection,) = bus.send_and_get_reply(alias, timeout=LIMIT_S).body
            locking = new_method_call(service, "Lock", "ao", ([collection],))
            (locked, _) = bus.send_and_get_reply(locking, timeout=LIMIT_S).body
        assert locked == [collection]

    def pause(self) -> None:
        """Stop the daemon (SIGSTOP): it stays on the bus and answers nothing."""
        assert self.daemon is not None
        os.kill(self.daemon.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.daemon.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a paused daemon go on."""
        assert self.daemon is not None
        os.kill(self.daemon.pid, signal.SIGCONT)


@contextmanager
def secret_service(directory: Path, *, unlocked: bool = True, daemon: bool = True) -> Iterator[SecretService]:
    """A Secret Service under `directory`; `unlocked=False`: no keyring yet, and nobody to ask for one."""
    require(*TOOLS)
    home = directory / "session"
    home.mkdir(mode=0o700)
    # The path of a socket has 107 bytes at most, that of a test's own directory may have more.
    with (
        TemporaryDirectory(prefix="bus-") as sockets,
        private_bus(Path(sockets)) as bus,
        (home / "log").open("wb") as log,
    ):
        service = SecretService(bus.address, home, None)
        try:
            if daemon:
                environ = {**service.environ, "XDG_RUNTIME_DIR": str(home)}
                service.daemon = start_keyring(environ, log, unlocked)
            yield service
        finally:
            if service.daemon is not None:
                if service.daemon.poll() is not None:
                    words = (home / "log").read_text(errors="replace")
                    sys.stderr.write(f"The keyring daemon ended: {service.daemon.returncode}\n{words}")
                service.daemon.kill()  # works on a stopped process too
                service.daemon.wait()


def _wait_for_keyring(connection: DBusConnection) -> None:
    """Return once the default collection is there and open: the daemon takes its name before that."""
    from jeepney import DBusAddress, Properties, new_method_call

    service = DBusAddress("/org/freedesktop/secrets", BUS_NAME, "org.freedesktop.Secret.Service")
    alias = new_method_call(service, "ReadAlias", "s", ("default",))
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        (path,) = connection.send_and_get_reply(alias, timeout=LIMIT_S).body
        if path != "/":
            collection = DBusAddress(path, BUS_NAME, "org.freedesktop.Secret.Collection")
            reply = connection.send_and_get_reply(Properties(collection).get("Locked"), timeout=LIMIT_S)
            if reply.body == (("b", False),):
                return
        time.sleep(0.01)  # it sends no signal that comes for certain
    raise TimeoutError("the keyring daemon opened no keyring")


def start_keyring(environ: dict[str, str], log: BinaryIO, unlocked: bool) -> subprocess.Popen[bytes]:
    """GNOME Keyring on the bus that `environ` names, once it is up."""
    from jeepney import MatchRule, message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    rule = MatchRule(type="signal", member="NameOwnerChanged", path="/org/freedesktop/DBus")
    rule.add_arg_condition(0, BUS_NAME)
    with closing(open_dbus_connection(environ["DBUS_SESSION_BUS_ADDRESS"])) as connection:
        Proxy(message_bus, connection, timeout=LIMIT_S).AddMatch(rule)
        with connection.filter(rule) as owners:
            argv = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
            daemon = subprocess.Popen(
                [*argv, "--unlock"] if unlocked else argv,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
            try:
                assert daemon.stdin is not None
                daemon.stdin.write(b"throw-away")
                daemon.stdin.close()
                connection.recv_until_filtered(owners, timeout=LIMIT_S)
                if unlocked:
                    _wait_for_keyring(connection)
            except BaseException:
                daemon.kill()
                daemon.wait()
                raise
    return daemon
