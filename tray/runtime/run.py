"""The tray as it runs: every part made, joined, started, and ended again in order."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.claude_code.own_command import own_command
from profiles.files.preferences import preferences_path
from profiles.policy.preferences import preferences_in_force
from tray.app import TRAY
from tray.desktop import autostart
from tray.desktop.autostart.apple_links import hear_links
from tray.desktop.display import has_display
from tray.desktop.file_watcher import Watcher
from tray.desktop.lock_and_sleep import Away
from tray.desktop.open_target import open_target
from tray.desktop.session_end import SessionEnd
from tray.desktop.signals import ended_by_signals, forbid_core_dumps
from tray.desktop.threads.faults import log_fault, log_thread_fault
from tray.desktop.watched_files import watched_files
from tray.icon.marks import pixels
from tray.ipc.address import MANAGER, address, greeting
from tray.ipc.client import ask_any
from tray.ipc.server import Server
from tray.ipc.single_instance import acquire, bring_up_first
from tray.notices.choose import make_notifier
from tray.runtime.key_cache import KeyCache
from tray.runtime.logs import start_log, stop_log
from tray.runtime.open_manager import open_manager
from tray.runtime.parts import Parts
from tray.runtime.requests import Answering, key_cache_minutes, live_of
from tray.runtime.runtime import Runtime
from tray.runtime.shown_icon import ShownIcon
from tray.runtime.watch.beat.own_answers import own_answer
from tray.runtime.watch.beat.sessions import SessionActivity, running_processes
from tray.runtime.watch.keyring import KeyringWatch
from tray.terminal import output
from tray.updates.update_watch import UpdateWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App
    from tray.notices.choose import MakeNotifier

    Part = Away | KeyringWatch | Server | SessionActivity | SessionEnd | UpdateWatch | Watcher

_log = logging.getLogger("pkcc-tray")
_STOP_LIMIT_S = 5.0
_PICTURE_SIDE = 48


def run_tray(
    app: App,
    *,
    headless: bool,
    make_watcher: Callable[..., Watcher] = Watcher,
    make_notifier: MakeNotifier = make_notifier,
) -> str:
    """Run the tray until it is asked to end. Returns what is to be printed then, "" mostly.

    Asked to start again, it becomes what is installed now, with the same arguments. A second one brings up
    the first and returns at once. Raises PkccError where it cannot run. Other makers of watcher and notifier
    can have other times (benchmarks/soak.py).
    """
    lock = acquire(app.locations, app.environ)
    if lock is None:
        return bring_up_first(app.locations, app.environ) + "\n"
    gc.enable()  # a command does without
    forbid_core_dumps()
    with ExitStack() as stack:
        stack.callback(lock.release)
        start_log(app.locations)
        stack.callback(stop_log)
        stack.callback(ask_any, app.locations, app.environ, "quit", MANAGER)
        _log.info("pkcc-tray %s started, process %d", __version__, os.getpid())
        its = _Tray(app, make_watcher, make_notifier, headless=headless)
        try:
            its.run()
        except Exception as error:
            log_fault("the tray ended by a fault", error)
            raise
        _log.info("ended")
    if its.restarts:
        command = own_command()
        os.execv(command[0], [*command, *sys.argv[1:]])  # noqa: S606 - our own program
    return ""


def _start(part: Part, stack: ExitStack) -> None:
    part.start()
    stack.callback(part.stop)


def _picture() -> tuple[int, bytes]:
    """What notices are shown with: the mark of all that is right."""
    return _PICTURE_SIDE, pixels("active", "light")[_PICTURE_SIDE]


class _Tray:
    def __init__(
        self,
        app: App,
        make_watcher: Callable[..., Watcher],
        make_notifier: MakeNotifier,
        *,
        headless: bool,
    ) -> None:
        self._app = app
        app.who = TRAY
        self._make_watcher = make_watcher
        self._headless = headless
        self.restarts = False
        self._icon = icon = ShownIcon(app.environ)
        say, unsay = (icon.say, icon.unsay) if sys.platform in ("darwin", "win32") else (None, None)
        self._notifier = make_notifier(
            app.environ, lambda _key, action: self._runtime.ask(action), say, unsay, _picture
        )
        self._sessions = SessionActivity(lambda: running_processes(app.locations))
        self._runtime: Runtime = Runtime(
            app,
            Parts(
                self._notifier,
                self._open,
                lambda page: open_manager(app, page, self._open_link, self._runtime.tell),
                lambda: autostart.status(app.environ, self._login_command()).enabled,
                self._set_autostart,
                self._on_drift,
                on_sessions=self._sessions.seen,
                own_answer=own_answer,
            ),
            self._icon.end,
        )

    def run(self) -> None:
        """Everything, on the main thread, until `end`."""
        app, runtime = self._app, self._runtime
        with ExitStack() as stack:
            before = threading.excepthook
            threading.excepthook = log_thread_fault
            stack.callback(setattr, threading, "excepthook", before)
            stack.callback(self._notifier.stop)
            keys = KeyCache(app.secrets, lambda: key_cache_minutes(app))
            stack.callback(keys.forget_all)
            keyring = KeyringWatch(app, runtime.refresh_helpers, runtime.write_owed)
            self._serve(keys, keyring, stack)  # before any other thread, since it sets the umask for a moment
            stack.callback(runtime.stop, _STOP_LIMIT_S)
            stack.enter_context(ended_by_signals(self._icon.end, self._restart))
            if has_display(app.environ) and not self._headless:
                _start(SessionEnd(app.environ, self._icon.end), stack)
            _start(Away(keys.forget_all, runtime.back, app.environ), stack)
            # Before the first look: what comes between the two is not missed.
            watcher = self._make_watcher(
                lambda: watched_files(app.locations, runtime.watched()),
                runtime.look,
                on_pause=runtime.glance,
                on_late=runtime.note_late,
            )
            _start(watcher, stack)
            runtime.start()
            _start(keyring, stack)
            self._sessions.listen(runtime.hear)
            _start(self._sessions, stack)
            _start(UpdateWatch(app.locations, runtime.offer_update), stack)
            if sys.platform == "darwin" and not self._headless:
                self._links = hear_links([*app.helper_argv(), "link", "--page", "--"], app.environ)
            output.show_progress("pkcc-tray is running. Ctrl-C ends it.")
            self._icon.run(runtime, headless=self._headless)

    def _restart(self) -> None:
        self.restarts = True
        self._icon.end()

    def _serve(self, keys: KeyCache, keyring: KeyringWatch, stack: ExitStack) -> None:
        app, runtime = self._app, self._runtime
        answering = Answering(
            app,
            keys,
            change=runtime.change,
            on_show=runtime.announce,
            on_quit=self._icon.end,
            on_given=keyring.given,
            on_session=self._sessions.asked,
            late=lambda: runtime.state.late,
            live=lambda name: live_of(runtime.state, name),
        )
        try:
            server = Server(
                address(app.locations, app.environ),
                greeting(app.locations, app.environ),
                answering,
                lambda: app.secrets.backends.asking,
            )
        except PkccError as error:  # commands then work alone, as they do without a tray
            _log.warning("%s", error.title)
            self._runtime.tell(error)
            return
        _start(server, stack)

    def _open(self, target: str) -> None:
        open_target(target, self._runtime.tell)

    def _open_link(self, link: str) -> None:
        """Open the manager's one-time link, which no notice shows."""
        nothing = PkccError("No browser opens here", "Install one, or make one your default.")
        open_target(link, lambda _: self._runtime.tell(nothing))

    def _login_command(self) -> list[str]:
        return autostart.login_command(self._app.helper_argv(), self._app.locations, self._app.environ)

    def _set_autostart(self, wanted: bool) -> None:
        change = autostart.enable if wanted else autostart.disable
        change(self._app.environ, self._login_command())

    def _on_drift(self) -> str:
        try:
            return preferences_in_force(preferences_path(self._app.locations)).on_drift
        except PkccError as error:
            _log.warning("%s", error.title)
            return "notify"
