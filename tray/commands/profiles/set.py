"""set: change one field of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import UsageError
from profiles.base.secret_names import REFERENCE_PREFIXES
from profiles.claude_code.dialects import DELIVERIES, DIALECTS, KEY_PLACES
from profiles.portkey.editions import NAMED_GATEWAYS
from tray.actions.profiles.set_field import FIELDS, OBJECTS, OPEN, SHORT, SWITCHES, set_field
from tray.commands import offers
from tray.commands.names import add_name, complete_others, completed
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import field_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from tray.app import App

_CHOICES: dict[str, Iterable[str]] = {
    "dialect": tuple(DIALECTS),
    "key_delivery": DELIVERIES,
    "key_in": KEY_PLACES,
    "gateway": NAMED_GATEWAYS,
    "api_key": REFERENCE_PREFIXES,
    **dict.fromkeys(SWITCHES, ("true", "false")),
}
_OFFERS = {
    "when_unreachable": complete_others,
    "route.provider": offers.providers,
    "route.virtual_key": offers.virtual_keys,
    "route.id": offers.configs,
}


def arguments_set(parser: argparse.ArgumentParser) -> None:
    """NAME FIELD [VALUE]."""
    add_name(parser)
    names = [*(f for f in FIELDS if f not in OPEN), *(f"{group}[.{name}]" for group, name in OPEN.items())]
    field = parser.add_argument(
        "field",
        metavar="FIELD",
        help="one of " + ", ".join(names) + f"; {', '.join(SHORT)} for those of route",
    )
    completed(field, lambda **_: (*FIELDS, *SHORT))
    value = parser.add_argument(
        "value", metavar="VALUE", nargs="?", help=f"the new value; for {', '.join(OBJECTS)} JSON"
    )
    completed(value, _values)
    flag(parser, "--unset", "take the field out again")


def _values(parsed_args: argparse.Namespace, **line: Any) -> Iterable[str]:
    """What the field can be, for the shell's completion."""
    field = SHORT.get(parsed_args.field, parsed_args.field or "")
    offer = _OFFERS.get(field) or (offers.models if field.startswith("models.") else None)
    return offer(parsed_args=parsed_args, **line) if offer is not None else _CHOICES.get(field, ())


def set_(app: App, name: str, field: str, value: str | None, *, unset: bool) -> Report:
    """Change one field, `a.b` for one inside another, and put it in force when the profile is in use."""
    if (value is None) != unset:
        raise UsageError("Give a VALUE, or --unset", "For example: `pkcc-tray set work label Work`.")
    done, notes = set_field(app, name, field, value)
    return report(done, field_lines, notes=notes)
