"""Where an import without a FILE looks, and what a person chooses from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from tray.actions.account.choice import Choice

if TYPE_CHECKING:
    from tray.app import App


def find_place(app: App, file: str | None, origin: str | None) -> tuple[str, str | None, str]:
    """The path, its kind as far as it is known, and a sentence on what else could be imported."""
    from profiles.base.locations import home
    from profiles.importing.sources import STORES, known_places

    if file is not None:
        return os.path.abspath(os.path.expanduser(file)), origin, ""
    if origin == "settings":
        return _own_settings(app), origin, ""
    places = known_places(app.environ, home(app.environ))
    if origin in STORES:
        found = [path for kind, path in places if kind == origin]
        if not found:
            raise PkccError(f"There is no store of {origin} where it always lies", "Name its FILE.")
        return found[0], origin, ""
    if origin is not None:
        raise UsageError(f"--from {origin} needs a FILE", "Name the file to import.")
    return _chosen_place(app, [(kind, path) for kind, path in places if _routes_of(path, kind)])


def _chosen_place(app: App, places: list[tuple[str, str]]) -> tuple[str, str | None, str]:
    """The user's settings, unless other things with a route are there and a person can choose."""
    from profiles.importing.sources import STORES
    from tray.terminal.choosing.choose import choose

    own = app.locations.settings_path
    usable = _routes_of(own, "settings")
    if not places:
        return _own_settings(app), "settings", ""
    if app.interactive:
        choices = [*([("settings", own)] if usable else []), *places]
        rows = [Choice(path, path, kind) for kind, path in choices]
        answer = choose(app.environ, "Import from which of these?", rows)
        return next((path, kind, "") for kind, path in choices if path == answer)
    ways = [f"--from {kind}" if kind in STORES else path for kind, path in places]
    more = "There is more to import: " + ", ".join(f"`pkcc-tray import {way}`" for way in ways)
    if not usable and not _is_broken(own):
        there = os.path.lexists(own)
        raise PkccError(f"{own} holds no Portkey route" if there else f"There is no file {own}", f"{more}.")
    return own, "settings", more


def _own_settings(app: App) -> str:
    """The path of the user's settings. Raises PkccError where an odd variable leads to no file."""
    from profiles.claude_code.beside.config_directory import odd_directory

    own = app.locations.settings_path
    odd = None if app.one_file or os.path.lexists(own) else odd_directory(app.environ)
    if odd is not None:
        raise PkccError(f"There is no file {own}: {odd.what}", f"{odd.remedy}.")
    return own


def _is_broken(path: str) -> bool:
    """Whether a file is there that cannot be read as settings: that is what to say then."""
    from profiles.importing.sources import read_source

    try:
        return os.path.lexists(path) and not read_source(path, "settings")
    except PkccError:
        return True


def _routes_of(path: str, kind: str) -> bool:
    """Whether anything at that place goes through Portkey, as far as one look tells."""
    from profiles.importing.candidate import routed
    from profiles.importing.sources import read_source

    try:
        return any(map(routed, read_source(path, kind).candidates))
    except PkccError:
        return False
