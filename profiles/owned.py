"""What pkcc-tray owns in Claude Code's settings: a fixed, documented set. Everything else is the user's.

Each name was seen to be honoured by the real client, and to count as unset when its value is "" (facts).
"""

from __future__ import annotations

HEADERS_KEY = "ANTHROPIC_CUSTOM_HEADERS"
HELPER_KEY = "apiKeyHelper"

OWNED_ENV = (
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_VERTEX_BASE_URL",
    "ANTHROPIC_BEDROCK_BASE_URL",
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
    "CLAUDE_CODE_SKIP_VERTEX_AUTH",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    "CLAUDE_CODE_USE_BEDROCK",
    # Never rendered, but each takes requests away from the route, and some the key with them.
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    "AWS_BEARER_TOKEN_BEDROCK",
)

# Of these a value that the shell exports must not reach a session either: it would send the requests, or the
# user's own Anthropic key, somewhere else. Only a value in the settings, be it "", beats the shell's.
SHIELDED = frozenset(
    {
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_API_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_USE_MANTLE",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    }
)

HEADER_PREFIX = "x-portkey-"
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
        "x-api-key",
        "content-length",
        "content-type",
        "host",
    }
)
