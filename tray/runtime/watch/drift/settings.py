"""The settings file as the tray reads it: finished, the profile that it carries being the active one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.claude_code.settings.finished_read import finished_read
from profiles.routes.route import is_by_portkey

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.reading.reading import Reading
    from tray.app import App

_TRIES = 5


class Found(NamedTuple):
    """What the settings say, and what could not be done about them: the first problem is to be shown."""

    reading: Reading
    problems: tuple[PkccError, ...] = ()


class SettingsWatch:
    """Used by the tray's worker."""

    def __init__(self, app: App, sleep: Callable[[float], None]) -> None:
        self._app = app
        self._sleep = sleep

    def finished(self) -> Reading:
        """What they say once their writer is done."""
        switcher = self._app.switcher
        return finished_read(
            switcher.settings_path, switcher.read, lambda reading: reading.unfinished, self._sleep
        )

    def look(self) -> Found:
        """What they say once their writer is done, whatever profile it put there."""
        found = self._recognised(self.finished)
        problem = found.reading.problem
        return found if problem is None else found._replace(problems=(*found.problems, problem))

    def glance(self) -> Found:
        """What they say at this moment, even if their writer has written only half."""
        return self._recognised(self._app.switcher.read)

    def _recognised(self, read: Callable[[], Reading]) -> Found:
        """What is read once the profile that the settings carry is the active one.

        Read again after each try: a switch may have ended meanwhile, or a save have been under way.
        """
        reading = read()
        for _ in range(_TRIES):
            if not _may_be_another_profile(reading):
                break
            try:
                self._app.switcher.recognise()
            except PkccError as error:
                return Found(reading, (error,))
            reading = read()
            if not reading.changes or self._app.switcher.matching(reading) is None:
                break
        return Found(reading)


def _may_be_another_profile(reading: Reading) -> bool:
    if reading.unfinished:
        return False
    routed = is_by_portkey(reading.values)
    return bool(reading.changes) or (reading.state.current.active is None and routed)
