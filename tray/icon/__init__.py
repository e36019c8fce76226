"""The icon in the panel: one protocol (`base`), and a backend for whatever a system has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.icon.base import IconBackend

    # Given on_choose and on_activate.
    MakeBackend = Callable[[Callable[[str], None], Callable[[], None]], IconBackend]


def choose_backends(environ: Mapping[str, str], platform: str = sys.platform) -> list[MakeBackend]:
    """What to try here, best first: each makes a backend, whose `run()` says whether it can work.

    Nothing of a backend is loaded before.
    """
    if platform in ("darwin", "win32"):
        return [_pystray(platform)]
    return [_status_notifier(environ), _gtk(environ)]


def _status_notifier(environ: Mapping[str, str]) -> MakeBackend:
    def make(on_choose: Callable[[str], None], on_activate: Callable[[], None]) -> IconBackend:
        from tray.icon.status_notifier import StatusNotifierIcon

        return StatusNotifierIcon(on_choose, on_activate, environ=environ)

    return make


def _gtk(environ: Mapping[str, str]) -> MakeBackend:
    def make(on_choose: Callable[[str], None], on_activate: Callable[[], None]) -> IconBackend:
        from tray.icon.gtk import GtkIcon

        return GtkIcon(on_choose, on_activate, environ=environ)

    return make


def _pystray(system: str) -> MakeBackend:
    def make(on_choose: Callable[[str], None], on_activate: Callable[[], None]) -> IconBackend:
        from tray.icon.pystray_icon import PystrayIcon

        return PystrayIcon(on_choose, on_activate, system=system)

    return make
