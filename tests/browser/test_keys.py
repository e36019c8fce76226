"""Keys in a real browser, in both themes: one goes in, is refused, is tested; a vault; keys in clear text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import Desk
from support.gateway.stand_in import Hosted
from support.home.user_home import KEY, UserHome
from support.keyring.secret_service import secret_service

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NEW = "pk-CANARY-4711-of-the-new-portkey-key"


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(NEW) as running:
        yield running


def some_keys(desk: Desk, hosted: Hosted) -> None:
    at = ("--gateway", hosted.url)
    desk.add("work", "Work", "--provider", "@anthropic-prod", *at)
    desk.home.ok("add", "eu", "--label", "Vertex EU", "--provider", "@eu", "--key-ref", "keyring:work", *at)
    desk.home.ok(
        "add", "acme", "--label", "Acme (client)", "--provider", "@acme", "--key-ref", "keyring:acme", *at
    )
    desk.home.ok(
        "add", "op", "--label", "Fallback", "--config", "pc-1", "--key-ref", "op://Work/Portkey/credential"
    )
    desk.home.ok("key", "set", "ci", "--stdin", stdin=f"{KEY}\n")
    desk.home.ok("switch", "work")
    (desk.home.root / ".bashrc").write_text(f"export PORTKEY_API_KEY={KEY}\n")
    copy = desk.home.claude / "settings.json.bak"
    copy.write_text(f'{{"env": {{"ANTHROPIC_AUTH_TOKEN": "{KEY}"}}}}')
    copy.chmod(0o644)


def test_a_missing_key_is_entered_refused_and_entered_again(themed_desk: Desk, hosted: Hosted) -> None:
    desk = themed_desk
    some_keys(desk, hosted)
    desk.go("/keys")
    desk.picture("keys")
    assert desk.page.locator(".btn-primary:visible").count() == 1
    desk.page.get_by_role("link", name="Enter key acme").click()
    desk.sees("h1:text('Enter the key acme')")
    desk.page.locator("#key").fill("pk-is-not-the-right-one")
    desk.sees("#key-n:text('23 characters. Keys are never shown.')")
    desk.picture("key-enter")
    desk.press("Test and store")
    desk.sees(".errors:focus")  # read out, and its links are next by Tab
    assert desk.page.title().startswith("Error: Enter the key acme")
    assert desk.page.locator("#key").input_value() == ""
    desk.picture("key-refused")
    desk.page.locator(".errors a").click()
    desk.sees("#key:focus")
    desk.page.keyboard.type(NEW)
    desk.page.keyboard.press("Control+Enter")
    desk.sees("#flash h2:text('The key acme is stored')")
    desk.sees(".state.is-ok:has-text('Accepted just now')")
    desk.picture("key-stored")
    assert desk.home.ok("key", "print", "acme").out.strip() == NEW


def test_the_pages_around_keys(themed_desk: Desk, hosted: Hosted) -> None:
    desk = themed_desk
    some_keys(desk, hosted)
    desk.go("/keys")
    desk.page.get_by_role("link", name="Replace work").click()
    desk.sees("h1:text('Replace the key work')")
    desk.picture("key-replace")
    desk.go("/keys")
    desk.page.get_by_role("link", name="Store a key").click()
    desk.press("Test and store")
    desk.sees("#name-e")
    desk.picture("key-new-errors")
    desk.go("/keys")
    desk.page.locator("[aria-label='More actions for the key ci']").click()
    desk.page.get_by_role("link", name="Remove…").click()
    desk.sees("h1:text('Remove the key ci?')")
    desk.picture("key-remove")
    desk.press("Remove the key ci")
    desk.sees("#flash h2:text('The key ci is removed')")
    desk.page.get_by_role("link", name="How to take it out").click()
    desk.sees("ol.numbered")
    desk.picture("key-found")
    desk.go("/keys")
    desk.page.get_by_role("link", name="Remove the copy").click()
    desk.sees("h1:text('Remove the copy')")
    desk.picture("key-copy")
    desk.press("Remove the copy")
    desk.sees("#flash h2:text('The copy is removed')")
    desk.go("/keys/op/enter")
    desk.picture("key-elsewhere")


def test_a_vault_is_made(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/keys/vault")
    desk.picture("vault")
    desk.page.get_by_label("By a passphrase").check()
    desk.page.locator("#passphrase").fill("horse")
    desk.page.locator("#again").fill("house")
    desk.press("Create the vault")
    desk.sees("#again-e")
    assert desk.page.locator("#unlock-2").is_checked()
    assert desk.page.locator("#passphrase").input_value() == ""
    desk.picture("vault-errors")
    desk.page.get_by_label("By a key file beside it").check()
    assert not desk.page.locator("#passphrase").is_visible()
    desk.press("Create the vault")
    desk.sees("#flash h2:text('The vault is made')")


def test_what_is_typed_stays_while_something_changes_and_is_asked_about(desk: Desk, hosted: Hosted) -> None:
    some_keys(desk, hosted)
    desk.go("/keys/work/replace")
    desk.page.locator("#key").fill(NEW)
    desk.home.ok("switch", "eu")
    desk.sees("#news:visible")
    assert desk.page.locator("#key").input_value() == NEW


def test_a_key_goes_in_without_scripts(desk: Desk, hosted: Hosted, browser: Browser) -> None:
    some_keys(desk, hosted)
    with desk.without_scripts(browser) as page:
        desk.go("/keys/acme/enter")
        page.locator("#key").fill(NEW)
        page.get_by_role("button", name="Test and store").click()
        desk.sees("#flash h2:text('The key acme is stored')")


@pytest.fixture
def no_keyring(home: UserHome) -> None:
    """Neither keyring nor vault; asked for before a desk."""
    del home.environ["PKCC_SECRETS"]


@pytest.fixture
def locked(home: UserHome, tmp_path: Path) -> Iterator[None]:
    """A system keyring that is locked; asked for before a desk."""
    with secret_service(tmp_path) as service:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        home.add("work", "--provider", "@a", "--label", "Work")
        service.lock()
        yield


def test_without_a_place_for_keys_a_vault_is_the_way_on(no_keyring: None, themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/keys")
    desk.picture("keys-no-place")
    desk.go("/keys/new")
    desk.picture("key-no-place")
    assert desk.page.locator(".btn-primary:visible").count() == 1
    desk.page.get_by_role("link", name="Create a vault").click()
    desk.press("Create the vault")
    desk.sees("#flash h2:text('The vault is made')")
    desk.picture("keys-vault")


def test_a_locked_keyring_is_said_to_ask(locked: None, themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/keys")
    desk.picture("keys-locked")
    desk.go("/keys/work/replace")
    desk.picture("key-locked")
