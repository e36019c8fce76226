"""Asking the gateway whether it takes a key: one that is stored, or one that would be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret import Secret
from profiles.claude_code.owned_slots import MODEL_KEYS
from profiles.claude_code.routing_names import BASE_URLS
from profiles.gateway.asking.steps import FAILED, REFUSED
from profiles.gateway.check.question import Question
from profiles.portkey.editions import PORTKEY, edition_of
from profiles.portkey.header_names import ROUTE
from profiles.profile.rendering import Rendered, base_url_of, header_value
from tray.actions.keys.hand_out import key_users
from tray.actions.keys.once import looked_up_once
from tray.actions.network import kept_back, network_of

if TYPE_CHECKING:
    from typing import Literal

    from profiles.gateway.asking.steps import Step
    from tray.app import App

    Verdict = Literal["accepted", "refused", "unknown", "not_looked_at"]

_DIALECT = "messages"


class TriedKey(NamedTuple):
    """What came of it. `gateway` is the base URL that was asked, `text` and `hint` what it said, `at` when.

    `verdict` is `unknown` where nothing answered that could tell, `not_looked_at` where it keeps no keys.
    """

    gateway: str
    verdict: Verdict
    text: str
    hint: str
    at: float


def try_key(app: App, reference: str, secret: Secret | None = None) -> TriedKey:
    """Whether the key's gateway takes it, or `secret` in its place. It waits for the network, up to 10 s.

    Raises PkccError where the key is not to be had.
    """
    from profiles.gateway.check.check import check_gateway  # an HTTP client: 100 ms

    draft = _asked_as(app, reference)
    known = {} if secret is None else {reference: secret}
    resolve = looked_up_once(app, known)
    key = Secret(resolve(draft.key_ref))
    headers = [(name, Secret(header_value(name, template, resolve))) for name, template in draft.headers]
    url, network = base_url_of(draft), network_of(app, draft, kept_back(app, draft))
    found = check_gateway(
        Question(draft, url, key, headers, list(known.values()), network, False, edition_of(url))
    )
    return _judged(url, found)


def gateway_for(app: App, reference: str) -> str:
    """The base URL of the gateway that `try_key` asks."""
    return base_url_of(_asked_as(app, reference))


def _asked_as(app: App, reference: str) -> Rendered:
    """A profile that uses the key, without its route: the one in use first; without any Portkey's gateway."""
    users = key_users(app)[0].get(reference, [])
    active = app.switcher.read().state.current.active
    if not users:
        env: dict[str, str | int] = {BASE_URLS[_DIALECT]: PORTKEY.gateway}
        return Rendered("", _DIALECT, env, [], helper=True, key_ref=reference)
    rendered = app.store.rendered(active if active in users else users[0])
    models = set(MODEL_KEYS.values())
    return rendered._replace(
        env={name: value for name, value in rendered.env.items() if name not in models},
        headers=[[name, template] for name, template in rendered.headers if name.lower() not in ROUTE],
        key_ref=reference,
        model="",
    )


def _judged(url: str, steps: list[Step]) -> TriedKey:
    names = [step.step for step in steps]
    end = names.index("gateway") + 1 if "gateway" in names else len(steps)  # what follows asks for the route
    failed = next((step for step in steps[:end] if step.verdict == FAILED), None)
    if failed is not None:
        verdict: Verdict = "refused" if failed.exit_code == REFUSED else "unknown"
        return TriedKey(url, verdict, failed.text, failed.hint, time.time())
    greeting = next((step for step in steps[end:] if step.step == "greeting"), None)
    told = steps[end - 1] if greeting is None else greeting
    return TriedKey(
        url, "accepted" if greeting is None else "not_looked_at", told.text, told.hint, time.time()
    )
