"""config list: the configs that are saved at Portkey, or the versions of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.configs.saved import list_saved, versions_of
from tray.actions.which_profile import used_here_unless_named
from tray.commands import offers
from tray.commands.configs.files import NAME_ONE, saved_id
from tray.commands.names import completed
from tray.commands.options import add_profile
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.configs.saved import saved_lines, version_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_list(parser: argparse.ArgumentParser) -> None:
    """[--profile NAME] [--versions ID]."""
    add_profile(parser, "whose workspace (default: that of the one used here)", "NAME")
    versions = parser.add_argument("--versions", metavar="ID", help="the versions of that config instead")
    completed(versions, offers.configs)


def config_list(app: App, *, profile: str | None, versions: str | None) -> Report:
    """The configs, with the profiles here that name each; or one's versions, the newest first."""
    meant = used_here_unless_named(app, profile, NAME_ONE)
    if versions is not None:
        with waiting(app, "Asking Portkey"):
            listed, notes = versions_of(app, meant.name, saved_id(app, meant.name, versions))
        return report(listed, version_lines, notes=(*meant.notes, *notes), draw="config versions")
    with waiting(app, "Asking Portkey"):
        found, notes = list_saved(app, meant.name)
    return report(found, saved_lines, notes=(*meant.notes, *notes), draw="config list")
