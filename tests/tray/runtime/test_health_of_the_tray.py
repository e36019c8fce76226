"""A gateway goes and comes back while Claude Code runs, seen through the real tray and its panel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import pytest
from support.desktop.notification_service import Service, Shown, service
from support.desktop.private_bus import BusService, private_bus
from support.desktop.status_notifier import Panel, Watcher, eventually
from support.gateway.no_network import without_network
from support.gateway.stand_in import Hosted
from support.home.user_home import KEY, UserHome, files_with

MANAGER = "org.freedesktop.NetworkManager"
LIMIT_S = 20.0
# Minutes are moments here; the two tries, the child processes and the signals are as they are.
QUICK = """
import sys
import tray.runtime.watch.health.reach as reach
import tray.runtime.watch.health.watch as health
import tray.runtime.watch.beat.sessions as sessions
sessions.BEAT_S, reach.SURE_AFTER_S, health.AGAIN_S, health.STEADY_S = 0.3, 0.05, 0.0, 0.0
sys.argv = ["tray", "tray"]
from tray.__main__ import main
sys.exit(main())
"""


class Desk:
    """A running tray with its panel, its notifications, a session, and two gateways."""

    def __init__(
        self, home: UserHome, bus: str, stack: ExitStack, gateway: str = "", prefix: tuple[str, ...] = ()
    ) -> None:
        """With the first gateway at `gateway` in place of our own; the tray is started by `prefix`."""
        self.home = home
        self._stack = stack
        self.first = Hosted(KEY)
        self.port = urlsplit(self.first.url).port or 0
        self.up()
        self.second = stack.enter_context(Hosted(KEY))
        home.environ |= {
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "DBUS_SYSTEM_BUS_ADDRESS": bus,
            "XDG_RUNTIME_DIR": str(home.root),
            "WAYLAND_DISPLAY": str(home.root / "display"),
            "XDG_CURRENT_DESKTOP": "XFCE",
        }
        home.add("spare", "--provider", "@s", "--gateway", self.second.url)
        home.add(
            "work", "--provider", "@w", "--gateway", gateway or self.first.url, "--when-unreachable", "spare"
        )
        home.ok("switch", "work")
        self.notices: Service = stack.enter_context(service(bus))
        self.network = stack.enter_context(closing(BusService(bus, MANAGER, lambda *_: None)))
        self.network.start()
        watcher = stack.enter_context(closing(Watcher(bus)))
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", QUICK], env=home.environ, cwd=home.root,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(process.wait)
        stack.callback(process.kill)
        self.panel = stack.enter_context(closing(Panel(bus, watcher.registered.get(timeout=LIMIT_S))))
        self.process = process

    def up(self) -> None:
        """The first gateway answers, at the same port as ever."""
        self.first.__enter__()

    def down(self) -> None:
        self.first.__exit__()

    def up_again(self) -> None:
        self.first = Hosted(KEY, port=self.port)
        self.up()

    def session(self) -> None:
        """Claude Code runs from now on."""
        session = subprocess.Popen(["/bin/sleep", "120"])
        self._stack.callback(session.wait)
        self._stack.callback(session.kill)
        listed = self.home.claude / "sessions"
        listed.mkdir()
        (listed / f"{session.pid}.json").write_text(json.dumps({"pid": session.pid, "cwd": "/"}))

    def network_is_back(self) -> None:
        self.network.emit("/org/freedesktop/NetworkManager", MANAGER, "StateChanged", "u", 70)

    def title(self) -> str:
        title: str = self.panel.properties()["ToolTip"][2]
        return title

    def wait_title(self, title: str) -> None:
        eventually(lambda: self.title() == f"Claude Code: {title}", title)

    def told(self) -> Shown:
        """The next notification about a gateway."""
        while "gateway" not in (shown := self.notices.next()).title:
            pass
        return shown

    def press(self, shown: Shown) -> None:
        """Press its only button."""
        self.notices.emit("ActionInvoked", "us", shown.id, shown.actions[0])

    def uses(self, gateway: Hosted) -> bool:
        return self.home.env()["ANTHROPIC_BASE_URL"] == gateway.url


@pytest.fixture
def desk(home: UserHome, tmp_path: Path) -> Iterator[Desk]:
    with (
        private_bus(tmp_path / "bus") as bus,
        mock.patch.dict(os.environ, home.environ, clear=True),
        ExitStack() as stack,
    ):
        its = Desk(home, bus.address, stack)
        yield its
        its.down()


def test_a_gateway_that_goes_is_left_and_used_again(desk: Desk) -> None:
    desk.wait_title("work")
    assert desk.first.asked == []
    desk.session()
    eventually(lambda: len(desk.first.asked) == 1, "a session's start asks")
    desk.down()
    desk.network_is_back()
    desk.wait_title("work, gateway unreachable")
    assert desk.panel.properties()["Status"] == "NeedsAttention"
    assert "Switch to spare" in [line.label for line in desk.panel.menu()]
    told = desk.told()
    assert (told.title, told.actions[1]) == ("The gateway does not answer", "Switch to spare")
    desk.press(told)
    eventually(lambda: desk.uses(desk.second), "the other one is used")
    desk.wait_title("spare")
    desk.up_again()
    told = desk.told()
    assert (told.title, told.actions[1]) == ("The gateway answers again", "Back to work")
    assert desk.uses(desk.second)
    desk.press(told)
    desk.wait_title("work")

    desk.home.ok("preference", "auto_fallback", "on")
    desk.down()
    desk.network_is_back()
    assert desk.told().title == "Switched: gateway did not answer"
    assert desk.uses(desk.second)
    desk.up_again()
    assert desk.told().title == "The gateway answers again"
    assert desk.uses(desk.first)
    sent = [header for each in (*desk.first.asked, *desk.second.asked) for header in each.headers.values()]
    assert KEY not in "".join(sent)
    log = desk.home.root / ".local" / "state" / "pkcc-tray"
    assert files_with(KEY, log) == []


def test_without_a_network_the_menu_says_that_and_nothing_is_blamed_or_left(
    home: UserHome, tmp_path: Path
) -> None:
    apart = without_network()
    home.ok("preference", "auto_fallback", "on")
    with (
        private_bus(tmp_path / "bus") as bus,
        mock.patch.dict(os.environ, home.environ, clear=True),
        ExitStack() as stack,
    ):
        desk = Desk(home, bus.address, stack, "https://gateway.invalid", apart)
        desk.session()
        said = "This machine has no network: the gateway cannot be asked"
        eventually(lambda: said in [line.label for line in desk.panel.menu()], said)
        assert desk.title() == "Claude Code: work"
        assert desk.panel.properties()["Status"] == "Active"
        assert home.env()["ANTHROPIC_BASE_URL"] == "https://gateway.invalid"
        desk.down()
