"""The keys that the guard kept back lately."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tray.app import App

_LATELY_S = 24 * 3600.0
_MOST_REFUSED = 20


class Refused(NamedTuple):
    """A key that was kept back, or with `given` went out though the guard was against it."""

    at: float
    profile: str
    host: str
    file: str
    variable: str
    given: bool


def refused_lately(app: App, notes: list[str]) -> list[Refused]:
    """The keys that were kept back in the last day, the latest first; the very latest gets a note."""
    from profiles.routes.guard.record import Handouts
    from profiles.routes.guard.words import told

    found = [each for each in Handouts(app.locations).recent(time.time() - _LATELY_S) if each.is_alarming]
    if found:
        when = time.strftime("%H:%M", time.localtime(found[-1].at))
        notes.append(f"{told(found[-1])} at {when}")
    return [
        Refused(each.at, each.profile, each.why.host, each.why.file, each.why.name, each.what == "given")
        for each in reversed(found[-_MOST_REFUSED:])
    ]
