"""One project's `settings.local.json`: changed with the same surgery as the user's own settings file."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.command_line import shown_line
from profiles.claude_code.settings.parse import parse_settings
from profiles.files.read import read_bytes, real_path
from profiles.profile.catalog_terms import with_projects
from profiles.profile.rendering import same_profile
from profiles.profile.under_policy import forced, required, why_not_here
from profiles.projects.place import check_place
from profiles.projects.project_scope import ProjectScope, UnsafeError
from profiles.switching.edit.standing import Standing
from profiles.switching.one_file.file import OneFile
from profiles.switching.one_file.tools import Tools
from profiles.switching.one_file.wish import Wish
from profiles.switching.outcome import ProjectOutcome
from profiles.switching.reading.reading import led_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.files.durability import Writing
    from profiles.profile.rendering import Rendered
    from profiles.projects.git.could_commit import Answer
    from profiles.projects.settings_above import SettingsAbove
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.outcome import Outcome
    from profiles.switching.reading.drift import Change


class Look(NamedTuple):
    """How a project's file stands. `carries` is what it was made to say, `problem` why that is not as wanted.

    `condition` is ok, stale (a change did not reach it yet), changed (outside), gone (the file), unparsable,
    missing (the directory), blocked (it cannot be written) or refused (an administrator does not allow it).
    `changes` are those from outside, which count before all that is only behind.
    """

    project: Project
    condition: str
    carries: Rendered | None
    problem: str = ""
    changes: list[Change] = []  # noqa: RUF012 - never changed in place


class ProjectFile:
    """The file of one project. `bring` makes it say what it should; `ask` is how git is asked.

    `users` are the tools for the user's own settings, those that the project follows.
    """

    def __init__(
        self, users: Tools, project: Project, above: SettingsAbove, ask: Callable[[str], Answer]
    ) -> None:
        if project.pin:
            pin = required(project.pin, users.policy())
            project = project if pin == project.pin else project._replace(profile=pin)
        self._users = users.locations
        own = above.memories._replace(settings_path=project.settings_path)
        self._tools = users._replace(locations=own)
        self._project = project
        self._above = above
        self._ask = ask
        self._scope = ProjectScope(project, above, self._tools, self._users, ask)
        self._file = OneFile(self._tools, self._scope)

    def bring(self, *, back: bool = False, always: bool = False, shown: bool = False) -> Writing[Outcome]:
        """The steps that write what the project should say; with `back`, what the user had there first.

        With `always` even where only the key that a helper hands out is another. Raises UnsafeError where git
        could commit a secret or a path of this machine, PkccError otherwise; the file is then as it was. With
        `shown` git is about to see the file: it is asked though nothing differs.
        """
        target = self._checked_place()
        wanted = None if back else self._wanted()
        always = always and wanted is not None and wanted.helper
        with self._file.holding(target=target) as state:
            wish = Wish("project", wanted, "follow", always=always, shown=shown)
            return (yield from self._file.change(state, wish))

    def bring_bare(self) -> Writing[Outcome]:
        """Write only what keeps the file from leading away from the user's settings: no secret, no path."""
        target = self._checked_place()
        resting = self._project._replace(profile=None, team=None)  # a pin that cannot be written is paused
        scope = ProjectScope(resting, self._above, self._tools, self._users, self._ask, bare=True)
        file = OneFile(self._tools, scope)
        with file.holding(target=target) as state:
            return (yield from file.change(state, Wish("project", self._wanted(resting), "follow")))

    def preview(self) -> Outcome:
        """What `bring` would do; writes nothing. Raises PkccError as it does."""
        self._checked_place()
        state = self._file.read().state
        return self._file.preview(state, Wish("project", self._wanted(), "follow"))

    @property
    def is_whole(self) -> bool:
        """Whether it carries a profile's header lines, and with them a route that holds together."""
        carries = self._file.read().state.current.rendered
        return carries is not None and bool(carries.headers)

    def look(self, *, back: bool) -> Look:
        """One look, which writes nothing and asks for no secret."""
        reading = self._file.read()
        state = reading.state
        carries = state.current.rendered
        if not os.path.isdir(self._project.directory):
            return Look(self._project, "missing", carries)
        if reading.problem is not None:
            return Look(self._project, "unparsable", carries, reading.problem.title)
        if reading.changes:
            if found := led_elsewhere(self._file.path, state, real_path(self._file.path)):
                return Look(self._project, "blocked", carries, f"{found.title}. {found.hint}")
            condition = "gone" if reading.condition == "gone" else "changed"
            return Look(self._project, condition, carries, changes=reading.changes)
        try:
            self._checked_place()
            settings = parse_settings(read_bytes(self._file.path), self._file.path)
            around = self._scope.around(state)
            wanted = None if back else self._wanted()
            if wanted is not None and (refused := why_not_here(wanted)):
                return Look(self._project, "refused", carries, refused)
            wanted = self._scope.fitted(wanted and forced(wanted), Standing.of(settings, state, around))
        except PkccError as error:
            return Look(self._project, "blocked", carries, error.title)
        return Look(self._project, "ok" if same_profile(carries, wanted) else "stale", carries)

    def _checked_place(self) -> str:
        above = self._above
        return check_place(self._project, self._file.path, above.target, above.plain)

    def _wanted(self, project: Project | None = None) -> Rendered | None:
        """The profile with the project's metadata, whole; None while none is active.

        What a policy forces is not in it yet: `OneFile` puts that in.
        """
        project = project or self._project
        rendered = self._tools.store.rendered(project.pin) if project.pin else self._above.rendered
        return rendered and with_projects(self._tools.locations, rendered, project.all_metadata)


def written(project: Project, file: ProjectFile, *, back: bool, always: bool) -> Writing[ProjectOutcome]:
    """The steps that write it, and what became of it: one that fails is reported, and the others go on.

    `back` and `always` as for `ProjectFile.bring`.
    """
    if not os.path.isdir(project.directory):
        problem = "" if project.leaving else "the directory is gone"
        remedy = (
            "If it was renamed, `pkcc-tray project add` there takes it over; "
            f"`{shown_line(['pkcc-tray', 'project', 'remove', project.directory])}` forgets it."
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
