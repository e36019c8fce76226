"""Which page of the manager does what a command of ours would. Pure."""

from __future__ import annotations

import re

from profiles.base.names import catalog_of, is_profile_name

_KEYS = ("Open Keys", "/keys")
_CATALOGS = ("Open Catalogs", "/catalogs")
_CONFIGS = ("Open Configs", "/configs")
_HISTORY = ("Open History", "/history")
_PREFERENCES = ("Open Preferences", "/preferences")
_PROJECTS = ("Open Projects", "/projects")
_EDIT = ("Edit", "/edit/{}")
_ENTER = ("Enter key", "/keys/{}/enter")
_OVERVIEW = ("Open Overview", "/")
_USAGE = ("Open Usage", "/usage")
_ITS_CATALOG = ("See the catalog", "/catalogs/{}")
# By a command's first word, or by two: what a link to the page says, and its address. {} is the name after.
BY_COMMAND = {
    "add": ("Add a profile", "/add"),
    "adopt": ("See the change", "/"),
    "autostart": _PREFERENCES,
    "budget": _USAGE,
    "catalog": _CATALOGS,
    "catalog accept": _ITS_CATALOG,
    "catalog diff": _ITS_CATALOG,
    "catalog show": _ITS_CATALOG,
    "check": _OVERVIEW,
    "config": _CONFIGS,
    "copy": _OVERVIEW,
    "doctor": ("Open Doctor", "/doctor"),
    "edit": _EDIT,
    "history": _HISTORY,
    "import": ("Make a profile of it", "/import"),
    "join": _CATALOGS,
    "key": _KEYS,
    "key rotate": _ENTER,
    "key set": _ENTER,
    "key vault": ("Create a vault", "/keys/vault"),
    "list": _OVERVIEW,
    "off": _OVERVIEW,
    "preference": _PREFERENCES,
    "project": _PROJECTS,
    "remove": ("Remove", "/remove/{}"),
    "rename": _EDIT,
    "restore": ("See the change", "/"),
    "set": _EDIT,
    "show": _OVERVIEW,
    "status": _OVERVIEW,
    "switch": _OVERVIEW,
    "undo": _HISTORY,
    "usage": _USAGE,
}
_OURS = re.compile(r"pkcc-tray(?: --[a-z-]+ \S+)* ([a-z]+)(?: ([a-z0-9][\w./-]*))?(?: ([a-z0-9][\w./-]*))?")


def parts_of(command: str) -> tuple[str, str]:
    """The command of ours, by one word or two, and the name behind it; "" for another program's."""
    found = _OURS.match(command)
    if not found:
        return "", ""
    verb, word, name = (part or "" for part in found.groups())
    two = f"{verb} {word}"
    return (two, name) if two in BY_COMMAND else (verb, word)


def way_of(command: str, profile: str = "") -> tuple[str, str] | None:
    """The words of a link and the address of the page that does it; None where there is none."""
    verb, name = parts_of(command)
    label, address = BY_COMMAND.get(verb, ("", ""))
    name = name if is_profile_name(name) else profile
    if "{}" in address and not name:
        label, address = BY_COMMAND.get(verb.partition(" ")[0], ("", ""))  # such as all keys, for no one's
    return None if not label or ("{}" in address and not name) else led_to(label, address, name)


def led_to(label: str, address: str, name: str) -> tuple[str, str]:
    """The link to a page about that profile; to its catalog where it has one, and is not edited here."""
    if address.startswith(("/edit/", "/remove/")) and (catalog := catalog_of(name)):
        return "See its catalog", f"/catalogs/{catalog}"
    return label, address.format(name)
