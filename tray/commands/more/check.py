"""check: the key, the helper, the way to the gateway, and what the gateway says to the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.base.text import printable
from tray.actions.more.check import check_profiles, reach_profiles, refused_unsaved
from tray.actions.switching.switch_notes import unread_notes
from tray.commands.asking.which_profile import chosen_or_used_here
from tray.commands.names import add_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.health.check import check_lines, step_line

if TYPE_CHECKING:
    import argparse

    from profiles.gateway.asking.steps import Step
    from tray.actions.more.check import Checked
    from tray.app import App

_STEPS_WIDTH = 11  # of the longest usual name of a step


def arguments_check(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--all] [--no-key | --route]."""
    add_name(parser, help_text="a profile's name (a terminal asks; else the one used here)", nargs="?")
    parser.add_argument("--all", action="store_true", dest="every", help="every profile")
    how = parser.add_mutually_exclusive_group()
    flag(how, "--no-key", "only whether the gateway answers: no key is read or sent")
    flag(
        how,
        "--route",
        "also ask the provider behind the route for its list of models: no model call, but it is "
        "sent on, and is in Portkey's logs",
    )


def check(app: App, name: str | None, *, every: bool, route: bool, no_key: bool) -> Report:
    """What was found, profile by profile; the exit code is that of the first failed step.

    Raises NotFoundError for an unknown profile, ConflictError when none is in use and none is named.
    """
    names, notes = _names(app, name, every=every)
    checked = _checked(app, names, along_route=route, no_key=no_key)
    if app.interactive and (refused := refused_unsaved(checked)):
        from tray.commands.configs.offer import offer_after_refusal

        offered = [offer_after_refusal(app, each, said) for each, said in refused.items()]
        notes = (*notes, *(note for each in offered for note in each.notes))
        if any(each.saved for each in offered):
            checked = check_profiles(app, names, along_route=route)
    exit_code = next((each.exit_code for each in checked.profiles if each.exit_code), 0)
    return report(checked, check_lines, exit_code=exit_code, draw="check", notes=[*notes, *unread_notes(app)])


def _checked(app: App, names: list[str], *, along_route: bool, no_key: bool) -> Checked:
    """What was found; at a terminal each step is shown as it ends."""
    what = names[0] if len(names) == 1 else f"{len(names)} profiles"
    with waiting(app, f"Checking {what}") as tell:
        if no_key:
            return reach_profiles(app, names)

        def on_step(step: Step) -> None:
            tell(printable(step_line(step, _STEPS_WIDTH), 200))

        return check_profiles(app, names, along_route=along_route, on_step=on_step)


def _names(app: App, name: str | None, *, every: bool) -> tuple[list[str], tuple[str, ...]]:
    """The profiles to check, and notes on why those."""
    if every:
        if name is not None:
            raise UsageError("--all takes no NAME", "Leave one of them out.")
        return app.store.names(), ()
    meant = chosen_or_used_here(
        app, name, "Check which profile?", "Name one: `pkcc-tray check NAME`, or say --all."
    )
    return [meant.name], meant.notes
