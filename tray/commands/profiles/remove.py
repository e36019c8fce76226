"""remove: a profile goes, and before that whatever still uses it, on the word of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.base.names import check_name
from tray.actions.keys import key_users
from tray.actions.notes import change_notes
from tray.actions.rules import rules_with
from tray.commands.names import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.switching.memory.project_registry import Project
    from profiles.switching.switcher import Switcher
    from tray.app import App


def arguments_remove(parser: argparse.ArgumentParser) -> None:
    """NAME [--with-key] [--yes]."""
    add_name(parser)
    parser.add_argument(
        "--with-key", action="store_true", help="forget its key too, if no other profile uses it"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="do not ask; an active one is switched off first, and projects pinned to it follow again",
    )


class _Uses(NamedTuple):
    """What still uses a profile: settings files, projects pinned to it, and keys that only it uses."""

    active: list[str]
    pinned: list[tuple[str, Project]]  # with the settings file they follow
    keys: list[str]
    written: list[str]  # those of them that the settings carry, and undo needs to write it again
    broken: list[str]  # profiles that cannot be read, and might use the same keys


def remove(app: App, name: str, *, with_key: bool, yes: bool) -> Result:
    """Remove a profile, as one step that `undo` takes back; a key that goes with it is gone for good.

    Raises ConflictError for one that is active or that projects are pinned to, unless the person at the
    terminal or `yes` says that this may end; and for one that a rule names.
    """
    check_name(name)
    app.store.text_of(name)  # there is such a one
    uses = _uses(app, name)
    if app.interactive and not yes:
        _ask(name, uses, with_key=with_key)
    elif not yes:
        _refuse(app, name, uses)
    notes: list[str] = []
    with app.steps.doing("remove", f"remove {name}", name) as doing:
        if uses.pinned:
            doing.with_projects()
        as_before = _release(app.within(doing.id), uses, notes)
        doing.write({name: None})
    removed: list[str] = []
    for key_name in uses.keys:
        if with_key and not uses.broken:
            app.secrets.delete(key_name)
            removed.append(key_name)
            if key_name in uses.written:
                notes.append(_first(key_name))
        else:
            notes.append(f"its key {key_name!r} is kept: `pkcc-tray key remove {key_name}` forgets it")
    data = {
        "name": name,
        "keys_removed": removed,
        "off": uses.active,
        "as_before": as_before,
        "unpinned": [project.directory for _, project in uses.pinned],
    }
    return Result("remove", data, tuple(notes))


def _uses(app: App, name: str) -> _Uses:
    """What uses the profile. Raises ConflictError for a rule or a team's file, which names it on its own."""
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
    return _Uses(active, pinned, keys, [key for key in keys if f"keyring:{key}" in written], broken)


def _refuse(app: App, name: str, uses: _Uses) -> None:
    """Raises ConflictError where something still uses the profile and nobody can be asked."""
    for path in uses.active:
        elsewhere = path != app.locations.settings_path
        where = f" in {path}" if elsewhere else ""
        option = f" --settings {path}" if elsewhere else ""
        raise ConflictError(
            f"{name!r} is the active profile{where}",
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


def _ask(name: str, uses: _Uses, *, with_key: bool) -> None:
    """Ask where more goes than a profile that nothing uses. Raises ConflictError for a no."""
    from tray.terminal.prompts import confirm, say

    lines = [f"{name} is active in {path}: it is switched off first." for path in uses.active]
    lines += [
        f"{project.directory} is pinned to it: it will follow the active profile."
        for _, project in uses.pinned
    ]
    for key_name in uses.keys:
        if with_key and not uses.broken:
            back = "`undo` brings back the profile, not the key"
            if key_name in uses.written:
                back = _first(key_name)
            lines.append(f"The key {key_name!r}, which no other profile uses, is gone for good then: {back}.")
        else:
            lines.append(f"The key {key_name!r}, which no other profile uses, is kept.")
    if not lines:
        return
    for line in lines:
        say(line)
    if not confirm(f"Remove {name}?", default=False):
        raise ConflictError("Nothing was removed", f"`pkcc-tray show {name}` shows the profile.")


def _first(key_name: str) -> str:
    """What must come before undo where that writes the key into the settings again."""
    return f"`undo` needs a key to bring back the profile: `pkcc-tray key set {key_name}` first"


def _release(app: App, uses: _Uses, notes: list[str]) -> list[str]:
    """Switch off where it is active, and let its projects follow. Raises PkccError with all as it was.

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
