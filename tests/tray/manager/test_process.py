"""The process: one a user, opened by a second start, ended by its page, by the tray's quit, by a signal."""

from __future__ import annotations

import json
import queue
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from support.browser import Managed, managed
from support.home.user_home import KEY, UserHome, files_with
from support.home.wine_machine import eventually
from support.manager_client import Client

from profiles.base.errors import PkccError
from profiles.base.locations import find_locations
from tray.app import App
from tray.ipc.client import ask
from tray.runtime.open_manager import open_manager

OWN = [sys.executable, "-m", "tray"]


def test_a_second_start_gets_a_link_of_the_first(home: UserHome) -> None:
    """Two managers would save over each other."""
    with managed(home) as manager:
        link = manager.another_link()
        assert link.startswith(manager.origin)
        assert link != manager.link
        assert Client(manager, link).status == 303
        assert Client(manager).status == 409  # its own link opens a second window: that says so


def test_a_page_can_be_asked_for_and_what_is_none_is_refused(home: UserHome) -> None:
    with managed(home) as manager:
        link = home.spawn("manage", "--no-browser", "--page", "/history").out.strip()
        client = Client(manager, link)
        assert client.location == "/history"
    refused = home.spawn("manage", "--no-browser", "--page", "//evil.example")
    assert (refused.code, refused.out) == (2, "")
    assert "no page of the manager" in refused.err


def test_the_tray_opens_it_in_a_process_of_its_own_and_then_in_the_one_that_runs(home: UserHome) -> None:
    """The tray must stay as small as it is, and a second click must not start a second manager."""
    app = App.start(home.environ, None, None, wants_json=True)
    links: queue.SimpleQueue[str] = queue.SimpleQueue()
    problems: list[PkccError] = []
    with mock.patch.object(App, "helper_argv", return_value=OWN):
        open_manager(app, "/history", links.put, problems.append)
        first = links.get(timeout=30)
    try:
        assert Client.by_link(first).location == "/history"
        open_manager(app, "/", links.put, problems.append)
        second = links.get(timeout=30)
        assert second.partition("/open/")[0] == first.partition("/open/")[0]
    finally:
        assert home.spawn("quit").code == 0
    assert problems == []


def test_a_manager_that_cannot_start_is_told(home: UserHome, tmp_path: Any) -> None:
    """A click that leads nowhere looks like a broken tray."""
    app = App.start(home.environ, None, None, wants_json=True)
    problems: queue.SimpleQueue[PkccError] = queue.SimpleQueue()
    for argv in ([str(tmp_path / "gone")], [sys.executable, "-c", "raise SystemExit(1)"]):
        with mock.patch.object(App, "helper_argv", return_value=argv):
            open_manager(app, "/", lambda _: None, problems.put)
            assert problems.get(timeout=30).title == "The manager does not open"


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


def test_what_is_at_work_is_waited_for_and_a_new_start_waits_too(home: UserHome) -> None:
    """*Close* in the middle of it would leave half of it done."""
    with socket.create_server(("127.0.0.1", 0)) as gateway, managed(home) as manager:
        home.add("work", "--provider", "@a", "--gateway", f"http://127.0.0.1:{gateway.getsockname()[1]}")
        client = Client(manager)
        client.send("/check", name="work")
        asked, _ = gateway.accept()
        client.send("/close")
        eventually(lambda: not _answers(client), "it serves no more")
        with ThreadPoolExecutor() as pool:
            again = pool.submit(Managed, home)
            assert not manager.has_ended(2.5)
            gateway.close()
            asked.close()
            assert manager.has_ended()
            assert Client(again.result(30)).status == 303
            again.result().stop()
    kept = json.loads(next(home.root.rglob("checks.json")).read_text())
    assert kept["work"]["steps"][-1][2] == "127.0.0.1 broke the connection off"


def _answers(client: Client) -> bool:
    try:
        client.ask("GET", "/ended")
    except OSError:
        return False
    return True


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
        paths = ("/", "/history", "/history/1", "/preview/work", "/import", "/preferences")
        seen = [client.ask("GET", path) for path in paths]
        home.edit_settings(KEY, KEY + "-changed")
        seen.append(client.ask("GET", "/"))
        home.settings.write_text(home.settings.read_text().replace('"env": {', '"env": {,', 1))
        seen.append(client.ask("GET", "/"))
        seen.append(client.ask("GET", "/switch?name=work"))
        assert [answer.status for answer in seen] == [200] * 8 + [405]
        for answer in seen:
            assert KEY not in answer.text + str(answer.getheaders())
    assert files_with(KEY, home.root) == [home.settings]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows dumps nothing unasked")
def test_a_crash_writes_no_key_to_a_disk(home: UserHome) -> None:
    """Keys that are entered are in its memory for a while."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    allows = ["/bin/sh", "-c", f'ulimit -c {"unlimited" if hard < 0 else hard}; exec "$@"', "sh"]
    with managed(home, allows) as manager:
        limits = Path(f"/proc/{manager.process.pid}/limits").read_text().splitlines()
        assert next(line for line in limits if line.startswith("Max core file size")).split()[4] == "0"
