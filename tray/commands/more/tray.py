"""tray: the icon in the panel; quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_tray(parser: argparse.ArgumentParser) -> None:
    """[--headless]."""
    parser.add_argument(
        "--headless", action="store_true", help="without an icon: watch, notify, and answer commands"
    )


def tray(app: App, *, headless: bool) -> Result:
    """Run the tray until it is quit. A second start brings up the first one and ends."""
    from tray.runtime.run import run_tray

    return Result("tray", {}, raw=run_tray(app, headless=headless))


def quit_(app: App) -> Result:
    """End the tray that runs, of any version; done when it is gone. Raises ConflictError if it stays."""
    from tray.ipc.single_instance import end_first

    return Result("quit", {"was_running": end_first(app.locations, app.environ)})
