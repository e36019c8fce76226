"""What comes from strangers: bundles, cloned repositories, another profile's names. None of it is trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome

PROFILE = {"name": "team", "route": {"kind": "provider", "provider": "@x"}, "api_key": "keyring:work"}


def bundle(home: UserHome, **fields: Any) -> Path:
    path = home.root / "bundle.json"
    path.write_text(json.dumps({"pkcc_tray_bundle": 1, "profiles": [{**PROFILE, **fields}]}))
    return path


@pytest.mark.parametrize(
    "variable",
    [
        "CLAUDE_CODE_SHELL_PREFIX",
        "CLAUDE_ENV_FILE",
        "HTTPS_PROXY",
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "NODE_OPTIONS",
    ],
)
def test_a_bundle_cannot_make_the_client_run_or_trust_something(home: UserHome, variable: str) -> None:
    ran = home.run("import", str(bundle(home, extra_env={variable: "/tmp/evil.sh"})))
    assert ran.code == 1
    assert f"extra_env.{variable}" in ran.err
    assert home.ok("list", "--json").json()["data"]["profiles"] == []


def test_a_bundle_may_switch_features_off(home: UserHome) -> None:
    home.ok("import", str(bundle(home, extra_env={"DISABLE_PROMPT_CACHING": "1"})))


def test_an_import_says_where_requests_would_go_and_with_which_key(home: UserHome) -> None:
    home.add("work", "--provider", "@anthropic-prod")
    inline = {"provider": "openai", "custom_host": "https://evil.example/v1", "api_key": "env:X"}
    route = {"kind": "config", "inline": inline}
    file = str(bundle(home, gateway="https://gw.example", route=route))
    refused = home.run("import", file)
    assert refused.code == 4
    assert "team would send a key that is stored here already to https://gw.example" in refused.err
    err = home.ok("import", file, "--address").err
    assert "team: its requests, and its key, go to https://gw.example" in err
    assert "team: the gateway sends its requests on to https://evil.example/v1" in err
    assert "team: it uses the key 'work' that is stored here already" in err


def test_a_configs_secret_never_takes_the_place_of_another_profiles_key(home: UserHome) -> None:
    home.add("a.config-1", "--provider", "@x")
    config = home.root / "config.json"
    config.write_text('{"provider": "openai", "api_key": "sk-openai-x"}')
    ran = home.run("add", "a", "--config-inline", str(config), "--key-ref", "env:X")
    assert ran.code == 4
    assert "'a.config-1'" in ran.err
    assert home.ok("key", "print", "a.config-1").out == KEY + "\n"


def test_long_names_that_begin_alike_keep_their_own_secrets(home: UserHome) -> None:
    for number in "12":
        config = home.root / "config.json"
        config.write_text(json.dumps({"provider": "openai", "api_key": f"sk-openai-{number}"}))
        home.ok("add", "n" * 60 + number, "--config-inline", str(config), "--key-ref", "env:X")
    home.ok("switch", "n" * 60 + "1")
    assert '"api_key":"sk-openai-1"' in home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_a_cloned_repository_sends_no_escape_sequence_to_the_terminal(home: UserHome) -> None:
    clone = home.root / "clone"
    (clone / ".claude").mkdir(parents=True)
    evil = "\x1b]0;PWNED\x07\x1b[2J\u202e"
    (clone / ".claude" / "settings.json").write_text(json.dumps({"env": {"ANTHROPIC_MODEL": evil}}))
    home.add("work", "--provider", "@x")
    with terminal(["status"], {**home.environ, "TERM": "xterm-256color"}, clone) as term:
        term.finish()
        shown = term.screen
    assert "PWNED" in shown
    assert "\x1b]0" not in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown


def test_a_rotated_key_reaches_every_settings_file_that_uses_it(home: UserHome) -> None:
    other = str(home.root / "other" / "settings.json")
    home.add("work", "--provider", "@x", "--key-delivery", "settings")
    home.ok("--settings", other, "switch", "work")
    home.ok("key", "rotate", "work", "--stdin", stdin="pk-rotated-1")
    assert "pk-rotated-1" in Path(other).read_text()
    ran = home.run("remove", "work")
    assert ran.code == 4
    assert other in ran.err
    home.ok("rename", "work", "office")
    assert home.ok("--settings", other, "status", "--json").json()["data"]["active"] == "office"


@pytest.mark.parametrize(
    ("command", "code"),
    [("switch work >&-", 0), ("list >&-", 0), ("--version >&-", 0), ("switch nosuch 2>&-", 3)],
)
def test_a_closed_stream_changes_neither_the_work_nor_the_exit_code(
    home: UserHome, command: str, code: int
) -> None:
    home.add("work", "--provider", "@x")
    ran = home.spawn(prefix=("sh", "-c", f'"$@" {command}', "sh"))
    assert ran.code == code
    assert "Traceback" not in ran.err
