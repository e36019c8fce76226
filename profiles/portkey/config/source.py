"""A config as it comes in a file: taken out of an API's answer, and at which line a field stands. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from profiles.portkey.config.secrets import Path

# What Portkey's API says of a config beside the config itself.
_BESIDE = frozenset(
    [
        "id",
        "name",
        "slug",
        "isDefault",
        "is_default",
        "status",
        "object",
        "format",
        "workspace_id",
        "organisation_id",
        "owner_id",
        "updated_by",
        "created_at",
        "last_updated_at",
        "version_id",
        "success",
    ]
)
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def unwrapped(data: object) -> tuple[Path, object]:
    """Where in the data the config is, and the config: the data itself, or what an API's answer holds.

    Such an answer is `{"name": …, "config": {…}}` or `{"success": true, "data": {"config": {…}}}`; versions
    hold the config as text.
    """
    if isinstance(data, Mapping):
        for name in ("config", "data"):
            inner = data.get(name)
            if isinstance(inner, str) and name == "config" and {*data} <= {name, *_BESIDE}:
                inner = _parsed(inner)
            if isinstance(inner, Mapping) and {*data} <= {name, *_BESIDE}:
                path, config = unwrapped(inner)
                return (name, *path), config
    return (), data


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def place_of(text: str, path: Path) -> tuple[int, int]:
    """Line and column, from 1, of the value at that path in JSON text, or of what should hold it."""
    at = _skip(text, 0)
    for step in path:
        below = dict(_members(text, at))
        if step not in below:
            break
        at = below[step]
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _members(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Names, or numbers, of what an object or list at that place holds, and where each value begins."""
    opening, number = text[at], 0
    at = _skip(text, at + 1)
    while opening in "{[" and text[at] not in "}]":
        name: str | int = number
        if opening == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield name, at
        number += 1
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at
