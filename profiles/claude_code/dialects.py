"""The API formats by which Claude Code reaches Portkey: how they differ, and which one is spoken. Pure.

The client appends `/v1/messages` to a base URL in `messages`, but only `/projects/…` and `/model/…` in the
other two (facts). Their switches and the variables of their base URLs stand in `routing_names`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from profiles.claude_code.routing_names import MESSAGES, PROVIDERS, V1
from profiles.claude_code.variable_values import is_on
from profiles.portkey.editions import PORTKEY, gateway_named

if TYPE_CHECKING:
    from collections.abc import Callable

Name = Literal["messages", "vertex", "bedrock"]
Delivery = Literal["helper", "settings"]
KeyPlace = Literal["token_and_header", "token", "header"]

DELIVERIES: tuple[Delivery, ...] = ("helper", "settings")
KEY_PLACES: tuple[KeyPlace, ...] = ("token_and_header", "token", "header")
# Any project id does: Portkey ignores it, but the client sends nothing to Vertex without one.
PLACEHOLDER_PROJECT_ID = "portkey"


class Dialect(NamedTuple):
    """One API format. `path` is at the end of each of its base URLs.

    `provider` is the one that a virtual key belongs to where none is named; `delivery` how a key gets to the
    client where nothing else is wished. `token`: the client has a variable for a bearer token. `pins_models`:
    model names differ from Claude Code's own, so one must be given, such as `example`.
    """

    path: str
    provider: str
    delivery: Delivery
    token: bool
    pins_models: bool
    example: str = ""

    @property
    def gateway(self) -> str:
        """The base URL of Portkey's hosted gateway."""
        return PORTKEY.gateway + self.path

    def right_url(self, url: str) -> str:
        """The base URL as this format needs it: `https://gateway.example/v1`, or without the `/v1`."""
        bare = url.rstrip("/")
        return bare.removesuffix(stray_ending(bare) or V1) + self.path


def gateway_meant(text: str, dialect: str) -> str:
    """The base URL that a person means: an edition's, where its name is given (`airs`), else the text."""
    named = gateway_named(text)
    return DIALECTS[dialect].right_url(named) if named else text


def delivery_meant(chosen: str, dialect: str) -> str | None:
    """How a profile says that its key is to get to Claude Code; None for the API format's own way."""
    return None if dialect in DIALECTS and chosen == DIALECTS[dialect].delivery else chosen


def stray_ending(url: str) -> str:
    """What never belongs at a base URL's end, such as `/v1/messages`, which the client appends; else ""."""
    return next(
        (ending for ending in (f"{V1}/messages", f"{V1}/proxy") if url.rstrip("/").endswith(ending)), ""
    )


DIALECTS = {
    "messages": Dialect("", "anthropic", "helper", token=True, pins_models=False),
    "vertex": Dialect(
        V1, "vertex-ai", "settings", token=False, pins_models=True, example="claude-sonnet-5-5"
    ),
    "bedrock": Dialect(
        V1,
        "bedrock",
        "settings",
        token=False,
        pins_models=True,
        example="us.anthropic.claude-sonnet-5-5",
    ),
}


def dialect_in_force(value_of: Callable[[str], str | None]) -> str:
    """The dialect that these values of variables have a client speak, other providers left aside.

    `value_of(name)` is None or "" for a variable that is not set.
    """
    on = (provider.name for provider in PROVIDERS if is_on(value_of(provider.switch)))
    return next((name for name in on if name in DIALECTS), MESSAGES.name)


def dialect_meant(value_of: Callable[[str], str | None]) -> str:
    """The dialect in force; where no switch is on, the one whose base URL is given and `messages`' is not."""
    found = dialect_in_force(value_of)
    if found != MESSAGES.name or value_of(MESSAGES.base_url) is not None:
        return found
    given = (provider.name for provider in PROVIDERS if value_of(provider.base_url) is not None)
    return next((name for name in given if name in DIALECTS), found)
