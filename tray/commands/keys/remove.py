"""key remove: forget a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError
from tray.actions.keys.stored import forget_key, refuse_used, stored_name
from tray.commands.names import add_key_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.keys import forgotten_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_key_remove(parser: argparse.ArgumentParser) -> None:
    """NAME [--force]."""
    add_key_name(parser)
    flag(parser, "--force", "even if profiles use it, and without asking")


def key_remove(app: App, name: str, *, force: bool) -> Report:
    """Forget a key. Raises ConflictError while profiles use it, unless `force`."""
    key_name = stored_name(app, name)
    if not force:
        refuse_used(app, key_name)
        if app.interactive and app.secrets.where(key_name) is not None:
            _ask(key_name)
    return report(forget_key(app, key_name), forgotten_lines)


def _ask(key_name: str) -> None:
    """Raises DeclinedError for a no."""
    from tray.terminal.prompts import confirm, say

    say(f"The key {key_name!r} is deleted permanently: `undo` does not bring it back.")
    if not confirm(f"Forget the key {key_name}?", default=False):
        raise DeclinedError("Nothing was forgotten", "`pkcc-tray key list` shows all keys.")
