"""What leads sessions of the real client away from the settings that a switch wrote, though no route says so.

Each rule of ours is tried with the client: one that it has given up would raise false alarms, one that it has
changed would leave a user with "Not logged in" and a doctor that finds nothing.
"""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest
from support.client.command import Command
from support.client.real_client import require_client, run_once
from support.gateway.recorder import Recorder

KEY = "pk-of-the-gateway"
SIMPLE, COWORK = "CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_USE_COWORK_PLUGINS"
CLIENT_DATA, DIRECTORY = "CLAUDE_CODE_CLIENT_DATA_URL", "CLAUDE_CONFIG_DIR"


@pytest.fixture
def profile(command: Command, recorder: Recorder) -> Command:
    command.add("work", "--provider", "@a", "--gateway", recorder.url, key=KEY)
    return command


def works(command: Command, recorder: Recorder, env: dict[str, str] | None = None) -> bool:
    """Whether a prompt of the client's reaches the gateway with the key."""
    recorder.clear()
    run_once(command.home, "ping", env)
    calls = recorder.model_calls
    return [call.header("authorization") for call in calls] == [f"Bearer {KEY}"] * max(len(calls), 1)


@pytest.mark.parametrize(
    "value",
    ["{home}/cc/", "cc", "", " ", "~/.cc", "$HOME/cc", '"{home}/cc"', "{home}/cc ", "{home}/cafe\u0301"],
)
def test_a_switch_writes_where_the_client_reads(profile: Command, recorder: Recorder, value: str) -> None:
    """The variable is taken as it stands; `doctor` names those that are another directory than was meant."""
    env = {DIRECTORY: value.format(home=profile.home)}
    said = profile.run("switch", "work", env=env)
    assert said.returncode == 0, said.stderr
    assert works(profile, recorder, env)
    odd = not os.path.isabs(env[DIRECTORY]) or env[DIRECTORY] != env[DIRECTORY].strip()
    assert (DIRECTORY in said.stderr) is odd
    assert ("config-dir" in profile.findings(env)) is odd
    directory = unicodedata.normalize("NFC", env[DIRECTORY])
    assert (profile.home / "project" / directory / "settings.json").is_file()
    assert not profile.settings.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (SIMPLE, "1"), (COWORK, "yes"), (CLIENT_DATA, "https://config.example"), (DIRECTORY, "{home}/cc"),
        (DIRECTORY, ""),
    ],
)  # fmt: skip
def test_the_user_s_own_settings(profile: Command, recorder: Recorder, name: str, value: str) -> None:
    profile.data("switch", "work")
    assert works(profile, recorder)
    good = profile.settings.read_text()
    settings = json.loads(good)
    settings["env"][name] = value.format(home=profile.home)
    profile.settings.write_text(json.dumps(settings))
    assert not works(profile, recorder)
    assert "settings-flag" in profile.findings()
    profile.settings.write_text(good)
    assert works(profile, recorder)
    assert "settings-flag" not in profile.findings()


@pytest.mark.parametrize("name", [SIMPLE, CLIENT_DATA, DIRECTORY])
def test_a_project_cannot_lead_astray_in_that_way(profile: Command, recorder: Recorder, name: str) -> None:
    profile.data("switch", "work")
    file = profile.home / "project" / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"env": {name: "1"}}))
    assert works(profile, recorder)
    assert not {"settings-flag", "shell-flag"} & {*profile.findings()}


@pytest.mark.parametrize(
    ("env", "answered"),
    [
        ({SIMPLE: "1"}, True),
        ({CLIENT_DATA: "https://config.example"}, True),
        ({COWORK: "1"}, False),
        ({"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "yes"}, False),
    ],
)
def test_the_shell(profile: Command, recorder: Recorder, env: dict[str, str], answered: bool) -> None:
    """`answered`: a blank in the settings beats it, and then there is nothing to report."""
    profile.data("switch", "work")
    assert not works(profile, recorder, env)
    assert "shell-flag" in profile.findings(env)
    settings = json.loads(profile.settings.read_text())
    settings["env"] |= dict.fromkeys(env, "")
    profile.settings.write_text(json.dumps(settings))
    assert works(profile, recorder, env) is answered
    assert ("shell-flag" not in profile.findings(env)) is answered


@pytest.mark.parametrize("name", [SIMPLE, COWORK, DIRECTORY, "CLAUDE_CODE_HOST_AUTH_ENV_VAR"])
def test_exec_is_led_astray_by_none_of_them(profile: Command, recorder: Recorder, name: str) -> None:
    """docs/settings.md says so: its environment holds the route and the key."""
    done = profile.run("exec", "work", "--", str(require_client()), "-p", "ping", env={name: "1"})
    assert done.returncode == 0, done.stderr
    assert [call.header("authorization") for call in recorder.model_calls] == [f"Bearer {KEY}"]


@pytest.mark.parametrize("delivery", ["helper", "settings"])
def test_the_gateway_switch_of_the_shell_is_answered_by_a_switch(
    command: Command, recorder: Recorder, delivery: str
) -> None:
    """With a token in force the client would take another model than the profile leaves it."""
    env = {"CLAUDE_CODE_USE_GATEWAY": "1"}
    command.add("work", "--provider", "@a", "--gateway", recorder.url, "--key-delivery", delivery, key=KEY)
    command.data("switch", "work")
    assert works(command, recorder)
    model = recorder.model_calls[0].body["model"]
    assert "shell-variable" in command.findings(env)
    command.data("switch", "work", env=env)
    assert works(command, recorder, env)
    assert recorder.model_calls[0].body["model"] == model
    assert "shell-variable" not in command.findings(env)


def test_bare_mode_asks_no_helper_and_takes_a_token(
    command: Command, recorder: Recorder, claude_home: Path
) -> None:
    """docs/settings.md says so; a user of `claude --bare` needs the other delivery."""
    for delivery, expected in (("helper", []), ("settings", [f"Bearer {KEY}"])):
        command.add(
            delivery, "--provider", "@a", "--gateway", recorder.url, "--key-delivery", delivery, key=KEY
        )
        command.data("switch", delivery)
        recorder.clear()
        run_once(claude_home, "ping", None, "--bare")
        assert [call.header("authorization") for call in recorder.model_calls] == expected
