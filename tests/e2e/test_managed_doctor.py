"""A half-managed machine is found, with what happens to whose key; and one that is whole is nothing wrong.

`test_managed_cases.py` has the client do each of these.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.client.administrator import with_managed, with_windows
from support.client.command import EXECUTABLE, Command
from support.client.real_client import client_env, require_client, write_settings
from support.gateway.recorder import Recorder

KEY = "pk-key-of-the-colleague"
THEIRS = "https://gw.acme.example"
DROP_IN = "managed-settings.d/50-route.json"
HELPER = {"apiKeyHelper": "/bin/echo key-of-theirs"}
URL = {"ANTHROPIC_BASE_URL": THEIRS}
BY_HAND = {"env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}, "apiKeyHelper": "/bin/echo key-of-mine"}
LOGIN = {"forceLoginMethod": "console", "env": URL, **HELPER}
GONE = {"env": URL, "apiKeyHelper": "/opt/none/pkcc-tray key print work"}


class Machine:
    """A colleague's home with a profile `work`, and what an administrator laid down."""

    def __init__(self, command: Command, recorder: Recorder, top: Path) -> None:
        self.command, self.url, self.top = command, f"{recorder.url}/ours", top
        command.add("work", "--gateway", self.url, "--provider", "@ours", key=KEY)
        self.prefix: list[str] = []

    def lay(self, root: object) -> None:
        """The administrator's file says so from now on."""
        text = root if isinstance(root, str) else json.dumps(root)
        self.prefix = with_managed(self.top, {DROP_IN: text.replace("OURS", self.url)})

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, str(EXECUTABLE), *words], cwd=self.command.home / "project",
            env=client_env(self.command.home, {"PKCC_SECRETS": "vault", **env}),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def found(self, **env: str) -> dict[str, tuple[str, str]]:
        """By kind, how bad and what happens, of what doctor finds of the administrator's."""
        rows = json.loads(self.run("doctor", "--json", **env).stdout)["data"]["findings"]
        ours = [row for row in rows if row["check"].startswith("managed") or row["check"] == "overridden"]
        return {row["check"]: (row["severity"], row["why"]) for row in ours}

    def form(self) -> str:
        """What the findings' advice has an administrator lay down."""
        return self.run("policy", "claude-settings", "work", "--helper", str(EXECUTABLE)).stdout


@pytest.fixture
def machine(command: Command, recorder: Recorder, tmp_path: Path) -> Machine:
    return Machine(command, recorder, tmp_path)


def by_hand(machine: Machine) -> None:
    write_settings(machine.command.home, BY_HAND)


def switched(machine: Machine) -> None:
    machine.command.data("switch", "work")


def by_vertex(machine: Machine) -> None:
    env = {"CLAUDE_CODE_USE_VERTEX": "1", "ANTHROPIC_VERTEX_BASE_URL": "https://vertex.example/v1"}
    write_settings(machine.command.home, {"env": env})


def nothing(machine: Machine) -> None:
    """No route of one's own."""


TO_THEM = "goes to https://gw.acme.example"
FOUND: dict[str, tuple[Callable[[Machine], None], Any, str, str, str]] = {
    "2 a key of mine": (by_hand, {"env": URL}, "managed-partial", "problem", f"Your key {TO_THEM}."),
    "2 a guarded key": (
        switched,
        {"env": URL},
        "managed-partial",
        "problem",
        "requests go to https://gw.acme.example without one.",
    ),
    "2 no key": (nothing, {"env": URL}, "managed-partial", "warning", f"Any key of yours {TO_THEM}."),
    "2 my own gateway": (
        switched,
        {"env": {"ANTHROPIC_BASE_URL": "OURS"}},
        "managed-partial",
        "note",
        "is the gateway of work",
    ),
    "4 a helper alone": (
        by_hand,
        HELPER,
        "managed-partial",
        "problem",
        "The key that it hands out goes to https://api.portkey.ai.",
    ),
    "F my own Vertex": (
        by_vertex,
        {"env": URL, **HELPER},
        "managed-partial",
        "problem",
        "The key that it hands out goes to https://vertex.example/v1.",
    ),
    "6 no token": (
        nothing,
        {"env": URL, **HELPER},
        "managed-partial",
        "note",
        "One that you set would go to https://gw.acme.example, too.",
    ),
    "A": (nothing, "{,}", "managed-broken", "problem", "Claude Code does not start"),
    "a program that is gone": (
        nothing,
        {"policyHelper": {"path": "/opt/none"}},
        "managed-broken",
        "problem",
        "does not start",
    ),
    "a program": (
        nothing,
        {"policyHelper": {"path": "/bin/true"}},
        "managed-program",
        "note",
        "cannot know that",
    ),
    "D": (nothing, LOGIN, "managed-login", "problem", "takes no key of a gateway"),
    "E": (nothing, GONE, "managed-helper-gone", "problem", "sends requests without one"),
}


@pytest.mark.parametrize(("first", "root", "check", "severity", "why"), FOUND.values(), ids=FOUND)
def test_what_is_half_managed_is_found_and_the_complete_form_fixes_it(
    machine: Machine, first: Callable[[Machine], None], root: Any, check: str, severity: str, why: str
) -> None:
    """Unseen, each user's key goes to a stranger, or the company's to where each user's settings lead."""
    first(machine)
    form = machine.form()
    machine.lay(root)
    found = machine.found()
    assert check in found, found
    assert (found[check][0], why in found[check][1]) == (severity, True), found
    machine.lay(form)
    assert machine.found() == {}


def test_a_token_that_goes_along_is_named(machine: Machine) -> None:
    machine.lay({"env": URL, **HELPER})
    severity, why = machine.found(ANTHROPIC_AUTH_TOKEN="token-of-mine")["managed-partial"]
    assert (severity, f"Your ANTHROPIC_AUTH_TOKEN {TO_THEM}" in why) == ("problem", True)
    assert "token-of-mine" not in why


def test_where_the_route_is_the_profile_s_status_says_who_holds_it_and_exec_goes_on(
    machine: Machine, recorder: Recorder
) -> None:
    """Refused there, nobody whose administrator did all right could use `exec` at all."""
    machine.command.add("other", "--gateway", f"{machine.url}/other", "--provider", "@ours", key="pk-other")
    tools = machine.command.home / "bin"
    tools.mkdir()
    (tools / "claude").symlink_to(require_client())
    machine.lay(machine.form())
    held = {"profile": "work", "path": f"/etc/claude-code/{DROP_IN}"}
    assert json.loads(machine.run("status", "--json").stdout)["data"]["held"] == held
    assert "The route of work is held by your administrator" in machine.run("status").stdout
    words = ("--", str(tools / "claude"), "-p", "ping")
    done = machine.run("exec", "work", *words)
    assert done.returncode == 0, done.stderr
    assert {call.header("authorization") for call in recorder.model_calls} == {f"Bearer {KEY}"}
    assert machine.run("exec", "other", *words).returncode == 4
    machine.lay({"env": {"ANTHROPIC_BASE_URL": "OURS", "ANTHROPIC_AUTH_TOKEN": "shared"}})
    assert machine.run("exec", "work", *words).returncode == 4


def test_status_says_that_a_program_may_say_otherwise(machine: Machine) -> None:
    """Its output is what counts, and nobody but Claude Code has it."""
    machine.lay({"policyHelper": {"path": "/bin/true"}, "env": URL})
    assert (
        "policyHelper: what it says takes the place of all managed settings" in machine.run("status").stderr
    )


def test_windows_settings_that_wsl_inherits_are_seen(machine: Machine, tmp_path: Path) -> None:
    """Overlooked, they decide where requests go, and `status` names the user's own file."""
    text = json.dumps({"wslInheritsWindowsSettings": True, "env": URL})
    machine.prefix = with_windows(tmp_path / "windows", {"managed-settings.json": text})
    rows = json.loads(machine.run("status", "--json").stdout)["data"]["effective"]
    (url,) = [row for row in rows if row["slot"] == "env.ANTHROPIC_BASE_URL"]
    path = "/mnt/c/Program Files/ClaudeCode/managed-settings.json"
    assert (url["value"], url["source"], url["path"]) == (THEIRS, "managed", path)
