"""Stores that other switchers made become profiles, and the real client's requests go their way."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.client.switchers import cc_switch, ccs, claude_provider_switcher
from support.gateway.recorder import Recorder, turn

KEY = "pk-CANARY-of-another-switcher"
OTHER = "sk-CANARY-of-another-vendor"
MODEL = "claude-sonnet-4-5"


def everything_below(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def import_untouched(command: Command, store: Path, *words: str) -> dict[str, Any]:
    """Import; the other program's files must be what they were, and no key may be in any file of ours."""
    before = everything_below(store)
    data = command.data("import", *words)
    assert everything_below(store) == before
    ours = everything_below(command.home / ".config") | everything_below(command.home / ".local")
    assert not [path for path, content in ours.items() if b"CANARY" in content]
    return data


def assert_client_takes_the_route(command: Command, recorder: Recorder, name: str, provider: str) -> None:
    command.data("switch", name)
    done = run_once(command.home, "ping")
    assert (done.returncode, done.stdout) == (0, "pong\n"), done.stderr
    sent = recorder.wait_for(turn("ping"))
    assert sent.model == MODEL
    assert sent.header("x-portkey-provider") == provider
    assert sent.header("authorization") == f"Bearer {KEY}"


def test_a_store_of_ccs(command: Command, recorder: Recorder) -> None:
    home = command.home
    for name, url, key, model in (
        ("work", "https://api.portkey.ai", KEY, f"@anthropic-prod/{MODEL}"),
        ("glm", "https://api.z.ai/api/anthropic", OTHER, "glm-5"),
        ("own", recorder.url, KEY, MODEL),
    ):
        ccs(home, "api", "create", name, "--base-url", url, "--api-key", key, "--model", model, "--yes")

    data = import_untouched(command, home / ".ccs", "--from", "ccs")

    assert [(row["name"], row["route"]) for row in data["profiles"]] == [("work", "@anthropic-prod by model")]
    skipped = {part["name"]: part["reason"] for part in data["left_out"] if not part["what"]}
    assert skipped.keys() == {"glm", "own"}
    assert skipped["glm"].startswith("api.z.ai is not a known gateway of Portkey's")
    assert (
        command.data("show", "work")["writes"]["env.ANTHROPIC_DEFAULT_OPUS_MODEL"]
        == f"@anthropic-prod/{MODEL}"
    )
    data = import_untouched(
        command, home / ".ccs", str(home / ".ccs"), "--only", "own", "--provider", "openai"
    )
    assert data["keys_stored"] == ["own"]
    assert_client_takes_the_route(command, recorder, "own", "openai")


def test_a_store_of_claude_provider_switcher(command: Command, recorder: Recorder) -> None:
    home = command.home
    for name, url, model in (
        ("work", "https://api.portkey.ai", f"@anthropic-prod/{MODEL}"),
        ("own", recorder.url, MODEL),
    ):
        words = ("profile", "add", name, "--base-url", url, "--model", model, "--key-stdin")
        claude_provider_switcher(home, *words, stdin=KEY + "\n")
    store = home / ".claude-provider-switcher"

    data = import_untouched(command, store, "--from", "claude-provider-switcher")

    assert [row["name"] for row in data["profiles"]] == ["work"]
    assert {part["name"] for part in data["left_out"]} >= {"official", "anthropic", "apimaster", "own"}
    import_untouched(command, store, str(store / "profiles.json"), "--only", "own", "--provider", "openai")
    assert_client_takes_the_route(command, recorder, "own", "openai")


def test_settings_that_claude_provider_switcher_wrote(command: Command, recorder: Recorder) -> None:
    words = ("profile", "add", "own", "--base-url", recorder.url, "--model", MODEL, "--key-stdin")
    claude_provider_switcher(command.home, *words, stdin=KEY + "\n")
    claude_provider_switcher(command.home, "use", "own", "--no-repair-history")

    data = command.data("import", "--provider", "openai", "--name", "own")

    (left_out,) = data["left_out"]
    assert left_out["what"].startswith("apiKeyHelper (")
    assert left_out["reason"] == "a command is never taken over"
    assert data["keys_missing"] == ["own"]
    command.data("key", "set", "own", stdin=KEY)
    assert_client_takes_the_route(command, recorder, "own", "openai")


@pytest.mark.parametrize("wal", [False, True], ids=["closed journal", "write-ahead log"])
def test_a_database_of_cc_switch_that_is_open(command: Command, recorder: Recorder, wal: bool) -> None:
    settings = {
        "env": {
            "ANTHROPIC_BASE_URL": recorder.url,
            "ANTHROPIC_AUTH_TOKEN": KEY,
            "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider:openai\nX-Team: blue",
            "ANTHROPIC_MODEL": MODEL,
        },
        "hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "touch pwned"}]}]},
    }
    glm = {
        "env": {"ANTHROPIC_BASE_URL": "https://open.bigmodel.cn/api/anthropic", "ANTHROPIC_AUTH_TOKEN": OTHER}
    }
    rows = [("claude", "Portkey 工作", json.dumps(settings)), ("claude", "GLM", json.dumps(glm))]
    store = command.home / ".cc-switch"
    with closing(cc_switch(store / "cc-switch.db", [*rows, ("codex", "x", "{}")], wal=wal)) as running:
        running.execute("BEGIN IMMEDIATE")  # it is writing, and must neither wait nor be waited for
        running.execute("UPDATE providers SET name = 'unfinished'")
        data = import_untouched(command, store, "--from", "cc-switch")
        running.execute("COMMIT")

    assert [(row["name"], row["route"]) for row in data["profiles"]] == [("Portkey", "openai")]
    reasons = {part["what"]: part["reason"] for part in data["left_out"]}
    assert reasons["hooks"] == "it may run commands, and an import never takes one over"
    assert command.data("show", "Portkey")["writes"]["header.x-team"] == "blue"
    assert_client_takes_the_route(command, recorder, "Portkey", "openai")
    assert not (command.home / "project" / "pwned").exists()
