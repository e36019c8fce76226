"""The whole tray's menu, read and clicked over D-Bus without a panel: every entry does what it says."""

from __future__ import annotations

import os
from typing import Any

import pytest
from support.client.command import EXECUTABLE
from support.desktop.status_notifier import eventually
from support.desktop.tray_user import GATEWAY, KEY, SETTINGS, Desk, Tray, TrayUser


@pytest.fixture
def tray(session: Desk) -> Tray:
    opener = session.user.home / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(
        f'#!/bin/sh\ncase "$1" in *settings.json) exit 3;; esac\necho "$1" >>{session.user.home}/opened\n'
    )
    opener.chmod(0o700)
    session.user.environ["PATH"] = f"{opener.parent}:/usr/bin:/bin"
    return session.start()


def meant(user: TrayUser) -> dict[str, Any]:
    """What the settings say to the client, to which a blank variable is an unset one."""
    data: dict[str, Any] = user.data()
    return {**data, "env": {name: value for name, value in data["env"].items() if value != ""}}


def test_profiles_off_and_undo_write_exactly_their_settings(session: Desk, tray: Tray) -> None:
    user = session.user
    tray.click("Work")
    tray.wait_title("Work")
    assert user.routed_to("@anthropic-prod")
    tray.click("home")
    tray.wait_title("home")
    assert user.routed_to("@bedrock-home")
    at_home = meant(user)
    tray.click("vertex")
    tray.wait_title("vertex")
    assert f"x-portkey-api-key: {KEY}" in user.data()["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert user.settings.stat().st_mode & 0o777 == 0o600
    tray.click("Undo: back to home")
    tray.wait_title("home")
    assert meant(user) == at_home, "blanks of the other API format may stay for an hour: they count as unset"
    tray.click("Off")
    tray.wait_title("off")
    assert user.bytes() == SETTINGS
    marked = [line.label for line in tray.lines() if line.properties.get("toggle-state")]
    assert marked == ["Off"]


def test_changes_are_shown_and_adopted_from_the_menu(session: Desk, tray: Tray) -> None:
    user = session.user
    user.ok("switch", "work")
    tray.wait_title("Work")
    user.edit("@anthropic-prod", "@anthropic-next")
    tray.wait_title("Work, changed by something else")
    eventually(lambda: len(session.dunst.heard()) == 1, "the change is reported")  # a moment after the badge
    session.dunst.clear()
    assert "Provider: @anthropic-prod is now @anthropic-next." in session.dunst.heard()[-1].body
    tray.click("Keep the change in Work")
    tray.wait_title("Work")
    tray.line("Work (@anthropic-next)")


def test_pages_files_and_folders_are_opened(session: Desk, tray: Tray) -> None:
    (places,) = [line for line in tray.lines() if line.label == "Open"]
    opened = session.user.home / "opened"
    for place in places.children:
        tray.panel.click(place.number)
    # What fails to open is told, with what to do.
    told = session.dunst.wait_for("Something went wrong")
    assert told.body == "Nothing here opens …/settings.json.\nOpen it by hand."
    eventually(lambda: opened.exists() and len(opened.read_text().split()) == 5, "all others are opened")
    pages = [f"https://app.portkey.ai/{page}" for page in ("logs", "configs", "model-catalog", "api-keys")]
    folder = str(session.user.home / ".config" / "pkcc-tray" / "profiles")
    assert sorted(opened.read_text().split()) == sorted([*pages, folder])


def test_start_at_login_names_this_command_and_quit_leaves_all_as_it_is(session: Desk, tray: Tray) -> None:
    user = session.user
    entry = user.home / ".config" / "autostart" / "pkcc-tray.desktop"
    assert not entry.exists()
    user.ok("autostart", "on")
    assert f"Exec={EXECUTABLE}\n" in entry.read_text()
    tray.click("Work")
    tray.wait_title("Work")
    before = user.bytes()
    tray.click("Quit")
    assert tray.ends() == 0
    assert user.bytes() == before
    assert entry.exists()


def test_a_profile_that_came_or_went_is_seen_at_once(session: Desk, tray: Tray) -> None:
    session.user.ok("copy", "home", "another")
    tray.line("another (@bedrock-home)")
    session.user.ok("remove", "another")
    eventually(lambda: "another (@bedrock-home)" not in tray.labels(), "it is gone")
    broken = session.user.home / ".config" / "pkcc-tray" / "profiles" / "home.json"
    os.truncate(broken, 10)
    eventually(lambda: any(label.startswith("home: ") for label in tray.labels()), "its fault is named")
    tray.click("Work")
    tray.wait_title("Work")
    assert session.user.data()["env"]["ANTHROPIC_BASE_URL"] == GATEWAY
