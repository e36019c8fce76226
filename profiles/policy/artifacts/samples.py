"""Samples with every key: a configuration profile for macOS, and a file for the registry of Windows."""

from __future__ import annotations

import json
import plistlib
from uuid import NAMESPACE_DNS, uuid5

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.kinds import Fields, Pairs, Words
from profiles.policy.places import DOMAIN, REGISTRY_KEY
from profiles.policy.table import TABLE

if TYPE_CHECKING:
    from typing import Any

_HEAD = "A sample with every key. Take out what is not to be decided, and put in what is yours."


def mobileconfig() -> str:
    """A configuration profile that lays the keys down in macOS' managed preferences."""
    values = {row.spelled: row.example for row in TABLE}
    payload = {**_frame(DOMAIN, DOMAIN, "pkcc-tray"), **values}
    profile = {
        **_frame("Configuration", f"{DOMAIN}.profile", "pkcc-tray policy"),
        "PayloadScope": "System",
        "PayloadContent": [payload],
    }
    text = plistlib.dumps(profile, sort_keys=False).decode()
    head, plist, rest = text.partition("<plist")
    return f"{head}<!-- {_HEAD} -->\n{plist}{rest}"


def _frame(kind: str, identifier: str, title: str) -> dict[str, Any]:
    return {
        "PayloadType": kind,
        "PayloadIdentifier": identifier,
        "PayloadUUID": str(uuid5(NAMESPACE_DNS, identifier)).upper(),
        "PayloadVersion": 1,
        "PayloadDisplayName": title,
    }


def registry_file() -> str:
    """A file that `reg import` takes: lists and texts by name as keys of their own, which people can read."""
    below = [row for row in TABLE if isinstance(row.kind, Words | Pairs | Fields)]
    lines = [
        "Windows Registry Editor Version 5.00",
        "",
        f"; {_HEAD}",
        "",
        rf"[HKEY_LOCAL_MACHINE\{REGISTRY_KEY}]",
    ]
    for row in TABLE:
        if row not in below:
            lines += [f"; {row.title}", _line(row.spelled, row.example)]
    for row in below:
        lines += ["", f"; {row.title}", rf"[HKEY_LOCAL_MACHINE\{REGISTRY_KEY}\{row.spelled}]"]
        named = row.example if isinstance(row.example, dict) else dict(enumerate(row.example, 1))
        lines += [_line(str(name), value) for name, value in named.items()]
    return "\r\n".join([*lines, ""])


def _line(name: str, value: object) -> str:
    if isinstance(value, int):
        return f'"{name}"=dword:{int(value):08x}'
    text = value if isinstance(value, str) else json.dumps(value)
    return f'"{name}"="' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
