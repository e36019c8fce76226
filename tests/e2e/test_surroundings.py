"""A proxy that something put into the user's settings: what a running session of the real client does then.

What goes wrong here leaves every request, and the key in it, with the one who runs that proxy.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from support.client.command import Command
from support.client.real_client import ClientSession
from support.gateway.recorder import Recorder, Request, turn

KEY = "pk-of-the-gateway"


def by_proxy(request: Request) -> bool:
    """The recorder is gateway and proxy in one: a client names the whole URL to a proxy only."""
    return request.path.startswith("http://")


def ask_until(session: ClientSession, recorder: Recorder, *, proxied: bool) -> None:
    """Until a question comes that way: the client takes about a second for its settings."""
    for _ in range(60):
        prompt = f"question {uuid4().hex}"
        session.send(prompt)
        request = recorder.wait_for(turn(prompt))
        assert request.header("authorization") == f"Bearer {KEY}"
        if by_proxy(request) is proxied:
            return
    raise AssertionError("the session never took the other way")


@pytest.mark.parametrize("answer", ["restore", "switch"])
def test_a_running_session_follows_the_answer(
    claude_home: Path, command: Command, recorder: Recorder, answer: str
) -> None:
    """`restore` takes the proxy away from it; `switch` accepts what is there, and says so."""
    command.add("work", "--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", key=KEY)
    command.data("switch", "work")
    with ClientSession(claude_home) as session:
        ask_until(session, recorder, proxied=False)
        settings = json.loads(command.settings.read_text())
        settings["env"]["HTTP_PROXY"] = recorder.url
        command.settings.write_text(json.dumps(settings, indent=2))
        (row,) = command.data("status")["drift"]
        assert (row["slot"], row["alarming"]) == ("env.HTTP_PROXY", True)
        ask_until(session, recorder, proxied=True)
        said = command.run(answer, *(["work"] if answer == "switch" else []))
        assert said.returncode == 0
        assert command.data("status")["drift"] == []
        if answer == "restore":
            ask_until(session, recorder, proxied=False)
        else:
            assert "HTTP_PROXY was added since the last switch" in said.stdout + said.stderr
