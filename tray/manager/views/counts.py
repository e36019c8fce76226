"""How many things of a page want something done, as the navigation says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tray.manager.views.looking import Look


class Count(NamedTuple):
    """A number, and what it counts, for those who hear it."""

    number: int
    aloud: str


def counts(look: Look) -> dict[str, Count]:
    """By a page's address; where nothing is to be done, there is none."""
    missing = len({row.reference for row in look.profiles if row.key_is_there is False and not row.problem})
    return {"/keys": Count(missing, "missing")} if missing else {}
