"""The managers of secrets that a reference can name, as one table. Pure.

`MANAGERS` is asked by all: how a reference is spelled, how the key is had, what is said when it is not, what
others may name. Those in `managers_tried` our tests run for real; the others follow the programs' documents.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_references.manager_row import parts_of
from profiles.base.secret_references.managers_documented import DOCUMENTED
from profiles.base.secret_references.managers_tried import TRIED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.base.secret_references.manager_row import Manager

MANAGERS = (*TRIED, *DOCUMENTED)
_BY_SCHEME = {manager.scheme: manager for manager in MANAGERS}


def manager_of(reference: str) -> Manager | None:
    """The manager that a reference names by how it begins; None for a place of another kind."""
    manager = _BY_SCHEME.get(reference.partition(":")[0])
    return manager if manager is not None and reference.startswith(manager.prefix) else None


def how_changed(reference: str) -> str:
    """How the key is changed that a manager holds, as a sentence; "" for a place of another kind."""
    manager = manager_of(reference)
    return "" if manager is None else f"{manager.changed.format(**parts_of(manager, reference))}."


def is_whole(reference: str) -> bool:
    """Whether a manager's reference says all that decides which key it is, for anyone who asks."""
    manager = manager_of(reference)
    return manager is not None and manager.whole(parts_of(manager, reference))


def steering(reference: str, variables: Iterable[str]) -> str:
    """Which of those variables leads the sign-in of a manager's reference elsewhere; "" for none."""
    manager = manager_of(reference)
    if manager is None:
        return ""
    parts = parts_of(manager, reference)
    beginnings = tuple(start for start, settled in manager.steered_by.items() if settled not in parts)
    return next((name for name in variables if name.startswith(beginnings)), "") if beginnings else ""
