"""Doctor, Import and Preferences by keyboard alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.browser import Desk
from support.home.doctor_home import DoctorHome
from support.home.user_home import KEY


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def focused(desk: Desk) -> str:
    """What a screen reader would begin with: the name of what has the focus."""
    name = "it.ariaLabel || it.labels?.[0]?.textContent || it.textContent"
    text: str = desk.page.evaluate(f"() => {{ const it = document.activeElement; return {name}; }}")
    return " ".join(text.split())


def tab_to(desk: Desk, name: str) -> None:
    """Tab until what is so called has the focus."""
    for _ in range(120):
        desk.page.keyboard.press("Tab")
        if focused(desk).startswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_finding_is_fixed(desk: Desk) -> None:
    desk.home.profiles.chmod(0o777)
    desk.go("/doctor")
    desk.sees("h1:text-is('Doctor')")
    tab_to(desk, "What the fix does")
    desk.page.keyboard.press("Enter")
    desk.sees("details[open] .cmd")
    tab_to(desk, "Fix")
    desk.page.keyboard.press("Enter")
    desk.sees("#flash h2:text('1 thing fixed')")
    desk.page.wait_for_function("() => document.activeElement.id === 'flash'")  # it is read out


def test_settings_are_imported_under_a_name(desk: Desk) -> None:
    desk.home.ok("off")
    headers = "x-portkey-provider: @by-hand"
    env = {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", "ANTHROPIC_AUTH_TOKEN": KEY}
    desk.home.settings.write_text(json.dumps({"env": {**env, "ANTHROPIC_CUSTOM_HEADERS": headers}}))
    desk.go("/import")
    tab_to(desk, "Name of the profile made of")
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type("mine")
    desk.page.keyboard.press("Control+Enter")
    desk.sees("#flash h2:text('1 profile imported, mine is in use')")


def test_preferences_are_saved(desk: Desk) -> None:
    desk.go("/preferences")
    tab_to(desk, "Tell me and let me decide")
    desk.page.keyboard.press("ArrowDown")
    tab_to(desk, "Show favourites only")
    desk.page.keyboard.press("Space")
    tab_to(desk, "Save preferences")
    desk.page.keyboard.press("Enter")
    desk.sees("#flash h2:text('The preferences are saved')")
    assert desk.home.ok("preference", "on_drift").out == "on_drift  restore\n"
    assert desk.home.ok("preference", "favourites_only").out == "favourites_only  on\n"
