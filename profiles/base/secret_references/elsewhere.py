"""Which references may come along with something of another's: a bundle, a config's file. Pure."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import UsageError
from profiles.base.secret_references.managers import manager_of
from profiles.base.secret_references.parse import parse_reference

COMMAND = "names a command"


def foreign_refusal(reference: str) -> str:
    """Why that reference may not come along, such as `names a command`; "" where it may."""
    if reference.startswith("cmd:"):
        return COMMAND
    manager = manager_of(reference)
    if manager is not None and manager.own_options:
        with suppress(UsageError):  # what is none is refused elsewhere
            named = [name for name in manager.own_options if name in parse_reference(reference).parts]
            return f"chooses the {named[0]} by which you sign in at {manager.title}" if named else ""
    return ""
