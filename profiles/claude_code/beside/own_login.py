"""Claude Code's own logins that it would send beside a gateway's key. Effects: reads its files, changes none.

Seen with client 2.1.332 in `messages`: the Console's key (`primaryApiKey`) goes along as `x-api-key` with a
token of the settings, unless a header line of that name is there, even a blank one; a claude.ai login goes
along only where the settings hold no token. With a helper neither does.
"""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.beside.client_state import holds, state_file
from profiles.claude_code.routing_names import OWN_LOGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations


def console_key(locations: Locations, environ: Mapping[str, str]) -> str:
    """The file that holds the key of a login at Anthropic's Console; "" where there is none to be seen.

    On macOS the client keeps it in the keychain, where it cannot be seen without asking.
    """
    path = state_file(locations, environ)
    return path if holds(path, "primaryApiKey") else ""


def account_login(locations: Locations, environ: Mapping[str, str]) -> str:
    """The file, or the variable, that holds a claude.ai login; "" where there is none to be seen.

    The file can hold logins at MCP servers alone.
    """
    if environ.get(OWN_LOGIN):
        return OWN_LOGIN
    path = os.path.join(locations.claude_home, ".credentials.json")
    return path if holds(path, "claudeAiOauth") else ""
