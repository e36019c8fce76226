"""Which lists of models leave a profile's choice out: our words are held to the real client.

A user would be told of a model that is asked for all the same, or not of one that is replaced.
"""

from __future__ import annotations

import json

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.recorder import Recorder

KEY = "pk-bent-0815"
LISTS = [
    ("claude-sonnet-5-5", ["sonnet"]),
    ("@a/my-sonnet", ["Sonnet"]),
    ("@a/s", ["sonnet"]),
    ("@a/claude-sonnet-5-5", ["claude-sonnet-5-5"]),
    ("@a/x-2", ["@a/x"]),
    ("claude-sonnet-4-6", ["sonnet", "claude-sonnet-5-5"]),
    ("claude-sonnet-5-5", ["claude-son"]),
    ("haiku", ["claude-sonnet-5-5"]),
    ("sonnet", ["claude-sonnet-5-5"]),
]


@pytest.mark.parametrize(("model", "available"), LISTS)
def test_what_is_said_to_be_left_out_is_left_out(
    command: Command, recorder: Recorder, model: str, available: list[str]
) -> None:
    command.add("work", "--provider", "@a", "--model", model, "--gateway", recorder.url, key=KEY)
    command.settings.write_text(json.dumps({"availableModels": available}))
    said = "availableModels" in command.run("switch", "work").stderr
    run_once(command.home, "ping", None, "--tools", "")
    asked_for = recorder.model_calls[0].model
    kept = asked_for == f"claude-{model}-5-5" if model in ("sonnet", "haiku") else asked_for == model
    assert said != kept
