"""Portkey's own settings blocks: import, switch away, switch back, and the routing is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command, is_readable_error
from support.client.real_client import run_once
from support.gateway.recorder import Recorder, turn

BLOCKS = json.loads(
    (Path(__file__).parents[1] / "data" / "portkey" / "claude-settings.json").read_text(encoding="utf-8")
)
HOSTED = "https://api.portkey.ai"


def has_route(block: dict[str, Any]) -> bool:
    headers = block["settings"]["env"].get("ANTHROPIC_CUSTOM_HEADERS", "")
    return any(f"x-portkey-{part}" in headers for part in ("provider", "virtual-key", "config"))


def blocks(*, routed: bool) -> list[Any]:
    return [pytest.param(block, id=block["id"]) for block in BLOCKS if has_route(block) == routed]


def routing(settings: dict[str, Any]) -> dict[str, str]:
    """Every routing value that the client would see: variables and single headers that are not blank."""
    env = {name: str(value) for name, value in settings["env"].items() if value != ""}
    lines = env.pop("ANTHROPIC_CUSTOM_HEADERS", "").split("\n")
    headers = (line.partition(":") for line in lines if line)
    return env | {name.strip().lower(): text for name, _, value in headers if (text := value.strip())}


def expected_after_import(before: dict[str, str]) -> dict[str, str]:
    """The same values, except for the three that the client needs otherwise; `import` notes each of them."""
    after = dict(before)
    if "ANTHROPIC_VERTEX_BASE_URL" in before:
        after.setdefault("ANTHROPIC_VERTEX_PROJECT_ID", "portkey")
    elif "ANTHROPIC_BEDROCK_BASE_URL" not in before:
        after["ANTHROPIC_BASE_URL"] = before.get("ANTHROPIC_BASE_URL", HOSTED).removesuffix("/v1")
    return after


def import_and_return(command: Command, settings: dict[str, Any]) -> dict[str, str]:
    """Import the user's settings as they stand, switch to another profile and to the imported one."""
    original = json.dumps(settings, indent=3).encode()
    command.settings.write_bytes(original)
    done = command.run("import", "--json")
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    (profile,) = answer["data"]["profiles"]
    changed = expected_after_import(routing(settings)) != routing(settings)
    needs_note = ("added", "dropped", "assumed")
    assert any(word in note for word in needs_note for note in answer.get("notes", [])) == changed
    assert command.bytes() == original
    command.add("other", "--provider", "@other", "--sonnet", "claude-other", key="pk-other-key")
    command.data("switch", "other")
    assert routing(json.loads(command.settings.read_text()))["x-portkey-provider"] == "@other"
    command.data("switch", profile["name"])
    return routing(json.loads(command.settings.read_text()))


def assert_off_gives_back(command: Command, settings: dict[str, Any]) -> None:
    command.data("off")
    assert command.bytes() == json.dumps(settings, indent=3).encode()


@pytest.mark.parametrize("block", blocks(routed=True))
def test_a_block_of_the_documentation_routes_the_same_after_import(
    command: Command, block: dict[str, Any]
) -> None:
    settings = block["settings"]
    assert import_and_return(command, settings) == expected_after_import(routing(settings))
    assert_off_gives_back(command, settings)


@pytest.mark.parametrize("block", blocks(routed=False))
def test_a_block_without_a_route_is_refused_readably(command: Command, block: dict[str, Any]) -> None:
    command.settings.write_text(json.dumps(block["settings"]))

    done = command.run("import")

    assert (done.returncode, done.stdout) == (1, "")
    assert is_readable_error(done.stderr), done.stderr
    assert "no Portkey route" in done.stderr
    assert command.data("list")["profiles"] == []


@pytest.mark.parametrize(
    "block", [found for found in blocks(routed=True) if "native" in str(found.values[0])]
)
def test_the_real_client_sends_what_the_block_says(
    recorder: Recorder, command: Command, block: dict[str, Any]
) -> None:
    """The Vertex and Bedrock blocks, at a gateway that is here."""
    settings = json.loads(json.dumps(block["settings"]).replace(HOSTED, recorder.url))
    wanted = import_and_return(command, settings)

    done = run_once(command.home, "ping")

    assert (done.returncode, done.stdout) == (0, "pong\n"), done.stderr
    sent = recorder.wait_for(turn("ping"))
    assert sent.model == settings["env"]["ANTHROPIC_MODEL"]
    assert sent.path.startswith("/v1/projects/portkey/" if "VERTEX" in str(settings) else "/v1/model/")
    headers = {name: value for name, value in wanted.items() if name.startswith("x-portkey-")}
    assert {name: sent.header(name) for name in headers} == headers
    assert sent.header("authorization") is None
    assert_off_gives_back(command, settings)
