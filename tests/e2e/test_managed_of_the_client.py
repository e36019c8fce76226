"""What the installed client does with an administrator's file that is partly or wholly wrong."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.client.administrator import with_managed
from support.client.command import EXECUTABLE
from support.client.real_client import client_env, run_once, write_settings
from support.gateway.recorder import Recorder

from profiles.claude_code.settings.client_reading import LARGEST

FILE = "managed-settings.json"
ROUTE_KEY = "pk-of-the-administrator"
PARTLY_WRONG = {
    "model": {"model": None},
    "hooks.PreToolUse": {"hooks": {"PreToolUse": [{"matcher": None}]}},
    "permissions.defaultMode": {"permissions": {"defaultMode": "x"}},
    "env": {"env": [], "apiKeyHelper": f"echo {ROUTE_KEY}"},
}
NO_START = {"a comment": "{// mine\n}", "a list": "[]", "too large": "{}" + " " * LARGEST}


def doctors(home: Path, namespace: list[str], check: str) -> dict[str, Any]:
    """What doctor finds wrong with the settings files there."""
    done = subprocess.run(
        [*namespace, str(EXECUTABLE), "doctor", "--json"], cwd=home / "project", env=client_env(home),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    rows = json.loads(done.stdout)["data"]["findings"]
    (found,) = [row for row in rows if row["check"] == check]
    return dict(found)


@pytest.mark.parametrize("place", PARTLY_WRONG)
def test_of_an_administrator_s_file_one_wrong_value_is_left_out_alone(
    claude_home: Path, recorder: Recorder, tmp_path: Path, place: str
) -> None:
    """Taken for a file that is left out, it would decide where the key goes, and `status` say otherwise."""
    env = {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_AUTH_TOKEN": ROUTE_KEY}
    write_settings(claude_home, {"env": {"ANTHROPIC_BASE_URL": recorder.url}})
    namespace = with_managed(tmp_path, {FILE: json.dumps({"env": env} | PARTLY_WRONG[place])})
    done = run_once(claude_home, "ping", prefix=namespace)
    assert (done.returncode, f"{FILE} ({place}" in done.stderr) == (0, True), done.stderr
    assert {call.header("authorization") for call in recorder.model_calls} == {f"Bearer {ROUTE_KEY}"}
    found = doctors(claude_home, namespace, "settings-unreadable")
    assert (found["severity"], f"{FILE}: {place}" in found["what"]) == ("warning", True), found


@pytest.mark.parametrize("text", NO_START.values(), ids=NO_START)
def test_with_an_administrator_s_file_that_is_no_object_the_client_does_not_start(
    claude_home: Path, recorder: Recorder, tmp_path: Path, text: str
) -> None:
    write_settings(claude_home, {"env": {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_AUTH_TOKEN": "x"}})
    namespace = with_managed(tmp_path, {FILE: text})
    done = run_once(claude_home, "ping", prefix=namespace)
    assert (done.returncode, recorder.requests) == (1, []), done
    assert FILE in done.stderr
    found = doctors(claude_home, namespace, "managed-broken")
    assert (found["severity"], "does not start" in found["why"]) == ("problem", True), found
