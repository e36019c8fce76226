"""The harness itself: the real client speaks each dialect to the recorder, a session reloads its settings.

These are also the facts of the client that switching rests on: should a new client behave otherwise, users
would be told that a running session has switched when it has not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from support.client.real_client import ClientSession, run_once, write_settings
from support.gateway.recorder import Recorder, Request, turn

HEADERS = "x-portkey-config: pc-one\nX-Corp: 1"


def messages(url: str, **env: str) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": url, **env}


def vertex(url: str, **env: str) -> dict[str, str]:
    return {
        "ANTHROPIC_VERTEX_BASE_URL": f"{url}/v1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "portkey",
        "CLAUDE_CODE_USE_VERTEX": "1",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1",
        **env,
    }


def bedrock(url: str, **env: str) -> dict[str, str]:
    return {
        "ANTHROPIC_BEDROCK_BASE_URL": url,
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1",
        **env,
    }


DIALECTS = pytest.mark.parametrize("dialect", [messages, vertex, bedrock])


def path_start(dialect: Any) -> str:
    return {messages: "/v1/messages", vertex: "/v1/projects/portkey/locations/", bedrock: "/model/"}[dialect]


def key_helper(home: Path) -> str:
    """A command for `apiKeyHelper` that prints `key-` and its argument; each call is noted in `calls`."""
    script = home / "helper"
    script.write_text(f'#!/bin/sh\necho "$1" >> {home}/calls\necho "key-$1"\n')
    script.chmod(0o700)
    return str(script)


def ask(session: ClientSession, recorder: Recorder, prompt: str) -> Request:
    """The conversation's own request for a prompt that was not sent before."""
    session.send(prompt)
    return recorder.wait_for(turn(prompt))


def ask_until(
    session: ClientSession, recorder: Recorder, accepts: Callable[[Request], bool]
) -> list[Request]:
    """Ask time and again, as a reload takes about a second; all requests, of which the last is accepted."""
    asked: list[Request] = []
    while not asked or not accepts(asked[-1]):
        assert len(asked) < 60, f"never reloaded; the last: {asked[-1].path} {asked[-1].headers}"
        asked.append(ask(session, recorder, f"question {uuid4().hex}"))
    return asked


def asks_for(model: str) -> Callable[[Request], bool]:
    return lambda call: call.model == model


@DIALECTS
def test_one_shot_sends_the_route_and_prints_the_answer(
    recorder: Recorder, claude_home: Path, dialect: Any
) -> None:
    write_settings(
        claude_home,
        {"env": dialect(recorder.url, ANTHROPIC_CUSTOM_HEADERS=HEADERS, ANTHROPIC_AUTH_TOKEN="tok")},
    )

    done = run_once(claude_home, "ping")

    assert (done.returncode, done.stdout) == (0, "pong\n"), done.stderr
    sent = recorder.wait_for(turn("ping"))
    assert recorder.model_calls == [sent]  # a stream the client could not read is asked for once more
    assert sent.path.startswith(path_start(dialect))
    assert sent.header("authorization") == "Bearer tok"
    assert (sent.header("x-portkey-config"), sent.header("x-corp")) == ("pc-one", "1")


@DIALECTS
def test_one_shot_takes_the_key_from_a_helper(recorder: Recorder, claude_home: Path, dialect: Any) -> None:
    helper = key_helper(claude_home)
    write_settings(claude_home, {"env": dialect(recorder.url), "apiKeyHelper": f"{helper} one"})

    done = run_once(claude_home, "ping")

    assert done.stdout == "pong\n", done.stderr
    sent = recorder.wait_for(turn("ping"))
    assert sent.header("authorization") == "Bearer key-one"
    assert sent.header("x-api-key") == ("key-one" if dialect is messages else None)


def test_one_shot_sees_nothing_of_the_callers_environment(
    recorder: Recorder, claude_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_MODEL", "claude-of-the-caller")
    write_settings(claude_home, {"env": messages(recorder.url, ANTHROPIC_AUTH_TOKEN="tok")})

    run_once(claude_home, "ping")

    assert recorder.wait_for(turn("ping")).body["model"] != "claude-of-the-caller"


@DIALECTS
def test_running_session_takes_another_url_and_key_together(
    recorder: Recorder, claude_home: Path, dialect: Any
) -> None:
    """A key that reaches the other profile's gateway is a leaked key."""
    helper = key_helper(claude_home)
    write_settings(claude_home, {"env": dialect(recorder.url), "apiKeyHelper": f"{helper} one"})

    with ClientSession(claude_home) as session:
        ask(session, recorder, "before the switch")
        write_settings(
            claude_home, {"env": dialect(f"{recorder.url}/other"), "apiKeyHelper": f"{helper} two"}
        )
        *before, after = ask_until(session, recorder, lambda call: call.path.startswith("/other/"))

    assert {call.header("authorization") for call in before} <= {"Bearer key-one"}
    assert after.header("authorization") == "Bearer key-two"
    assert (claude_home / "calls").read_text().split() == ["one", "two"]


@DIALECTS
def test_running_session_asks_the_helper_again_when_the_same_settings_are_written_again(
    recorder: Recorder, claude_home: Path, dialect: Any
) -> None:
    """A rotated key would otherwise wait until the client's cache of five minutes has run out."""
    key = claude_home / "key"
    settings = {"env": dialect(recorder.url), "apiKeyHelper": f"cat {key}"}
    key.write_text("key-old")
    write_settings(claude_home, settings)

    with ClientSession(claude_home) as session:
        ask(session, recorder, "before")
        key.write_text("key-new")
        assert ask(session, recorder, "cached").header("authorization") == "Bearer key-old"
        write_settings(claude_home, settings)
        ask_until(session, recorder, lambda call: call.header("authorization") == "Bearer key-new")


def test_blanks_move_a_running_session_through_the_dialects(recorder: Recorder, claude_home: Path) -> None:
    """A value of the last profile that stayed in force would send the session to the last gateway."""
    url = recorder.url
    routes = [
        (messages, {"ANTHROPIC_AUTH_TOKEN": "token", "ANTHROPIC_DEFAULT_SONNET_MODEL": "model-0"}),
        (vertex, {"ANTHROPIC_CUSTOM_HEADERS": HEADERS, "ANTHROPIC_DEFAULT_SONNET_MODEL": "model-1"}),
        (bedrock, {"AWS_REGION": "eu-west-1", "ANTHROPIC_DEFAULT_SONNET_MODEL": "model-2"}),
        (messages, {"ANTHROPIC_AUTH_TOKEN": "token-3", "ANTHROPIC_DEFAULT_SONNET_MODEL": "model-3"}),
    ]
    envs = [dialect(url, **more) for dialect, more in routes]
    blanks = dict.fromkeys((name for env in envs for name in env), "")
    write_settings(claude_home, {"env": envs[0]})

    reached = []
    with ClientSession(claude_home, None, "--model", "sonnet") as session:
        for number, env in enumerate(envs):
            write_settings(claude_home, {"env": {**blanks, **env}})
            reached += ask_until(session, recorder, asks_for(f"model-{number}"))[-1:]

    for call, (dialect, _) in zip(reached, routes, strict=True):
        assert call.path.startswith(path_start(dialect))
    auth = [call.header("authorization") for call in reached]
    assert auth == ["Bearer token", None, None, "Bearer token-3"]
    assert [call.header("x-portkey-config") for call in reached] == [None, "pc-one", None, None]
