"""The whole tray and edits from outside: seen, told by dunst, answered by the notice's own buttons."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from support.desktop.status_notifier import eventually
from support.desktop.tray_user import GATEWAY, KEY, SETTINGS, Desk, Tray, TrayUser

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "https://evil.example"
ALARM = "Your key would go elsewhere"


@pytest.fixture
def tray(session: Desk) -> Tray:
    """Running, with the profile "work" active."""
    session.user.ok("switch", "work")
    tray = session.start()
    tray.wait_title("Work")
    return tray


def in_place(user: TrayUser) -> None:
    user.edit(GATEWAY, EVIL)


def renamed_over(user: TrayUser) -> None:
    new = user.settings.with_name("settings.json.tmp.123")
    new.write_bytes(user.bytes().replace(GATEWAY.encode(), EVIL.encode()))
    os.replace(new, user.settings)


def at_the_links_target(user: TrayUser) -> None:
    target = user.settings.resolve()
    target.write_bytes(target.read_bytes().replace(GATEWAY.encode(), EVIL.encode()))


@pytest.mark.parametrize("change", [in_place, renamed_over, at_the_links_target])
def test_a_changed_address_is_told_and_put_back_by_the_notices_button(
    session: Desk, change: Callable[[TrayUser], None]
) -> None:
    user = session.user
    if change is at_the_links_target:
        target = user.home / "dotfiles" / "settings.json"
        target.parent.mkdir()
        os.replace(user.settings, target)
        user.settings.symlink_to(target)
    user.ok("switch", "work")
    before = user.bytes()
    tray = session.start()
    tray.wait_title("Work")
    change(user)
    told = session.dunst.wait_for(ALARM)
    assert told.urgency == "CRITICAL"
    assert told.body.startswith("api.portkey.ai was changed to evil.example, not by pkcc-tray.")
    tray.wait_title("Work, changed by something else")
    assert tray.attention()
    assert tray.labels()[:2] == ["Your key would go to evil.example", "Restore api.portkey.ai"]
    session.dunst.press("Restore")
    tray.wait_title("Work")
    assert user.bytes() == before
    assert user.settings.is_symlink() == (change is at_the_links_target)
    eventually(lambda: not session.dunst.displayed(), "the notice went with its reason")


def test_an_alarm_outlasts_a_notification_service_that_is_busy(session: Desk, tray: Tray) -> None:
    assert session.service is not None
    session.service.send_signal(signal.SIGSTOP)
    in_place(session.user)
    tray.wait_title("Work, changed by something else")
    eventually(lambda: "a notification was not possible" in session.user.log(), "it was tried")
    session.service.send_signal(signal.SIGCONT)
    session.dunst.wait_for(ALARM)


def test_adopt_takes_the_change_into_the_profile(session: Desk, tray: Tray) -> None:
    user = session.user
    user.edit("@anthropic-prod", "@anthropic-next")
    edited = user.bytes()
    session.dunst.wait_for("Claude Code settings changed")
    session.dunst.press("Keep it")
    tray.wait_title("Work")
    assert user.bytes() == edited
    assert json.loads(user.ok("show", "work", "--json"))["data"]["profile"]["route"] == {
        "kind": "provider",
        "provider": "@anthropic-next",
    }
    tray.line("Work (@anthropic-next)")


def test_later_is_meant_for_that_change_only(session: Desk, tray: Tray) -> None:
    user = session.user
    user.edit("@anthropic-prod", "@anthropic-next")
    edited = user.bytes()
    session.dunst.wait_for("@anthropic-next")
    session.dunst.press("Later")
    tray.wait_title("Work")
    assert user.bytes() == edited
    user.edit(GATEWAY, EVIL)
    session.dunst.wait_for(ALARM)
    tray.wait_title("Work, changed by something else")


def test_a_secret_in_a_changed_value_is_masked_everywhere(session: Desk, tray: Tray) -> None:
    session.user.edit('"ANTHROPIC_AUTH_TOKEN": ""', '"ANTHROPIC_AUTH_TOKEN": "sk-CANARY-of-another"')
    told = session.dunst.wait_for("Claude Code settings changed")
    tray.wait_title("Work, changed by something else")
    seen = "\n".join([*told, *tray.labels(), *map(str, tray.panel.properties().values())])
    assert "Key was" in seen or "Key:" in seen
    assert "CANARY" not in seen


def no_notice_but_the_summary(session: Desk) -> None:
    """Whatever comes after all that happened so far is the summary that is asked for now."""
    before = len(session.dunst.heard())
    session.user.ok()
    eventually(lambda: len(session.dunst.heard()) > before, "the summary is shown")
    titles = [notice.title for notice in session.dunst.heard()]
    assert set(titles) == {"pkcc-tray runs already"}, titles


def test_a_switch_at_the_command_line_is_followed_without_alarm(session: Desk, tray: Tray) -> None:
    session.user.ok("switch", "home")
    tray.wait_title("home")
    session.user.ok("off")
    tray.wait_title("off")
    no_notice_but_the_summary(session)


def test_settings_of_another_profile_written_by_hand_are_followed_without_alarm(
    session: Desk, tray: Tray
) -> None:
    user = session.user
    at_work = user.bytes()
    user.ok("switch", "home")
    at_home = user.bytes()
    tray.wait_title("home")
    user.settings.write_bytes(at_work)
    tray.wait_title("Work")
    user.settings.write_bytes(at_home)
    tray.wait_title("home")
    no_notice_but_the_summary(session)
    user.ok("off")
    assert user.bytes() == SETTINGS


def test_the_wish_to_restore_is_carried_out_and_told(session: Desk, tray: Tray) -> None:
    user = session.user
    user.ok("preference", "on_drift", "restore")
    before = user.bytes()
    in_place(user)
    session.dunst.wait_for("Settings put back")
    assert user.bytes() == before
    assert not tray.attention()


def test_the_wish_to_ignore_silences_all_but_what_steals_a_key(session: Desk, tray: Tray) -> None:
    user = session.user
    user.ok("preference", "on_drift", "ignore")
    user.edit("@anthropic-prod", "@anthropic-next")
    tray.wait_title("Work, changed by something else")
    no_notice_but_the_summary(session)
    in_place(user)
    session.dunst.wait_for(ALARM)


def test_a_file_that_cannot_be_read_is_told_and_left_alone(session: Desk, tray: Tray) -> None:
    user = session.user
    before = user.bytes()
    user.settings.write_bytes(before + b"}")
    broken = session.dunst.wait_for("settings.json is broken")
    assert broken.body.startswith("Line 7: ")
    eventually(lambda: tray.labels()[0] == "settings.json is broken (line 7)", "the menu says what is wrong")
    home = next(line for line in tray.lines() if line.label.startswith("home"))
    assert home.properties["enabled"] is False, "nothing is written into what cannot be read"
    assert tray.attention()
    user.settings.write_bytes(before)
    tray.wait_title("Work")
    assert not tray.attention()


def test_a_deleted_file_is_told_and_made_again(session: Desk, tray: Tray) -> None:
    user = session.user
    user.settings.unlink()
    session.dunst.wait_for("Claude Code settings are gone")
    tray.wait_title("Work, changed by something else")
    session.dunst.press("Restore")
    tray.wait_title("Work")
    assert user.data()["env"]["ANTHROPIC_BASE_URL"] == GATEWAY
    assert user.data()["apiKeyHelper"].endswith(" key print work")


def test_the_whole_directory_deleted_and_made_again_is_survived(session: Desk, tray: Tray) -> None:
    user = session.user
    before = user.bytes()
    gone = user.settings.parent.rename(user.home / "elsewhere")
    tray.wait_title("Work, changed by something else")
    gone.rename(user.settings.parent)
    tray.wait_title("Work")
    assert user.bytes() == before
    in_place(user)
    session.dunst.wait_for(ALARM)


@pytest.mark.parametrize("pause_s", [0.08, 0.2])
def test_an_unfinished_write_is_not_reported(session: Desk, tray: Tray, pause_s: float) -> None:
    user = session.user
    at_work = user.bytes()
    user.ok("switch", "home")
    at_home = user.bytes()
    tray.wait_title("home")
    for content, title in ((at_work, "Work"), (at_home, "home")):
        with user.settings.open("r+b", buffering=0) as file:
            file.truncate(0)
            file.write(content[:60])
            time.sleep(pause_s)  # a slow writer: nothing tells when the tray looks
            file.write(content[60:])
        tray.wait_title(title)
    no_notice_but_the_summary(session)


def test_foreign_edits_are_ignored(session: Desk, tray: Tray) -> None:
    user = session.user
    user.edit('"EDITOR": "vim"', f'"EDITOR": "nano", "MINE": "{KEY}"')
    user.edit('"model": "opus"', '"model": "sonnet"')
    user.ok("switch", "home")  # a look after both
    tray.wait_title("home")
    no_notice_but_the_summary(session)
