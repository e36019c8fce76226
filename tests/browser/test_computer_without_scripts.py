"""Doctor, Import and Preferences without scripts: by forms and links alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import Desk
from support.home.doctor_home import DoctorHome
from support.home.user_home import KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def test_all_three_pages_work(desk: Desk, browser: Browser) -> None:
    home = desk.home
    home.ok("off")
    env = {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": KEY,
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @by-hand",
    }
    home.settings.write_text(json.dumps({"env": env}))
    home.profiles.chmod(0o777)
    with desk.without_scripts(browser) as page:
        desk.go("/import")
        page.get_by_role("button", name="Import 1 profile").click()
        desk.sees("#flash h2:text('1 profile imported, by-hand is in use')")
        desk.go("/doctor")
        desk.sees("h1:text-is('Doctor')")
        page.get_by_role("button", name="Fix Other users have rights").click()
        desk.sees("#flash h2:text('1 thing fixed')")
        desk.go("/preferences")
        page.get_by_label("Show the budget in the menu").check()
        page.get_by_role("button", name="Save preferences").click()
        desk.sees("#flash h2:text('The preferences are saved')")
        assert home.ok("preference", "usage").out == "usage  on\n"
        assert home.ok("status", "--short").out == "by-hand\n"
