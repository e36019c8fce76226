"""Everything of pkcc-tray off this computer, but the program: looked at first, then done in a safe order.

What others depend on goes first: settings are put back while profiles, keys and memory are still there. Each
step can be done again, so whatever ends it half-way, the same command goes on.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError
from profiles.base.names import is_kept_name
from profiles.base.text import counted
from profiles.claude_code.process.sessions import running_sessions
from profiles.profile.under_policy import check_changing
from profiles.switching.find_memory import with_blanks
from tray.actions.more.computer.autostart import start_at_login
from tray.actions.more.computer.own_files import directories_there, remove_own_files
from tray.actions.more.computer.program import how_to_remove
from tray.actions.notes import change_notes
from tray.desktop.autostart import menu_entry
from tray.ipc.address import MANAGER
from tray.ipc.single_instance import end_first

if TYPE_CHECKING:
    from profiles.switching.switcher import Switcher
    from tray.app import App


class Traces(NamedTuple):
    """What there is of pkcc-tray here: `settings` are files that carry a profile, `login` is what starts it.

    `keys` are names; values of the user's own that are kept until `off` are not among them.
    """

    settings: tuple[str, ...]
    projects: tuple[str, ...]
    profiles: tuple[str, ...]
    catalogs: tuple[str, ...]
    keys: tuple[str, ...]
    login: str
    desktop: tuple[str, ...]
    directories: tuple[str, ...]


class Uninstalled(NamedTuple):
    """What went (`done`), or would go; what stays, since it is not ours; how the program is removed."""

    done: bool
    traces: Traces
    left: tuple[str, ...]
    program: str


def would_uninstall(app: App, *, keep_keys: bool) -> Uninstalled:
    """What there is to take away. Raises ConflictError where sessions that run need it."""
    traces = _traces(app, keep_keys=keep_keys)
    _check_sessions(app, traces)
    return Uninstalled(False, traces, (), how_to_remove())


def uninstall(app: App, *, keep_keys: bool) -> tuple[Uninstalled, tuple[str, ...]]:
    """Take it all away; and notes. Raises PkccError where something does not go: the rest is there still."""
    check_changing()
    found = would_uninstall(app, keep_keys=keep_keys)
    for whose in (MANAGER, "tray"):
        end_first(app.locations, app.environ, whose)
    notes = _put_back(app)
    start_at_login(app, "off")
    if sys.platform == "linux":
        menu_entry.remove(app.environ)
    for name in app.secrets.names():
        if is_kept_name(name) or not keep_keys:
            app.secrets.delete(name)
    left = remove_own_files(app.locations, app.environ, keep_keys=keep_keys)
    return found._replace(done=True, left=left), tuple(notes)


def _traces(app: App, *, keep_keys: bool) -> Traces:
    switchers = [each for each in app.all_switchers() if _is_there(each)]
    projects = [each for switcher in switchers for each in app.projects_of(switcher).registry().projects]
    names = app.store.names()
    at_login = start_at_login(app, "status")
    return Traces(
        tuple(each.settings_path for each in switchers if each.read().state.current.active),
        tuple(dict.fromkeys(projects)),
        tuple(name for name in names if "/" not in name),
        tuple(_catalogs(app)),
        () if keep_keys else tuple(name for name in app.secrets.names() if not is_kept_name(name)),
        at_login.where if at_login.enabled or at_login.by_user_disabled else "",
        tuple(menu_entry.files_there(app.environ)) if sys.platform == "linux" else (),
        directories_there(app.locations),
    )


def _catalogs(app: App) -> list[str]:
    from profiles.catalogs.subscriptions import load_subscriptions

    return sorted(load_subscriptions(app.locations))


def _is_there(switcher: Switcher) -> bool:
    """Whether the directory of those settings is: nobody wants it made again, to have something put back."""
    return os.path.isdir(os.path.dirname(switcher.settings_path))


def _check_sessions(app: App, traces: Traces) -> None:
    """Raises ConflictError where sessions run by those settings: they would be left without a key."""
    directories = (*app.locations.session_dirs, *map(os.path.dirname, traces.settings))
    sessions = running_sessions(*dict.fromkeys(directories)) if traces.settings or traces.projects else []
    if sessions:
        count = counted(len(sessions), "session")
        raise ConflictError(
            f"{count} of Claude Code would be left without a key",
            "End them first: `pkcc-tray sessions` shows where they run.",
        )


def _put_back(app: App) -> list[str]:
    """Have every settings file, and every project's, be as it was before the first switch; notes."""
    notes = []
    for switcher in app.all_switchers():
        if not _is_there(switcher):
            notes.append(f"{switcher.settings_path} was left as it is: its directory is not there")
            continue
        notes += change_notes(switcher.off())
        projects = app.projects_of(switcher)
        for project in projects.registry().projects.values():
            with switcher.holding() as state:
                outcome = projects.remove(project, state)
            if outcome is None:
                notes.append(f"{project.directory} was left as it is: it is not there")
    for path in with_blanks(app.locations):  # a killed run before may have left them to sessions
        app.switcher_at(path).tidy()
    return notes
