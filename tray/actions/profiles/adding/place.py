"""Where the account behind a profile is that is not there yet. Pure."""

from __future__ import annotations

from profiles.claude_code.dialects import gateway_meant
from profiles.portkey.editions import PORTKEY


def place_data(name: str, gateway: str, key_ref: str, **more: object) -> dict[str, object]:
    """A profile's data as far as it leads to an account: the rest need not be known yet.

    `gateway` is an edition's name or a base URL, "" for Portkey's own.
    """
    return {
        "name": name,
        "dialect": "messages",
        "route": {"kind": "none"},
        "gateway": gateway_meant(gateway or PORTKEY.name, "messages"),
        "api_key": key_ref,
        **more,
    }
