"""Our status line in a settings file, beside one that the user has: theirs with another command. Pure.

Theirs is displaced like any value of an owned slot, and its command goes along inside of ours, which runs it.
One that stands there in the place of ours is somebody's later word, and is never written over unasked.
"""

from __future__ import annotations

from profiles.base.light_json import dumps
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.own_command import status_line_options
from profiles.claude_code.owned_slots import HELPER_KEY, STATUS_LINE
from profiles.claude_code.settings.json_text import parse_object
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import plain
from profiles.claude_code.status_input import beside_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.claude_code.settings.json_text import Member
    from profiles.claude_code.settings.parse import Settings
    from profiles.switching.memory.state import Current

# Claude Code runs the command at each message, and at once when the command's text changes: that has the
# profile's name in it. In between, this often (seconds), so that what happens elsewhere is seen by one who
# only looks. One of the user's own runs as often as they said, and no more.
REFRESH_S = 10


def is_there(settings: Settings) -> bool:
    """Whether the file's status line calls a pkcc-tray."""
    return _options(settings) is not None


def is_replaced(settings: Settings, current: Current) -> bool:
    """Whether something else took ours out, or put another in its place."""
    written = current.status_line and current.active is not None
    return written and not settings.absent and not is_there(settings)


def standing(settings: Settings, current: Current) -> str:
    """Whether ours is there: on or off; waiting, for a profile; or replaced, by something else."""
    if is_there(settings):
        return "on"
    if not current.status_line:
        return "off"
    return "replaced" if is_replaced(settings, current) else "waiting"


def status_line(settings: Settings, command: Callable[[str], str]) -> str:
    """The raw object to write: that of the file with our command in it, else one of our own.

    `command(theirs)` is our command line, that runs the user's own ("" for none) too.
    """
    raw = _with_command(settings, command(own_command_line(settings)))
    parts = {"type": "command", "command": command(""), "padding": 0, "refreshInterval": REFRESH_S}
    return raw or dumps(parts)


def with_line(settings: Settings, displaced: Mapping[str, str]) -> dict[str, str]:
    """What was displaced, with the user's own line as it is now known.

    Where something else replaced ours, that one counts; where its text is lost, ours has its command in it.
    """
    found = dict(displaced)
    if not is_there(settings):
        if not settings.absent:
            found.pop(STATUS_LINE, None)
    elif STATUS_LINE not in found and (theirs := own_command_line(settings)):
        found[STATUS_LINE] = _with_command(settings, theirs)
    return found


def _with_command(settings: Settings, command: str) -> str:
    whole, found, text = settings.member(STATUS_LINE), _command(settings), settings.text
    if whole is None or found is None:
        return ""
    before, after = text[whole.value_start : found.value_start], text[found.value_end : whole.value_end]
    return before + dumps(command) + after


def line_command(settings: Settings) -> str:
    """The command of the file's status line, ours or another's; "" for none."""
    found = _command(settings)
    return "" if found is None else plain(found.value)


def shown_line(settings: Settings) -> dict[str, str]:
    """The file's status line by its slot, as it may be shown: of another's command the program alone."""
    command = line_command(settings)
    shown = "pkcc-tray statusline" if is_there(settings) else mask_value(HELPER_KEY, command)
    return {STATUS_LINE: shown} if command else {}


def own_command_line(settings: Settings) -> str:
    """The user's own command, wherever it stands now; "" for none."""
    options = _options(settings)
    if options is not None:
        return beside_in(dict(zip(options[::2], options[1::2], strict=False)))
    return line_command(settings)


def _options(settings: Settings) -> list[str] | None:
    return status_line_options(line_command(settings))


def _command(settings: Settings) -> Member | None:
    """The text that the status line has for a command; None where Claude Code would take none of it."""
    member = settings.member(STATUS_LINE)
    if member is None or not isinstance(member.value, dict):
        return None
    line = parse_object(settings.text, member.value_start)
    kind, command = line.find("type"), line.find("command")
    if kind is None or kind.value != "command" or command is None:
        return None
    return command if settings.text[command.value_start] == '"' else None
