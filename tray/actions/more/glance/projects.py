"""All projects at a glance, as a window lists them: what each adds, and how its file stands."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.hashing import text_digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import printable
from profiles.files.read import file_mark
from profiles.projects.rules.rules import rules_path
from profiles.switching.find_memory import files_for
from tray.actions.policy.standing import policy_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.switching.memory.project_registry import Project, Registry
    from profiles.switching.reading.drift import Change
    from tray.app import App

    _Mark = tuple[tuple[int, int, int] | None, bool]


MOST_WATCHED = 100
KEPT_S = 30.0  # what a file names may change without it


def project_id(directory: str) -> str:
    """What a window calls the project there, such as `1c4e…`: no path gets into an address."""
    return text_digest(directory, size=8)


def project_page(directory: str) -> str:
    """The address of its page."""
    return f"/projects/{project_id(directory)}"


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


class ProjectGlances:
    """All projects. Those whose file is as it was are remembered for some seconds."""

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._known: dict[str, tuple[_Mark, GlancedProject]] = {}
        self._seen: tuple[float, object] = (0.0, None)

    def read(self) -> GlancedProjects:
        """Every registered project, by their directories. Writes nothing."""
        app, now = self._app, self._clock()
        registry = app.projects.registry()
        around = (_marks_around(app, registry), registry)
        if self._seen[1] != around or now - self._seen[0] > KEPT_S:
            self._known, self._seen = {}, (now, around)
        marks = {
            each: (file_mark(registry.projects[each].settings_path), os.path.isdir(each))
            for each in sorted(registry.projects)
        }
        known = {each: kept[1] for each, kept in self._known.items() if marks.get(each) == kept[0]}
        looked = _glanced(app, [registry.projects[each] for each in marks if each not in known])
        known.update((each.project.directory, each) for each in looked)
        self._known = {each: (mark, known[each]) for each, mark in marks.items()}
        return GlancedProjects(tuple(known[each] for each in marks), registry.paused)


def _marks_around(app: App, registry: Registry) -> list[tuple[int, int, int] | None]:
    """What shows that anything else changed that decides what projects should say."""
    pins = sorted({project.pin for project in registry.projects.values() if project.pin})
    active = app.switcher.read().state.current.active
    names = dict.fromkeys([*pins, *([active] if active else [])])
    files = [app.locations.settings_path, files_for(app.locations).state_path, *map(app.store.path_of, names)]
    return [file_mark(each) for each in (*files, *policy_files())]


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
