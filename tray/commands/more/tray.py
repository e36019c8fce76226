"""tray: the icon in the panel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.commands.options import flag
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_STARTING_LIMIT_S = 15.0
_PAUSE_S = 0.05
_THERE = """The tray runs: look for its icon in your panel. A click switches, and it warns you.
Where no icon comes up, `pkcc-tray doctor` says why. `pkcc-tray quit` ends it.
"""
_OFFER = """For a menu entry, manual pages and Tab completion: `pkcc-tray desktop install`.
"""
_UNSEEN = "The tray runs, without an icon. `pkcc-tray quit` ends it.\n"


def arguments_tray(parser: argparse.ArgumentParser) -> None:
    """[--headless] [--foreground | --background]."""
    flag(parser, "--headless", "without an icon: watch, notify, and answer commands")
    where = parser.add_mutually_exclusive_group()
    flag(where, "--foreground", "stay at this terminal until it ends (what `tray` does)")
    flag(where, "--background", "return when it runs (what `pkcc-tray` alone does at a terminal)")


def tray(app: App, *, headless: bool, foreground: bool, background: bool) -> Report:
    """Run the tray until it is quit. A second start brings up the first one and ends."""
    if background:
        return Report({}, raw=_in_background(app, headless=headless))
    from tray.runtime.run import run_tray

    return Report({}, raw=run_tray(app, headless=headless))


def _in_background(app: App, *, headless: bool) -> str:
    """What to say when a tray runs. Raises PkccError where none comes."""
    from profiles.base.programs.run import start_detached
    from tray.actions.more.computer.desktop import offer_desktop
    from tray.desktop.display import has_display
    from tray.ipc.client import ask
    from tray.ipc.single_instance import bring_up_first

    if ask(app.locations, app.environ, "hello") is not None:
        return bring_up_first(app.locations, app.environ) + "\n"
    words = ["tray", "--headless"] if headless else ["tray"]
    runs = start_detached(app.own_argv(*words), app.environ)
    deadline = time.monotonic() + _STARTING_LIMIT_S
    while ask(app.locations, app.environ, "hello") is None:
        if not runs() or time.monotonic() > deadline:
            raise PkccError("The tray did not start", "`pkcc-tray --foreground` shows why.")
        time.sleep(_PAUSE_S)
    if headless or not has_display(app.environ):
        return _UNSEEN
    return _THERE + (_OFFER if offer_desktop(app) else "")
