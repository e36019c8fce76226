"""The very first interactive start of the real client: does it ask for a login, though a profile is active?

What goes wrong here stops a new user behind a company's network before the first prompt, without a reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.client.command import Command
from support.client.real_client import ClientSession, write_settings
from support.gateway.recorder import Recorder, turn

MODEL = "claude-opus-5-5"
KEY = "pk-of-the-gateway"
IN_HEADER = ("--key-delivery", "settings", "--key-in", "header")
# Anthropic cannot be reached, as behind many companies' networks; else the page for a login would come.
OFFLINE = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}


@pytest.fixture
def fresh(claude_home: Path, command: Command) -> Command:
    """A home in which the first start was never gone through; its project is trusted."""
    state(claude_home, hasCompletedOnboarding=False)
    return command


def state(home: Path, **changed: object) -> None:
    path = home / ".claude.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def starts(command: Command, recorder: Recorder) -> bool:
    """Whether the first start leads to a prompt, and the prompt to the gateway."""
    recorder.clear()
    try:
        with ClientSession(command.home, OFFLINE) as session:
            session.send("ping")
            recorder.wait_for(turn("ping"))
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("delivery", ["helper", "settings"])
@pytest.mark.parametrize("dialect", ["messages", "vertex"])
def test_a_profile_asks_for_no_login(fresh: Command, recorder: Recorder, dialect: str, delivery: str) -> None:
    gateway = f"{recorder.url}{'/v1' if dialect == 'vertex' else ''}"
    route = ("--provider", "@a", "--gateway", gateway, "--dialect", dialect, "--model", MODEL)
    fresh.add("work", *route, "--key-delivery", delivery, key=KEY)
    assert "was not started here yet" not in fresh.run("switch", "work").stderr
    assert "first-run" not in fresh.findings()
    assert starts(fresh, recorder)


def test_a_key_in_a_header_alone_does_and_the_remedy_spares_it(fresh: Command, recorder: Recorder) -> None:
    fresh.add("work", "--provider", "@a", "--gateway", recorder.url, *IN_HEADER, key=KEY)
    assert "was not started here yet" in fresh.run("switch", "work").stderr
    command = fresh.findings()["first-run"]["command"]
    assert not starts(fresh, recorder)
    fresh.type(command)
    assert "first-run" not in fresh.findings()
    assert starts(fresh, recorder)


def test_a_token_in_a_project_s_file_alone_does_and_a_helper_there_does_not(
    fresh: Command, recorder: Recorder
) -> None:
    fresh.add("work", "--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", key=KEY)
    said = fresh.run("switch", "work", "--project", "--exclude")
    assert "was not started here yet" in said.stderr
    assert "first-run" in fresh.findings()
    assert not starts(fresh, recorder)
    fresh.type("pkcc-tray set work key_delivery helper")
    assert "first-run" not in fresh.findings()
    assert starts(fresh, recorder)


@pytest.mark.parametrize("token", [{}, {"ANTHROPIC_AUTH_TOKEN": ""}], ids=["none", "blank"])
def test_routes_by_hand(fresh: Command, recorder: Recorder, token: dict[str, str]) -> None:
    """An `Authorization` line is enough for `claude -p`, and for no first start; nor is a blank token."""
    headers = f"x-portkey-provider: @a\nAuthorization: Bearer {KEY}"
    env = {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_CUSTOM_HEADERS": headers} | token
    write_settings(fresh.home, {"env": env})
    assert "first-run" in fresh.findings()
    assert not starts(fresh, recorder)
    state(fresh.home, hasCompletedOnboarding=True)
    assert "first-run" not in fresh.findings()
    assert starts(fresh, recorder)
