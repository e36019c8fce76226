"""project add, list, show, remove, sync; and the pin of `switch NAME --project`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, NotFoundError, UsageError
from profiles.base.text import printable
from profiles.claude_code.settings.project_root import project_root
from profiles.projects.git_safety import ask_git, take_back
from profiles.projects.team_file import TEAM_FILE, read_team_file
from profiles.switching.memory.project_registry import Project, Team
from tray.actions.notes import change_notes
from tray.actions.projects import changed_team, put, root_of, sync, team_state
from tray.commands.names import complete_profiles
from tray.commands.pairs import pairs
from tray.commands.projects.exclusion import excluded_if_agreed
from tray.terminal.results import Result, to_data

if TYPE_CHECKING:
    import argparse

    from profiles.projects.project_file import Look
    from profiles.switching.memory.project_registry import Registry
    from profiles.switching.memory.state import State
    from tray.app import App


# add ---------------------------------------------------------------------------------------------------


def arguments_project_add(parser: argparse.ArgumentParser) -> None:
    """DIR [--profile P | --follow] [--metadata K=V …] [--exclude] [--trust | --no-team]."""
    add = parser.add_argument
    add("directory", metavar="DIR", nargs="?", default=".", help="the project (default: where you are)")
    which = parser.add_mutually_exclusive_group()
    action = which.add_argument("--profile", metavar="P", help="pin it to that profile, whatever is active")
    action.completer = complete_profiles  # type: ignore[attr-defined]
    which.add_argument("--follow", action="store_true", help="follow the active profile (the default) again")
    add(
        "--metadata",
        metavar="K=V",
        action="append",
        default=[],
        help="metadata over the profile's (repeatable; K= takes it out)",
    )
    add("--exclude", action="store_true", help="have git ignore the file in this clone, if it does not yet")
    team = parser.add_mutually_exclusive_group()
    team.add_argument(
        "--trust", action="store_true", help=f"take over what {TEAM_FILE} wants, without asking"
    )
    team.add_argument("--no-team", action="store_true", help=f"leave {TEAM_FILE} out")


def project_add(app: App, directory: str, *, metadata: list[str], **options: Any) -> Result:
    """Register a project, or change what is given of a registered one; its file is written at once.

    Raises NotFoundError for no directory or profile, ConflictError where git could commit a secret.
    """
    from profiles.profile.fields import check_metadata

    root, notes = root_of(app, directory)
    known = app.projects.registry().projects.get(root, Project(root))
    try:
        given = check_metadata(pairs("--metadata", metadata, "team=engineering"))
    except ValueError as error:
        raise UsageError(f"--metadata: {error}", "For example: --metadata team=engineering") from None
    profile = None if options["follow"] else options["profile"] or known.profile
    if profile is not None:
        app.store.rendered(profile)  # there is such a one, and it is whole
    team, more = (None, []) if options["no_team"] else _team(app, known, options["trust"])
    if team is not None and team.profile and not profile:
        _check_wanted(app, team.profile)

    def change(now: Project) -> Project:
        merged = {key: value for key, value in {**now.metadata, **given}.items() if value}
        return now._replace(
            profile=None if options["follow"] else options["profile"] or now.profile,
            metadata=merged,
            team=team if options["no_team"] or team != known.team else now.team,
            rule=None,
        )

    step = ("project add", f"project add {root}")
    outcome = excluded_if_agreed(
        app,
        root,
        lambda excluding: put(app, root, change, step, excluding=excluding),
        excluding=options["exclude"],
    )
    row = _rows(app, [root])[0]
    return Result("project", {**row, "written": outcome.written}, (*notes, *more, *change_notes(outcome)))


def _team(app: App, known: Project, trust: bool) -> tuple[Team | None, list[str]]:
    """What is trusted of the team's file: as before, or what is shown and agreed to now."""
    team = read_team_file(known.directory)
    if team is None or (known.team is not None and known.team.digest == team.digest):
        return team and known.team, []
    wishes = [f"profile {team.profile}"] if team.profile else []
    wishes += [f"{key}={printable(value)}" for key, value in team.metadata.items()]
    shown = f"{TEAM_FILE} of this project wants: {', '.join(wishes) or 'nothing'}"
    if trust:
        return team, [shown]
    if app.interactive:
        from tray.terminal.prompts import confirm, say

        say(f"{shown}.")
        if confirm("Take that over?", default=False):
            return team, []
        return known.team, []
    return known.team, [f"{shown}. Nothing of it counts until you add --trust"]


def _check_wanted(app: App, name: str) -> None:
    try:
        app.store.rendered(name)
    except NotFoundError:
        raise ConflictError(
            f"{TEAM_FILE} wants the profile {name!r}, and you have none of that name",
            f"`pkcc-tray add {name}` makes it; --profile P uses another one, --no-team leaves the file out.",
        ) from None


# list, show ---------------------------------------------------------------------------------------------


def project_list(app: App) -> Result:
    """All registered projects of these settings, and how the file of each stands."""
    registry = app.projects.registry()
    rows = _rows(app, sorted(registry.projects))
    data = {"projects": rows, "paused": registry.paused, "settings": app.locations.settings_path}
    return Result("project_list", data)


def arguments_project_show(parser: argparse.ArgumentParser) -> None:
    """[DIR]."""
    _add_directory(parser)


def project_show(app: App, directory: str) -> Result:
    """One project: what it adds, what its file carries, and how that stands with git."""
    from tray.actions.describe import written_by

    registry = app.projects.registry()
    project = _find(app, registry, directory)
    look = _looks(app, registry, [project])[0]
    rendered = look.carries
    writes = {} if rendered is None else written_by(rendered, app.switcher.helper_command(rendered))
    team = team_state(project)
    git = ask_git(project.settings_path, app.environ).standing if look.condition != "missing" else "none"
    notes = [] if team != "changed" else [changed_team(project)]
    return Result("project_show", {**_row(look), "writes": writes, "git": git, "team": team}, tuple(notes))


# remove, sync -------------------------------------------------------------------------------------------


def arguments_project_remove(parser: argparse.ArgumentParser) -> None:
    """[DIR]."""
    _add_directory(parser)


def project_remove(app: App, directory: str) -> Result:
    """Put back what was in a project's file, exactly, and forget the project."""
    project = _find(app, app.projects.registry(), directory)
    with app.steps.doing("project remove", f"project remove {project.directory}") as doing:
        doing.with_projects()
        with app.switcher.holding() as state:
            sessions = _sessions_in(app, project.directory)
            outcome = app.projects.remove(project, state, decline=project.rule is not None)
        if project.excluded:
            take_back(project.settings_path, app.environ)
    notes = [] if outcome is None else change_notes(outcome)
    if outcome is not None and outcome.written and sessions:
        notes.append("sessions that run there keep what only the project had set, until they end")
    if project.rule is not None:
        notes.append(
            f"the rule for {project.rule} leaves it alone from now on; `project add` takes it in again"
        )
    written = outcome is not None and outcome.written
    return Result("project_removed", {"directory": project.directory, "written": written}, tuple(notes))


def _sessions_in(app: App, root: str) -> list[int]:
    from profiles.claude_code.sessions import running_sessions

    found = running_sessions(*app.locations.session_dirs)
    return [each.pid for each in found if project_root(each.directory) == root]


def arguments_project_sync(parser: argparse.ArgumentParser) -> None:
    """[DIR …]."""
    parser.add_argument(
        "directories", metavar="DIR", nargs="*", help="further directories that rules may be for"
    )


def project_sync(app: App, directories: list[str]) -> Result:
    """Apply the rules to every clone they are for, and write each project whose file is behind."""
    synced, notes = sync(app, directories)
    return Result("project_synced", to_data(synced), notes)


# Parts -------------------------------------------------------------------------------------------------


def _add_directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory", metavar="DIR", nargs="?", default=".", help="the project (default: where you are)"
    )


def _find(app: App, registry: Registry, directory: str) -> Project:
    given = os.path.realpath(os.path.join(app.directory, os.path.expanduser(directory)))
    for path in (given, project_root(given)):
        if path in registry.projects:
            return registry.projects[path]
    raise NotFoundError(f"{given} is no registered project", "`pkcc-tray project list` shows all.")


def _rows(app: App, directories: list[str]) -> list[dict[str, Any]]:
    registry = app.projects.registry()
    return [_row(look) for look in _looks(app, registry, [registry.projects[each] for each in directories])]


def _looks(app: App, registry: Registry, projects: list[Project]) -> list[Look]:
    state: State = app.switcher.read().state
    return app.projects.look(projects, state, paused=registry.paused)


def _row(look: Look) -> dict[str, Any]:
    project = look.project
    return {
        "directory": project.directory,
        "settings": project.settings_path,
        "pin": project.pin,
        "profile": None if look.carries is None else look.carries.name,
        "metadata": project.all_metadata,
        "rule": project.rule,
        "condition": look.condition,
        "problem": look.problem,
    }
