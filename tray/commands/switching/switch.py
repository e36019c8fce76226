"""switch: make Claude Code use a profile, here or in one project."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching import switch as actions
from tray.terminal.results import Report, report
from tray.terminal.words.switching import switched_lines

if TYPE_CHECKING:
    import argparse

    from tray.actions.switching.switch import Switched
    from tray.app import App


def arguments_switch(parser: argparse.ArgumentParser) -> None:
    """NAME [--project [DIR] [--exclude]] [--target NAME] [--dry-run]."""
    from tray.commands.names import add_name
    from tray.commands.options import add_dry_run, add_target, flag

    add_name(parser, help_text="a profile's name; - for the one before")
    parser.add_argument(
        "--project",
        metavar="DIR",
        nargs="?",
        const=".",
        help="pin only that project (default: the one you are in) to it",
    )
    flag(parser, "--exclude", "with --project: have git ignore its file in this clone")
    add_dry_run(parser)
    add_target(parser)


def switch(
    app: App, name: str, *, dry_run: bool, project: str | None, exclude: bool, target: str | None
) -> Report:
    """Make the settings carry a profile; with `project`, the settings of that directory alone.

    A note says when the helper that they name would have no key to hand out.
    """
    if exclude and project is None:
        raise UsageError("--exclude is for a project's file", "Add --project, with or without a directory.")
    if target is not None:
        from tray.actions.switching.targets import app_for

        app = app_for(app, target)
    if project is None:
        done, notes = actions.switch(app, name, dry_run=dry_run)
        return report(done, switched_lines, notes=notes, exit_code=int(done.failed))
    from tray.commands.projects.exclusion import excluded_if_agreed

    def pin(excluding: bool) -> tuple[Switched, tuple[str, ...]]:
        return actions.pin(app, name, project, dry_run=dry_run, excluding=excluding)

    done, notes = excluded_if_agreed(app, project, pin, excluding=exclude)
    return report(done, switched_lines, notes=notes)
