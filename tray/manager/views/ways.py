"""Which page of the manager does what a command of ours would. Pure."""

from __future__ import annotations

import re

from profiles.base.names import catalog_of

_KEYS = ("Open Keys", "/keys")
_CATALOGS = ("Open Catalogs", "/catalogs")
_CONFIGS = ("Open Configs", "/configs")
_HISTORY = ("Open History", "/history")
_PREFERENCES = ("Open Preferences", "/preferences")
_PROJECTS = ("Open Projects", "/projects")
_EDIT = ("Edit", "/edit/{}")
# By the command's first word: what a link to the page says, and its address. {} is the profile's name.
BY_COMMAND = {
    "add": ("Add a profile", "/add"),
    "adopt": ("See the change", "/"),
    "autostart": _PREFERENCES,
    "catalog": _CATALOGS,
    "config": _CONFIGS,
    "doctor": ("Open Doctor", "/doctor"),
    "edit": _EDIT,
    "history": _HISTORY,
    "import": ("Make a profile of it", "/import"),
    "join": _CATALOGS,
    "key": _KEYS,
    "preference": _PREFERENCES,
    "project": _PROJECTS,
    "rename": _EDIT,
    "restore": ("See the change", "/"),
    "set": _EDIT,
    "undo": _HISTORY,
}
_OURS = re.compile(r"pkcc-tray(?: --[a-z-]+ \S+)* ([a-z]+)(?: ([a-z0-9][\w./-]*))?")


def parts_of(command: str) -> tuple[str, str]:
    """The first word of a command of ours, and the name behind it; "" for another program's."""
    found = _OURS.match(command)
    return (found[1], found[2] or "") if found else ("", "")


def way_of(command: str, profile: str = "") -> tuple[str, str] | None:
    """The words of a link and the address of the page that does it; None where there is none."""
    verb, name = parts_of(command)
    label, address = BY_COMMAND.get(verb, ("", ""))
    name = profile or name
    return None if not label or ("{}" in address and not name) else led_to(label, address, name)


def led_to(label: str, address: str, name: str) -> tuple[str, str]:
    """The link to a page about that profile; to its catalog where it has one, and is not edited here."""
    if address.startswith("/edit/") and (catalog := catalog_of(name)):
        return "See its catalog", f"/catalogs/{catalog}"
    return label, address.format(name)
