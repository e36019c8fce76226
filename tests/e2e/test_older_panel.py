"""The tray in a panel that takes only icons of the older kind (XEmbed): GTK shows it, and a click counts."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from support.desktop.private_bus import PrivateBus, require
from support.desktop.status_notifier import eventually
from support.desktop.tray_user import TrayUser
from support.desktop.virtual_desktop import ROOT, VirtualDesktop, end, virtual_screen

if TYPE_CHECKING:
    from pathlib import Path

# PyGObject comes with the system's Python; our libraries are this one's.
PYTHON = "/usr/bin/python3"
PANEL = ("trayer", "--edge", "top", "--align", "left", "--widthtype", "request", "--height", "40")
_NEEDED = f"""
import sys, gi
gi.require_version("Gtk", "3.0")
assert sys.version_info[:2] == {sys.version_info[:2]}
"""


def test_a_click_switches_in_a_panel_that_takes_only_icons_of_the_older_kind(tmp_path: Path) -> None:
    """i3bar, tint2 and polybar have no other: without this the tray could not be reached there."""
    require("Xvfb", "trayer", "import", "xdotool", "dbus-daemon")
    if subprocess.run([PYTHON, "-c", _NEEDED], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("the system's Python has no PyGObject, or is of another version")
    user = TrayUser(tmp_path / "home")
    user.furnish("work", "home")
    with ExitStack() as stack:
        environ = user.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "NO_AT_BRIDGE": "1"}
        environ |= {"DISPLAY": virtual_screen(stack, tmp_path).number}
        environ |= {"PYTHONPATH": f"{ROOT}:{site.getsitepackages()[0]}", "PYTHONDONTWRITEBYTECODE": "1"}
        desktop = VirtualDesktop(user.home, environ, "", stack)
        bus = PrivateBus(tmp_path, environ)
        bus.start()
        stack.callback(bus.stop)
        environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        empty = desktop.screenshot()
        desktop.start(*PANEL)
        # From a terminal, since one that comes with the login leaves a panel more time to come up.
        terminal, its_end = os.openpty()
        stack.callback(os.close, terminal)
        tray = subprocess.Popen([PYTHON, "-m", "tray", "tray"], env=environ, stderr=its_end)
        os.close(its_end)
        stack.callback(end, tray)
        box = desktop.icon_shown(empty)
        lines = desktop.open_menu(box, 1)
        desktop.click(*lines[0])  # nothing stands above the profiles while all is right
        eventually(lambda: b"x-portkey-provider: @bedrock-home" in user.bytes(), "in force")
        lines = desktop.open_menu(box, 3)
        desktop.click(*lines[-1])
        assert tray.wait(10) == 0, "its last line ends it"
