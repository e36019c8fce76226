"""Registering a project, with metadata of its own or a pin; its file is written at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.light_typing import OMITTED, Omitted
from profiles.base.names import catalog_of
from profiles.claude_code.settings.project_root import project_root
from profiles.profile import under_policy
from profiles.profile.rendering import metadata_of
from profiles.projects.team_file import TEAM_FILE, catalog_hint, read_team_file
from profiles.switching.memory.project_registry import Project
from tray.actions.notes import change_notes
from tray.actions.projects.overview import ShownProject, left_blank, registered, shown_projects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.project_registry import Team
    from profiles.switching.outcome import Outcome
    from tray.app import App


class Change(NamedTuple):
    """What a person says of a project. What is not said stays as it is.

    `profile` pins it, `follow` takes the pin away; an empty value of `metadata` takes that name out; `team`
    is what is trusted of the team's file from now on; `exclude`, whether git is to ignore the project's file.
    """

    profile: str | None = None
    follow: bool = False
    metadata: Mapping[str, str] = {}
    team: Team | Omitted | None = OMITTED
    exclude: bool | None = None

    def pin_of(self, project: Project) -> str | None:
        """The profile that the project is pinned to then."""
        return None if self.follow else self.profile or project.profile

    def of(self, project: Project) -> Project:
        """The project after the change; it is no rule's any more."""
        merged = {key: value for key, value in {**project.metadata, **self.metadata}.items() if value}
        team = project.team if isinstance(self.team, Omitted) else self.team
        project = project._replace(profile=self.pin_of(project), metadata=merged, team=team, rule=None)
        return _excluding(project, self.exclude)


class TeamWishes(NamedTuple):
    """What of the team's file is in force, and what it wants besides that nobody agreed to yet."""

    trusted: Team | None = None
    new: Team | None = None


def add_project(app: App, root: str, change: Change) -> tuple[ShownProject, tuple[str, ...]]:
    """Register a project, or change what is said of a registered one; and notes.

    Raises NotFoundError for no profile, UnsafeError where git could commit a secret.
    """
    _check_profiles(app, known_project(app, root), change)
    before = app.projects.registry().projects
    outcome = _put(app, root, change.of, ("project add", f"project add {root}"))
    after = app.projects.registry().projects
    moved = [f"it goes on as what {each} was, which is gone" for each in before if each not in after]
    (shown,) = shown_projects(app, [root])
    notes = (*moved, *change_notes(outcome), *left_blank(app, root), *_catalog_notes(app, root))
    return shown._replace(written=outcome.written), notes


def _catalog_notes(app: App, root: str) -> list[str]:
    """That the team has a catalog, where its file says so and nobody here follows it. It is only reported."""
    from profiles.catalogs.subscriptions import load_subscriptions

    try:
        hint = catalog_hint(root)
    except PkccError:  # who wanted it has been told, who leaves it out need not be
        return []
    if not hint or any(each.source == hint for each in load_subscriptions(app.locations).values()):
        return []
    return [f"its team says that it has a catalog of profiles: `pkcc-tray join {hint}` shows it, and asks"]


def write_again(app: App, directory: str) -> tuple[ShownProject, tuple[str, ...]]:
    """Write one project's file as it should be, whatever something else made of it; and notes."""
    root = registered(app, directory).directory
    outcome = _put(app, root, lambda now: now, ("project sync", f"project sync {root}"))
    (shown,) = shown_projects(app, [root])
    return shown._replace(written=outcome.written), tuple(change_notes(outcome))


def known_project(app: App, root: str) -> Project:
    """What is registered under that directory, a new project where nothing is."""
    return app.projects.registry().projects.get(root, Project(root))


def team_wishes(known: Project) -> TeamWishes:
    """What the team's file wants of a project. Raises PkccError for a wrong file."""
    team = read_team_file(known.directory)
    if team is None:
        return TeamWishes()
    is_trusted = known.team is not None and known.team.digest == team.digest
    return TeamWishes(known.team, None if is_trusted else team)


def check_pin(app: App, known: Project, change: Change) -> None:
    """Raises PkccError where it would be pinned to a profile that is not there, not whole, not allowed."""
    pinned = change.pin_of(known)
    if pinned is None:
        return
    rendered = app.store.rendered(pinned)
    if pinned != known.pin:
        under_policy.check_pin(pinned, _sent(rendered, change.of(known)))


def _check_profiles(app: App, known: Project, change: Change) -> None:
    check_pin(app, known, change)
    team = change.of(known).team
    if team is None or team.profile is None or change.pin_of(known) is not None:
        return
    name = team.profile
    try:
        rendered = app.store.rendered(name)
    except NotFoundError:
        hint = catalog_hint(known.directory)
        own = "Its catalog" if catalog_of(name) else f"`pkcc-tray add {name}`"
        way = f"`pkcc-tray join {hint}`" if hint else own
        raise ConflictError(
            f"{TEAM_FILE} wants the profile {name!r}, and you have none of that name",
            f"{way} makes it; --profile P uses another one, --no-team leaves the file out.",
        ) from None
    if name != known.pin:
        under_policy.check_pin(name, _sent(rendered, change.of(known)))


def _sent(rendered: Rendered, project: Project) -> dict[str, str]:
    return {**metadata_of(rendered), **project.all_metadata}


def pin(
    app: App, name: str, directory: str, *, dry_run: bool, exclude: bool | None
) -> tuple[Outcome, list[str]]:
    """Pin a project to a profile, registering it where it is not yet; and notes."""
    rendered = app.store.rendered(name)
    root, notes = root_of(app, directory)
    under_policy.check_pin(name, _sent(rendered, known_project(app, root)))

    def change(now: Project) -> Project:
        return _excluding(now._replace(profile=name, rule=None), exclude)

    if dry_run:
        known = app.projects.registry().projects.get(root, Project(root))
        return app.projects.preview(change(known), app.switcher.read().state), notes
    return _put(app, root, change, ("pin", f"pin {root} to {name}")), notes


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


def _excluding(project: Project, exclude: bool | None) -> Project:
    return project if exclude is None else project._replace(exclude=exclude)


def _put(app: App, root: str, change: Callable[[Project], Project], step: tuple[str, str]) -> Outcome:
    """Register what `change` makes of what is known, read under the lock: two commands at once both count.

    It is one step, its action and its words. Raises UnsafeError where git could commit a secret.
    """
    with app.steps.doing(*step) as doing:
        doing.with_projects()
        with app.switcher.holding() as state:
            return app.projects.put(change(app.projects.known(root, state)), state)
