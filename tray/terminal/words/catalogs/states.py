"""How a catalog stands, in words: one table for the terminal and the manager, a row for each state. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted

if TYPE_CHECKING:
    from typing import Literal

    from tray.actions.catalogs.overview import CatalogRow


class Look(NamedTuple):
    """A state's words: at the terminal, and on a page. `asks`: a person is to look; `todo`: what is typed.

    {name}, {waits} and {problem} are the row's.
    """

    kind: Literal["ok", "warn", "bad"]
    line: str
    page: str
    asks: bool = False
    todo: str = ""


_UPDATE = "`pkcc-tray catalog update {name}`"
_ACCEPT = "`pkcc-tray catalog accept {name}`"
_DIFF = "`pkcc-tray catalog diff {name}`"
LOOKS = {
    "unfetched": Look("warn", "not fetched yet", "Not fetched yet", todo=_UPDATE),
    "replaced": Look("bad", "{problem}", "Changed on this machine", todo=_UPDATE),
    "offered": Look("warn", "not accepted yet", "Waits for your first yes", asks=True, todo=_ACCEPT),
    "broken": Look("bad", "broken: {problem}", "Its newest version is refused"),
    "asks": Look("warn", "asks you: {problem}", "Waits for your answer", asks=True, todo=_ACCEPT),
    "withdrawn": Look("warn", "withdrawn: {problem}", "Its publisher has taken it back"),
    "waiting": Look("warn", "{waits} to look at", "{waits} to look at", asks=True, todo=_DIFF),
    "expired": Look("warn", "expired: {problem}; ask there", "Expired"),
    "stale": Look("warn", "stale: {problem}", "Not renewed for a while"),
    "managed": Look("ok", "by your administrator", "In force"),
    "current": Look("ok", "current", "In force"),
}


def look_of(row: CatalogRow) -> Look:
    """The words for that catalog."""
    found = LOOKS[row.state]
    told = {"name": row.name, "waits": counted(row.waits, "change"), "problem": row.problem}
    line = found.line.format(**told)
    if found.kind == "ok" and row.problem:
        line = f"{line}; {row.problem}"
    return found._replace(line=line, page=found.page.format(**told), todo=found.todo.format(**told))
