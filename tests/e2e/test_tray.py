"""The whole tray in real panels, as a user has it: seen, clicked by pointer, told by dunst, quit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from PIL import ImageChops
from support.desktop.dunst import DUNST_TOOLS, Dunst
from support.desktop.private_bus import require
from support.desktop.status_notifier import eventually
from support.desktop.tray_user import GATEWAY, SETTINGS, Desk, Tray, TrayUser
from support.desktop.virtual_desktop import MENU_BUTTON, PANELS, VirtualDesktop, virtual_desktop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

EVIL = "https://evil.example"


class Sight:
    """The tray in a panel, through a user's eyes and by a user's pointer."""

    def __init__(self, panel: str, theme: str, desktop: VirtualDesktop, session: Desk) -> None:
        self.desktop = desktop
        self.session = session
        self.user = session.user
        self._button = MENU_BUTTON[panel]
        self._theme = theme
        self.empty = desktop.panel_shown()
        self.tray = session.start()
        self.box = desktop.icon_shown(self.empty)

    def face(self, name: str = "") -> Image:
        """The icon as it looks now; the whole screen is kept under that name."""
        return self.desktop.screenshot(f"tray-{self._theme}-{name}" if name else "").crop(self.box)

    def changed_from(self, *faces: Image) -> None:
        """Wait until the icon looks like none of those."""
        eventually(
            lambda: all(ImageChops.difference(self.face(), face).getbbox() for face in faces),
            "the icon looks different",
        )

    def click(self, label: str, name: str = "") -> None:
        """Open the menu and choose the last line that begins with that, all by pointer."""
        self.session.dunst.clear()
        labels = self.tray.labels()
        at = self.desktop.open_menu(
            self.box, self._button, f"tray-{self._theme}-{name}" if name else "", len(labels)
        )
        number = max(number for number, each in enumerate(labels) if each.startswith(label))
        self.desktop.click(*at[number])

    def show_menu(self, name: str) -> None:
        """Keep a picture of the open menu."""
        self.session.dunst.clear()
        eventually(lambda: not self.session.dunst.displayed(), "no notice is in the picture")
        self.desktop.resting()
        self.desktop.open_menu(self.box, self._button, f"tray-{self._theme}-{name}", len(self.tray.labels()))
        self.desktop.key("Escape")

    def told(self, title: str, name: str) -> None:
        """Wait for that notice on the screen, and keep a picture."""
        self.session.dunst.wait_for(title)
        eventually(lambda: bool(self.session.dunst.displayed()), "the notice is on the screen")
        self.desktop.resting()
        self.face(name)


@contextmanager
def sight(user: TrayUser, panel: str, theme: str = "light") -> Iterator[Sight]:
    require(*DUNST_TOOLS)
    with virtual_desktop(user.home, panel, dark=theme == "dark") as (desktop, stack):
        user.environ = {**desktop.environ, **user.environ, "HOME": str(user.home)}
        address = user.environ["DBUS_SESSION_BUS_ADDRESS"]
        session = Desk(user, address, Dunst(user.home / "dunst", desktop.environ), stack)
        session.bus = desktop.bus
        session.start_dunst()
        yield Sight(panel, theme, desktop, session)


@pytest.fixture(params=PANELS)
def panel(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_a_users_first_day(user: TrayUser, panel: str) -> None:
    with sight(user, panel) as seen:
        off = seen.face("off")
        seen.click("Work", "menu-off")
        eventually(lambda: user.routed_to("@anthropic-prod"), "the settings carry the profile")
        seen.changed_from(off)
        active = seen.face("active")
        at_work = user.bytes()

        seen.click("Off", "menu-active")
        eventually(lambda: user.bytes() == SETTINGS, "the settings are as before, byte for byte")
        seen.tray.wait_title("off")
        seen.click("Undo: back to Work")
        eventually(lambda: user.bytes() == at_work, "the switch to off is undone")
        seen.tray.wait_title("Work")

        user.edit(GATEWAY, EVIL)
        seen.told("Your key would go elsewhere", "notice-drift")
        seen.changed_from(off, active)
        drift = seen.face("drift")
        seen.session.dunst.press("Restore")
        eventually(lambda: user.bytes() == at_work, "the notice's button restores")
        seen.tray.wait_title("Work")

        user.settings.write_bytes(at_work + b"}")
        seen.told("settings.json is broken", "notice-error")
        seen.changed_from(off, active, drift)
        seen.show_menu("menu-error")
        user.settings.write_bytes(at_work)
        seen.tray.wait_title("Work")

        seen.click("Quit")
        assert seen.tray.ends() == 0
        assert user.bytes() == at_work


def test_restored_by_the_menu(user: TrayUser, panel: str) -> None:
    user.ok("switch", "home")
    before = user.bytes()
    with sight(user, panel) as seen:
        user.edit(GATEWAY, EVIL)
        seen.session.dunst.wait_for("evil.example")
        seen.tray.wait_title("home, changed by something else")
        seen.click("Restore", "menu-drift")
        eventually(lambda: user.bytes() == before, "the menu restores")
        seen.tray.wait_title("home")


def test_every_state_in_the_dark(user: TrayUser, panel: str) -> None:
    with sight(user, panel, "dark") as seen:
        seen.face("off")
        user.ok("switch", "work")
        seen.tray.wait_title("Work")
        seen.show_menu("menu-active")
        at_work = user.bytes()
        user.edit(GATEWAY, EVIL)
        seen.told("evil.example", "notice-drift")
        seen.show_menu("menu-drift")
        user.settings.write_bytes(at_work + b"}")
        seen.told("settings.json is broken", "notice-error")
        shades = seen.face().convert("L").getextrema()
        assert shades[1] - shades[0] > 60  # type: ignore[operator]


def test_a_panel_that_crashed_and_a_bus_that_went_give_the_icon_back(user: TrayUser, panel: str) -> None:
    with sight(user, panel) as seen:
        seen.desktop.kill_panel()
        user.ok("switch", "work")
        seen.desktop.panel_shown()
        seen.box = seen.desktop.icon_shown(seen.empty)
        seen.click("home")
        eventually(lambda: user.routed_to("@bedrock-home"), "its menu works again")

        assert seen.session.bus is not None
        seen.session.bus.stop()
        seen.desktop.kill_panel()
        seen.session.bus.start()
        seen.session.start_dunst()
        seen.desktop.panel_shown()
        seen.tray = Tray(seen.tray.process, seen.session.panel())
        seen.box = seen.desktop.icon_shown(seen.empty)
        seen.click("Work")
        eventually(lambda: user.routed_to("@anthropic-prod"), "and after the bus came back too")
        assert seen.tray.end() == 0
