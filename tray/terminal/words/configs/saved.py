"""The lines of what is saved at Portkey: `config push`, `pull`, `diff` and `list`. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from profiles.base.light_typing import OMITTED
from profiles.base.text import counted, printable
from profiles.portkey.config.explaining.sentence import sentence
from tray.actions.account.amounts import moment
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.portkey.config.explaining.difference import ConfigChange
    from tray.actions.account.configs.plan_push import Plan
    from tray.actions.account.configs.push import Pushed
    from tray.actions.account.configs.saved import (
        Compared,
        Pulled,
        SavedConfigs,
        SavedRow,
        VersionRow,
        Versions,
    )

_WIDEST = 160  # characters of a value that are shown
CONFIG_HEADINGS = ("NAME", "ID", "STATUS", "CHANGED", "USED BY")
VERSION_HEADINGS = ("VERSION", "STATUS", "CHANGED", "BY")
NO_CONFIGS = "No config is saved in this workspace."
NO_VERSIONS = "It has no versions."


def plan_lines(plan: Plan) -> list[str]:
    """What would be changed, before anybody is asked."""
    lines = [f"! {note}" for note in plan.notes]
    lines += change_lines(plan.changes)
    if not plan.id:
        lines.append(f"A new config {plan.name!r} would be saved at Portkey:")
        lines.append(f"  {sentence(plan.meant.own.config)}")
    elif plan.is_blind:
        lines.append(f"{plan.id} would be replaced, whatever it is now.")
    elif plan.changes:
        lines.append(f"{plan.id} at Portkey would change: {counted(len(plan.changes), 'field')}.")
    else:
        lines.append(f"{plan.id} at Portkey is the same already.")
    if plan.renames:
        lines.append(f"It would be named {plan.name!r}.")
    if plan.id and not plan.is_known and plan.changes:
        lines.append(f"! No profile here uses {plan.id}: perhaps it is somebody else's.")
    referred = plan.meant.own.referred.items()
    places = [*plan.meant.own.clear, *(f"{place} ({reference})" for place, reference in referred)]
    if places:
        lines.append(f"! All who may read configs would see the secrets in it: {', '.join(places)}")
    if plan.users.same:
        lines.append(f"{', '.join(plan.users.same)} would name it then, in place of the config here.")
    return lines


def pushed_lines_unseen(pushed: Pushed) -> list[str]:
    """As `pushed_lines`, for one who has not been shown what would change."""
    return [*change_lines(pushed.changes), *pushed_lines(pushed)]


def pushed_lines(pushed: Pushed) -> list[str]:
    """What was saved, and who names it; its id alone on the last line, for a script to take."""
    if pushed.created:
        lines = [f"Saved {pushed.name!r} at Portkey, for the workspace of {pushed.profile}."]
    elif pushed.version is None:
        lines = [f"{pushed.id} was the same already."]
    else:
        lines = [f"Changed at Portkey: version {pushed.version}."]
    if pushed.profiles:
        lines.append(f"{', '.join(pushed.profiles)} name{'s' * (len(pushed.profiles) == 1)} it now.")
    return [*lines, pushed.id]


def pulled_lines(pulled: Pulled) -> list[str]:
    """Where it was written."""
    return [f"{pulled.id}: {pulled.file}"]


def without_secrets(pulled: Pulled) -> tuple[str, ...]:
    """That secrets are left out, if any are."""
    if not pulled.secrets:
        return ()
    return (
        f"dots stand for the secrets in it ({', '.join(pulled.secrets)}): -o FILE --with-secrets has them",
    )


def compared_lines(compared: Compared) -> list[str]:
    """What would change at Portkey, or that nothing would."""
    if compared.equal:
        return [f"{compared.id} at Portkey is the same."]
    return change_lines(compared.changes)


def change_lines(changes: Sequence[ConfigChange]) -> list[str]:
    """Of each field what it is at Portkey (-), and what it would be (+)."""
    found = []
    for change in changes:
        if change.before is not OMITTED:
            found.append(f"- {change.path} = {_value(change.before)}")
        if change.after is not OMITTED:
            found.append(f"+ {change.path} = {_value(change.after)}")
    return found


def _value(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False), _WIDEST)


def saved_lines(found: SavedConfigs) -> list[str]:
    """Each saved config, with the profiles here that name it."""
    if not found.configs:
        return [NO_CONFIGS]
    rows = [list(CONFIG_HEADINGS), *map(config_cells, found.configs)]
    return [*table(rows), known_line(found)]


def known_line(found: SavedConfigs) -> str:
    """How many there are, such as `3 configs`, and when that was known."""
    return f"{counted(len(found.configs), 'config')}, known at {moment(found.asked_at)}."


def config_cells(row: SavedRow) -> list[str]:
    """A saved config's cells; the workspace's default says so."""
    status = f"{row.status}, default" if row.default else row.status
    return [row.name, row.id, status, moment(row.changed_at or ""), ", ".join(row.used_by)]


def version_lines(found: Versions) -> list[str]:
    """Each version, the newest first."""
    if not found.versions:
        return [NO_VERSIONS]
    return table([list(VERSION_HEADINGS), *map(version_cells, found.versions)])


def version_cells(row: VersionRow) -> list[str]:
    """A version's cells."""
    return [row.version, row.status, moment(row.changed_at or ""), row.changed_by]
