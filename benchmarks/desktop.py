"""A whole tray as a desktop runs it: a session bus, a panel, a notification service, and five profiles.

Bus, panel and service are the tests' own stand-ins. The tray is the real command, in a process of its own.
"""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import COMMAND, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from support.desktop.notification_service import Service
    from support.desktop.status_notifier import Panel, Watcher

TESTS = Path(__file__).resolve().parents[1] / "tests"
PROFILES = ("work", "home", "client", "trial", "spare")
LIMIT_S = 30.0
_SETTINGS = (
    '{\n  "model": "sonnet",\n  "permissions": {"allow": ["Bash(git:*)"]},\n  "env": {"EDITOR": "vim"}\n}\n'
)


class Desktop:
    """`home` is the user's, `settings` the file that Claude Code reads."""

    def __init__(self, directory: Path, bus_address: str, watcher: Watcher, service: Service) -> None:
        environ = {
            # The places by name: in the measuring process HOME is another one.
            "PKCC_CONFIG_DIR": str(directory / "own"),
            "CLAUDE_CONFIG_DIR": str(directory / "home" / ".claude"),
            "DBUS_SESSION_BUS_ADDRESS": bus_address,
            "DBUS_SYSTEM_BUS_ADDRESS": bus_address,  # for the screen lock: there is one, as on a desktop
            "WAYLAND_DISPLAY": str(directory / "display"),
            "XDG_CURRENT_DESKTOP": "XFCE",
            "XDG_RUNTIME_DIR": str(directory / "run"),
        }
        self.home = Home(directory / "home", environ)
        self.settings = self.home.path / ".claude" / "settings.json"
        self.bus_address = bus_address
        self.service = service
        self._watcher = watcher
        (directory / "run").mkdir(mode=0o700)
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(_SETTINGS)
        for name in PROFILES:
            self.home.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")

    @contextmanager
    def tray(self, *argv: str) -> Iterator[RunningTray]:
        """The tray from its start until it has ended by SIGTERM; `argv` in place of its own command."""
        began = time.perf_counter()
        with (
            tempfile.TemporaryFile("w+") as complaints,
            subprocess.Popen(
                argv or (COMMAND, "tray"),
                env=self.home.environ,
                cwd=self.home.path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            ) as process,
        ):
            try:
                name = self._registered(process, complaints)
                started_ms = (time.perf_counter() - began) * 1000
                with closing(_panel(self.bus_address, name)) as panel:
                    yield RunningTray(process, panel, self.settings, started_ms)
                process.terminate()
                process.wait(LIMIT_S)
            finally:
                process.kill()

    def _registered(self, process: subprocess.Popen[str], complaints: IO[str]) -> str:
        """The bus name of the icon that comes. Raises RuntimeError with what a tray without one says."""
        began = time.perf_counter()
        while process.poll() is None and time.perf_counter() - began < LIMIT_S:
            with suppress(queue.Empty):
                name: str = self._watcher.registered.get(timeout=0.1)
                return name
        complaints.seek(0)
        raise RuntimeError(f"the tray shows no icon: {complaints.read().strip() or 'it says nothing'}")


class RunningTray:
    """A tray in whose panel one can click. `started_ms` went by from its start to its icon in the panel."""

    def __init__(
        self, process: subprocess.Popen[str], panel: Panel, settings: Path, started_ms: float
    ) -> None:
        self.process = process
        self.panel = panel
        self.started_ms = started_ms
        self._settings = settings

    @property
    def status(self) -> str:
        """`Active`, or `NeedsAttention` while it has a badge."""
        status: str = self.panel.properties()["Status"]
        return status

    def number(self, label: str) -> int:
        """The number of the menu's line that begins so."""
        numbers: list[int] = [line.number for line in self.panel.menu() if line.label.startswith(label)]
        return numbers[0]

    def click(self, label: str) -> None:
        """Click the menu's line that begins so."""
        self.panel.click(self.number(label))

    def switch(self, label: str) -> float:
        """Click a profile that is not active; milliseconds until the settings file is another one."""
        number = self.number(label)
        before = self._inode()
        began = time.perf_counter()
        self.panel.click(number)
        while self._inode() == before:
            _check(began)
            time.sleep(0.0002)
        return (time.perf_counter() - began) * 1000

    def edit(self, *, drift: bool, in_place: bool) -> None:
        """Change the base URL as somebody else would, or put it back."""
        settings = json.loads(self._settings.read_bytes())
        env = settings["env"]
        env["ANTHROPIC_BASE_URL"] = env["ANTHROPIC_BASE_URL"].removesuffix("/changed") + "/changed" * drift
        changed = json.dumps(settings, indent=2) + "\n"
        if in_place:
            self._settings.write_text(changed)
        else:
            beside = self._settings.with_name("beside")
            beside.write_text(changed)
            beside.replace(self._settings)

    def edit_elsewhere(self) -> None:
        """Change what is none of our business."""
        settings = json.loads(self._settings.read_bytes())
        settings["model"] = "opus" if settings["model"] == "sonnet" else "sonnet"
        self._settings.write_text(json.dumps(settings, indent=2) + "\n")

    def badge(self, *, drift: bool, in_place: bool) -> float:
        """Edit, from and to drift; milliseconds until the panel is told of the icon's new status."""
        began = time.perf_counter()
        self.edit(drift=drift, in_place=in_place)
        self.panel.signals_until("NewStatus")
        return (time.perf_counter() - began) * 1000

    def settle(self, status: str = "Active") -> None:
        """Wait until it shows that status, and then until what it may do after is done."""
        began = time.perf_counter()
        while self.status != status:
            _check(began)
            time.sleep(0.02)
        time.sleep(0.5)

    def say(self, word: str) -> str:
        """Tell the process a word, and hear its answer: for a program that listens."""
        process = self.process
        if process.stdin is None or process.stdout is None:
            raise ValueError("it has no pipes")
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        return process.stdout.readline()

    def _inode(self) -> int:
        with suppress(FileNotFoundError):
            return self._settings.stat().st_ino
        return 0


def _check(began: float) -> None:
    if time.perf_counter() - began > LIMIT_S:
        raise TimeoutError


def _panel(address: str, name: str) -> Panel:
    from support.desktop.status_notifier import Panel

    return Panel(address, name)


@contextmanager
def desktop(directory: Path) -> Iterator[Desktop]:
    """The desktop, with nothing running on it. Raises OSError where there is no `dbus-daemon`."""
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    from support.desktop import notification_service, status_notifier
    from support.desktop.private_bus import PrivateBus

    bus = PrivateBus(directory)
    bus.start()
    try:
        with (
            _display(directory / "display"),
            closing(status_notifier.Watcher(bus.address)) as watcher,
            notification_service.service(bus.address) as service,
        ):
            yield Desktop(directory, bus.address, watcher, service)
    finally:
        bus.stop()


@contextmanager
def _display(path: Path) -> Iterator[None]:
    """A display's socket: the tray holds it to notice the end of the session."""
    kept = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()
