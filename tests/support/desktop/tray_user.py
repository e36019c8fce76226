"""A user who has the whole tray: the installed command, profiles, settings of their own, a desktop around.

Everything lies under a throw-away home; the desktop is a private bus with a screen, and either a real panel
or a stand-in for one that reads and clicks the menu over D-Bus.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from support.client.command import EXECUTABLE
from support.desktop.dunst import DUNST_TOOLS, Dunst
from support.desktop.private_bus import LIMIT_S, PrivateBus, require
from support.desktop.status_notifier import WATCHER, Line, Panel, Watcher, eventually
from support.desktop.virtual_desktop import end, virtual_screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEY = "pk-CANARY-0815-of-the-portkey-key"  # must never be seen where it does not belong
# Foreign values, and a spelling that no JSON library would give back.
SETTINGS = (
    b'{\r\n\t"model": "opus",\r\n\t"env": {"EDITOR": "vim", "BIG": 1e3},\r\n'
    b'\t"permissions": {"allow": ["Bash(ls:*)"]}\r\n}\r\n'
)
FOREIGN = (b'{\r\n\t"model": "opus",\r\n', b'"EDITOR": "vim", "BIG": 1e3', b'["Bash(ls:*)"]}', b"\r\n}\r\n")
GATEWAY = "https://api.portkey.ai"
PROFILES = {
    "work": ("--provider", "@anthropic-prod", "--label", "Work"),
    "home": ("--provider", "@bedrock-home"),
    "vertex": (
        *("--dialect", "vertex", "--provider", "vertex-ai", "--virtual-key", "vk-1"),
        *("--model", "claude-sonnet-4-5@20250929"),
    ),
}


class TrayUser:
    """A home, the commands that are run in it, and what the desktop tells every program."""

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.settings = home / ".claude" / "settings.json"
        self.state = home / ".local" / "state" / "pkcc-tray"
        self.environ = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PKCC_SECRETS": "vault",
            **(environ or {}),
        }

    def furnish(self, *names: str) -> None:
        """Settings, and those profiles."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.settings.parent.mkdir()
        self.settings.write_bytes(SETTINGS)
        for name in names:
            self.ok("add", name, *PROFILES[name], "--key-stdin", stdin=f"{KEY}\n")

    def ok(self, *words: str, stdin: str = "") -> str:
        """What a command that must succeed prints."""
        done = subprocess.run(
            [str(EXECUTABLE), *words], env=self.environ, cwd=self.home, input=stdin, capture_output=True,
            text=True, timeout=30,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def bytes(self) -> bytes:
        return self.settings.read_bytes()

    def data(self) -> dict[str, Any]:
        """The settings as the client reads them."""
        found: dict[str, Any] = json.loads(self.bytes())
        return found

    def routed_to(self, provider: str) -> bool:
        """Whether the settings say exactly what a profile with that provider writes, foreign bytes kept."""
        now = self.bytes()
        data = json.loads(now)
        env = {name: value for name, value in data["env"].items() if value != ""}
        name = data.get("apiKeyHelper", "").rpartition(" ")[2]
        return (
            env
            == {
                "EDITOR": "vim",
                "BIG": 1000.0,
                "ANTHROPIC_BASE_URL": GATEWAY,
                "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: {provider}",
            }
            and data["apiKeyHelper"] == f"{EXECUTABLE} key print {name}"
            and PROFILES[name][1] == provider
            and all(part in now for part in FOREIGN)
        )

    def edit(self, old: str, new: str) -> None:
        """Change the settings in place, as an editor that truncates and writes."""
        now = self.bytes()
        assert old.encode() in now
        self.settings.write_bytes(now.replace(old.encode(), new.encode()))

    def log(self) -> str:
        """The tray's log."""
        return (self.state / "tray.log").read_text()

    def check_log(self) -> None:
        """The log holds no secret, and nobody else may read it."""
        for log in self.state.glob("tray.log*"):
            assert log.stat().st_mode & 0o777 == 0o600
            assert "CANARY" not in log.read_text()


class Tray:
    """The running tray, seen by a panel's eyes."""

    def __init__(self, process: subprocess.Popen[Any], panel: Panel, out: Path | None = None) -> None:
        self.process = process
        self.panel = panel
        self._out = out

    def title(self) -> str:
        """The tooltip's first line."""
        found: str = self.panel.properties()["ToolTip"][2]
        return found

    def attention(self) -> bool:
        return bool(self.panel.properties()["Status"] == "NeedsAttention")

    def lines(self) -> list[Line]:
        """The menu's lines that have a label, top to bottom."""
        return [line for line in self.panel.menu() if line.label]

    def labels(self) -> list[str]:
        return [line.label for line in self.lines()]

    def line(self, label: str) -> Line:
        """The first line that can be chosen and begins with that; it must be there by and by."""
        found: list[Line] = []

        def there() -> bool:
            found[:] = [
                line
                for line in self.lines()
                if line.label.startswith(label) and line.properties.get("enabled", True)
            ]
            return bool(found)

        eventually(there, f"{label} can be chosen")
        return found[0]

    def click(self, label: str) -> None:
        """Choose that line, as a panel tells of a click."""
        self.panel.click(self.line(label).number)

    def wait_title(self, title: str) -> None:
        """Wait for that tooltip."""
        eventually(lambda: self.title() == f"Claude Code: {title}", f"the icon says {title}")

    def ends(self) -> int:
        """Its exit code, once it has ended; what it printed is free of tracebacks."""
        code = self.process.wait(LIMIT_S)
        if self._out is not None:
            said = self._out.read_text()
            assert "Traceback" not in said, said
            assert "CANARY" not in said
        return code

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code, after that signal."""
        self.process.send_signal(number)
        return self.ends()


class Desk:
    """The user's session: bus, screen, notifications, and the trays started in it."""

    def __init__(self, user: TrayUser, address: str, dunst: Dunst, stack: ExitStack) -> None:
        self.user = user
        self.address = address
        self.dunst = dunst
        self.stack = stack
        self.watcher: Watcher | None = None
        self.bus: PrivateBus | None = None
        self.service: subprocess.Popen[bytes] | None = None  # dunst
        self.screen: subprocess.Popen[bytes] | None = None
        self._started = 0

    def launch(self, *words: str, prefix: tuple[str, ...] = ()) -> tuple[subprocess.Popen[bytes], Path]:
        """`pkcc-tray WORDS` as the session starts it, and the file with all that it prints."""
        self._started += 1
        out = self.user.home / f"said-{self._started}"
        with out.open("wb") as log:
            process = subprocess.Popen(
                [*prefix, str(EXECUTABLE), *words], env=self.user.environ, cwd=self.user.home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.stack.callback(end, process)
        return process, out

    def start(self, *words: str) -> Tray:
        """`pkcc-tray` alone, until a panel can read it."""
        process, out = self.launch(*words)
        return Tray(process, self.panel(), out)

    def panel(self) -> Panel:
        """A reader of the item that registered last."""
        panel = Panel(self.address, self._registered())
        self.stack.callback(panel.close)
        return panel

    def _registered(self) -> str:
        if self.watcher is not None:
            return self.watcher.registered.get(timeout=LIMIT_S)
        return registered_item(self.address)

    def start_dunst(self) -> None:
        """Have notifications on the screen."""
        log = self.stack.enter_context((self.user.home / "dunst.log").open("ab"))
        self.service = subprocess.Popen(self.dunst.argv, env=self.user.environ, stdout=log, stderr=log)
        self.stack.callback(end, self.service)
        self.dunst.wait_until_up()


def registered_item(address: str) -> str:
    """The bus name of the one item that a real panel has."""
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    properties = DBusAddress("/StatusNotifierWatcher", WATCHER, "org.freedesktop.DBus.Properties")
    found: list[str] = []
    with open_dbus_connection(address) as bus:

        def there() -> bool:
            asked = new_method_call(properties, "Get", "ss", (WATCHER, "RegisteredStatusNotifierItems"))
            reply = bus.send_and_get_reply(asked, timeout=LIMIT_S)
            if reply.header.message_type is MessageType.method_return:
                found[:] = reply.body[0][1]
            return bool(found)

        eventually(there, "an item is registered")
    return found[-1].partition("/")[0]


@contextmanager
def desk(
    user: TrayUser, *, dunst: bool = True, watcher: bool = True, address: str | None = None
) -> Iterator[Desk]:
    """A session without a window: a screen, a bus, notifications, and a stand-in for the panel.

    `address` is that of a bus that runs already.
    """
    require("Xvfb", "dbus-daemon", *DUNST_TOOLS)
    with ExitStack() as stack:
        screen = virtual_screen(stack, user.home)
        bus = None
        if address is None:
            bus = PrivateBus(user.home)
            bus.start()
            stack.callback(bus.stop)
            address = bus.address
        user.environ |= {
            "DISPLAY": screen.number,
            "DBUS_SESSION_BUS_ADDRESS": address,
            "XDG_RUNTIME_DIR": str(user.home),
        }
        its = Desk(user, address, Dunst(user.home / "dunst", user.environ), stack)
        its.bus, its.screen = bus, screen.server
        if watcher:
            its.watcher = Watcher(address)
            stack.callback(its.watcher.close)
        if dunst:
            its.start_dunst()
        yield its


def copied(template: Path, home: Path) -> TrayUser:
    """A user whose home is a copy of that one."""
    shutil.copytree(template, home, symlinks=True)
    os.chmod(home, 0o700)
    return TrayUser(home)
