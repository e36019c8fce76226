"""What became of the key since something else changed where it goes: by the guard's record of hand-outs."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.process.sessions import running_sessions
from profiles.files.preferences import is_guarded
from profiles.guard.record import GIVEN, Handouts

if TYPE_CHECKING:
    from profiles.switching.reading.reading import Reading
    from tray.app import App


class KeyFate(NamedTuple):
    """When the settings were changed, whether the key may have been sent elsewhere since, and by whom.

    `asked_at` is when a session asked for the key since, None where none did; `host` whom it was for, as it
    may be shown. `pids` are the running sessions that may have sent it.
    """

    changed_at: float
    sent: bool
    asked_at: float | None
    host: str
    pids: tuple[int, ...]


def key_fate(app: App) -> KeyFate:
    """What became of the key of the profile in use, whose settings something else changed."""
    reading = app.switcher.read()
    since = changed_at(app.locations.settings_path)
    name = reading.state.current.active
    asked = [
        each for each in Handouts(app.locations).recent(since) if each.is_alarming and each.profile == name
    ]
    given = [each for each in asked if each.what == GIVEN]
    running = [session.pid for session in running_sessions(*app.locations.session_dirs)]
    last = (given or asked)[-1] if asked else None
    at, host = (None, "") if last is None else (last.at, last.why.host)
    if not _is_kept(app, reading):
        return KeyFate(since, sent=bool(given or running), asked_at=at, host=host, pids=tuple(running))
    pids = {int(pid) for each in given if (pid := each.session.partition(":")[0]).isdecimal()}
    return KeyFate(since, sent=bool(given), asked_at=at, host=host, pids=tuple(pids.intersection(running)))


def _is_kept(app: App, reading: Reading) -> bool:
    """Whether the key stays here until a session asks for it: what a gateway sends on, it was given."""
    rendered = reading.state.current.rendered
    if rendered is None or not rendered.helper or not is_guarded(app.locations):
        return False
    return not any(change.alarming and change.slot.startswith("header.") for change in reading.changes)


def changed_at(path: str) -> float:
    """When that file was changed last, in seconds since 1970; 0.0 where there is none."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
