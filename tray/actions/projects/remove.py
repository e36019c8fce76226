"""Putting back a project's file, and forgetting the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.settings.project_root import project_root
from tray.actions.notes import change_notes
from tray.actions.projects.find_again import find_project_again
from tray.actions.projects.overview import registered

if TYPE_CHECKING:
    from tray.app import App


class RemovedProject(NamedTuple):
    """A project that was forgotten; `written`: its file is as it was before."""

    directory: str
    written: bool


def remove(app: App, directory: str) -> tuple[RemovedProject, tuple[str, ...]]:
    """Put back what was in a project's file, exactly, and forget the project; and notes."""
    find_project_again(app, os.path.join(app.directory, os.path.expanduser(directory)))
    project = registered(app, directory)
    with app.steps.doing("project remove", f"project remove {project.directory}") as doing:
        doing.with_projects()
        with app.switcher.holding() as state:
            sessions = _session_runs_in(app, project.directory)
            outcome = app.projects.remove(project, state, decline=project.rule is not None)
    notes = [] if outcome is None else change_notes(outcome)
    written = outcome is not None and outcome.written
    if written and sessions:
        notes.append("sessions that run there keep what only the project had set, until they end")
    if project.rule is not None:
        notes.append(
            f"the rule for {project.rule} leaves it alone from now on; `project add` takes it in again"
        )
    return RemovedProject(project.directory, written), tuple(notes)


def _session_runs_in(app: App, root: str) -> bool:
    from profiles.claude_code.process.sessions import running_sessions

    return any(project_root(each.directory) == root for each in running_sessions(*app.locations.session_dirs))
