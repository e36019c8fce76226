"""export: profiles as a bundle, which never holds a secret."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tray.commands._shared import complete_profiles
from tray.results import Result

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


def export(app: App, names: list[str], output: str | None) -> Result:
    """A bundle of profiles for another machine. It names keys and never holds one."""
    from profiles.bundles import make_bundle
    from profiles.files import write_private

    chosen = list(dict.fromkeys(names)) or app.store.names()
    bundle, notes = make_bundle([app.store.load(name) for name in chosen])
    if output is None:
        return Result("exported", json.loads(bundle), tuple(notes), raw=bundle)
    path = os.path.abspath(os.path.expanduser(output))
    write_private(path, bundle.encode())
    return Result("exported", {"file": path, "profiles": chosen}, tuple(notes))
