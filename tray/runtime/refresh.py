"""What the tray shows is read again: settings, profiles, projects, alarms; and what is new is reported."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.preferences import load_preferences, preferences_path
from profiles.files.read import file_mark
from profiles.routes.route import is_by_portkey
from tray.actions.more.glance.broken_lines import broken_lines
from tray.actions.policy.standing import locks, policy_files
from tray.actions.which_profile import route_by_hand
from tray.runtime.menu.notice_words import PROBLEM, broken_notice, problem_notice, project_notices
from tray.runtime.menu.one_line import without_directories
from tray.runtime.menu.profile_rows import ProfileRows
from tray.runtime.menu.tray_state import marks_of, present
from tray.runtime.watch.drift.drift_answers import DriftAnswers
from tray.runtime.watch.drift.settings import SettingsWatch
from tray.runtime.watch.guard import GuardWatch
from tray.runtime.watch.projects import ProjectWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.switching.memory.state import Current
    from profiles.switching.reading.reading import Reading
    from profiles.undo.history import Entry
    from tray.app import App
    from tray.notices.notice import Notice
    from tray.runtime.menu.tray_state import ProfileRow, TrayState
    from tray.runtime.parts import Parts
    from tray.runtime.shown import Shown

_log = logging.getLogger("pkcc-tray")
_BLANKS_AGAIN_S = 60.0  # how often it is tried to take out blanks that wait for a session, or for their time


class Refresh:
    """Used by the tray's worker, except for `soon` and `watched`. `put` gives the worker something to do."""

    def __init__(
        self, app: App, parts: Parts, shown: Shown, put: Callable[[Callable[[], object]], None]
    ) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._put = put
        self._listeners: list[Callable[[Current], None]] = []
        self._settings = SettingsWatch(app, parts.sleep)
        self._profiles = ProfileRows(app.store, app.locations, app.secrets)
        self._projects = ProjectWatch(app, parts.on_sessions)
        self._guard = GuardWatch(app.locations)
        self._drift = DriftAnswers(app, parts, lambda: put(self._answer_again))
        self._waits = threading.Event()  # one is in the queue already
        self._read_at: tuple[int, int, int] | None = None  # the settings file as it was
        self._marks: frozenset[str] = frozenset()  # of the outside changes that are shown
        self._ignored: frozenset[str] = frozenset()
        self._message = ""  # what went wrong last, until something else is done or happens
        self._alarm = ""  # the guard's last
        self._failed = False
        self._blanks_wait = False  # they are looked at again before long

    def listen(self, look: Callable[[Current], None]) -> None:
        """From now on that hears, each time, what the settings say."""
        self._listeners.append(look)

    def watched(self) -> list[str]:
        """What to watch besides the settings, the profiles and what is remembered."""
        return [*self._projects.paths(), *self._guard.paths(), self._profiles.keys_path, *policy_files()]

    def soon(self) -> None:
        """Have everything read again. Returns at once."""
        if not self._waits.is_set():
            self._waits.set()
            self._put(self.now)

    def now(self) -> None:
        """Read everything again, show it, and report what is new. Raises PkccError."""
        self._waits.clear()  # what happens from here on wants another one
        self._read_at = file_mark(self._app.switcher.settings_path)
        failed, self._failed = self._failed, True
        self._app.finish_interrupted()
        self._take_out_blanks()
        reading, problems = self._settings.look()
        rows, problems = self._listed(problems)
        self._look_at_keys()
        self._marks = marks_of(reading)
        if reading.problem is None:
            self._ignored &= self._marks
        state = self._show(reading, rows, problems, failed=failed)
        self._failed = bool(problems)
        if state.condition != "drift":
            self._drift.withdraw()
        elif self._drift.answer(reading):
            self.now()
        self._look_at_projects(reading)
        for look in self._listeners:
            look(reading.state.current)

    def glance(self) -> None:
        """Show what a whole file says, within milliseconds of its writer's first pause.

        Nothing is answered before the writer is done: that is for `now`, which follows.
        """
        before, self._read_at = self._read_at, file_mark(self._app.switcher.settings_path)
        if self._read_at == before:
            return  # something else changed, or what followed our own change has seen it
        if self._waits.is_set() or self._shown.state.message:
            return  # it is next in the queue; only it can say whether what went wrong still holds
        reading, problems = self._settings.glance()
        if not problems and not reading.unfinished:
            self._marks = marks_of(reading)
            self._shown.show(self._present(reading, self._shown.state.profiles, problems))

    def ignore(self) -> None:
        """Show the changes by something else no longer: what was seen, and not what was written since.

        Not where the key would go elsewhere: an old notice may still have a button for it.
        """
        if not self._shown.state.changed.alarming:
            self._ignored = self._marks
        self.now()

    def forget_problem(self) -> None:
        """Show no longer what went wrong last, nor the guard's alarm."""
        if self._message or self._alarm:
            self._message = self._alarm = ""
            self.soon()  # also after what changes nothing
        self._parts.notifier.withdraw(PROBLEM)

    def report(self, error: PkccError, notice: Notice | None = None) -> None:
        """Show what went wrong, until something else is done or happens; by that notice, or in its words."""
        _log.warning("%s", error.title)
        self._message = error.title
        self._parts.notifier.show(problem_notice(error) if notice is None else notice)
        self._shown.change(
            lambda state: state._replace(
                condition="drift" if state.condition == "drift" else "error", message=error.title
            )
        )

    def _show(
        self, reading: Reading, rows: tuple[ProfileRow, ...], problems: Sequence[PkccError], *, failed: bool
    ) -> TrayState:
        """Show it, and report a problem that is new; what is shown then. `failed`: the last time did."""
        before = self._shown.state
        state = self._present(reading, rows, problems)
        if self._message and (failed or _about(state) != _about(before)):
            self._message = ""  # what went wrong was about something else
            state = self._present(reading, rows, problems)
        self._shown.show(state)
        if problems and state.message != before.message:
            is_broken = bool(state.broken) and problems[0] is reading.problem
            notice = self._broken_notice(problems[0]) if is_broken else problem_notice(problems[0])
            self._parts.notifier.show(notice)
        elif before.message and not state.message:
            self._parts.notifier.withdraw(PROBLEM)
        return state

    def _answer_again(self) -> None:
        if self._drift.may_retry():
            self.now()

    def _take_out_blanks(self) -> None:
        if self._app.take_out_blanks() and not self._blanks_wait:
            self._blanks_wait = True
            self._parts.later(_BLANKS_AGAIN_S, self._look_for_blanks)

    def _look_for_blanks(self) -> None:
        self._blanks_wait = False
        self.soon()

    def _listed(
        self, problems: tuple[PkccError, ...]
    ) -> tuple[tuple[ProfileRow, ...], tuple[PkccError, ...]]:
        try:
            return self._profiles.read(), problems
        except PkccError as error:  # what is not possible must not keep an alarm back
            return self._shown.state.profiles, (*problems, error)

    def _look_at_keys(self) -> None:
        """Raise the guard's alarms; the last one stays in the menu until something is chosen there."""
        for notice in self._guard.look():
            _log.warning("%s", notice.title)
            self._alarm = notice.body.partition("\n")[0]
            self._parts.notifier.show(notice)

    def _look_at_projects(self, reading: Reading) -> None:
        """After the settings, which matter more: each project's file is read."""
        seen = self._projects.look(reading)
        self._shown.change(lambda state: state._replace(projects=seen.rows))
        for notice in project_notices(seen.changed, seen.joined):
            self._parts.notifier.show(notice)

    def _present(
        self, reading: Reading, rows: tuple[ProfileRow, ...], problems: Sequence[PkccError]
    ) -> TrayState:
        return present(
            reading,
            rows,
            ignored=self._ignored,
            autostart=self._parts.autostart(),
            message=problems[0].title if problems else self._message or self._alarm,
            latest=self._latest(reading),
            broken=self._broken(reading),
            by_hand=self._by_hand(reading),
            favourites_only=self._favourites_only(),
            locks=locks(self._app, reading.state.current.active),
        )

    def _broken_notice(self, problem: PkccError) -> Notice:
        found = broken_lines(self._app)
        why = f"Line {found.number}: {found.why}" if found is not None else without_directories(problem.title)
        return broken_notice(self._app.locations.settings_path, why)

    def _broken(self, reading: Reading) -> str:
        """Where the settings file is no JSON, in a line; "" where it is."""
        if reading.condition != "unparsable":
            return ""
        found = broken_lines(self._app)
        name = os.path.basename(self._app.locations.settings_path)
        return f"{name} is broken" + (f" (line {found.number})" if found is not None else "")

    def _by_hand(self, reading: Reading) -> str | None:
        if reading.state.current.active is not None or not is_by_portkey(reading.values):
            return None
        route = route_by_hand(self._app)
        return None if route is None else route.route or ""

    def _favourites_only(self) -> bool:
        try:
            return load_preferences(preferences_path(self._app.locations)).favourites_only
        except PkccError:
            return False

    def _latest(self, reading: Reading) -> Entry | None:
        """What undo would take back; None also where that cannot be read, which the command then says."""
        try:
            return self._app.steps.latest(self._app.switcher.settings_path, reading.state.history)
        except PkccError:
            return None


def _about(state: TrayState) -> tuple[object, ...]:
    return state.active, state.drift, state.profiles
