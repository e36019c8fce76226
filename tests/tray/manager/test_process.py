"""The process: one a user, opened by a second start, ended by its page, by the tray's quit, by a signal."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import Any

from support.browser import Managed, managed
from support.home.user_home import KEY, UserHome, files_with

from profiles.base.locations import find_locations
from tray.ipc.client import ask


class Client:
    """A browser without scripts, over a real connection."""

    def __init__(self, manager: Managed, link: str = "") -> None:
        self.host = manager.origin.removeprefix("http://")
        self.cookie = ""
        answer = self.ask("GET", (link or manager.link).removeprefix(manager.origin))
        self.status = answer.status
        self.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]

    def ask(self, method: str, path: str, body: str = "") -> Any:
        headers = {"Origin": f"http://{self.host}", "Cookie": self.cookie} if self.cookie else {}
        with closing(http.client.HTTPConnection(self.host, timeout=10)) as connection:
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                answer.text = answer.read().decode()  # type: ignore[attr-defined]
            return answer

    def send(self, path: str, **fields: str) -> Any:
        token = re.search(r'name="token" value="([^"]+)"', self.ask("GET", "/").text)
        assert token is not None
        return self.ask("POST", path, "&".join(f"{n}={v}" for n, v in {"token": token[1], **fields}.items()))


def test_a_second_start_gets_a_link_of_the_first(home: UserHome) -> None:
    """Two managers would save over each other."""
    with managed(home) as manager:
        link = manager.another_link()
        assert link.startswith(manager.origin)
        assert link != manager.link
        assert Client(manager, link).status == 303
        assert Client(manager).status == 409  # its own link opens a second window: that says so


def test_the_link_alone_is_printed(home: UserHome) -> None:
    with managed(home) as manager:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open/[\w-]{43}", manager.link)
        manager.process.send_signal(signal.SIGTERM)
        assert manager.process.communicate(timeout=10) == ("", "")


def test_closing_it_ends_the_process(home: UserHome) -> None:
    with managed(home) as manager:
        client = Client(manager)
        assert "The manager is closed" in client.send("/close").text
        assert manager.has_ended()
        assert manager.process.returncode == 0


def test_a_tray_that_is_ended_from_its_menu_or_by_the_system_ends_it(home: UserHome) -> None:
    home.environ |= {"PKCC_CONFIG_DIR": str(home.own), "CLAUDE_CONFIG_DIR": str(home.claude)}
    places = find_locations(home.environ)
    tray = subprocess.Popen(
        [sys.executable, "-m", "tray", "tray", "--headless"],
        env=home.environ, cwd=home.root, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with managed(home) as manager:
            deadline = time.monotonic() + 30
            while ask(places, home.environ, "hello") is None:
                assert tray.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            tray.send_signal(signal.SIGTERM)
            assert manager.has_ended()
    finally:
        tray.kill()
        tray.wait()


def test_the_command_quit_ends_it(home: UserHome) -> None:
    with managed(home) as manager:
        assert home.spawn("quit").code == 0
        assert manager.has_ended()


def test_a_signal_ends_it_in_order(home: UserHome) -> None:
    with managed(home) as manager:
        manager.process.send_signal(signal.SIGTERM)
        assert manager.has_ended()
        assert manager.process.returncode == 0
    with managed(home) as again:
        assert Client(again).status == 303


def test_a_killed_one_is_in_nobodys_way(home: UserHome) -> None:
    manager = Managed(home)
    manager.process.kill()
    manager.process.communicate()
    with managed(home) as again:
        assert Client(again).status == 303


def test_a_switch_is_done_and_is_named_as_the_managers(home: UserHome) -> None:
    home.add("work")
    with managed(home) as manager:
        client = Client(manager)
        assert client.send("/switch", name="work").status == 303
        assert home.ok("status", "--short").out == "work\n"
        steps = home.ok("history", "--json").json()["data"]["steps"]
        assert steps[0]["who"] == "manager"


def test_no_key_leaves_it(home: UserHome) -> None:
    """In no page, no header and no file, though the settings hold it in clear text."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.add("spare", "--provider", "@b", "--header", "x-more=1")
    with managed(home) as manager:
        client = Client(manager)
        client.send("/switch", name="work")
        assert KEY in home.settings.read_text()
        seen = [client.ask("GET", path) for path in ("/", "/history", "/history/1", "/preview/work")]
        home.edit_settings(KEY, KEY + "-changed")
        seen.append(client.ask("GET", "/"))
        home.settings.write_text(home.settings.read_text().replace('"env": {', '"env": {,', 1))
        seen.append(client.ask("GET", "/"))
        seen.append(client.ask("GET", "/switch?name=work"))
        assert [answer.status for answer in seen] == [200] * 6 + [405]
        for answer in seen:
            assert KEY not in answer.text + str(answer.getheaders())
    assert files_with(KEY, home.root) == [home.settings]
