"""The guard's alarms in the tray: keys that were kept back, or went out all the same, since its last look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.routes.guard.record import Handouts, handouts_path
from profiles.routes.guard.words import explained, headline
from tray.notices.notice import Notice
from tray.runtime.menu.notice_words import RESTORE
from tray.runtime.menu.one_line import without_commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.locations import Locations
    from profiles.routes.guard.recorded_handout import Handout

GUARD = "guard"  # what the notice is about: `Notice.key`
QUIET_S = 600.0  # for so long the same is not said again: Claude Code asks five times for one request


class GuardWatch:
    """Used by the tray's worker, except for `paths`. What happened before it was made is not reported."""

    def __init__(self, locations: Locations, clock: Callable[[], float] = time.time) -> None:
        self._handouts = Handouts(locations)
        self._path = handouts_path(locations)
        self._clock = clock
        self._since = clock()
        self._said: dict[tuple[str, ...], float] = {}

    def paths(self) -> list[str]:
        """What to watch."""
        return [self._path]

    def look(self) -> list[Notice]:
        """The alarms that are new, the latest last."""
        found = self._handouts.recent(self._since)
        notices = []
        for handout in found:
            self._since = max(self._since, handout.at + 1e-6)
            about = (handout.profile, handout.what, handout.why.host, handout.why.file)
            if not handout.is_alarming or self._was_said(about, handout.at):
                continue
            notices.append(alarm_notice(handout))
        return notices

    def _was_said(self, about: tuple[str, ...], at: float) -> bool:
        said = self._said.get(about)
        self._said[about] = at
        return said is not None and at - said < QUIET_S


def alarm_notice(handout: Handout) -> Notice:
    """Who wanted the key, by which file, and whether it was given; there is no button that allows it."""
    wrong, repair = explained(handout)
    restore = (RESTORE,) if handout.why.kind == "user" else ()
    if handout.what == "given":
        title, said = "Your key may have been read", "The guard is off, so the key was given: replace it."
        actions = (*restore, ("manage:/keys", "Replace the key"), ("manage:/preferences", "Guard"))
    else:
        title = "A key was kept back"
        said = "The key was not given to it. The prompt is still sent, with an empty key."
        actions = restore
    plain = (without_commands(text) for text in (f"{headline(handout)}: {_lower(wrong)}", said, repair))
    return Notice(GUARD, title, "\n".join(line for line in plain if line), actions, urgent=True)


def _lower(sentence: str) -> str:
    """For behind a colon; a name of Claude Code's stays as it is."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
