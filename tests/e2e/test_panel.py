"""The icon in real panels, seen and clicked as a user would."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from PIL import ImageChops
from support.desktop.icon_driver import state_from
from support.desktop.status_notifier import eventually
from support.desktop.virtual_desktop import (
    MENU_BUTTON,
    PANELS,
    IconProcess,
    VirtualDesktop,
    menu_open,
    virtual_desktop,
)

from tray.runtime.menu.menu import build_menu

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

STATE = {
    "condition": "active",
    "active": "work",
    "profiles": [["work", "Work", "vertex-ai"], ["home", "Home_2", "anthropic"]],
    "undo": "back to Home",
    "autostart": True,
    "drift": [],
}
REASON = "gw.example.com refuses the connection: nothing listens there"
UNREACHABLE = {**STATE, "health": ["unreachable", "work", REASON, "home"]}
# The lines of that menu, top to bottom, as a panel shows them.
LINES = (
    *("profile:work", "profile:home", "off", "check", "undo", "open"),
    *("manage", "add", "edit", "doctor", "preferences", "quit"),
)
ALARM = ["Your key would go to api.portkey-ai.example", "api.portkey.ai", True, False]


class Shown:
    """A desktop whose panel shows our icon."""

    def __init__(self, panel: str, desktop: VirtualDesktop, stack: ExitStack, kept: str) -> None:
        self.desktop = desktop
        self.button = MENU_BUTTON[panel]
        self.kept = kept
        self.empty = desktop.panel_shown()
        self.icon = IconProcess(desktop, stack)
        self.icon.show(**STATE)
        self.box = desktop.icon_shown(self.empty)

    def picture(self, name: str = "") -> Image:
        return self.desktop.screenshot(f"{self.kept}{name}" if name else "").crop(self.box)

    def open_menu(self, name: str = "") -> dict[str, tuple[int, int]]:
        lines = self.desktop.open_menu(self.box, self.button, f"{self.kept}{name}" if name else "")
        return dict(zip(LINES, lines, strict=True))


@pytest.fixture(params=PANELS)
def panel(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def shown(panel: str, tmp_path: Path) -> Iterator[Shown]:
    tmp_path.chmod(0o700)
    with virtual_desktop(tmp_path, panel) as (desktop, stack):
        yield Shown(panel, desktop, stack, "light-")


def test_every_condition_is_seen_in_the_panel(shown: Shown) -> None:
    pictures = [shown.picture("active")]
    for condition in ("off", "drift", "error", "unreachable"):
        active = None if condition == "off" else "work"
        state = {**STATE, "condition": condition, "active": active}
        shown.icon.show(**(UNREACHABLE if condition == "unreachable" else state))

        def new() -> bool:
            now = shown.picture()
            return all(ImageChops.difference(now, old).getbbox() for old in pictures)

        eventually(new, f"{condition} looks different")
        pictures.append(shown.picture(condition))


def test_on_a_dark_panel_too(panel: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with virtual_desktop(tmp_path, panel, dark=True) as (desktop, stack):
        shown = Shown(panel, desktop, stack, "dark-")
        for condition in ("active", "off", "drift", "error", "unreachable"):
            state = {**STATE, "condition": condition}
            shown.icon.show(**(UNREACHABLE if condition == "unreachable" else state))
            shown.icon.wait_for("hosted")
            shown.desktop.resting()
            picture = shown.picture(condition)
            # Something in the picture stands out from the panel.
            shades = picture.convert("L").getextrema()
            assert shades[1] - shades[0] > 60  # type: ignore[operator]


def test_a_click_on_a_profile_chooses_it(shown: Shown) -> None:
    lines = shown.open_menu("menu")
    shown.desktop.click(*lines["profile:home"])
    assert shown.icon.wait_for("chosen") == "profile:home"


def test_drift_is_offered_in_the_menu(shown: Shown) -> None:
    shown.icon.show(**{**STATE, "condition": "drift", "changed": ALARM})
    shown.icon.wait_for("hosted")
    shown.desktop.resting()
    lines = shown.desktop.open_menu(shown.box, shown.button, f"{shown.kept}menu-drift")
    shown.desktop.click(*lines[1])  # the alarm comes first, and what puts it right is next
    assert shown.icon.wait_for("chosen") == "restore"


BEGINNING = {"condition": "off", "active": None, "autostart": False}
MANY = [[f"p{number:02}", f"Profile {number:02}", "@anthropic-prod", "", number < 4] for number in range(40)]
MENUS: dict[str, dict[str, object]] = {
    "first-run": BEGINNING,
    "by-hand": {**BEGINNING, "by_hand": "@anthropic-prod"},
    "changed": {
        **STATE,
        "condition": "drift",
        "changed": ["Settings changed: Sonnet model", "", False, True],
    },
    "no-key": {**STATE, "profiles": [["work", "Acme (client)", "@acme", "", False, True]]},
    "broken": {**STATE, "condition": "error", "broken": "settings.json is broken (line 7)"},
    "busy": {**STATE, "busy": "Switching to Vertex EU…"},
    "many": {**STATE, "active": "p02", "profiles": MANY, "recent": ["p02", "p30"]},
}


@pytest.mark.parametrize("name", MENUS)
def test_every_line_of_every_menu_is_seen(shown: Shown, name: str) -> None:
    """A line that a panel leaves out, or cuts off below the screen, is no help."""
    shown.icon.show(**MENUS[name])
    shown.icon.wait_for("hosted")
    shown.desktop.resting()
    state = state_from(MENUS[name])
    expected = sum(entry.kind != "separator" for entry in build_menu(state))
    shown.desktop.open_menu(shown.box, shown.button, f"{shown.kept}menu-{name}", expected)


def test_a_gateway_that_is_gone_is_said_and_another_profile_offered(shown: Shown) -> None:
    shown.icon.show(**UNREACHABLE)
    shown.icon.wait_for("hosted")
    shown.desktop.resting()
    lines = shown.desktop.open_menu(shown.box, shown.button, f"{shown.kept}menu-unreachable")
    shown.desktop.click(*lines[1])
    assert shown.icon.wait_for("chosen") == "fallback:home"


def test_an_open_menu_stays_open_while_something_changes(shown: Shown) -> None:
    before = shown.desktop.screenshot()
    shown.open_menu()
    opened = shown.desktop.screenshot()
    shown.icon.show(**{**STATE, "active": "home"})
    eventually(
        lambda: ImageChops.difference(opened, shown.desktop.screenshot()).getbbox() is not None,
        "the change is seen in the open menu",
    )
    assert menu_open(before, shown.desktop.screenshot("menu-changed-while-open"))


def test_a_left_click_opens_the_menu_or_arrives(shown: Shown) -> None:
    middle = ((shown.box[0] + shown.box[2]) // 2, (shown.box[1] + shown.box[3]) // 2)
    before = shown.desktop.screenshot()
    shown.desktop.click(*middle)
    if shown.button == 1:
        eventually(lambda: menu_open(before, shown.desktop.screenshot()), "the menu opened")
    else:
        assert shown.icon.wait_for("activated")


def test_a_panel_that_crashed_and_came_back_shows_the_icon_again(shown: Shown) -> None:
    shown.desktop.kill_panel()
    shown.icon.show(**{**STATE, "condition": "error"})
    shown.desktop.start_panel()
    assert shown.desktop.icon_shown(shown.empty)
    lines = shown.open_menu()
    shown.desktop.click(*lines["off"])
    assert shown.icon.wait_for("chosen") == "off"


def test_a_thousand_profiles_open_at_once(shown: Shown) -> None:
    profiles = [[f"{chr(97 + number % 26)}{number:04}", "", ""] for number in range(1000)]
    shown.icon.show(**{**STATE, "active": None, "profiles": profiles, "recent": [profiles[7][0]]})
    shown.icon.wait_for("hosted")
    shown.desktop.resting()
    lines = shown.desktop.open_menu(shown.box, shown.button, f"{shown.kept}menu-1000")
    assert len(lines) > 10
