"""How long a variable that a route no longer sets stays blank, for sessions that nobody sees. Pure.

A running client keeps the value of a variable that disappears, and takes "" as unset. One that has just
started, or whose files lie elsewhere, is in no list of sessions: so whatever leads a request is blank after
every change of gateway or API format, and is taken out when every client has read that.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import BASE_URLS

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from profiles.switching.edit.plan import EditPlan
    from profiles.switching.memory.state import Current, Memory

# A client that is awake reads its settings again about a second after they were written. The hour is for one
# that is not: a container or a machine that was paused meanwhile. All it costs is the sight of the blanks.
UNSEEN_S = 3600.0
# After this long a session that had just started is among those that are seen (its file comes after 0.3 s).
SEEN_WITHIN_S = 2.0


def leads_elsewhere(before: Rendered | None, after: Rendered | None) -> bool:
    """Whether two renderings send requests to different addresses, or in different formats."""
    if before is None or after is None or (before.dialect, before.env) == (after.dialect, after.env):
        return False
    return before.dialect != after.dialect or _addresses(before) != _addresses(after)


def _addresses(rendered: Rendered) -> list[str]:
    return [str(rendered.env.get(name) or "") for name in BASE_URLS.values()]


def is_fresh(memory: Memory, now: float) -> bool:
    """Whether an unseen session may still hold what was blanked; the clock may have been set back."""
    return memory.blanked_at is not None and abs(now - memory.blanked_at) < UNSEEN_S


def until(memory: Memory, now: float) -> float | None:
    """When the blanks for unseen sessions go, in seconds since 1970; None where none wait for that."""
    return memory.blanked_at + UNSEEN_S if memory.blanked_at is not None and is_fresh(memory, now) else None


def for_unseen(after: Rendered | None, memory: Memory, now: float, *, elsewhere: bool) -> bool:
    """Whether the settings need blanks though no session is seen; `elsewhere` as for `dated`.

    Not when nothing of ours is left: `off` gives the very bytes back.
    """
    return after is not None and (elsewhere or is_fresh(memory, now))


def still_known(memory: Memory, now: float) -> Memory:
    """The memory without what went so long ago that no session can hold it."""
    return memory if is_fresh(memory, now) or not memory.gone else memory._replace(gone=[])


def dated(before: Memory, plan: EditPlan, sealed: Memory, now: float, *, elsewhere: bool) -> Memory:
    """What is remembered after an edit: what left the file, and since when unseen sessions need blanks.

    `elsewhere`: the edit leads requests to another place than before.
    """
    if not plan.passing and not plan.gone:
        return sealed._replace(gone=[], blanked_at=None)
    newly_gone = not {*plan.gone} <= {*before.gone, *before.blanks}
    return sealed._replace(gone=plan.gone, blanked_at=now if elsewhere or newly_gone else before.blanked_at)


def also(current: Current, slots: list[str], now: float) -> Current:
    """The memory with these slots out of force since now: ours to blank, and to take out later."""
    if not slots:
        return current
    known = [*dict.fromkeys([*current.memory.blanks, *slots])]
    return current._replace(memory=current.memory._replace(blanks=known, blanked_at=now))


def not_yet_seen_s(memory: Memory, now: float) -> float:
    """How many seconds from now every session of before the last change is among those that are seen."""
    if memory.blanked_at is None:
        return 0.0
    return min(max(memory.blanked_at + SEEN_WITHIN_S - now, 0.0), SEEN_WITHIN_S)
