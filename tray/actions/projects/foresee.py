"""What a directory would be as a project, before anything is done: root, git's answer, a team's wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.claude_code.settings.project_root import project_root
from profiles.projects.git.could_commit import ask_git
from tray.actions.projects.register import TeamWishes, known_project, root_of, team_wishes

if TYPE_CHECKING:
    from profiles.projects.git.could_commit import Answer
    from profiles.switching.memory.project_registry import Project
    from tray.app import App


class Foreseen(NamedTuple):
    """The project that a directory is or would be.

    `is_main`: it is another directory than the one given, the main one of its repository. `is_known`: it is
    registered already. `git`: how its file stands with git now. `team_problem`: why the team's file cannot
    be read.
    """

    project: Project
    is_main: bool
    is_known: bool
    git: Answer
    wishes: TeamWishes
    team_problem: str


def foresee(app: App, directory: str) -> Foreseen:
    """What is known of it. Raises PkccError for what can be no project."""
    root, notes = root_of(app, directory)
    known = known_project(app, root)
    wishes, team_problem = TeamWishes(), ""
    try:
        wishes = team_wishes(known)
    except PkccError as error:
        team_problem = error.title
    is_known = root in app.projects.registry().projects
    git = ask_git(known.settings_path, app.environ)
    return Foreseen(known, bool(notes), is_known, git, wishes, team_problem)


def session_roots(app: App) -> list[str]:
    """The directories whose settings running sessions read, but for those that are projects."""
    from profiles.claude_code.process.sessions import running_sessions

    registered = app.projects.registry().projects
    found = [each.directory for each in running_sessions(*app.locations.session_dirs) if each.directory]
    return sorted({project_root(each) for each in found} - set(registered))
