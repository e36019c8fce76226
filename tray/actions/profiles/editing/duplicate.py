"""A profile like another one, under a name that is free."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.profiles.rename import copy_profile

if TYPE_CHECKING:
    from tray.actions.profiles.rename import Copied
    from tray.app import App

_LONGEST = 64


def duplicate_profile(app: App, source: str) -> Copied:
    """Make a profile like that one, such as `work-2`, called "Work (2)" where that one is called "Work"."""
    taken = {name.lower() for name in app.store.names()}
    number = 2
    while (name := _numbered(source.rpartition("/")[2], number)).lower() in taken:
        number += 1
    label = app.store.load(source).label
    return copy_profile(app, source, name, label=f"{label} ({number})" if label else "")


def _numbered(name: str, number: int) -> str:
    ending = f"-{number}"
    return name[: _LONGEST - len(ending)] + ending
