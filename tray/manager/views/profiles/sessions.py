"""The running sessions' rows, and the sentence on them. Pure, but for the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from tray.manager.views.times import moment
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from collections.abc import Collection

    from tray.actions.switching.sessions import SessionRoute
    from tray.manager.views.looking import Look

_OLDER = "Older model"


class SessionRow(NamedTuple):
    """A running session's row."""

    directory: str
    since: str
    uses: str
    uses_more: str
    after: str
    after_more: str
    tag: str


def session_rows(
    look: Look, found: list[SessionRoute], now: float | None = None, at_risk: Collection[int] = ()
) -> list[SessionRow]:
    """Running sessions: what each uses now, and after a restart; `at_risk` may have sent the key."""
    rows = [_session(look, each, time.time() if now is None else now) for each in found]
    return [
        row._replace(tag="Key may be out") if each.pid in at_risk else row
        for row, each in zip(rows, found, strict=True)
    ]


def _session(look: Look, each: SessionRoute, now: float) -> SessionRow:
    uses = look.label(each.profile) or each.route or "Not through Portkey"
    later = look.label(each.restarted.profile) or each.restarted.route or "Not through Portkey"
    older = each.model_pinned is not None
    since = f"Since {moment(each.started_at / 1000, now)}, process {each.pid}" if each.started_at else ""
    pinned = "pinned by the project" if each.decided_by in ("project", "local") else ""
    kept = f"keeps {each.model_pinned}" if each.model_pinned else ""
    return SessionRow(
        home_short(each.directory, look.home),
        since or f"Process {each.pid}",
        uses,
        kept or ("keeps the model it began with" if older else pinned),
        "The same" if later == uses and not older else later,
        "with the model of now" if older else "",
        _OLDER if older else "",
    )


def sessions_sentence(look: Look, found: list[SessionRow]) -> str:
    """What follows "3 running sessions", such as ": 2 use Work, 1 uses Fallback."."""
    if look.status.active is None:
        return " uses its own settings." if len(found) == 1 else " use their own settings."
    counts: dict[str, int] = {}
    for row in found:
        counts[row.uses] = counts.get(row.uses, 0) + 1
    using = ", ".join(f"{count} use{'s' if count == 1 else ''} {name}" for name, count in counts.items())
    older = sum(row.tag == _OLDER for row in found)
    if not older:
        return f": {using}."
    return f": {using}. {older} keep{'s' if older == 1 else ''} an older model until restarted."
