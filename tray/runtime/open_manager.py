"""The manager opened at a page: by the one that runs, or by a process of its own that is started."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run_detached
from profiles.profile.under_policy import check_allowed
from tray.ipc.address import MANAGER
from tray.ipc.client import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

_log = logging.getLogger("pkcc-tray")
_LINK_S = 30.0  # one that has no link within that opens nothing: it may wait for one that is just ending
_NOT_OPENED = PkccError("The manager does not open", "Start pkcc-tray again, then try once more.")


def open_manager(
    app: App, page: str, open_link: Callable[[str], None], on_problem: Callable[[PkccError], None]
) -> None:
    """Have `open_link` called with a link to that page. Returns at once; both are called elsewhere.

    Raises ForbiddenError where the manager is switched off.
    """
    check_allowed("manager_page")
    arguments = app, page, open_link, on_problem
    threading.Thread(target=_open, args=arguments, name="opening the manager", daemon=True).start()


def _open(
    app: App, page: str, open_link: Callable[[str], None], on_problem: Callable[[PkccError], None]
) -> None:
    answer = ask(app.locations, app.environ, "open", {"page": page}, whom=MANAGER)
    if answer is not None:
        open_link(answer.text)
        return
    argv = app.own_argv("manage", "--no-browser", "--page", page)
    try:
        opened = run_detached(argv, app.environ, _LINK_S, on_line=open_link)
    except ProgramError as error:
        _log.warning("the manager is not started: it %s", error)
        opened = False
    if not opened:
        on_problem(_NOT_OPENED)
