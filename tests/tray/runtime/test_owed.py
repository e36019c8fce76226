"""What settings owe a catalog, while the tray runs: a click that changes something writes it, no look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catalog_homes import Publisher, join, model, owe, owes
from support.desktop.recorded_tray import Tray, running_tray
from support.home.user_home import UserHome

from tray.runtime.key_cache import KeyCache
from tray.runtime.requests import Answering


@pytest.fixture
def other(home: UserHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserHome:
    """Who uses a catalog's profile, in another settings file too; both lack its newest version."""
    publisher = Publisher(tmp_path / "share")
    publisher.publish()
    join(home, publisher)
    home.add("play", "--provider", "@play")
    home.ok("--settings", str(home.root / "other.json"), "switch", "acme/work")
    owe(home, publisher, monkeypatch)
    return home


@pytest.fixture
def tray(other: UserHome) -> Iterator[Tray]:
    with running_tray(other) as running:
        yield running


def elsewhere(tray: Tray) -> str:
    return (tray.home.root / "other.json").read_text()


def test_a_click_that_changes_something_writes_all_that_is_owed(tray: Tray) -> None:
    """Else who never types a command goes on with a version that the publisher has taken back."""
    tray.click("profile:play")
    assert "claude-sonnet-6" in elsewhere(tray)
    assert not owes(tray.home)


def test_writing_projects_again_writes_what_the_settings_owe(tray: Tray) -> None:
    tray.runtime.choose("sync")
    assert model(tray.home) == "claude-sonnet-6"
    assert not owes(tray.home)


def test_the_other_profile_that_a_notice_offers_takes_along_what_is_owed(tray: Tray) -> None:
    tray.runtime.choose("fallback:play")
    assert "claude-sonnet-6" in elsewhere(tray)


def test_a_command_s_switch_by_the_tray_writes_it_as_it_would_alone(tray: Tray) -> None:
    """Else the same command has another end, by whether an icon is in the panel."""
    answer = Answering(
        tray.app,
        KeyCache(tray.app.secrets, lambda: 0),
        change=tray.runtime.change,
        on_show=tray.runtime.announce,
        on_quit=tray.ended.set,
    )
    answer({"do": "switch", "name": "play", "as": tray.app.circumstances()})
    assert "claude-sonnet-6" in elsewhere(tray)
    assert not owes(tray.home)


@pytest.mark.parametrize("key", ["look", "manage:/", "diff", "ignore"])
def test_a_look_from_the_menu_writes_nothing(tray: Tray, key: str) -> None:
    """Else opening a menu waits for Claude Code's lock, or a keyring asks for its password."""
    before = tray.home.settings.read_bytes(), elsewhere(tray)
    tray.runtime.choose(key)
    tray.settle()
    assert (tray.home.settings.read_bytes(), elsewhere(tray)) == before
    assert owes(tray.home)


def test_undo_leaves_the_step_before_as_the_next_one(tray: Tray) -> None:
    """Else the second click on Undo takes back what nobody did, and the one that was meant stays."""
    tray.click("undo")
    assert [notice.title for notice in tray.told] == ["Undone"]
    assert owes(tray.home)
