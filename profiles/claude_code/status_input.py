"""What Claude Code hands to a status line: one JSON object, and variables. Pure, and lenient: it may change.

Seen with client 2.1.332: neither an address nor a provider is in the object, so the route is in the variables
alone, which are those that the client itself goes by. Loaded by the fast path: imports nothing that costs.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import PROFILE_VARIABLE
from profiles.claude_code.routing_names import ADDRESSES, BASE_URLS, HEADERS_KEY, HOST_FLAG, SWITCHES
from profiles.portkey.header_names import PORTKEY_KEY, PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

SAYS, BESIDE = "--says", "--beside"  # options: the profile that the settings carry, the user's own command
BESIDE_HEX = "--beside-hex"  # the same, where no shell of Windows reads it as it is
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./~:+@, ")
PID, PROJECT, COLUMNS, NO_COLOR = "CLAUDE_PID", "CLAUDE_PROJECT_DIR", "COLUMNS", "NO_COLOR"
# What tells the route: no variable that holds a key.
_TELLING = (*BASE_URLS.values(), *SWITCHES, *ADDRESSES, HEADERS_KEY, HOST_FLAG, PROFILE_VARIABLE)
_KEPT = frozenset({*_TELLING, PID, PROJECT, COLUMNS, NO_COLOR})
_MODELS = ("_MODEL", "_MODEL_OPTION")


class StatusInput(NamedTuple):
    """The model's id, and the directory that the session was started in; "" where that is not said."""

    model: str = ""
    project: str = ""


def read_status_input(text: str) -> StatusInput:
    """What that object says; nothing of anything else."""
    from profiles.files.json_documents import json_or_none

    data = json_or_none(text)
    return StatusInput(_text(data, "model", "id"), _text(data, "workspace", "project_dir"))


def beside_words(theirs: str, *, windows: bool) -> list[str]:
    """The options that name the user's own command; none for "". The shells of Windows share no quotes."""
    if windows and not _PLAIN.issuperset(theirs):
        return [BESIDE_HEX, theirs.encode("utf-8", "surrogatepass").hex()]
    return [BESIDE, theirs] if theirs else []


def beside_in(options: Mapping[str, str]) -> str:
    """The user's own command that those options name; "" for none, and for one that is no text."""
    if BESIDE_HEX not in options:
        return options.get(BESIDE, "")
    try:
        return bytes.fromhex(options[BESIDE_HEX]).decode("utf-8", "surrogatepass")
    except ValueError:
        return ""


def telling_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that tell a session's route, without a gateway's key."""
    found = {name: text for name, text in environ.items() if name in _KEPT or name.endswith(_MODELS)}
    if HEADERS_KEY in found:
        found[HEADERS_KEY] = "\n".join(filter(_tells, found[HEADERS_KEY].split("\n")))
    return found


def _tells(line: str) -> bool:
    name = line.strip().lower()
    return name.startswith(PREFIX) and not name.startswith(PORTKEY_KEY)


def _text(data: object, *path: str) -> str:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, str) and "\0" not in data else ""
