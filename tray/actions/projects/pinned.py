"""The pin of the repository that somebody is in."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tray.app import App


class Pinned(NamedTuple):
    """A project that stays with a profile; `condition` is that of its file, see `Look`."""

    profile: str
    directory: str
    condition: str


def pinned_here(app: App) -> Pinned | None:
    """The pin that sessions in the app's directory follow; None without one, and while pins rest (`off`)."""
    from profiles.switching.find_memory import files_for

    if not os.path.exists(files_for(app.locations).projects_path):  # few have any, and a prompt waits
        return None
    from profiles.claude_code.settings.project_root import project_root
    from profiles.profile.under_policy import required

    registry = app.projects.registry()
    project = registry.projects.get(project_root(app.directory))
    if registry.paused or project is None or project.pin is None:
        return None
    (look,) = app.projects.look([project], app.switcher.read().state, paused=False)
    return Pinned(required(project.pin), project.directory, look.condition)
