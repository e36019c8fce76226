"""check: the key, the helper, the way to the gateway, and what the gateway says to the key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.secret import Secret
from profiles.gateway_check.helper import helper_step
from profiles.gateway_check.network import NETWORK_VARIABLES
from profiles.gateway_check.question import Question
from profiles.gateway_check.steps import FAILED, NO_KEY, OK, UNREACHABLE, Step, Veil
from profiles.profile.rendering import base_url_of, header_value
from profiles.routes.sources import read_sources
from tray.actions.describe import describe
from tray.actions.shared import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.profile.rendering import Rendered
    from tray.app import App

_AT_ONCE = 8  # gateways asked at the same time by --all


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
    prepared = [_prepare(app, each, along_route=route) for each in names]  # keys and helpers: one by one
    rows = [_row(app, each, steps) for each, steps in zip(names, _all_asked(prepared), strict=True)]
    exit_code = next((row["exit_code"] for row in rows if row["exit_code"]), 0)
    return Result("check", {"profiles": rows}, exit_code=exit_code)


def check_profile(app: App, name: str, *, along_route: bool = False) -> list[Step]:
    """The steps for one profile. It waits for the network, up to 10 s: not for a thread that draws.

    Raises NotFoundError or UsageError when there is no profile of that name; all else is told in the steps.
    """
    return next(iter(_all_asked([_prepare(app, name, along_route=along_route)])))


def _names(app: App, name: str | None, *, every: bool) -> list[str]:
    if every:
        if name is not None:
            raise UsageError("--all takes no NAME", "Leave one of them out.")
        return app.store.names()
    name = name if name is not None else app.switcher.read().state.current.active
    if name is None:
        raise ConflictError("No profile is active", "Name one: `pkcc-tray check NAME`, or say --all.")
    return [name]


def _all_asked(prepared: list[tuple[list[Step], Question | None]]) -> list[list[Step]]:
    questions = [question for _, question in prepared]
    if len(questions) == 1:
        found = [_asked(questions[0])]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(_asked, questions))
    return [steps + more for (steps, _), more in zip(prepared, found, strict=True)]


def _asked(question: Question | None) -> list[Step]:
    if question is None:
        return []
    from profiles.gateway_check.check import check_gateway  # an HTTP client: 100 ms

    return check_gateway(question)


def _row(app: App, name: str, steps: list[Step]) -> dict[str, Any]:
    try:
        gateway = base_url_of(app.store.rendered(name))
    except PkccError:
        gateway = None
    plain = [{key: value for key, value in step._asdict().items() if key != "exit_code"} for step in steps]
    exit_code = next((step.exit_code for step in steps if step.exit_code), 0)
    return {"name": name, "gateway": gateway, "exit_code": exit_code, "steps": plain}


def _prepare(app: App, name: str, *, along_route: bool) -> tuple[list[Step], Question | None]:
    """What this machine alone can tell, and what to ask; None where there is nothing to ask with."""
    try:
        rendered = app.store.rendered(name)
    except (NotFoundError, UsageError):
        raise
    except PkccError as error:
        return [_failed("profile", error, UNREACHABLE)], None
    started = time.monotonic()
    known: dict[str, Secret] = {}

    def resolve(reference: str) -> str:
        if reference not in known:
            known[reference] = app.secrets.resolve(reference)
        return known[reference].reveal()

    try:
        key = Secret(resolve(rendered.key_ref))
        headers = [
            (header, Secret(header_value(header, template, resolve))) for header, template in rendered.headers
        ]
    except PkccError as error:
        return [_failed("key", error, NO_KEY)], None
    took = round((time.monotonic() - started) * 1000)
    steps = [Step("key", OK, describe(rendered).key, ms=took)]
    secrets = list(known.values())
    if command := app.switcher.helper_command(rendered):
        environ = _environ_of_helper(app, rendered)
        steps.append(
            _kept_back(app, rendered) or helper_step(command, key, environ, app.directory, Veil(secrets))
        )
    return steps, Question(
        rendered, base_url_of(rendered), key, headers, secrets, _network(app, rendered), along_route
    )


def _environ_of_helper(app: App, rendered: Rendered) -> dict[str, str]:
    """As in a session of that profile, but not taken for one: no session's key is asked for."""
    from profiles.guard.asker import MARKERS
    from profiles.guard.foresee import part_of_session

    environ = {name: value for name, value in app.environ.items() if name not in MARKERS}
    return environ | part_of_session(rendered)


def _kept_back(app: App, rendered: Rendered) -> Step | None:
    """That the guard would give a session here no key: asked of the helper, it would raise its alarm."""
    from profiles.files.preferences import is_guarded
    from profiles.guard.foresee import foresee
    from profiles.guard.words import remedy, wrong

    state = app.switcher.read().state
    if not is_guarded(app.locations):
        return None
    refusal = foresee(rendered, state, app.environ, app.directory, app.locations.settings_path)
    if refusal is None:
        return None
    text = f"Claude Code would get no key: {wrong(refusal, rendered.name, base_url_of(rendered))}"
    hint = remedy(rendered.name, refusal)
    return Step("helper", FAILED, text, f"{hint[:1].upper()}{hint[1:]}.", exit_code=NO_KEY)


def _failed(what: str, error: PkccError, exit_code: int) -> Step:
    return Step(what, FAILED, error.title, error.hint, exit_code=exit_code)


def _network(app: App, rendered: Rendered) -> dict[str, str]:
    """Proxies and certificates as a session here would have them with this profile, settings over shell."""
    active = app.switcher.read().state.current.rendered
    ours = active.env if active is not None else {}  # another profile's variables are no part of this one
    found = dict(app.environ)
    layers = {source.kind: source.values for source in read_sources(app.locations, app.directory, {})}
    for kind in ("user", "project", "local", "managed"):
        for slot, value in layers.get(kind, {}).items():
            if slot.startswith("env.") and not (kind == "user" and slot[4:] in ours):
                found[slot[4:]] = value
        if kind == "user":
            found |= {name: str(value) for name, value in rendered.env.items()}
    return {name: value for name, value in found.items() if name in NETWORK_VARIABLES}
