"""edit: a profile's file in the person's editor, stored when it is right."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, DeclinedError, NotFoundError, PkccError, UsageError
from profiles.base.light_typing import OMITTED
from profiles.base.text import printable
from tray.actions.account.config_names import text_with_config_id
from tray.actions.profiles.change import Edited, check_edited, store_edited
from tray.commands.asking.which_profile import chosen_profile
from tray.commands.names import add_name
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import edited_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_KEPT = "The profile is as it was; your text is kept in {path}."


def arguments_edit(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    add_name(parser, help_text="a profile's name (asked for without)", nargs="?")


def edit(app: App, name: str | None) -> Report:
    """Open the profile's file in $VISUAL or $EDITOR; a wrong edit is never stored, and never lost unasked.

    Raises UsageError where no editor can be shown, PkccError for a wrong edit, ConflictError when the
    profile was changed by something else meanwhile.
    """
    import shutil

    name = chosen_profile(app, name, "Edit which profile?", "edit NAME")
    app.store.check_own(name)
    text = app.store.text_of(name)
    command = app.environ.get("VISUAL") or app.environ.get("EDITOR")
    if app.wants_json or not (app.interactive or command):
        raise UsageError(
            "An editor needs a terminal" if not app.wants_json else "`edit` opens an editor: it has no JSON",
            f"Use `pkcc-tray set {name} FIELD VALUE`, or change {app.store.path_of(name)} by hand.",
        )
    path = _file_to_edit(app, name, text)
    directory = os.path.dirname(path)
    try:
        edited, notes = _edited(app, name, text, path, command or ("notepad" if os.name == "nt" else "vi"))
    except _NotStoredError as error:
        os.chmod(path, 0o600)  # an editor may have replaced it
        raise error.reason from None
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)
    return report(edited, edited_lines, notes=notes)


def _file_to_edit(app: App, name: str, text: str) -> str:
    """The path of a new file that holds the text, alone in a directory that only the user may read."""
    import tempfile

    from profiles.files.directories import make_private_directory

    edits = os.path.join(app.locations.state_dir, "edits")
    make_private_directory(edits)
    path = os.path.join(tempfile.mkdtemp(prefix=f"{name}-", dir=edits), f"{name}.json")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


class _NotStoredError(Exception):
    """What was typed was not stored, and must not be lost."""

    def __init__(self, reason: PkccError) -> None:
        super().__init__()
        self.reason = reason


def _edited(app: App, name: str, text: str, path: str, command: str) -> tuple[Edited, tuple[str, ...]]:
    """What the editor's text came to, and notes; asks for another try where it is wrong."""
    from tray.terminal.prompts import confirm, say

    kept = _KEPT.format(path=path)
    while True:
        _run_editor(app, command, path)
        edited = _text_of(path)
        try:
            edited = text_with_config_id(app, edited, text)
            check_edited(name, edited)
            if edited == text:
                return Edited(name, changed=False, applied=False, written=OMITTED), ()
            return _stored(app, name, edited, text, kept)
        except ConflictError as error:  # another try would fail alike
            raise _NotStoredError(ConflictError(error.title, kept)) from None
        except PkccError as error:
            if not app.interactive:
                raise _NotStoredError(type(error)(error.title, f"{error.hint} {kept}".strip())) from None
            say(f"  {error.title}{'. ' + error.hint if error.hint else ''}")
            if not confirm("Edit again?", default=True):
                raise DeclinedError("The edit was dropped", "The profile is as it was.") from None


def _stored(app: App, name: str, edited: str, before: str, kept: str) -> tuple[Edited, tuple[str, ...]]:
    try:
        return store_edited(app, name, edited, base=before)
    except NotFoundError as error:  # the profile is gone
        raise _NotStoredError(NotFoundError(error.title, kept)) from None


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read()
    except OSError:
        raise PkccError("The editor left no file behind", "The profile is as it was.") from None


def _run_editor(app: App, command: str, path: str) -> None:
    import sys

    from profiles.base.programs.command_line import words_in
    from profiles.base.programs.paths import ProgramError
    from profiles.base.programs.run import in_terminal

    # What the editor shows is no answer of ours: where that is piped, it goes to standard error.
    shown = None if app.interactive and sys.stdout.isatty() else 2
    try:
        with in_terminal([*words_in(command), path], os.environ, stdout=shown) as editor:
            code = editor.wait()
    except ValueError:
        raise _no_editor(command, "is not spelled as a command line") from None
    except ProgramError as error:
        raise _no_editor(command, error.reason) from None
    if code != 0:
        raise PkccError("The editor reported a failure", "The profile is as it was.")


def _no_editor(command: str, reason: str) -> PkccError:
    return PkccError(f"The editor {printable(command)!r} {reason}", "Set VISUAL or EDITOR to one that works.")
