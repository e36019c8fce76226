"""tray: the icon in the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.commands.options import flag
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_tray(parser: argparse.ArgumentParser) -> None:
    """[--headless]."""
    flag(parser, "--headless", "without an icon: watch, notify, and answer commands")


def tray(app: App, *, headless: bool) -> Report:
    """Run the tray until it is quit. A second start brings up the first one and ends."""
    from tray.runtime.run import run_tray

    return Report({}, raw=run_tray(app, headless=headless))
