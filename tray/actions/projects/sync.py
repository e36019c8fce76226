"""Applying the rules, and writing every project whose file is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.switching.outcome import ProjectOutcome
from tray.actions.notes import project_notes
from tray.actions.projects.find_again import find_project_again
from tray.actions.projects.overview import changed_team, team_state
from tray.actions.projects.register import directory_of
from tray.actions.projects.rules import apply_rules, git_notes, rule_directories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.app import App


class Problem(NamedTuple):
    """Why a project is not as it should be, and what to do."""

    directory: str
    problem: str
    remedy: str


class Synced(NamedTuple):
    """How many projects there are and were written, what the rules did to which, and what went wrong."""

    projects: int
    written: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]


def sync(app: App, directories: Sequence[str]) -> tuple[Synced, tuple[str, ...]]:
    """Apply the rules to every clone they are for, and write each project whose file is behind; and notes."""
    given = [directory_of(app, each) for each in directories]
    with app.steps.doing("project sync", "project sync") as doing:
        doing.with_projects()
        for each in [app.directory, *given]:
            find_project_again(app, each)
        applied = apply_rules(app, [*given, *rule_directories(app)])
    outcomes = [*app.switcher.write_projects("sync")]
    projects = app.projects.registry().projects.values()
    outcomes += [
        ProjectOutcome(each.directory, False, each.problem, each.remedy) for each in applied if each.problem
    ]
    notes = [*project_notes(outcomes), *git_notes(applied)]
    notes += [
        changed_team(project) for project in projects if project.team and team_state(project) == "changed"
    ]

    def done(action: str) -> tuple[str, ...]:
        return tuple(each.directory for each in applied if each.action == action and not each.problem)

    problems = tuple(Problem(each.directory, each.problem, each.remedy) for each in outcomes if each.problem)
    written = sum(each.written for each in outcomes)
    synced = Synced(len(projects), written, done("added"), done("changed"), done("removed"), problems)
    return synced, tuple(notes)
