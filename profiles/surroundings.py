"""The proxies and certificates that a settings file names: not ours to write, but they can read a key. Pure.

They are remembered as they were when the profile was switched to. What is named later is judged against that.
"""

from __future__ import annotations

import json

from profiles.records import TYPE_CHECKING
from profiles.routing_names import PROXY_HELPER, SURROUNDINGS
from profiles.sealing import secret_parts
from profiles.settings import plain
from profiles.state import secret_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.settings import Settings

_HASHED = "#"  # begins what stands for a value with a secret in it


def surroundings_in(settings: Settings) -> dict[str, str]:
    """Name → value of those that the file sets; blank ones too, since they beat the shell's."""
    found = {}
    for slot in (*(f"env.{name}" for name in SURROUNDINGS), PROXY_HELPER):
        member = settings.member(slot)
        if member is not None:
            found[slot.removeprefix("env.")] = plain(member.value)
    return found


def remembered(settings: Settings, salt: str) -> dict[str, str]:
    """The same as it may be kept on disk: a value with a login in it as a keyed hash."""
    return {name: kept(name, value, salt) for name, value in surroundings_in(settings).items()}


def kept(name: str, value: str, salt: str) -> str:
    """The value, or a keyed hash that begins with `#` where it holds, or may hold, a secret."""
    if name == PROXY_HELPER or secret_parts(f"env.{name}", json.dumps(value)):
        return _HASHED + secret_digest(salt, value)
    return value


def is_as_remembered(name: str, value: str, known: Mapping[str, str] | None, salt: str) -> bool:
    """Whether the file said so at the switch. A state of before this was remembered knows nothing amiss."""
    return known is None or (name in known and known[name] == kept(name, value, salt))
