"""Making the settings carry a profile or none, and the targets with them."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.switching.memory.state import new_step_id
from tray.actions.switching import switch_notes
from tray.actions.switching.switched import switched

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.outcome import Outcome
    from profiles.switching.switcher import Switcher
    from profiles.switching.targets import Target
    from tray.actions.switching.switched import Switched
    from tray.actions.switching.targets import Served
    from tray.app import App


def ask_first(app: App, name: str) -> None:
    """Have a keyring ask its user for what a switch to that profile writes, before the switch begins.

    Meanwhile it would hold a lock that others wait for, and in a tray everything that follows it. Raises
    PkccError as the switch would.
    """
    stored = [ref for ref in app.store.rendered(name).references() if ref.startswith("keyring:")]
    in_keyring = any(app.secrets.where(ref.partition(":")[2]) == "keyring" for ref in stored)
    if in_keyring and not app.secrets.backends.keyring_is_open():
        for reference in stored:
            app.secrets.resolve(reference)


def switch(app: App, name: str, *, dry_run: bool, away_from: str = "") -> tuple[Switched, tuple[str, ...]]:
    """Make the settings carry a profile ("-": the one before); and notes.

    With `away_from` only where that one is in use and unchanged, else it raises ConflictError. The targets
    are served after the user's own file, and only where that was possible.
    """
    beside = _targets_beside(app)
    if beside and not dry_run:
        app = app.within(new_step_id())  # one step in all of them
    name = _meant(app, name, app.directory)
    if not dry_run:
        ask_first(app, name)
    outcome = app.switcher.switch(name, dry_run=dry_run, away_from=away_from)
    done, notes = switched(outcome, dry_run=dry_run)
    notes = (*notes, *switch_notes.after(app, name, outcome))
    rows = _on_each(app, beside, lambda switcher: switcher.switch(name, dry_run=dry_run))
    return _with_targets(done, notes, rows)


def pin(
    app: App, name: str, directory: str, *, dry_run: bool, exclude: bool | None
) -> tuple[Switched, tuple[str, ...]]:
    """Let a project stay with a profile ("-": the one before), whatever is in use; and notes.

    `exclude`: whether git is to ignore its file; None: as before. Raises UnsafeError where git could commit a
    secret.
    """
    from tray.actions.projects import register

    name = _meant(app, name, directory)
    if not dry_run:
        ask_first(app, name)
    outcome, others = register.pin(app, name, directory, dry_run=dry_run, exclude=exclude)
    done, notes = switched(outcome, dry_run=dry_run)
    pinned = os.path.dirname(os.path.dirname(outcome.settings_path))
    more = (*switch_notes.no_key(app, name), *switch_notes.first_run(app, name, pinned=True))
    return done._replace(project=pinned), (*others, *notes, *more)


def off(app: App, *, dry_run: bool) -> tuple[Switched, tuple[str, ...]]:
    """Put back what was there before the first switch, in the targets too; and notes."""
    from tray.actions.projects.find_again import find_project_again

    beside = _targets_beside(app)
    if not (beside or dry_run or os.path.lexists(app.locations.state_dir)):
        found = app.switcher.off(dry_run=True)
        if found.before == found.after:  # no trace is made where there is none, as after `uninstall`
            return switched(found, dry_run=False)
    if beside and not dry_run:
        app = app.within(new_step_id())  # one step in all of them
    if not dry_run:
        find_project_again(app, app.directory)
    done, notes = switched(app.switcher.off(dry_run=dry_run), dry_run=dry_run)
    return _with_targets(done, notes, _on_each(app, beside, lambda switcher: switcher.off(dry_run=dry_run)))


def restore(app: App, *, dry_run: bool) -> tuple[Switched, tuple[str, ...]]:
    """Write the profile in use again over what was changed by something else; and notes."""
    return switched(app.switcher.restore(dry_run=dry_run), dry_run=dry_run)


def tidy(app: App) -> tuple[Switched, tuple[str, ...]]:
    """Take out the blanks that no running session needs; and notes."""
    return switched(app.switcher.tidy(), dry_run=False)


def _with_targets(
    done: Switched, notes: tuple[str, ...], rows: list[Served]
) -> tuple[Switched, tuple[str, ...]]:
    lost = [row for row in rows if row.problem]
    failed = [f"the target {row.name!r} was left as it is: {row.problem}. {row.remedy}" for row in lost]
    more = [f"the target {row.name!r}: {note}" for row in rows for note in row.notes]
    return done._replace(targets=rows), (*notes, *failed, *more)


def _targets_beside(app: App) -> list[Target]:
    if not os.path.exists(app.locations.targets_path):  # few have any, and each module costs a switch
        return []
    from tray.actions.switching.targets import targets_beside

    return targets_beside(app)


def _on_each(app: App, targets: list[Target], change: Callable[[Switcher], Outcome]) -> list[Served]:
    if not targets:
        return []
    from tray.actions.switching.targets import on_each

    return on_each(app, targets, change)


def _meant(app: App, name: str, directory: str) -> str:
    """The whole name; for "-" the profile before. Raises PkccError for none, or one that may not be now."""
    if name == "-":
        from tray.actions.which_profile import one_before

        name = one_before(app)
    name = app.store.meant(name)
    catalog, slash, plain = name.partition("/")
    if slash:
        from profiles.catalogs.kept.made import check_as_made

        check_as_made(app.locations, catalog, plain)
    if policy_in_force() is not NOTHING_FORCED:
        from tray.actions.policy.required import check_switch

        check_switch(app, name, directory)
    return name
