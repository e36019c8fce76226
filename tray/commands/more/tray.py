"""tray: the icon in the panel; quit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_tray(parser: argparse.ArgumentParser) -> None:
    """[--headless]."""
    parser.add_argument(
        "--headless", action="store_true", help="without an icon: watch, notify, and answer commands"
    )


def tray(app: App, *, headless: bool) -> Report:
    """Run the tray until it is quit. A second start brings up the first one and ends."""
    from tray.runtime.run import run_tray

    return Report({}, raw=run_tray(app, headless=headless))


class Ended(NamedTuple):
    """Whether there was a tray to end."""

    was_running: bool


def quit_(app: App) -> Report:
    """End the tray that runs, of any version; done when it is gone. Raises ConflictError if it stays."""
    from tray.ipc.single_instance import end_first

    return report(Ended(end_first(app.locations, app.environ)), _ended)


def _ended(outcome: Ended) -> list[str]:
    return ["pkcc-tray has ended." if outcome.was_running else "pkcc-tray is not running."]
