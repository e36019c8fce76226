"""The tray's answer to an outside change: a notice, or the file put back, as the user wishes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from profiles.files.preferences import is_guarded
from tray.actions.put_in_force import asks_nobody
from tray.runtime.menu.notice_words import DRIFT, drift_notice, restored_notice
from tray.runtime.menu.tray_state import marks_of
from tray.runtime.watch.drift.restoring import Allowance, can_restore
from tray.terminal.words.setting_names import slot_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.reading.reading import Reading
    from tray.app import App
    from tray.notices.notice import Notice
    from tray.runtime.parts import Parts

_log = logging.getLogger("pkcc-tray")
_MOST_LOGGED = 20


class DriftAnswers:
    """Used by the tray's worker. Each change is answered once.

    `retry`, which may be called from any thread, has `may_retry` and a look done by the worker.
    """

    def __init__(self, app: App, parts: Parts, retry: Callable[[], None]) -> None:
        self._app = app
        self._parts = parts
        self._retry = retry
        self._allowance = Allowance(parts.clock)
        self._retry_waits = False  # a restore is due when the minute is over
        self._answered: frozenset[str] = frozenset()

    def withdraw(self) -> None:
        """Take the notice away: nothing is changed, or the user ignores it."""
        self._answered = frozenset()
        self._parts.notifier.withdraw(DRIFT)

    def answer(self, reading: Reading) -> bool:
        """Report changes that are new, or put the file back; whether it was put back. Raises PkccError."""
        marks = marks_of(reading)
        if marks == self._answered:
            return False
        self._answered = marks
        wish = self._parts.on_drift()
        by_itself = wish == "restore" and can_restore(reading) and self._asks_nobody(reading)
        if by_itself and self._allowance.take():
            self._restore(reading)
            return True
        if by_itself and not self._retry_waits:
            self._retry_waits = True
            self._parts.later(self._allowance.wait_s(), self._retry)
        if wish != "ignore" or any(change.alarming for change in reading.changes):
            names = [slot_name(change.slot) for change in reading.changes[:_MOST_LOGGED]]
            _log.info("changed by something else: %s", ", ".join(names) or reading.condition)
            self._parts.notifier.show(self.notice(reading))
        return False

    def _asks_nobody(self, reading: Reading) -> bool:
        """Whether it can be put back by itself: else everything would wait at a keyring's question."""
        active = reading.state.current.active
        return active is not None and asks_nobody(self._app, active)

    def may_retry(self) -> bool:
        """Whether what could not be put back in the last minute is to be answered once more."""
        self._retry_waits = False
        if self._parts.on_drift() != "restore":
            return False
        self._answered = frozenset()
        return True

    def notice(self, reading: Reading) -> Notice:
        """The changes in words, with buttons."""
        return drift_notice(reading, guarded=is_guarded(self._app.locations))

    def _restore(self, reading: Reading) -> None:
        from tray.actions.switching.switch import restore

        _log.info("changed by something else, and put back: %s", reading.state.current.active)
        try:
            _, notes = restore(self._app, dry_run=False)
        except Exception:
            self._parts.notifier.show(self.notice(reading))
            raise
        notice = restored_notice(reading)
        body = "\n".join([notice.body, *notes])
        self._parts.notifier.show(notice._replace(body=body))
        self._answered = frozenset()  # the same, written again meanwhile, is answered again
