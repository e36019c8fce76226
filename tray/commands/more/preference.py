"""preference: pkcc-tray's own options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.files.preferences import MEANINGS, NAMES, words_for
from tray.actions.more.preference import preferences
from tray.commands.names import completed
from tray.terminal.results import Report, report
from tray.terminal.words.more import shown_preferences

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_preference(parser: argparse.ArgumentParser) -> None:
    """[NAME [VALUE]]."""
    action = parser.add_argument("name", metavar="NAME", nargs="?", help=", ".join(NAMES))
    completed(action, lambda **_: NAMES)
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in MEANINGS.items())
    value = parser.add_argument("value", metavar="VALUE", nargs="?", help=meanings)
    completed(value, lambda parsed_args, **_: words_for(parsed_args.name or ""))


def preference(app: App, name: str | None, value: str | None) -> Report:
    """Show all preferences or one, or set one. A running tray follows at once."""
    return report(preferences(app, name, value), shown_preferences)
