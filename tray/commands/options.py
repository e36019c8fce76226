"""Options that several commands have."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.commands.names import complete_profiles, completed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ActionsContainer
    from typing import Any


def flag(parser: _ActionsContainer, option: str, meaning: str) -> None:
    """Declare an option without a value, such as `--force`."""
    parser.add_argument(option, action="store_true", help=meaning)


def flag_or_no(parser: _ActionsContainer, option: str, meaning: str) -> None:
    """Declare an option that `--no-…` says the contrary of; None where neither is given."""
    from argparse import BooleanOptionalAction

    parser.add_argument(option, action=BooleanOptionalAction, help=meaning)


def repeatable(parser: _ActionsContainer, option: str, form: str, meaning: str) -> None:
    """Declare an option that can be given any number of times, such as `--metadata K=V`."""
    parser.add_argument(option, metavar=form, action="append", default=[], help=f"{meaning} (repeatable)")


def never_empty(parser: _ActionsContainer, option: str, form: str, meaning: str) -> None:
    """Declare an option that takes no empty value: an unset variable of a script would drop a check."""
    from argparse import Action

    class Said(Action):
        def __call__(self, _parser: object, found: Namespace, value: Any, _option: object = None) -> None:
            if not value:
                raise UsageError(f"{option} was given nothing", "Leave it out, or say what it is to be.")
            setattr(found, self.dest, value)

    parser.add_argument(option, metavar=form, default="", action=Said, help=meaning)


def add_profile(parser: _ActionsContainer, meaning: str, form: str = "P") -> None:
    """Declare `--profile`, with completion."""
    completed(parser.add_argument("--profile", metavar=form, help=meaning), complete_profiles)


def add_dry_run(parser: ArgumentParser) -> None:
    """Declare `--dry-run` of what changes settings."""
    flag(parser, "--dry-run", "show what would change, and change nothing")


def add_target(parser: ArgumentParser) -> None:
    """Declare `--target NAME`."""
    parser.add_argument("--target", metavar="NAME", help="only that target, and nothing else")


def pairs(option: str, items: list[str], example: str) -> dict[str, str]:
    """What a repeatable NAME=VALUE option says. Raises UsageError for another form."""
    found = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} takes NAME=VALUE", f"For example: {option} {example}")
        found[key] = value
    return found


def read_given_file(file: str) -> bytes:
    """What the file that a person names holds; `-` is standard input. Raises PkccError."""
    from profiles.files.read import MAX_BYTES, read_bytes

    if file == "-":
        from tray.terminal.prompts import read_piped

        return read_piped(MAX_BYTES)
    path = os.path.abspath(os.path.expanduser(file))
    data = read_bytes(path)
    if data is None:
        raise PkccError(f"There is no file {path}", "Check its path; - reads standard input.")
    return data
