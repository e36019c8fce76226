"""Which references another may write for us: the publisher of a catalog, a file that came along. Pure."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import UsageError
from profiles.base.secret_references.managers import manager_of
from profiles.base.secret_references.parse import parse_reference

COMMAND = "names a command"
_OF_THIS_MACHINE = {
    "keyring": "a key of this machine's own store",
    "vault": "a key of this machine's own store",
    "env": "a variable of this machine",
    "file": "a file of this machine",
    "cmd": "a command",
}


def catalog_refusal(reference: str) -> str:
    """Why a catalog may not suggest that reference, such as `names a command`; "" where it may."""
    try:
        parsed = parse_reference(reference)
    except UsageError as error:
        return f"is none: {error.title[:1].lower()}{error.title[1:]}"
    if parsed.scheme in _OF_THIS_MACHINE:
        return f"names {_OF_THIS_MACHINE[parsed.scheme]}"
    manager = manager_of(reference)
    if manager is None or not manager.catalogs:
        return "names a file of this machine"
    return _own_option(reference)


def foreign_refusal(reference: str) -> str:
    """Why a bundle or a config's file may not bring that reference along: `names a command`; "" if it may."""
    if reference.startswith("cmd:"):
        return COMMAND
    with suppress(UsageError):  # what is none is refused elsewhere
        return _own_option(reference)
    return ""


def _own_option(reference: str) -> str:
    manager = manager_of(reference)
    if manager is None or not manager.own_options:
        return ""
    named = [name for name in manager.own_options if name in parse_reference(reference).parts]
    return f"chooses the {named[0]} by which you sign in at {manager.title}" if named else ""
