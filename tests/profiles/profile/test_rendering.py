"""If these fail, the settings differ from Portkey's documents, or a secret gets where none belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.base.secret_markers import has_secret, marker, references_in
from profiles.profile.render import render, render_config
from profiles.profile.rendering import (
    Rendered,
    expected_values,
    from_plain,
    header_text,
    to_plain,
)
from profiles.profile.schema.parse import parse_profile

KEY = "YOUR_PORTKEY_API_KEY"
MODEL = "claude-3-7-sonnet@20250219"
VIRTUAL_KEY = {"kind": "virtual_key", "provider": "vertex-ai", "virtual_key": "YOUR_VIRTUAL_KEY"}
CONFIG = {"kind": "config", "id": "YOUR_CONFIG_ID"}
TEAM = {"_user": "john.doe", "team": "engineering"}
PROJECT = {"_user": "john.doe", "project": "backend-api"}
QUICK_START = "x-portkey-provider: vertex-ai\nx-portkey-virtual-key: YOUR_VIRTUAL_KEY"


def profile(**fields: Any) -> Rendered:
    base = {"name": "a", "route": {"kind": "provider", "provider": "@prod"}, "api_key": "keyring:a"}
    return render(parse_profile(base | fields))


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"route": VIRTUAL_KEY}, QUICK_START),
        ({"route": CONFIG}, "x-portkey-config: YOUR_CONFIG_ID"),
        (
            {"route": VIRTUAL_KEY, "metadata": TEAM},
            QUICK_START + '\nx-portkey-metadata: {"_user": "john.doe", "team": "engineering"}',
        ),
        (
            {"route": CONFIG, "metadata": PROJECT},
            "x-portkey-config: YOUR_CONFIG_ID"
            '\nx-portkey-metadata: {"_user": "john.doe", "project": "backend-api"}',
        ),
    ],
    ids=["quick start", "config", "metadata", "complete"],
)
def test_the_founding_blocks_come_out_as_portkey_prints_them(fields: dict[str, Any], headers: str) -> None:
    rendered = profile(dialect="vertex", models={"default": MODEL}, **fields)
    assert rendered.env == {
        "ANTHROPIC_VERTEX_BASE_URL": "https://api.portkey.ai/v1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "portkey",  # the client sends nothing without one
        "ANTHROPIC_MODEL": MODEL,
        "CLAUDE_CODE_SKIP_VERTEX_AUTH": 1,
        "CLAUDE_CODE_USE_VERTEX": 1,
    }
    assert header_text(rendered, lambda _: KEY) == f"x-portkey-api-key: {KEY}\n{headers}"
    assert not rendered.helper


def test_by_default_the_settings_name_a_helper_and_hold_no_secret() -> None:
    rendered = profile()
    assert rendered.helper
    assert rendered.references() == []
    # Blank: a token from the shell would win over the helper, a key would be sent beside it.
    assert rendered.env == {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": "",
        "ANTHROPIC_API_KEY": "",
    }
    assert rendered.headers == [["x-portkey-provider", "@prod"]]


@pytest.mark.parametrize(
    ("key_in", "token", "header"),
    [("token_and_header", True, True), ("token", True, False), ("header", False, True), (None, True, True)],
)
def test_a_delivered_key_goes_where_the_profile_says_and_nowhere_else(
    key_in: str | None, token: bool, header: bool
) -> None:
    rendered = profile(key_delivery="settings", **({"key_in": key_in} if key_in else {}))
    assert (rendered.env.get("ANTHROPIC_AUTH_TOKEN") == marker("keyring:a")) is token
    assert (["x-portkey-api-key", marker("keyring:a")] in rendered.headers) is header
    assert ("ANTHROPIC_API_KEY" in rendered.env) is token
    # With a token the client would send its own login's key too, except for this line.
    assert (["x-api-key", ""] in rendered.headers) is token
    assert not rendered.helper


def test_every_model_and_vertex_field_reaches_its_variable() -> None:
    names = ("default", "sonnet", "opus", "haiku", "fable", "small_fast", "subagent")
    rendered = profile(
        dialect="vertex",
        models={name: f"m-{name}" for name in names},
        vertex={"project_id": "p", "region": "europe-west1"},
        gateway="http://localhost:8787/v1/",
    )
    assert rendered.env == {
        "ANTHROPIC_VERTEX_BASE_URL": "http://localhost:8787/v1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "p",
        "CLOUD_ML_REGION": "europe-west1",
        "ANTHROPIC_MODEL": "m-default",
        "ANTHROPIC_DEFAULT_SONNET_MODEL": "m-sonnet",
        "ANTHROPIC_DEFAULT_OPUS_MODEL": "m-opus",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": "m-haiku",
        "ANTHROPIC_DEFAULT_FABLE_MODEL": "m-fable",
        "ANTHROPIC_SMALL_FAST_MODEL": "m-small_fast",
        "CLAUDE_CODE_SUBAGENT_MODEL": "m-subagent",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH": 1,
        "CLAUDE_CODE_USE_VERTEX": 1,
    }


def test_a_header_value_outside_ascii_is_escaped_since_gateways_misread_it() -> None:
    rendered = profile(metadata={"_user": "Zoé", "b": '"\\'})
    value = dict(rendered.headers)["x-portkey-metadata"]
    assert value == r'{"_user": "Zo\u00e9", "b": "\"\\"}'
    assert json.loads(value) == {"_user": "Zoé", "b": '"\\'}


def test_secrets_in_extra_headers_and_variables_stay_references() -> None:
    rendered = profile(
        extra_headers={"X-Corp-Token": "env:CORP", "X-Corp": "1"}, extra_env={"MY_SECRET": "keyring:s"}
    )
    assert rendered.references() == ["keyring:s", "env:CORP"]
    assert "X-Corp-Token: t\nX-Corp: 1" in header_text(rendered, lambda _: "t")


# Inline configs ----------------------------------------------------------------------------------------


def test_a_secret_in_a_config_is_spelled_as_json_so_that_it_cannot_break_out() -> None:
    config = {"provider": "openai", "api_key": "keyring:openai"}
    rendered = profile(route={"kind": "config", "inline": config})
    secret = 'k"},\n\r{"é'
    line = header_text(rendered, lambda _: secret).splitlines()[0]
    assert line.startswith("x-portkey-config: ")
    assert line.isascii()
    assert json.loads(line.partition(": ")[2]) == {"provider": "openai", "api_key": secret}


@pytest.mark.parametrize("reference", ["file:/home/é/k", 'op://v/it"em/f', r"file:/a\u0000b"])
def test_a_references_own_spelling_survives_in_a_config(reference: str) -> None:
    text = render_config({"provider": "openai", "api_key": reference})
    assert references_in(text) == [reference]


@pytest.mark.parametrize("text", ["\0keyring:a\0", '\0cmd:["id"]\0', r"\u0000keyring:a\u0000", "\\\0", "\0"])
def test_no_text_in_a_config_can_pass_for_a_secret_reference(text: str) -> None:
    config = {"provider": "openai", "override_params": {"user": text, text: [text]}}
    rendered = render_config(config)
    assert not has_secret(rendered)
    assert json.loads(rendered) == config


def test_the_config_of_a_file_takes_the_routes_place() -> None:
    profile_ = parse_profile(
        {"name": "a", "route": {"kind": "config", "path": "/c.json"}, "api_key": "keyring:a"}
    )
    rendered = render(profile_, {"provider": "@x", "cache": {"mode": "simple"}})
    assert rendered.headers == [["x-portkey-config", '{"provider":"@x","cache":{"mode":"simple"}}']]
    assert rendered.hint == "config file c.json"


# What is kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "api_key", ["keyring:a", "env:K", "file:/a/é\nb", 'cmd:["pass",\n "portkey"]', "op://v/i/f"]
)
def test_a_rendering_survives_being_kept_as_json_whatever_its_reference_is(api_key: str) -> None:
    rendered = profile(
        api_key=api_key, key_delivery="settings", label="Ü", extra_headers={"X-A": "1"}, metadata={"a": "b"}
    )
    assert from_plain(json.loads(json.dumps(to_plain(rendered)))) == rendered


@pytest.mark.parametrize(
    "change",
    [
        {"headers": [["x-a", "1\nx-evil: 2"]]},
        {"headers": [["x-a\nx-evil", "1"]]},
        {"headers": [["x-a", "\0keyring:a\0\nx-evil: 2"]]},
        {"headers": [["x-a"]]},
        {"headers": {}},
        {"env": []},
        {"unknown": 1},
    ],
)
def test_a_kept_rendering_that_was_tampered_with_smuggles_no_header_in(change: dict[str, Any]) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        from_plain(to_plain(profile()) | change)


def test_what_the_settings_must_say_leaves_out_blanks_and_lowers_header_names() -> None:
    assert expected_values(profile(extra_headers={"X-Corp": "1"}), "helper a") == {
        "env.ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "header.x-portkey-provider": "@prod",
        "header.x-corp": "1",
        "apiKeyHelper": "helper a",
    }


def test_the_menu_shows_the_route_in_a_few_words() -> None:
    models = {"models": {"default": "m"}}
    assert profile().hint == "@prod"
    assert profile(dialect="vertex", route=VIRTUAL_KEY, **models).hint == "vertex · YOUR_VIRTUAL_KEY"
    assert profile(dialect="bedrock", route=CONFIG, **models).hint == "bedrock · config YOUR_CONFIG_ID"
