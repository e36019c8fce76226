"""key set, print, list, rotate, remove, vault init. A key goes in by hidden prompt or standard input only."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import IDENTITY_VARIABLE, PASSPHRASE_VARIABLE
from tray.actions.keys import hand_out_key
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from profiles.base.secret import Secret
    from profiles.switching.switcher import Switcher
    from tray.app import App

_WHAT = "a profile's name, or a key's"


def arguments_key_print(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    _add_name(parser)


def key_print(app: App, name: str) -> Result:
    """The key, on standard output and nowhere else: what apiKeyHelper runs."""
    if app.wants_json:
        raise UsageError("A key is never put into JSON", "Run `pkcc-tray key print` without --json.")
    return Result("key", {}, raw=hand_out_key(app, name) + "\n")


def arguments_key_set(parser: argparse.ArgumentParser) -> None:
    """NAME [--stdin]."""
    _add_name(parser)
    _add_stdin(parser)


def key_set(app: App, name: str, *, stdin: bool) -> Result:
    """Store a key under a profile's reference or under its own name; a new value is put in force at once."""
    key_name = _key_name(app, name)
    existed = app.secrets.where(key_name) is not None
    app.secrets.put(key_name, _read_key(app, stdin=stdin, what=f"Portkey API key for {key_name!r}"))
    return _stored("key_set", app, name, key_name, existed=existed)


def arguments_key_rotate(parser: argparse.ArgumentParser) -> None:
    """NAME [--stdin]."""
    _add_name(parser)
    _add_stdin(parser)


def key_rotate(app: App, name: str, *, stdin: bool) -> Result:
    """Replace a key and put it in force. Raises NotFoundError when there is none to replace."""
    key_name = _key_name(app, name)
    if app.secrets.find(key_name) is None:
        raise NotFoundError(
            f"There is no key {key_name!r} to replace", f"`pkcc-tray key set {name}` stores one."
        )
    app.secrets.put(key_name, _read_key(app, stdin=stdin, what=f"New Portkey API key for {key_name!r}"))
    return _stored("key_rotate", app, name, key_name, existed=True)


def _stored(view: str, app: App, name: str, key_name: str, *, existed: bool) -> Result:
    from tray.actions.keys import key_users

    applied, notes = _refreshed(app, key_name)
    users, broken = key_users(app)
    using = users.get(f"keyring:{key_name}", [])
    others = [user for user in using if user != name]
    if others and name in using:
        notes.append(f"{', '.join(others)} use{'s' if len(others) == 1 else ''} the same key")
    if not existed and not broken and not using:
        notes.append(
            f"no profile uses the key {key_name!r}: `pkcc-tray set PROFILE api_key keyring:{key_name}`"
        )
    data = {
        "key": key_name,
        "stored_in": app.secrets.where(key_name),
        "replaced": existed,
        "applied": applied,
    }
    return Result(view, data, tuple(notes))


def _refreshed(app: App, key_name: str) -> tuple[bool, list[str]]:
    """Write all settings again whose active profile uses the key; whether some were, and notes."""
    outcomes = [_refreshed_by(switcher, key_name) for switcher in app.all_switchers()]
    outcomes.append(_refreshed_in_projects(app, key_name))
    return any(applied for applied, _ in outcomes), [note for _, notes in outcomes for note in notes]


def _refreshed_by(switcher: Switcher, key_name: str) -> tuple[bool, list[str]]:
    from tray.actions.put_in_force import why_left_alone

    reading = switcher.read()
    rendered = reading.state.current.rendered
    if rendered is None or f"keyring:{key_name}" not in [rendered.key_ref, *rendered.references()]:
        return False, []
    if reasons := why_left_alone(reading):
        return False, reasons
    try:
        # Running clients keep a helper's answer until the settings are written again (facts).
        switcher.refresh()
    except PkccError as error:
        return False, [f"{error.title}: the key is stored, but not in force yet"]
    return True, []


def _refreshed_in_projects(app: App, key_name: str) -> tuple[bool, list[str]]:
    """The projects that stay with a profile which uses the key."""
    from tray.actions.keys import key_users
    from tray.actions.put_in_force import settle_pinned

    using = key_users(app)[0].get(f"keyring:{key_name}", [])
    pinned = [settle_pinned(app, name, always=True) for name in using]
    return any(written for written, _ in pinned), [note for _, notes in pinned for note in notes]


def key_list(app: App) -> Result:
    """Every key's name, where it lies and which profiles use it; never a value."""
    from profiles.base.names import is_kept_name
    from tray.actions.keys import is_present, key_users

    users, broken = key_users(app)
    stored = {f"keyring:{key_name}": app.secrets.where(key_name) for key_name in app.secrets.names()}
    present = {reference: is_present(app, reference) for reference in users}
    rows: list[dict[str, Any]] = []
    elsewhere: list[dict[str, Any]] = []
    for reference in sorted({*stored, *users}):
        scheme, _, key_name = reference.partition(":")
        row = {
            "stored_in": stored.get(reference),
            "used_by": users.get(reference, []),
            "present": True if stored.get(reference) else present.get(reference, False),
        }
        if scheme != "keyring":
            shown = "cmd:[…]" if scheme == "cmd" else reference  # arguments may be anyone's business
            place = None if row["present"] is False else scheme
            elsewhere.append({"name": shown, **row, "stored_in": place})
        elif not is_kept_name(key_name):  # the user's own values of before the first switch
            rows.append({"name": key_name, **row})
    notes = [
        f"{name!r} cannot be read, so its key may look unused: `pkcc-tray edit {name}`" for name in broken
    ]
    return Result("keys", {"keys": rows + elsewhere}, tuple(notes))


def arguments_key_remove(parser: argparse.ArgumentParser) -> None:
    """NAME [--force]."""
    _add_name(parser)
    parser.add_argument("--force", action="store_true", help="even if profiles use it, and without asking")


def key_remove(app: App, name: str, *, force: bool) -> Result:
    """Forget a key. Raises ConflictError while profiles use it, unless `force`."""
    from tray.actions.keys import key_users

    key_name = _key_name(app, name)
    users = key_users(app)[0].get(f"keyring:{key_name}", [])
    if users and not force:
        raise ConflictError(
            f"The key {key_name!r} is used by {', '.join(users)}",
            "Give them another key first, or say --force.",
        )
    if app.interactive and not force and app.secrets.where(key_name) is not None:
        from tray.terminal.prompts import confirm, say

        say(f"The key {key_name!r} is gone for good then: `undo` does not bring it back.")
        if not confirm(f"Forget the key {key_name}?", default=False):
            raise ConflictError("Nothing was forgotten", "`pkcc-tray key list` shows all keys.")
    try:
        app.secrets.delete(key_name)
    except NotFoundError as error:
        raise NotFoundError(error.title, _nearest(key_name, app)) from None
    return Result("key_removed", {"key": key_name})


def _nearest(key_name: str, app: App) -> str:
    from difflib import get_close_matches

    from profiles.base.names import is_kept_name

    names = [known for known in app.secrets.names() if not is_kept_name(known)]
    near = get_close_matches(key_name, names, n=1)
    return (f"Did you mean {near[0]!r}? " if near else "") + "`pkcc-tray key list` shows all."


def arguments_key_vault_init(parser: argparse.ArgumentParser) -> None:
    """How the vault is opened."""
    parser.add_argument(
        "--unlock",
        choices=("key-file", "passphrase", "environment"),
        default="key-file",
        help="key-file: opened by a file beside it, which guards only against the vault leaking alone; "
        "passphrase: asked for, or PKCC_VAULT_PASSPHRASE; environment: PKCC_VAULT_IDENTITY",
    )


def key_vault_init(app: App, unlock: str) -> Result:
    """Make the encrypted vault, which then takes new keys when there is no usable keyring."""
    app.secrets.vault_init(unlock)  # type: ignore[arg-type]  # argparse has checked the choice
    notes = []
    if variable := _UNLOCKED_BY.get(unlock):
        notes.append(
            f"Claude Code runs the key helper where nobody can be asked: {variable} must be set where it is "
            "started, or a switched profile gets no key"
        )
    data = {"unlock": unlock, "directory": os.path.join(app.locations.data_dir, "vault")}
    return Result("vault_made", data, tuple(notes))


_UNLOCKED_BY = {"passphrase": PASSPHRASE_VARIABLE, "environment": IDENTITY_VARIABLE}


def _add_name(parser: argparse.ArgumentParser) -> None:
    from tray.commands.names import add_name

    add_name(parser, help_text=_WHAT)


def _add_stdin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdin", action="store_true", help="read the key from standard input")


def _key_name(app: App, name: str) -> str:
    """The stored key that a profile's or a key's name means."""
    from profiles.base.names import KEPT_PREFIX, is_kept_name
    from profiles.secrets.store import check_name

    if is_kept_name(name):
        raise ConflictError(
            f"Keys that begin with {KEPT_PREFIX!r} are values of yours, kept until `pkcc-tray off`",
            "Choose another name.",
        )
    try:
        reference = app.store.rendered(name).key_ref
    except (NotFoundError, UsageError):
        return check_name(name)
    if not reference.startswith("keyring:"):
        scheme = reference.partition(":")[0]
        raise ConflictError(
            f"The key of {name!r} lies elsewhere ({scheme}:…)",
            f"Change it there, or run `pkcc-tray set {name} api_key keyring:{name}` first.",
        )
    return reference.removeprefix("keyring:")


def _read_key(app: App, *, stdin: bool, what: str) -> Secret:
    from profiles.secrets.store import check_secret
    from tray.actions.store_profiles import ensure_place
    from tray.terminal.prompts import ask_secret, read_piped_secret

    if stdin or not app.interactive:
        return check_secret(read_piped_secret(), "The key on standard input")
    ensure_place(app)
    secret = ask_secret(what + " (hidden)", "The key")
    if secret is None:
        raise UsageError("No key was given", "Nothing was changed.")
    return secret
