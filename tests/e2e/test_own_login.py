"""A login of Claude Code's own beside a profile whose key is in the settings: what the gateway gets to see.

What goes wrong here sends the user's own Anthropic key, or account, to somebody else's gateway.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import ClientSession, run_once
from support.gateway.recorder import Recorder, turn

KEY = "pk-of-the-gateway"
CONSOLE_KEY = "sk-ant-api03-" + "B" * 40
ACCOUNT_TOKEN = "sk-ant-oat01-" + "C" * 60
LOGINS = ("console", "account", "variable")


def log_in(home: Path, login: str) -> dict[str, str]:
    """Make that login in the home; the variables that go with it."""
    if login == "variable":
        return {"CLAUDE_CODE_OAUTH_TOKEN": ACCOUNT_TOKEN}
    if login == "account":
        oauth: dict[str, Any] = {"accessToken": ACCOUNT_TOKEN, "refreshToken": "sk-ant-ort01-" + "D" * 60}
        oauth |= {"expiresAt": int((time.time() + 86_400) * 1000), "subscriptionType": "max"}
        oauth["scopes"] = ["user:inference", "user:profile"]
        (home / ".claude" / ".credentials.json").write_text(json.dumps({"claudeAiOauth": oauth}))
        return {}
    path = home / ".claude.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "primaryApiKey": CONSOLE_KEY}))
    return {}


def ask(home: Path, recorder: Recorder, env: dict[str, str], *, interactive: bool) -> str:
    """One question of the real client's; all the headers that the recorder got with it and before it."""
    recorder.clear()
    if interactive:
        with ClientSession(home, env) as session:
            session.send("ping")
            recorder.wait_for(turn("ping"))
    else:
        done = run_once(home, "ping", env)
        assert done.returncode == 0, done.stdout + done.stderr
    call = recorder.wait_for(turn("ping"))
    assert call.header("authorization") == f"Bearer {KEY}" or call.header("x-portkey-api-key") == KEY
    return json.dumps([request.headers for request in recorder.requests])


@pytest.mark.parametrize("interactive", [False, True], ids=["once", "session"])
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("key_in", ["token", "token_and_header"])
def test_no_login_goes_along_with_a_written_key(
    claude_home: Path, command: Command, recorder: Recorder, key_in: str, login: str, interactive: bool
) -> None:
    command.add(
        "work",
        *("--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", "--key-in", key_in),
        key=KEY,
    )
    command.data("switch", "work")
    sent = ask(claude_home, recorder, log_in(claude_home, login), interactive=interactive)
    assert CONSOLE_KEY not in sent
    assert ACCOUNT_TOKEN not in sent


def test_the_line_is_what_keeps_the_console_s_key_back(
    claude_home: Path, command: Command, recorder: Recorder
) -> None:
    """Else the tests above could pass because the client had learned to keep it to itself."""
    command.add("work", "--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", key=KEY)
    command.data("switch", "work")
    env = log_in(claude_home, "console")
    text = command.settings.read_text()
    assert r"\nx-api-key: \n" in text
    command.settings.write_text(text.replace(r"\nx-api-key: \n", r"\n"))
    assert CONSOLE_KEY in ask(claude_home, recorder, env, interactive=False)


BY_HAND: dict[str, dict[str, str]] = {
    "token": {"ANTHROPIC_AUTH_TOKEN": KEY},
    "line": {"ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @a\nAuthorization: Bearer {KEY}"},
    "header": {"ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @a\nx-portkey-api-key: {KEY}"},
    "key": {"ANTHROPIC_API_KEY": KEY},
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("key_in", BY_HAND)
def test_doctor_knows_which_login_goes_along_by_hand(
    claude_home: Path, command: Command, recorder: Recorder, key_in: str, login: str
) -> None:
    """As the client does it, place of the key by place; and its remedy keeps the login at home."""
    settings = {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a"}
    command.settings.write_text(json.dumps({"env": settings | BY_HAND[key_in]}))
    env = log_in(claude_home, login)
    secret = CONSOLE_KEY if login == "console" else ACCOUNT_TOKEN
    recorder.clear()
    run_once(claude_home, "ping", env)
    sent = json.dumps([request.headers for request in recorder.requests])
    assert "x-portkey-provider" in sent
    found = command.findings(env)
    assert ({"two-keys", "own-login"} & {*found} != set()) is (secret in sent)
    assert ("two-keys" in found) is (secret in sent and key_in != "header")
    if "two-keys" in found:
        command.type(found["two-keys"]["command"])
        assert secret not in ask(claude_home, recorder, env, interactive=False)
        assert "two-keys" not in command.findings(env)


@pytest.mark.parametrize(
    ("login", "secret"),
    [("console", CONSOLE_KEY), ("account", ACCOUNT_TOKEN), ("variable", ACCOUNT_TOKEN)],
)
def test_a_switch_says_where_a_login_does_go_along(
    claude_home: Path, command: Command, recorder: Recorder, login: str, secret: str
) -> None:
    """`key_in header` is for keeping that login: a user who does not know would give it away."""
    command.add(
        "work",
        *("--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", "--key-in", "header"),
        key=KEY,
    )
    env = log_in(claude_home, login)
    said = command.run("switch", "work", env=env)
    assert "Claude Code's own login goes to the gateway too" in said.stdout + said.stderr
    assert secret not in said.stdout + said.stderr
    assert secret in ask(claude_home, recorder, env, interactive=False)
