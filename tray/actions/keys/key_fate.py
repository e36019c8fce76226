"""What became of the key since something else changed where it goes: by the guard's record of hand-outs."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.process.sessions import running_sessions
from profiles.files.preferences import is_guarded
from profiles.routes.guard.record import GIVEN, Handouts
from profiles.switching.reading.surroundings import is_surrounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Current, Step
    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading
    from tray.app import App


class KeyFate(NamedTuple):
    """Whether the key may have been sent elsewhere since the settings were changed, and by whom.

    `since`: the change was made at that time or later, 0.0 where nothing tells. `asked_at` is when a session
    asked for the key since, None where none did; `host` whom it was for, as it may be shown. `pids` are the
    running sessions that may have sent it. `known_from`: what was handed out before is not known any more;
    0.0 where all since `since` is known.
    """

    since: float
    sent: bool
    asked_at: float | None
    host: str
    pids: tuple[int, ...]
    known_from: float = 0.0


def key_fate(app: App) -> KeyFate:
    """What became of the key of the profile in use, whose settings something else changed."""
    reading = app.switcher.read()
    current = reading.state.current
    since, record = _unchanged_at(reading), Handouts(app.locations)
    others = {name for name in app.store.names() if name != current.active}  # a former name is ours
    asked = [each for each in record.recent(since) if each.is_alarming and each.profile not in others]
    given = [each for each in asked if each.what == GIVEN]
    running = [session.pid for session in running_sessions(*app.locations.session_dirs)]
    stayed = stays_here(current.rendered, reading.changes, guarded=is_guarded(app.locations))
    last = (given or (asked if stayed else []))[-1:]
    at, host = (last[0].at, last[0].why.host) if last else (None, "")
    if not stayed:
        return KeyFate(since, sent=True, asked_at=at, host=host, pids=tuple(running))
    pids = {int(pid) for each in given if (pid := each.session.partition(":")[0]).isdecimal()}
    mine = tuple(pids.intersection(running))
    known_from = record.known_from()
    return KeyFate(since, bool(given), at, host, mine, known_from if known_from > since else 0.0)


def stays_here(rendered: Rendered | None, changes: Sequence[Change], *, guarded: bool) -> bool:
    """Whether the guard alone gives the key out, and for its own gateway only.

    What a gateway sends on, it was given; another helper may have any key that its user has.
    """
    if rendered is None or not rendered.helper or not guarded:
        return False
    return not any(
        change.alarming and (change.slot.startswith("header.") or change.slot == HELPER_KEY)
        for change in changes
    )


def _unchanged_at(reading: Reading) -> float:
    """When a step of ours last left none of these changes in the settings; 0.0 where none is remembered.

    The file's own time tells nothing: whatever is saved in it later moves that. A step writes all that is
    ours, but lets proxies and certificates be, unless a person switched: then others are remembered.
    """
    state = reading.state
    around = [change.slot.removeprefix("env.") for change in reading.changes if is_surrounding(change.slot)]

    def remembered(current: Current) -> list[str | None] | None:
        known = current.surroundings
        return None if known is None else [known.get(name) for name in around]

    steps: list[Step] = [
        step for step in state.history if not around or remembered(step.before) != remembered(state.current)
    ]
    return steps[-1].at if steps else 0.0
