"""If these fail, a password in an address, or a token in a header, is shown or stored in clear text."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from profiles.base.secret_markers import MASK
from profiles.portkey.config.explaining.difference import differences, dots_in, masked
from profiles.portkey.config.explaining.phrases import shown
from profiles.portkey.config.secret_texts import hidden_texts, secret_pieces, without_secrets
from profiles.portkey.config.secrets import reference_fields, secret_fields

PW = "CANARY-pw"
HIDDEN = [
    f"https://u:{PW}@h.example/v1",
    f"https://{PW}@h.example",
    f"https://u:{PW}/x@h.example/v1",  # a slash in it, which no client would take
    f"//u:{PW}@h.example",
    f"postgres://u:{PW}@h.example/db",
    f"see https://u:{PW}@h.example and https://other.example",
    f"https://h.example/hook?token={PW}",
    f"https://h.example/hook?a=1&api_key={PW}&b=2",
    f"https://h.example/hook?api%5Fkey={PW}",
    f"https://h.example/hook?X-Amz-Signature={PW}",
    f"https://h.example/hook?sig={PW}",
    f"https://h.example/#access_token={PW}",
    f"https://h.example/hook?x=sk-{PW}-0123456789",
    f"Bearer {PW}",
    f"basic {PW}",
    f"Authorization: Bearer {PW}",
    f"X-One: 1\r\nX-Api-Key:{PW}",
    json.dumps({"Authorization": PW}),
    json.dumps([{"headers": {"x": f"Bearer {PW}"}}]),
    json.dumps(json.dumps({"a": json.dumps({"url": f"https://u:{PW}@h"})}))[1:-1].replace('\\"', '"'),
]
PLAIN = [
    "https://h.example:8443/v1",
    "https://[::1]:8443/v1",
    "https://h.example/@scope/v1?api-version=2024-10-21&page=2",
    "https://h.example/v1?max_tokens=5",
    "@anthropic-prod/claude-sonnet-5-5",
    "eu.anthropic.claude-sonnet-5-5-20250929-v1:0",
    "me@example.com",
    "Basic terms apply to everyone who asks",
    "Password: never tell anybody what it is",
    "{not json}",
    '{"model": "@a/b"}',
    "//",
    "://?&=",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_secret_inside_of_a_text_is_dots_wherever_the_text_stands(text: str) -> None:
    for config in (
        {"custom_host": text},
        {"targets": [{"override_params": {"extra": ["a", text]}}]},
        {"metadata": {"team": text}},
        {"input_guardrails": [{"default.webhook": {"webhookURL": text}}]},
    ):
        clean, paths = masked(config)
        assert PW not in json.dumps(clean)
        assert len(paths) == 1
        assert dots_in(clean) == paths[0]
        other = json.loads(json.dumps(config).replace(PW, PW + "2"))
        assert PW not in json.dumps(differences(config, other), default=str)
        assert PW not in json.dumps(differences({}, config), default=str)
        if "metadata" not in config:
            assert hidden_texts(config)
    assert PW not in shown(text)
    assert PW not in shown([text])


def test_what_is_no_secret_of_an_address_stays_readable() -> None:
    assert without_secrets(f"https://u:{PW}@h.example/v1?a=1") == f"https://{MASK}@h.example/v1?a=1"
    assert without_secrets(f"https://h.example/?token={PW}&a=1") == f"https://h.example/?token={MASK}&a=1"


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_a_secret_is_left_as_it_is(text: str) -> None:
    """Else a config that was pulled could not be pushed again, for dots in it."""
    assert secret_pieces(text) == []
    assert masked({"custom_host": text, "a": [text]}) == ({"custom_host": text, "a": [text]}, ())


NAMED: list[tuple[Any, Any]] = [
    ({"api_keys": [PW, "keyring:two", ""]}, ("api_keys", 0)),
    ({"passwords": [[PW]]}, ("passwords", 0, 0)),
    (
        {"override_params": {"headers": {"Authorization": PW}}},
        ("override_params", "headers", "Authorization"),
    ),
    ({"headers": [{"name": "x-api-key", "value": PW}]}, ("headers", 0, "value")),
    ({"headers": [{"key": "Authorization", "value": PW}]}, ("headers", 0, "value")),
]


@pytest.mark.parametrize(("config", "path"), NAMED)
def test_a_list_or_a_pair_under_a_secrets_name_holds_secrets(config: Any, path: Any) -> None:
    """`add` and `import` take into the key store what is found, and would leave the rest in clear text."""
    assert secret_fields(config) == [(path, PW)]
    assert PW not in json.dumps(masked(config)[0])
    other = json.loads(json.dumps(config).replace(PW, PW + "2"))
    assert PW not in json.dumps(differences(config, other), default=str)
    refers = json.loads(json.dumps(config).replace(PW, "env:IT"))
    assert (path, "env:IT") in reference_fields(refers)
    assert secret_fields(refers) == []
    assert differences(config, refers) == ()


def test_a_vast_text_is_searched_at_once() -> None:
    for text in (
        "a." * 500_000,
        "x:" + " " * 1_000_000 + "y",
        "http://" + "@:/?&#" * 100_000,
        "a\n" * 500_000,
    ):
        began = process_time()
        assert secret_pieces(text) == []
        assert process_time() - began < 5, "some 0.2 s, unless each place is searched from anew"
