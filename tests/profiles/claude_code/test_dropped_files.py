"""Claude Code leaves out a whole file for one wrong value; its owner believes in the route that is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.claude_code.settings.parse import actual_values, parse_settings, what_drops

COMMAND = {"type": "command", "command": "true"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"model": None}, "model must be text in quotes"),
    ({"model": 1}, "model must be text in quotes"),
    ({"apiKeyHelper": None}, "apiKeyHelper must be text in quotes"),
    ({"includeCoAuthoredBy": "false"}, "includeCoAuthoredBy must be true or false"),
    ({"fileCheckpointingEnabled": 1}, "fileCheckpointingEnabled must be null or true or false"),
    ({"availableModels": [1]}, "availableModels.0 must be text in quotes"),
    ({"modelOverrides": {"a": 1}}, "modelOverrides.a must be text in quotes"),
    ({"tui": "wide"}, "tui must be one of default, fullscreen"),
    ({"permissions": {"defaultMode": "autoAccept"}}, "permissions.defaultMode must be one of"),
    ({"permissions": {"allow": "Bash"}}, "permissions.allow must be a list"),
    ({"permissions": {"additionalDirectories": [1]}}, "permissions.additionalDirectories.0"),
    ({"permissions": {"disableBypassPermissionsMode": True}}, "permissions.disableBypassPermissionsMode"),
    ({"statusLine": {"command": "x"}}, "statusLine.type is missing"),
    ({"statusLine": {**COMMAND, "padding": "1"}}, "statusLine.padding must be a number"),
    ({"enabledPlugins": {"a@b": True, "_note": "x"}}, "enabledPlugins._note must be true or false"),
    ({"hooks": {"PreToolUse": [{"matcher": {}, "hooks": [COMMAND]}]}}, "hooks.PreToolUse.0.matcher"),
    ({"hooks": {"PreToolUse": [{"hooks": [{"type": "command"}]}]}}, "hooks.PreToolUse.0.hooks.0.command"),
    ({"hooks": {"PermissionRequest": {}}}, "hooks.PermissionRequest must be a list"),
    ({"hooks": {"PreToolUse": [{"hooks": [{"type": "x"}]}]}}, "hooks.PreToolUse.0.hooks.0.type"),
]
READ: list[dict[str, Any]] = [
    {"model": "", "apiKeyHelper": "", "theme": 1, "aKeyOfANewerClient": None},
    {"permissions": {"allow": [1, "Bash(("], "unknown": 1}},
    {"hooks": {"Stop": [{"matcher": None}], "PreToolUse": None}},
    {"statusLine": {**COMMAND, "refreshInterval": "x"}, "enabledPlugins": {"a@b": ["1"]}},
    {"cleanupPeriodDays": 30, "fileCheckpointingEnabled": None, "feedbackDrafts": None},
]


@pytest.mark.parametrize(("root", "words"), WRONG)
def test_the_value_for_which_a_file_is_left_out_is_named(root: dict[str, Any], words: str) -> None:
    found = what_drops(parse_settings(json.dumps({"env": {"A": "b"}, **root}).encode(), "p"))
    assert found.startswith(words)


@pytest.mark.parametrize("root", READ)
def test_a_file_that_the_client_reads_raises_no_alarm(root: dict[str, Any]) -> None:
    assert what_drops(parse_settings(json.dumps(root).encode(), "p")) == ""


def test_of_equal_keys_the_last_counts() -> None:
    assert what_drops(parse_settings(b'{"model": 1, "model": "x"}', "p")) == ""
    assert what_drops(parse_settings(b'{"model": "x", "model": 1}', "p")) != ""


def test_what_is_no_text_among_the_variables_is_set_all_the_same() -> None:
    """`"HTTPS_PROXY": null` sends requests to a proxy called null: taken for nothing, that is never found."""
    env = b'{"env": {"A": null, "B": ["a", 1], "C": {}, "D": 1e3, "E": 1.5, "F": true, "G": [null, [2]]}}'
    assert actual_values(parse_settings(env, "p")) == {
        "env.A": "null",
        "env.B": "a,1",
        "env.C": "[object Object]",
        "env.D": "1000",
        "env.E": "1.5",
        "env.F": "true",
        "env.G": ",2",
    }
