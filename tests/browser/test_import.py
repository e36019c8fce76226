"""Import in a real browser: settings made by hand become a profile, and a switcher's store is taken over."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

from support.browser import Desk
from support.home.user_home import KEY


def through_portkey(headers: str) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": KEY,
        "ANTHROPIC_CUSTOM_HEADERS": headers,
    }


def a_computer_with_setups(home: Any) -> None:
    """Settings by hand, another switcher's store, a start file; and a profile whose name is taken."""
    home.add("work", "--provider", "@other")
    env = through_portkey("x-portkey-provider: @anthropic-prod")
    env |= {
        "ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-opus-4-6",
        "ANTHROPIC_DEFAULT_SONNET_MODEL": "claude-sonnet-4-6",
    }
    home.settings.write_text(json.dumps({"env": env}, indent=2))
    path = home.root / ".cc-switch" / "cc-switch.db"
    path.parent.mkdir()
    elsewhere = {"ANTHROPIC_BASE_URL": "https://api.example.com", "ANTHROPIC_AUTH_TOKEN": "sk-other"}
    entries = {
        "portkey-main": through_portkey("x-portkey-config: pc-main-77aa88"),
        "work": through_portkey("x-portkey-provider: @vertex-eu"),
        **dict.fromkeys(("DeepSeek", "Kimi", "GLM", "Qwen"), elsewhere),
    }
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
        for name, own in entries.items():
            row = (name, json.dumps({"env": own}))
            connection.execute("INSERT INTO providers VALUES ('claude', ?, ?)", row)
        connection.commit()
    lines = [
        f"export {name}={json.dumps(text)}"
        for name, text in through_portkey("x-portkey-provider: @sh").items()
    ]
    (home.root / ".bashrc").write_text("\n".join(lines))


def test_what_was_found_is_imported(themed_desk: Desk) -> None:
    desk, page = themed_desk, themed_desk.page
    a_computer_with_setups(desk.home)
    desk.go("/import")
    desk.sees("button:text('Import 3 profiles')")
    desk.picture("import")
    page.get_by_label("Import work", exact=True).uncheck()
    desk.sees("button:text('Import 2 profiles')")
    name = page.get_by_label("Name of the profile made of portkey-main")
    name.fill("work")
    desk.press("Import 2 profiles")
    desk.sees(".errors")
    desk.picture("import-error")
    name.fill("fallback")
    desk.press("Import 2 profiles")
    desk.sees("#flash h2:text('2 profiles imported, anthropic-prod is in use')")
    desk.picture("imported")
    assert desk.home.ok("status", "--short").out == "anthropic-prod\n"
    assert KEY not in desk.home.settings.read_text()
    assert desk.home.stored("fallback")["name"] == "fallback"


def test_nothing_found_and_a_file_that_is_named(themed_desk: Desk) -> None:
    desk, page = themed_desk, themed_desk.page
    desk.go("/import")
    desk.sees("text=Nothing was found that goes through Portkey.")
    desk.picture("import-nothing")
    page.get_by_role("combobox", name="Where it lies").fill("~/none.env")
    desk.press("Look at it")
    desk.sees(".errors")
    desk.picture("import-no-file")
    lines = [
        f"{name}={json.dumps(text)}" for name, text in through_portkey("x-portkey-provider: @env").items()
    ]
    (desk.home.root / "it.env").write_text("\n".join(lines))
    page.get_by_role("combobox", name="Where it lies").fill("~/it.env")
    page.keyboard.press("Enter")
    desk.sees("#file[value='~/it.env']")
    page.get_by_role("button", name="Show choices for Where it lies").click()
    assert page.locator("#file-l [role=option] .mono").all_text_contents() == ["~/it.env"]
    page.keyboard.press("Escape")
    page.get_by_label("Import env").check()
    desk.press("Import 1 profile")
    desk.sees("#flash h2:text('1 profile imported')")
