"""The builder of configs: changed by the form without script, as JSON, and whatever is odd in it is kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.editing import draft, press, typed_in
from support.gateway.account import HostedAccount

SECRET = "sk-CANARY-of-a-provider-0123456789abcdef"


def test_each_button_answers_with_the_form_again(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert press(visitor, path, "add -", t__0__provider="@a", t__1__provider="@b") == f"{path}#t-2-provider"
    assert press(visitor, path, "up 1") == f"{path}#t-0"
    press(visitor, path, "group 1")
    press(visitor, path, "mode 1 loadbalance", t__1__1__provider="@c")
    press(visitor, path, "remove 2", t__1__0__weight="3")
    assert draft(site, path) == {
        "strategy": {"mode": "fallback"},
        "targets": [
            {"provider": "@b"},
            {
                "strategy": {"mode": "loadbalance"},
                "targets": [{"provider": "@a", "weight": 3}, {"provider": "@c"}],
            },
        ],
    }
    assert "75 %" in visitor.words(path, "main")
    assert "if that fails" in visitor.words(path, "main")
    press(visitor, path, "undo")
    assert len(draft(site, path)["targets"]) == 3
    press(visitor, path, "remove 9.9.9")
    assert len(draft(site, path)["targets"]) == 3


def test_rules_are_sentences(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "mode - conditional", t__0__provider="@anthropic-prod", t__1__provider="@vertex-eu")
    press(visitor, path, "and - 0", t__r0__c0__value="platform")
    asked = {"t-r0-c1-field": "params.top_p", "t-r0-c1-operator": "$gte", "t-r0-c1-value": "0.7"}
    press(visitor, path, "rule -", **asked)
    press(visitor, path, "rule-remove - 1", t__0__name="claude")
    assert draft(site, path)["strategy"] == {
        "mode": "conditional",
        "conditions": [
            {
                "query": {"metadata.team": {"$eq": "platform"}, "params.top_p": {"$gte": 0.7}},
                "then": "claude",
            }
        ],
        "default": "vertex-eu",
    }
    assert "If team is platform and top_p is at least 0.7" in visitor.words(path, "main")


def test_json_and_back_to_the_form(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert press(visitor, path, "json", t__0__provider="@a") == f"{path}#json"
    assert '"provider": "@a"' in typed_in(visitor, path)["json"]
    broken = '{"provider": "@a",}'
    press(visitor, path, "form", json=broken)
    assert typed_in(visitor, path)["json"] == broken
    assert "This is no config yet Line 1, column 1" in visitor.words(path, "main")
    press(visitor, path, "form", json=json.dumps({"provider": "@z", "x": {"y": [1]}}))
    assert draft(site, path) == {"provider": "@z", "x": {"y": [1]}}
    assert typed_in(visitor, path)["t-provider"] == "@z"
    assert "stays as it is: x" in visitor.words(path, "main")


def test_no_secret_comes_back(visitor: Any, site: Any, caplog: Any) -> None:
    """Neither from a field, nor from JSON, be it broken."""
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__key=SECRET, t__0__provider="openai", t__1__provider="@b")
    assert SECRET not in visitor.get(path).text
    assert draft(site, path)["targets"][0]["api_key"] == "••••••••"
    assert press(visitor, path, "file") == path
    assert "holds a secret in clear text" in visitor.words(path, "main")
    press(visitor, path, "json", t__0__key="keyring:openai")
    for text in (f'{{"api_key": "{SECRET}"', f'{{"headers": "authorization: Bearer {SECRET}', SECRET):
        press(visitor, path, "look", json=text)
        assert SECRET not in visitor.get(path).text
    press(visitor, path, "form", json=json.dumps({"provider": "openai", "api_key": SECRET}))
    assert SECRET not in visitor.get(path).text
    assert SECRET not in caplog.text


def test_a_secret_that_is_saved_at_portkey_is_never_shown(visitor: Any, work: HostedAccount) -> None:
    slug = work.shelf.save("Old", {"provider": "openai", "api_key": SECRET})
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Old"}
    path = visitor.carry_out("/configs/open", **sent).headers["location"]
    assert SECRET not in visitor.get(path).text
    assert press(visitor, path, "portkey") == path
    assert work.shelf.now(slug)["api_key"] == SECRET


def test_what_is_typed_is_looked_at_without_being_sent(visitor: Any, site: Any) -> None:
    """A script asks so: findings and JSON follow, the page's token stays good, and nothing typed is lost."""
    path = visitor.fill("/configs/new").headers["location"]
    fields = {**typed_in(visitor, path), "t-0-attempts": "9"}
    headers = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}
    answer = visitor.post(f"{path}/look", data=fields, headers=headers)
    assert "Attempts must be a whole number from 0 to 5" in answer.text
    assert draft(site, path)["targets"][0]["retry"] == {"attempts": 9}
    assert visitor.post(f"{path}/look", data={**fields, "token": "x"}, headers=headers).status_code == 403
    assert visitor.post(path, data={**fields, "do": "add -"}, headers=headers).status_code == 303


def test_a_config_too_large_for_the_form_is_changed_as_json(visitor: Any, home: Any, site: Any) -> None:
    file = home.root / "large.json"
    targets = [{"provider": f"@p{number}"} for number in range(80)]
    file.write_text(json.dumps({"strategy": {"mode": "fallback"}, "targets": targets}))
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    assert "too large for the form" in visitor.words(path, "main")
    press(visitor, path, "json")
    less = {"strategy": {"mode": "fallback"}, "targets": targets[:40]}
    press(visitor, path, "form", json=json.dumps(less))
    assert visitor.get(path).text.count(">Move up<") == 39
    press(visitor, path, "discard")
    assert len(draft(site, path)["targets"]) == 80
    press(visitor, path, "undo")
    assert draft(site, path) == less


def test_providers_and_models_of_the_account_are_offered(
    visitor: Any, site: Any, work: HostedAccount
) -> None:
    visitor.carry_out("/configs/read", profile="work").headers["location"]
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@anthropic-prod")
    text = visitor.get(path).text
    assert 'id="t-1-provider-o1"' in text
    assert re.search(r'id="t-0-model-o1"[^>]*data-value="claude-', text)


def test_what_is_typed_is_one_step_to_take_back(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@a")
    headers = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}
    for typed in ("@b", "@be", "@bedrock"):
        visitor.post(f"{path}/look", data={**typed_in(visitor, path), "t-0-provider": typed}, headers=headers)
    assert draft(site, path)["targets"][0] == {"provider": "@bedrock"}
    press(visitor, path, "undo")
    assert draft(site, path)["targets"][0] == {"provider": "@a"}
    press(visitor, path, "undo", t__0__provider="@not-sent-yet")
    assert draft(site, path)["targets"][0] == {"provider": "@a"}
    press(visitor, path, "json")
    press(visitor, path, "discard", json="{")
    assert draft(site, path)["targets"] == [{}, {}]


@pytest.mark.parametrize(
    "odd",
    [
        {"strategy": []},
        {"strategy": {"mode": 5}, "targets": 3},
        {"targets": [1, "x", None, {"provider": 5}, {"targets": {}}]},
        {
            "strategy": {
                "mode": "conditional",
                "conditions": [
                    1,
                    {"query": 5},
                    {"query": {"$or": 5}},
                    {"then": 5, "query": {"x": {"$no": 1}}},
                ],
                "default": 5,
            },
            "targets": [{"name": 5}, {"name": ""}],
        },
        {"strategy": {"mode": "loadbalance"}, "targets": [{"weight": "x"}, {"weight": -1}, {"weight": True}]},
        {"strategy": {"mode": "loadbalance"}, "targets": [{"weight": 1e308}, {"weight": 1e308}]},
        {"retry": 5, "cache": [], "override_params": [1], "cb_config": "x"},
        {"override_params": {"a=b": 1, "model": {"x": 1}}, "forward_headers": [5, None], "drop_params": "x"},
        {"": 1, "<b>": "<script>", "provider": '"><script>alert(1)</script>'},
    ],
)
def test_what_is_odd_is_shown_and_kept(visitor: Any, home: Any, site: Any, odd: Any) -> None:
    """A config by somebody else, or of a later version, must not lock its owner out of the form."""
    file = home.root / "odd.json"
    file.write_text(json.dumps(odd))
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert "This page cannot be shown" not in answer.text
    assert "<script>a" not in answer.text
    press(visitor, path, "")
    assert draft(site, path) == odd
    press(visitor, path, "add -")
    press(visitor, path, "mode - fallback")
    press(visitor, path, "keep")
    assert "This page cannot be shown" not in visitor.get(path).text


def test_a_new_config_finds_nothing_wrong_until_something_was_entered(visitor: Any) -> None:
    """It opened with two problems in red, before anything was typed."""
    path = visitor.fill("/configs/new").headers["location"]
    text = visitor.get(path).text
    assert "Nothing was entered yet" in text
    assert "tag-bad" not in text
    assert "aria-invalid" not in text
    press(visitor, path, "", t__0__provider="@anthropic-prod")
    assert "tag-bad" in visitor.get(path).text


def test_the_focus_stays_on_the_mode_that_was_chosen(visitor: Any) -> None:
    """By keyboard the page began anew at its top."""
    path = visitor.fill("/configs/new").headers["location"]
    way = press(visitor, path, "mode - loadbalance")
    assert way == f"{path}#t-mode-loadbalance"
    assert 'id="t-mode-loadbalance"' in visitor.get(path).text
