"""set: change one field of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.actions.profiles.set_field import FIELDS, OBJECTS, OPEN, set_field
from tray.commands.names import add_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import field_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_set(parser: argparse.ArgumentParser) -> None:
    """NAME FIELD [VALUE]."""
    add_name(parser)
    names = [*(f for f in FIELDS if f not in OPEN), *(f"{group}[.{name}]" for group, name in OPEN.items())]
    field = parser.add_argument("field", metavar="FIELD", help="one of " + ", ".join(names))
    field.completer = lambda **_: FIELDS  # type: ignore[attr-defined]
    parser.add_argument(
        "value", metavar="VALUE", nargs="?", help=f"the new value; for {', '.join(OBJECTS)} JSON"
    )
    flag(parser, "--unset", "take the field out again")


def set_(app: App, name: str, field: str, value: str | None, *, unset: bool) -> Report:
    """Change one field, `a.b` for one inside another, and put it in force when the profile is active."""
    if (value is None) != unset:
        raise UsageError("Give a VALUE, or --unset", "For example: `pkcc-tray set work label Work`.")
    done, notes = set_field(app, name, field, value)
    return report(done, field_lines, notes=notes)
