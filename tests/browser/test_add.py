"""Add a profile in a real browser: five steps by mouse in both themes, by keyboard alone, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from support.browser import Desk, picture
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, model, provider
from support.home.user_home import KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        running.providers = [
            provider("anthropic-prod", name="Anthropic production", provider="anthropic"),
            provider("vertex-eu", name="Vertex Europe", provider="vertex-ai", usage_limits=None),
            provider("bedrock-sandbox", name="Bedrock sandbox", provider="bedrock", status="exhausted"),
        ]
        running.providers[0]["usage_limits"]["current_usage"] = 182
        running.providers[2]["usage_limits"]["current_usage"] = 500
        names = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-sonnet-4-5")
        running.models = [model("anthropic-prod", name) for name in names]
        yield running


def choose(page: Page, card: str) -> None:
    """Click a card: its label lies over all of it."""
    page.locator(f".choice > label:has(b:text-is('{card}'))").click()


def give_key(desk: Desk, url: str) -> None:
    page = desk.page
    choose(page, "A new key")
    page.get_by_label("Portkey API key").fill(KEY)
    choose(page, "A gateway of your own")
    page.get_by_label("Gateway address").fill(url)


def test_a_profile_is_added_by_choosing(themed_desk: Desk, hosted: HostedAccount) -> None:
    desk, page = themed_desk, themed_desk.page
    page.get_by_role("link", name="Add your first profile").click()
    desk.sees("h1:text('Add a profile')")
    desk.picture("add-1-key")
    desk.press("Look up my account")
    desk.sees(".errors:focus")
    choose(page, "A gateway of your own")
    page.get_by_label("Gateway address").fill("http://gateway.example.com")
    desk.press("Look up my account")
    desk.sees(".errors a:text('Gateway address must begin')")
    desk.picture("add-1-error")
    give_key(desk, hosted.url)
    hosted.delays["/v1/configs"] = 4.5
    desk.press("Look up my account")
    desk.sees(".prog p:text('longer than usual')")
    picture(page, f"add-1-slow-{desk.theme}-1280")  # it ends before long
    desk.keeps_nobody_out("add-1-slow")
    desk.sees("h1:text('Where should requests go?')")
    desk.picture("add-2-route")
    page.locator("label", has_text="Config").first.click()
    desk.picture("add-2-config")
    page.locator("label", has_text="Provider").first.click()
    choose(page, "Anthropic production")
    desk.press("Choose models")
    desk.sees("h1:text('Which models?')")
    page.get_by_label("Sonnet model").first.fill("claude-sonnet-4-5")
    desk.press("Name the profile")
    desk.sees("h1:text('Name and details')")
    page.get_by_role("link", name="Models").first.click()
    desk.sees(".state.is-warn")
    page.get_by_role("button", name="Show choices for Haiku model").click()
    desk.picture("add-3-models")
    page.get_by_role("button", name="Use claude-sonnet-5-5").click()
    desk.press("Name the profile")
    desk.sees("h1:text('Name and details')")
    page.get_by_label("Name", exact=True).fill("Work")
    assert page.get_by_label("Short name").input_value() == "work"
    page.get_by_role("textbox", name="Key 1").fill("team")
    page.get_by_role("textbox", name="Value 1").fill("platform")
    page.get_by_text("Advanced").click()
    desk.picture("add-4-advanced")
    desk.press("Review")
    desk.sees("h1:text('Check before you save')")
    desk.picture("add-5-review")
    desk.press("Save and switch")
    desk.sees("#flash h2:text('Work is saved and in use')")
    desk.picture("add-6-saved")
    assert desk.home.ok("status", "--short").out == "work\n"
    assert desk.home.stored()["models"]["sonnet"] == "claude-sonnet-5-5"
    assert desk.home.ok("key", "print", "work").out == KEY + "\n"


def test_what_an_account_does_not_tell_is_typed(themed_desk: Desk, hosted: HostedAccount) -> None:
    desk = themed_desk
    hosted.lacks = {"providers.list", "configs.list"}
    desk.go("/add")
    give_key(desk, hosted.url)
    desk.press("Look up my account")
    desk.sees(".notice-info")
    desk.picture("add-2-nolist")
    desk.go("/add")
    desk.page.get_by_label("Gateway address").fill("http://127.0.0.1:9")
    desk.press("Look up my account")
    desk.sees(".notice-warn")
    desk.picture("add-2-offline")
    hosted.refuses = auth_error(401, "Portkey API Key Expired", "01")
    desk.go("/add")
    desk.page.get_by_label("Gateway address").fill(hosted.url)
    desk.press("Look up my account")
    desk.sees(".errors a:text('The key has expired')")
    desk.picture("add-1-refused")


def test_a_key_that_is_stored_or_lies_elsewhere(themed_desk: Desk) -> None:
    desk, page = themed_desk, themed_desk.page
    desk.home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    desk.go("/add")
    assert page.get_by_label("Key", exact=True).input_value() == "spare"
    desk.picture("add-1-stored")
    choose(page, "A key that lies somewhere else")
    choose(page, "Secret manager")
    page.get_by_label("Reference").fill("op://Private/Portkey")
    desk.press("Go on without looking up")
    desk.sees(".errors:focus")
    desk.picture("add-1-elsewhere")
    page.get_by_label("Reference").fill("op://Private/Portkey/credential")
    desk.press("Go on without looking up")
    desk.sees("h1:text('Where should requests go?')")
    page.locator(".seg label", has_text="By model name").click()
    desk.picture("add-2-by-model")


def test_all_five_steps_by_keyboard(desk: Desk, hosted: HostedAccount) -> None:
    page, keys = desk.page, desk.page.keyboard

    def focused() -> str:
        at = "document.activeElement"
        text: str = page.evaluate(f"() => {at} === document.body ? '' : {at}.name || {at}.textContent")
        return text

    def tab_to(name: str) -> None:
        for _ in range(60):
            if name == focused().strip():
                return
            keys.press("Tab")
        raise AssertionError(f"{name} is not reached, but {focused()}")

    desk.go("/")
    tab_to("Add your first profile")
    keys.press("Enter")
    desk.sees("h1:text('Add a profile')")
    tab_to("key")
    keys.type(KEY)
    tab_to("gateway")
    keys.press("ArrowUp")  # the last of them
    keys.press("Tab")
    assert focused() == "url"
    keys.type(hosted.url)
    keys.press("Control+Enter")
    desk.sees("h1:text('Where should requests go?')")
    tab_to("kind")
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    keys.press("Tab")
    assert focused() == "provider"
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    tab_to("Choose models")
    keys.press("Enter")
    desk.sees("h1:text('Which models?')")
    tab_to("model-haiku")
    assert page.locator("#model-haiku").input_value() == "claude-haiku-5-5"
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert page.locator("#model-haiku").input_value() != "claude-haiku-5-5"
    keys.press("Control+Enter")
    desk.sees("h1:text('Name and details')")
    tab_to("label")
    keys.press("Control+A")
    keys.type("Mine")
    keys.press("Enter")
    desk.sees("h1:text('Check before you save')")
    tab_to("switch")  # the first of the two
    keys.press("Enter")
    desk.sees("#flash:focus")
    assert desk.home.ok("status", "--short").out == "mine\n"


def test_without_scripts_the_steps_work(desk: Desk, hosted: HostedAccount, browser: Browser) -> None:
    with desk.without_scripts(browser) as page:
        desk.go("/add")
        give_key(desk, hosted.url)
        hosted.delays["/v1/models"] = 1.0
        desk.press("Look up my account")
        desk.sees("h1:text('Where should requests go?')")  # its page asks again by itself
        desk.press("Choose models")
        desk.sees("h1:text('Which models?')")
        desk.press("Name the profile")
        desk.sees("h1:text('Name and details')")
        page.get_by_label("Name", exact=True).fill("Plain")
        page.get_by_label("Short name").fill("")
        desk.press("Review")
        desk.sees("h1:text('Check before you save')")
        desk.press("Save only")
        desk.sees("#flash")
        assert desk.home.stored("plain")["label"] == "Plain"
