"""Where the Portkey key of a candidate stands. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError
from profiles.claude_code.dialects import DIALECTS
from profiles.claude_code.owned_slots import (
    API_KEY_SLOT,
    HELPER_KEY,
    PLACES_OF_A_KEY,
    PORTKEY_KEY_SLOT,
    ROUTE_SLOTS,
    TOKEN_SLOT,
    slugs_by,
)
from profiles.claude_code.routing_names import API_KEY, BEARER_TOKEN
from profiles.claude_code.variable_values import trimmed
from profiles.importing.candidate import LeftOut, is_portkeys
from profiles.importing.placeholder_keys import SHORTEST_KEY, is_placeholder
from profiles.importing.recognition import dialect_of
from profiles.portkey.header_names import BEARER, LOGIN, PORTKEY_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

BEARER_SLOT = f"env.{BEARER_TOKEN}"
_BEARER = re.compile(r"bearer\s+(\S+)", re.IGNORECASE)


def keys_in(values: Mapping[str, str]) -> list[str]:
    """What stands where only a key stands; none for a blank or a word that could be part of a name."""
    found = [
        *(values.get(slot, "") for slot in (*PLACES_OF_A_KEY, BEARER_SLOT)),
        *(key for _, key in _authenticating(values) if not is_placeholder(key)),
    ]
    return [key for key in found if len(key) >= SHORTEST_KEY]


def needs_no_route(values: Mapping[str, str]) -> bool:
    """Whether models name the providers, or a key goes to Portkey that may have a default config there."""
    return bool(slugs_by(values) or (is_portkeys(values) and (keys_in(values) or values.get(HELPER_KEY))))


def find_key_line(values: dict[str, str], notes: list[str]) -> None:
    """A header line that authenticates holds the Portkey key where no other stands: as on its newer pages."""
    for slot in (TOKEN_SLOT, API_KEY_SLOT, BEARER_SLOT):
        if slot in values:
            values[slot] = trimmed(values[slot])  # as the client does
    keys = {values[slot] for slot in (TOKEN_SLOT, PORTKEY_KEY_SLOT) if values.get(slot)}
    for header, key in _authenticating(values):
        if key in keys:
            del values[f"header.{header}"]  # the client, or the profile, says it as well
        elif is_placeholder(key):
            del values[f"header.{header}"]
            start_with_header(values, header, notes)
        elif not keys and _is_the_gateway_s(values, key):
            keys = {key}
            del values[f"header.{header}"]
            how = _put(values, key)
            notes.append(f"the key stood in the header line {header}: it is sent as {how} from now on")


def _put(values: dict[str, str], key: str) -> str:
    """Have the key stand where the API format has it; what it is sent as."""
    token = DIALECTS[dialect_of(values)].token
    values[TOKEN_SLOT if token else PORTKEY_KEY_SLOT] = key
    return "a token" if token else PORTKEY_KEY


def start_with_header(values: dict[str, str], place: str, notes: list[str]) -> None:
    """Have the key of the header be the token too: what stood at `place` only let the client start."""
    header = values.get(PORTKEY_KEY_SLOT)
    if header and DIALECTS[dialect_of(values)].token and not values.get(TOKEN_SLOT):
        values[TOKEN_SLOT] = header
        notes.append(f"the key in {PORTKEY_KEY} is the token too from now on, in {place}'s place")


def _authenticating(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The header lines by which a gateway can know the user, with the key in each."""
    found = []
    if bearer := _BEARER.fullmatch(values.get(f"header.{BEARER}", "")):
        found.append((BEARER, bearer[1]))
    if key := values.get(f"header.{LOGIN}", ""):
        found.append((LOGIN, key))
    return found


def _is_the_gateway_s(values: Mapping[str, str], key: str) -> bool:
    """Whether a gateway knows the user by that key: Portkey's not by Anthropic's, one's own by any.

    Without a Portkey route it may be anybody's gateway.
    """
    if is_portkeys(values):
        return not key.startswith("sk-ant-")
    return any(map(values.get, ROUTE_SLOTS))


def _needs_its_key(values: Mapping[str, str]) -> bool:
    """Whether a plain provider is all that the route names: then its own key goes along."""
    config, virtual_key, provider = (values.get(slot, "") for slot in ROUTE_SLOTS)
    return bool(provider) and not (config or virtual_key or provider.startswith("@"))


def find_key(values: dict[str, str], name: str, left_out: list[LeftOut], notes: list[str]) -> None:
    """The key may stand in a variable of another use: gateways take it from there too (documentation).

    Raises ConflictError for another key that requests need: a provider's own, say.
    """
    dialect = dialect_of(values)
    for variable, slot in ((BEARER_TOKEN, BEARER_SLOT), (API_KEY, API_KEY_SLOT)):
        key = values.pop(slot, "")
        keys = {values.get(TOKEN_SLOT, ""), values.get(PORTKEY_KEY_SLOT, "")}
        if not key or key in keys:
            continue
        sent = dialect == "bedrock" if variable == BEARER_TOKEN else dialect != "bedrock"
        if sent and keys == {""} and not is_placeholder(key) and _is_the_gateway_s(values, key):
            how = _put(values, key)
            notes.append(f"the key stood in {variable}: it is sent as {how} from now on, to the same effect")
            continue
        if sent and not is_placeholder(key) and (variable == BEARER_TOKEN or _needs_its_key(values)):
            raise ConflictError(
                f"The settings hold two different keys, and one is in {variable}",
                "Save the provider's own key at Portkey, take it out there, then import again.",
            )
        left_out.append(LeftOut(name, variable, "it is not the Portkey key"))
        if variable == API_KEY:
            start_with_header(values, API_KEY, notes)
