"""Overview in a real browser, in both themes: its buttons, live changes, keyboard, two windows, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.browser import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route


def test_a_switch_and_its_undo(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.picture("welcome")
    desk.four_profiles()
    desk.sees("#profiles")  # the page came up to date by itself, and all of it
    assert desk.page.locator("h1").all_text_contents() == ["Overview"]
    desk.picture("off")
    desk.press("Switch to Work")
    desk.sees("#flash h2:text('Work is in use')")
    desk.sees("#flash:focus")  # read out, and next by Tab
    assert desk.home.ok("status", "--short").out == "work\n"
    desk.picture("switched")
    desk.press("Undo the switch")
    desk.sees("#flash h2:text('Undone')")
    assert desk.home.ok("status", "--short").out == "off\n"


def test_a_change_by_something_else_is_there_at_once_and_is_put_back(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.sees(".side .now b:text('Work')")
    desk.picture("overview")
    before = desk.home.settings.read_bytes()
    desk.home.edit_settings("https://api.portkey.ai", "https://api.portkey-ai.example")
    desk.sees(".alarm mark:text('api.portkey-ai.example')")
    assert desk.page.locator("#say").text_content() == "Settings changed: Your key is at risk"
    assert desk.page.locator(".btn-primary:visible").count() == 1
    desk.picture("drift")
    desk.press("Restore api.portkey.ai")
    desk.sees("#flash h2:text('The settings are put back')")
    assert desk.home.settings.read_bytes() == before
    desk.home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-5")
    desk.sees(".alarm-warn")
    assert desk.page.locator("#flash").count() == 0  # what it said is so no longer
    desk.picture("drift-mild")
    desk.press("Leave it for now")
    desk.sees(".tag:text('Changed, and left as it is')")
    desk.picture("left")


def test_what_cannot_work_is_said_with_a_way_on(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "acme")
    desk.sees(".side .now-warn")
    desk.picture("no-key")
    desk.home.edit_settings('"env": {', '"env": {,')
    desk.sees(".ln-bad")
    desk.picture("broken")
    desk.home.settings.unlink()
    desk.sees("h2:text('The settings file is gone')")
    desk.picture("gone")
    desk.press("Restore what Acme (client) writes")
    desk.sees("#flash")


def test_a_preview_leads_to_the_switch(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.go()
    desk.page.locator("[aria-label='More actions for Vertex EU']").click()
    desk.page.get_by_role("link", name="Preview the change").click()
    desk.sees("h1:text('What a switch to Vertex EU would change')")
    desk.picture("preview")
    desk.press("Switch to Vertex EU")
    desk.sees("#flash h2:text('Vertex EU is in use')")


def test_a_check_shows_each_step(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.add("work", "Work", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    desk.home.ok("switch", "work")
    desk.sees(".side .now b:text('Work')")
    desk.press("Check now")
    desk.sees("h1:text('The check of Work failed')")
    desk.picture("check")
    desk.go()
    desk.sees(".side .now-bad")
    desk.picture("no-answer")


def test_all_of_it_by_keyboard(desk: Desk) -> None:
    desk.four_profiles()
    desk.sees("#profiles")
    keys = desk.page.keyboard
    keys.press("Tab")
    assert desk.page.evaluate("() => document.activeElement.className") == "skip"
    keys.press("/")
    keys.type("team=pl")
    assert desk.page.locator("#profiles > li:visible").count() == 1
    assert desk.page.locator("#say").text_content() == "1 profile"
    keys.press("Escape")
    assert desk.page.locator("#profiles > li:visible").count() == 4
    keys.press("Tab")
    keys.press("?")
    desk.sees("#shortcuts[open]")
    keys.press("Escape")
    desk.page.locator("[aria-label='More actions for Work']").focus()
    keys.press("ArrowDown")  # opens it, too
    assert "Preview the change" in desk.page.evaluate("() => document.activeElement.textContent")
    keys.press("Escape")
    assert desk.page.evaluate("() => document.activeElement.ariaLabel") == "More actions for Work"
    desk.page.locator("[aria-label='More actions for Fallback']").focus()
    keys.press("Enter")
    desk.sees(".menu-list:visible")
    keys.press("End")
    keys.press("Tab")
    assert desk.page.locator(".menu-list:visible").count() == 0  # it covers nothing that is gone on to
    desk.page.get_by_role("button", name="Switch to Work").focus()
    keys.press("Enter")
    desk.sees("#flash")


def test_a_page_in_which_something_is_typed_is_not_changed_under_it(desk: Desk) -> None:
    desk.four_profiles()
    desk.sees("#profiles")
    desk.page.locator("#search").fill("wor")
    desk.home.ok("switch", "work")
    desk.sees("#news:visible")
    assert desk.page.locator("#search").input_value() == "wor"
    desk.page.get_by_role("link", name="Show it").click()
    desk.sees(".side .now b:text('Work')")


def test_another_window_takes_over_and_this_one_says_that_it_is_closed(
    themed_desk: Desk, browser: Browser
) -> None:
    desk = themed_desk
    context = browser.new_context(color_scheme=desk.theme)  # type: ignore[arg-type]
    other = context.new_page()
    other.goto(desk.manager.another_link())
    other.get_by_role("button", name="Use it here").click()
    other.wait_for_selector(".app")
    desk.page.wait_for_url("**/ended")
    desk.picture("closed")
    context.close()


def test_back_after_a_switch_shows_what_is_so_now(desk: Desk) -> None:
    desk.four_profiles()
    desk.go()
    desk.press("Switch to Work")
    desk.sees("#flash")
    desk.page.get_by_role("link", name="History").first.click()
    desk.sees("h1:text('History')")
    desk.page.go_back()
    desk.sees(".side .now b:text('Work')")


def test_it_ends_when_its_page_says_so(desk: Desk) -> None:
    desk.press("Close the manager")
    desk.sees("h1:text('The manager is closed')")
    assert desk.manager.has_ended()


def test_a_tray_that_quits_closes_it(desk: Desk) -> None:
    assert desk.home.spawn("quit").code == 0
    desk.page.wait_for_url("**/ended")
    assert desk.manager.has_ended()


def test_a_killed_manager_is_no_page_that_looks_alive(desk: Desk) -> None:
    desk.manager.process.kill()
    desk.sees("#gone:visible")
    desk.picture("killed")
    desk.page.close()
    desk.said.clear()  # the browser says that nobody answers


def test_without_scripts_its_buttons_work(desk: Desk, browser: Browser) -> None:
    desk.four_profiles()
    with desk.without_scripts(browser) as page:
        page.get_by_role("button", name="Switch to Work").click()
        assert page.locator("#flash h2").text_content() == "Work is in use"
        page.locator("[aria-label='More actions for Work']").click()
        assert page.locator(".menu-list:visible").count() == 1


def test_a_page_whose_profile_is_removed_elsewhere_is_not_taken_for_closed(desk: Desk) -> None:
    """The manager runs: who is told that it is closed opens it again, and searches for what happened."""
    desk.four_profiles()
    desk.go("/preview/acme")
    desk.home.ok("remove", "acme", "--yes")
    desk.sees("#news:visible")
    desk.page.get_by_role("link", name="Show it").click()
    desk.sees("h1:text('This page cannot be shown')")
    desk.said[:] = [line for line in desk.said if "status of 404" not in line]


def test_a_page_that_asks_too_often_waits_and_is_brought_up_to_date(desk: Desk) -> None:
    desk.four_profiles()
    desk.go()
    desk.sees("#profiles")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused or route.request.headers.get("sec-fetch-dest", "empty") != "empty":
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=429, body="Too many requests")

    desk.page.route(f"{desk.manager.origin}/", refuse_once)
    desk.home.ok("switch", "work")
    desk.sees(".side .now b:text('Work')")
    assert refused
    desk.said[:] = [line for line in desk.said if "status of 429" not in line]
