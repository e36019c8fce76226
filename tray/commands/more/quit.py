"""quit: end the tray that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.results import Report, report

if TYPE_CHECKING:
    from tray.app import App


class Ended(NamedTuple):
    """Whether there was a tray to end."""

    was_running: bool


def quit_(app: App) -> Report:
    """End the tray that runs, of any version; done when it is gone. Raises ConflictError if it stays."""
    from tray.ipc.single_instance import end_first

    return report(Ended(end_first(app.locations, app.environ)), _ended)


def _ended(outcome: Ended) -> list[str]:
    return ["pkcc-tray has ended." if outcome.was_running else "pkcc-tray is not running."]
