"""models: what a profile's key may use, with prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.models import list_models
from tray.commands import offers
from tray.commands.asking.which_profile import chosen_or_used_here
from tray.commands.names import add_name, completed
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.account import model_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_models(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--provider @slug] [--claude]."""
    add_name(parser, help_text="a profile's name (a terminal asks; else the one used here)", nargs="?")
    completed(
        parser.add_argument("--provider", metavar="@SLUG", help="only the models of that provider"),
        offers.providers,
    )
    flag(parser, "--claude", "only Claude models")


def models(app: App, name: str | None, *, provider: str | None, claude: bool) -> Report:
    """The models that the key may use. Raises ConflictError when no profile is in use and none is named."""
    meant = chosen_or_used_here(app, name, "Models of which profile?", "Name one: `pkcc-tray models NAME`.")
    with waiting(app, "Asking for the models"):
        found, notes = list_models(app, meant.name, provider, claude_only=claude)
    return report(found, model_lines, notes=(*meant.notes, *notes))
