"""A new user's first day: what works by hand is imported, switched to, back to, and off, by the real client.

Each would lose it otherwise: the model of the page, the provider before each model, the provider beside a
config, and be sent to a profile by `doctor` that is not at fault.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from equivalence.setup import corpus
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.every_host import EveryHost

HAND_MADE = {setup.name: setup.settings for setup in corpus()}
STORIES = {
    "a page of Prisma AIRS": ("guides-airs-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", set()),
    "a provider before each model": (
        "guides-models-two-slugs",
        "@anthropic-prod/claude-opus-5-5",
        {"profile-advice"},
    ),
    "a provider beside a config": ("guides-config-and-provider", "claude-opus-5-5", set()),
}


def sent(command: Command, world: EveryHost) -> tuple[str, str, dict[str, str]]:
    """Where the client's request goes, for which model, and the headers by which Portkey knows what to do."""
    world.clear()
    run_once(command.home, "ping", world.environ, "--tools", "")
    request = next(request for request in world.requests if request.is_model_call)
    routing = ("x-portkey", "authorization", "x-api-key")
    headers = {
        name.lower(): value for name, value in request.headers if value and name.lower().startswith(routing)
    }
    return request.path, request.model, headers


@pytest.mark.parametrize(("name", "model", "known"), STORIES.values(), ids=STORIES)
def test_the_client_sends_what_it_sent(
    command: Command, tmp_path: Path, name: str, model: str, known: set[str]
) -> None:
    command.settings.write_text(json.dumps(HAND_MADE[name], indent=4))
    command.settings.chmod(0o600)
    original = command.bytes()
    command.add("other", "--provider", "@other", "--model", "claude-other", key="pk-of-another")
    with EveryHost(tmp_path) as world:
        by_hand = sent(command, world)
        assert by_hand[1] == model
        assert {*command.findings(world.environ)} == {"client-missing", "key-in-settings"}

        command.data("import", "--name", "mine", "--yes")
        command.data("switch", "mine")
        assert sent(command, world) == by_hand
        assert {*command.findings(world.environ)} == {"client-missing", *known}

        command.data("switch", "other")
        _, other, headers = sent(command, world)
        assert (other, headers["x-portkey-provider"]) == ("claude-other", "@other")
        assert "x-portkey-config" not in headers

        command.data("switch", "-")
        assert sent(command, world) == by_hand
        command.data("off")
        assert sent(command, world) == by_hand
    assert command.bytes() == original
