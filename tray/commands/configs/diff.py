"""config diff: what saving a config would change at Portkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.configs.own_config import config_in_file
from tray.actions.account.configs.saved import compare
from tray.actions.which_profile import used_here_unless_named
from tray.commands.configs.files import (
    NAME_ONE,
    add_config_file,
    add_config_id,
    saved_id,
)
from tray.commands.options import add_profile, read_given_file
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.configs.saved import compared_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_diff(parser: argparse.ArgumentParser) -> None:
    """FILE ID [--profile NAME]."""
    add_config_file(parser)
    add_config_id(parser)
    add_profile(parser, "whose key reads it (default: the one used here)", "NAME")


def config_diff(app: App, file: str, config_id: str, *, profile: str | None) -> Report:
    """What differs, as data; exit code 1 where something does, as of other programs called diff."""
    meant = used_here_unless_named(app, profile, NAME_ONE)
    own = config_in_file(file, read_given_file(file))
    with waiting(app, "Asking Portkey"):
        compared, notes = compare(app, meant.name, own, saved_id(app, meant.name, config_id))
    return report(
        compared,
        compared_lines,
        notes=(*meant.notes, *notes),
        exit_code=int(not compared.equal),
        draw="config diff",
    )
