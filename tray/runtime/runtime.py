"""The running tray: what happens, in which thread, and in what order.

One worker does everything that changes files, and all of the reading, so nothing runs twice at once and
neither the panel nor its menu waits. Icon, watcher, commands and notifications have threads of their own, and
put such work into its queue.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from profiles import __version__
from profiles.base.errors import PkccError
from tray.desktop.threads.apart import Apart
from tray.desktop.threads.faults import log_fault, program_was_replaced
from tray.desktop.threads.job_thread import JobThread
from tray.runtime.menu.face import title_in
from tray.runtime.menu.notice_words import LATE, late_notice, problem_notice, summary_notice, update_notice
from tray.runtime.menu_clicks import Clicks
from tray.runtime.refresh import Refresh
from tray.runtime.shown import Shown
from tray.runtime.watch.budget.watch import BudgetWatch
from tray.runtime.watch.catalogs.watch import CatalogWatch
from tray.runtime.watch.first_start import FirstStart
from tray.runtime.watch.health.watch import HealthWatch
from tray.runtime.watch.policy import PolicyWatch
from tray.runtime.watch.retiring import RetiringWatch
from tray.updates import update_watch as updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App
    from tray.desktop.late_changes import Late
    from tray.icon.base import IconBackend
    from tray.notices.notice import Notice
    from tray.runtime.menu.tray_state import TrayState
    from tray.runtime.parts import Parts
    from tray.runtime.watch.beat.sessions import Event

_T = TypeVar("_T")
FAULT = PkccError("Something went wrong inside pkcc-tray", "Its log says where: please report it.")
_REPLACED = PkccError("pkcc-tray was upgraded", "What runs is the old one: quit it, then start it again.")


class Runtime:
    """Has everything done that is asked of the tray. All methods are for any thread."""

    def __init__(self, app: App, parts: Parts, on_quit: Callable[[], None]) -> None:
        self._app = app
        self._parts = parts
        self._worker = JobThread("worker", self._failed, parts.clock)
        self._shown = Shown()
        put = self._worker.put
        self.apart = apart = Apart(put)
        self._refresh = Refresh(app, parts, self._shown, put)
        self._budget = BudgetWatch(app, parts, self._shown, apart)
        self._health = HealthWatch(app, parts, self._shown, apart, self._refresh.now)
        self._refresh.listen(self._budget.look)
        self._refresh.listen(self._health.look)
        self._refresh.listen(RetiringWatch(app.locations, parts).look)
        self._refresh.listen(PolicyWatch(app, parts).look)
        self._catalogs = CatalogWatch(app, parts, self._shown, apart, put, self._refresh.now)
        self._refresh.listen(self._catalogs.look)
        self._first_start = FirstStart(app, parts, self._shown, apart)
        elsewhere: dict[str, Callable[[str], object]] = {
            "fallback": self._health.take,
            "quit": lambda _: on_quit(),
        }
        self._clicks = Clicks(app, parts, self._shown, self._refresh, elsewhere)

    @property
    def state(self) -> TrayState:
        """What is shown now."""
        return self._shown.state

    def start(self) -> None:
        """Start the worker, and read the settings for the first time."""
        self._worker.start()
        self.look()
        self._worker.put(self._first_start.welcome)

    def show_on(self, icon: IconBackend | None) -> None:
        """Show everything on that icon from now on."""
        self._shown.show_on(icon)

    def watched(self) -> list[str]:
        """What to watch besides the settings, the profiles and what is remembered."""
        return [*self._refresh.watched(), *self._budget.paths(), *self._catalogs.paths()]

    def look(self) -> None:
        """Read everything again: something may have changed. Returns at once."""
        self._refresh.soon()

    def glance(self) -> None:
        """Show what the settings say if they are whole; the rest is for `look`. Returns at once."""
        self._worker.put(self._refresh.glance)

    def ask(self, key: str) -> None:
        """Do what a menu entry, or a notification's button, with that key stands for. Returns at once."""
        self._app.secrets.ask_again()  # a person wants something
        self._worker.put(lambda: self._clicks.do(key))

    def choose(self, key: str) -> None:
        """As `ask`, but returns when it is done: for an icon, which then shows what holds."""
        self._app.secrets.ask_again()  # a person wants something
        action, _, name = key.partition(":")
        if action in ("profile", "fallback"):
            self._ask_first(name, f"Switching to {title_in(self.state, name)}…")
        elif action == "restore" and self.state.active:
            self._ask_first(self.state.active, "Restoring…")
        self._worker.finish(lambda: self._clicks.do(key))

    def _ask_first(self, name: str, doing: str) -> None:
        """Let a keyring ask its user here: the worker goes on, and sees what changes outside."""
        from tray.actions.switching.switch import ask_first

        with suppress(Exception), self._shown.busy(doing):  # what follows meets it again, and says it
            ask_first(self._app, name)

    def change(self, change: Callable[[], _T]) -> _T:
        """What a change returns or raises that a command asks for: the worker makes it, and its thread waits.

        Raises TimeoutError, see `JobThread.ask`.
        """

        def work() -> _T:
            with self._shown.busy("Switching…"):
                return change()

        try:
            return self._worker.ask(work)
        finally:
            self.look()  # not before: the worker would read while the command waits for its answer

    def hear(self, event: Event) -> None:
        """Have what is done while sessions run know of that. Returns at once."""

        def hear() -> None:  # in one go, for one waking of the worker
            self._budget.hear(event)
            self._health.hear(event)

        self._worker.put(hear)

    def back(self) -> None:
        """Have the gateway looked after: the network is back, or the machine awake. Returns at once."""
        self._worker.put(self._health.back)
        self._worker.put(self._catalogs.plan)

    def refresh_helpers(self) -> None:
        """Have running sessions ask for their keys again: they can be had now. Returns at once."""
        self._worker.put(self._clicks.refresh_helpers)

    def write_owed(self) -> None:
        """Have the settings written that owe a catalog something. Returns at once."""
        self._worker.put(self._clicks.write_owed)

    def activate(self) -> None:
        """The icon was clicked where that opens no menu: open the manager."""
        self.choose("manage:/")

    def announce(self) -> None:
        """Report how things stand, for a second start, as a notification. Returns at once."""
        self._worker.put(lambda: self._parts.notifier.show(summary_notice(self.state)))

    def offer_update(self, version: str) -> None:
        """Show that version of pkcc-tray as new, in the menu and once by a notification; "" for none."""
        self._worker.put(lambda: self._offer_update(version))

    def note_late(self, late: Late | None) -> None:
        """Show that changes from outside are noticed late; None for no longer. Returns at once."""
        self._worker.put(lambda: self._note_late(late))

    def tell(self, error: PkccError) -> None:
        """Report a problem elsewhere in the tray, as a notification."""
        self.say(problem_notice(error))

    def say(self, notice: Notice) -> None:
        """Show that notice. Returns at once."""
        self._parts.notifier.show(notice)

    def stop(self, limit_s: float) -> None:
        """End the worker after what it is doing, waiting for that at most `limit_s`."""
        self._worker.stop(limit_s)

    # On the worker -----------------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        if isinstance(error, PkccError):
            self._refresh.report(error)
            return
        log_fault("a fault in the tray", error)
        self._refresh.report(_REPLACED if program_was_replaced() else FAULT)

    def _note_late(self, late: Late | None) -> None:
        before = self._shown.state.late
        self._shown.change(lambda state: state._replace(late=late))
        if late is None:
            self._parts.notifier.withdraw(LATE)
        elif late.command and (
            before is None or before.command != late.command
        ):  # else the menu's line will do
            self._parts.notifier.show(late_notice(late))

    def _offer_update(self, version: str) -> None:
        self._shown.change(lambda state: state._replace(update=version))
        if version and updates.tell_once(self._app.locations, version):
            self._parts.notifier.show(update_notice(version, __version__))
