"""The profile that is meant where none need be named."""

from __future__ import annotations

from profiles.base.errors import ConflictError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tray.app import App


def active_unless_named(app: App, name: str | None, hint: str) -> str:
    """The name, or the active profile's where none is given. Raises ConflictError with `hint` for neither."""
    name = name if name is not None else app.switcher.read().state.current.active
    if name is None:
        raise ConflictError("No profile is active", hint)
    return name
