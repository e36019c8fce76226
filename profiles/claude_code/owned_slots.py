"""What pkcc-tray owns in Claude Code's settings: a fixed, documented set. Everything else is the user's.

Each name was seen to be honoured by the real client, and to count as unset when its value is "" (facts).
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import (
    ADDRESSES,
    API_KEY,
    AUTH_TOKEN,
    BASE_URLS,
    BEARER_TOKEN,
    GATEWAY_SWITCH,
    HEADERS_KEY,
    PROVIDERS,
    SKIP_AUTH,
    SWITCHES,
)
from profiles.portkey.header_names import (
    CLIENT_KEYS,
    CUSTOM_HOST,
    METADATA,
    PORTKEY_KEY,
    PREFIX,
    ROUTE,
    WITH_FIELD,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HELPER_KEY = "apiKeyHelper"
# Without a project id the client sends nothing to Vertex.
PROJECT_ID = "ANTHROPIC_VERTEX_PROJECT_ID"
REGION = "CLOUD_ML_REGION"
# The variable of each model that a profile can name.
MODEL_KEYS = {
    "default": "ANTHROPIC_MODEL",
    "sonnet": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "opus": "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "haiku": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "fable": "ANTHROPIC_DEFAULT_FABLE_MODEL",
    "small_fast": "ANTHROPIC_SMALL_FAST_MODEL",
    "subagent": "CLAUDE_CODE_SUBAGENT_MODEL",
    "otherwise": "ANTHROPIC_DEFAULT_MODEL",
    "custom": "ANTHROPIC_CUSTOM_MODEL_OPTION",
}
# How the rows of `/model` look that those variables make: a profile's field → row → variable.
MODEL_ROWS = {
    field: {row: f"{MODEL_KEYS[row]}_{suffix}" for row in ("sonnet", "opus", "haiku", "fable", "custom")}
    for field, suffix in (
        ("model_names", "NAME"),
        ("model_descriptions", "DESCRIPTION"),
        ("model_capabilities", "SUPPORTED_CAPABILITIES"),
    )
}
# Has the client ask the gateway which models it has, in `messages`.
DISCOVERY = "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"
_OF_ROWS = (
    MODEL_KEYS["custom"],
    *(name for names in MODEL_ROWS.values() for name in names.values()),
    DISCOVERY,
)
# The top-level setting, which the client's own `/model` writes too. "" counts as unset there as well.
MODEL = "model"
# Ours only where the user asked for it, beside their own: no route stands in it, so it is no drift.
STATUS_LINE = "statusLine"
# Top-level settings that change which model is asked for; none of them is ours to change.
RULES_FOR_MODELS = ("modelOverrides", "availableModels", "enforceAvailableModels")
# Those that no profile writes take requests away from the route, and some the key with them.
OWNED_ENV = (
    *BASE_URLS.values(),
    AUTH_TOKEN,
    API_KEY,
    HEADERS_KEY,
    PROJECT_ID,
    REGION,
    *[name for name in MODEL_KEYS.values() if name not in _OF_ROWS],
    *SKIP_AUTH,
    *SWITCHES,
    GATEWAY_SWITCH,
    *ADDRESSES,
    BEARER_TOKEN,
    *_OF_ROWS,
)

# What a memory of version 1 did not own: what stood there then is the user's, and was no drift.
LATER_OWNED = frozenset(
    {
        *ADDRESSES,
        GATEWAY_SWITCH,
        *(
            name
            for each in PROVIDERS
            if each.name in ("foundry", "anthropic_aws", "google_cloud", "mantle")
            for name in (each.base_url, each.skip_auth)
        ),
    }
)
# The same for a memory without `Current.rows_owned`.
ROWS_OWNED = frozenset(_OF_ROWS)

# A slot is one value that a settings file can say: `env.NAME`, `header.name`, or a top-level key.
HEADERS_SLOT = f"env.{HEADERS_KEY}"
TOKEN_SLOT = f"env.{AUTH_TOKEN}"
API_KEY_SLOT = f"env.{API_KEY}"
BASE_URL_SLOTS = {provider: f"env.{name}" for provider, name in BASE_URLS.items()}
MODEL_SLOTS = {"setting": MODEL, **{field: f"env.{name}" for field, name in MODEL_KEYS.items()}}
# All that say which models there are, and how they are shown.
SLOTS_OF_MODELS = frozenset({*MODEL_SLOTS.values(), *(f"env.{name}" for name in ROWS_OWNED)})
OWNED_SLOTS = (*(f"env.{name}" for name in OWNED_ENV), HELPER_KEY)
SWITCH_SLOTS = frozenset(f"env.{name}" for name in (*SWITCHES, GATEWAY_SWITCH))
# Anything that changes one of these decides where the key goes.
KEY_SLOTS = frozenset(
    {
        HELPER_KEY,
        f"header.{CUSTOM_HOST}",
        *BASE_URL_SLOTS.values(),
        *(f"env.{name}" for name in ADDRESSES),
        *SWITCH_SLOTS,
    }
)

PORTKEY_SLOT = f"header.{PREFIX}"  # how the slot of each of Portkey's header lines begins
PORTKEY_KEY_SLOT = f"header.{PORTKEY_KEY}"
# Where the gateway's key can stand in the clear.
PLACES_OF_A_KEY = (TOKEN_SLOT, API_KEY_SLOT, PORTKEY_KEY_SLOT)
WAYS_TO_A_KEY = (*PLACES_OF_A_KEY, HELPER_KEY)  # or what hands it out
METADATA_SLOT = f"header.{METADATA}"
ROUTE_SLOTS = tuple(f"header.{name}" for name in ROUTE)
# The headers a profile has fields for, and those by which a client authenticates.
PROFILE_HEADERS = frozenset(
    {
        *WITH_FIELD,
        *CLIENT_KEYS,
        "content-length",
        "content-type",
        "host",
    }
)


def is_owned(slot: str) -> bool:
    """Whether the slot is in the fixed owned set: routing variables, `x-portkey-…` lines, apiKeyHelper."""
    return slot in OWNED_SLOTS or slot.startswith(PORTKEY_SLOT)


def has_portkey_line(slots: Iterable[str]) -> bool:
    """Whether one of the slots is a header line for Portkey, such as `header.x-portkey-provider`."""
    return any(slot.startswith(PORTKEY_SLOT) for slot in slots)


def slugs_by(values: Mapping[str, str]) -> list[str]:
    """The providers that the models' names begin with in these values by slot, such as `@bedrock-prod`."""
    from profiles.portkey.model_names import slugs_in

    return slugs_in(values.get(slot, "") for slot in MODEL_SLOTS.values())


def name_in(slot: str) -> str:
    """What a slot names, as people know it, such as `x-team` for `header.x-team`, and `model` for itself."""
    return slot.partition(".")[2] or slot


def variable_of(slot: str) -> str:
    """The variable that a slot lies in, such as `ANTHROPIC_CUSTOM_HEADERS` for `header.x-team`."""
    return HEADERS_KEY if slot.startswith("header.") else slot.removeprefix("env.")
