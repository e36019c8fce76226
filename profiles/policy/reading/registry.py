"""A policy in the registry of Windows, as Group Policy and Intune write it, or an administrator by hand.

True and false are REG_DWORD 1 and 0. A list is REG_MULTI_SZ, or a key of its own with a value for each item;
texts by name are a key of their own. Every list and map may be JSON text instead, and catalogs always are.
"""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.kinds import Catalogs, Fields, Pairs, Switch, Words
from profiles.policy.reading.layers import Layer, broken, spelled_layer
from profiles.policy.table import BY_KEY

if TYPE_CHECKING:
    from profiles.policy.kinds import Kind
    from profiles.policy.registry_key import Values

_LONGEST_NUMBER = 9  # digits; a name may have thousands


def registry_layer(path: str, found: Values | str) -> Layer:
    """What a key's values say."""
    origin = rf"HKLM\{path}"
    if isinstance(found, str):
        return broken(origin, f"{origin} cannot be read: {found}")
    layer = spelled_layer(origin, {name: value for name, value in found.items() if name})
    return layer._replace(values={key: _plain(key, value) for key, value in layer.values.items()})


def _plain(key: str, value: object) -> object:
    """A value as the other places would have it."""
    row = BY_KEY.get(key)
    return value if row is None else _of_kind(row.kind, value)


def _of_kind(kind: Kind, value: object) -> object:
    if isinstance(kind, Switch) and value in (0, 1):
        return bool(value)
    if isinstance(kind, Words | Catalogs | Pairs | Fields) and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    if isinstance(kind, Words) and isinstance(value, dict):
        return [value[name] for name in sorted(value, key=_in_order)]
    if isinstance(kind, Words) and isinstance(value, list):
        return [item for item in value if item != ""]  # a blank line of an administrator's form
    if isinstance(kind, Fields) and isinstance(value, dict):
        return {name.lower(): text for name, text in value.items()}
    return value


def _in_order(name: str) -> tuple[int, str]:
    is_number = name.isascii() and name.isdecimal() and len(name) <= _LONGEST_NUMBER
    return (int(name) if is_number else 0, name)
