"""switch: make Claude Code use a profile, here or in one project."""

from __future__ import annotations

import os

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.in_force import policy_in_force
from tray.actions.switching import switch as actions
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import switched_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_switch(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--project [DIR] [--no-exclude]] [--target NAME] [--dry-run]."""
    from tray.commands.names import add_name
    from tray.commands.options import add_dry_run, add_target, flag_or_no

    add_name(parser, help_text="a profile's name; - for the one before (asked for without)", nargs="?")
    parser.add_argument(
        "--project",
        metavar="DIR",
        nargs="?",
        const=".",
        help="pin only that project (default: the one you are in) to it",
    )
    flag_or_no(parser, "--exclude", "with --project: have git ignore its file in this clone (the default)")
    add_dry_run(parser)
    add_target(parser)


def switch(
    app: App,
    name: str | None,
    *,
    dry_run: bool,
    project: str | None,
    exclude: bool | None,
    target: str | None,
) -> Report:
    """Make the settings carry a profile; with `project`, the settings of that directory alone.

    A note says when the helper that they name would have no key to hand out.
    """
    if exclude is not None and project is None:
        what = "--exclude" if exclude else "--no-exclude"
        raise UsageError(f"{what} is for a project's file", "Add --project, with or without a directory.")
    if target is not None:
        from tray.actions.switching.targets import app_for

        app = app_for(app, target)
    if name is None:
        from tray.commands.asking.which_profile import chosen_profile

        name = chosen_profile(app, name, "Switch to which profile?", "switch NAME")
    due = _take_in(app, name) if "/" in name and not dry_run else ()
    if app.interactive and not dry_run and policy_in_force().required_metadata:
        _ask_metadata(app, name, project or app.directory)
    if project is None:
        done, notes = actions.switch(app, name, dry_run=dry_run)
        return report(done, switched_lines, notes=(*due, *notes), exit_code=int(done.failed))
    done, notes = actions.pin(app, name, project, dry_run=dry_run, exclude=exclude)
    return report(done, switched_lines, notes=(*due, *notes))


def _take_in(app: App, name: str) -> tuple[str, ...]:
    """Have an administrator's catalog be there that has that profile; at no price where the profile is."""
    if os.path.lexists(app.store.path_of(name)):
        return ()
    from tray.actions.catalogs.due import take_in

    return take_in(app, name)


def _ask_metadata(app: App, name: str, directory: str) -> None:
    """Ask for the metadata that an administrator requires, and keep it with the project there, if it is one.

    Raises PkccError where no project can be there.
    """
    from tray.actions.policy.required import check_switch, required_yet
    from tray.actions.projects.register import Change, add_project, root_of

    missing = required_yet(app, name, directory)
    if not missing:
        return
    try:
        root, _ = root_of(app, directory)
    except UsageError:  # then the profile itself lacks it
        check_switch(app, name, directory)
        raise
    add_project(app, root, Change(metadata={key: _asked(key, root) for key in missing}))


def _asked(key: str, root: str) -> str:
    from profiles.profile.schema.fields import check_metadata
    from tray.terminal.prompts import ask_valid

    def checked(text: str) -> str:
        try:
            return check_metadata({key: text})[key]
        except ValueError as error:
            raise UsageError(f"It does not fit: {error}", "Type another one.") from None

    who = policy_in_force().managed_by.who
    return ask_valid(f"{who} requires the metadata {key!r} for {root}", checked, required=True)
