"""A NAME argument that is a profile's, with completion in the shell."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from typing import Any


def add_name(
    parser: argparse.ArgumentParser,
    name: str = "name",
    help_text: str = "a profile's name",
    nargs: str | None = None,
) -> None:
    """Declare a positional argument that is a profile's name, with completion."""
    metavar = "NAME" if name == "name" else name.upper()
    completed(parser.add_argument(name, metavar=metavar, help=help_text, nargs=nargs), complete_profiles)


def add_new_name(parser: argparse.ArgumentParser, help_text: str) -> None:
    """Declare the name of what is to be made; the shell completes it by nothing."""
    completed(parser.add_argument("new", metavar="NEW", help=help_text, nargs="?"), lambda **_: [])


def add_key_name(parser: argparse.ArgumentParser) -> None:
    """Declare a positional argument that is a profile's name or a key's."""
    add_name(parser, help_text="a profile's name, or a key's")


def completed(action: argparse.Action, by: Callable[..., Iterable[str]]) -> None:
    """Have the shell complete an argument by what `by` returns: words, or words with what they mean."""
    action.completer = by  # type: ignore[attr-defined]


def complete_profiles(parsed_args: argparse.Namespace | None = None, **_: Any) -> list[str]:
    """Profile names, for the shell's completion; those of `--config-dir` where it was given."""
    import os

    from profiles.base.locations import find_locations
    from profiles.profile.store import ProfileStore

    return ProfileStore(find_locations(os.environ, getattr(parsed_args, "config_dir", None))).names()


def complete_others(parsed_args: argparse.Namespace | None = None, **_: Any) -> list[str]:
    """The same without the profile that the line is about."""
    own = getattr(parsed_args, "name", None)
    return [name for name in complete_profiles(parsed_args) if name != own]
