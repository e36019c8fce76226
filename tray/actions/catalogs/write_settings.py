"""After a catalog's profiles were made anew: settings and projects that carry them are written again.

Without the lock of catalogs: it may wait for Claude Code, or for somebody at a keyring. What is not written
then is owed, by the catalog's name (`profiles/catalogs/kept/owed.py`).
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, DeclinedError, PkccError
from profiles.base.names import catalog_of
from profiles.catalogs.kept.acceptance import catalogs_locked_and_resumed, remake
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.making import is_made
from profiles.catalogs.kept.owed import owed, pay
from profiles.catalogs.subscriptions import load_subscriptions
from profiles.catalogs.trust import UntrustedError
from tray.actions.put_in_force import put_in_force

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from profiles.catalogs.kept.making import Made
    from profiles.catalogs.kept.owed import Debt
    from tray.actions.put_in_force import InForce
    from tray.app import App


class SettingsWritten(NamedTuple):
    """The profile in use, "" where none of these is, whether its settings were written, and notes."""

    active: str
    applied: bool
    notes: tuple[str, ...]


def write_settings(app: App, made: Made) -> SettingsWritten:
    """Put what changed in force where it is in use. What cannot be written now stays owed.

    Which profile is in use never changes by it.
    """
    used = used_profiles(app)
    done = {name: put_in_force(app, name) for name in made.changed if name in used}
    notes = [*made.problems, *(note for each in done.values() for note in each.notes)]
    now = app.switcher.read().state.current.active or ""
    active, applied = (now, done[now].applied) if now in done else ("", False)
    notes += _by_rules(app) if made.rules_changed else []
    notes += [
        f"{name} is gone from the catalog, and in use: switch to another"
        for name in made.gone
        if name in used
    ]
    _pay(app, [made.debt] if made.debt else [], done.values())
    return SettingsWritten(active, applied, tuple(notes))


def put_right(app: App, name: str) -> tuple[str, ...]:
    """Put right what a killed command left, and what `catalogs.json` says since, of dotfiles maybe. Notes."""
    contents = Contents(app.locations, name)
    made = None
    with catalogs_locked_and_resumed(app.locations):
        kept, subscription = contents.accepted(), load_subscriptions(app.locations).get(name)
        catalog = None if kept is None else kept.readable()
        if catalog is not None and subscription and not is_made(contents, subscription, catalog):
            try:
                made = remake(app.locations, subscription)
            except UntrustedError as error:
                contents.drop_accepted()  # what waits was fetched since, and is looked at by itself
                return (f"{error.title}. {error.hint}",)
    if made is not None:
        return write_settings(app, made).notes
    debts = [each for each in owed(app.locations) if each.name == name]
    if debts:
        return _write_for(app, debts)
    active = app.switcher.read().state.current.active or ""
    return put_in_force(app, active).notes if catalog_of(active) == name else ()


@contextmanager
def owed_written_after(app: App) -> Iterator[list[Debt]]:
    """As `writing_owed_after`, where something is owed."""
    before = owed(app.locations)
    try:
        yield before
    except DeclinedError:
        raise
    except PkccError:
        write_owed(app, before)
        raise
    write_owed(app, before)


def write_owed(app: App, before: Collection[Debt]) -> None:
    """Write what is still owed of these. What cannot be written now stays owed, without a word.

    So does what a keyring would have to ask its user for: nobody has just wanted that.
    """
    app = app.asking_nobody()
    with suppress(PkccError):
        now = owed(app.locations)
        in_vain = {each.name for each in now if each not in before}  # that was tried a moment ago
        if debts := [each for each in before if each in now and each.name not in in_vain]:
            _write_for(app, debts)


def _write_for(app: App, debts: Collection[Debt]) -> tuple[str, ...]:
    names = {each.name for each in debts}
    done = [put_in_force(app, name) for name in sorted(used_profiles(app)) if catalog_of(name) in names]
    _pay(app, debts, done)
    return tuple(note for each in done for note in each.notes)


def _pay(app: App, debts: Collection[Debt], done: Iterable[InForce]) -> None:
    """They are paid where all of that could be written."""
    if not any(each.failed for each in done):
        with suppress(ConflictError):  # while another changes a catalog they stay, and cost nothing
            pay(app.locations, debts)


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
