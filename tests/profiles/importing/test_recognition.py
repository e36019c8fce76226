"""If these fail, `import` or `adopt` makes a profile that routes elsewhere, or leaves a key in clear text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from profiles.base.errors import ConflictError, PkccError
from profiles.base.secret_markers import fill
from profiles.claude_code.settings.parse import actual_values, parse_settings
from profiles.importing.recognition import Recognised, recognise
from profiles.profile.render import render
from profiles.profile.rendering import expected_values
from profiles.profile.schema.parse import parse_profile

DATA = Path(__file__).parents[2] / "data/portkey/claude-settings.json"
DOCUMENTED = json.loads(DATA.read_text(encoding="utf-8"))
KEY_HEADER = "x-portkey-api-key: YOUR_PORTKEY_API_KEY\n"
QUICK_START = KEY_HEADER + "x-portkey-provider: vertex-ai\nx-portkey-virtual-key: YOUR_VIRTUAL_KEY"
BY_CONFIG = KEY_HEADER + "x-portkey-config: YOUR_CONFIG_ID"
FOUNDING = {
    "quick start": QUICK_START,
    "config": BY_CONFIG,
    "metadata": QUICK_START + '\nx-portkey-metadata: {"_user": "john.doe", "team": "engineering"}',
    "complete": BY_CONFIG + '\nx-portkey-metadata: {"_user": "john.doe", "project": "backend-api"}',
}


def founding_settings(headers: str) -> dict[str, Any]:
    return {
        "env": {
            "ANTHROPIC_VERTEX_BASE_URL": "https://api.portkey.ai/v1",
            "ANTHROPIC_CUSTOM_HEADERS": headers,
            "ANTHROPIC_MODEL": "claude-3-7-sonnet@20250219",
            "CLAUDE_CODE_SKIP_VERTEX_AUTH": 1,
            "CLAUDE_CODE_USE_VERTEX": 1,
        }
    }


def values_of(settings: dict[str, Any]) -> dict[str, str]:
    return actual_values(parse_settings(json.dumps(settings).encode(), "settings.json"))


def recognised(env: dict[str, Any] | None = None, headers: str = "x-portkey-provider: @p") -> Recognised:
    return recognise(values_of({"env": {"ANTHROPIC_CUSTOM_HEADERS": headers} | (env or {})}), "mine", "FILE")


def rendered_again(found: Recognised) -> dict[str, str]:
    secrets = {f"keyring:{name}": text for name, text in found.secrets.items()}
    secrets[found.data["api_key"]] = found.key or ""
    expected = expected_values(render(parse_profile(found.data)), None)
    return {slot: fill(template, secrets.__getitem__) for slot, template in expected.items()}


@pytest.mark.parametrize("headers", FOUNDING.values(), ids=FOUNDING)
def test_importing_a_founding_block_and_writing_it_again_gives_the_same_settings(headers: str) -> None:
    values = values_of(founding_settings(headers))
    found = recognise(values, "mine", "FILE")
    assert found.key == "YOUR_PORTKEY_API_KEY"
    assert "YOUR_PORTKEY_API_KEY" not in json.dumps(found.data)
    assert rendered_again(found) == values | {"env.ANTHROPIC_VERTEX_PROJECT_ID": "portkey"}


ROUTED = [entry for entry in DOCUMENTED if "x-portkey" in json.dumps(entry)]
UNROUTED = [entry for entry in DOCUMENTED if "x-portkey" not in json.dumps(entry)]


@pytest.mark.parametrize("entry", ROUTED, ids=lambda entry: entry["id"])
def test_importing_a_documented_block_keeps_everything_that_routes(entry: dict[str, Any]) -> None:
    values = values_of(entry["settings"])
    found = recognise(values, "mine", "FILE")
    again = rendered_again(found)
    if values.get("env.ANTHROPIC_BASE_URL", "").endswith("/v1"):  # an old page's: wrong for today's client
        values["env.ANTHROPIC_BASE_URL"] = "https://api.portkey.ai"
        assert any("/v1" in note for note in found.notes)
    added = {"env.ANTHROPIC_VERTEX_PROJECT_ID", "env.ANTHROPIC_BASE_URL"} - set(values)
    assert {slot: text for slot, text in again.items() if slot not in added} == values
    if found.key:
        assert found.key not in json.dumps(found.data)


@pytest.mark.parametrize("entry", UNROUTED, ids=lambda entry: entry["id"])
def test_settings_with_no_route_are_refused_with_what_to_do(entry: dict[str, Any]) -> None:
    with pytest.raises(PkccError, match="FILE holds no Portkey route") as caught:
        recognise(values_of(entry["settings"]), "mine", "FILE")
    assert "pkcc-tray add" in caught.value.hint


def test_the_documented_blocks_are_all_looked_at() -> None:
    assert (len(ROUTED), len(UNROUTED)) == (13, 2)


def test_two_different_keys_are_a_conflict_and_neither_is_shown() -> None:
    with pytest.raises(ConflictError) as caught:
        recognised(
            {"ANTHROPIC_AUTH_TOKEN": "pk-number-one"}, "x-portkey-provider: @p\nx-portkey-api-key: pk-two"
        )
    assert "pk-" not in caught.value.title + caught.value.hint


@pytest.mark.parametrize(
    ("value", "dialect"),
    [(1, "vertex"), ("1", "vertex"), ("true", "vertex"), ("YES", "vertex")]
    + [(off, "messages") for off in ("", "0", 0, "false", "False", "no", "off", " 0 ", False)],
)
def test_a_dialect_counts_only_where_its_switch_is_on(value: object, dialect: str) -> None:
    found = recognised(
        {"CLAUDE_CODE_USE_VERTEX": value, "ANTHROPIC_BASE_URL": "https://h", "ANTHROPIC_MODEL": "m"}
    )
    assert found.data["dialect"] == dialect


@pytest.mark.parametrize(
    ("env", "delivery", "key_in"),
    [
        ({}, "helper", None),
        ({"ANTHROPIC_AUTH_TOKEN": "k"}, "settings", "token"),
    ],
)
def test_how_the_key_is_delivered_is_taken_over(
    env: dict[str, str], delivery: str, key_in: str | None
) -> None:
    data = recognised(env).data
    assert (data["key_delivery"], data.get("key_in")) == (delivery, key_in)


def test_a_key_in_the_header_alone_stays_in_the_header_alone() -> None:
    found = recognised({}, "x-portkey-provider: @p\nx-portkey-api-key: k")
    assert (found.key, found.data["key_in"]) == ("k", "header")


def test_the_last_of_equal_headers_and_keys_counts_as_for_the_client() -> None:
    found = recognised({}, "x-portkey-provider: @old\nX-Portkey-Provider:@new")
    assert found.data["route"]["provider"] == "@new"
    text = b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-config: pc-1", "ANTHROPIC_CUSTOM_HEADERS": ""}}'
    assert actual_values(parse_settings(text, "")) == {}


def test_clear_text_secrets_of_an_inline_config_go_to_the_backend() -> None:
    config = {"targets": [{"provider": "openai", "api_key": "sk-1"}, {"provider": "@b"}]}
    found = recognised({}, f"x-portkey-config: {json.dumps(config)}")
    assert found.secrets == {"mine.config-1": "sk-1"}
    assert found.data["route"]["inline"]["targets"][0]["api_key"] == "keyring:mine.config-1"
    assert json.loads(rendered_again(found)["header.x-portkey-config"]) == config


def test_an_imported_config_cannot_name_a_secret_of_the_users_own() -> None:
    for stolen in ("env:AWS_SECRET_ACCESS_KEY", "file:/home/me/.ssh/id", "keyring:other", "op://v/i/f"):
        with pytest.raises(PkccError, match="where a secret goes"):
            recognised({}, f'x-portkey-config: {{"provider": "openai", "api_key": "{stolen}"}}')


def test_secrets_in_other_portkey_headers_go_to_the_backend_and_identifiers_do_not() -> None:
    found = recognised(
        {},
        "x-portkey-provider: @p\nx-portkey-aws-secret-access-key: S\nx-portkey-aws-region: eu",
    )
    assert found.data["extra_headers"] == {
        "x-portkey-aws-secret-access-key": "keyring:mine.aws-secret-access-key",
        "x-portkey-aws-region": "eu",
    }
    assert found.secrets == {"mine.aws-secret-access-key": "S"}


def test_metadata_that_is_no_text_is_written_as_text_and_broken_metadata_left_out() -> None:
    found = recognised({}, 'x-portkey-provider: @p\nx-portkey-metadata: {"a": 1, "b": "x"}')
    assert found.data["metadata"] == {"a": "1", "b": "x"}
    found = recognised({}, "x-portkey-provider: @p\nx-portkey-metadata: {broken")
    assert "metadata" not in found.data
    assert any("metadata" in note for note in found.notes)


@pytest.mark.parametrize("config", ["pc-1", '{"cache":{"mode":"simple"}}'])
def test_a_provider_and_a_virtual_key_stay_beside_a_config(config: str) -> None:
    """A config with only a cache would route nowhere: 400."""
    text = f"x-portkey-provider: @p\nx-portkey-virtual-key: vk-1\nx-portkey-config: {config}"
    found = recognised({"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}, text)
    assert found.notes == []
    again = rendered_again(found)
    assert "\n".join(f"{slot[7:]}: {again[slot]}" for slot in again if slot[:7] == "header.") == text


@pytest.mark.parametrize("text", ['{"a": ', "{" * 5000, "{NaN}"])
def test_a_broken_inline_config_is_refused_readably(text: str) -> None:
    with pytest.raises(PkccError, match="not valid JSON"):
        recognised({}, f"x-portkey-config: {text}")


@pytest.mark.parametrize(
    ("dialect", "url", "right"),
    [
        ("messages", "https://gw.corp/v1/", "https://gw.corp"),
        ("messages", "https://gw.corp/", "https://gw.corp"),
        ("vertex", "https://gw.corp", "https://gw.corp/v1"),
        ("bedrock", "https://gw.corp/v1/", "https://gw.corp/v1"),
    ],
)
def test_a_base_url_is_brought_into_the_dialects_form(dialect: str, url: str, right: str) -> None:
    name = "ANTHROPIC_BASE_URL" if dialect == "messages" else f"ANTHROPIC_{dialect.upper()}_BASE_URL"
    env = {name: url, "ANTHROPIC_MODEL": "m"} | (
        {} if dialect == "messages" else {f"CLAUDE_CODE_USE_{dialect.upper()}": 1}
    )
    found = recognised(env)
    assert found.data["gateway"] == right
    assert parse_profile(found.data).base_url == right


def test_a_virtual_key_stays_alone_as_it_stood() -> None:
    """A provider that is guessed can be another than the virtual key's."""
    found = recognised(headers="x-portkey-virtual-key: vk")
    assert found.data["route"] == {"kind": "virtual_key", "virtual_key": "vk"}
    assert rendered_again(found)["header.x-portkey-virtual-key"] == "vk"
    assert "header.x-portkey-provider" not in rendered_again(found)
