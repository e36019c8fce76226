"""Whether a settings file is surely read by Claude Code: only then may it hide what a less specific one says.

Stricter than `dropped_files`, which names what is surely wrong: what is neither vouches for nothing.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.settings.dropped_files import KINDS_OF, ONE_OF, PARTS, kind_of, wrong_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def is_surely_read(root: Mapping[str, Any]) -> bool:
    """Whether nothing in a settings file could make the client leave it out."""
    return not wrong_keys(root) and all(_is_harmless(key, value) for key, value in root.items())


def _is_harmless(key: str, value: Any) -> bool:
    """Whether a value that is not surely wrong is surely right: nothing in it is unknown to us."""
    if key in ONE_OF or key == "env":
        return True
    if key in _INSIDE and value:
        return _INSIDE[key](value)
    kind = kind_of(value)
    if kind == "i" or (kind in "lo" and value) or (kind == "s" and not value and key != HELPER_KEY):
        return False  # there may be limits, or more to be wrong inside
    return kind in KINDS_OF.get(key, "")


def _has_known_parts(key: str) -> Callable[[Any], bool]:
    known = {path.partition(".")[2] for path in (*PARTS, *ONE_OF) if path.startswith(f"{key}.")}
    return lambda value: (
        {*value} <= known and all(type(each) is str or _are_texts(each) for each in value.values())
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(type(each) is str for each in value)


def _are_hooks(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(entries, list) and all(map(_is_hook_entry, entries)) for entries in value.values()
    )


def _is_hook_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {*value} <= {"matcher", "hooks"}
        and type(value.get("matcher", "")) is str
        and isinstance(value.get("hooks"), list)
        and all(isinstance(hook, dict) and {*hook} == {"type", "command"} for hook in value["hooks"])
    )


def _always(_value: Any) -> bool:
    return True


# Of which values with something in them are known to be right.
_INSIDE: dict[str, Callable[[Any], bool]] = {
    "enabledMcpjsonServers": _are_texts,
    "disabledMcpjsonServers": _are_texts,
    "permissions": _has_known_parts("permissions"),
    "hooks": _are_hooks,
    "enabledPlugins": _always,
    "statusLine": _has_known_parts("statusLine"),
}
