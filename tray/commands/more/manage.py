"""manage: the manager, in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.commands.options import flag
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_manage(parser: argparse.ArgumentParser) -> None:
    """[--no-browser] [--page PATH]."""
    flag(parser, "--no-browser", "open nothing: print the link, which is good once within a minute")
    parser.add_argument("--page", metavar="PATH", default="/", help="the page to open, such as /keys or /add")


def manage(app: App, *, no_browser: bool, page: str) -> Report:
    """Open the manager's page, and serve it until it is closed. A second start opens a page of the first."""
    from tray.desktop.open_target import open_target
    from tray.manager.access.links import is_local_page
    from tray.manager.run import run_manager
    from tray.terminal import output

    if not is_local_page(page):
        raise UsageError("That is no page of the manager", "Give its address there, such as /keys or /add.")

    def show(link: str) -> None:
        if no_browser:
            output.show_at_once(link)
        else:
            open_target(link, lambda error: output.show_progress(f"{error.title}. {error.hint}"))

    run_manager(app, show, page)
    return Report({}, raw="")
