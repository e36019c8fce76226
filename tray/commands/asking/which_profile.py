"""Which profile is meant, where a command was given no name: a person chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, NotFoundError, UsageError
from profiles.base.names import check_name
from tray.actions.account.choice import Choice
from tray.actions.profiles.overview import ListedProfile, list_profiles
from tray.actions.which_profile import Meant, used_here_unless_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.profiles.overview import BrokenProfile
    from tray.app import App

_NAMES_SHOWN = 8


def chosen_profile(app: App, name: str | None, question: str, command: str) -> str:
    """The name that was given, or that of the profile that the person at the terminal chooses.

    `command` is what would have been typed, such as `switch NAME`. The profile in use comes first, the others
    in the person's own order. Raises UsageError where nobody can be asked, NotFoundError where there is none.
    """
    if name is not None:
        return app.store.meant(name)
    rows = _active_first(app)
    if not rows:
        raise NotFoundError("There are no profiles yet", "`pkcc-tray add` makes one.")
    if not app.interactive:
        names = ", ".join(row.name for row in rows[:_NAMES_SHOWN])
        more = " …" if len(rows) > _NAMES_SHOWN else ""
        raise UsageError("No profile is named", f"Type `pkcc-tray {command}`, with one of: {names}{more}")
    return _choose(app, question, rows)


def chosen_or_used_here(app: App, name: str | None, question: str, hint: str) -> Meant:
    """The profile that was named, that is chosen at the terminal, or that a session started here uses.

    Return alone chooses the one used here. Raises ConflictError with `hint` where nobody can be asked, or
    there is no choice, and none is in use.
    """
    if name is not None or not has_choice(app):
        return used_here_unless_named(app, name, hint)
    try:
        here = used_here_unless_named(app, None, hint).name
    except ConflictError:
        here = ""
    return Meant(_choose(app, question, _active_first(app), here))


def has_choice(app: App) -> bool:
    """Whether a person can be asked, and there is more than one profile to choose from."""
    return app.interactive and len(app.store.names()) > 1


def name_for_new(app: App, name: str | None, question: str, command: str, default: str = "") -> str:
    """The name for a new profile that was given, or that is typed until it can be one.

    Raises UsageError where nobody can be asked.
    """
    if name is not None:
        return name
    if not app.interactive:
        raise UsageError("The new name is missing", f"Type `pkcc-tray {command}`.")
    from tray.terminal.prompts import ask_valid

    return ask_valid(question, lambda typed: free_name(app, typed), default, required=True)


def free_name(app: App, name: str) -> str:
    """The name, where a new profile can have it. Raises PkccError where not."""
    check_name(name)
    app.store.check_free(name)
    return name


def _active_first(app: App) -> list[ListedProfile | BrokenProfile]:
    return sorted(list_profiles(app).profiles, key=lambda row: not row.active)


def _choose(app: App, question: str, rows: Sequence[ListedProfile | BrokenProfile], default: str = "") -> str:
    from tray.terminal.choosing.choose import choose

    return choose(app.environ, question, [_choice(row) for row in rows], default=default)


def _choice(row: ListedProfile | BrokenProfile) -> Choice:
    if not isinstance(row, ListedProfile):
        return Choice(row.name, row.name, row.problem)
    gone = f"withdrawn: {row.withdrawn}" if row.withdrawn else ""
    told = ("in use" if row.active else "", gone, row.label, row.route, row.refused)
    return Choice(row.name, row.name, " · ".join(filter(None, told)))
