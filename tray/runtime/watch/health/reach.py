"""One look at gateways, by `check --no-key` in a process of its own: nothing is paid, and no key is read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.claude_code.process.sessions import running_sessions
from profiles.gateway.asking.network import NETWORK_VARIABLES
from profiles.policy.in_force import policy_in_force
from profiles.profile.together.fallback import fallback_of
from profiles.profile.under_policy import why_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

    OwnAnswer = Callable[..., dict[str, Any] | None]

ANSWERS, UNREACHABLE, OFFLINE, UNKNOWN = "answers", "unreachable", "offline", "unknown"
SURE_AFTER_S = 8.0  # two failures so far apart are one: a gateway that starts again is not reported


class Reach(NamedTuple):
    """How a profile's gateway is; `why` and `hint` in words of `check` where it does not answer.

    offline: this machine has no network, or one that wants a sign-in first. unknown: nothing could be asked.
    """

    kind: str
    why: str = ""
    hint: str = ""


class Look(NamedTuple):
    """What was found of the profile `name`.

    `named` is the profile to use meanwhile, `other` the same where its gateway answers; "" for none. `first`
    is how the one is that was left for `name`; None where none was.
    """

    name: str
    reach: Reach
    named: str = ""
    other: str = ""
    first: Reach | None = None


def look(app: App, ask: OwnAnswer, pause: Callable[[float], None], name: str, first: str = "") -> Look:
    """Ask the gateway of that profile, and of the one that was left for it. Waits up to half a minute.

    Only what fails twice is unreachable, and what to use meanwhile is asked too: where that does not answer
    either, a switch would help nobody.
    """
    app = app.apart(_surroundings(app))
    reach = _reach(app, ask, name)
    if reach.kind == UNREACHABLE:
        pause(SURE_AFTER_S)
        reach = _reach(app, ask, name)
    with suppress(PkccError):  # one that is gone is as one that does not answer
        first = _allowed(app, first)
    before = _reach(app, ask, first) if first else None
    if reach.kind != UNREACHABLE:
        return Look(name, reach, first=before)
    if before is not None and before.kind == ANSWERS:
        return Look(name, reach, first, first, before)
    named = _fallback(app, name)
    answers = bool(named) and _reach(app, ask, named).kind == ANSWERS
    return Look(name, reach, named, named if answers else "", before)


def _fallback(app: App, name: str) -> str:
    try:
        return _allowed(app, fallback_of(app.store, name) or "")
    except PkccError:  # it is gone meanwhile
        return ""


def _allowed(app: App, name: str) -> str:
    """The name, "" where an administrator does not allow that profile. Raises PkccError."""
    return "" if name and why_refused(policy_in_force(), app.store.rendered(name)) else name


def _surroundings(app: App) -> dict[str, str]:
    """The tray's environment, with the proxies of the latest session: a shell may know of more."""
    for session in reversed(running_sessions(*app.locations.session_dirs)):
        if environ := session.environment():
            kept = {name: text for name, text in app.environ.items() if name not in NETWORK_VARIABLES}
            return kept | {name: environ[name] for name in NETWORK_VARIABLES if name in environ}
    return dict(app.environ)


def _reach(app: App, ask: OwnAnswer, name: str) -> Reach:
    answer = ask(app, "check", name, "--no-key")
    try:
        return Reach(UNKNOWN) if answer is None else _understood(answer)
    except (KeyError, TypeError, ValueError):  # of another version, which was installed meanwhile
        return Reach(UNKNOWN)


def _understood(answer: dict[str, Any]) -> Reach:
    (row,) = answer["profiles"]
    failed = [step for step in row["steps"] if step["verdict"] == "failed"]
    if not failed:
        return Reach(ANSWERS)
    kinds = {"network": OFFLINE, "profile": UNKNOWN}
    return Reach(kinds.get(failed[0]["step"], UNREACHABLE), failed[0]["text"], failed[0]["hint"])
