"""link: what a click on a `pkcc-tray://join` link runs."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.catalogs.join_link import parse_join_link
from profiles.profile.under_policy import check_allowed
from tray.commands.catalogs.joining import catalog_add
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.catalogs.links import link_lines

if TYPE_CHECKING:
    import argparse

    from profiles.catalogs.join_link import JoinLink
    from tray.app import App


def arguments_link(parser: argparse.ArgumentParser) -> None:
    """[--page] -- URL."""
    flag(parser, "--page", "ask on the manager's page: what a desktop runs, which may have any terminal")
    parser.add_argument("url", metavar="URL", help="pkcc-tray://join?source=…, behind -- as it came")


def link(app: App, url: str, *, page: bool) -> Report:
    """Ask at the terminal, or else on the manager's page, whether to add the catalog; not before a yes.

    With --json it says what the link asks for, and asks nobody.
    """
    try:
        return _followed(app, url, page=page)
    except PkccError as error:
        if page and sys.platform == "linux":
            _notify(app, error)
        raise


def _followed(app: App, url: str, *, page: bool) -> Report:
    from tray.actions.more.one_link import one_link

    check_allowed("links")
    wanted = parse_join_link(url)
    if app.wants_json:
        return report(wanted, link_lines)
    if app.interactive and not page:
        with one_link(app.locations):
            return _asked(app, wanted)
    return _on_a_page(app, wanted)


def _asked(app: App, wanted: JoinLink) -> Report:
    from tray.terminal.prompts import confirm, say

    for line in link_lines(wanted):
        say(line)
    if not confirm("Get it, and look at what is in it?", default=False):
        return Report({}, raw="Nothing was done.\n", only_looked=True)
    return catalog_add(app, wanted.source, yes=False, input=[], key=wanted.key, name=wanted.name)


def _on_a_page(app: App, wanted: JoinLink) -> Report:
    from tray.actions.more.one_link import one_link
    from tray.commands.more.manage import manage
    from tray.desktop.display import has_display

    if not has_display(app.environ):
        raise UsageError(
            "Nobody can be asked here about this link", "Run this at a terminal: pkcc-tray catalog add SOURCE"
        )
    check_allowed("manager_page")
    with one_link(app.locations):
        page = f"/catalogs/add?{wanted.query}"
    return manage(app, no_browser=False, page=page)


def _notify(app: App, error: PkccError) -> None:
    """Show it by the desktop: anyone who clicked looks at no terminal."""
    from tray.notices.bus_channel import BusChannel
    from tray.notices.notice import Notice

    channel = BusChannel(app.environ)
    with suppress(OSError):  # without a desktop nobody clicked
        channel.deliver(Notice("link", error.title, error.hint))
    channel.close()
