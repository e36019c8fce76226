"""usage: what was spent with a profile's account, and what is left of its budgets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.actions.account.usage import since_when, usage_of
from tray.commands.asking.which_profile import chosen_or_used_here
from tray.commands.names import add_name, completed
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.account import usage_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_usage(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--since 7d|DAY] [--by day|model|user|metadata KEY]."""
    add_name(parser, help_text="a profile's name (a terminal asks; else the one used here)", nargs="?")
    since = parser.add_argument(
        "--since",
        metavar="7d|DAY",
        default="7d",
        help="so many days, or a day such as 2026-11-01 (default: 7d)",
    )
    completed(since, lambda **_: ("1d", "7d", "30d"))
    part = parser.add_argument(
        "--by", metavar=("day|model|user|metadata", "KEY"), nargs="+", default=["day"],
        help="a bar for each day (default), model, user, or value of a metadata key",
    )  # fmt: skip
    completed(part, lambda **_: ("day", "model", "user", "metadata"))


def usage(app: App, name: str | None, *, since: str, by: list[str]) -> Report:
    """What was spent. Raises ConflictError when no profile is in use and none is named."""
    begins, part = since_when(since, datetime.now(UTC)), _part(by)
    meant = chosen_or_used_here(app, name, "Usage of which profile?", "Name one: `pkcc-tray usage NAME`.")
    with waiting(app, "Asking what was spent"):
        found, notes = usage_of(app, meant.name, begins, part)
    return report(found, usage_lines, notes=(*meant.notes, *notes))


def _part(by: list[str]) -> str:
    """What the bars are for: day, model, user, or `metadata.KEY`."""
    if by[0] == "metadata" and len(by) == 2:
        return f"metadata.{by[1]}"
    if by[0] in ("day", "model", "user") and len(by) == 1:
        return by[0]
    raise UsageError("--by takes day, model, user, or metadata and its key", "NAME comes before --by.")
