"""Everything of pkcc-tray off this computer, but the program: looked at first, then done in a safe order.

What others depend on goes first: settings are put back while profiles, keys and memory are still there. Each
step can be done again, so whatever ends it half-way, the same command goes on.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, NotFoundError
from profiles.base.names import is_kept_name
from profiles.base.text import counted
from profiles.claude_code.process.sessions import running_sessions
from profiles.files.atomic_replace import remove_private
from profiles.profile.under_policy import check_changing
from profiles.switching.find_memory import files_for, with_blanks
from tray.actions.more.computer.around import end_what_runs, look_around, remove_around
from tray.actions.more.computer.own_files import (
    directories_there,
    own_configs,
    own_profiles,
    remove_own_files,
)
from tray.actions.more.computer.program import how_to_remove
from tray.actions.notes import change_notes, lost_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.memory.state_files import StateFiles
    from profiles.switching.switcher import Switcher
    from tray.app import App


class Traces(NamedTuple):
    """What there is of pkcc-tray here: `settings` are files that carry a profile, `login` is what starts it.

    `missing` are settings files and projects that cannot be put back, since their directory is not there.
    `others` start or show the tray of another directory of our own, and stay; so do keys in `kept`, or "".
    `keys` are names; values of the user's own that are kept until `off` are not among them.
    """

    settings: tuple[str, ...]
    projects: tuple[str, ...]
    missing: tuple[str, ...]
    profiles: tuple[str, ...]
    configs: tuple[str, ...]
    catalogs: tuple[str, ...]
    keys: tuple[str, ...]
    login: str
    desktop: tuple[str, ...]
    others: tuple[str, ...]
    directories: tuple[str, ...]
    kept: str


class Uninstalled(NamedTuple):
    """What went (`done`), or would go; what stays, since it is not ours; how the program is removed.

    `refused` is why nothing would go now, or "", and `refused_hint` what to do about it.
    """

    done: bool
    traces: Traces
    left: tuple[str, ...]
    program: str
    refused: str
    refused_hint: str


class _Places(NamedTuple):
    """The settings files that are there, and those whose directory is not, each with its memory."""

    here: list[Switcher]
    gone: list[Switcher]


def would_uninstall(app: App, *, keep_keys: bool) -> Uninstalled:
    """What there is to take away, and what stands in the way. Raises PkccError where it may not be."""
    check_changing()
    places = _places(app)
    for switcher in places.here:
        switcher.off(dry_run=True)  # refused where a policy requires a profile, before anything is touched
    traces = _traces(app, places, keep_keys=keep_keys)
    refused, hint = _unfit_projects(app, places) or _sessions(app, traces) or ("", "")
    return Uninstalled(False, traces, (), how_to_remove(app.environ), refused, hint)


def ready_to_uninstall(app: App, *, keep_keys: bool) -> Uninstalled:
    """The same. Raises ConflictError where something is in the way: a project, or sessions that need it."""
    found = would_uninstall(app, keep_keys=keep_keys)
    if found.refused:
        raise ConflictError(found.refused, found.refused_hint)
    return found


def uninstall(
    app: App, *, keep_keys: bool, forget_missing: bool = False
) -> tuple[Uninstalled, tuple[str, ...]]:
    """Take it all away; and notes. Raises PkccError where something does not go: the rest is there still.

    Unless `forget_missing`, that is so too where something cannot be put back, since it is not there.
    """
    found = ready_to_uninstall(app, keep_keys=keep_keys)
    missing = found.traces.missing
    if missing and not forget_missing:
        more = f", nor can {counted(len(missing) - 1, 'other')}" if len(missing) > 1 else ""
        raise ConflictError(
            f"{missing[0]} cannot be put back{more}: it is not there",
            "Bring it back first, or `pkcc-tray project add` where a project lies now; "
            "or add --forget-missing: what it had before is then lost.",
        )
    end_what_runs(app)
    notes = _put_back(app)
    remove_around(app)
    with ExitStack() as held:
        memories = _hold(app, held)
        for name in app.secrets.names():
            if is_kept_name(name) or not keep_keys:
                with suppress(NotFoundError):  # another `uninstall` was first
                    app.secrets.delete(name)
        _forget(app, memories, found.traces.profiles)
    kept = remove_own_files(app, found.traces.profiles, found.traces.configs, keep_keys=keep_keys)
    left = tuple(filter(os.path.lexists, kept))  # not what another `uninstall` removed meanwhile
    notes += [f"{path} was left as it is: it is not there" for path in missing]
    return found._replace(done=True, left=left), tuple(notes)


def _traces(app: App, places: _Places, *, keep_keys: bool) -> Traces:
    switchers = [*places.here, *places.gone]
    projects = dict.fromkeys(
        each for switcher in switchers for each in app.projects_of(switcher).registry().projects
    )
    missing = [each.settings_path for each in places.gone if _is_remembered(each)]
    return Traces(
        tuple(each.settings_path for each in places.here if each.read().state.current.active),
        tuple(filter(os.path.isdir, projects)),
        (*missing, *(each for each in projects if not os.path.isdir(each))),
        own_profiles(app),
        own_configs(app),
        tuple(_catalogs(app)),
        () if keep_keys else tuple(name for name in app.secrets.names() if not is_kept_name(name)),
        *look_around(app),
        *directories_there(app.locations, keep_keys=keep_keys),
    )


def _places(app: App) -> _Places:
    switchers = app.all_switchers()
    here = [each for each in switchers if os.path.isdir(os.path.dirname(each.settings_path))]
    found = {_memory(app, each) for each in here}  # of a home that was renamed, by its new name
    return _Places(here, [each for each in switchers if each not in here and _memory(app, each) not in found])


def _memory(app: App, switcher: Switcher) -> StateFiles:
    return files_for(app.locations._replace(settings_path=switcher.settings_path))


def _is_remembered(switcher: Switcher) -> bool:
    """Whether something would be put back there: nobody wants its directory made again for that."""
    state = switcher.read().state
    return state.current.active is not None or state.current.status_line or bool(state.references())


def _catalogs(app: App) -> list[str]:
    from profiles.catalogs.subscriptions import load_subscriptions

    return sorted(load_subscriptions(app.locations))


def _sessions(app: App, traces: Traces) -> tuple[str, str] | None:
    """What is said where sessions run by those settings: they would be left without a key."""
    directories = (*app.locations.session_dirs, *map(os.path.dirname, traces.settings))
    sessions = running_sessions(*dict.fromkeys(directories)) if traces.settings or traces.projects else []
    if not sessions:
        return None
    count = counted(len(sessions), "session")
    return (
        f"{count} of Claude Code would be left without a key",
        "End them first: `pkcc-tray sessions` shows where they run.",
    )


def _unfit_projects(app: App, places: _Places) -> tuple[str, str] | None:
    """What is said of projects whose file is there and cannot be put back."""
    unfit: list[str] = []
    for switcher in (*places.here, *places.gone):
        projects, state = app.projects_of(switcher), switcher.read().state
        looks = projects.look(projects.registry().projects.values(), state, paused=True)
        unfit += [
            f"{each.project.directory} ({each.problem})"
            for each in looks
            if each.problem and each.condition != "missing"
        ]
    if not unfit:
        return None
    return (
        f"Cannot be put back: {', '.join(unfit)}",
        "Put that right first; `pkcc-tray project list` shows it. Nothing was changed.",
    )


def _hold(app: App, held: ExitStack) -> list[StateFiles]:
    """The memories of the settings, while every other switch waits. Raises ConflictError where one was done.

    A switch reads its profile under this lock, so one that waits finds none in the end.
    """
    memories = []
    for switcher in _places(app).here:
        state = held.enter_context(switcher.holding())
        if state.current.active is not None or app.projects_of(switcher).registry().projects:
            raise ConflictError(
                "Another command switched meanwhile", "Run `pkcc-tray uninstall` again: it goes on."
            )
        memories.append(_memory(app, switcher))
    return memories


def _forget(app: App, memories: Sequence[StateFiles], profiles: Sequence[str]) -> None:
    """Leave nothing to switch to, or back to. What a link leads to is not ours to remove."""
    for memory in memories:
        remove_private(memory.state_path)
    for path in map(app.store.path_of, profiles):
        if not any(map(os.path.islink, (path, os.path.dirname(path), app.locations.config_dir))):
            remove_private(path)


def _put_back(app: App) -> list[str]:
    """Have every settings file, and every project's, be as it was before the first switch; notes."""
    notes: list[str] = []
    places = _places(app)
    for switcher in places.here:
        notes += change_notes(switcher.off())
    for switcher in (*places.here, *places.gone):
        projects = app.projects_of(switcher)
        for project in projects.registry().projects.values():
            with switcher.holding() as state:
                outcome = projects.remove(project, state)
            if outcome is not None:
                notes += [
                    *lost_notes(len(outcome.lost), project.directory),
                    *filter(None, [outcome.git_note]),
                ]
    for path in with_blanks(app.locations):  # a killed run before may have left them to sessions
        if os.path.isdir(os.path.dirname(path)):
            app.switcher_at(path).tidy()
    return notes
