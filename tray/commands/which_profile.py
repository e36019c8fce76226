"""Which profile is meant, where a command was given no name: a person chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import NotFoundError, UsageError
from profiles.base.names import check_name
from tray.actions.account.choice import Choice
from tray.actions.profiles.overview import ListedProfile, list_profiles

if TYPE_CHECKING:
    from tray.actions.profiles.overview import BrokenProfile
    from tray.app import App

_NAMES_SHOWN = 8


def chosen_profile(app: App, name: str | None, question: str, command: str) -> str:
    """The name that was given, or that of the profile that the person at the terminal chooses.

    `command` is what would have been typed, such as `switch NAME`. The active profile comes first, the others
    in the person's own order. Raises UsageError where nobody can be asked, NotFoundError where there is none.
    """
    if name is not None:
        return name
    rows = sorted(list_profiles(app).profiles, key=lambda row: not row.active)
    if not rows:
        raise NotFoundError("There are no profiles yet", "`pkcc-tray add` makes one.")
    if not app.interactive:
        names = ", ".join(row.name for row in rows[:_NAMES_SHOWN])
        more = " …" if len(rows) > _NAMES_SHOWN else ""
        raise UsageError("No profile is named", f"Type `pkcc-tray {command}`, with one of: {names}{more}")
    from tray.terminal.choosing.choose import choose

    return choose(app.environ, question, [_choice(row) for row in rows])


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


def _choice(row: ListedProfile | BrokenProfile) -> Choice:
    if not isinstance(row, ListedProfile):
        return Choice(row.name, row.name, row.problem)
    told = ("in use" if row.active else "", row.label, row.route)
    return Choice(row.name, row.name, " · ".join(filter(None, told)))
