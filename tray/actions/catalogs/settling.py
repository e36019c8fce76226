"""After a catalog's profiles were made anew: settings and projects that carry them are written again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.catalogs.kept.acceptance import end, remake
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.making import is_made
from profiles.catalogs.subscriptions import changing_catalogs, load_subscriptions
from profiles.catalogs.trust import UntrustedError
from tray.actions.put_in_force import put_in_force

if TYPE_CHECKING:
    from profiles.catalogs.kept.making import Made
    from tray.app import App


class Settled(NamedTuple):
    """The profile in use, "" where none of these is, whether its settings were written, and notes."""

    active: str
    applied: bool
    notes: tuple[str, ...]


def settle(app: App, made: Made) -> Settled:
    """Put what changed in force where it is in use, which ends what was under way; under the same lock.

    Which profile is in use never changes by it. What cannot be written now is, by the next command.
    """
    active, applied, failed, notes = "", False, False, list(made.problems)
    used = used_profiles(app)
    for name in made.changed:
        if name in used:
            done = put_in_force(app, name)
            notes += done.notes
            failed |= done.failed
            if name == app.switcher.read().state.current.active:
                active, applied = name, done.applied
    notes += _by_rules(app) if made.rules_changed else []
    notes += [
        f"{name} is gone from the catalog, and in use: switch to another"
        for name in made.gone
        if name in used
    ]
    if not failed:
        end(app.locations)
    return Settled(active, applied, tuple(notes))


def settle_again(app: App, name: str) -> tuple[str, ...]:
    """Put right what a killed command left, and what `catalogs.json` says since, of dotfiles maybe. Notes."""
    contents = Contents(app.locations, name)
    with changing_catalogs(app.locations):
        kept, subscription = contents.accepted(), load_subscriptions(app.locations).get(name)
        catalog = None if kept is None else kept.readable()
        if catalog is not None and subscription and not is_made(contents, subscription, catalog):
            try:
                return settle(app, remake(app.locations, subscription)).notes
            except UntrustedError as error:
                contents.drop_accepted()  # what waits was fetched since, and is looked at by itself
                return (f"{error.title}. {error.hint}",)
    active = app.switcher.read().state.current.active or ""
    return put_in_force(app, active).notes if active.startswith(f"{name}/") else ()


def _by_rules(app: App) -> list[str]:
    """Have the catalog's rules hold where they are for something that is seen; sentences on what failed."""
    from tray.actions.projects.rules import apply_rules, git_notes, rule_directories

    applied = apply_rules(app, rule_directories(app))
    return [*git_notes(applied), *(f"{each.directory}: {each.problem}" for each in applied if each.problem)]


def used_profiles(app: App) -> set[str]:
    """The profiles that settings files carry, or that projects are pinned to."""
    found: set[str] = set()
    for switcher in app.all_switchers():
        try:
            active = switcher.read().state.current.active
            pins = {each.pin for each in app.projects_of(switcher).registry().projects.values()}
        except PkccError:  # a file that cannot be read is reported by itself
            continue
        found |= {name for name in (active, *pins) if name}
    return found
