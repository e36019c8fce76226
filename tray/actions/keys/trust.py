"""Further addresses, proxies and certificates that are allowed for a key."""

from __future__ import annotations

import os

from profiles.base.errors import NotFoundError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.encode import encode_profile
from tray.actions.which_profile import active_unless_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

_IN_CLEAR = "it is plain http, so the key would go there unencrypted"
_HINT = "Name one: `--profile NAME`."


class TrustAdded(NamedTuple):
    """What a profile trusts from now on, and all that it trusts."""

    name: str
    added: str
    trusted: tuple[str, ...]


class TrustRemoved(NamedTuple):
    """What a profile trusts no longer, and what it still trusts."""

    name: str
    removed: tuple[str, ...]
    trusted: tuple[str, ...]


class Trust(NamedTuple):
    """What is allowed for a key besides its own gateway; entries such as `proxy:http://proxy:3128`."""

    name: str
    gateway: str
    trusted: tuple[str, ...]


def add_trust(app: App, kind: str, text: str, profile: str | None) -> tuple[TrustAdded, tuple[str, ...]]:
    """Allow a profile's key one more address (`url`), proxy (`proxy`) or certificate file (`ca`)."""
    from profiles.policy.in_force import policy_in_force
    from profiles.policy.refusals import check_host
    from profiles.profile.schema.fields import is_plain_http

    entry = trusted_entry(kind, text, app.directory)
    if kind == "url":
        check_host(policy_in_force(), entry.removeprefix("url:"))
    name = active_unless_named(app, profile, _HINT)
    step = ("trust add", f"trust add {entry} for {name}")
    trusted = _change(app, name, step, lambda known: known if entry in known else [*known, entry])
    notes = (_IN_CLEAR,) if kind == "url" and is_plain_http(entry.removeprefix("url:")) else ()
    return TrustAdded(name, entry, trusted), notes


def list_trust(app: App, profile: str | None) -> Trust:
    """What is allowed for a profile's key besides its own gateway."""
    from profiles.profile.rendering import base_url_of

    name = active_unless_named(app, profile, _HINT)
    rendered = app.store.rendered(name)
    return Trust(name, base_url_of(rendered), tuple(rendered.trusted))


def remove_trust(app: App, kind: str, text: str, profile: str | None) -> TrustRemoved:
    """Stop trusting something; kind "" is an entry as the list shows it. Raises NotFoundError without it."""
    name = active_unless_named(app, profile, _HINT)
    known = app.store.load(name).trusted
    wanted = {text} if not kind else {trusted_entry(kind, text, app.directory)}
    gone = [each for each in known if each in wanted or (not kind and each.partition(":")[2] in wanted)]
    if not gone:
        raise NotFoundError(
            f"The profile {name!r} does not trust that", f"`pkcc-tray trust list --profile {name}` shows all."
        )
    step = ("trust remove", f"trust remove {gone[0]} of {name}")
    trusted = _change(app, name, step, lambda now: [each for each in now if each not in gone])
    return TrustRemoved(name, tuple(gone), trusted)


def trusted_entry(kind: str, text: str, directory: str) -> str:
    """Such as `url:https://gateway.example/v1`, as kept. Raises UsageError for what cannot be compared."""
    from profiles.profile.schema.fields import check_trusted

    if kind == "ca":
        text = os.path.normpath(os.path.join(directory, os.path.expanduser(text)))
    entry = f"{kind}:{text.rstrip('/') if kind != 'ca' else text}"
    try:
        check_trusted([entry])
    except ValueError:
        raise UsageError(
            "That is not a plain URL" if kind != "ca" else "That is not a path",
            "It must be like https://gateway.example/v1: no login, no query, no odd character.",
        ) from None
    return entry


def _change(
    app: App, name: str, step: tuple[str, str], change: Callable[[list[str]], list[str]]
) -> tuple[str, ...]:
    """Change what a profile trusts, as one step: its action and its words."""
    with app.steps.doing(*step, name) as doing:
        profile = app.store.load(name)
        profile = profile.model_copy(update={"trusted": change(profile.trusted)})
        doing.write({name: encode_profile(profile)})
    return tuple(profile.trusted)
