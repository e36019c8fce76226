"""Claude Code leaves out a whole file for one wrong value; its owner believes in the route that is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.claude_code.settings.client_reading import LARGEST, as_text, loads
from profiles.claude_code.settings.parse import actual_values, in_force, parse_settings
from profiles.claude_code.settings.parse import what_drops as drops

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


def what_drops(text: bytes) -> str:
    return drops(parse_settings(text, "p"), len(text))


@pytest.mark.parametrize(("root", "words"), WRONG)
def test_the_value_for_which_a_file_is_left_out_is_named(root: dict[str, Any], words: str) -> None:
    found = what_drops(json.dumps({"env": {"A": "b"}, **root}).encode())
    assert found.startswith(words)


@pytest.mark.parametrize("root", READ)
def test_a_file_that_the_client_reads_raises_no_alarm(root: dict[str, Any]) -> None:
    assert what_drops(json.dumps(root).encode()) == ""


def test_of_equal_keys_the_last_counts() -> None:
    assert what_drops(b'{"model": 1, "model": "x"}') == ""
    assert what_drops(b'{"model": "x", "model": 1}') != ""


def test_a_file_of_more_than_two_mebibytes_is_left_out() -> None:
    text = b'{"model": "x"}'
    assert what_drops(text + b" " * (LARGEST - len(text))) == ""
    assert what_drops(text + b" " * (LARGEST + 1 - len(text))) == "it is larger than 2 MiB"


@pytest.mark.parametrize(
    ("spelled", "text"),
    [
        ("-0", "0"),
        ("1e3", "1000"),
        ("100.00", "100"),
        ("0.1", "0.1"),
        ("1e-6", "0.000001"),
        ("1.5e-7", "1.5e-7"),
        ("1e21", "1e+21"),
        ("9007199254740993", "9007199254740992"),
        ("12345678901234567890", "12345678901234567000"),
        ("-1e999", "-Infinity"),
    ],
)
def test_a_number_is_the_text_that_javascript_makes_of_it(spelled: str, text: str) -> None:
    """An id written without quotes arrives changed at the gateway, and nobody would see what arrived."""
    assert as_text(loads(spelled)) == text
    assert actual_values(parse_settings(f'{{"env": {{"A": {spelled}}}}}'.encode(), "p")) == {"env.A": text}


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


def test_a_variable_with_a_nul_in_it_is_not_set() -> None:
    """`status` would name an address that no request goes to."""
    text = b'{"env": {"A": "b", "A": "x\\u0000", "C": "d"}}'
    assert actual_values(in_force(parse_settings(text, "p"))) == {"env.C": "d"}
