"""project add, list, show, remove, sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.base.text import others_words
from profiles.projects.team_file import TEAM_FILE
from tray.actions.projects.overview import all_projects, one_project
from tray.actions.projects.register import Change, add_project, check_pin, known_project, root_of, team_wishes
from tray.actions.projects.remove import remove
from tray.actions.projects.sync import sync
from tray.commands.options import add_profile, flag, flag_or_no, pairs, repeatable
from tray.terminal.results import Report, report
from tray.terminal.words.projects import project_lines, project_list_lines, removed_project, synced_projects

if TYPE_CHECKING:
    import argparse

    from profiles.switching.memory.project_registry import Project, Team
    from tray.app import App


# add ---------------------------------------------------------------------------------------------------


def arguments_project_add(parser: argparse.ArgumentParser) -> None:
    """DIR [--profile P | --follow] [--metadata K=V …] [--no-exclude] [--trust | --no-team]."""
    _add_directory(parser)
    which = parser.add_mutually_exclusive_group()
    add_profile(which, "pin it to that profile, even if another one is in use")
    flag(which, "--follow", "follow the profile in use (the default) again")
    repeatable(parser, "--metadata", "K=V", "metadata over the profile's; K= takes it out")
    flag_or_no(parser, "--exclude", "have git ignore the file in this clone (the default)")
    team = parser.add_mutually_exclusive_group()
    flag(team, "--trust", f"take over what {TEAM_FILE} wants, without asking")
    flag(team, "--no-team", f"leave {TEAM_FILE} out")


def project_add(
    app: App,
    directory: str,
    *,
    profile: str | None,
    follow: bool,
    metadata: list[str],
    exclude: bool | None,
    trust: bool,
    no_team: bool,
) -> Report:
    """Register a project, or change what is given of a registered one; its file is written at once.

    Raises NotFoundError for no directory or profile, ConflictError where git could commit a secret.
    """
    root, notes = root_of(app, directory)
    known = known_project(app, root)
    change = Change(profile, follow, _checked(metadata), exclude=exclude)
    check_pin(app, known, change)  # before anything is asked
    team, more = (None, []) if no_team else _team(app, known, trust)
    if no_team or team != known.team:
        change = change._replace(team=team)
    added, others = add_project(app, root, change)
    return report(added, project_lines, notes=(*notes, *more, *others))


def _checked(metadata: list[str]) -> dict[str, str]:
    from profiles.profile.schema.fields import check_new_metadata

    try:
        return check_new_metadata(pairs("--metadata", metadata, "team=engineering"))
    except ValueError as error:
        raise UsageError(f"--metadata: {error}", "For example: --metadata team=engineering") from None


def _team(app: App, known: Project, trust: bool) -> tuple[Team | None, list[str]]:
    """What is trusted of the team's file: as before, or what is shown and agreed to now."""
    trusted, team = team_wishes(known)
    if team is None:
        return trusted, []
    wishes = [f"profile {team.profile}"] if team.profile else []
    wishes += [f"{key}={others_words(value)}" for key, value in team.metadata.items()]
    shown = f"{TEAM_FILE} of this project wants: {', '.join(wishes) or 'nothing'}"
    if trust:
        return team, [shown]
    if app.interactive:
        from tray.terminal.prompts import confirm, say

        say(f"{shown}.")
        if confirm("Take that over?", default=False):
            return team, []
        return trusted, []
    return trusted, [f"{shown}. It has no effect until you add --trust"]


# list, show ---------------------------------------------------------------------------------------------


def project_list(app: App) -> Report:
    """All registered projects of these settings, and how the file of each stands."""
    return report(all_projects(app), project_list_lines)


def arguments_project_show(parser: argparse.ArgumentParser) -> None:
    """[DIR]."""
    _add_directory(parser)


def project_show(app: App, directory: str) -> Report:
    """One project: what it adds, what its file carries, and how that stands with git."""
    project, notes = one_project(app, directory)
    return report(project, project_lines, notes=notes)


# remove, sync -------------------------------------------------------------------------------------------


def arguments_project_remove(parser: argparse.ArgumentParser) -> None:
    """[DIR]."""
    _add_directory(parser)


def project_remove(app: App, directory: str) -> Report:
    """Put back what was in a project's file, exactly, and forget the project."""
    removed, notes = remove(app, directory)
    return report(removed, removed_project, notes=notes)


def arguments_project_sync(parser: argparse.ArgumentParser) -> None:
    """[DIR …]."""
    parser.add_argument(
        "directories", metavar="DIR", nargs="*", help="further directories that rules may be for"
    )


def project_sync(app: App, directories: list[str]) -> Report:
    """Apply the rules to every clone they are for, and write each project whose file is behind."""
    synced, notes = sync(app, directories)
    return report(synced, synced_projects, notes=notes)


# Parts -------------------------------------------------------------------------------------------------


def _add_directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory", metavar="DIR", nargs="?", default=".", help="the project (default: where you are)"
    )
