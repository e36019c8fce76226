"""Each rule about files that Claude Code leaves out as a whole, against the installed client.

A new client that reads more, or less, makes our word about a file wrong: this names the key.
"""

from __future__ import annotations

import json
import mmap
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.client.asking import ask
from support.client.real_client import require_client

from profiles.claude_code.settings.dropped_files import KINDS_OF, ONE_OF, wrong_keys
from profiles.claude_code.settings.parse import actual_values, parse_settings
from profiles.claude_code.settings.surely_read import is_surely_read

VALUES: list[Any] = [None, "x", 1, True, [], {}]
COMMAND = {"type": "command", "command": "true"}
INSIDE: list[dict[str, Any]] = [
    {"permissions": {"defaultMode": "autoAccept"}},
    {"permissions": {"allow": "x"}},
    {"permissions": {"allow": [1], "unknown": 1}},
    {"permissions": {"additionalDirectories": [1]}},
    {"permissions": {"disableBypassPermissionsMode": True}},
    {"permissions": {"disableAutoMode": 1}},
    {"statusLine": {"command": "x"}},
    {"statusLine": {"type": "command"}},
    {"statusLine": {**COMMAND, "padding": None}},
    {"statusLine": {**COMMAND, "refreshInterval": "x", "unknown": 1}},
    {"enabledPlugins": {"_note": "x"}},
    {"enabledPlugins": {"a@b": ["x"]}},
    {"enabledPlugins": {"a@b": [1]}},
    {"availableModels": [1]},
    {"modelOverrides": {"a": 1}},
    {"fileSuggestion": {"type": "command"}},
    {"hooks": {"PreToolUse": [{"matcher": None, "hooks": []}]}},
    {"hooks": {"PreToolUse": [{"matcher": "x"}]}},
    {"hooks": {"PreToolUse": [{"hooks": [{"type": "command"}]}]}},
    {"hooks": {"PreToolUse": [{"hooks": [{"type": "unheard-of"}]}]}},
    {"hooks": {"PreToolUse": [{"hooks": [{**COMMAND, "timeout": "x"}]}]}},
    {"hooks": {"PreToolUse": None}},
    {"hooks": {"PreToolUse": [1]}},
    {"hooks": {"PermissionRequest": {}}},
    {"hooks": {"Stop": [{"matcher": None}], "Unheard": 1}},
]


def ask_all(texts: list[bytes]) -> list[dict[str, Any]]:
    """The answers, several asked at a time."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, texts))


def words_of_the_client() -> set[str]:
    """Every name that its program may give to a key of the settings: some 6,000, most of other things."""
    with (
        require_client().open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program,
    ):
        return {word[1].decode() for word in re.finditer(rb"[,{]([a-z$][A-Za-z]{1,60}):\(\)=>", program)}


def test_the_types_of_every_key_are_those_of_the_client() -> None:
    """Also of keys that are new: it is asked about every word that may be one."""
    known = {key for key in (*KINDS_OF, *ONE_OF) if "." not in key}
    words = words_of_the_client()
    assert known - words == set()
    keys = sorted(words - {"allowedMarketplaces"})  # another name of one
    texts = [json.dumps(dict.fromkeys(keys, value)).encode() for value in VALUES]
    for value, answer in zip(VALUES, ask_all(texts), strict=True):
        theirs = {error["path"].partition(".")[0] for error in answer["errors"]}
        ours = {key for key in keys if wrong_keys({key: value})}
        assert ours == theirs, f"{value!r}: {sorted(ours ^ theirs)}"


def test_the_words_of_every_choice_are_those_of_the_client() -> None:
    """A word that only we lack would have us call a file left out that is read."""
    root: dict[str, Any] = {}
    for path in ONE_OF:
        key, _, part = path.partition(".")
        root[key] = {**root.get(key, {}), part: "no such word"} if part else "no such word"
    errors = ask(json.dumps(root).encode())["errors"]
    theirs = {
        error["path"]: {*re.findall(r'"([^"]*)"', error["message"])}
        for error in errors
        if "one of" in error["message"]
    }
    assert theirs == {path: {*words.split()} for path, words in ONE_OF.items()}


def test_what_is_wrong_inside_a_value_is_wrong_for_the_client() -> None:
    answers = ask_all([json.dumps(root).encode() for root in INSIDE])
    for root, answer in zip(INSIDE, answers, strict=True):
        assert bool(wrong_keys(root)) == bool(answer["errors"]), f"{root}: {answer['errors']}"
        assert not (is_surely_read(root) and answer["errors"]), root


@pytest.mark.parametrize(
    "text",
    [
        b'{"env": {"A": null, "B": ["a", 1], "C": {}, "D": 1e3, "E": 1.5, "F": true, "G": [null, [2]]}}',
        b'\xef\xbb\xbf{"env": {"A": "1"}}',
        b'{"env": {"A": 1, "A": 2}}',
    ],
    ids=["no texts", "byte order mark", "equal keys"],
)
def test_the_variables_have_the_text_that_the_client_gives_them(text: bytes) -> None:
    (source,) = ask(text)["sources"]
    ours = actual_values(parse_settings(text, "p"))
    assert source["settings"]["env"] == {slot.removeprefix("env."): value for slot, value in ours.items()}


def test_the_table_is_data_that_the_test_saw() -> None:
    """Else a table that had lost its rows would agree with every client."""
    assert len(KINDS_OF) > 180
