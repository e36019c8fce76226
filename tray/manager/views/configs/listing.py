"""The configs at Portkey and on this computer, as rows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.portkey.editions import is_portkey_url
from tray.actions.account.amounts import moment_in
from tray.manager.views.configs.builder import in_short
from tray.manager.views.times import ago, day
from tray.manager.views.words import home_short, host_of, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.account.configs.opened import ConfigHere
    from tray.actions.account.configs.saved import SavedRow
    from tray.actions.account.configs.workspaces import Workspace
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.views.look import Look


class Row(NamedTuple):
    """One config: `kind` and `which` open it; `detail` is what is known of it besides its id."""

    kind: str
    which: str
    name: str
    spelled: str
    detail: str
    is_bad: bool
    used_by: str


class Account(NamedTuple):
    """The configs of one account at `place`; `read` says when they were, "" where they never were.

    `keys` read them, the one of `profile` first. `lacks_key`: there is no key to read them with.
    """

    place: str
    keys: tuple[str, ...]
    profile: str
    read: str
    page: str
    rows: list[Row]
    lacks_key: bool


def accounts(look: Look, found: Sequence[Workspace]) -> list[Account]:
    """Each account with its configs; keys that read the same ones at one place are of one workspace."""
    made: dict[object, Account] = {}
    for each in found:
        account = _account(look, each)
        read = (each.gateway, *sorted(row.spelled for row in account.rows))
        which = read if account.rows else (each.gateway, each.key)
        known = made.get(which)
        made[which] = account if known is None else known._replace(keys=(*known.keys, *account.keys))
    return list(made.values())


def _account(look: Look, found: Workspace) -> Account:
    key = found.key.partition(":")[2] or found.key
    at = moment_in(found.configs.asked_at) if found.configs else None
    read = ago(at.timestamp()) if at else ""
    rows = [_saved(look, row) for row in found.configs.configs] if found.configs else []
    place = "Portkey" if is_portkey_url(found.gateway) else host_of(found.gateway)
    each = look.profile(found.profiles[0])
    lacks_key = each is not None and each.key_is_there is False
    return Account(place, (key,), found.profiles[0], read, found.page, rows, lacks_key)


def _saved(look: Look, row: SavedRow) -> Row:
    changed = moment_in(row.changed_at or "")
    known = [
        "the workspace’s default" if row.default else "",
        row.status if row.status not in ("", "active") else "",
        f"changed {within(day(changed.timestamp()))}" if changed else "",
    ]
    users = _labels(look, row.used_by)
    return Row("saved", row.id, row.name or row.id, row.id, ", ".join(filter(None, known)), False, users)


def here(look: Look, found: Sequence[ConfigHere]) -> list[Row]:
    """The configs of files, then those that profiles hold."""
    return [_here(look, each) for each in found]


def _here(look: Look, found: ConfigHere) -> Row:
    kind, which = ("file", found.file) if found.file else ("held", found.profile)
    name = home_short(found.file, look.home) if found.file else f"In the profile {look.label(found.profile)}"
    detail = found.problem if found.config is None else in_short(found.config)
    return Row(kind, which, name, "", detail, found.config is None, _labels(look, found.used_by))


def unsaved(drafts: Sequence[ConfigDraft]) -> list[Row]:
    """What was begun and is not saved."""
    return [
        Row("draft", draft.address, draft.source.name or "New config", "", in_short(draft.config), False, "")
        for draft in drafts
    ]


def _labels(look: Look, names: Sequence[str]) -> str:
    return ", ".join(map(look.label, names))
