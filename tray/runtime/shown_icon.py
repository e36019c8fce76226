"""The icon while the tray runs: by the first backend that can show it; and why there is none."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.desktop.xembed import has_gtk, has_xembed_tray
from tray.icon import choose_backends
from tray.icon.base import IconUnavailableError
from tray.runtime.menu.notice_words import no_icon_notice
from tray.terminal import output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.icon.base import IconBackend
    from tray.runtime.runtime import Runtime

_log = logging.getLogger("pkcc-tray")
# How long a panel may take before its absence is reported: at login it may come up long after us.
HOST_WAIT_S, HOST_WAIT_AT_LOGIN_S = 3.0, 20.0
_ONLY_XEMBED = (
    "The panel here takes tray icons of the older kind only.",
    "Install PyGObject (python3-gi, gir1.2-gtk-3.0) for this Python, or run snixembed.",
)


class ShownIcon:
    """Shows the runtime's state until `end`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._ended = threading.Event()
        self._icon: IconBackend | None = None
        self._said_no_icon = self._gave_way = False

    def run(self, runtime: Runtime, *, headless: bool) -> None:
        """Show it by the first backend that can, until the end; without any, go on without an icon."""
        if headless:
            _log.info("without an icon, as asked")
            self._ended.wait()
            return
        problem: PkccError | None = None
        first, *others = choose_backends(self._environ)
        for make in (first, *others, first):  # the first again, where it gave way and none could be instead
            icon = make(runtime.choose, runtime.activate)
            try:
                self._run_icon(icon, runtime)
            except IconUnavailableError as error:
                _log.info("%s: %s", icon.name, error.title)
                problem = problem or error
            if self._ended.is_set():
                return
        if problem is not None:
            self._say_no_icon(runtime, problem.title, problem.hint)
        self._ended.wait()

    def end(self) -> None:
        """Have `run` return. From any thread; returns at once."""
        self._ended.set()
        icon = self._icon
        if icon is not None:
            icon.stop()

    def say(self, title: str, body: str) -> None:
        """Show a notice by the icon's own system, where there is an icon that can."""
        icon = self._icon
        if icon is not None and hasattr(icon, "say"):
            icon.say(title, body)

    def unsay(self) -> None:
        """Take the last one away."""
        icon = self._icon
        if icon is not None and hasattr(icon, "unsay"):
            icon.unsay()

    def _run_icon(self, icon: IconBackend, runtime: Runtime) -> None:
        self._icon = icon
        runtime.show_on(icon)
        wait_s = HOST_WAIT_S if sys.stderr.isatty() else HOST_WAIT_AT_LOGIN_S
        check = threading.Timer(wait_s, self._check_host, (icon, runtime))
        check.daemon = True
        check.start()
        try:
            if not self._ended.is_set():  # else it came before there was an icon to stop
                _log.info("icon by %s", icon.name)
                icon.run()
        finally:
            check.cancel()
            self._icon = None
            runtime.show_on(None)

    def _check_host(self, icon: IconBackend, runtime: Runtime) -> None:
        absence = icon.absence()
        if absence is None or self._ended.is_set():
            return
        if self._gave_way or not has_xembed_tray(self._environ):
            self._say_no_icon(runtime, absence.reason, absence.remedy)
        elif has_gtk():
            _log.info("the panel takes icons of the older kind")
            self._gave_way = True
            icon.stop()
        else:
            self._say_no_icon(runtime, *_ONLY_XEMBED)

    def _say_no_icon(self, runtime: Runtime, reason: str, remedy: str) -> None:
        """Say once, wherever it may be seen, that there is no icon."""
        if self._said_no_icon:
            return
        self._said_no_icon = True
        _log.warning("no icon: %s", reason)
        output.show_progress(f"{reason} {remedy} Until then pkcc-tray watches and notifies.")
        runtime.say(no_icon_notice(reason, remedy))
