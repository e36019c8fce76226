"""Configs in a real browser: the list, the builder in all its modes, what follows the form while typing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from support.browser import Desk
from support.gateway.account import HostedAccount

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GROUPED: dict[str, Any] = {
    "strategy": {"mode": "fallback", "on_status_codes": [429, 500, 502, 503]},
    "targets": [
        {"provider": "@anthropic-prod", "retry": {"attempts": 3}},
        {
            "strategy": {"mode": "loadbalance"},
            "targets": [
                {"provider": "@vertex-eu", "weight": 3},
                {"provider": "@bedrock-sandbox", "weight": 1},
            ],
        },
    ],
}


def set_up(desk: Desk, hosted: HostedAccount) -> str:
    """A profile of an account with a config, which is open in the builder: its id."""
    desk.add("work", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    desk.home.ok("switch", "work")
    slug = hosted.shelf.save("Anthropic, then Bedrock", GROUPED)
    same = ("--gateway", hosted.url, "--key-ref", "keyring:work")
    desk.home.ok("add", "fallback", "--label", "Fallback", "--config", slug, *same)
    return slug


def open_it(desk: Desk) -> None:
    desk.go("/configs")
    desk.page.get_by_role("button", name="Anthropic, then Bedrock", exact=True).click()
    desk.sees("#t-0")  # the job's own page has the same title


def field(desk: Desk, name: str) -> Any:
    return desk.page.locator(f"#{name}")


def test_a_config_of_groups_is_built_and_saved(themed_desk: Desk, hosted: HostedAccount) -> None:
    desk = themed_desk
    slug = set_up(desk, hosted)
    same = ("--gateway", hosted.url, "--key-ref", "keyring:work")
    file = desk.home.root / "balance.json"
    file.write_text(json.dumps({"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a"}] * 2}))
    desk.home.ok("add", "balance", "--label", "Balance", "--config-file", str(file), *same)
    desk.go("/configs")
    desk.picture("configs-unread")
    desk.press("Read the configs with the key work")
    desk.sees("text=Read just now")
    desk.picture("configs")
    open_it(desk)
    desk.picture("config")
    field(desk, "t-0").get_by_text("Retry, cache, time limit").click()  # taking the picture folded it
    field(desk, "t-0-attempts").fill("8")
    desk.sees(".ln-bad:text('\"attempts\": 8')")
    field(desk, "t-1-0-weight").fill("1")
    desk.sees("#t-1-0-share-text:text('50 %')")
    desk.press("Save at Portkey")
    desk.sees(".errors:focus")
    desk.picture("config-error")
    desk.page.locator(".errors a").click()
    desk.sees("#t-0-attempts:focus")
    field(desk, "t-0-attempts").fill("5")
    desk.press("Save at Portkey")
    desk.sees("#flash h2:text('Saved at Portkey')")
    assert hosted.shelf.now(slug)["targets"][0]["retry"] == {"attempts": 5}
    assert hosted.shelf.now(slug)["targets"][1]["targets"][0]["weight"] == 1


def test_rules_are_built_and_the_config_is_used_in_a_profile(
    themed_desk: Desk, hosted: HostedAccount
) -> None:
    desk = themed_desk
    set_up(desk, hosted)
    desk.go("/configs")
    desk.press("New config")
    desk.sees("h1:text('New config')")
    field(desk, "t-0-provider").fill("@anthropic-prod")
    field(desk, "t-1-provider").fill("@vertex-eu")
    desk.press("Conditional Chosen by a rule")
    field(desk, "t-r0-c0-value").fill("platform")
    desk.sees(".ln:text('platform')")
    desk.sees("h3:text('If team is platform')")
    desk.picture("config-conditional")
    desk.press("Save at Portkey…")
    desk.sees("h1:text('Save at Portkey')")
    desk.picture("config-save")
    field(desk, "called").fill("By team")
    desk.press("Save at Portkey")
    desk.sees("h1:text('Use it in a profile')")
    desk.picture("config-use")
    desk.press("Use it in this profile")
    desk.sees("#flash h2:text('Work uses By team from now on')")
    assert desk.home.stored("work")["route"]["kind"] == "config"


def test_keyboard_focus_stays_where_the_work_is(desk: Desk) -> None:
    desk.go("/configs")
    desk.press("New config")
    field(desk, "t-0-provider").fill("@a")
    desk.press("Add a target")
    desk.sees("#t-2-provider:focus")
    desk.page.keyboard.type("@c")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")  # takes what is typed, and changes no mode
    assert field(desk, "t-2-provider").input_value() == "@c"
    assert desk.page.locator(".mode[aria-pressed=true] b").first.inner_text() == "Fallback"
    field(desk, "t-2").locator("summary[aria-label='More actions for target 3']").click()
    field(desk, "t-2").get_by_role("button", name="Move up").click()
    desk.sees("#t-1:focus")
    assert field(desk, "t-1-provider").input_value() == "@c"
    with desk.page.expect_navigation():
        desk.press("Undo the last change")
    assert field(desk, "t-2-provider").input_value() == "@c"


def test_what_is_typed_is_still_there_after_a_look_elsewhere(desk: Desk) -> None:
    desk.go("/configs")
    desk.press("New config")
    field(desk, "t-0-provider").fill("@typed")
    desk.sees(".ln:text('@typed')")
    desk.page.get_by_role("link", name="History").first.click()
    desk.sees("h1:text('History')")
    desk.page.go_back()
    assert field(desk, "t-0-provider").input_value() == "@typed"
    desk.go("/configs")
    desk.picture("configs-not-saved")
    desk.page.get_by_role("link", name="Go on with New config").click()
    desk.sees("#t-0-provider")
    assert field(desk, "t-0-provider").input_value() == "@typed"


def test_json_is_edited_and_the_form_is_back(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/configs")
    desk.press("New config")
    desk.press("Edit as JSON")
    field(desk, "json").fill('{"provider": "@z", "retry": {"attempts": 2},}')
    desk.press("Back to the form")
    desk.sees("#flash:has-text('This is no config yet')")
    desk.picture("config-json")
    field(desk, "json").fill('{"provider": "@z", "retry": {"attempts": 2}, "openai_project": "p"}')
    desk.press("Back to the form")
    desk.sees("#t-provider")
    assert field(desk, "t-attempts").input_value() == "2"
    desk.picture("config-single")


def test_all_of_it_works_without_scripts(desk: Desk, browser: Browser) -> None:
    with desk.without_scripts(browser) as page:
        desk.go("/configs")
        page.get_by_role("button", name="New config").click()
        page.locator("#t-0-provider").fill("@a")
        page.locator("#t-1-provider").fill("@b")
        page.get_by_role("button", name="Load balance").first.click()
        page.locator("#t-0-weight").fill("3")
        with page.expect_navigation():
            page.get_by_role("button", name="Show the JSON").click()
        assert "75 %" in page.locator("#t-0").inner_text()
        assert '"weight": 3' in page.locator("#beside pre").inner_text()
        page.get_by_role("button", name="Save to a file…").click()
        page.locator("#file").fill(str(desk.home.root / "made.json"))
        with page.expect_navigation():
            desk.press("Save")
        assert (desk.home.root / "made.json").exists()


def test_a_file_changed_meanwhile_is_not_written_over(themed_desk: Desk) -> None:
    """By an editor, while its form is open here."""
    desk = themed_desk
    file = desk.home.root / "balance.json"
    file.write_text('{"provider": "@a"}')
    desk.go("/configs")
    field(desk, "which").fill(str(file))
    desk.press("Open it")
    field(desk, "t-provider").fill("@mine")
    file.write_text('{"provider": "@theirs"}')
    desk.press("Save")
    desk.sees("#flash:focus h2:text('was changed meanwhile')")
    assert "@theirs" in file.read_text()
    assert field(desk, "t-provider").input_value() == "@mine"
    desk.picture("config-changed-meanwhile")
    desk.press("Load the new one")
    desk.page.wait_for_function("document.getElementById('t-provider').value === '@theirs'")
