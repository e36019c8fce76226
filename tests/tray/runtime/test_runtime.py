"""The running tray's worker: what a click, a change from outside, or a fault leads to."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from support.desktop.recorded_tray import LIMIT_S, Icon, Tray, clickable, running_tray
from support.home.user_home import KEY, UserHome

from profiles.base.errors import NotUnlockedError, PkccError, SecretUnavailableError
from profiles.switching.edit.blanks import UNSEEN_S
from profiles.switching.outcome import Outcome
from profiles.switching.switcher import Switcher
from tray.actions.more.glance.projects import project_page
from tray.desktop.late_changes import late_changes
from tray.ipc.server import DeclinedError
from tray.manager.access.links import is_local_page
from tray.runtime.key_cache import KeyCache
from tray.runtime.requests import Answering
from tray.runtime.watch.drift.restoring import MOST_RESTORES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of Linux and macOS")

GATEWAY, THIEF = "https://api.portkey.ai", "https://thief.example"
ALARM = "Your key would go elsewhere"


@pytest.fixture
def tray(home: UserHome) -> Iterator[Tray]:
    home.add("work", "--provider", "@work")
    home.add("play", "--provider", "@play")
    with running_tray(home) as its:
        yield its


@pytest.fixture
def active(tray: Tray) -> Tray:
    """`work` is active."""
    tray.click("profile:work")
    assert tray.face.condition == "active"
    tray.new_told()
    return tray


# Clicks ----------------------------------------------------------------------------------------------


def test_a_click_switches_and_is_ticked_and_the_next_ones_undo_it_and_switch_off(tray: Tray) -> None:
    assert (tray.face.condition, tray.entries["off"].checked) == ("off", True)
    tray.click("profile:work")
    assert tray.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert tray.entries["profile:work"].checked
    assert tray.face.title == "Claude Code: work"
    tray.click("profile:play")
    assert [key for key, entry in tray.entries.items() if entry.checked] == ["profile:play"]
    assert tray.entries["undo"].label == "Undo: back to work"
    tray.click("undo")
    assert tray.entries["profile:work"].checked
    assert tray.told == []
    tray.click("off")
    assert tray.home.env() == {"EDITOR": "vim"}
    assert [(notice.title, notice.actions) for notice in tray.told] == [("Switched off", (("undo", "Undo"),))]


def test_every_line_that_can_be_clicked_does_something_in_every_state(tray: Tray) -> None:
    """A dead menu entry, or one that ends in a fault, is what a user meets first."""
    states: list[Callable[[], object]] = [
        lambda: None,
        lambda: tray.runtime.choose("profile:work"),
        lambda: tray.home.edit_settings(GATEWAY, "https://mine.example"),
        lambda: tray.home.edit_settings(GATEWAY, THIEF),
        tray.home.settings.unlink,
        lambda: tray.home.settings.write_text("{"),
    ]
    for make in states:
        tray.home.settings.write_bytes(b"{}")
        tray.settle()
        tray.runtime.choose("off")
        tray.runtime.choose("profile:work")
        make()
        tray.settle()
        for key in [key for key, entry in tray.entries.items() if clickable(entry)]:
            if key in tray.entries and clickable(tray.entries[key]):  # else an earlier click answered it
                tray.click(key)
            assert "inside pkcc-tray" not in tray.face.title, key
    assert tray.ended.is_set()
    assert not any("inside pkcc-tray" in notice.title for notice in tray.told)
    assert {*tray.opened} >= {"https://app.portkey.ai/logs", str(tray.home.settings), str(tray.home.profiles)}


def test_what_is_to_be_opened_and_is_not_there_yet_is_said(tray: Tray) -> None:
    tray.home.settings.unlink()
    tray.click("open:settings")
    assert tray.opened == []
    assert tray.told[-1].title == "Not opened"
    assert tray.told[-1].body.startswith("…/settings.json is not there yet.")


def test_what_leads_to_the_manager_leads_to_its_page(active: Tray) -> None:
    """The menu's and the notices' entries are the only way there for anyone who opens no terminal."""
    for key in (
        "manage:/",
        "manage:/add",
        "edit",
        "manage:/doctor",
        "manage:/preferences",
        "check",
    ):
        active.click(key)
    for key in ("diff", "message:0", "find", "take-over", "project:/home/me/web", "budget", "first:/doctor"):
        active.runtime.choose(key)
    assert active.managed == [
        *("/", "/add", "/edit/work", "/doctor", "/preferences", "/check/work"),
        *("/", "/", "/", "/import", project_page("/home/me/web"), "/usage", "/doctor"),
    ]
    active.runtime.activate()
    assert active.managed[-1] == "/"
    active.click("off")
    active.runtime.choose("check")  # of a notice that stood there from before
    assert active.managed[-1] == "/"
    assert all(is_local_page(page) for page in active.managed)


def test_a_click_that_fails_tells_why_and_nothing_is_changed(tray: Tray) -> None:
    before = tray.home.settings.read_bytes()
    (tray.home.profiles / "play.json").write_text("{")  # since the menu was last looked at
    tray.click("profile:play")
    assert tray.face.condition == "error"
    assert tray.told[-1].title == "Not switched"
    assert tray.told[-1].body.startswith("…/play.json line 1, column 2: ")
    assert tray.face.title.startswith("Claude Code: …/play.json line 1, column 2: ")
    assert tray.entries["message:0"].label.startswith("…/play.json line 1, column 2: ")
    assert tray.home.settings.read_bytes() == before


def test_a_profile_removed_since_the_menu_was_read_is_said_to_be_gone(tray: Tray) -> None:
    (tray.home.profiles / "play.json").unlink()
    tray.click("profile:play")
    assert "There is no profile 'play'" in tray.face.title
    tray.settle()
    assert "profile:play" not in tray.entries


def test_the_error_of_a_click_is_gone_with_the_next_click(tray: Tray) -> None:
    (tray.home.profiles / "play.json").unlink()
    tray.click("profile:play")
    tray.runtime.choose("profile:work")
    assert (tray.face.condition, "message:0" in tray.entries) == ("active", False)
    assert tray.notifier.withdrawn[-1] == "drift"
    assert "problem" in tray.notifier.withdrawn


@pytest.mark.parametrize("key", ["diff", "open:logs"])
def test_nor_does_it_stay_after_a_click_that_changes_nothing(tray: Tray, key: str) -> None:
    tray.runtime.choose("profile:gone")
    assert tray.face.condition == "error"
    tray.runtime.choose(key)
    tray.runtime.choose("")
    assert (tray.face.condition, "message:0" in tray.entries) == ("off", False)


def test_the_pages_that_open_are_those_of_the_active_profiles_edition(tray: Tray) -> None:
    """Who uses Prisma AIRS has no login at Portkey's own console."""
    assert "open:model-catalog" in tray.entries
    tray.home.add("airs", "--provider", "@a", "--gateway", "airs")
    tray.settle()
    tray.click("profile:airs")
    assert "open:console" in tray.entries
    assert "open:model-catalog" not in tray.entries


def test_the_error_of_a_click_is_gone_when_things_change_from_outside(tray: Tray) -> None:
    tray.runtime.choose("profile:gone")
    tray.settle()
    assert tray.face.condition == "error"  # a look alone changes nothing
    tray.home.ok("switch", "work")
    tray.settle()
    assert tray.face.condition == "active"


def test_the_error_of_a_broken_profile_is_gone_when_it_is_mended(active: Tray) -> None:
    path = active.home.profiles / "play.json"
    whole = path.read_bytes()
    path.write_text("{")
    active.runtime.choose("profile:play")
    assert active.face.condition == "error"
    active.settle()
    path.write_bytes(whole)
    active.settle()
    assert active.face.condition == "active"
    assert active.entries["profile:play"].enabled


def test_a_click_on_the_active_profile_writes_what_was_changed_in_it_since(active: Tray) -> None:
    path = active.home.profiles / "work.json"
    path.write_text(path.read_text().replace("@work", "@work-two"))
    active.settle()
    active.click("profile:work")
    assert "@work-two" in active.home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_a_click_on_the_active_profile_puts_back_what_had_been_ignored(active: Tray) -> None:
    """There is no Restore in the menu any more then."""
    active.edit("@work", "@other")
    active.click("ignore")
    active.click("profile:work")
    assert "@work" in active.home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_a_hundred_rapid_clicks_end_at_the_last_one(tray: Tray) -> None:
    for number in range(100):
        tray.runtime.ask(f"profile:{('work', 'play')[number % 2]}")
    tray.runtime.choose("")
    assert tray.face.title == "Claude Code: play"
    assert tray.home.ok("status", "--short").out == "play\n"
    assert tray.told == []


def test_a_click_returns_when_its_outcome_is_shown(tray: Tray) -> None:
    """The panel reads the tick right after: else it would show the old one."""
    tray.runtime.choose("profile:work")
    assert tray.entries["profile:work"].checked
    for _ in range(20):
        tray.runtime.choose("profile:gone")
        assert tray.face.condition == "error"
        tray.runtime.choose("profile:work")
        assert tray.face.condition == "active"


def test_a_click_while_the_tray_ends_does_not_hang(tray: Tray) -> None:
    with tray.blocked() as release:
        tray.runtime.stop(0.0)
        clicker = threading.Thread(target=tray.runtime.choose, args=("profile:work",))
        clicker.start()
        release()
        clicker.join(LIMIT_S)
        assert not clicker.is_alive()
    assert tray.home.env() == {"EDITOR": "vim"}


def test_a_slow_change_is_shown_as_busy_and_a_quick_one_never(active: Tray) -> None:
    with mock.patch("tray.runtime.shown.BUSY_AFTER_S", LIMIT_S):
        active.click("off")
    assert not any(entries[0].label.endswith("…") for _, entries in active.icon.shown)
    inside, leave = threading.Event(), threading.Event()
    undo = active.app.switcher.undo

    def slow(key: str) -> object:
        inside.set()
        leave.wait(LIMIT_S)
        return undo(key)

    with mock.patch.object(active.app.switcher, "undo", slow):
        active.icon.shown.clear()
        active.runtime.ask("undo")
        with active.icon.changed:
            assert active.icon.changed.wait_for(lambda: bool(active.icon.shown), LIMIT_S)
        busy = active.entries
        leave.set()
        active.runtime.choose("")
    assert busy["first:/"].label == "Undoing…"
    clickable = [key for key, entry in busy.items() if entry.enabled and entry.kind in ("radio", "check")]
    assert clickable == []
    assert not busy["undo"].enabled
    assert "first:/" not in active.entries
    assert active.entries["undo"].enabled


def test_a_slow_change_that_fails_leaves_nothing_greyed(active: Tray) -> None:
    leave = threading.Event()

    def slow(*, dry_run: bool) -> object:
        leave.wait(LIMIT_S)
        raise PkccError("The keyring does not answer", "Start it.")

    with mock.patch.object(active.app.switcher, "off", slow):
        active.icon.shown.clear()
        active.runtime.ask("off")
        with active.icon.changed:
            assert active.icon.changed.wait_for(lambda: bool(active.icon.shown), LIMIT_S)
        leave.set()
        active.runtime.choose("")
    assert active.entries["off"].enabled
    assert active.entries["message:0"].label == "The keyring does not answer"


def test_a_keyring_that_asks_is_shown_as_busy_whatever_happens_meanwhile(active: Tray) -> None:
    """A menu that can be clicked again while a question waits takes a second click, and a third."""
    looks, leave = threading.Event(), threading.Event()

    def is_busy() -> bool:
        return "first:/" in active.entries and active.entries["first:/"].label == "Switching to play…"

    def wall() -> float:  # of a line that is being made while that comes
        looks.set()
        with active.icon.changed:
            active.icon.changed.wait_for(is_busy, LIMIT_S)
        return time.time()

    with mock.patch("tray.actions.switching.switch.ask_first", side_effect=lambda *_: leave.wait(LIMIT_S)):
        active.wall = wall
        active.runtime.hear("beat")
        assert looks.wait(LIMIT_S)
        clicker = threading.Thread(target=active.runtime.choose, args=("profile:play",))
        clicker.start()
        active.runtime.choose("")
        assert is_busy(), "a budget is shown"
        active.settle()
        assert is_busy(), "the settings are read again"
        leave.set()
        clicker.join(LIMIT_S)
    assert active.entries["profile:play"].checked
    assert active.entries["undo"].enabled


# Changes from outside --------------------------------------------------------------------------------


def test_an_outside_change_is_told_once_with_its_answers(active: Tray) -> None:
    active.edit("@work", "@other")
    (notice,) = active.new_told()
    assert [action for action, _ in notice.actions] == ["restore", "adopt", "ignore"]
    assert notice.body == "Provider: @work is now @other. Not by pkcc-tray."
    assert active.face.condition == "drift"
    for _ in range(3):
        active.settle()
    assert active.new_told() == []


class TestGlances:
    """A badge must be right at once, though nobody knows yet whether the writer of the file is done."""

    def test_the_badge_is_there_at_the_first_pause_and_the_notice_when_the_writer_is_done(
        self, active: Tray
    ) -> None:
        active.home.edit_settings(GATEWAY, THIEF)
        active.glance()
        assert (active.face.condition, active.told) == ("drift", [])
        active.home.edit_settings(THIEF, GATEWAY)
        active.glance()
        assert (active.face.condition, active.told) == ("active", [])
        active.edit(GATEWAY, THIEF)
        assert len(active.told) == 1

    def test_what_was_badged_only_can_be_ignored_and_is_never_told(self, active: Tray) -> None:
        active.home.edit_settings("@work", "@other")
        active.glance()
        active.click("ignore")
        assert (active.face.condition, active.told) == ("active", [])

    def test_nothing_is_put_back_before_the_writer_is_done(self, active: Tray) -> None:
        active.on_drift = "restore"
        active.home.edit_settings(GATEWAY, THIEF)
        active.glance()
        assert active.home.env()["ANTHROPIC_BASE_URL"] == THIEF
        active.settle()
        assert active.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY

    @pytest.mark.parametrize("begin", ["", "{}", '{"model": "opus"}', '{"env": {"ANTHROPIC_BASE_URL": "htt'])
    def test_the_middle_of_a_write_is_no_change(self, active: Tray, begin: str) -> None:
        """A truncated file, its first half, and what some tools write before they write the whole."""
        whole = active.home.settings.read_text()
        shown = len(active.icon.shown)
        active.home.settings.write_text(begin)
        active.glance()
        active.home.settings.unlink()
        active.glance()
        active.home.settings.write_text(whole)
        active.settle()
        assert (len(active.icon.shown), active.told) == (shown, [])

    def test_another_profile_written_by_hand_is_the_active_one_and_never_a_badge(self, active: Tray) -> None:
        at_work = active.home.settings.read_text()
        active.click("profile:play")
        shown = len(active.icon.shown)
        active.home.settings.write_text(at_work)
        active.glance()
        assert active.face.title == "Claude Code: work"
        assert [face.condition for face, _ in active.icon.shown[shown:]] == ["active"]

    @pytest.mark.parametrize("look", [Tray.glance, Tray.settle])
    def test_what_was_put_right_while_its_profile_was_looked_for_is_no_change(
        self, active: Tray, look: Callable[[Tray], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A switch that ended meanwhile: what was read before it is old."""
        monkeypatch.setattr(Switcher, "recognise", lambda _: active.home.edit_settings(THIEF, GATEWAY))
        active.home.edit_settings(GATEWAY, THIEF)
        shown = len(active.icon.shown)
        look(active)
        assert (len(active.icon.shown), active.told) == (shown, [])

    def test_the_notice_of_what_was_wrong_is_taken_away_when_it_is_right_again(self, active: Tray) -> None:
        whole = active.home.settings.read_text()
        active.home.settings.write_text("{")
        active.settle()
        active.notifier.withdrawn.clear()
        active.home.settings.write_text(whole)
        active.glance()
        active.settle()
        assert (active.face.condition, active.notifier.withdrawn.count("problem")) == ("active", 1)


def test_what_is_not_ours_is_nobody_s_business(active: Tray) -> None:
    active.edit("vim", "emacs")
    active.edit("sonnet", "opus")
    assert (active.told, active.face.condition) == ([], "active")


def test_a_click_on_restore_says_what_the_command_says(active: Tray) -> None:
    """Else a user whose file is mounted by itself never hears that it was not replaced atomically."""
    real = active.app.switcher.restore
    in_place = mock.Mock(side_effect=lambda **wish: real(**wish)._replace(atomic=False))
    active.edit(GATEWAY, THIEF)
    with mock.patch.object(active.app.switcher, "restore", in_place):
        active.click("restore")
    assert "written in place" in active.new_told()[-1].body


def test_restore_puts_it_back_and_takes_the_notice_away(active: Tray) -> None:
    active.edit(GATEWAY, THIEF)
    active.new_told()
    active.click("restore")
    assert [notice.body for notice in active.new_told()] == ["work: 1 value that something else had changed."]
    assert active.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert active.face.condition == "active"
    assert active.notifier.withdrawn[-1] == "drift"


def test_adopt_takes_it_into_the_profile_and_undo_names_it(active: Tray) -> None:
    active.edit("@work", "@other")
    active.click("adopt")
    assert active.home.stored()["route"]["provider"] == "@other"
    assert active.face.condition == "active"
    assert active.entries["undo"].label == "Undo: keeping the change in work"
    active.click("undo")
    assert active.home.stored()["route"]["provider"] == "@work"
    assert active.face.condition == "drift"


def test_an_address_is_never_one_click_from_being_adopted(active: Tray) -> None:
    """A program that writes its own address waits for the click that makes it the profile's."""
    active.edit(GATEWAY, THIEF)
    (notice,) = active.new_told()
    assert [action for action, _ in notice.actions] == ["restore", "diff"]
    assert not {"adopt", "ignore"} & {*active.entries}
    for stale in ("adopt", "ignore"):  # of a notification that stood there from before
        active.runtime.choose(stale)
        assert "gateway" not in active.home.stored()
        assert active.face.condition == "drift"
    assert "first:/" in active.entries
    assert any(notice.title == "Not kept" for notice in active.new_told())


def test_undo_brings_back_what_a_command_removed(active: Tray) -> None:
    active.home.ok("remove", "play")
    active.settle()
    assert active.entries["undo"].label == "Undo: removing play"
    active.click("undo")
    assert (active.home.profiles / "play.json").exists()
    steps = active.home.ok("history", "--json").json()["data"]["steps"]
    assert steps[0]["what"] == "switch to work (from off)"


def test_the_same_change_ignored_stays_ignored_and_another_does_not(active: Tray) -> None:
    active.edit("@work", "@other")
    active.click("ignore")
    active.new_told()
    active.settle()
    assert (active.face.condition, active.told) == ("active", [])
    active.edit("@other", "@third")
    assert active.face.condition == "drift"
    assert len(active.new_told()) == 1


def test_an_ignored_change_that_was_put_back_and_made_again_is_news(active: Tray) -> None:
    active.edit("@work", "@other")
    active.click("ignore")
    active.edit("@other", "@work")
    active.new_told()
    active.edit("@work", "@other")
    assert active.face.condition == "drift"
    assert len(active.new_told()) == 1


def test_ignoring_outlasts_a_moment_in_which_the_file_cannot_be_read(active: Tray) -> None:
    active.edit("@work", "@other")
    active.click("ignore")
    text = active.home.settings.read_text()
    active.home.settings.write_text(text[:-3])
    active.settle()
    active.new_told()
    active.home.settings.write_text(text)
    active.settle()
    assert (active.face.condition, active.new_told()) == ("active", [])


def test_what_came_after_the_alarm_was_shown_is_not_ignored_with_it(active: Tray) -> None:
    """Else a thief only has to wait for a harmless change and write behind it."""
    active.edit("@work", "@other")
    active.new_told()
    active.home.edit_settings(GATEWAY, THIEF)
    active.click("ignore")
    active.settle()
    assert active.face.condition == "drift"
    assert any(notice.title == ALARM for notice in active.new_told())


def test_another_secret_value_is_another_change_though_both_look_alike(home: UserHome) -> None:
    home.add("paid", "--provider", "@paid", "--key-delivery", "settings")
    home.ok("switch", "paid")
    with mock.patch.dict(os.environ, home.environ, clear=True):
        tray = Tray(home)
        tray.runtime.start()
        tray.settle()
        tray.edit(KEY, "pk-FIRST-4711-other-key-of-some-length")
        tray.click("ignore")
        assert tray.face.condition == "active"
        before = tray.new_told()
        tray.edit("pk-FIRST-4711-other-key-of-some-length", "pk-SECOND-4711-other-key-of-some-length")
        assert tray.face.condition == "drift"
        after = tray.new_told()
        tray.runtime.stop(LIMIT_S)
    assert before[0].body == after[0].body
    assert not any("4711" in str(each) for each in (*before, *after, *tray.icon.shown))


@pytest.mark.parametrize("wish", ["notify", "ignore"])
def test_where_the_key_goes_is_told_whatever_the_user_wished(active: Tray, wish: str) -> None:
    active.on_drift = wish
    active.edit(GATEWAY, THIEF)
    (notice,) = active.new_told()
    assert notice.urgent
    assert notice.title == ALARM
    assert "thief.example" in notice.body


def test_who_wished_to_ignore_is_not_told_of_harmless_changes_but_sees_them(active: Tray) -> None:
    active.on_drift = "ignore"
    active.edit("@work", "@other")
    assert (active.told, active.face.condition) == ([], "drift")


def test_who_wished_to_restore_has_it_put_back_and_is_told(active: Tray) -> None:
    active.on_drift = "restore"
    active.edit(GATEWAY, THIEF)
    assert active.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    (notice,) = active.new_told()
    assert (notice.title, notice.body) == (
        "Settings put back",
        "work: 1 value that something else had changed.",
    )
    assert notice.actions == (("manage:/history", "See changes"),)
    assert active.face.condition == "active"


def test_a_file_that_is_removed_again_and_again_is_put_back_three_times_a_minute(active: Tray) -> None:
    active.on_drift = "restore"
    for _ in range(MOST_RESTORES):
        active.home.settings.unlink()
        active.settle()
        assert active.face.condition == "active"
    active.new_told()
    active.home.settings.unlink()
    active.settle()
    assert active.face.condition == "drift"
    (notice,) = active.new_told()
    assert notice.title == "Claude Code settings are gone"
    active.click("restore")
    active.now += 61
    active.home.settings.unlink()
    active.settle()
    assert active.face.condition == "active"


def test_what_came_when_the_minute_s_restores_were_used_up_is_put_back_after_it(active: Tray) -> None:
    """A program that writes four times would have its last change stay in force, key and all."""
    active.on_drift = "restore"
    for _ in range(MOST_RESTORES):
        active.edit(GATEWAY, THIEF)
        active.now += 5
    active.new_told()
    active.edit(GATEWAY, THIEF)
    active.settle()
    assert active.new_told()[0].title == ALARM
    ((delay_s, again),) = active.later
    assert delay_s == 60 - 5 * MOST_RESTORES
    active.now += delay_s
    again()
    active.runtime.choose("")
    assert active.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert active.new_told()[-1].title == "Settings put back"
    assert active.face.condition == "active"


@pytest.mark.parametrize("answer", ["ignore", "notify"])
def test_who_answered_meanwhile_is_not_overruled_after_the_minute(active: Tray, answer: str) -> None:
    active.on_drift = "restore"
    for _ in range(MOST_RESTORES + 1):
        active.edit("@work", "@other")
    ((delay_s, again),) = active.later
    if answer == "ignore":
        active.click("ignore")
    else:
        active.on_drift = "notify"
    active.new_told()
    active.now += delay_s
    again()
    active.runtime.choose("")
    assert "@other" in active.home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert active.new_told() == []


def test_a_proxy_that_somebody_put_into_the_settings_is_called_out_and_restored(active: Tray) -> None:
    """It could read the key on the wire, also for a user who wants to hear of nothing."""
    active.on_drift = "ignore"
    active.edit('"EDITOR"', '"HTTPS_PROXY": "http://thief.example:3128", "EDITOR"')
    (notice,) = active.new_told()
    assert notice.title == "Your key could be read by others"
    assert notice.body.startswith(
        "HTTPS_PROXY was added: your requests would go by http://thief.example:3128, and it may read your key"
    )
    assert ([action for action, _ in notice.actions], notice.urgent) == (["restore", "diff"], True)
    active.click("restore")
    assert "HTTPS_PROXY" not in active.home.env()
    assert active.face.condition == "active"


def test_what_only_the_user_can_put_back_is_told_and_not_tried_for_ever(active: Tray) -> None:
    login = "http://ann:s3cret@proxy.corp:3128"
    active.home.edit_settings('"EDITOR"', f'"HTTPS_PROXY": "{login}", "EDITOR"')
    active.settle()
    active.runtime.choose("profile:work")
    active.on_drift = "restore"
    active.new_told()
    active.edit(login, "http://thief.example:3128")
    assert "HTTPS_PROXY" not in active.home.env()
    restored, left = active.new_told()
    assert "put it back by hand" in restored.body
    assert left.title == "Claude Code settings changed"
    active.settle()
    assert (active.new_told(), active.later) == ([], [])


def test_whoever_writes_again_in_the_moment_of_the_restoring_is_answered_again(active: Tray) -> None:
    """Else what the user was told last, that it was put back, would be false for good."""
    active.on_drift = "restore"
    real = active.app.switcher.restore
    seen = []

    def raced(*, dry_run: bool) -> object:
        done = real(dry_run=dry_run)
        seen.append(active.home.env()["ANTHROPIC_BASE_URL"])
        active.home.edit_settings(GATEWAY, THIEF)
        return done

    with mock.patch.object(active.app.switcher, "restore", raced):
        active.edit(GATEWAY, THIEF)
    assert seen == [GATEWAY] * MOST_RESTORES
    assert active.face.condition == "drift"
    assert active.new_told()[-1].title == ALARM


def test_a_restoring_that_is_not_possible_keeps_no_alarm_back(active: Tray) -> None:
    active.on_drift = "restore"
    failing = mock.Mock(side_effect=PkccError("The keyring does not answer", ""))
    with mock.patch.object(active.app.switcher, "restore", failing):
        active.edit(GATEWAY, THIEF)
    titles = [notice.title for notice in active.new_told()]
    assert ALARM in titles
    assert "The keyring does not answer" in titles
    assert active.face.condition == "drift"


def test_a_state_that_cannot_be_written_keeps_no_alarm_back(active: Tray) -> None:
    failing = mock.Mock(side_effect=PkccError("No space left", ""))
    with mock.patch.object(active.app.switcher, "recognise", failing):
        active.edit(GATEWAY, THIEF)
    titles = [notice.title for notice in active.new_told()]
    assert ALARM in titles
    assert active.face.condition == "drift"


def test_a_directory_of_profiles_that_is_none_keeps_no_alarm_back_and_is_told_until_mended(
    active: Tray,
) -> None:
    away = active.home.profiles.with_name("away")
    active.home.profiles.rename(away)
    active.home.profiles.write_text("")  # a file in its place
    active.settle()
    assert active.face.condition == "error"
    assert active.new_told()[-1].body.startswith("…/profiles cannot be read")
    active.edit(GATEWAY, THIEF)
    assert any(notice.title == ALARM for notice in active.new_told())
    active.edit(THIEF, GATEWAY)
    active.home.profiles.unlink()
    away.rename(active.home.profiles)
    active.settle()
    assert (active.face.condition, active.face.title) == ("active", "Claude Code: work")


def test_blanks_for_sessions_that_are_not_seen_are_taken_out_when_their_time_is_over(active: Tray) -> None:
    """Without a next command they would stay in the settings for as long as the tray runs."""
    active.home.add("far", "--provider", "@far", "--dialect", "vertex", "--model", "claude-sonnet-4-5")
    active.settle()
    active.click("profile:far")
    active.click("profile:work")
    assert active.home.env()["CLAUDE_CODE_USE_VERTEX"] == ""
    state = next((active.home.root / ".local/state/pkcc-tray/targets").glob("*/state.json"))
    plain = json.loads(state.read_bytes())
    plain["current"]["memory"]["blanked_at"] -= UNSEEN_S
    state.write_text(json.dumps(plain))
    (_, look_again) = active.later.pop()
    look_again()
    active.settle()
    assert "CLAUDE_CODE_USE_VERTEX" not in active.home.env()
    assert (active.later, active.face.condition) == ([], "active")


def test_somebody_who_switched_by_hand_is_followed_without_alarm(active: Tray) -> None:
    before = active.home.settings.read_text()
    by_hand = before.replace("@work", "@play").replace("key print work", "key print play")
    active.home.settings.write_text(by_hand)
    active.settle()
    assert (active.face.title, active.told) == ("Claude Code: play", [])
    assert active.home.ok("status", "--short").out == "play\n"


def test_a_switch_by_a_command_is_seen_without_alarm(active: Tray) -> None:
    active.home.ok("switch", "play")
    active.settle()
    assert (active.face.title, active.told) == ("Claude Code: play", [])


def test_a_command_s_switch_is_made_by_the_worker_and_waits_for_a_click_that_is_under_way(
    tray: Tray,
) -> None:
    """Two changes at once would wait for each other's lock, and one of them might fail for it."""
    made_by: list[str] = []
    switched = Switcher.switch

    def recorded(switcher: Switcher, name: str, **wishes: Any) -> Outcome:
        made_by.append(threading.current_thread().name)
        return switched(switcher, name, **wishes)

    keys = KeyCache(tray.app.secrets, lambda: 0)
    answer = Answering(
        tray.app, keys, change=tray.runtime.change, on_show=tray.runtime.announce, on_quit=tray.ended.set
    )
    request = {"do": "switch", "name": "play", "as": tray.app.circumstances()}
    with mock.patch.object(Switcher, "switch", recorded), ThreadPoolExecutor(1) as connection:
        with tray.blocked():
            answered = connection.submit(answer, request)
            with pytest.raises(TimeoutError):
                answered.result(0.05)
            assert made_by == []
        assert answered.result(LIMIT_S)["text"].startswith("play is in use")
    assert made_by == ["worker"]
    tray.settle()
    assert tray.entries["profile:play"].checked
    assert tray.told == []


def test_a_key_is_handed_out_while_the_worker_is_busy(active: Tray) -> None:
    """Claude Code waits for it with a request: it must not wait for a click as well."""
    keys = KeyCache(active.app.secrets, lambda: 0)
    answer = Answering(
        active.app, keys, change=active.runtime.change, on_show=active.runtime.announce, on_quit=list
    )
    with active.blocked():
        assert answer({"do": "key", "name": "work", "by": "hand"})["text"] == f"{KEY}\n"
        status = answer({"do": "status", "as": active.app.circumstances()})
        with pytest.raises(DeclinedError):  # the command does it itself
            answer({"do": "switch", "name": "play", "as": active.app.circumstances()})
    assert '"active": "work"' in status["text"]
    active.settle()
    assert active.entries["profile:work"].checked


def test_that_changes_are_noticed_late_is_said_once_with_what_helps_and_stays_in_the_menu(
    active: Tray,
) -> None:
    """Else a thief's address would stand for 2 s unseen, and nobody would know that an editor is why."""
    keys = KeyCache(active.app.secrets, lambda: 0)
    answer = Answering(
        active.app, keys, change=active.runtime.change, on_show=active.runtime.announce, on_quit=list,
        late=lambda: active.runtime.state.late,
    )  # fmt: skip
    status = {"do": "status", "as": active.app.circumstances()}
    none_left = OSError(errno.ENOSPC, "No watches left")
    active.runtime.note_late(late_changes({"/home/me/.claude": none_left}))
    active.settle()
    (notice,) = active.new_told()
    active.edit("vim", "nano")
    active.runtime.note_late(late_changes({"/home/me/.claude": none_left, "/home/me/src": none_left}))
    active.settle()
    assert active.new_told() == []
    assert notice.title == "Changes are noticed late"
    assert notice.body == "Changes in …/.claude are noticed up to 2 s late: no watches left."
    assert active.entries["first:/doctor"].label.startswith("Changes in …/.claude and 1 place more are")
    assert active.face.condition == "active"
    (note,) = json.loads(answer(status)["text"])["notes"]
    assert "/home/me/.claude and 1 place more are" in note
    assert "`sudo sysctl fs.inotify.max_user_watches=524288`" in note
    active.runtime.note_late(None)
    active.settle()
    assert "first:/doctor" not in active.entries
    assert "late" in active.notifier.withdrawn
    assert json.loads(answer(status)["text"])["notes"] == []


def test_what_nobody_can_help_is_a_line_in_the_menu_alone(active: Tray) -> None:
    """A home on a network drive: a notification at each login would be noise."""
    active.runtime.note_late(late_changes({"/net/me/.claude": OSError(errno.ENOTSUP, "Not supported")}))
    active.settle()
    assert "first:/doctor" in active.entries
    assert active.new_told() == []


def test_a_settings_file_that_is_gone_is_told_and_can_be_written_again(active: Tray) -> None:
    active.home.settings.unlink()
    active.settle()
    (notice,) = active.new_told()
    assert notice.title == "Claude Code settings are gone"
    assert [action for action, _ in notice.actions] == ["restore", "ignore"]
    active.click("restore")
    assert active.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert active.face.condition == "active"


def test_a_file_gone_may_be_ignored_and_its_return_is_no_alarm(active: Tray) -> None:
    whole = active.home.settings.read_bytes()
    active.home.settings.unlink()
    active.settle()
    active.click("ignore")
    assert active.face.condition == "active"
    active.new_told()
    active.home.settings.write_bytes(whole)
    active.settle()
    assert (active.face.condition, active.told) == ("active", [])


def test_an_unparsable_file_is_told_with_its_place_and_its_mending_is_seen(active: Tray) -> None:
    whole = active.home.settings.read_text()
    active.home.settings.write_text(whole.replace(",", "", 1))
    active.settle()
    assert active.face.condition == "error"
    (notice,) = active.new_told()
    assert notice.title == "settings.json is broken"
    assert notice.body.startswith("Line 3: a comma is missing")
    assert active.entries["first:/"].label == "settings.json is broken (line 3)"
    active.settle()
    assert active.new_told() == []
    active.notifier.withdrawn.clear()
    active.home.settings.write_text(whole)
    active.settle()
    assert (active.face.condition, active.new_told()) == ("active", [])
    assert "problem" in active.notifier.withdrawn  # the notice would say what is not so any more


@pytest.mark.parametrize("kind", ["directory", "pipe", "dangling link", "loop"])
def test_something_else_in_the_place_of_the_settings_is_told_and_survived(active: Tray, kind: str) -> None:
    path = active.home.settings
    away = path.with_name("away")
    path.rename(away)
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path.name if kind == "loop" else "nowhere")
    active.settle()
    assert active.face.condition == ("drift" if kind == "dangling link" else "error")
    assert len(active.new_told()) == 1
    (path.rmdir if kind == "directory" else path.unlink)()
    away.rename(path)
    active.settle()
    assert active.face.condition == "active"


def test_a_state_that_was_damaged_and_mended_leaves_no_error_behind(active: Tray) -> None:
    (state,) = (active.home.root / ".local" / "state").rglob("state.json")
    whole = state.read_bytes()
    state.write_bytes(b"{")
    active.settle()
    assert active.face.condition == "error"
    assert active.new_told()[-1].body.startswith("…/state.json is damaged.")
    state.write_bytes(whole)
    active.settle()
    assert active.face.condition == "active"


def test_everything_of_ours_removed_under_it_is_survived(active: Tray) -> None:
    import shutil

    shutil.rmtree(active.home.own)
    shutil.rmtree(active.home.root / ".local")
    shutil.rmtree(active.home.claude)
    active.settle()
    assert active.entries["first:/"].label == "Welcome: no profiles yet"
    active.home.claude.mkdir()
    active.home.settings.write_text("{}")
    active.home.add("new", "--provider", "@new")
    active.settle()
    active.click("profile:new")
    assert active.face.title == "Claude Code: new"


# The first start -------------------------------------------------------------------------------------


class TestFirstStart:
    """A grey "No profiles yet: pkcc-tray add" was a dead end for anyone who opens no terminal."""

    @pytest.fixture
    def first(self, home: UserHome) -> Iterator[Tray]:
        with running_tray(home) as its:
            its.answered()
            yield its

    def test_it_welcomes_once_with_buttons_that_lead_on(self, first: Tray) -> None:
        (notice,) = first.new_told()
        assert (notice.title, notice.body) == ("pkcc-tray is ready", "No profiles yet.")
        assert notice.actions == (("manage:/add", "Add profile"),)
        with running_tray(first.home) as again:
            again.answered()
            assert again.told == []

    def test_start_at_login_is_offered_there_and_its_tick_follows(self, first: Tray) -> None:
        first.click("autostart")
        assert (first.at_login, first.entries["autostart"].checked) == (True, True)
        first.click("autostart")
        assert (first.at_login, first.entries["autostart"].checked) == (False, False)

    def test_settings_made_by_hand_are_recognised(self, home: UserHome) -> None:
        """Claude Code goes through Portkey there: "Off" would be wrong."""
        home.settings.write_text(
            '{"env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", "ANTHROPIC_CUSTOM_HEADERS": '
            '"x-portkey-api-key: pk-CANARY-by-hand-0123456789\\nx-portkey-provider: @anthropic-prod"}}'
        )
        with running_tray(home) as its:
            its.answered()
            (notice,) = its.new_told()
            assert notice.body == "Claude Code goes through Portkey already, set up by hand."
            assert [key for key, _ in notice.actions] == ["manage:/add", "manage:/import"]
            assert its.entries["first:/"].label == "Through Portkey, set up by hand: @anthropic-prod"
            assert its.face.title == "Claude Code: through Portkey, set up by hand"
            assert "CANARY" not in f"{notice} {its.icon.shown}"
            its.click("take-over")
            assert its.managed == ["/import"]

    def test_without_a_keyring_that_is_said_and_the_vault_is_offered(self, home: UserHome) -> None:
        """Else the first key that is entered fails, and nobody knows why."""
        del home.environ["PKCC_SECRETS"]
        with (
            mock.patch(
                "profiles.secrets.backends.Backends.check_keyring", side_effect=SecretUnavailableError("none")
            ),
            running_tray(home) as its,
        ):
            its.answered()
            (notice,) = its.new_told()
        assert "No system keyring here" in notice.body
        assert [key for key, _ in notice.actions] == ["manage:/add", "manage:/keys/vault"]

    def test_a_locked_keyring_is_one(self, home: UserHome) -> None:
        del home.environ["PKCC_SECRETS"]
        with (
            mock.patch(
                "profiles.secrets.backends.Backends.check_keyring", side_effect=NotUnlockedError("locked")
            ),
            running_tray(home) as its,
        ):
            its.answered()
            assert its.new_told()[0].body == "No profiles yet."


def test_a_profile_whose_key_is_missing_is_entered_where_it_is_chosen(tray: Tray) -> None:
    tray.home.ok("add", "acme", "--label", "Acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    tray.settle()
    assert tray.entries["manage:/keys/acme/enter"].label == "Acme: enter key…"
    tray.click("manage:/keys/acme/enter")
    assert tray.managed == ["/keys/acme/enter"]
    tray.home.ok("key", "set", "acme", "--stdin", stdin=f"{KEY}\n")
    tray.settle()
    assert "profile:acme" in tray.entries


# Faults, looks, the end ------------------------------------------------------------------------------


def test_a_fault_of_ours_is_logged_without_its_text_and_the_worker_goes_on(
    tray: Tray, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("pkcc-tray"), "propagate", True)

    def faulty(_target: str) -> None:
        raise RuntimeError(f"everything, {KEY} too")

    with mock.patch.object(tray, "open", faulty):
        tray.click("open:logs")
    assert KEY not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "test_runtime.py" in caplog.text
    assert tray.told[-1].title == "Something went wrong"
    assert "Something went wrong inside pkcc-tray. Its log says where" in tray.told[-1].body.replace(
        "\n", " "
    )
    tray.click("profile:work")
    assert tray.face.condition == "active"


def test_after_an_upgrade_under_it_a_fault_is_told_with_its_remedy(tray: Tray) -> None:
    """Modules that are loaded only then are of another version, or gone."""
    with (
        mock.patch("tray.runtime.runtime.program_was_replaced", return_value=True),
        mock.patch.object(tray.app.switcher, "off", side_effect=ImportError("no module")),
    ):
        tray.runtime.choose("off")
    assert (tray.told[-1].title, tray.told[-1].body) == (
        "pkcc-tray was upgraded",
        "What runs is the old one: quit it, then start it again.",
    )


def test_a_panel_s_fault_ends_neither_the_watching_nor_the_clicks(
    active: Tray, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("pkcc-tray"), "propagate", True)
    with mock.patch.object(active.icon, "update", mock.Mock(side_effect=RuntimeError(KEY))):
        active.runtime.choose("profile:play")
        active.edit(GATEWAY, THIEF)
    assert active.told[-1].title == ALARM
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text
    active.runtime.choose("restore")
    assert active.face.title == "Claude Code: play"


def test_many_changes_while_it_works_are_one_look(tray: Tray) -> None:
    read = mock.Mock(side_effect=tray.app.switcher.read)
    with mock.patch.object(tray.app.switcher, "read", read):
        with tray.blocked() as release:
            for _ in range(50):
                tray.runtime.look()
            release()
            tray.runtime.choose("")
        assert read.call_count == 1
        tray.settle()
        assert read.call_count == 2


def test_a_change_during_a_look_has_another_look(tray: Tray) -> None:
    asked = []
    real = tray.app.switcher.read

    def read() -> object:
        if not asked:
            asked.append(1)
            tray.runtime.look()
        asked.append(1)
        return real()

    with mock.patch.object(tray.app.switcher, "read", read):
        tray.settle()
        tray.runtime.choose("")
    assert len(asked) == 3  # the mark, and two looks


def test_nothing_new_tells_the_panel_nothing(active: Tray) -> None:
    """An update closes an open menu on some desktops."""
    active.icon.shown.clear()
    active.edit("vim", "emacs")
    active.settle()
    assert active.icon.shown == []


def test_another_icon_shows_everything_at_once(active: Tray) -> None:
    other = Icon()
    active.runtime.show_on(other)
    assert other.shown == active.icon.shown[-1:]


def test_how_things_stand_is_told_when_asked_for(active: Tray) -> None:
    active.runtime.announce()
    active.runtime.choose("")
    assert (active.told[-1].title, active.told[-1].body) == ("pkcc-tray runs already", "work is in use.")
    active.edit(GATEWAY, THIEF)
    active.new_told()
    active.runtime.announce()
    active.runtime.choose("")
    assert [action for action, _ in active.told[-1].actions] == ["restore", "manage:/"]


def test_an_end_while_it_works_waits_for_it_but_not_for_ever(tray: Tray) -> None:
    with tray.blocked() as release:
        began = time.monotonic()
        tray.runtime.stop(0.2)
        assert 0.2 <= time.monotonic() - began < LIMIT_S / 2
        release()
        tray.runtime.stop(LIMIT_S)
    with pytest.raises(TimeoutError):
        tray.runtime.change(list)


def test_what_was_clicked_before_the_end_is_done_before_it(tray: Tray) -> None:
    with tray.blocked() as release:
        tray.runtime.ask("profile:work")
        release()
    tray.runtime.stop(LIMIT_S)
    assert tray.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY


def test_quit_from_the_menu_ends_it(tray: Tray) -> None:
    tray.click("quit")
    assert tray.ended.is_set()


def test_thirty_profiles_are_found_in_submenus_and_can_be_clicked(tray: Tray) -> None:
    template = (tray.home.profiles / "work.json").read_text()
    for number in range(30):
        path = Path(tray.home.profiles / f"extra-{number}.json")
        path.write_text(template.replace('"work"', f'"extra-{number}"'))
    tray.settle()
    tray.click("profile:extra-29")
    assert tray.face.title == "Claude Code: extra-29"


# A new version ------------------------------------------------------------------------------------------


def test_a_new_version_is_in_the_menu_and_told_once_and_a_click_only_opens_its_page(active: Tray) -> None:
    for _ in range(2):
        active.runtime.offer_update("9.0.0")
        active.settle()
    assert [notice.title for notice in active.new_told()] == ["Version 9.0.0 is out"]
    assert "9.0.0" in active.entries["update"].label
    active.click("update")
    (page,) = active.opened
    assert page.startswith("https://github.com/")
    assert page.endswith("/releases/latest")
    active.edit(GATEWAY, THIEF)
    assert "update" in active.entries, "what happens otherwise must not take the line away"
    active.runtime.offer_update("")
    active.settle()
    assert "update" not in active.entries


def test_undo_names_what_it_takes_back_without_a_path(active: Tray) -> None:
    """A path fills the entry, and says nothing to anyone who never types one."""
    shop = active.home.root / "a" / "long" / "way" / "down" / "shop"
    shop.mkdir(parents=True)
    active.home.ok("project", "add", str(shop))
    active.settle()
    assert active.entries["undo"].label == "Undo: adding the project shop"
    active.home.ok("set", "work", "label", "Work")
    active.settle()
    assert active.entries["undo"].label == "Undo: editing Work"
