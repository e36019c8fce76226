"""The running tray: what happens, in which thread, and in what order.

One worker does everything that changes files, and all of the looking, so nothing runs twice at once and
neither the panel nor its menu waits. Icon, watcher, commands and notifications have threads of their own, and
put such work into its queue.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from profiles import __version__
from profiles.base.errors import ConflictError, PkccError
from profiles.base.faults import log_fault, program_was_replaced
from profiles.claude_code.owned_slots import has_portkey_line
from profiles.files.preferences import is_guarded
from profiles.switching.reading.finished_read import finished_read, mark_of
from tray.actions.notes import change_notes
from tray.desktop.job_thread import JobThread
from tray.notices.notice import Notice
from tray.runtime.background_jobs import Background
from tray.runtime.menu.change_words import slot_name
from tray.runtime.menu.face import face_of, title_of
from tray.runtime.menu.menu import build_menu
from tray.runtime.menu.notice_words import (
    DRIFT,
    PROBLEM,
    PROJECTS,
    TOLD,
    drift_notice,
    problem_notice,
    project_notices,
    restored_notice,
    summary_notice,
    switched_notice,
    update_notice,
)
from tray.runtime.menu.profile_rows import ProfileRows
from tray.runtime.menu.tray_state import TrayState, marks_of, present
from tray.runtime.watch.guard import GuardWatch
from tray.runtime.watch.projects import ProjectWatch, Seen
from tray.runtime.watch.restoring import Allowance, can_restore
from tray.updates import signed_release as release
from tray.updates import update_watch as updates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.switching.reading.reading import Reading
    from profiles.undo.history import Entry
    from tray.app import App
    from tray.icon.base import IconBackend
    from tray.notices.notice import Notifier
    from tray.runtime.menu.tray_state import ProfileRow

_T = TypeVar("_T")
_log = logging.getLogger("pkcc-tray")
BUSY_AFTER_S = 0.15  # a change that takes longer (a keyring that asks) is seen in the menu
_MOST_LOGGED = 20
_FOLLOW_TRIES = 5
_BLANKS_AGAIN_S = 60.0  # how often it is tried to take out blanks that wait for a session, or for their time
_REPLACED = PkccError("pkcc-tray was upgraded while it ran", "Quit it, then start it again.")
_FAULT = PkccError("Something went wrong inside pkcc-tray", "Its log says where: please report it.")


def run_later(delay_s: float, work: Callable[[], None]) -> None:
    """Do that in so many seconds, unless the program has ended by then."""
    timer = threading.Timer(delay_s, work)
    timer.daemon = True
    timer.start()


class Parts(NamedTuple):
    """What the runtime uses of the system; each can be stood in for in a test.

    `open_target` opens a page, file or folder; `autostart` says whether the tray starts at login (None: it
    cannot be told) and `set_autostart` has it so; `on_drift` is the user's standing wish. `later` does
    something in that many seconds, in a thread of its own.
    """

    notifier: Notifier
    open_target: Callable[[str], None]
    autostart: Callable[[], bool | None]
    set_autostart: Callable[[bool], None]
    on_drift: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    later: Callable[[float, Callable[[], None]], None] = run_later
    sleep: Callable[[float], None] = time.sleep


class Runtime:
    """Holds what is shown, and does what is asked for."""

    def __init__(
        self, app: App, parts: Parts, on_quit: Callable[[], None], background: Background | None = None
    ) -> None:
        self._app = app
        self._parts = parts
        self._on_quit = on_quit
        self._worker = JobThread("worker", self._failed, parts.clock)
        self._rows = ProfileRows(app.store)
        self._projects = ProjectWatch(app)
        self._seen = Seen()
        self._guard = GuardWatch(app.locations)
        self._background = background or Background(app, parts.notifier.show)
        self._looking = threading.Event()  # a look is in the queue already
        self._looked_at: tuple[int, int, int] | None = None  # the settings file as it was
        self._marks: frozenset[str] = frozenset()  # of the outside changes that are shown
        self._ignored: frozenset[str] = frozenset()
        self._answered: frozenset[str] = frozenset()
        self._message = ""  # what went wrong last, until something else is done or happens
        self._alarm = ""  # the guard's last
        self._look_failed = False
        self._allowance = Allowance(parts.clock)
        self._retry_waits = False  # a restore is due when the minute is over
        self._blanks_wait = False  # they are looked at again before long
        self._lock = threading.Lock()  # guards what is shown:
        self._icon: IconBackend | None = None
        self._state = TrayState("off", None, ())
        self._changing = False
        self._update = ""

    # From any thread ---------------------------------------------------------------------------------

    @property
    def state(self) -> TrayState:
        """What is shown now."""
        return self._state

    def start(self) -> None:
        """Start the worker, and look at the settings for the first time."""
        self._worker.start()
        self.look()

    def show_on(self, icon: IconBackend | None) -> None:
        """Show everything on that icon from now on."""
        with self._lock:
            self._icon = icon
            self._tell_icon()

    def watched(self) -> list[str]:
        """What to watch besides the settings, the profiles and what is remembered."""
        return [*self._projects.paths(), *self._guard.paths()]

    def look(self) -> None:
        """Look at the settings again: something may have changed. Returns at once."""
        if not self._looking.is_set():
            self._looking.set()
            self._worker.put(self._look)

    def glance(self) -> None:
        """Show what the settings say if they are whole; the rest is for `look`. Returns at once."""
        self._worker.put(self._glance)

    def ask(self, key: str) -> None:
        """Do what a menu entry, or a notification's button, with that key stands for. Returns at once."""
        self._app.secrets.ask_again()  # a person wants something
        self._worker.put(lambda: self._choose(key))

    def choose(self, key: str) -> None:
        """As `ask`, but returns when it is done: for an icon, which then shows what holds."""
        self._app.secrets.ask_again()  # a person wants something
        action, _, name = key.partition(":")
        if action == "profile":
            self._ask_first(name)
        self._worker.finish(lambda: self._choose(key))

    def _ask_first(self, name: str) -> None:
        """Let a keyring ask its user here: the worker goes on, and sees what changes outside."""
        from tray.commands.switching.switch import ask_first

        with suppress(Exception), self._shown_as_busy():  # the switch itself meets it again, and says it
            ask_first(self._app, name)

    def change(self, change: Callable[[], _T]) -> _T:
        """What a change returns or raises that a command asks for: the worker makes it, and its thread waits.

        Raises TimeoutError, see `JobThread.ask`.
        """

        def work() -> _T:
            with self._shown_as_busy():
                return change()

        try:
            return self._worker.ask(work)
        finally:
            self.look()  # not before: the worker would look while the command waits for its answer

    def refresh_helpers(self) -> None:
        """Have running sessions ask for their keys again: they can be had now. Returns at once."""
        self._worker.put(self._refresh_helpers)

    def announce(self) -> None:
        """Tell how things stand, as a notification. Returns at once."""
        self._worker.put(lambda: self._parts.notifier.show(summary_notice(self._state)))

    def offer_update(self, version: str) -> None:
        """Show that version of pkcc-tray as new, in the menu and once by a notification; "" for none."""
        self._worker.put(lambda: self._offer_update(version))

    def tell(self, error: PkccError) -> None:
        """Tell of a problem elsewhere in the tray, as a notification."""
        self._parts.notifier.show(problem_notice(error))

    def stop(self, limit_s: float) -> None:
        """End the worker after what it is doing, waiting for that at most `limit_s`."""
        self._worker.stop(limit_s)

    # On the worker -----------------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        if isinstance(error, PkccError):
            self._report(error)
            return
        log_fault("a fault in the tray", error)
        self._report(_REPLACED if program_was_replaced() else _FAULT)

    def _choose(self, key: str) -> None:
        action, _, rest = key.partition(":")
        handlers: dict[str, Callable[[str], object]] = {
            "profile": self._switch,
            "off": lambda _: self._off(),
            "undo": lambda _: self._undo(),
            "restore": lambda _: self._restore(),
            "adopt": lambda _: self._adopt(),
            "ignore": lambda _: self._ignore(),
            "diff": lambda _: self._show_changes(),
            "open": self._open,
            "autostart": lambda _: self._toggle_autostart(),
            "check": lambda _: self._check(),
            "doctor": lambda _: self._background.doctor(),
            "sync": lambda _: self._sync(),
            "update": lambda _: self._parts.open_target(release.page()),
            "quit": lambda _: self._on_quit(),
        }
        if action in handlers:
            if self._message or self._alarm:
                self._message = self._alarm = ""
                self.look()  # also after what changes nothing
            self._parts.notifier.withdraw(PROBLEM)
            _log.info("asked for: %s", key)
            handlers[action](rest)

    def _switch(self, name: str) -> None:
        from tray.commands.switching.switch import switch

        result = self._change(lambda: switch(self._app, name, dry_run=False))
        notice = switched_notice(
            title_of(self._state), result.notes, models_pinned=result.data["models_pinned"]
        )
        if notice is not None:
            self._parts.notifier.show(notice)

    def _undo(self) -> None:
        from tray.commands.switching.history import undo

        notes = self._change(lambda: undo(self._app, "1", force=False, yes=True)).notes
        if notes:
            self._parts.notifier.show(Notice(TOLD, "Undone", "\n".join(notes)))

    def _off(self) -> None:
        from tray.commands.switching.switch import off

        notes = self._change(lambda: off(self._app, dry_run=False)).notes
        if notes:
            self._parts.notifier.show(Notice(TOLD, "Off", "\n".join(notes)))

    def _restore(self) -> None:
        notes = change_notes(self._change(self._app.switcher.restore))
        if notes:
            name = title_of(self._state)
            self._parts.notifier.show(Notice(TOLD, f"Restored {name}", "\n".join(notes)))

    def _adopt(self) -> None:
        from tray.commands.switching.adopt import adopt

        notes = self._change(lambda: adopt(self._app)).notes
        if notes:
            name = title_of(self._state)
            self._parts.notifier.show(Notice(TOLD, f"Taken into {name}", "\n".join(notes)))

    def _change(self, change: Callable[[], _T]) -> _T:
        """Run what changes the settings; then show what holds."""
        with self._shown_as_busy():
            done = change()
        self._look()
        return done

    @contextmanager
    def _shown_as_busy(self) -> Iterator[None]:
        """While it takes long."""
        with self._lock:
            self._changing = True
        busy = threading.Timer(BUSY_AFTER_S, self._show_busy)
        busy.daemon = True
        busy.start()
        try:
            yield
        finally:
            busy.cancel()
            with self._lock:
                self._changing = False

    def _ignore(self) -> None:
        self._ignored = self._marks  # what was seen, and not what was written since
        self._look()

    def _refresh_helpers(self) -> None:
        from tray.actions.keys import refresh_helpers

        _log.info("keys can be had again: the settings are written anew, for sessions that went without one")
        self._change(lambda: refresh_helpers(self._app))

    def _drift_notice(self, reading: Reading) -> Notice:
        return drift_notice(reading, guarded=is_guarded(self._app.locations))

    def _show_changes(self) -> None:
        notice = self._drift_notice(self._read())
        self._parts.notifier.show(notice._replace(key=TOLD, urgent=False))

    def _check(self) -> None:
        if self._state.active is not None:
            self._background.check(self._state.active, title_of(self._state))

    def _sync(self) -> None:
        from tray.actions.projects import sync

        _, notes = self._change(lambda: sync(self._app, []))
        if notes:
            self._parts.notifier.show(Notice(PROJECTS, "Projects", "\n".join(notes)))

    def _open(self, target: str) -> None:
        from profiles.portkey.hosts import PAGES

        if os.path.isabs(target):  # a project
            self._parts.open_target(target)
            return
        places = {
            "settings": self._app.switcher.settings_path,
            "profiles": self._app.locations.profiles_dir,
        }
        place = places.get(target, "")
        if place and not os.path.exists(place):
            raise ConflictError(f"{place} is not there yet", "It is made by the first profile or switch.")
        self._parts.open_target(place or PAGES[target])

    def _offer_update(self, version: str) -> None:
        self._update = version
        self._show(self._state)
        if version and updates.tell_once(self._app.locations, version):
            self._parts.notifier.show(update_notice(version, __version__))

    def _toggle_autostart(self) -> None:
        self._parts.set_autostart(not self._parts.autostart())
        self._look()

    def _read(self) -> Reading:
        switcher = self._app.switcher
        return finished_read(
            switcher.settings_path, switcher.read, lambda reading: reading.unfinished, self._parts.sleep
        )

    def _look(self) -> None:
        self._looking.clear()  # what happens from here on wants another look
        self._looked_at = mark_of(self._app.switcher.settings_path)
        failed, self._look_failed = self._look_failed, True
        problems: list[PkccError] = []  # what is not possible must not keep an alarm back
        reading = self._read_and_follow(problems)
        rows = self._listed(problems)
        self._look_at_keys()
        marks = self._marks = marks_of(reading)
        if reading.problem is None:
            self._ignored &= marks
        shown = self._state
        state = self._present(reading, rows, problems)
        if self._message and (failed or _about(state) != _about(shown)):
            self._message = ""  # what went wrong was about something else
            state = self._present(reading, rows, problems)
        self._look_failed = bool(problems)
        self._show(state)
        if problems and state.message != shown.message:
            self._parts.notifier.show(problem_notice(problems[0]))
        elif shown.message and not state.message:
            self._parts.notifier.withdraw(PROBLEM)
        if state.condition != "drift":
            self._answered = frozenset()
            self._parts.notifier.withdraw(DRIFT)
        elif marks != self._answered:
            self._answered = marks
            self._answer_drift(reading)
        self._look_at_projects(reading)

    def _glance(self) -> None:
        """Show what a whole file says, within milliseconds of its writer's first pause.

        Nothing is answered before the writer is done: that is for the look which follows.
        """
        before, self._looked_at = self._looked_at, mark_of(self._app.switcher.settings_path)
        if self._looked_at == before:
            return  # something else changed, or the look after our own change has seen it
        if self._looking.is_set() or self._state.message:
            return  # the look is next in the queue; only it can say whether what went wrong still holds
        problems: list[PkccError] = []
        reading = self._read_followed(self._app.switcher.read, problems)
        if not problems and not reading.unfinished:
            self._marks = marks_of(reading)
            self._show(self._present(reading, self._state.profiles, problems))

    def _look_at_keys(self) -> None:
        """Raise the guard's alarms; the last one stays in the menu until something is chosen there."""
        for notice in self._guard.look():
            _log.warning("%s", notice.title)
            self._alarm = notice.title
            self._parts.notifier.show(notice)

    def _look_at_projects(self, reading: Reading) -> None:
        """After the settings, which matter more: each project's file is read."""
        seen = self._projects.look(reading)
        self._seen = seen
        self._show(self._state._replace(projects=seen.rows))
        for notice in project_notices(seen.changed, seen.joined):
            self._parts.notifier.show(notice)

    def _read_and_follow(self, problems: list[PkccError]) -> Reading:
        self._app.finish_interrupted()
        self._take_out_blanks()
        reading = self._read_followed(self._read, problems)
        if reading.problem is not None:
            problems.append(reading.problem)
        return reading

    def _read_followed(self, read: Callable[[], Reading], problems: list[PkccError]) -> Reading:
        """What is read once the profile that the settings carry is the active one, whoever wrote them.

        Read again after each try: a switch may have ended meanwhile, or a save have been under way.
        """
        reading = read()
        for _ in range(_FOLLOW_TRIES):
            if not self._may_be_another_profile(reading):
                break
            try:
                self._app.switcher.follow()
            except PkccError as error:
                problems.append(error)
                break
            reading = read()
            if not reading.changes or self._app.switcher.matching(reading) is None:
                break
        return reading

    def _take_out_blanks(self) -> None:
        if self._app.take_out_blanks() and not self._blanks_wait:
            self._blanks_wait = True
            self._parts.later(_BLANKS_AGAIN_S, self._look_for_blanks)

    def _look_for_blanks(self) -> None:
        self._blanks_wait = False
        self.look()

    def _listed(self, problems: list[PkccError]) -> tuple[ProfileRow, ...]:
        try:
            return self._rows.read()
        except PkccError as error:
            problems.append(error)
            return self._state.profiles

    @staticmethod
    def _may_be_another_profile(reading: Reading) -> bool:
        if reading.unfinished:
            return False
        routed = has_portkey_line(reading.values)
        return bool(reading.changes) or (reading.state.current.active is None and routed)

    def _answer_drift(self, reading: Reading) -> None:
        wish = self._parts.on_drift()
        by_itself = wish == "restore" and can_restore(reading)
        if by_itself and self._allowance.take():
            _log.info("changed outside, and put back: %s", reading.state.current.active)
            try:
                outcome = self._app.switcher.restore()
            except Exception:
                self._parts.notifier.show(self._drift_notice(reading))
                raise
            notice = restored_notice(reading)
            body = "\n".join([notice.body, *change_notes(outcome)])
            self._parts.notifier.show(notice._replace(body=body))
            self._answered = frozenset()  # whoever wrote the same again meanwhile is answered again
            self._look()
            return
        if by_itself and not self._retry_waits:
            self._retry_waits = True
            self._parts.later(self._allowance.wait_s(), lambda: self._worker.put(self._restore_again))
        if wish != "ignore" or any(change.alarming for change in reading.changes):
            names = [slot_name(change.slot) for change in reading.changes[:_MOST_LOGGED]]
            _log.info("changed outside: %s", ", ".join(names) or reading.condition)
            self._parts.notifier.show(self._drift_notice(reading))

    def _restore_again(self) -> None:
        """Answer once more what could not be put back while the minute's restores were used up."""
        self._retry_waits = False
        if self._parts.on_drift() == "restore":
            self._answered = frozenset()
            self._look()

    def _present(
        self, reading: Reading, rows: tuple[ProfileRow, ...], problems: list[PkccError]
    ) -> TrayState:
        return present(
            reading,
            rows,
            ignored=self._ignored,
            autostart=self._parts.autostart(),
            message=problems[0].title if problems else self._message or self._alarm,
            latest=self._latest(reading),
        )._replace(projects=self._seen.rows)

    def _latest(self, reading: Reading) -> Entry | None:
        """What undo would take back; None also where that cannot be read, which the command then says."""
        try:
            return self._app.steps.latest(self._app.switcher.settings_path, reading.state.history)
        except PkccError:
            return None

    def _report(self, error: PkccError) -> None:
        _log.warning("%s", error.title)
        self._message = error.title
        self._parts.notifier.show(problem_notice(error))
        condition = "drift" if self._state.condition == "drift" else "error"
        self._show(self._state._replace(condition=condition, message=error.title, busy=False))

    # What is shown -----------------------------------------------------------------------------------

    def _show(self, state: TrayState) -> None:
        state = state._replace(update=self._update)
        with self._lock:
            if state != self._state:
                self._state = state
                self._tell_icon()

    def _show_busy(self) -> None:
        with self._lock:
            if self._changing:
                self._state = self._state._replace(busy=True)
                self._tell_icon()

    def _tell_icon(self) -> None:
        if self._icon is None:
            return
        try:
            self._icon.update(face_of(self._state), build_menu(self._state))
        except Exception as error:  # noqa: BLE001 - a panel's fault must not end the watching
            log_fault("a fault while showing the icon", error)


def _about(state: TrayState) -> tuple[object, ...]:
    return state.active, state.drift, state.profiles
