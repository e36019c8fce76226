"""The status line in Claude Code's settings: put there, taken out, looked at."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import parse_settings
from profiles.files.read import read_bytes
from profiles.routes.status_lines import in_the_way
from profiles.switching.edit.status_line import own_command_line, standing
from tray.actions.notes import LINE_REPLACED, change_notes
from tray.actions.switching.switch_notes import unread_notes

if TYPE_CHECKING:
    from tray.app import App


class LineSet(NamedTuple):
    """`status_line` is on, off, waiting (for a profile) or replaced (by something else).

    `yours` is the user's own command beside it, the program alone; "" for none.
    """

    status_line: str
    settings: str
    active: str | None
    written: bool
    yours: str


def set_status_line(app: App, *, on: bool) -> tuple[LineSet, tuple[str, ...]]:
    """Have sessions show the status line from now on, or no longer; and notes."""
    outcome = app.switcher.status_line(on=on)
    found, notes = status_line_here(app)
    return found._replace(written=outcome.written), (*change_notes(outcome), *notes)


def status_line_here(app: App) -> tuple[LineSet, tuple[str, ...]]:
    """How it stands with the status line, and what keeps sessions here from showing it."""
    current = app.switcher.read().state.current
    path = app.locations.settings_path
    settings = parse_settings(read_bytes(path), path)
    state = standing(settings, current)
    theirs = own_command_line(settings)
    found = LineSet(state, path, current.active, written=False, yours=mask_value(HELPER_KEY, theirs))
    notes = [LINE_REPLACED] if state == "replaced" else []
    if state == "on":
        notes += unread_notes(app)
        notes += [each.words for each in in_the_way(app.locations, app.directory)]
    return found, tuple(notes)
