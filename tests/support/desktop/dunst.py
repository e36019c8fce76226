"""A real notification service whose every notice is written down, and whose buttons can be pressed."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from support.desktop.notification_service import NAME
from support.desktop.private_bus import LIMIT_S
from support.desktop.status_notifier import eventually

if TYPE_CHECKING:
    from pathlib import Path

DUNST_TOOLS = ("dunst", "dunstctl")
# At the bottom, where no menu comes.
_CONFIG = """[global]
    font = DejaVu Sans 10
    width = 420
    height = 200
    origin = bottom-right
    offset = 10x10
    dmenu = {directory}/choose
    mouse_left_click = context
[heard]
    summary = "*"
    script = {directory}/hear
"""
_HEAR = """#!/bin/sh
printf '%s\\036%s\\036%s\\035' "$DUNST_URGENCY" "$DUNST_SUMMARY" "$DUNST_BODY" >>{directory}/heard
"""
_CHOOSE = """#!/bin/sh
exec grep -m1 "^#$(cat {directory}/choice) "
"""


class Heard(NamedTuple):
    """A notice as dunst showed it."""

    urgency: str
    title: str
    body: str


class Dunst:
    """`config` and `environ` start it; everything lies in one directory."""

    def __init__(self, directory: Path, environ: dict[str, str]) -> None:
        directory.mkdir()
        self._directory = directory
        self._environ = environ
        self._heard = directory / "heard"
        self._heard.touch()
        (directory / "dunstrc").write_text(_CONFIG.format(directory=directory))
        for name, text in (("hear", _HEAR), ("choose", _CHOOSE)):
            (directory / name).write_text(text.format(directory=directory))
            (directory / name).chmod(0o700)
        self.argv = ("dunst", "-config", str(directory / "dunstrc"))

    def wait_until_up(self) -> None:
        """It is the notification service. Asked of the bus: a call to it might start another one instead."""
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        with open_dbus_connection(self._environ["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            bus = Proxy(message_bus, connection, timeout=LIMIT_S)
            eventually(lambda: bool(bus.NameHasOwner(NAME)[0]), "dunst came up")

    def heard(self) -> list[Heard]:
        """Every notice so far, first to last."""
        return [Heard(*each.split("\x1e")) for each in self._heard.read_text().split("\x1d") if each]

    def wait_for(self, text: str) -> Heard:
        """The first notice with that in its title or its body."""
        deadline = time.monotonic() + LIMIT_S
        while not (found := [each for each in self.heard() if text in f"{each.title}\n{each.body}"]):
            assert time.monotonic() < deadline, f"no notice {text!r}, only {self.heard()}"
            time.sleep(0.01)
        return found[0]

    def displayed(self) -> int:
        """How many are on the screen."""
        return int(self._control("count", "displayed") or 0)

    def press(self, label: str) -> None:
        """Press the button with that label, on whatever notice that has one."""
        self.intend(label)
        self._control("context")

    def intend(self, label: str) -> None:
        """The button that a click on a notice is to press: dunst asks for it, as by a menu."""
        (self._directory / "choice").write_text(label)

    def clear(self) -> None:
        """Close all that are shown."""

        def gone() -> bool:
            self._control("close-all")
            return not self.displayed()

        eventually(gone, "the notices went")

    def _control(self, *words: str) -> str | None:
        done = subprocess.run(
            ["dunstctl", *words], env=self._environ, capture_output=True, text=True, timeout=LIMIT_S
        )
        return done.stdout.strip() if done.returncode == 0 else None
