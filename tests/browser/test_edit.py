"""Edit, Remove and History in a real browser: the save bar, a change meanwhile, the way back."""

from __future__ import annotations

from support.browser import Desk


def test_an_edit_is_saved_and_taken_back(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.go()
    desk.page.get_by_role("link", name="Work", exact=True).first.click()
    desk.sees("h1:text('Work')")
    desk.page.locator("[name='models.sonnet']").fill("claude-sonnet-4-5")
    desk.sees("[data-unsaved]:has-text('1 change not saved: Sonnet model')")
    desk.picture("edit")
    desk.press("Preview")
    desk.sees("h2:text('Saving would change 1 value that Work writes')")
    desk.sees("#preview:focus")
    desk.picture("edit-preview")
    desk.press("Save and apply")
    desk.sees("#flash h2:text('Work is saved')")
    assert "claude-sonnet-4-5" in desk.home.settings.read_text()
    desk.press("Undo")
    desk.sees("#flash h2:text('Undone')")
    assert "claude-sonnet-4-6" in desk.home.settings.read_text()


def test_what_is_wrong_is_led_to(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.go("/edit/work")
    desk.page.get_by_text("API format, key delivery, headers, variables").click()
    desk.page.locator("#name").fill("no good")
    desk.page.locator("#headers").fill("X-Api-Key")
    desk.page.locator("[name='headers-value']").first.fill("clear")
    desk.page.locator(".seg").get_by_text("Config", exact=True).click()
    desk.press("Save")
    desk.sees(".errors")
    desk.said.clear()  # a browser notes the status of a page with errors
    desk.picture("edit-errors")
    desk.page.locator(".errors a").first.click()
    desk.sees(":is([name=name], [name=config]):focus")
    assert desk.page.evaluate("() => document.activeElement.name") in ("name", "config")


def test_a_change_meanwhile_loses_neither(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.go("/edit/work")
    desk.page.locator("[name='models.opus']").fill("claude-opus-4-9")
    desk.home.ok("set", "work", "models.sonnet", "claude-sonnet-4-5")
    desk.sees("#news:visible")
    assert desk.page.locator("[name='models.opus']").input_value() == "claude-opus-4-9"
    desk.press("Save and apply")
    desk.sees("#conflict")
    desk.said.clear()
    desk.picture("edit-conflict")
    assert desk.home.stored()["models"]["opus"] == "claude-opus-4-6"
    desk.press("Save mine over it")
    desk.sees("#flash h2:text('Work is saved')")
    assert desk.home.stored()["models"]["opus"] == "claude-opus-4-9"


def test_leaving_with_changes_asks(desk: Desk) -> None:
    desk.four_profiles()
    desk.go("/edit/work")
    desk.page.locator("[name='models.opus']").fill("claude-opus-4-9")
    asked = []
    desk.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with desk.page.expect_event("dialog"):
        desk.page.get_by_role("link", name="Discard").click()
    assert asked == ["beforeunload"]
    assert desk.page.locator("[name='models.opus']").input_value() == "claude-opus-4-9"


def test_a_profile_is_removed_and_brought_back(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "fallback")
    desk.go()
    desk.page.locator("[aria-label='More actions for Fallback']").click()
    desk.page.locator(".menu-list:visible a", has_text="Remove…").click()
    desk.sees("h1:text('Remove Fallback?')")
    desk.picture("remove")
    desk.press("Remove Fallback")
    desk.sees("#flash h2:text('Fallback is removed')")
    desk.page.get_by_role("link", name="History").first.click()
    desk.sees("h1:text('History')")
    desk.page.locator("summary:has-text('See ')").first.click()
    desk.picture("history-removed")
    desk.press("Bring Fallback back")
    desk.sees("#flash h2:text('Fallback is back')")


def test_enter_in_a_field_saves_and_never_goes_over_a_change(desk: Desk) -> None:
    desk.four_profiles()
    desk.go("/edit/work")
    desk.page.locator("#label").fill("Works")
    desk.home.ok("set", "work", "models.sonnet", "claude-sonnet-4-5")
    desk.sees("#news:visible")
    desk.page.locator("#label").press("Enter")
    desk.sees("#conflict")
    with desk.page.expect_navigation():
        desk.page.locator("#label").press("Enter")  # its buttons stand before the form's own
    desk.sees("#conflict")
    assert desk.home.stored()["label"] == "Work"
    desk.said.clear()
    desk.press("Save mine over it")
    desk.sees("#flash h2:text('Works is saved')")
    desk.go("/edit/work")
    desk.page.locator("#label").fill("Work")
    desk.page.locator("#label").press("Enter")
    desk.sees("#flash h2:text('Work is saved')")


def test_a_duplicate_is_edited_next(desk: Desk) -> None:
    desk.four_profiles()
    desk.go()
    desk.page.locator("[aria-label='More actions for Work']").click()
    desk.page.locator(".menu-list:visible button", has_text="Duplicate").click()
    desk.sees("h1:text('Work (2)')")
    assert desk.page.locator("#name").input_value() == "work-2"


def test_an_address_is_kept_only_when_it_is_typed(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    desk.home.edit_settings("https://api.portkey.ai", "https://api.portkey-ai.example")
    desk.go()
    desk.page.get_by_text("I changed the address myself").click()
    desk.picture("alarm-with-fold")  # which closes it again
    desk.page.get_by_text("I changed the address myself").click()
    desk.page.get_by_role("link", name="Look at the new address").click()
    desk.sees("h1:text('Send your key to api.portkey-ai.example?')")
    desk.press("Keep api.portkey-ai.example")
    desk.sees(".errors")
    desk.said.clear()
    desk.picture("keep-address")
    desk.page.locator("#host").fill("api.portkey-ai.example")
    desk.press("Keep api.portkey-ai.example")
    desk.sees("#flash h2:text('Work says the new address from now on')")


def test_the_save_bar_never_covers_what_is_gone_to_by_tab(desk: Desk) -> None:
    """On a phone, and where everything is twice as large, a person would type into what they cannot see."""
    desk.four_profiles()
    desk.go("/edit/work")
    desk.page.locator("#label").focus()
    desk.page.keyboard.type("s")  # from now on the bar says what is not saved
    for width, height in ((1280, 800), (360, 640), (640, 400)):
        desk.page.set_viewport_size({"width": width, "height": height})
        kept_free, bar = desk.page.evaluate(_ROOM_AND_BAR)
        assert kept_free >= bar, f"{kept_free} px for a bar of {bar} at {width}"


_ROOM_AND_BAR = """() => {
  const bar = document.querySelector(".savebar"), page = getComputedStyle(document.documentElement);
  const covers = getComputedStyle(bar).position === "sticky";
  return [parseFloat(page.scrollPaddingBottom), covers ? bar.offsetHeight : 0];
}"""
