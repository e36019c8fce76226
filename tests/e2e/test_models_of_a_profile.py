"""What a profile says of models, and what lists of models make of it: held to the real client."""

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
    """A user would be told of a model that is asked for all the same, or not of one that is replaced."""
    command.add("work", "--provider", "@a", "--model", model, "--gateway", recorder.url, key=KEY)
    command.settings.write_text(json.dumps({"availableModels": available}))
    said = "availableModels" in command.run("switch", "work").stderr
    run_once(command.home, "ping", None, "--tools", "")
    asked_for = recorder.model_calls[0].model
    kept = asked_for == f"claude-{model}-5-5" if model in ("sonnet", "haiku") else asked_for == model
    assert said != kept


@pytest.mark.parametrize("delivery", ["helper", "settings"])
def test_the_gateway_is_asked_for_its_models_by_any_delivery(
    command: Command, recorder: Recorder, delivery: str
) -> None:
    """`/model` would list nothing of the gateway's, though the profile says so."""
    options = ["--provider", "@a", "--gateway", recorder.url, "--key-delivery", delivery]
    command.add("work", *options, "--model-discovery", key=KEY)
    command.data("switch", "work")
    run_once(command.home, "ping", None, "--tools", "")
    (asked,) = [request for request in recorder.requests if request.path.startswith("/v1/models")]
    assert (asked.header("authorization"), asked.header("x-portkey-provider")) == (f"Bearer {KEY}", "@a")
