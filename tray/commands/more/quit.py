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
    """End the tray that runs, of any version, and the manager; done when both are gone.

    Raises ConflictError if one stays.
    """
    from tray.ipc.address import MANAGER
    from tray.ipc.single_instance import end_first

    end_first(app.locations, app.environ, MANAGER)
    return report(Ended(end_first(app.locations, app.environ)), _ended)


def _ended(outcome: Ended) -> list[str]:
    return ["pkcc-tray has ended." if outcome.was_running else "pkcc-tray is not running."]
