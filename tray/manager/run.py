"""The manager as it runs: made, joined, started, and ended again in order."""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError
from profiles.profile.under_policy import check_allowed
from tray import app as apps
from tray.ipc.address import MANAGER, address, greeting
from tray.ipc.client import ask
from tray.ipc.server import DeclinedError, Server
from tray.ipc.single_instance import STARTING_LIMIT_S, acquire
from tray.manager.access.links import FRONT

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tray.app import App

_PAUSE_S = 0.05
_LAST_JOBS_S = 5.0  # for what is at work when it ends; a keyring that asks is not waited for


def run_manager(app: App, on_link: Callable[[str], None], page: str = FRONT) -> None:
    """Open the manager at that page, and serve it until it is closed: `on_link` is given the one-time link.

    Where one runs, that one makes the link, and this returns at once. Raises PkccError where it cannot run.
    """
    check_allowed("manager_page")
    deadline = time.monotonic() + STARTING_LIMIT_S + _LAST_JOBS_S
    while (lock := acquire(app.locations, app.environ, MANAGER)) is None:
        answer = ask(app.locations, app.environ, "open", {"page": page}, whom=MANAGER)
        if answer is not None:
            on_link(answer.text)
            return
        if time.monotonic() > deadline:
            raise ConflictError(
                "The manager runs already, but does not answer",
                "It is another version, or was started for other settings: close its page, then try again.",
            )
        time.sleep(_PAUSE_S)  # it may be starting, or ending, this very moment
    from tray.desktop.signals import forbid_core_dumps

    gc.enable()  # a command does without
    forbid_core_dumps()
    with ExitStack() as stack:
        stack.callback(lock.release)
        _serve(app, on_link, page, stack)


def _serve(app: App, on_link: Callable[[str], None], page: str, stack: ExitStack) -> None:
    from profiles.files.preferences import preferences_path
    from tray.actions.more.glance.projects import files_of_projects
    from tray.desktop.file_watcher import Watcher
    from tray.desktop.signals import ended_by_signals
    from tray.desktop.watched_files import watched_files
    from tray.manager.pages.routes import application
    from tray.manager.serving.server import WebServer, listening
    from tray.manager.site import Site

    app.who = apps.MANAGER
    sock = listening()
    stack.callback(sock.close)
    site = Site(app, sock.getsockname()[1])
    stack.callback(site.jobs.wait, _LAST_JOBS_S)
    web = WebServer(application(site), sock, site.is_over)
    site.on_close = web.end

    def answer(request: dict[str, str]) -> dict[str, Any]:
        if request["do"] == "open" and not web.is_ending:  # a link would lead nowhere
            return {"text": site.new_link(request.get("page", FRONT))}
        if request["do"] != "quit":
            raise DeclinedError("unknown")
        web.end()
        return {}

    commands = Server(
        address(app.locations, app.environ, MANAGER), greeting(app.locations, app.environ), answer
    )
    commands.start()
    stack.callback(commands.stop)

    def further() -> list[str]:
        return [preferences_path(app.locations), *files_of_projects(app)]

    watcher = Watcher(lambda: watched_files(app.locations, further()), site.tell_changed)
    watcher.start()
    stack.callback(watcher.stop)
    stack.enter_context(ended_by_signals(web.end, web.end))
    on_link(site.new_link(page))
    web.run(site.tell_ended)
