"""How often notices may be shown: not the same again within 10 s, and at most five a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tray.notices.notice import Notice

SAME_AGAIN_S = 10.0
MOST_A_MINUTE = 5
_MINUTE_S = 60.0


class Pace:
    """When a notice may be shown: not the same text again within 10 s, and at most five a minute. Pure.

    Urgent ones are counted by themselves: harmless changes must not hold back the alarm that follows them.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[Notice, float]] = {}
        self._times: dict[bool, list[float]] = {False: [], True: []}

    def is_repeated(self, notice: Notice, now: float) -> bool:
        """Whether the same was shown so recently that it need not be shown again."""
        last, at = self._last.get(notice.key, (None, 0.0))
        return notice == last and now - at < SAME_AGAIN_S

    def free_at(self, now: float, *, urgent: bool = False) -> float:
        """The moment from which one may be shown, as seconds of the clock that `now` is of."""
        times = self._times[urgent] = [at for at in self._times[urgent] if now - at < _MINUTE_S]
        return now if len(times) < MOST_A_MINUTE else times[-MOST_A_MINUTE] + _MINUTE_S

    def note_shown(self, notice: Notice, now: float) -> None:
        """Remember that it was shown."""
        self._last[notice.key] = notice, now
        self._times[notice.urgent].append(now)

    def forget(self, key: str) -> None:
        """A notice with that key is news again."""
        self._last.pop(key, None)
