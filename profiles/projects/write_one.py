"""Writing one project among many: what could not be done is said of it, and the others go on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.projects.project_scope import UnsafeError
from profiles.switching.outcome import ProjectOutcome

if TYPE_CHECKING:
    from profiles.files.durability import Steps
    from profiles.projects.project_file import ProjectFile
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.outcome import Outcome


def written(project: Project, file: ProjectFile, *, back: bool, always: bool) -> Steps[ProjectOutcome]:
    """The steps that write it, and what became of it. `back` and `always` as for `ProjectFile.bring`."""
    if not os.path.isdir(project.directory):
        problem = "" if project.leaving else "the directory is gone"
        remedy = (
            "If it was renamed, `pkcc-tray project add` there takes it over; "
            f"`pkcc-tray project remove {project.directory}` forgets it."
        )
        return ProjectOutcome(project.directory, False, problem, remedy if problem else "")
    try:
        try:
            return _done(project, (yield from file.bring(back=back, always=always)))
        except UnsafeError as error:
            if project.pin and file.is_whole:
                raise  # it goes on with what it has
            # It goes on with the user's own settings, which have the route but not its metadata. What it had
            # of its own stays out: put back, it could lead the key that those settings hold elsewhere.
            done = _done(project, (yield from file.bring_bare()))
            return done._replace(problem=error.title, remedy=error.hint)
    except PkccError as error:
        return ProjectOutcome(project.directory, written=False, problem=error.title, remedy=error.hint)


def _done(project: Project, outcome: Outcome) -> ProjectOutcome:
    return ProjectOutcome(
        project.directory,
        outcome.written,
        lost=len(outcome.lost),
        passing=outcome.passing,
        lines_out=outcome.lines_out,
    )
