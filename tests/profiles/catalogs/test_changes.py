"""If these fail, a publisher's update sends somebody's key another way without a question."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.catalogs.changes import Change, catalog_changes, serial_words
from profiles.catalogs.format.parse import parse
from tests.support.catalog_versions import BEGIN, HARD, MILD
from tests.support.catalogs import SAFE, WORK, Signer, acme, data_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.catalogs.changes import Changes
    from profiles.catalogs.format.model import Catalog


def read(plain: dict[str, Any]) -> Catalog:
    return parse(data_of(plain))


def changes(**changed: object) -> Changes:
    return catalog_changes(read(acme()), read(acme(serial=44, **changed)))


def work(**changed: object) -> dict[str, Any]:
    return {"profiles": [{**WORK, **changed}, SAFE]}


QUIET = {
    "label": work(label="Other words"),
    "model": work(models={"sonnet": "claude-sonnet-6"}),
    "one more model": work(models={"sonnet": "claude-sonnet-5-5", "opus": "x"}),
    "metadata": work(metadata={"_user": "{user}", "cost_center": "4712"}),
    "provider": work(route={"kind": "provider", "provider": "@other"}),
    "expires": {"expires": "2028-01-01"},
    "withdrawn": {"withdrawn": [{"name": "safe", "use": "work"}]},
    "a profile less": {"profiles": [WORK]},
    "one more of the same kind": {"profiles": [WORK, SAFE, {**WORK, "name": "third", "label": "3"}]},
}
LOUD = {
    "host": {
        "gateway_hosts": ["gw.acme.example", "api.portkey.ai"],
        **work(gateway="https://gw.acme.example"),
    },
    "a host more": {"gateway_hosts": ["gw.acme.example", "api.portkey.ai"]},
    "path of the gateway": work(gateway="https://api.portkey.ai/other"),
    "key": work(key={"suggest": "pass-store:portkey", "help": WORK["key"]["help"]}),
    "help": work(key={"suggest": WORK["key"]["suggest"], "help": "https://evil.example"}),
    "dialect": work(dialect="vertex"),
    "delivery": work(key_delivery="settings"),
    "place of the key": work(key_in="token"),
    "header": work(extra_headers={"x-team": "a"}),
    "variable": work(extra_env={"API_TIMEOUT_MS": "1"}),
    "kind of route": work(route={"kind": "config", "id": "pc-x"}),
    "config": {"configs": {"safe": {"targets": [{"provider": "@a", "forward_headers": ["x-team"]}]}}},
    "where a config sends on": {
        "gateway_hosts": ["api.portkey.ai", "llm.acme.example"],
        "configs": {"safe": {"targets": [{"provider": "@a", "custom_host": "https://llm.acme.example"}]}},
    },
    "locked": work(locked=[]),
    "an answer sent along": {"profiles": [WORK, {**SAFE, "metadata": {"x": "{user}"}}]},
    "rules": {"rules": [{"remote": "git.acme.example/**", "profile": "work"}]},
    "required metadata": {"required_metadata": ["repo"]},
    "inputs": {"inputs": {"user": {"ask": "Your password"}, "team": {"ask": "?"}}},
    "keys": {"keys": [Signer(2).public.text]},
    "contact": {"contact": "evil@example"},
    "default": {"default": "safe"},
    "another kind of profile": {
        "profiles": [WORK, SAFE, {**WORK, "name": "third", "extra_headers": {"x": "y"}}]
    },
    "a profile of one's own key": {
        "profiles": [WORK, SAFE, {**SAFE, "name": "b", "key_delivery": "settings"}]
    },
}


@pytest.mark.parametrize("changed", QUIET.values(), ids=QUIET.keys())
def test_what_keeps_key_and_host_applies_by_itself(changed: dict[str, Any]) -> None:
    found = changes(**changed)
    assert found.quiet
    assert not found.loud


@pytest.mark.parametrize("changed", LOUD.values(), ids=LOUD.keys())
def test_what_a_person_must_see_waits(changed: dict[str, Any]) -> None:
    assert changes(**changed).loud


@pytest.mark.parametrize(
    ("serial", "said"), [(42, "older than what you have"), (10**14, "leaves no room"), (10**14 - 1, "")]
)
def test_a_serial_out_of_order_waits_and_says_why(serial: int, said: str) -> None:
    """Else an old version that somebody replays, or a last one, applies as if it were the next."""
    found = catalog_changes(read(acme()), read(acme(serial=serial)))
    assert [each.field for each in found.loud] == (["serial"] if said else [])
    assert [serial_words(each)[: len(said)] for each in found.loud] == ([said] if said else [])


def test_a_change_says_what_was_and_what_is() -> None:
    found = changes(**work(models={"sonnet": "new"}))
    assert Change("work", "models.sonnet", "claude-sonnet-5-5", "new") in found.quiet
    host = changes(**LOUD["host"])
    assert Change("work", "host", "api.portkey.ai", "gw.acme.example") in host.loud


@pytest.mark.parametrize(
    ("gateway", "said"),
    [
        ("https://gw.acme.example", ("host", "api.portkey.ai", "gw.acme.example")),
        (
            "https://gw.acme.example/ai",
            ("gateway", "https://api.portkey.ai", "https://gw.acme.example/ai"),
        ),
    ],
)
def test_another_host_is_one_change(gateway: str, said: tuple[str, str, str]) -> None:
    """Three lines said of one thing are compared by somebody who looks for what else differs."""
    found = changes(gateway_hosts=["gw.acme.example", "api.portkey.ai"], **work(gateway=gateway))
    assert [each for each in found.loud if each.profile] == [Change("work", *said)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(MILD), max_size=6), st.sampled_from(HARD))
def test_a_loud_change_is_never_quiet_among_others(
    mild: list[Callable[[dict[str, Any]], object]], hard: Callable[[dict[str, Any]], object]
) -> None:
    old, new = BEGIN, copy.deepcopy(BEGIN)
    for change in mild:
        change(new)
    assert not catalog_changes(read(old), read(new)).loud
    hard(new)
    assert catalog_changes(read(old), read(new)).loud
