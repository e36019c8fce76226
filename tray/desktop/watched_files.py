"""Which files the tray watches: a change of one of them has it look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.switching.find_memory import files_for
from profiles.undo.journal import journal_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.base.locations import Locations


def watched_files(locations: Locations, further: Iterable[str]) -> list[str]:
    """Paths of the settings, the profiles, what is remembered of both, and the `further` ones."""
    files = files_for(locations)
    journal = journal_files(locations).journal
    ours = [locations.settings_path, locations.profiles_dir, files.state_path, files.projects_path, journal]
    return [*ours, *further]
