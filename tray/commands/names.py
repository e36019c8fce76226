"""A NAME argument that is a profile's, with completion in the shell."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from typing import Any

    from profiles.profile.store import ProfileStore

_DESCRIBED = 100  # profiles, of which each is described: more would take too long for a press of Tab


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


def complete_profiles(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Profile names, for the shell's completion, such as `{"work": "At work · @anthropic-prod"}`.

    Those of `--config-dir` where it was given; of many, the names alone.
    """
    import os

    from profiles.base.locations import find_locations
    from profiles.profile.store import ProfileStore

    store = ProfileStore(find_locations(os.environ, getattr(parsed_args, "config_dir", None)))
    names = store.names()
    return {name: _words_of(store, name) if len(names) <= _DESCRIBED else "" for name in names}


def complete_others(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """The same without the profile that the line is about."""
    own = getattr(parsed_args, "name", None)
    return {name: words for name, words in complete_profiles(parsed_args).items() if name != own}


def _words_of(store: ProfileStore, name: str) -> str:
    try:
        rendered = store.rendered(name)
    except PkccError:
        return "broken"
    return printable(" · ".join(filter(None, (rendered.label, rendered.hint))))
