"""remove: a profile goes, and before that whatever still uses it, if the person agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError, UsageError
from tray.actions.profiles.editing.bring_back import bring_back, returnable
from tray.actions.profiles.remove import key_comes_first, refuse_used, remove_profile, uses_of
from tray.commands.asking.which_profile import chosen_profile
from tray.commands.names import add_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import brought_back_lines, removed_lines

if TYPE_CHECKING:
    import argparse

    from tray.actions.profiles.remove import Uses
    from tray.app import App


def arguments_remove(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--with-key] [--yes] | NAME --back."""
    add_name(parser, help_text="a profile's name (asked for without)", nargs="?")
    flag(parser, "--with-key", "forget its key too, if no other profile uses it")
    flag(
        parser,
        "--yes",
        "do not ask; one in use is switched off first, and projects pinned to it follow again",
    )
    flag(parser, "--back", "bring back one that was removed in the last 30 days")


def remove(app: App, name: str | None, *, with_key: bool, yes: bool, back: bool) -> Report:
    """Remove a profile, as one step that `undo` takes back; a key that goes with it is deleted permanently.

    With `back` the other way round. Raises ConflictError for one that is in use or that projects are pinned
    to, unless the person at the terminal or `yes` says that this may end; and for one that a rule names.
    """
    if back:
        return _back(app, name, with_key=with_key)
    asked = name is None
    name = chosen_profile(app, name, "Remove which profile?", "remove NAME")
    uses = uses_of(app, name)
    if app.interactive and not yes:
        _ask(name, uses, with_key=with_key, sure=not asked)
    elif not yes:
        refuse_used(app, name, uses)
    removed, notes = remove_profile(app, name, uses, with_key=with_key)
    return report(removed, removed_lines, notes=notes)


def _back(app: App, name: str | None, *, with_key: bool) -> Report:
    if with_key:
        raise UsageError("A key that was removed cannot be brought back", "Leave out --with-key.")
    if name is None:
        known = ", ".join(each.name for each in returnable(app)) or "none"
        raise UsageError("--back needs the profile's name", f"Removed in the last 30 days: {known}.")
    done, notes = bring_back(app, name)
    return report(done, brought_back_lines, notes=notes)


def _ask(name: str, uses: Uses, *, with_key: bool, sure: bool) -> None:
    """Ask unless it is `sure` and nothing uses the profile. Raises DeclinedError for a no."""
    from tray.terminal.prompts import confirm, say

    lines = [f"{name} is in use in {path}: it is switched off first." for path in uses.active]
    lines += [
        f"{project.directory} is pinned to it: it will follow the profile in use."
        for _, project in uses.pinned
    ]
    for key_name in uses.keys:
        if with_key and not uses.broken:
            back = "`undo` brings back the profile, not the key"
            if key_name in uses.written:
                back = key_comes_first(key_name)
            lines.append(f"The key {key_name!r}, used by no other profile, is deleted permanently: {back}.")
        else:
            lines.append(f"The key {key_name!r}, which no other profile uses, is kept.")
    if sure and not lines:
        return
    for line in lines:
        say(line)
    if not confirm(f"Remove {name}?", default=False):
        raise DeclinedError("Nothing was removed", f"`pkcc-tray show {name}` shows the profile.")
