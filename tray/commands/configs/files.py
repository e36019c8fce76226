"""A FILE argument that is a Portkey config, and an ID that is a saved one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.config_names import config_id
from tray.commands import offers
from tray.commands.names import completed

if TYPE_CHECKING:
    import argparse

    from tray.app import App

A_SAVED_CONFIG = "a saved config: its id, pc-…, or its name"
NAME_ONE = "Name one with --profile."


def add_config_file(parser: argparse.ArgumentParser) -> None:
    """Declare the positional argument FILE."""
    parser.add_argument("file", metavar="FILE", help="a Portkey config as JSON; - for standard input")


def add_config_id(parser: argparse.ArgumentParser) -> None:
    """Declare the positional argument ID, that of a saved config."""
    completed(parser.add_argument("config_id", metavar="ID", help=A_SAVED_CONFIG), offers.configs)


def saved_id(app: App, profile: str, text: str) -> str:
    """The id of the saved config that a person means by its id or name, in a profile's account."""
    return config_id(app, text, app.store.rendered(profile))
