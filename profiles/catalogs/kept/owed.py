"""`catalogs.owed` in the state directory: whose profiles the settings are still to carry as they are now.

It names catalogs and nothing of what is said of them, so writing the settings later undoes nobody's word.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.names import check_name
from profiles.catalogs.subscriptions import catalogs_locked
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import as_text, compact, read_unversioned

if TYPE_CHECKING:
    from collections.abc import Collection

    from profiles.base.locations import Locations


class Debt(NamedTuple):
    """A change of that catalog which the settings lack. `mark` tells it from other changes of the same."""

    name: str
    mark: str


def owed_path(locations: Locations) -> str:
    """Where they lie; the file is there only while something is owed."""
    return os.path.join(locations.state_dir, "catalogs.owed")


def owed(locations: Locations) -> list[Debt]:
    """All of them, the oldest first; one look where there are none."""
    return read_unversioned(owed_path(locations), _debts) or []


def owe(locations: Locations, name: str) -> Debt:
    """Say that the settings are to carry its profiles; the caller holds `catalogs_locked`."""
    debt = Debt(name, secrets.token_hex(8))
    _keep(locations, [*owed(locations), debt])
    return debt


def pay(locations: Locations, paid: Collection[Debt]) -> None:
    """The settings carry these; what another owes since stays. Takes the lock. Raises PkccError."""
    if paid:
        with catalogs_locked(locations):
            _keep(locations, [each for each in owed(locations) if each not in paid])


def forgive(locations: Locations, name: str) -> None:
    """Nothing is owed of that catalog, which is gone; the caller holds `catalogs_locked`."""
    _keep(locations, [each for each in owed(locations) if each.name != name])


def _keep(locations: Locations, debts: list[Debt]) -> None:
    if debts:
        write_private(owed_path(locations), compact(debts))
    else:
        remove_private(owed_path(locations))


def _debts(plain: Any) -> list[Debt]:
    return [Debt(check_name(as_text(name)), as_text(mark)) for name, mark in plain]
