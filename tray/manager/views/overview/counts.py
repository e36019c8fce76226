"""How many things of a page want something done, as the navigation says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.words.catalogs.states import look_of

if TYPE_CHECKING:
    from tray.actions.more.doctor import Examined
    from tray.manager.views.look import Look


class Count(NamedTuple):
    """A number, and what it counts, for those who hear it."""

    number: int
    aloud: str


def counts(look: Look | None, examined: Examined | None) -> dict[str, Count]:
    """By a page's address; where nothing is to be done, there is none. Of doctor what it found last."""
    profiles = () if look is None else look.profiles
    missing = len({row.reference for row in profiles if row.key_is_there is False and not row.problem})
    findings = [] if examined is None else [each for found in examined.found.values() for each in found]
    problems = sum(finding.severity == "problem" for finding in findings)
    waiting = sum(look_of(each).asks for each in (look.catalogs if look else ()))
    known = {
        "/keys": Count(missing, "missing"),
        "/projects": Count(0 if look is None else len(look.at_risk), "at risk"),
        "/catalogs": Count(waiting, "to look at"),
        "/doctor": Count(problems, "problem" if problems == 1 else "problems"),
    }
    return {address: count for address, count in known.items() if count.number}
