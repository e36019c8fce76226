"""Managed settings in each form in which a machine takes them, and the place where that lies. Pure."""

from __future__ import annotations

import json
import plistlib
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.claude_code.settings.managed.places import DOMAIN, REGISTRY_KEY, REGISTRY_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OWN_FILE = "managed-settings.d/50-pkcc-tray.json"


class Form(NamedTuple):
    """`make` makes the text; `place` says where it goes, `system` for which systems it is."""

    system: str
    place: str
    make: Callable[[Mapping[str, Any]], str]


def _json(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, indent=2) + "\n"


def _registry(settings: Mapping[str, Any]) -> str:
    """A file for `reg import`: JSON text in one value, ASCII alone."""
    text = json.dumps(settings).replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "Windows Registry Editor Version 5.00",
        "",
        rf"[HKEY_LOCAL_MACHINE\{REGISTRY_KEY}]",
        f'"{REGISTRY_VALUE}"="{text}"',
        "",
    ]
    return "\r\n".join(lines)


def _property_list(settings: Mapping[str, Any]) -> str:
    return plistlib.dumps(dict(settings)).decode()


FORMS = {
    "json": Form("Linux, or files on any system", f"/etc/claude-code/{_OWN_FILE}", _json),
    "reg": Form("Windows", "the registry, by `reg import FILE` as an administrator", _registry),
    "plist": Form("macOS", f"a configuration profile for {DOMAIN}", _property_list),
}
