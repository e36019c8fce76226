"""All projects at a glance, as a window lists them: what each adds, and how its file stands."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.hashing import text_digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import printable
from profiles.projects.rules.rules import rules_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.memory.project_registry import Project
    from profiles.switching.reading.drift import Change
    from tray.app import App


MOST_WATCHED = 100


def project_id(directory: str) -> str:
    """What a window's address calls the project there, such as `/projects/1c4e…`: no path is in it."""
    return text_digest(directory, size=8)


class GlancedProject(NamedTuple):
    """A project's row: see `profiles.projects.project_file.Look`. `carries`: the profile its file has."""

    project: Project
    condition: str
    problem: str
    carries: str | None
    changes: tuple[Change, ...]

    @property
    def id(self) -> str:
        """See `project_id`."""
        return project_id(self.project.directory)

    @property
    def is_alarming(self) -> bool:
        """Whether the file, changed by something else, decides who gets the key of sessions there."""
        return self.condition == "changed" and any(change.alarming for change in self.changes)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What it adds to the profile's metadata, as it may be shown."""
        pairs = self.project.all_metadata.items()
        return tuple((printable(name, 64), printable(value, 128)) for name, value in pairs)


class GlancedProjects(NamedTuple):
    """All projects by their directories; `paused`: pins do not count since `off`."""

    projects: tuple[GlancedProject, ...]
    paused: bool


def glance_at_projects(app: App) -> GlancedProjects:
    """Every registered project. Reads each one's file, and writes nothing."""
    registry = app.projects.registry()
    return GlancedProjects(
        _glanced(app, [registry.projects[each] for each in sorted(registry.projects)]), registry.paused
    )


def glance_at_project(app: App, wanted: str) -> GlancedProject:
    """The project of that `project_id`. Raises NotFoundError."""
    (found,) = _glanced(app, [_of_id(app, wanted)])
    return found


def files_of_projects(app: App) -> list[str]:
    """The files whose change changes what is shown of projects; of many projects those of the first."""
    files = [rules_path(app.locations)]
    with suppress(PkccError):
        projects = [*app.projects.registry().projects.values()][:MOST_WATCHED]
        files += [project.settings_path for project in projects]
    return files


def directory_of_id(app: App, wanted: str) -> str:
    """The directory of the project of that `project_id`. Raises NotFoundError."""
    return _of_id(app, wanted).directory


def _of_id(app: App, wanted: str) -> Project:
    for directory, project in app.projects.registry().projects.items():
        if project_id(directory) == wanted:
            return project
    raise NotFoundError("That project is not registered any more", "The list shows those that are.")


def _glanced(app: App, projects: Sequence[Project]) -> tuple[GlancedProject, ...]:
    if not projects:
        return ()
    looks = app.projects.look(projects, app.switcher.read().state, paused=app.projects.registry().paused)
    return tuple(
        GlancedProject(
            look.project,
            look.condition,
            look.problem,
            None if look.carries is None else look.carries.name,
            tuple(look.changes),
        )
        for look in looks
    )
