"""A person who never opens a terminal, from the first login to the second: by mouse and keyboard alone.

The tray, its menu in a real panel, notifications with their buttons, and the manager in the desktop's own
browser are real; the account at Portkey is a stand-in. `PKCC_SCREENSHOTS` names a directory for the pictures.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.own_computer import ENTRY, OLD_KEY, OwnComputer, person_at
from support.desktop.person import Person
from support.desktop.private_bus import LIMIT_S
from support.desktop.status_notifier import eventually
from support.gateway.account import HostedAccount
from support.gateway.account_rows import model, provider
from support.home.user_home import KEY, files_with

ELSEWHERE = "https://api.portkey-ai.example"


@pytest.fixture
def account() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        running.providers = [
            provider("anthropic-prod", name="Anthropic production", provider="anthropic"),
            provider("bedrock-eu", name="Bedrock Europe", provider="bedrock"),
        ]
        names = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5")
        running.models = [model("anthropic-prod", name) for name in names]
        yield running


@pytest.fixture
def home(tmp_path: Path) -> OwnComputer:
    return OwnComputer(tmp_path / "home")


@pytest.fixture
def person(home: OwnComputer) -> Iterator[Person]:
    with person_at(home) as its:
        yield its


def test_from_the_first_login_to_the_second(
    person: Person, home: OwnComputer, account: HostedAccount
) -> None:
    tray = person.start(ENTRY)
    is_welcomed(person)
    adds_a_profile(person, home, account)
    switches(person, home, account)
    restores_what_something_else_changed(person, home, account)
    enters_a_missing_key(person, home)
    imports_an_existing_setup(person, home)
    builds_a_fallback(person, home, account)
    pins_a_project(person, home)
    fixes_what_doctor_finds(person, home)
    goes_back_in_history(person, home)
    sets_start_at_login(person, home)
    quits(person, home, tray)
    logs_in_again(person, home)
    assert files_with(KEY, home.root) == []
    assert files_with(OLD_KEY, home.root) == [home.store]


def card(person: Person, name: str) -> None:
    """Choose one of a group of cards."""
    person.page.locator(f".choice > label:has(b:text-is('{name}'))").click()


def type_into(person: Person, field: str, text: str) -> None:
    """Click the field of that label, and type in place of what it has."""
    person.page.get_by_label(field, exact=True).first.click()
    person.page.keyboard.press("Control+a")
    person.page.keyboard.type(text)


def is_welcomed(person: Person) -> None:
    assert person.lines()[:2] == ["Welcome: no profiles yet", "Add your first profile…"]
    said = person.press("pkcc-tray is ready", "Add profile", "welcome")
    assert said == "No profiles yet."


def adds_a_profile(person: Person, home: OwnComputer, account: HostedAccount) -> None:
    person.sees("Add a profile")
    person.clears_notices()
    card(person, "A new key")
    type_into(person, "Portkey API key", KEY)
    card(person, "A gateway of your own")
    type_into(person, "Gateway address", account.url)
    person.picture("add-key")
    person.click("Look up my account")
    person.sees("Where should requests go?")
    assert person.windows() == 1, "nothing asks whether to save the key as a password"
    card(person, "Anthropic production")
    person.picture("add-route")
    person.click("Choose models")
    person.sees("Which models?")
    person.picture("add-models")
    person.click("Name the profile")
    person.sees("Name and details")
    type_into(person, "Name", "Work")
    person.picture("add-details")
    person.click("Review")
    person.sees("Check before you save")
    person.picture("add-review")
    person.click("Save only")
    person.told("Work is saved", "added")
    assert home.stored()["route"] == {"kind": "provider", "provider": "@anthropic-prod"}
    assert home.in_use() == "off"


def switches(person: Person, home: OwnComputer, account: HostedAccount) -> None:
    person.choose("Work (@anthropic-prod)", "menu")
    eventually(lambda: home.in_use() == "work", "a click switches")
    assert home.env()["ANTHROPIC_BASE_URL"] == account.url
    assert home.env()["EDITOR"] == "vim"
    person.page.locator(".now", has_text="Work").first.wait_for()  # the open page says so by itself
    person.picture("switched")


def restores_what_something_else_changed(person: Person, home: OwnComputer, account: HostedAccount) -> None:
    person.clears_notices()
    home.edit_settings(account.url, ELSEWHERE)
    said = person.press("Your key would go elsewhere", "Restore", "changed")
    assert "api.portkey-ai.example" in said
    eventually(lambda: home.env()["ANTHROPIC_BASE_URL"] == account.url, "it is restored")
    person.notices.wait_for("Settings put back")
    person.picture("restored")


def enters_a_missing_key(person: Person, home: OwnComputer) -> None:
    """A profile that came with somebody's files: its key never comes along."""
    person.clears_notices()
    came = home.stored() | {"name": "acme", "label": "Acme (client)"}
    came["route"] = {"kind": "provider", "provider": "@bedrock-eu"}
    came["api_key"] = "keyring:acme"
    (home.profiles / "acme.json").write_text(json.dumps(came))
    person.choose("Acme (client): enter key…", "menu-no-key")
    person.sees("Enter the key acme")
    person.page.keyboard.press("Tab")
    type_into(person, "Portkey API key", KEY)
    person.picture("enter-key")
    person.page.keyboard.press("Control+Enter")
    person.told("The key acme is stored", "key-stored")
    eventually(lambda: "Acme (client) (@bedrock-eu)" in person.lines(), "the menu offers it")


def imports_an_existing_setup(person: Person, home: OwnComputer) -> None:
    person.click("Import")
    person.sees("Import")
    person.picture("import")
    person.click("Import 1 profile")
    person.told("1 profile imported", "imported")
    assert home.stored("portkey-main")["route"] == {"kind": "config", "id": "pc-main-77aa88"}


def builds_a_fallback(person: Person, home: OwnComputer, account: HostedAccount) -> None:
    person.click("Configs")
    person.sees("Configs")
    person.click("New config")
    page = person.sees("New config")
    for number, target in enumerate(("@anthropic-prod", "@bedrock-eu")):
        page.locator(f"#t-{number}-provider").click()
        page.keyboard.type(target)
        page.keyboard.press("Tab")
        page.locator("h3", has_text=target).wait_for()  # what is beside the form follows it
    person.picture("config")
    person.click("Save at Portkey…")
    person.sees("Save at Portkey")
    page.locator("#called").click()
    page.keyboard.type("Anthropic, then Bedrock")
    person.picture("config-save")
    person.click("Save at Portkey")
    person.sees("Use it in a profile")
    person.picture("config-use")
    person.click("Use it in this profile")
    person.told("uses Anthropic, then Bedrock from now on", "config-used")


def pins_a_project(person: Person, home: OwnComputer) -> None:
    person.click("Projects")
    person.sees("Projects")
    person.click("Add project")
    page = person.sees("Add a project")
    page.get_by_role("combobox", name="Folder").click()
    page.keyboard.type("~/src/shop")
    page.get_by_label("Profile").select_option("acme")
    person.picture("project")
    person.click("Add the project")
    person.told("~/src/shop is a project now", "project-pinned")
    written = json.loads((home.root / "src/shop/.claude/settings.local.json").read_text())
    assert "@bedrock-eu" in written["env"]["ANTHROPIC_CUSTOM_HEADERS"]


def fixes_what_doctor_finds(person: Person, home: OwnComputer) -> None:
    home.profiles.chmod(0o777)
    person.clears_notices()
    person.choose("Look for problems…", "menu-problems")
    page = person.sees("Doctor")
    person.picture("doctor")
    page.get_by_role("button", name="Fix").first.click()
    person.told("1 thing fixed", "doctor-fixed")
    assert home.profiles.stat().st_mode & 0o077 == 0


def goes_back_in_history(person: Person, home: OwnComputer) -> None:
    person.choose("Acme (client)")
    eventually(lambda: home.in_use() == "acme", "a click switches")
    person.click("History")
    page = person.sees("History")
    person.picture("history")
    page.get_by_role("link", name="Go back to here").first.click()
    person.sees("Take back 1 step?")
    person.picture("history-back")
    person.click("Take back 1 step")
    person.told("Gone back", "gone-back")
    assert home.in_use() == "work"


def sets_start_at_login(person: Person, home: OwnComputer) -> None:
    person.choose("Preferences…")
    page = person.sees("Preferences")
    page.get_by_label("Start pkcc-tray at login").click()
    person.click("Save preferences")
    person.told("The preferences are saved", "preferences")
    assert (home.root / ".config/autostart/pkcc-tray.desktop").exists()


def quits(person: Person, home: OwnComputer, tray: subprocess.Popen[bytes]) -> None:
    before = home.settings.read_bytes()
    person.choose("Quit")
    assert tray.wait(LIMIT_S) == 0
    person.sees("The manager is closed")
    person.picture("quit")
    assert home.settings.read_bytes() == before


def logs_in_again(person: Person, home: OwnComputer) -> None:
    tray = person.start(home.root / ".config/autostart/pkcc-tray.desktop")
    assert person.lines()[2:4] == ["Work (config Anthropic, then Bedrock)", "Off"]
    person.choose("Quit", "menu-again")
    assert tray.wait(LIMIT_S) == 0
