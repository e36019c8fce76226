"""Faults of the settings file, of the route, and of what wins over it: planted, found, fixed, gone."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome, aged

VERTEX = {
    "ANTHROPIC_VERTEX_BASE_URL": f"{HOSTED}/v1",
    "CLAUDE_CODE_USE_VERTEX": "1",
    "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1",
    "ANTHROPIC_MODEL": "claude-opus-4-1@20250805",
}
MESSAGES = {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_AUTH_TOKEN": FOREIGN}


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def test_a_healthy_home_has_no_finding(home: DoctorHome) -> None:
    assert home.findings() == []
    assert "Nothing is wrong" in home.ok("doctor").out


# The file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [('"vim"', '"vim",'), ('"model"', '// mine\n  "model"')])
def test_a_file_that_the_client_ignores_as_a_whole(home: DoctorHome, old: str, new: str) -> None:
    home.edit_settings(old, new)
    assert "line" in home.expect("settings-unreadable", "problem")["what"]
    home.edit_settings(new, old)
    home.absent("settings-unreadable")


def test_a_helper_that_makes_the_client_reject_the_whole_file(home: DoctorHome) -> None:
    home.ok("off")
    home.settings.write_text('{"apiKeyHelper": null}')
    home.expect("settings-unreadable", "problem")
    home.settings.write_text("{}")
    home.absent("settings-unreadable")


def test_a_project_file_that_the_client_ignores(home: DoctorHome) -> None:
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    home.file(".claude/settings.local.json", "{,}")
    assert "settings.local.json" in home.expect("settings-unreadable", "problem")["what"]


def test_one_value_of_a_wrong_type_is_named_wherever_it_stands(home: DoctorHome) -> None:
    """Claude Code leaves the whole file out: the profile is in it, and no session uses it."""
    home.edit_settings('"model"', '"showTurnDuration": "no", "model"')
    what = home.expect("settings-unreadable", "problem")["what"]
    assert "settings.json: showTurnDuration must be true or false" in what
    status = home.ok("status")
    assert (
        "Claude Code leaves the file out as a whole, until this is put right: showTurnDuration" in status.out
    )
    assert status.text.count("leaves") == 1
    assert "env.ANTHROPIC_BASE_URL" not in status.out


def test_a_project_file_that_is_left_out_decides_nothing(home: DoctorHome) -> None:
    """Else `doctor` warns of a route that no session takes, and is silent about the file."""
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    env = {"ANTHROPIC_BASE_URL": "https://elsewhere.example"}
    home.file(".claude/settings.local.json", json.dumps({"env": env}))
    home.expect("overridden", "problem")
    home.file(".claude/settings.local.json", json.dumps({"env": env, "model": None}))
    home.absent("overridden")
    assert "model must be" in home.expect("settings-unreadable", "problem")["what"]


def test_a_project_file_in_utf_16_is_read_as_the_client_reads_it(home: DoctorHome) -> None:
    """PowerShell's `>` writes such files: taken for unreadable, it would send the key away unseen."""
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    text = json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://elsewhere.example"}})
    home.file(".claude/settings.local.json", "")
    (home.root / ".claude" / "settings.local.json").write_bytes(text.encode("utf-16"))
    home.expect("overridden", "problem")
    home.absent("settings-unreadable")


def test_a_lock_that_a_killed_client_left(home: DoctorHome) -> None:
    lock = home.claude / "settings.json.lock"
    lock.mkdir()
    home.absent("stale-lock")  # a fresh one is somebody's at work
    aged(lock)
    home.mended_by_its_command("stale-lock", "warning")


def interrupted(home: DoctorHome) -> list[Path]:
    """What a kill between the synced copy and the rename leaves (tests/faults does it for real)."""
    target = next((home.root / ".local/state/pkcc-tray/targets").iterdir())
    (target / "next.json").write_bytes((target / "state.json").read_bytes())
    copy = home.claude / ".settings.json.pkcc-1-abcdef01.tmp"
    copy.write_bytes(home.settings.read_bytes())
    return [target / "next.json", copy]


def test_what_a_crash_left(home: DoctorHome) -> None:
    left = interrupted(home)
    home.absent("crash-leftovers")  # so young, it may be a change under way
    aged(*left)
    before = home.settings.read_bytes()
    home.mended_by_its_command("crash-leftovers", "warning")
    assert [path for path in left if path.exists()] == []
    assert home.settings.read_bytes() == before


def test_a_value_changed_outside(home: DoctorHome) -> None:
    home.edit_settings("@anthropic-prod", "@mine")
    home.mended_by_its_command("drift", "warning")


def test_a_gateway_that_would_get_the_key(home: DoctorHome) -> None:
    home.edit_settings(HOSTED, "https://evil.example")
    home.mended_by_its_command("drift", "problem")


def test_settings_that_are_gone(home: DoctorHome) -> None:
    home.settings.unlink()
    home.mended_by_its_command("drift", "problem")


def test_blanks_that_no_session_needs(home: DoctorHome) -> None:
    session = home.file(f".claude/sessions/{os.getpid()}.json", json.dumps({"pid": os.getpid(), "cwd": "/"}))
    home.ok("set", "work", "models.sonnet", "claude-new")
    home.ok("set", "work", "models.sonnet", "--unset")
    home.absent("blanks")  # this one still runs
    session.unlink()
    next(
        (home.root / ".local/state/pkcc-tray/targets").glob("*/blanks")
    ).unlink()  # as a version before left it
    home.mended_by_its_command("blanks", "note")


def test_a_link_that_was_turned_round(home: DoctorHome) -> None:
    other = home.file("other.json", home.settings.read_text())
    home.settings.rename(home.claude / "first.json")
    home.settings.symlink_to(other)
    assert str(other) in home.expect("settings-moved", "warning")["what"]
    home.settings.unlink()
    (home.claude / "first.json").rename(home.settings)
    home.absent("settings-moved")


# Who wins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_a_project_that_sends_requests_elsewhere(home: DoctorHome, name: str) -> None:
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    home.ok("switch", "work")
    project = home.file(f".claude/{name}", json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://x.example"}}))
    found = home.expect("overridden", "problem")
    assert str(project) in found["what"]
    project.unlink()
    home.absent("overridden")


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
@pytest.mark.parametrize("lines", ["X-Team: a", "", "x-portkey-trace-id: t"])
def test_a_project_whose_header_string_takes_the_route_away(home: DoctorHome, name: str, lines: str) -> None:
    """The string replaces the whole of the user's; `restore`, which was named, changes nothing there."""
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    home.ok("switch", "work")
    project = home.file(f".claude/{name}", json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": lines}}))
    found = home.expect("overridden", "problem")
    assert "takes x-portkey-provider away" in found["what"]
    assert found["command"] == ""  # a home directory is no project, and `--project` is refused there
    home.absent("no-route")
    assert f"{project} " in home.ok("switch", "work").err
    rows = home.ok("status", "--json").json()["data"]["effective"]
    (row,) = [row for row in rows if row["slot"] == "header.x-portkey-provider"]
    assert (row["value"], row["path"], row["losers"]) == ("", str(project), [["user", "@anthropic-prod"]])
    project.unlink()
    home.absent("overridden")


def test_a_project_that_names_another_model(home: DoctorHome) -> None:
    """It decides only where the profile names one, too: else the project's own choice is no contradiction."""
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    home.ok("switch", "work")
    home.file(".claude/settings.json", json.dumps({"env": {"ANTHROPIC_MODEL": "claude-opus-5-5"}}))
    home.absent("overridden")
    home.ok("set", "work", "models.default", "claude-sonnet-5-5")
    home.ok("switch", "work")
    assert "ANTHROPIC_MODEL" in home.expect("overridden", "warning")["what"]


def test_a_shell_that_sends_requests_elsewhere(home: DoctorHome) -> None:
    home.environ["CLAUDE_CODE_USE_FOUNDRY"] = "1"
    home.mended_by_its_command("shell-variable", "problem")


def test_a_shell_that_pins_a_model(home: DoctorHome) -> None:
    home.environ["ANTHROPIC_MODEL"] = "opus"
    assert home.expect("shell-variable", "warning")["command"] == "unset ANTHROPIC_MODEL"
    del home.environ["ANTHROPIC_MODEL"]
    home.absent("shell-variable")


def test_a_shell_that_keeps_the_client_from_starting(home: DoctorHome) -> None:
    home.environ["CLAUDE_CODE_CLIENT_DATA_URL"] = "https://config.example"
    assert "starts only" in home.expect("shell-flag", "problem")["why"]
    assert "CLAUDE_CODE_CLIENT_DATA_URL" in home.ok("status").text
    home.edit_settings('"env": {', '"env": {"CLAUDE_CODE_CLIENT_DATA_URL": "",')
    home.absent("shell-flag")  # the client takes the settings' word for it


@pytest.mark.parametrize(
    ("name", "value", "harmless"),
    [
        ("CLAUDE_CODE_SIMPLE", "1", "0"),
        ("CLAUDE_CODE_USE_COWORK_PLUGINS", "true", "off"),
        ("CLAUDE_CODE_CLIENT_DATA_URL", "https://config.example", ""),
        ("CLAUDE_CONFIG_DIR", "~/.cc", "{claude}"),
        ("CLAUDE_CONFIG_DIR", "", "{claude}/"),
    ],
)
def test_settings_that_lead_sessions_astray(home: DoctorHome, name: str, value: str, harmless: str) -> None:
    """The profile is in the file, and no session gets its key: nothing else would say why."""
    home.edit_settings('"env": {', f'"env": {{"{name}": "{value}",')
    assert name in home.expect("settings-flag", "problem")["what"]
    assert f"settings.json sets {name}" in home.ok("status").text
    harmless = harmless.format(claude=home.claude)
    home.edit_settings(f'"{name}": "{value}"', f'"{name}": "{harmless}"')
    home.absent("settings-flag")


def test_a_switch_says_that_sessions_will_not_follow_it(home: DoctorHome) -> None:
    home.edit_settings('"env": {', '"env": {"CLAUDE_CODE_SIMPLE": "1",')
    assert "sets CLAUDE_CODE_SIMPLE: Claude Code asks no helper" in home.ok("switch", "work").text


@pytest.mark.parametrize("value", ["~/.cc", "$HOME/.cc", '"{root}/.cc"', "{root}/.cc ", "cc", ""])
def test_a_directory_of_the_client_s_that_is_another_than_is_meant(home: DoctorHome, value: str) -> None:
    """The profile would be active here and nowhere else, and nothing would say so."""
    home.environ["CLAUDE_CONFIG_DIR"] = value.format(root=home.root)
    assert "CLAUDE_CONFIG_DIR" in home.ok("switch", "work").err
    found = home.expect("config-dir", "problem")
    typed = subprocess.run(
        ["/bin/sh", "-c", f"{found['command']}; printf %s \"${{CLAUDE_CONFIG_DIR-unset}}\""],
        capture_output=True, text=True, check=True, env=home.environ,
    ).stdout  # fmt: skip
    expected = str(home.root / "cc") if value == "cc" else str(home.root / ".cc") if value else "unset"
    assert typed == expected
    home.environ["CLAUDE_CONFIG_DIR"] = typed
    if not value:
        del home.environ["CLAUDE_CONFIG_DIR"]
    assert "CLAUDE_CONFIG_DIR" not in home.ok("switch", "work").text
    home.absent("config-dir")


def test_a_first_start_that_would_ask_for_a_login(home: DoctorHome) -> None:
    """Behind a company's network Claude Code would not even start; tests/e2e holds this to the client."""
    home.absent("first-run")  # a helper spares that
    home.add("header", "--provider", "@a", "--key-delivery", "settings", "--key-in", "header")
    assert "set header key_in token" in home.ok("switch", "header").err
    found = home.expect("first-run", "warning")
    home.file(".claude.json", '{"hasCompletedOnboarding": true}')
    home.absent("first-run")
    home.file(".claude.json", "{}")
    home.type(found["command"])
    home.absent("first-run")
    home.by_hand(ROUTE, **{**MESSAGES, "ANTHROPIC_AUTH_TOKEN": ""})
    home.expect("first-run", "warning")  # a blank token is none


# The route, made by hand: a profile made of the settings puts it right -------------------------------------


@pytest.mark.parametrize(
    "url", ["https://evil.example/.portkey.ai", "https://x.portkey.ai.evil.example", "http://[.portkey.ai"]
)
def test_only_the_host_of_an_address_says_whose_gateway_it_is(home: DoctorHome, url: str) -> None:
    """Doctor would put right the route to a stranger, as if it were Portkey's."""
    home.by_hand("", **{**MESSAGES, "ANTHROPIC_BASE_URL": url})
    home.absent("no-route")
    home.by_hand("", **{**MESSAGES, "ANTHROPIC_BASE_URL": "https://eu.portkey.ai"})
    home.expect("no-route", "note")  # the key may have a config of its own


def test_a_console_login_that_goes_along(home: DoctorHome) -> None:
    """The user's own Anthropic key would go to the gateway, and nothing would say so."""
    home.file(".claude.json", json.dumps({"primaryApiKey": "sk-ant-CANARY-of-the-user"}))
    home.absent("own-login")  # with a helper it stays at home
    home.by_hand(ROUTE, **MESSAGES)
    assert "primaryApiKey" in home.mended_by_its_command("two-keys", "problem")["what"]
    home.expect("own-login", "note")
    home.by_hand(f"{ROUTE}\nAuthorization: Bearer {FOREIGN}", ANTHROPIC_BASE_URL=HOSTED)
    home.absent("no-key")
    home.mended_by_its_command("two-keys", "problem")
    home.add("written", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "written")
    assert "x-api-key" in home.expect("own-login", "note")["why"]
    home.edit_settings(r"\nx-api-key: \n", r"\n")
    home.mended_by_its_command("two-keys", "problem")
    home.expect("own-login", "note")


@pytest.mark.parametrize("login", ["console", "account", "variable"])
def test_a_login_that_goes_in_place_of_a_key(home: DoctorHome, login: str) -> None:
    """By intent, mostly: a user who did not know would give an account away."""
    home.by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED)
    home.expect("no-key", "problem")
    home.file(".claude/.credentials.json", '{"mcpOAuth": {"x": 1}}')
    home.expect("no-key", "problem")  # those are logins at MCP servers
    if login == "console":
        home.file(".claude.json", '{"primaryApiKey": "sk-ant-CANARY-of-the-user"}')
    elif login == "account":
        home.file(".claude/.credentials.json", '{"claudeAiOauth": {"accessToken": "CANARY"}}')
    else:
        home.environ["CLAUDE_CODE_OAUTH_TOKEN"] = "CANARY"
    home.expect("own-login", "note")
    home.absent("no-key")
    home.ok("switch", "work")
    home.absent("own-login")


def test_header_lines_glued_while_a_profile_is_in_force(home: DoctorHome) -> None:
    """Requests fail, and nothing else says why; `restore` is no help where the line is the user's own."""
    home.edit_settings(
        "x-portkey-provider: @anthropic-prod", r"x-portkey-provider: @b\\nx-portkey-trace-id: t"
    )
    home.mended_by_its_command("glued-headers", "problem")
    home.ok("off")
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": r"X-Corp: 1\nX-Team: a"}}))
    home.ok("switch", "work")
    found = home.expect("glued-headers", "problem")
    assert (found["command"], str(home.settings) in found["advice"]) == ("", True)
    home.edit_settings(r"X-Corp: 1\\n", r"X-Corp: 1\n")
    home.absent("glued-headers")


def test_header_lines_glued_in_the_shell(home: DoctorHome) -> None:
    home.by_hand("", **MESSAGES)
    home.environ["ANTHROPIC_CUSTOM_HEADERS"] = ROUTE.replace("\n", r"\n")
    assert "your shell sets" in home.expect("glued-headers", "problem")["advice"]
    home.absent("no-route")  # one fault is one finding


@pytest.mark.parametrize(
    ("check", "headers", "env"),
    [
        ("no-route", "", {"ANTHROPIC_BASE_URL": HOSTED}),
        ("no-key", ROUTE, {"ANTHROPIC_BASE_URL": HOSTED}),
        ("no-key", "x-portkey-provider: @a", VERTEX),
        ("header-size", f"{ROUTE}\nx-portkey-config: {'c' * 15_000}", MESSAGES),
    ],
)
def test_a_route_that_leads_nowhere(home: DoctorHome, check: str, headers: str, env: dict[str, str]) -> None:
    home.by_hand(headers, **env)
    home.expect(check, "problem")
    home.ok("switch", "work")
    home.absent(check)


def test_a_key_that_was_only_copied_from_a_page(home: DoctorHome) -> None:
    home.ok(
        "add",
        "page",
        "--provider",
        "@a",
        "--key-delivery",
        "settings",
        "--key-stdin",
        stdin="YOUR_PORTKEY_API_KEY",
    )
    home.ok("switch", "page")
    home.mended_by_its_command("placeholder", "problem")
    home.by_hand(ROUTE.replace(FOREIGN, "YOUR_PORTKEY_API_KEY"), ANTHROPIC_BASE_URL=HOSTED)
    home.expect("placeholder", "problem")
    route = ROUTE.partition("\n")[0]
    home.by_hand(route, ANTHROPIC_BASE_URL=HOSTED, ANTHROPIC_API_KEY="YOUR_PORTKEY_API_KEY")
    home.expect("placeholder", "problem")


def test_a_model_on_bedrock_that_refuses_what_claude_code_adds(home: DoctorHome) -> None:
    bedrock = [
        "--dialect",
        "bedrock",
        "--provider",
        "bedrock",
        "--virtual-key",
        "v",
        "--model",
        "amazon.nova",
    ]
    home.ok("add", "bed", *bedrock, "--key-ref", "keyring:work", "--switch")
    home.mended_by_its_command("bedrock-model", "warning")
    home.ok("set", "bed", "extra_env.DISABLE_PROMPT_CACHING", "0")  # which leaves it on, for the client
    home.mended_by_its_command("bedrock-model", "warning")


def test_bedrock_behind_the_messages_format_refuses_the_same(home: DoctorHome) -> None:
    home.ok(
        "add", "bed", "--provider", "@aws-bedrock", "--sonnet", "amazon.nova", "--key-ref", "keyring:work"
    )
    assert "DISABLE_PROMPT_CACHING" in home.ok("switch", "bed").err
    home.mended_by_its_command("bedrock-model", "warning")
    assert "DISABLE_PROMPT_CACHING" not in home.ok("switch", "bed").err
    home.ok(
        "add", "gpt", "--provider", "@openai", "--sonnet", "gpt-5", "--key-ref", "keyring:work", "--switch"
    )
    home.absent("bedrock-model")


def test_a_retired_model_in_the_shell(home: DoctorHome) -> None:
    home.environ["ANTHROPIC_MODEL"] = "claude-3-7-sonnet-20250219"
    assert "retired on February 19, 2026" in home.expect("retired-model", "warning")["what"]
    del home.environ["ANTHROPIC_MODEL"]
    home.absent("retired-model")


def test_values_kept_for_a_settings_file_that_is_gone_are_named(home: DoctorHome) -> None:
    """A key of the user's would lie in the keyring for ever, and nothing would name it."""
    other = home.root / "other" / "settings.json"
    other.parent.mkdir()
    other.write_text('{"env": {"ANTHROPIC_API_KEY": "sk-ant-api03-CANARY-old-key"}}')
    home.ok("--settings", str(other), "switch", "work")
    home.absent("settings-gone")
    moved = home.root / "moved"
    os.rename(other.parent, moved)
    assert str(other) in home.expect("settings-gone", "warning")["what"]
    home.ok("--settings", str(moved / "settings.json"), "off")
    assert "CANARY-old-key" in (moved / "settings.json").read_text()
    home.absent("settings-gone")


def test_settings_that_name_their_own_directory_by_a_link(home: DoctorHome) -> None:
    """They lead nowhere else, and the alarm would have a working line taken out."""
    (home.root / "linked").symlink_to(home.claude)
    home.edit_settings('"env": {', f'"env": {{"CLAUDE_CONFIG_DIR": "{home.root / "linked"}",')
    home.absent("settings-flag")
    assert "sets CLAUDE_CONFIG_DIR" not in home.ok("switch", "work").text
