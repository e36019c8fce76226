"""The running sessions' rows, and the sentence on them. Pure, but for the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from tray.manager.views.times import moment
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tray.actions.switching.sessions import SessionRoute
    from tray.manager.views.look import Look

_DECIDED = {
    "managed": "decided by managed settings",
    "shell": "decided by the shell that started it",
    "exec": "started by pkcc-tray exec",
}
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
    look: Look,
    found: list[SessionRoute],
    now: float | None = None,
    at_risk: Collection[int] = (),
    own_files: Mapping[str, bool] | None = None,
) -> list[SessionRow]:
    """Running sessions: what each uses now, and after a restart.

    `at_risk` may have sent the key; `own_files` are the settings files that pkcc-tray writes in
    projects, and whether those are pinned.
    """
    rows = [_session(look, each, time.time() if now is None else now, own_files or {}) for each in found]
    return [
        row._replace(tag="Key may be out") if each.pid in at_risk else row
        for row, each in zip(rows, found, strict=True)
    ]


def _session(look: Look, each: SessionRoute, now: float, own_files: Mapping[str, bool]) -> SessionRow:
    uses = look.label(each.profile) or each.route or "Not through Portkey"
    later = look.label(each.restarted.profile) or each.restarted.route or "Not through Portkey"
    older = each.model_pinned is not None
    since = f"Since {moment(each.started_at / 1000, now)}, process {each.pid}" if each.started_at else ""
    decided = _decided(look, each, own_files)
    kept = f"keeps {each.model_pinned}" if each.model_pinned else ""
    return SessionRow(
        home_short(each.directory, look.home),
        since or f"Process {each.pid}",
        uses,
        kept or ("keeps the model it began with" if older else decided),
        "The same" if later == uses and not older else later,
        "with the model of now" if older else "",
        _OLDER if older else "",
    )


def _decided(look: Look, each: SessionRoute, own_files: Mapping[str, bool]) -> str:
    """Why it does not use what is in use, where another file or program decides."""
    if each.decided_by in ("project", "local"):
        if each.decided_by_file in own_files:
            return "pinned by the project" if own_files[each.decided_by_file] else ""
        return f"decided by {home_short(each.decided_by_file, look.home)}"
    return _DECIDED.get(each.decided_by, "")


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


def sessions_after(
    look: Look, found: list[SessionRoute], own_files: Mapping[str, bool]
) -> tuple[str, list[str]]:
    """How many sessions run, and what a switch means for them: those that follow, and each that does not."""
    stay = [
        (home_short(each.directory, look.home), look.label(each.profile) or each.route, why)
        for each in found
        if (why := _decided(look, each, own_files))
    ]
    count = len(found) - len(stay)
    follow = f"{count if stay else 'All' if count > 1 else 'It'} follow{'' if count > 1 else 's'}"
    lines = [f"{follow} within about 2 seconds."] if count else []
    lines += [f"{where} stays with {uses or 'what it has'}: {why}." for where, uses, why in stay]
    return counted(len(found), "running session"), lines
