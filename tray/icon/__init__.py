"""The icon in the panel: one protocol (`base`), and a backend for whatever a system has."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.icon.base import IconBackend

    OnChoose = Callable[[str], None]
    OnActivate = Callable[[], None]
    MakeBackend = Callable[[OnChoose, OnActivate], IconBackend]


def choose_backends(environ: Mapping[str, str], platform: str = sys.platform) -> list[MakeBackend]:
    """What to try here, best first: each makes a backend, whose `run()` says whether it can work.

    Nothing of a backend is loaded before.
    """
    if platform in ("darwin", "win32"):
        return [partial(_pystray, platform)]
    return [partial(_status_notifier, environ), partial(_gtk, environ)]


def _status_notifier(environ: Mapping[str, str], on_choose: OnChoose, on_activate: OnActivate) -> IconBackend:
    from tray.icon.status_notifier import StatusNotifierIcon

    return StatusNotifierIcon(on_choose, on_activate, environ=environ)


def _gtk(environ: Mapping[str, str], on_choose: OnChoose, on_activate: OnActivate) -> IconBackend:
    from tray.icon.gtk import GtkIcon

    return GtkIcon(on_choose, on_activate, environ=environ)


def _pystray(system: str, on_choose: OnChoose, on_activate: OnActivate) -> IconBackend:
    from tray.icon.pystray_icon import PystrayIcon

    return PystrayIcon(on_choose, on_activate, system=system)
