"""A profile goes, and before that whatever still uses it."""

from __future__ import annotations

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.undo.removed import RemovedProfile, keep_removed
from tray.actions.keys.delete import delete_key
from tray.actions.keys.hand_out import key_users
from tray.actions.notes import change_notes
from tray.actions.profiles.fallbacks import renamed_fallbacks
from tray.actions.projects.rules import rules_with

if TYPE_CHECKING:
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.switcher import Switcher
    from tray.app import App


class Uses(NamedTuple):
    """What still uses a profile: settings files, projects pinned to it, and keys that only it uses.

    `offered_by` are profiles that offer it while their own gateway is unreachable.
    """

    active: list[str]
    pinned: list[tuple[str, Project]]  # with the settings file they follow
    keys: list[str]
    written: list[str]  # those of them that the settings carry, and undo needs to write it again
    broken: list[str]  # profiles that cannot be read, and might use the same keys
    offered_by: list[str]


class Removed(NamedTuple):
    """A profile that is gone; `as_before` holds the settings files that are as before their first switch."""

    name: str
    keys_removed: tuple[str, ...]
    off: tuple[str, ...]
    as_before: tuple[str, ...]
    unpinned: tuple[str, ...]


def remove_profile(app: App, name: str, uses: Uses, *, with_key: bool) -> tuple[Removed, tuple[str, ...]]:
    """Remove a profile, as one step that `undo` takes back; a key that goes with it is deleted permanently.

    What uses it ends first: it is switched off, and projects pinned to it follow the profile in use again.
    For 30 days it can be brought back.
    """
    notes: list[str] = []
    text = app.steps.documents.without_secret(name)
    with app.steps.doing("remove", f"remove {name}", name) as doing:
        if text is not None:
            keep_removed(app.locations, RemovedProfile(name, doing.step.at, text, app.who))
        if uses.pinned:
            doing.with_projects()
        as_before = _release(app.within(doing.id), uses, notes)
        others = renamed_fallbacks(app, name, None)
        doing.write({name: None, **others})
    if others:
        notes.append(f"nothing is offered any more while the gateway of {', '.join(others)} is unreachable")
    removed: list[str] = []
    for key_name in uses.keys:
        if with_key and not uses.broken:
            delete_key(app, key_name)
            removed.append(key_name)
            if key_name in uses.written:
                notes.append(key_comes_first(key_name))
        else:
            notes.append(f"its key {key_name!r} is kept: `pkcc-tray key remove {key_name}` forgets it")
    unpinned = tuple(project.directory for _, project in uses.pinned)
    return Removed(name, tuple(removed), tuple(uses.active), tuple(as_before), unpinned), tuple(notes)


def uses_of(app: App, name: str) -> Uses:
    """What uses the profile. Raises ConflictError for a rule or a team's file, which names it on its own."""
    app.store.check_own(name)
    app.store.text_of(name)  # there is such a one
    if rules := rules_with(app, name):
        raise ConflictError(
            f"The rule for {rules[0].path} names {name!r}",
            f"Remove it first: `pkcc-tray project rule remove '{rules[0].path}'`.",
        )
    active: list[str] = []
    pinned: list[tuple[str, Project]] = []
    written: set[str] = set()
    for switcher in app.all_switchers():
        current = switcher.read().state.current
        if current.active is not None and current.active.lower() == name.lower():  # on some systems one file
            active.append(switcher.settings_path)
            written |= set() if current.rendered is None else set(current.rendered.references())
        for project in app.projects_of(switcher).registry().projects.values():
            if (project.pin or "").lower() != name.lower():
                continue
            if project.profile is None:
                raise _pinned(name, project)
            pinned.append((switcher.settings_path, project))
    users, broken = key_users(app)
    keys = [
        reference.removeprefix("keyring:")
        for reference, of in users.items()
        if of == [name] and reference.startswith("keyring:")
    ]
    keys = [key for key in keys if app.secrets.where(key) is not None]
    needed = [key for key in keys if f"keyring:{key}" in written]
    return Uses(active, pinned, keys, needed, broken, [*renamed_fallbacks(app, name, None)])


def refuse_used(app: App, name: str, uses: Uses) -> None:
    """Raises ConflictError where settings or projects still use the profile."""
    for path in uses.active:
        elsewhere = path != app.locations.settings_path
        where = f" in {path}" if elsewhere else ""
        option = f" --settings {path}" if elsewhere else ""
        raise ConflictError(
            f"{name!r} is the profile in use{where}",
            f"Run `pkcc-tray{option} off`, or switch to another one, first. "
            f"`pkcc-tray remove {name} --yes` does the former itself.",
        )
    if uses.pinned:
        raise _pinned(name, uses.pinned[0][1])


def _pinned(name: str, project: Project) -> ConflictError:
    return ConflictError(
        f"The project {project.directory} is pinned to {name!r}",
        f"`pkcc-tray project remove {project.directory}` or `switch OTHER --project` comes first.",
    )


def key_comes_first(key_name: str) -> str:
    """What must come before undo where that writes the key into the settings again."""
    return f"`undo` needs a key to bring back the profile: `pkcc-tray key set {key_name}` first"


def _release(app: App, uses: Uses, notes: list[str]) -> list[str]:
    """Switch off where it is in use, and let its projects follow. Raises PkccError with all as it was.

    Returns the settings files that are, to the byte, what they were before their first switch.
    """
    as_before: list[str] = []
    switched: list[Switcher] = []
    put: list[tuple[Switcher, Project]] = []
    try:
        for switcher in app.all_switchers():
            if switcher.settings_path in uses.active:
                outcome = switcher.off()
                switched.append(switcher)
                notes.extend(change_notes(outcome))
                as_before += [switcher.settings_path] if outcome.as_before else []
            for place, project in uses.pinned:
                if place == switcher.settings_path:
                    with switcher.holding() as state:
                        app.projects_of(switcher).put(project._replace(profile=None), state)
                    put.append((switcher, project))
    except PkccError:
        for switcher, project in put:
            with switcher.holding() as state:
                app.projects_of(switcher).put(project, state)
        for switcher in switched:
            switcher.undo()
        raise
    return as_before
