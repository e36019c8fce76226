"""link: what a click on a `pkcc-tray://join` link runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.catalogs.join_link import parse_join_link
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_allowed
from tray.commands.catalogs.joining import catalog_add
from tray.terminal.results import Report, report
from tray.terminal.words.catalogs.links import link_lines

if TYPE_CHECKING:
    import argparse

    from profiles.catalogs.join_link import JoinLink
    from tray.app import App


def arguments_link(parser: argparse.ArgumentParser) -> None:
    """-- URL."""
    parser.add_argument("url", metavar="URL", help="pkcc-tray://join?source=…, behind -- as it came")


def link(app: App, url: str) -> Report:
    """Ask at the terminal, or else on the manager's page, whether to add the catalog; not before a yes.

    With --json it says what the link asks for, and asks nobody.
    """
    from tray.actions.more.one_link import one_link

    check_allowed(policy_in_force(), "links")
    wanted = parse_join_link(url)
    if app.wants_json:
        return report(wanted, link_lines)
    if app.interactive:
        with one_link(app.locations):
            return _asked(app, wanted)
    return _on_a_page(app, wanted)


def _asked(app: App, wanted: JoinLink) -> Report:
    from tray.terminal.prompts import confirm, say

    for line in link_lines(wanted):
        say(line)
    if not confirm("Get it, and look at what is in it?", default=False):
        return Report({}, raw="Nothing was done.\n")
    return catalog_add(app, wanted.source, yes=False, input=[], key=wanted.key, name=wanted.name)


def _on_a_page(app: App, wanted: JoinLink) -> Report:
    from tray.actions.more.one_link import one_link
    from tray.commands.more.manage import manage
    from tray.desktop.display import has_display

    if not has_display(app.environ):
        raise UsageError(
            "Nobody can be asked here about this link", "Run this at a terminal: pkcc-tray catalog add SOURCE"
        )
    check_allowed(policy_in_force(), "manager_page")
    with one_link(app.locations):
        page = f"/catalogs/add?{wanted.query}"
    return manage(app, no_browser=False, page=page)
