"""Where the Portkey key of a candidate stands. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.claude_code.dialects import DIALECTS
from profiles.claude_code.owned_slots import (
    API_KEY,
    API_KEY_SLOT,
    PLACES_OF_A_KEY,
    PORTKEY_KEY_SLOT,
    TOKEN_SLOT,
)
from profiles.importing.candidate import ADDRESSES, LeftOut, is_portkeys
from profiles.portkey.editions import is_portkey_url
from profiles.portkey.header_names import BEARER, LOGIN, PORTKEY_KEY
from profiles.profile.recognition import dialect_of
from profiles.profile.stand_in import SHORTEST_KEY, is_stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping

_BEARER = re.compile(r"bearer\s+(\S+)", re.IGNORECASE)


def keys_in(values: Mapping[str, str]) -> list[str]:
    """What stands where only a key stands; none for a blank or a word that could be part of a name."""
    found = [
        *(values.get(slot, "") for slot in PLACES_OF_A_KEY),
        *(key for _, key in _authenticating(values)),
    ]
    return [key for key in found if len(key) >= SHORTEST_KEY]


def find_key_line(values: dict[str, str], notes: list[str]) -> None:
    """A header line that authenticates holds the Portkey key where no other stands: as on its newer pages."""
    token, own = TOKEN_SLOT, PORTKEY_KEY_SLOT
    keys = {values[slot] for slot in (token, own) if values.get(slot)}
    place = token if DIALECTS[dialect_of(values)].token else own
    for header, key in _authenticating(values):
        if key in keys:
            del values[f"header.{header}"]  # the client, or the profile, says it as well
        elif not keys:
            keys = {key}
            values[place] = key
            del values[f"header.{header}"]
            how = "a token" if place == token else PORTKEY_KEY
            notes.append(f"the key stood in the header line {header}: it is sent as {how} from now on")


def _authenticating(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The header lines by which a gateway can know the user, with the key in each."""
    found = []
    if bearer := _BEARER.fullmatch(values.get(f"header.{BEARER}", "")):
        found.append((BEARER, bearer[1]))
    key = values.get(f"header.{LOGIN}", "")
    if key and not _is_anthropics(key) and is_portkeys(values):
        found.append((LOGIN, key))
    return found


def _is_anthropics(key: str) -> bool:
    """Whether a key is one of Anthropic's own, which is no gateway's."""
    return key.startswith("sk-ant-")


def find_key(values: dict[str, str], name: str, left_out: list[LeftOut], notes: list[str]) -> None:
    """ANTHROPIC_API_KEY may be the Portkey key: the gateway takes it as x-api-key (its documentation)."""
    other = values.pop(API_KEY_SLOT, "")
    if not other:
        return
    keys = {values.get(TOKEN_SLOT, ""), values.get(PORTKEY_KEY_SLOT, "")}
    if (
        keys == {""}
        and not is_stand_in(other)
        and is_portkey_url(values.get(ADDRESSES[0], ""))
        and not _is_anthropics(other)
    ):
        values[TOKEN_SLOT] = other
        notes.append(
            "the key stood in ANTHROPIC_API_KEY: it is sent as a token from now on, to the same effect"
        )
    elif other not in keys:
        left_out.append(LeftOut(name, API_KEY, "it is not the Portkey key"))
        header = values.get(PORTKEY_KEY_SLOT)
        if header and DIALECTS[dialect_of(values)].token and not values.get(TOKEN_SLOT):
            values[TOKEN_SLOT] = header  # the client starts with a key of its own only
            notes.append(f"the key in {PORTKEY_KEY} is the token too from now on, in {API_KEY}'s place")
