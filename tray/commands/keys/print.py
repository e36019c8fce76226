"""key print: what Claude Code's apiKeyHelper runs."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.keys.hand_out import hand_out_key
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_key_print(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    from tray.commands.names import add_key_name

    add_key_name(parser)


def key_print(app: App, name: str) -> Report:
    """The key, on standard output and nowhere else."""
    if app.wants_json:
        raise UsageError("A key is never put into JSON", "Run `pkcc-tray key print` without --json.")
    return Report({}, raw=hand_out_key(app, name) + "\n")
