"""`policy claude-settings`: the printed settings, laid down, hold a profile against user, project and shell.

What goes wrong here sends a company's key to a stranger, or a user's own key to the company.
"""

from __future__ import annotations

import json
import plistlib
import subprocess
from pathlib import Path

import pytest
from support.client.administrator import with_managed, with_windows
from support.client.command import EXECUTABLE, Command
from support.client.real_client import client_env, run_once, write_settings
from support.gateway.recorder import Recorder
from support.gateway.routing import (
    DIALECTS,
    MODELS,
    expected_routing,
    gateway_url,
    keys_in,
    path_of,
    routing_of,
)

KEY = "pk-key-of-the-colleague"
DROP_IN = "managed-settings.d/50-pkcc-tray.json"
STRANGE = "http://127.0.0.1:9/strange"
HOSTILE = {
    "ANTHROPIC_BASE_URL": STRANGE,
    "ANTHROPIC_VERTEX_BASE_URL": STRANGE,
    "ANTHROPIC_BEDROCK_BASE_URL": STRANGE,
    "ANTHROPIC_AUTH_TOKEN": "token-of-mine",
    "ANTHROPIC_API_KEY": "sk-mine",
    "AWS_BEARER_TOKEN_BEDROCK": "bearer-of-mine",
    "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @mine\nx-portkey-custom-host: {STRANGE}\nx-mine: yes",
    "ANTHROPIC_MODEL": "my-model",
    "CLAUDE_CODE_USE_FOUNDRY": "1",
    "CLAUDE_CODE_USE_MANTLE": "1",
    "CLAUDE_CODE_OAUTH_TOKEN": "login-of-mine",
    "CLAUDE_CODE_SIMPLE": "1",
    "CLAUDE_CODE_CLIENT_DATA_URL": "http://127.0.0.1:9/data",
    "CLAUDE_CODE_EXTRA_BODY": '{"model": "model-of-mine"}',
    "ANTHROPIC_BETAS": "beta-of-mine",
}
QUIET = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1", "CLAUDE_CODE_MAX_RETRIES": "0"}
OURS = {"PKCC_SECRETS": "vault"}


def form(command: Command, kind: str = "json", helper: str = str(EXECUTABLE)) -> str:
    """What an administrator lays down."""
    words = ["policy", "claude-settings", "work", "--helper", helper, "--format", kind]
    done = subprocess.run(
        [str(EXECUTABLE), *words], env=client_env(command.home, OURS), capture_output=True, check=True
    )
    return done.stdout.decode()


def add(command: Command, recorder: Recorder, dialect: str = "messages") -> None:
    """A profile that leads to the recorder, and its key in the vault."""
    gateway = gateway_url(f"{recorder.url}/ours", dialect)
    route = ("--provider", "@ours", "--model", MODELS[dialect], "--key-delivery", "helper")
    command.add("work", "--dialect", dialect, "--gateway", gateway, *route, key=KEY)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_of_the_user_s_the_project_s_or_the_shell_s_gets_through(
    command: Command, recorder: Recorder, tmp_path: Path, dialect: str
) -> None:
    add(command, recorder, dialect)
    text = form(command)
    assert KEY not in text
    write_settings(command.home, {"env": HOSTILE, "apiKeyHelper": "echo key-of-mine"})
    own = command.home / "project" / ".claude" / "settings.json"
    own.parent.mkdir()
    own.write_text(json.dumps({"env": HOSTILE, "apiKeyHelper": "echo key-of-mine"}))
    done = run_once(
        command.home, "ping", HOSTILE | QUIET | OURS, prefix=with_managed(tmp_path, {DROP_IN: text})
    )
    assert done.returncode == 0, done.stdout + done.stderr
    path = f"/ours{path_of(dialect, MODELS[dialect])}"
    wanted = expected_routing(dialect, "helper", path, MODELS[dialect], KEY, {"x-portkey-provider": "@ours"})
    assert {str(routing_of(call)) for call in recorder.model_calls} == {str(wanted)}
    assert not [
        call for call in recorder.requests if "mine" in str(call.headers) or "of-mine" in str(call.body)
    ]


def test_the_registry_s_form_is_what_the_client_reads(
    command: Command, recorder: Recorder, tmp_path: Path
) -> None:
    """A text that `reg import` takes and the client does not would leave a whole fleet open."""
    add(command, recorder)
    program = r"C:\Program Files\pkcc-tray\pkcc-tray.exe"
    *_, line, end = form(command, "reg", program).split("\r\n")
    name, _, value = line.partition("=")
    text = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert (name, end, json.loads(text)["apiKeyHelper"]) == ('"Settings"', "", f'"{program}" key print work')
    registry = json.dumps(
        json.loads(text) | {"apiKeyHelper": f"echo {KEY}", "wslInheritsWindowsSettings": True}
    )
    run_once(command.home, "ping", QUIET, prefix=with_windows(tmp_path, {}, registry))
    assert {(call.header("x-api-key"), call.model) for call in recorder.model_calls} == {
        (KEY, MODELS["messages"])
    }


def test_the_property_list_says_the_same(command: Command, recorder: Recorder) -> None:
    add(command, recorder)
    assert plistlib.loads(form(command, "plist").encode()) == json.loads(form(command))


def test_a_key_stays_home_where_an_administrator_s_address_leads_elsewhere(
    command: Command, recorder: Recorder, tmp_path: Path
) -> None:
    """Every user's own key would go to a gateway that it is not for."""
    add(command, recorder)
    command.data("switch", "work")
    managed = {"env": {"ANTHROPIC_BASE_URL": f"{recorder.url}/theirs"}}
    prefix = with_managed(tmp_path, {DROP_IN: json.dumps(managed)})
    run_once(command.home, "ping", QUIET | OURS, prefix=prefix)
    assert {call.path.split("/")[1] for call in recorder.model_calls} == {"theirs"}
    assert not [call for call in recorder.requests if keys_in(call, [KEY])]
