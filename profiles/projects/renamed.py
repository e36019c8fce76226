"""Projects whose directory was renamed: where each is now, recognised by what its file carries."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.project_root import local_settings
from profiles.switching.find_memory import memories, recognises
from profiles.switching.memory.state_files import state_files

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.switching.memory.project_registry import Project, Registry


def missing(registry: Registry) -> list[Project]:
    """The registered projects whose directory is gone."""
    return [project for project in registry.projects.values() if not os.path.isdir(project.directory)]


def moved(registry: Registry, project: Project, directory: str) -> Registry:
    """The registry with that project under its new directory, all else as it was."""
    return registry.without(project.directory).with_project(project._replace(directory=directory))


def is_now(project: Project, directory: str, locations: Locations) -> bool:
    """Whether the directory holds the file that was last written for that project.

    `locations` are those of the projects' memories.
    """
    path = local_settings(directory)
    if not os.path.exists(path):
        return False
    own = state_files(locations._replace(settings_path=project.settings_path))
    return any(
        # Its own place too: a state that was not written since an earlier renaming holds the first name.
        (known.files == own or project.settings_path in (known.state.settings_path, known.state.target))
        and recognises(known.state, path)
        for known in memories(locations)
    )


def new_place(directory: str, old_settings: str, new_settings: str) -> str:
    """Where a directory would be now, when the settings lie elsewhere because their home was renamed.

    `/home/ann/work/api` with `/home/ann/.claude/settings.json` and `/home/anna/.claude/settings.json` gives
    `/home/anna/work/api`. The directory itself where it lies in no such home.
    """
    old, new = old_settings.split(os.sep), new_settings.split(os.sep)
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    above = os.sep.join(old) + os.sep
    inside = directory.startswith(above)
    return os.sep.join([*new, directory.removeprefix(above)]) if inside else directory
