"""check: the key, the helper, the way to the gateway, and what the gateway says to the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.gateway_check.steps import Step
from profiles.profile.rendering import base_url_of
from tray.actions.check import check_profiles
from tray.commands.names import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_check(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--all] [--route]."""
    add_name(parser, help_text="a profile's name (default: the active one)", nargs="?")
    parser.add_argument("--all", action="store_true", dest="every", help="every profile")
    parser.add_argument(
        "--route",
        action="store_true",
        help="also ask the provider behind the route for its list of models: no model call, but it is "
        "sent on, and stands in Portkey's logs",
    )


def check(app: App, name: str | None, *, every: bool, route: bool) -> Result:
    """What was found, profile by profile; the exit code is that of the first failed step.

    Raises NotFoundError for an unknown profile, ConflictError when none is active and none is named.
    """
    names = _names(app, name, every=every)
    found = check_profiles(app, names, along_route=route)
    rows = [_row(app, each, steps) for each, steps in zip(names, found, strict=True)]
    exit_code = next((row["exit_code"] for row in rows if row["exit_code"]), 0)
    return Result("check", {"profiles": rows}, exit_code=exit_code)


def _names(app: App, name: str | None, *, every: bool) -> list[str]:
    if every:
        if name is not None:
            raise UsageError("--all takes no NAME", "Leave one of them out.")
        return app.store.names()
    name = name if name is not None else app.switcher.read().state.current.active
    if name is None:
        raise ConflictError("No profile is active", "Name one: `pkcc-tray check NAME`, or say --all.")
    return [name]


def _row(app: App, name: str, steps: list[Step]) -> dict[str, Any]:
    try:
        gateway = base_url_of(app.store.rendered(name))
    except PkccError:
        gateway = None
    plain = [{key: value for key, value in step._asdict().items() if key != "exit_code"} for step in steps]
    exit_code = next((step.exit_code for step in steps if step.exit_code), 0)
    return {"name": name, "gateway": gateway, "exit_code": exit_code, "steps": plain}
