"""list: all profiles, the one in use marked; their order, and the favourites among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.actions.catalogs.due import due_notes
from tray.actions.profiles.order import WAYS, move_profile, order_notes, set_favourite
from tray.actions.profiles.overview import SORTS, list_profiles
from tray.commands.names import complete_profiles, completed
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import list_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_list(parser: argparse.ArgumentParser) -> None:
    """[--sort order|name|used] [--move NAME up|down|first|last | --favourite NAME | --no-favourite NAME]."""
    parser.add_argument(
        "--sort", choices=SORTS, default="order",
        help="your own order (default), by name, or what was used last first",
    )  # fmt: skip
    change = parser.add_mutually_exclusive_group()
    ways = "|".join(WAYS)
    move = change.add_argument(
        "--move",
        nargs=2,
        metavar=("NAME", ways),
        help="list a profile elsewhere: here, in the menu, in the manager",
    )
    completed(move, lambda **given: [*complete_profiles(**given), *WAYS])
    for option, help_text in (
        ("--favourite", "make a profile one of your favourites"),
        ("--no-favourite", "make it one of the others again"),
    ):
        completed(change.add_argument(option, metavar="NAME", help=help_text), complete_profiles)


def list_(
    app: App,
    *,
    sort: str = "order",
    move: list[str] | None = None,
    favourite: str | None = None,
    no_favourite: str | None = None,
) -> Report:
    """All profiles, with what keeps a broken one from working; first what was asked for is changed.

    Raises NotFoundError for an unknown profile, PkccError where the order cannot be written.
    """
    if move is not None:
        name, way = move
        if way not in WAYS:
            raise UsageError(
                "--move takes a profile's name and up, down, first or last",
                "Such as: `pkcc-tray list --move NAME up`.",
            )
        move_profile(app, name, way)
    if favourite is not None:
        set_favourite(app, favourite, on=True)
    if no_favourite is not None:
        set_favourite(app, no_favourite, on=False)
    notes = (*order_notes(app), *due_notes(app))
    return report(list_profiles(app, sort), list_lines, notes=notes, draw="list")
