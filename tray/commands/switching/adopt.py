"""adopt: take changes by something else into the profile in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.switching.adopting import adopt as actions
from tray.commands.asking.key_place import ensure_place
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import adopted_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_adopt(parser: argparse.ArgumentParser) -> None:
    """[--address]."""
    flag(parser, "--address", "also where the change decides where your key goes (asked at a terminal)")


def adopt(app: App, *, address: bool) -> Report:
    """Take outside changes into the profile in use, as one step."""

    def is_own(change: str) -> bool:
        return not app.interactive or _asked(change)

    adopted, notes = actions.adopt(
        app, is_own_address=is_own if address else None, offer_place=lambda: ensure_place(app)
    )
    return report(adopted, adopted_lines, notes=notes)


def _asked(change: str) -> bool:
    from tray.terminal.prompts import confirm, say

    say(f"{change}.")
    say(actions.RESTORE)
    return confirm("Is that address yours, and shall the key go there from now on?", default=False)
