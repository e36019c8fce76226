"""The first start of the whole tray, by somebody who opens no terminal: welcomed, and led to the manager."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.desktop.status_notifier import eventually
from support.desktop.tray_user import Desk, TrayUser, desk

BY_HAND = """{"env": {
  "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
  "ANTHROPIC_CUSTOM_HEADERS":
    "x-portkey-api-key: pk-CANARY-by-hand-0123456789\\nx-portkey-provider: @anthropic-prod"
}}
"""


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Desk]:
    """A session of somebody without a profile; what opens a page writes its address down."""
    user = TrayUser(tmp_path / "home")
    user.furnish()
    opener = user.home / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" >>{user.home}/opened\n')
    opener.chmod(0o700)
    user.environ["PATH"] = f"{opener.parent}:/usr/bin:/bin"
    with desk(user) as its:
        yield its
        user.ok("quit")


class Browser:
    """Follows the links that were opened, in their order."""

    def __init__(self, session: Desk) -> None:
        self._opened = session.user.home / "opened"
        self._followed = 0
        self._cookie = ""

    def _links(self) -> list[str]:
        return self._opened.read_text().split() if self._opened.exists() else []

    def comes_to(self) -> str:
        """The page that the next one-time link leads to."""
        eventually(lambda: len(self._links()) > self._followed, "a page is opened")
        host, _, token = self._links()[self._followed].removeprefix("http://").partition("/")
        self._followed += 1
        with closing(http.client.HTTPConnection(host, timeout=20)) as connection:
            connection.request("GET", f"/{token}", headers={"Cookie": self._cookie} if self._cookie else {})
            answer = connection.getresponse()
            self._cookie = (answer.getheader("set-cookie") or self._cookie).partition(";")[0]
            return answer.getheader("location") or f"nowhere: {answer.status}"


@pytest.fixture
def browser(newcomer: Desk) -> Browser:
    return Browser(newcomer)


def test_a_newcomer_is_welcomed_and_led_to_the_first_profile(newcomer: Desk, browser: Browser) -> None:
    tray = newcomer.start()
    told = newcomer.dunst.wait_for("pkcc-tray is ready")
    assert told.body.startswith("No profiles yet.")
    assert tray.labels()[:3] == ["Welcome: no profiles yet", "Add your first profile…", "Import…"]
    newcomer.dunst.press("Add profile")
    assert browser.comes_to() == "/add"
    tray.click("Import…")
    assert browser.comes_to() == "/import"
    tray.click("Preferences…")
    assert browser.comes_to() == "/preferences"
    tray.click("Start at login")
    entry = newcomer.user.home / ".config" / "autostart" / "pkcc-tray.desktop"
    eventually(entry.exists, "it starts at login")
    tray.click("Quit")
    assert tray.ends() == 0


def test_settings_made_by_hand_are_offered_as_a_profile(newcomer: Desk, browser: Browser) -> None:
    newcomer.user.settings.write_text(BY_HAND)
    tray = newcomer.start()
    told = newcomer.dunst.wait_for("pkcc-tray is ready")
    assert told.body.startswith("Claude Code goes through Portkey already, set up by hand.")
    eventually(
        lambda: tray.labels()[0] == "Through Portkey, set up by hand: @anthropic-prod", "the menu says so"
    )
    tray.click("Make a profile of it…")
    assert browser.comes_to() == "/import"
    assert "CANARY" not in f"{told} {tray.labels()}"
    newcomer.user.check_log()
    assert tray.end() == 0


def test_a_missing_key_is_seen_and_its_entry_leads_to_where_it_is_entered(
    newcomer: Desk, browser: Browser
) -> None:
    user = newcomer.user
    user.ok("add", "work", "--label", "Work", "--provider", "@w", "--key-ref", "keyring:work")
    user.ok("switch", "work")
    tray = newcomer.start()
    tray.wait_title("Work, no key yet")
    assert tray.attention()
    assert tray.labels()[:2] == ["Work has no key yet", "Enter key…"]
    tray.click("Enter key…")
    assert browser.comes_to() == "/keys/work/enter"
    user.ok("key", "set", "work", "--stdin", stdin="pk-0123456789abcdefghij\n")
    tray.wait_title("Work")
    tray.click("Check connection")
    assert browser.comes_to() == "/check/work"
    assert tray.end() == 0
