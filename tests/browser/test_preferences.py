"""Preferences in a real browser: one Save, errors, and what takes effect in the window itself."""

from __future__ import annotations

from support.browser import Desk


def test_preferences_are_saved_together(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/preferences")
    desk.sees("h1:text('Preferences')")
    desk.picture("preferences")
    desk.page.locator("label:has-text('Restore at once')").click()
    desk.page.get_by_label("Start pkcc-tray at login").check()
    desk.page.get_by_label("Keep a key in memory for").fill("ten")
    desk.press("Save preferences")
    desk.sees(".errors:focus")
    assert desk.page.evaluate("() => document.activeElement.className") == "errors"
    desk.picture("preferences-error")
    desk.page.get_by_label("Keep a key in memory for").fill("5")
    desk.press("Save preferences")
    desk.sees("#flash h2:text('The preferences are saved')")
    assert desk.home.ok("preference", "on_drift").out == "on_drift  restore\n"
    assert desk.home.ok("preference", "key_cache_minutes").out == "key_cache_minutes  5\n"
    assert (desk.home.root / ".config/autostart/pkcc-tray.desktop").exists()


def test_single_key_shortcuts_can_be_turned_off(desk: Desk) -> None:
    desk.go("/preferences")
    desk.page.locator("h1").click()
    desk.page.keyboard.press("?")
    desk.sees("#shortcuts[open]")
    desk.page.keyboard.press("Escape")
    desk.page.get_by_label("Single-key shortcuts").uncheck()
    desk.press("Save preferences")
    desk.sees("#flash")
    desk.page.keyboard.press("?")
    assert desk.page.locator("#shortcuts[open]").count() == 0


def test_a_broken_file_is_said(themed_desk: Desk) -> None:
    desk = themed_desk
    path = desk.home.root / ".config/pkcc-tray/preferences.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{broken")
    desk.go("/preferences")
    desk.sees("h2:text('The preferences cannot be read')")
    desk.picture("preferences-broken")


def test_a_command_meanwhile_is_told_and_nothing_is_saved_over_it(desk: Desk) -> None:
    desk.go("/preferences")
    desk.home.ok("preference", "on_drift", "ignore")
    desk.sees("#on_drift-3:checked")  # nothing was typed: the page is as it is now
    desk.page.get_by_label("Show the budget in the menu").check()
    desk.home.ok("preference", "key_cache_minutes", "3")
    desk.sees("#news:visible")
    desk.press("Save preferences")
    desk.sees("#flash h2:text('The preferences are saved')")
    assert desk.home.ok("preference", "key_cache_minutes").out == "key_cache_minutes  3\n"
    assert desk.home.ok("preference", "usage").out == "usage  on\n"
