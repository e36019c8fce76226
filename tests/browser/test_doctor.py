"""Doctor in a real browser: what is wrong, and the buttons that fix it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.browser import Desk
from support.home.doctor_home import DoctorHome


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def test_what_is_wrong_is_fixed(themed_desk: Desk) -> None:
    desk, home = themed_desk, themed_desk.home
    home.ok("set", "work", "key_delivery", "settings")
    home.ok("switch", "work")
    home.settings.chmod(0o644)
    home.profiles.chmod(0o777)
    home.ok("add", "acme", "--label", "Acme (client)", "--provider", "@acme", "--key-ref", "keyring:acme")
    home.ok("add", "eu", "--provider", "@eu", "--sonnet", "claude-3-7-sonnet-20250219")
    desk.go("/doctor")
    desk.sees("h1:text('Doctor')")
    assert desk.page.get_by_role("link", name="Doctor 2 problems").count() == 1
    desk.picture("doctor")
    desk.page.get_by_role("link", name="Fix the 2 safe ones…").click()
    desk.sees("h1:text('Fix these 2?')")
    desk.picture("doctor-fix")
    desk.press("Fix these 2")
    desk.sees("#flash h2:text('2 things fixed')")
    assert home.settings.stat().st_mode & 0o077 == 0
    desk.picture("doctor-fixed")


def test_nothing_wrong(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/doctor")
    desk.sees("text=Nothing is wrong.")
    desk.picture("doctor-clear")
    with desk.page.expect_navigation():
        desk.press("Look again")
    desk.sees("text=Nothing is wrong.")
