"""explain: what a profile or a config does, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.profile.config.file import config_in_bytes
from tray.actions.which_profile import used_here_unless_named
from tray.commands import offers
from tray.commands.configs.files import saved_id
from tray.commands.names import add_name, completed
from tray.commands.options import read_given_file
from tray.terminal.results import Report, report
from tray.terminal.words.configs.explained import explanation_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_explain(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--file FILE | --id pc-…]."""
    add_name(parser, help_text="a profile's name (default: the one that sessions here use)", nargs="?")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--file", metavar="FILE", help="a config file in place of a profile; - for standard input"
    )
    saved = "a config saved at Portkey, by id or name, asked for with the profile's key"
    completed(instead.add_argument("--id", metavar="pc-…", dest="saved", help=saved), offers.configs)


def explain(app: App, name: str | None, *, file: str | None, saved: str | None) -> Report:
    """What it does. A saved config is asked of the account; all else is answered without a network."""
    from tray.actions.more.explain import explain_config, explain_profile, explain_saved

    if file is not None:
        if name is not None:
            raise UsageError("--file takes no NAME", "Leave one of them out.")
        found, notes = explain_config(app, file, config_in_bytes(file, read_given_file(file)))
        return report(found, explanation_lines, notes=notes, draw="explanation")
    meant = used_here_unless_named(app, name, "Name one: `pkcc-tray explain NAME`, or a config: --file FILE.")
    if saved is not None:
        found = explain_saved(app, meant.name, saved_id(app, meant.name, saved))
        return report(found, explanation_lines, notes=meant.notes, draw="explanation")
    found, notes = explain_profile(app, meant.name)
    return report(found, explanation_lines, notes=(*meant.notes, *notes), draw="explanation")
