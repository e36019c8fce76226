"""Asking the gateway whether it takes a key: one that is stored, or one that would be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.claude_code.owned_slots import MODEL_KEYS
from profiles.claude_code.routing_names import BASE_URLS
from profiles.gateway.asking.steps import FAILED, REFUSED
from profiles.gateway.check.kept_key_tests import KeyTest, keep_key_test, kept_key_tests
from profiles.gateway.check.question import Question
from profiles.portkey.editions import PORTKEY, edition_of
from profiles.portkey.header_names import ROUTE
from profiles.profile.rendering import Rendered, base_url_of
from tray.actions.keys.hand_out import key_users
from tray.actions.keys.looked_up_once import key_and_headers
from tray.actions.network import kept_back, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.base.secret import Secret
    from profiles.gateway.asking.steps import Step
    from profiles.gateway.check.kept_key_tests import Verdict
    from tray.actions.keys.stored import KeyRow
    from tray.app import App

_DIALECT = "messages"


def try_key(app: App, reference: str, secret: Secret | None = None) -> KeyTest:
    """Whether the key's gateway takes it, or `secret` in its place. It waits for the network, up to 10 s.

    Raises PkccError where the key is not to be had. What is found of a stored key is kept.
    """
    from profiles.gateway.check.check import check_gateway  # an HTTP client: 100 ms

    draft = _asked_as(app, reference)
    known = {} if secret is None else {reference: secret}
    key, headers = key_and_headers(app, draft, known)
    url, network = base_url_of(draft), network_of(app, draft, kept_back(app, draft))
    found = check_gateway(
        Question(draft, url, key, headers, list(known.values()), network, False, edition_of(url))
    )
    test = _judged(url, found)
    if secret is None:
        keep_key_test(app.locations, reference, test)
    return test


def key_tests(app: App, keys: Iterable[KeyRow]) -> dict[str, KeyTest]:
    """The latest test of each of those keys, where there is one, by its name in the list."""
    references = {row.name: reference_of(app, row) for row in keys}
    kept = kept_key_tests(app.locations, list(references.values()))
    return {name: kept[reference] for name, reference in references.items() if reference in kept}


def reference_of(app: App, row: KeyRow) -> str:
    """What leads to a key of the list, which shows no command's arguments."""
    if ":" not in row.name:
        return f"keyring:{row.name}"
    is_command = row.name.startswith("cmd:") and row.used_by
    return app.store.rendered(row.used_by[0]).key_ref if is_command else row.name


def gateway_for(app: App, reference: str) -> str:
    """The base URL of the gateway that `try_key` asks."""
    return base_url_of(_asked_as(app, reference))


def gateways_of(app: App) -> dict[str, list[str]]:
    """For each reference to a key the base URLs of the gateways of the profiles that use it."""
    users, _ = key_users(app)
    return {
        reference: list(dict.fromkeys(base_url_of(app.store.rendered(name)) for name in names))
        for reference, names in users.items()
    }


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


def _judged(url: str, steps: list[Step]) -> KeyTest:
    names = [step.step for step in steps]
    end = names.index("gateway") + 1 if "gateway" in names else len(steps)  # what follows asks for the route
    failed = next((step for step in steps[:end] if step.verdict == FAILED), None)
    if failed is not None:
        verdict: Verdict = "refused" if failed.exit_code == REFUSED else "unknown"
        return KeyTest(url, verdict, failed.text, failed.hint, time.time())
    greeting = next((step for step in steps[end:] if step.step == "greeting"), None)
    told = steps[end - 1] if greeting is None else greeting
    return KeyTest(
        url, "accepted" if greeting is None else "not_looked_at", told.text, told.hint, time.time()
    )
