"""Which files the tray watches: a change of one of them has it look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.gateway.check.kept_checks import checks_path
from profiles.profile.together.order import order_path
from profiles.switching.find_memory import files_for
from profiles.undo.journal import journal_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.base.locations import Locations


def watched_files(locations: Locations, further: Iterable[str]) -> list[str]:
    """Paths of settings, profiles and their order, of what is remembered of them, and the `further` ones."""
    files = files_for(locations)
    journal = journal_files(locations).journal
    kept = [files.state_path, files.projects_path, journal, checks_path(locations)]
    return [locations.settings_path, locations.profiles_dir, order_path(locations), *kept, *further]
