"""A policy in files: JSON, and the property lists of macOS."""

from __future__ import annotations

import json
import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import os_reason
from profiles.files.read import read_bytes
from profiles.policy.places import DOMAIN, paths_of
from profiles.policy.reading.layers import Layer, Trouble, broken, spelled_layer
from profiles.policy.reading.owners import writable_part

if TYPE_CHECKING:
    from typing import Any

    from profiles.policy.places import Place

MAX_BYTES = 1024 * 1024


def file_layers(place: Place) -> list[Layer]:
    """What each file holds, the one that weighs least first; one that others may write holds nothing."""
    return [_layer(path, place) for path in paths_of(place)]


def _layer(path: str, place: Place) -> Layer:
    try:
        part = writable_part(path, place.owner, place.top)
        if part:
            return Layer(path, trouble=Trouble("policy-writable", _of_others(path, part)))
        if path == place.drop_ins:
            os.listdir(path)  # raises: it stands here because it shuts us out
        data = read_bytes(path, MAX_BYTES)
    except FileNotFoundError:
        data = None
    except OSError as error:
        return broken(path, f"{path} cannot be read: {os_reason(error)}")
    except PkccError as error:
        return broken(path, error.title)
    if data is None:
        return broken(path, f"{path} is a link that leads nowhere")
    return property_list_layer(path, data) if path.endswith(".plist") else json_layer(path, data)


def _of_others(path: str, part: str) -> str:
    others = "others than root may write"
    return f"{path}: {others} it" if part == path else f"{path}: {others} {part}"


def json_layer(path: str, data: bytes) -> Layer:
    """What JSON text holds. A key that stands twice is refused: nobody would know which one counts."""
    try:
        values = json.loads(data, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        return broken(path, f"{path} is not valid JSON, line {error.lineno}")
    except _TwiceError as error:
        return broken(path, f"{path}: {error.args[0]!r} is there twice")
    except (ValueError, RecursionError):  # no UTF-8, nested too deeply, a number too long
        return broken(path, f"{path} is not valid JSON")
    if not isinstance(values, dict):
        return broken(path, f"{path} does not hold a JSON object")
    return Layer(path, values)


def property_list_layer(path: str, data: bytes) -> Layer:
    """What a property list holds, binary or as XML; what a profile's own frame adds is left out."""
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        values = plistlib.loads(data)
    # What is no property list comes out of it as nearly any error, of an index or of an attribute as well.
    except (ValueError, ExpatError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
        return broken(path, f"{path} is no property list")
    if not isinstance(values, dict):
        return broken(path, f"{path} does not hold a dictionary")
    content = values.get("PayloadContent")  # a whole profile, as it is checked before it is sent
    for payload in content if isinstance(content, list) else ():
        if isinstance(payload, dict) and payload.get("PayloadType") == DOMAIN:
            values = payload
    if not all(isinstance(name, str) for name in values):  # a binary one can have any
        return broken(path, f"{path} has a key that is no text")
    return spelled_layer(path, {n: value for n, value in values.items() if not n.startswith("Payload")})


class _TwiceError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name[:80])
        found[name] = value
    return found
