"""What is said of a key that goes into the settings: in lists, in the menu, where one chooses it. Pure."""

from __future__ import annotations

IN_FILE = "key in the file"  # in a list, beside the route
IN_CLEAR = (
    "the key is written into Claude Code's settings in clear text (mode 0600), "
    "and hooks and MCP servers find it in their environment"
)


def safer(name: str, *, key_in: str | None = None) -> str:
    """The commands by which that profile's key stays out of the file."""
    first = "" if key_in in (None, "token") else f"`pkcc-tray set {name} key_in --unset`, then "
    return f"{first}`pkcc-tray set {name} key_delivery helper` keeps it out of the file"
