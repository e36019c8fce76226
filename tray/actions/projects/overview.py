"""The registered projects as one looks at them: all in a list, or one with what its file carries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.light_typing import OMITTED, Omitted
from profiles.claude_code.owned_slots import name_in
from profiles.claude_code.settings.project_root import project_root, shared_settings
from profiles.projects.git.could_commit import ask_git
from profiles.projects.team_file import TEAM_FILE, read_team_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.projects.project_file import Look
    from profiles.switching.memory.project_registry import Project
    from tray.app import App


class ShownProject(NamedTuple):
    """A project and how its file stands: see `profiles.projects.project_file.Look`.

    `profile` is the one whose route its file carries. `written`: its file was, just now. The rest is known
    where one project is asked for: what it `writes`, slot by slot, how its file stands with `git`, and the
    state of the `team`'s file.
    """

    directory: str
    settings: str
    pin: str | None
    profile: str | None
    metadata: Mapping[str, str]
    rule: str | None
    condition: str
    problem: str
    written: bool | Omitted = OMITTED
    writes: Mapping[str, str] | Omitted = OMITTED
    git: str | Omitted = OMITTED
    team: str | Omitted = OMITTED


class ProjectList(NamedTuple):
    """The registered projects of a settings file; `paused`: pins do not count since `off`."""

    projects: tuple[ShownProject, ...]
    paused: bool
    settings: str


def all_projects(app: App) -> ProjectList:
    """All registered projects of these settings, and how the file of each stands."""
    registry = app.projects.registry()
    rows = shown_projects(app, sorted(registry.projects))
    return ProjectList(rows, registry.paused, app.locations.settings_path)


def shown_projects(app: App, directories: Sequence[str]) -> tuple[ShownProject, ...]:
    """The projects that are registered under those directories."""
    projects = app.projects.registry().projects
    return tuple(map(_shown, _looks(app, [projects[each] for each in directories])))


def one_project(app: App, directory: str) -> tuple[ShownProject, tuple[str, ...]]:
    """What a project adds, what its file carries, and how that stands with git; and notes."""
    from tray.actions.describing.describe import written_by

    project = registered(app, directory)
    (look,) = _looks(app, [project])
    rendered = look.carries
    team = team_state(project)
    shown = _shown(look)._replace(
        writes={} if rendered is None else written_by(rendered, app.switcher.helper_command(rendered)),
        git=ask_git(project.settings_path, app.environ).standing if look.condition != "missing" else "none",
        team=team,
    )
    changed = [changed_team(project)] if team == "changed" else []
    return shown, (*changed, *left_blank(app, project.directory))


def registered(app: App, directory: str) -> Project:
    """The project that a directory, or the repository that it lies in, is registered as.

    Raises NotFoundError.
    """
    projects = app.projects.registry().projects
    named = os.path.abspath(os.path.join(app.directory, os.path.expanduser(directory)))
    given = os.path.realpath(named)  # by its own name first: where it lay, there may be a link by now
    for path in (named, given, project_root(given)):
        if path in projects:
            return projects[path]
    raise NotFoundError(f"{given} is no registered project", "`pkcc-tray project list` shows all.")


def team_state(project: Project) -> str:
    """`none`, `invalid`, `untrusted`, `changed` since it was trusted, or `trusted`."""
    try:
        team = read_team_file(project.directory)
    except PkccError:
        return "invalid"
    if team is None:
        return "none"
    if project.team is None:
        return "untrusted"
    return "trusted" if project.team.digest == team.digest else "changed"


def changed_team(project: Project) -> str:
    """A note that the team's file is another one than what was agreed to."""
    directory = project.directory
    return (
        f"{directory}: {TEAM_FILE} was changed since you trusted it: `pkcc-tray project add {directory}` asks"
    )


def left_blank(app: App, root: str) -> list[str]:
    """A note for each value of the project's shared settings that the file beside it leaves blank."""
    from profiles.routes.sources import decide, read_sources

    return [
        f"{shared_settings(root)} sets {name_in(row.slot)} ({value}), which does not count here: "
        f"{row.path} leaves it empty"
        for row in decide(read_sources(app.locations, root, app.environ))
        if row.source == "local" and not row.value
        for kind, value in row.losers
        if kind == "project"
    ]


def _looks(app: App, projects: list[Project]) -> list[Look]:
    state = app.switcher.read().state
    return app.projects.look(projects, state, paused=app.projects.registry().paused)


def _shown(look: Look) -> ShownProject:
    project = look.project
    return ShownProject(
        project.directory,
        project.settings_path,
        project.pin,
        None if look.carries is None else look.carries.name,
        project.all_metadata,
        project.rule,
        look.condition,
        look.problem,
    )
