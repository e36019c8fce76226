"""export: profiles as a bundle, which never holds a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tray.actions.profiles.export import bundle_of, write_bundle
from tray.commands.names import complete_profiles, completed
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import exported_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_export(parser: argparse.ArgumentParser) -> None:
    """[NAME …] [--output FILE]."""
    action = parser.add_argument("names", metavar="NAME", nargs="*", help="profiles (default: all)")
    completed(action, complete_profiles)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the bundle there (default: standard output)"
    )
    flag(parser, "--force", "even over a file that is there")


def export(app: App, names: list[str], output: str | None, *, force: bool = False) -> Report:
    """A bundle of profiles for another machine. It names keys and never holds one.

    Raises ConflictError for a file that is there already and is no bundle, unless `force`.
    """
    bundle = bundle_of(app, names)
    if output is None:
        return Report(json.loads(bundle.text), notes=bundle.notes, raw=bundle.text)
    return report(write_bundle(bundle, output, force=force), exported_lines, notes=bundle.notes)
