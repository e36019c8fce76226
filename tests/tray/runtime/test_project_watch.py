"""Projects while the tray runs: seen in the menu, watched, and taken in by a rule when a session starts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.home.user_home import UserHome

from profiles.switching.memory.state_files import state_files
from tray.actions.more.glance.projects import project_page


@pytest.fixture
def tray(home: UserHome) -> Iterator[Tray]:
    home.add("work", "--provider", "@work")
    home.add("play", "--provider", "@play")
    with running_tray(home) as its:
        its.click("profile:work")
        its.new_told()
        yield its


def repository(tray: Tray, name: str) -> Path:
    directory = tray.home.root / name
    directory.mkdir(parents=True)
    return directory


def register(tray: Tray, name: str, *options: str) -> Path:
    directory = repository(tray, name)
    tray.home.ok("project", "add", str(directory), "--metadata", f"repo={name}", *options)
    tray.settle()
    return directory / ".claude" / "settings.local.json"


def headers(path: Path) -> str:
    text: str = json.loads(path.read_bytes())["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    return text


def start_session(tray: Tray, directory: Path) -> None:
    sessions = tray.home.claude / "sessions"
    sessions.mkdir(exist_ok=True)
    row: dict[str, Any] = {"pid": os.getpid(), "cwd": str(directory)}
    (sessions / f"{os.getpid()}.json").write_text(json.dumps(row))
    tray.settle()


def test_a_click_takes_the_projects_along_and_the_menu_lists_them(tray: Tray) -> None:
    api = register(tray, "api")
    web = register(tray, "web", "--profile", "play")
    entries = tray.entries["projects"].children
    assert [entry.label for entry in entries][:2] == ["api", "web (pinned to play)"]
    tray.click("profile:play")
    assert "x-portkey-provider: @play" in headers(api)
    assert '"repo": "api"' in headers(api).replace('":"', '": "')
    tray.click("profile:work")
    assert "@work" in headers(api)
    assert "@play" in headers(web)
    tray.click(f"project:{api.parent.parent}")
    assert tray.managed == [project_page(str(api.parent.parent))]
    assert tray.told == []


def test_a_project_changed_outside_is_told_once_named_and_written_again(tray: Tray) -> None:
    api = register(tray, "api")
    before = api.read_bytes()
    api.write_text(api.read_text().replace("@work", "@thief"))
    tray.settle()
    (notice,) = tray.new_told()
    assert (notice.title, notice.body) == ("Project settings changed", "api, by something else.")
    assert notice.actions == (("sync", "Write again"), (f"project:{api.parent.parent}", "See changes"))
    assert tray.entries["projects"].children[0].label == "api: changed by something else"
    assert str(api) in tray.runtime.watched()
    tray.settle()
    assert tray.new_told() == []
    tray.runtime.choose("sync")  # the notification's button
    assert api.read_bytes() == before
    assert tray.entries["projects"].children[0].label == "api"


def test_a_stranger_s_address_in_a_project_s_file_is_an_alarm(tray: Tray) -> None:
    api, web = register(tray, "api"), register(tray, "web")
    before = web.read_bytes()
    api.write_text(api.read_text().replace("@work", "@other"))
    text = json.loads(before)
    text["env"]["ANTHROPIC_BASE_URL"] = "https://evil.example"
    web.write_text(json.dumps(text))
    tray.settle()
    (notice,) = tray.new_told()
    alarm = "ANTHROPIC_BASE_URL was changed: your key would go to https://evil.example"
    assert notice.title == "Key at risk in a project"
    assert notice.body.splitlines() == [f"web: {alarm}.", "web and 1 more, by something else."]
    assert notice.urgent
    text["env"]["ANTHROPIC_BASE_URL"] = "https://worse.example"
    web.write_text(json.dumps(text))
    tray.settle()
    (notice,) = tray.new_told()
    assert "worse.example" in notice.body, "another address is news"
    more = register(tray, "third")
    more.write_text(more.read_text().replace("@work", "@other"))
    tray.settle()
    (notice,) = tray.new_told()
    assert "worse.example" in notice.body, "what is less may not take an alarm's place"
    tray.runtime.choose("sync")
    assert json.loads(web.read_bytes()) == json.loads(before)
    tray.home.ok("project", "remove", str(web.parent.parent))
    assert not web.exists()


def test_a_project_s_file_that_cannot_be_read_is_told_once(tray: Tray) -> None:
    api = register(tray, "api")
    api.write_text("{ mine")
    tray.settle()
    (notice,) = tray.new_told()
    assert notice.title == "Project settings are broken"
    assert notice.body == "api: Claude Code ignores the whole file."
    assert notice.actions == ((f"project:{api.parent.parent}", "Show"),)
    tray.settle()
    assert tray.new_told() == []


def test_a_fresh_clone_is_right_as_soon_as_a_session_starts_there(tray: Tray) -> None:
    tray.home.ok("project", "rule", "add", str(tray.home.root / "acme/**"), "--metadata", "client=acme")
    clone = repository(tray, "acme/new")
    assert str(tray.home.claude / "sessions") in tray.runtime.watched()
    start_session(tray, clone)
    assert "acme" in headers(clone / ".claude" / "settings.local.json")
    (notice,) = tray.new_told()
    assert (notice.title, notice.body) == ("Project added by a rule", "new.")
    start_session(tray, clone)
    assert tray.new_told() == []


def test_a_session_where_no_rule_is_for_changes_nothing(tray: Tray) -> None:
    elsewhere = repository(tray, "elsewhere")
    start_session(tray, elsewhere)
    assert list(elsewhere.iterdir()) == []
    assert tray.told == []


def test_what_a_killed_switch_left_to_be_written_is_written(tray: Tray) -> None:
    api = register(tray, "api")
    right = api.read_bytes()
    api.write_text(api.read_text().replace("@work", "@old"))
    pending = Path(state_files(tray.app.locations).pending_path)
    pending.parent.mkdir(parents=True, exist_ok=True)
    pending.write_text(json.dumps({"paused": None, "renamed": None}))
    tray.settle()
    assert not pending.exists()
    assert api.read_bytes() == right


def test_a_registry_that_cannot_be_read_is_told_and_keeps_no_alarm_back(tray: Tray) -> None:
    register(tray, "api")
    Path(state_files(tray.app.locations).projects_path).write_text("{")
    tray.edit("https://api.portkey.ai", "https://thief.example")
    bodies = [notice.body for notice in tray.new_told()]
    assert any("thief.example" in body for body in bodies)
    assert any("projects" in body for body in bodies)
