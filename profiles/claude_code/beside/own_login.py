"""Claude Code's own logins that it would send beside a gateway's key. Effects: reads its files, changes none.

Seen with client 2.1.332 in `messages`: the Console's key (`primaryApiKey`) goes along as `x-api-key` with a
token of the settings, unless a header line of that name is there, even a blank one; a claude.ai login goes
along only where the settings hold no token. With a helper neither does.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR_VARIABLE, home
from profiles.claude_code.routing_names import OWN_LOGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

_LARGEST = 64 << 20  # bytes; the client keeps every project's history in that file


def console_key(locations: Locations, environ: Mapping[str, str]) -> str:
    """The file that holds the key of a login at Anthropic's Console; "" where there is none to be seen.

    On macOS the client keeps it in the keychain, where it cannot be seen without asking.
    """
    with suppress(PkccError):
        # An empty variable counts as none here, though not for where its settings are.
        chosen = environ.get(CLAUDE_DIR_VARIABLE)
        path = os.path.join(locations.claude_home if chosen else home(environ), ".claude.json")
        return path if _holds(path, "primaryApiKey") else ""
    return ""


def account_login(locations: Locations, environ: Mapping[str, str]) -> str:
    """The file, or the variable, that holds a claude.ai login; "" where there is none to be seen.

    The file can hold logins at MCP servers alone.
    """
    if environ.get(OWN_LOGIN):
        return OWN_LOGIN
    path = os.path.join(locations.claude_home, ".credentials.json")
    return path if _holds(path, "claudeAiOauth") else ""


def _holds(path: str, name: str) -> bool:
    """Whether the file is a JSON object with something of that name."""
    with suppress(OSError, ValueError, RecursionError, TypeError, LookupError):
        if os.path.isfile(path) and os.path.getsize(path) <= _LARGEST:
            with open(path, "rb") as file:
                data = file.read()
            return name.encode() in data and bool(json.loads(data)[name])
    return False
