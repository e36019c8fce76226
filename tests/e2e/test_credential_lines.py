"""A header line with a credential, and the real client: no gateway gets what was written for another.

The client sends every line of the string to whatever address is in force.
"""

from __future__ import annotations

import json

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.recorder import Recorder
from support.gateway.routing import DIALECTS, MODELS, gateway_url, keys_in

LOGIN = "login-of-the-first-gateway"
LINES = {
    "Authorization": f"Bearer {LOGIN}",
    "x-litellm-api-key": LOGIN,
    "Ocp-Apim-Subscription-Key": LOGIN,
    "Cookie": f"session={LOGIN}",
}


def original(url: str) -> bytes:
    headers = "\n".join(["X-Corp: 1", *(f"{name}: {value}" for name, value in LINES.items())])
    return json.dumps({"env": {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_CUSTOM_HEADERS": headers}}).encode()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_next_gateway_gets_none_of_them(recorder: Recorder, command: Command, dialect: str) -> None:
    with Recorder() as first:
        command.settings.write_bytes(original(first.url))
        command.add(
            *("next", "--provider", "@slug", "--dialect", dialect, "--key-delivery", "helper"),
            *("--gateway", gateway_url(recorder.url, dialect), "--model", MODELS[dialect]),
            key="pk-next-key",
        )
        done = command.data("switch", "next")
        assert done["lines_taken_out"] == [{"name": name, "address": first.url} for name in LINES]
        assert run_once(command.home, "ping").stdout == "pong\n"
        assert recorder.model_calls[0].header("x-corp") == "1"
        assert not [request for request in recorder.requests if keys_in(request, [LOGIN])]
        command.data("off")
        assert command.bytes() == original(first.url)
        assert first.requests == []


def test_the_key_that_such_a_line_holds_is_imported_and_works(recorder: Recorder, command: Command) -> None:
    """As Portkey's newer pages write it, for a gateway of one's own."""
    key = "pk-imported-key"
    headers = f"Authorization: Bearer {key}\nx-portkey-provider: @slug"
    settings = {"env": {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_CUSTOM_HEADERS": headers}}
    command.settings.write_text(json.dumps(settings))
    command.data("import", "--name", "newer")
    command.data("set", "newer", "key_delivery", "helper")
    command.data("switch", "newer")
    assert key not in command.settings.read_text()
    assert run_once(command.home, "ping").stdout == "pong\n"
    assert {call.header("authorization") for call in recorder.model_calls} == {f"Bearer {key}"}
    command.data("off")
    assert json.loads(command.bytes() or b"") == settings
