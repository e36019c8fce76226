"""What pkcc-tray owns in Claude Code's settings: a fixed, documented set. Everything else is the user's.

Each name was seen to be honoured by the real client, and to count as unset when its value is "" (facts).
"""

from __future__ import annotations

from profiles.names import DIALECTS
from profiles.routing_names import (
    ADDRESSES,
    BASE_URLS,
    GATEWAY_SWITCH,
    PROVIDERS,
    SKIP_AUTH,
    SWITCHES,
)
from profiles.routing_names import HEADERS_KEY as HEADERS_KEY

HELPER_KEY = "apiKeyHelper"

_BEARER_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"  # noqa: S105 - a variable's name
# Those that no profile writes take requests away from the route, and some the key with them.
OWNED_ENV = (
    *BASE_URLS.values(),
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_API_KEY",
    HEADERS_KEY,
    "ANTHROPIC_VERTEX_PROJECT_ID",
    "CLOUD_ML_REGION",
    "ANTHROPIC_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_DEFAULT_FABLE_MODEL",
    "ANTHROPIC_DEFAULT_MODEL",
    "CLAUDE_CODE_SUBAGENT_MODEL",
    *SKIP_AUTH,
    *SWITCHES,
    GATEWAY_SWITCH,
    *ADDRESSES,
    _BEARER_TOKEN,
)

# What a memory of version 1 did not own: what stood there then is the user's, and was no drift.
LATER_OWNED = frozenset(
    {
        *ADDRESSES,
        GATEWAY_SWITCH,
        *(
            name
            for each in PROVIDERS
            if each.name not in DIALECTS
            for name in (each.base_url, each.skip_auth)
        ),
    }
)

# Of these a value that the shell exports must not reach a session either: it would send the requests, or the
# user's own Anthropic key, somewhere else. Only a value in the settings, be it "", beats the shell's.
SHIELDED = frozenset({"ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", _BEARER_TOKEN, *SWITCHES, GATEWAY_SWITCH})

HEADER_PREFIX = "x-portkey-"
# A line of this name, blank, keeps the key of the client's own login from going along with a token (facts).
LOGIN_HEADER = "x-api-key"
# The headers a profile has fields for, and those by which a client authenticates.
PROFILE_HEADERS = frozenset(
    {
        "x-portkey-api-key",
        "x-portkey-provider",
        "x-portkey-virtual-key",
        "x-portkey-config",
        "x-portkey-metadata",
        "x-portkey-trace-id",
        "authorization",
        LOGIN_HEADER,
        "content-length",
        "content-type",
        "host",
    }
)
