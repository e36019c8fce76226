"""What a person can do with the projects that carry a route: all of them together, and the pin of one."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError, PkccError
from profiles.claude_code.settings.project_root import local_settings, project_root
from profiles.projects.git_safety import exclude, take_back
from profiles.projects.team_file import TEAM_FILE, read_team_file
from profiles.switching.memory.project_registry import Project
from profiles.switching.outcome import Followed
from tray.actions.find_project_again import find_project_again
from tray.actions.notes import project_notes
from tray.actions.rules import apply_rules, rule_directories

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.outcome import Outcome
    from tray.app import App


def put(
    app: App, root: str, change: Callable[[Project], Project], step: tuple[str, str], *, excluding: bool
) -> Outcome:
    """Register what `change` makes of what is known, read under the lock: two commands at once both count.

    It is one step, its action and its words. With `excluding` git ignores the file from now on. Raises
    UnsafeError where git could commit a secret.
    """
    path = local_settings(root)
    with app.steps.doing(*step) as doing:
        doing.with_projects()
        with app.switcher.holding() as state, ExitStack() as way_back:
            project = change(app.projects.known(root, state))
            if excluding and exclude(path, app.environ):
                way_back.callback(take_back, path, app.environ)
                project = project._replace(excluded=True)
            outcome = app.projects.put(project, state)
            way_back.pop_all()
        return outcome


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


class Problem(NamedTuple):
    """Why a project is not as it should be, and what to do."""

    directory: str
    problem: str
    remedy: str


class Synced(NamedTuple):
    """How many projects there are and were written, what the rules did to which, and what went wrong."""

    projects: int
    written: int
    added: list[str]
    changed: list[str]
    removed: list[str]
    problems: list[Problem]


def sync(app: App, directories: list[str]) -> tuple[Synced, tuple[str, ...]]:
    """Apply the rules to every clone they are for, and write each project whose file is behind; and notes."""
    given = [directory_of(app, each) for each in directories]
    with app.steps.doing("project sync", "project sync") as doing:
        doing.with_projects()
        for each in [app.directory, *given]:
            find_project_again(app, each)
        applied = apply_rules(app, [*given, *rule_directories(app)])
    followed = [*app.switcher.settle("sync")]
    projects = app.projects.registry().projects.values()
    followed += [
        Followed(each.directory, False, each.problem, each.remedy) for each in applied if each.problem
    ]
    notes = project_notes(followed)
    notes += [
        changed_team(project) for project in projects if project.team and team_state(project) == "changed"
    ]

    def done(action: str) -> list[str]:
        return [each.directory for each in applied if each.action == action and not each.problem]

    problems = [Problem(each.directory, each.problem, each.remedy) for each in followed if each.problem]
    written = sum(each.written for each in followed)
    synced = Synced(len(projects), written, done("added"), done("changed"), done("removed"), problems)
    return synced, tuple(notes)


def pin(app: App, name: str, directory: str, *, dry_run: bool, excluding: bool) -> tuple[Outcome, list[str]]:
    """Let a project stay with a profile, registering it where it is not yet; and notes."""
    app.store.rendered(name)
    root, notes = root_of(app, directory)

    def change(now: Project) -> Project:
        return now._replace(profile=name, rule=None)

    if dry_run:
        known = app.projects.registry().projects.get(root, Project(root))
        return app.projects.preview(change(known), app.switcher.read().state), notes
    return put(app, root, change, ("pin", f"pin {root} to {name}"), excluding=excluding), notes


def root_of(app: App, directory: str) -> tuple[str, list[str]]:
    """The directory whose settings a session there reads, and a note where that is another one."""
    given = directory_of(app, directory)
    root = project_root(given)
    app.projects.check(Project(root))
    if root == given:
        return root, []
    return root, [f"Claude Code reads the settings of the repository's main directory: {root}"]


def directory_of(app: App, directory: str) -> str:
    """The directory that a person means by it. Raises NotFoundError."""
    given = os.path.realpath(os.path.join(app.directory, os.path.expanduser(directory)))
    if not os.path.isdir(given):
        raise NotFoundError(f"There is no directory {given}", "Name one that is there.")
    return given
