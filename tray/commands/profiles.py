"""list, show, edit, set, rename, copy, remove."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError, UsageError
from profiles.names import check_name, named, printable
from tray.commands._shared import (
    add_name,
    describe_rendered,
    key_state,
    key_users,
    put_in_force,
    written_by,
)
from tray.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def list_(app: App) -> Result:
    """All profiles, with what keeps a broken one from working."""
    active = app.switcher.read().state.current.active
    rows: list[dict[str, Any]] = []
    for name in app.store.names():
        row: dict[str, Any] = {"name": name, "active": name == active}
        try:
            row |= describe_rendered(app.store.rendered(name))
        except PkccError as error:
            row |= {"problem": error.title, "remedy": error.hint}
        rows.append(row)
    return Result("list", {"profiles": rows, "active": active})


def arguments_show(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def show(app: App, name: str) -> Result:
    """One profile as it is stored, what it writes, where its key lies."""
    from profiles.advice import advise

    profile = app.store.load(name)
    rendered = app.store.rendered(name)
    data = {
        **describe_rendered(rendered),
        "file": app.store.path_of(name),
        "profile": profile.model_dump(mode="json", exclude_none=True),
        "writes": written_by(rendered, app.switcher.helper_command(rendered)),
        "key": key_state(app, profile),
    }
    return Result("show", data, tuple(advise(profile, rendered)))


def arguments_edit(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def edit(app: App, name: str) -> Result:
    """Open the profile's file in $VISUAL or $EDITOR; a wrong edit is offered again, and never stored."""
    import tempfile

    from tray.prompts import confirm, say

    text = app.store.text_of(name)
    handle, path = tempfile.mkstemp(prefix=f"{name}.", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        while True:
            _run_editor(app, path)
            edited = _text_of(path)
            if edited == text and _is_valid(app, name):
                return Result("edit", {"name": name, "changed": False, "applied": False})
            try:
                app.store.save_text(name, edited)
                break
            except PkccError as error:
                if not app.interactive:
                    raise
                say(f"  {error.title}")
                if not confirm("Edit again?", default=True):
                    raise ConflictError("The edit was dropped", "The profile is as it was.") from None
    finally:
        with suppress(FileNotFoundError):  # an editor may have taken it away
            os.unlink(path)
    applied, notes = put_in_force(app, name)
    return Result("edit", {"name": name, "changed": True, **applied}, notes)


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read()
    except OSError:
        raise PkccError("The editor left no file behind", "The profile is as it was.") from None


def _is_valid(app: App, name: str) -> bool:
    try:
        app.store.load(name)
    except PkccError:
        return False
    return True


def _run_editor(app: App, path: str) -> None:
    import shlex
    import subprocess

    fallback = "notepad" if os.name == "nt" else "vi"
    command = app.environ.get("VISUAL") or app.environ.get("EDITOR") or fallback
    try:
        # The user's own choice of editor, from their own environment, as every tool of this kind runs it.
        done = subprocess.run([*shlex.split(command), path], check=False)  # noqa: S603
    except (OSError, ValueError):
        raise PkccError(
            f"The editor {printable(command)!r} cannot be started", "Set VISUAL or EDITOR to one that can."
        ) from None
    if done.returncode != 0:
        raise PkccError("The editor reported a failure", "The profile is as it was.")


def arguments_set(parser: argparse.ArgumentParser) -> None:
    """NAME FIELD [VALUE]."""
    add_name(parser)
    parser.add_argument(
        "field", metavar="FIELD", help="label, gateway, models.sonnet, metadata.team, route.virtual_key, …"
    )
    parser.add_argument("value", metavar="VALUE", nargs="?", help="the new value; an object as JSON")
    parser.add_argument("--unset", action="store_true", help="take the field out again")


def set_(app: App, name: str, field: str, value: str | None, *, unset: bool) -> Result:
    """Change one field, `a.b` for one inside another, and put it in force when the profile is active."""
    from profiles.model import FieldError, Profile, parse_profile

    if (value is None) != unset:
        raise UsageError("Give a VALUE, or --unset", "For example: `pkcc-tray set work label Work`.")
    profile = app.store.load(name)
    data = profile.model_dump(mode="json", exclude_unset=True)
    first = field.partition(".")[0]
    if first in ("name", "schema_version"):
        raise UsageError(f"{field} cannot be set", "`pkcc-tray rename` gives a profile another name.")
    if first not in Profile.model_fields:
        near = get_close_matches(first, Profile.model_fields, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"A profile has no {named('field', first)}", hint + "`pkcc-tray schema` lists the fields."
        )
    _put(data, field, None if value is None else _typed(field, value))
    try:
        changed = parse_profile(data)
    except FieldError as error:
        raise UsageError(error.text(), "Nothing was changed. `pkcc-tray schema` lists the fields.") from None
    app.store.save(changed, replace=True)
    applied, notes = put_in_force(app, name)
    return Result("set", {"name": name, "field": field, **applied}, notes)


_JSON_FIELDS = {
    "route",
    "models",
    "metadata",
    "extra_headers",
    "extra_env",
    "vertex",
    "route.inline",
    "allow_plain_http",
}


def _typed(field: str, value: str) -> object:
    if field not in _JSON_FIELDS:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        kind = "true or false" if field == "allow_plain_http" else "a JSON object"
        raise UsageError(f"{field} must be {kind}", "Put it in single quotes for the shell.") from None


def _put(data: dict[str, Any], field: str, value: object) -> None:
    first, dot, rest = field.partition(".")
    # Only the first dot divides: metadata keys and header names may hold dots themselves.
    owner, key = (data.setdefault(first, {}), rest) if dot else (data, first)
    if not isinstance(owner, dict):
        raise UsageError(f"{first} has no fields of its own", "Give it a value of its own.")
    if value is None:
        owner.pop(key, None)
    else:
        owner[key] = value


def arguments_rename(parser: argparse.ArgumentParser) -> None:
    """OLD NEW."""
    add_name(parser, "old", "the profile's name")
    parser.add_argument("new", metavar="NEW", help="its new name")


def rename(app: App, old: str, new: str) -> Result:
    """Give a profile another name; settings that call it by the old one are written again.

    Raises ConflictError for the active profile while its settings are changed outside.
    """
    reading = app.switcher.read()
    active = reading.state.current.active == old
    # Else the settings and what is remembered of them would go on calling it by a name that is gone.
    if active and (reading.changes or reading.problem):
        raise ConflictError(
            f"{old!r} is active, and the settings were changed outside",
            "Run `pkcc-tray restore` or `pkcc-tray adopt` first.",
        )
    app.store.rename(old, new)
    applied: dict[str, Any] = {"applied": active}
    if active:
        try:
            applied["written"] = app.switcher.switch(new).written
        except PkccError:
            app.store.rename(new, old)
            raise
    return Result("rename", {"old": old, "new": new, **applied})


def arguments_copy(parser: argparse.ArgumentParser) -> None:
    """SOURCE NAME."""
    add_name(parser, "source", "the profile to copy")
    parser.add_argument("new", metavar="NEW", help="the copy's name")


def copy(app: App, source: str, new: str) -> Result:
    """A new profile like another one; both use the same key until one is given its own."""
    profile = app.store.copy(source, new)
    return Result("copy", {"source": source, "name": new, "key": profile.api_key})


def arguments_remove(parser: argparse.ArgumentParser) -> None:
    """NAME [--with-key]."""
    add_name(parser)
    parser.add_argument(
        "--with-key", action="store_true", help="forget its key too, if no other profile uses it"
    )


def remove(app: App, name: str, *, with_key: bool) -> Result:
    """Remove a profile. Raises ConflictError for the active one: settings would point at nothing."""
    check_name(name)
    active = app.switcher.read().state.current.active
    if active is not None and active.lower() == name.lower():  # on some systems one file
        raise ConflictError(
            f"{name!r} is the active profile", "Run `pkcc-tray off`, or switch to another one, first."
        )
    users, broken = key_users(app)
    app.store.remove(name)
    notes: list[str] = []
    removed: list[str] = []
    for reference, of in users.items():
        key_name = reference.removeprefix("keyring:")
        if of != [name] or key_name == reference or app.secrets.where(key_name) is None:
            continue
        if with_key and not broken:
            app.secrets.delete(key_name)
            removed.append(key_name)
        else:
            notes.append(f"its key {key_name!r} is kept: `pkcc-tray key remove {key_name}` forgets it")
    return Result("remove", {"name": name, "keys_removed": removed}, tuple(notes))
