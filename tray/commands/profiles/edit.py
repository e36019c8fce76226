"""edit, set: a stored profile changes, and the settings with it when it is the active one."""

from __future__ import annotations

import json
import os
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.text import named, printable
from profiles.profile.store import encode_profile
from tray.actions.keys import references_of
from tray.actions.put_in_force import put_in_force
from tray.commands.names import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.profile.model import Profile
    from tray.app import App

# All that `set` takes; the groups take further names. A test holds them to the model.
FIELDS = (
    "label",
    "dialect",
    "gateway",
    "allow_plain_http",
    "trace_id",
    "api_key",
    "key_delivery",
    "key_in",
    "route",
    *(f"route.{part}" for part in ("provider", "virtual_key", "id", "path", "inline")),
    "models",
    *(f"models.{part}" for part in ("default", "sonnet", "opus", "haiku", "fable", "small_fast", "subagent")),
    "vertex",
    *(f"vertex.{part}" for part in ("project_id", "region")),
    "metadata",
    "extra_headers",
    "extra_env",
)
_OPEN = {"metadata": "KEY", "extra_headers": "NAME", "extra_env": "NAME"}  # whose own fields are the user's
_OBJECTS = ("route", "route.inline", "models", "vertex", *_OPEN)
_KEPT = "The profile is as it was; your text is kept in {path}."


# edit ----------------------------------------------------------------------------------------------------


def arguments_edit(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def edit(app: App, name: str) -> Result:
    """Open the profile's file in $VISUAL or $EDITOR; a wrong edit is never stored, and never lost unasked.

    Raises UsageError where no editor can be shown, PkccError for a wrong edit, ConflictError when the
    profile was changed by something else meanwhile.
    """
    import shutil
    import tempfile

    from profiles.files.replace import make_private_directory

    text = app.store.text_of(name)
    command = app.environ.get("VISUAL") or app.environ.get("EDITOR")
    if app.wants_json or not (app.interactive or command):
        raise UsageError(
            "An editor needs a terminal" if not app.wants_json else "`edit` opens an editor: it has no JSON",
            f"Use `pkcc-tray set {name} FIELD VALUE`, or change {app.store.path_of(name)} by hand.",
        )
    edits = os.path.join(app.locations.state_dir, "edits")
    make_private_directory(edits)
    directory = tempfile.mkdtemp(prefix=f"{name}-", dir=edits)
    path = os.path.join(directory, f"{name}.json")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    try:
        stored = _edited(app, name, text, path, command or ("notepad" if os.name == "nt" else "vi"))
    except _NotStoredError as error:
        os.chmod(path, 0o600)  # an editor may have made it anew
        raise error.reason from None
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)
    if stored is None:
        return Result("edit", {"name": name, "changed": False, "applied": False})
    applied, notes = stored
    return Result("edit", {"name": name, "changed": True, **applied}, notes)


class _NotStoredError(Exception):
    """What was typed was not stored, and must not be lost."""

    def __init__(self, reason: PkccError) -> None:
        super().__init__()
        self.reason = reason


_Stored = tuple[dict[str, Any], tuple[str, ...]]


def _edited(app: App, name: str, text: str, path: str, command: str) -> _Stored | None:
    """What storing the editor's text came to, None where it is the same; asks for another try."""
    from tray.terminal.prompts import confirm, say

    kept = _KEPT.format(path=path)
    while True:
        _run_editor(app, command, path)
        edited = _text_of(path)
        try:
            _check(name, edited)
            return None if edited == text else _store(app, name, edited, base=text)
        except (ConflictError, NotFoundError) as error:  # another try would meet the same
            raise _NotStoredError(type(error)(error.title, kept)) from None
        except PkccError as error:
            if not app.interactive:
                raise _NotStoredError(type(error)(error.title, f"{error.hint} {kept}".strip())) from None
            say(f"  {error.title}{'. ' + error.hint if error.hint else ''}")
            if not confirm("Edit again?", default=True):
                raise ConflictError("The edit was dropped", "The profile is as it was.") from None


def _store(app: App, name: str, text: str, base: str) -> _Stored:
    """Write the text as it was typed, as one step, and put it in force."""
    with app.steps.doing("edit", f"edit {name}", name) as doing:
        app.store.check_text(name, text, base)
        before = references_of(app, name)
        doing.write({name: text.encode()})
        return put_in_force(app.within(doing.id), name, anew=references_of(app, name) != before)


def _check(name: str, text: str) -> None:
    """Raises PkccError that tells what is wrong in the edited text."""
    from profiles.profile.parse import FieldError, parse_profile
    from profiles.profile.store import parse_json

    try:
        profile = parse_profile(parse_json("The edited text", text.encode(), unique_keys=True), stored=True)
    except FieldError as error:
        raise PkccError(f"The edited text: {error.text()}") from None
    if profile.name != name:
        raise PkccError(
            f"The edited text: name: is {profile.name!r}, but the profile is {name!r}",
            f"`pkcc-tray rename {name} {profile.name}` gives it another name.",
        )


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read()
    except OSError:
        raise PkccError("The editor left no file behind", "The profile is as it was.") from None


def _run_editor(app: App, command: str, path: str) -> None:
    import shlex
    import sys

    from profiles.base.programs.paths import ProgramError
    from profiles.base.programs.run import in_terminal

    # What the editor shows is no answer of ours: where that is piped, it goes to standard error.
    shown = None if app.interactive and sys.stdout.isatty() else 2
    try:
        # Windows' paths have backslashes, which a shell of Linux would take for quotes.
        words = shlex.split(command, posix=sys.platform != "win32")
        with in_terminal([*(word.strip('"') for word in words), path], os.environ, stdout=shown) as editor:
            code = editor.wait()
    except ValueError:
        raise _no_editor(command, "is not spelled as a command line") from None
    except ProgramError as error:
        raise _no_editor(command, error.reason) from None
    if code != 0:
        raise PkccError("The editor reported a failure", "The profile is as it was.")


def _no_editor(command: str, reason: str) -> PkccError:
    return PkccError(f"The editor {printable(command)!r} {reason}", "Set VISUAL or EDITOR to one that works.")


# set -----------------------------------------------------------------------------------------------------


def arguments_set(parser: argparse.ArgumentParser) -> None:
    """NAME FIELD [VALUE]."""
    add_name(parser)
    names = [*(f for f in FIELDS if f not in _OPEN), *(f"{group}[.{name}]" for group, name in _OPEN.items())]
    field = parser.add_argument("field", metavar="FIELD", help="one of " + ", ".join(names))
    field.completer = lambda **_: FIELDS  # type: ignore[attr-defined]
    parser.add_argument(
        "value", metavar="VALUE", nargs="?", help=f"the new value; for {', '.join(_OBJECTS)} JSON"
    )
    parser.add_argument("--unset", action="store_true", help="take the field out again")


def set_(app: App, name: str, field: str, value: str | None, *, unset: bool) -> Result:
    """Change one field, `a.b` for one inside another, and put it in force when the profile is active."""
    from profiles.profile.parse import FieldError, parse_profile

    if (value is None) != unset:
        raise UsageError("Give a VALUE, or --unset", "For example: `pkcc-tray set work label Work`.")
    _check_field(field)
    new = None if value is None else _typed(field, value)

    def change(profile: Profile) -> Profile:
        data = profile.model_dump(mode="json", exclude_unset=True)
        _put(data, field, new)
        try:
            _check_new_text(field, new)
            return parse_profile(data, stored=field not in _OPEN)
        except FieldError as error:
            if field.startswith("route.") and "is not a field" in error.text():
                raise UsageError(
                    f"A route of the kind {profile.route.kind} has no {field.removeprefix('route.')}",
                    "Set the whole route, such as `pkcc-tray set "
                    f'{name} route \'{{"kind": "config", "id": "pc-…"}}\'`.',
                ) from None
            raise UsageError(error.text(), "Nothing was changed. " + _LISTED) from None

    with app.steps.doing("set", f"{'unset' if unset else 'set'} {field} of {name}", name) as doing:
        before = references_of(app, name)
        doing.write({name: encode_profile(change(app.store.load(name)))})
        anew = references_of(app, name) != before
        applied, notes = put_in_force(app.within(doing.id), name, anew=anew)
    return Result("set", {"name": name, "field": field, **applied}, notes)


_LISTED = "`pkcc-tray set --help` lists the fields."


def _check_field(field: str) -> None:
    """Raises UsageError for a field that no profile has, with the nearest one."""
    first, dot, rest = field.partition(".")
    if first in ("name", "schema_version"):
        raise UsageError(f"{field} cannot be set", "`pkcc-tray rename` gives a profile another name.")
    if first == "trusted":
        raise UsageError("What a profile trusts cannot be set", "`pkcc-tray trust add` allows one more.")
    if field in FIELDS or (first in _OPEN and rest):
        return
    if first in FIELDS and dot and first not in ("route", "models", "vertex", *_OPEN):
        raise UsageError(f"{first} has no fields of its own", "Give it a value of its own.")
    last = {known.rpartition(".")[2]: known for known in reversed(FIELDS)}  # `sonnet` means models.sonnet
    near = get_close_matches(field, FIELDS, n=1) or [
        last[part] for part in get_close_matches(field.rpartition(".")[2], last, n=1)
    ]
    hint = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(f"A profile has no {named('field', field)}", hint + _LISTED)


def _typed(field: str, value: str) -> object:
    if field == "allow_plain_http":
        if value not in ("true", "false"):
            raise UsageError(f"{field} must be true or false", "Write it in small letters.")
        return value == "true"
    if field not in _OBJECTS:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise UsageError(f"{field} must be a JSON object", "Put it in single quotes for the shell.") from None


def _check_new_text(field: str, value: object) -> None:
    """Raises FieldError where plain text is given for what is a secret by its name."""
    from profiles.profile.fields import check_secret_or_text
    from profiles.profile.parse import FieldError

    group, dot, name = field.partition(".")
    if dot and group in ("extra_headers", "extra_env") and isinstance(value, str):
        try:
            check_secret_or_text(name, value)
        except ValueError as error:
            raise FieldError([(group, str(error))]) from None


def _put(data: dict[str, Any], field: str, value: object) -> None:
    first, dot, rest = field.partition(".")
    # Only the first dot divides: metadata keys and header names may hold dots themselves.
    owner, key = (data.setdefault(first, {}), rest) if dot else (data, first)
    if value is None:
        owner.pop(key, None)
    else:
        owner[key] = value
