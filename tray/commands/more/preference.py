"""preference: pkcc-tray's own options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import NotFoundError
from profiles.base.text import named
from profiles.files import preferences as options
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_preference(parser: argparse.ArgumentParser) -> None:
    """[NAME [VALUE]]."""
    action = parser.add_argument("name", metavar="NAME", nargs="?", help=", ".join(options.NAMES))
    action.completer = lambda **_: options.NAMES  # type: ignore[attr-defined]
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in options.MEANINGS.items())
    parser.add_argument("value", metavar="VALUE", nargs="?", help=meanings)


def preference(app: App, name: str | None, value: str | None) -> Result:
    """All of them, one, or one after it was set. A running tray follows at once."""
    path = options.preferences_path(app.locations)
    if name is not None and value is not None:
        values = options.save_preference(path, name, value)._asdict()
    else:
        values = options.load_preferences(path)._asdict()
    if name is not None:
        if name not in values:
            raise NotFoundError(f"There is no {named('preference', name)}", f"One of: {', '.join(values)}.")
        values = {name: values[name]}
    return Result("preferences", {"preferences": values, "file": path})
