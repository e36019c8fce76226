"""Samples with every key: a configuration profile for macOS, and a file for the registry of Windows."""

from __future__ import annotations

import json
import plistlib
from uuid import NAMESPACE_DNS, uuid5

from profiles.base.light_typing import TYPE_CHECKING
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
    """A file that `reg import` takes, with the keys' values in the types that are read."""
    lines = [
        "Windows Registry Editor Version 5.00",
        "",
        f"; {_HEAD}",
        "",
        rf"[HKEY_LOCAL_MACHINE\{REGISTRY_KEY}]",
    ]
    for row in TABLE:
        lines += [f"; {row.title}", f'"{row.spelled}"={_data(row.example)}']
    return "\r\n".join([*lines, ""])


def _data(value: object) -> str:
    if isinstance(value, int):
        return f"dword:{int(value):08x}"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        data = "".join(f"{item}\0" for item in [*value, ""]).encode("utf-16-le")
        return "hex(7):" + ",".join(f"{byte:02x}" for byte in data)
    text = value if isinstance(value, str) else json.dumps(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
