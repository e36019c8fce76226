"""key set, key rotate: a key goes in by a hidden prompt or standard input, and no other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.actions.keys.stored import check_replaceable, store_key, stored_name
from tray.commands.asking.key_place import ensure_place
from tray.commands.names import add_key_name
from tray.terminal.results import Report, report
from tray.terminal.words.keys import stored_lines

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from tray.app import App


def arguments_key_set(parser: argparse.ArgumentParser) -> None:
    """NAME [--stdin]."""
    add_key_name(parser)
    # As `add` calls it, too.
    parser.add_argument(
        "--stdin", "--key-stdin", action="store_true", help="read the key from standard input"
    )


def key_set(app: App, name: str, *, stdin: bool) -> Report:
    """Store a key under a profile's reference or under its own name; a new value is put in force at once."""
    key_name = stored_name(app, name)
    secret = _read_key(app, stdin=stdin, what=f"Portkey API key for {key_name!r}")
    stored, notes = store_key(app, name, key_name, secret)
    return report(stored, stored_lines, notes=notes)


arguments_key_rotate = arguments_key_set


def key_rotate(app: App, name: str, *, stdin: bool) -> Report:
    """Replace a key and put it in force. Raises NotFoundError when there is none to replace."""
    key_name = stored_name(app, name)
    check_replaceable(app, name, key_name)
    secret = _read_key(app, stdin=stdin, what=f"New Portkey API key for {key_name!r}")
    stored, notes = store_key(app, name, key_name, secret)
    return report(stored, stored_lines, notes=notes)


def _read_key(app: App, *, stdin: bool, what: str) -> Secret:
    from profiles.base.secret_checks import check_secret
    from tray.terminal.prompts import ask_secret, read_piped_secret

    if stdin or not app.interactive:
        return check_secret(read_piped_secret(), "The key on standard input")
    ensure_place(app)
    secret = ask_secret(what + " (hidden)", "The key")
    if secret is None:
        raise UsageError("No key was given", "Nothing was changed.")
    return secret
