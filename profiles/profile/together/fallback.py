"""The profile that another one names for when its gateway is unreachable, read without the model."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.json_documents import json_or_none

if TYPE_CHECKING:
    from profiles.profile.store import ProfileStore

FIELD = "when_unreachable"


def named_by(store: ProfileStore, name: str) -> str | None:
    """What the profile's file names there, whether there is such a profile or not. Raises NotFoundError."""
    data = json_or_none(store.text_of(name).encode())
    named = data.get(FIELD) if isinstance(data, dict) else None
    return named if isinstance(named, str) else None


def fallback_of(store: ProfileStore, name: str) -> str | None:
    """The stored profile to switch to when that one's gateway is unreachable; None without another one.

    Raises NotFoundError where the profile itself is gone.
    """
    named = named_by(store, name)
    return named if named != name and named in store.names() else None
