"""export: profiles as a bundle, which never holds a secret."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, NotFoundError
from tray.commands.names import complete_profiles
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_export(parser: argparse.ArgumentParser) -> None:
    """[NAME …] [--output FILE]."""
    action = parser.add_argument("names", metavar="NAME", nargs="*", help="profiles (default: all)")
    action.completer = complete_profiles  # type: ignore[attr-defined]
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the bundle there (default: standard output)"
    )
    parser.add_argument("--force", action="store_true", help="even over a file that is there")


def export(app: App, names: list[str], output: str | None, *, force: bool = False) -> Result:
    """A bundle of profiles for another machine. It names keys and never holds one.

    Raises ConflictError for a file that is there already and is no bundle, unless `force`.
    """
    from profiles.files.hand_edited import write_hand_edited
    from profiles.importing.bundles import make_bundle

    chosen = list(dict.fromkeys(names)) or app.store.names()
    bundle, notes = make_bundle([app.store.load(name) for name in chosen])
    if output is None:
        return Result("exported", json.loads(bundle), tuple(notes), raw=bundle)
    path = os.path.abspath(os.path.expanduser(output))
    if not os.path.isdir(os.path.dirname(path)):
        raise NotFoundError(
            f"There is no directory {os.path.dirname(path)}", "Make it, or name another file."
        )
    if os.path.lexists(path) and not force and not _is_bundle(path):
        raise ConflictError(
            f"{path} is there already, and is no bundle of pkcc-tray's", "Name another file, or say --force."
        )
    write_hand_edited(path, bundle.encode())
    return Result("exported", {"file": path, "profiles": chosen}, tuple(notes))


def _is_bundle(path: str) -> bool:
    from profiles.files.replace import read_start

    return b'"pkcc_tray_bundle"' in read_start(path, 200)
