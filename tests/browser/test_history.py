"""History in a real browser: what was done, and the way back to it."""

from __future__ import annotations

from support.browser import Desk


def test_going_back_to_before_a_step(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.home.ok("switch", "fallback")
    desk.home.ok("off")
    desk.go("/history")
    desk.picture("history")
    desk.page.get_by_role("link", name="Go back to here (First switch, to Work").click()
    desk.sees("h1:text('Take back 2 steps?')")
    desk.picture("go-back")
    desk.press("Take back 2 steps")
    desk.sees("#flash h2:text('Gone back')")
    assert desk.home.ok("status", "--short").out == "work\n"
    desk.press("Undo the last")
    desk.sees("#flash h2:text('Undone')")
    assert desk.home.ok("status", "--short").out == "off\n"


def test_what_a_step_changed_unfolds_and_stays_so(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.home.ok("switch", "eu")
    desk.home.edit_settings("claude-sonnet-4-5", "claude-sonnet-4-0")
    desk.go("/history")
    desk.sees("b:text('Changed by something else')")
    desk.picture("history-outside")
    desk.page.locator("summary:has-text('Switched to Vertex EU')").click()
    desk.sees(".cmp-signed .val:text('@vertex-eu')")
    desk.home.ok("set", "fallback", "label", "Otherwise")  # meanwhile
    desk.sees("b:text('Edited Otherwise')")
    assert desk.page.locator(".cmp-signed .val:text('@vertex-eu')").is_visible()


def test_it_is_up_to_date_by_itself(desk: Desk) -> None:
    desk.go("/history")
    desk.sees("text=Nothing was done yet")
    desk.add("work", "Work", "--provider", "@a")
    desk.sees(".time b:text('Added Work')")
