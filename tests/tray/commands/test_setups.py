"""Setups as people really have them: imported they say the same, `switch` and `off` go there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome

from profiles.claude_code.settings.parse import actual_values, parse_settings

SETUPS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "setups" / "settings.json").read_text(encoding="utf-8")
)
# What stood there only so that Claude Code starts: the key is there now.
STAND_INS = ("echo dummy", "not-needed", "dummy")


def said(text: bytes) -> dict[str, str]:
    return actual_values(parse_settings(text, "settings.json"))


def with_setup(home: UserHome, setup: dict[str, Any]) -> dict[str, str]:
    """The values by slot of the settings, which are that setup's from now on."""
    home.settings.write_text(json.dumps(setup, indent=2))
    return said(home.settings.read_bytes())


def starts(values: dict[str, str]) -> bool:
    """Whether Claude Code has a key of its own to start with."""
    return bool(values.get("apiKeyHelper") or values.get("env.ANTHROPIC_AUTH_TOKEN"))


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_a_setup_says_the_same_as_a_profile(home: UserHome, setup: dict[str, Any]) -> None:
    """What worked by hand would not work after import and switch, and nobody would say why."""
    before = with_setup(home, setup)
    original = home.settings.read_bytes()
    home.ok("import", "--name", "i", "--yes")
    home.ok("switch", "i")
    after = said(home.settings.read_bytes())
    kept = {slot: value for slot, value in before.items() if value not in STAND_INS}
    assert {slot: after.get(slot) for slot in kept} == kept
    assert {*after} - {*before} <= {"env.ANTHROPIC_AUTH_TOKEN", "header.x-portkey-api-key"}
    assert starts(after)
    home.ok("off")
    assert home.settings.read_bytes() == original


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_a_setup_says_the_same_on_another_machine(
    home: UserHome, tmp_path: Path, setup: dict[str, Any]
) -> None:
    """A bundle would narrow what an import took."""
    with_setup(home, setup)
    home.ok("import", "--name", "i", "--yes")
    home.ok("export", "i", "--output", str(home.root / "b.json"))
    there = UserHome(tmp_path / "there")
    there.settings.write_text("{}")
    there.ok("import", str(home.root / "b.json"))
    there.ok("key", "set", "i", stdin=KEY)
    home.ok("switch", "i")
    there.ok("switch", "i")
    assert said(there.settings.read_bytes()) == said(home.settings.read_bytes())


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_a_profile_that_is_adopted_stays_what_it_is(home: UserHome, setup: dict[str, Any]) -> None:
    """A change beside it would turn the route, the models or the key into others."""
    with_setup(home, setup)
    home.ok("import", "--name", "i", "--yes")
    home.ok("switch", "i")
    stored = home.stored("i")
    settings = json.loads(home.settings.read_bytes())
    settings["env"]["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = "@team/claude-haiku-5-5"
    home.settings.write_text(json.dumps(settings))
    home.ok("adopt")
    models = {**stored.get("models", {}), "haiku": "@team/claude-haiku-5-5"}
    assert home.stored("i") == {**stored, "models": models}


def test_a_config_line_that_is_added_leaves_the_provider_where_it_is(home: UserHome) -> None:
    """A config with only a cache takes its provider from there: without it every request is a 400."""
    home.add("work", "--provider", "@anthropic-prod")
    home.ok("switch", "work")
    line = "x-portkey-provider: @anthropic-prod"
    home.edit_settings(line, line + r"\nx-portkey-config: pc-cache-1a2b3c")
    home.ok("adopt")
    assert home.stored()["route"] == {
        "kind": "config", "id": "pc-cache-1a2b3c", "provider": "@anthropic-prod"
    }  # fmt: skip
    assert line in home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_a_provider_that_changes_beside_a_config_file_leaves_it_a_file(home: UserHome) -> None:
    """The file would no longer be read at the next switch."""
    config = home.root / "cache.json"
    config.write_text('{"cache": {"mode": "simple"}}')
    home.add("work", "--config-file", str(config), "--provider", "@a")
    home.ok("switch", "work")
    home.edit_settings("x-portkey-provider: @a", "x-portkey-provider: @b")
    home.ok("adopt")
    assert home.stored()["route"] == {"kind": "config", "path": str(config), "provider": "@b"}


def test_what_a_config_lacks_is_looked_for_beside_it(home: UserHome) -> None:
    """`show` would say that the open-source gateway refuses a config that it takes."""
    config = home.root / "cache.json"
    config.write_text('{"cache": {"mode": "simple"}}')
    gateway = ("--gateway", "http://127.0.0.1:8787")
    home.add("alone", "--config-file", str(config), *gateway)
    assert "is required by the open-source gateway" in home.ok("show", "alone").err
    home.add("both", "--config-file", str(config), "--provider", "anthropic", *gateway)
    assert "is required" not in home.ok("show", "both").err


def test_an_older_pkcc_tray_reads_what_it_knows_and_is_told_to_update_else(home: UserHome) -> None:
    """It would call a field unknown, in a file that is right; or refuse every profile."""
    home.add("work", "--provider", "@a", "--opus", "claude-opus-5-5")
    assert home.stored()["schema_version"] == 1
    for number, options in enumerate(
        (
            ("--no-route",),
            ("--provider", "@a", "--config", "pc-1"),
            ("--provider", "@a", "--model-setting", "claude-opus-5-5"),
            ("--provider", "@a", "--model-discovery"),
            ("--provider", "@a", "--model-name", "opus=Ours"),
            ("--opus", "@a/claude-opus-5-5"),
        )
    ):
        home.add(f"n{number}", *options)
        assert home.stored(f"n{number}")["schema_version"] == 2


def test_a_project_without_a_route_does_not_inherit_the_user_s(home: UserHome) -> None:
    """Requests of the project, with its own key, would go along the other profile's route."""
    home.add("user", "--provider", "@a", "--key-delivery", "settings")
    home.add("pinned", "--opus", "@b/claude-opus-5-5")
    home.ok("switch", "user")
    project = home.root / "project"
    project.mkdir()
    home.ok("project", "add", str(project), "--profile", "pinned")
    written = said((project / ".claude" / "settings.local.json").read_bytes())
    assert "header.x-portkey-provider" not in written
    env = json.loads((project / ".claude" / "settings.local.json").read_bytes())["env"]
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == ""


# Models ----------------------------------------------------------------------------------------------

BEDROCK = "us.anthropic.claude-sonnet-5-5"


def test_a_model_that_was_chosen_for_one_route_does_not_go_along_to_another(home: UserHome) -> None:
    """Requests for a Bedrock id would go to Anthropic's own API: 404, and nothing says so."""
    setup = {**SETUPS["a key with a config of its own"], "model": BEDROCK}
    with_setup(home, setup)
    original = home.settings.read_bytes()
    home.add("ant", "--provider", "@anthropic-prod")
    assert f"`model` ({BEDROCK}) is set aside" in home.ok("switch", "ant").err
    assert not said(home.settings.read_bytes()).get("model")
    home.ok("undo")
    assert home.settings.read_bytes() == original
    home.ok("switch", "ant")
    home.ok("off")
    assert home.settings.read_bytes() == original


def test_a_user_s_own_alias_goes_along_with_every_profile(home: UserHome) -> None:
    """Who chose Sonnet would be given Opus after a switch."""
    home.add("one", "--provider", "@a", "--model-setting", "claude-opus-5-5")
    home.add("two", "--provider", "@b")
    for alias in ("sonnet", "opus[1m]", "opusplan"):
        with_setup(home, {"model": alias})
        home.ok("switch", "one")
        assert said(home.settings.read_bytes())["model"] == "claude-opus-5-5"
        home.ok("switch", "two")
        assert said(home.settings.read_bytes())["model"] == alias
        home.ok("off")


def test_a_model_that_is_picked_in_the_client_is_no_change_from_outside(home: UserHome) -> None:
    """Each use of `/model` would be reported as drift."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    home.edit_settings('"sonnet"', '"@a/claude-opus-5-5"')
    assert home.ok("status", "--json").json()["data"]["drift"] == []
    home.add("other", "--provider", "@b")
    home.ok("switch", "other")
    assert not said(home.settings.read_bytes()).get("model")
    home.ok("off")


def test_a_model_that_is_picked_stays_as_long_as_the_route_does(home: UserHome) -> None:
    """A label that is changed, or a switch to the same profile, would undo what was picked in `/model`."""
    home.add("work", "--provider", "@a")
    home.add("other", "--provider", "@b")
    home.ok("switch", "work")
    home.edit_settings('"sonnet"', '"@a/claude-opus-5-5"')
    for argv in (["switch", "work"], ["set", "work", "models.haiku", "claude-haiku-5-5"], ["restore"]):
        home.ok(*argv)
        assert said(home.settings.read_bytes())["model"] == "@a/claude-opus-5-5"
    for picked in ("@a/claude-opus-5-5", "@a/claude-sonnet-5-5"):
        home.settings.write_text(
            json.dumps(json.loads(home.settings.read_bytes()) | {"model": picked}, indent=2)
        )
        assert f"`model` ({picked}) is set aside" in home.ok("switch", "other").err
        assert not said(home.settings.read_bytes()).get("model")
        home.ok("switch", "work")


def test_what_was_there_first_does_not_come_back_while_a_profile_is_active(home: UserHome) -> None:
    """A second look at the same profile would send the Bedrock id of before to it."""
    with_setup(home, {"model": BEDROCK})
    home.add("work", "--provider", "@a")
    for _ in range(2):
        home.ok("switch", "work")
        assert not said(home.settings.read_bytes()).get("model")
    home.ok("off")
    assert said(home.settings.read_bytes())["model"] == BEDROCK


def test_adopt_takes_a_model_s_name_and_leaves_an_alias(home: UserHome) -> None:
    """The setup that was pasted in would ask for another model, or every profile for one route's."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    home.edit_settings("x-portkey-provider: @a", "x-portkey-provider: @b")
    home.ok("adopt")
    assert "models" not in home.stored()
    home.edit_settings("x-portkey-provider: @b", "x-portkey-provider: @c")
    home.edit_settings('"sonnet"', '"@c/claude-opus-5-5"')
    assert home.ok("adopt", "--json").json()["data"]["adopted"] == ["header.x-portkey-provider", "model"]
    assert home.stored()["models"] == {"setting": "@c/claude-opus-5-5"}
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def picks(home: UserHome, model: str) -> None:
    said_now = json.loads(home.settings.read_bytes()) | {"model": model}
    home.settings.write_text(json.dumps(said_now, indent=2))


PICKED = "@a/claude-opus-5-5"


@pytest.mark.parametrize("model", ['"opus"', '"opus[1m]"', ""])
def test_off_puts_back_the_alias_that_an_adopted_model_was_picked_in_place_of(
    home: UserHome, model: str
) -> None:
    """Who had `opus` would have no `model` any more, though `off` says that all is as it was before."""
    home.settings.write_text(f'{{"model": {model}, "x": 1}}' if model else '{"x": 1}')
    before = home.settings.read_bytes()
    home.add("work", "--provider", "@a")
    home.add("other", "--provider", "@b")
    home.ok("set", "other", "models.setting", "sonnet")
    home.ok("switch", "work")
    picks(home, PICKED)
    home.ok("adopt")
    home.ok("switch", "other")
    home.ok("switch", "work")
    assert said(home.settings.read_bytes())["model"] == PICKED
    home.ok("off")
    assert json.loads(home.settings.read_bytes()) == json.loads(before)


def test_status_diff_and_a_switch_name_a_model_that_was_picked_and_adopt_takes_it_alone(
    home: UserHome,
) -> None:
    """`diff` and `status` would say that all is as it was, `adopt` that there is nothing, and off take it."""
    with_setup(home, {"permissions": {}})
    original = home.settings.read_bytes()
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    picks(home, PICKED)
    for argv in (["status"], ["diff"], ["switch", "work"]):
        assert f"`model` ({PICKED}) was picked since the switch" in (note := home.ok(*argv).err)
        assert "`pkcc-tray adopt` makes it the profile's own" in note
    assert home.ok("adopt").out == "Took 1 change into work: model\n"
    assert home.stored()["models"] == {"setting": PICKED}
    for argv in (["status"], ["diff"]):
        assert "was picked" not in home.ok(*argv).text
    assert f"- model = {PICKED}\n" in home.ok("off", "--dry-run").out
    assert home.ok("off").out.splitlines()[1:] == [
        "Gone with the profile that `adopt` took it into: model.",
    ]
    assert home.settings.read_bytes() == original
    home.ok("undo")
    assert said(home.settings.read_bytes())["model"] == PICKED


def test_off_names_a_model_that_went_with_the_profile_beside_what_else_did(home: UserHome) -> None:
    """The user's own choice of model would be gone, and only the config named."""
    with_setup(home, {})
    home.add("work", "--config", "pc-one")
    home.ok("switch", "work")
    home.edit_settings("pc-one", "pc-two")
    picks(home, PICKED)
    home.ok("adopt")
    assert home.ok("off", "--json").json()["data"]["adopted"] == ["header.x-portkey-config", "model"]


def test_off_names_a_model_that_makes_place_for_the_one_of_before(home: UserHome) -> None:
    """What was picked in `/model` would be gone without a word."""
    with_setup(home, {"model": BEDROCK})
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    picks(home, PICKED)
    assert home.ok("off").out.splitlines()[1:] == [
        "1 value changed by something else was replaced: model; `pkcc-tray undo` brings it back.",
    ]
    assert said(home.settings.read_bytes())["model"] == BEDROCK
    home.ok("undo")
    assert said(home.settings.read_bytes())["model"] == PICKED


def test_an_alias_that_is_picked_over_a_displaced_name_goes_along(home: UserHome) -> None:
    """Who picked Sonnet under one profile would be without it under the next."""
    with_setup(home, {"model": BEDROCK})
    home.add("one", "--provider", "@a")
    home.add("two", "--provider", "@b")
    home.ok("switch", "one")
    picks(home, "sonnet")
    home.ok("switch", "two")
    assert said(home.settings.read_bytes())["model"] == "sonnet"
    home.ok("off")
    assert said(home.settings.read_bytes())["model"] == BEDROCK


def test_off_and_restore_name_what_they_replaced(home: UserHome) -> None:
    """One value is gone, or one that was out already, and the user would have to guess which."""
    home.add("work", "--provider", "@a", "--haiku", "claude-haiku-5-5")
    for command in ("restore", "off"):
        home.ok("switch", "work")
        home.edit_settings("https://api.portkey.ai", "https://gw.example")
        if command == "off":
            home.edit_settings('"claude-haiku-5-5"', '""')
        ran = home.ok(command, "--json").json()["data"]
        assert (ran["replaced"], ran["replaced_outside_changes"]) == (["env.ANTHROPIC_BASE_URL"], 1)


def test_a_profile_s_own_model_is_watched_like_its_variables(home: UserHome) -> None:
    """A model that somebody else wrote over ours would go unseen, and unadopted."""
    home.add("work", "--provider", "@a", "--model-setting", "@a/claude-opus-5-5")
    home.ok("switch", "work")
    home.edit_settings("@a/claude-opus-5-5", "@a/claude-sonnet-5-5")
    (row,) = home.ok("status", "--json").json()["data"]["drift"]
    assert (row["slot"], row["actual"]) == ("model", "@a/claude-sonnet-5-5")
    home.ok("adopt")
    assert home.stored()["models"] == {"setting": "@a/claude-sonnet-5-5"}
    home.edit_settings("@a/claude-sonnet-5-5", "other")
    home.ok("restore")
    assert said(home.settings.read_bytes())["model"] == "@a/claude-sonnet-5-5"


OVERRIDES = {
    "modelOverrides": {"claude-opus-5-5": "arn:aws:bedrock:us-east-1:1:application-inference-profile/a"}
}


@pytest.mark.parametrize(
    ("settings", "options", "named"),
    [
        (OVERRIDES, [], "modelOverrides"),
        (OVERRIDES, ["--opus", "claude-opus-5-5"], "modelOverrides"),
        (OVERRIDES, ["--opus", "@a/claude-opus-5-5"], ""),
        ({"availableModels": ["sonnet"]}, ["--model", "@a/x"], "availableModels"),
        ({"availableModels": ["@a/x"]}, ["--model", "@a/x"], ""),
        ({"availableModels": ["Opus"]}, ["--model", "@a/claude-opus-5-5"], ""),
        ({"availableModels": ["opus", "claude-opus-5"]}, ["--model", "@a/opus"], "availableModels"),
        ({"availableModels": ["sonnet"]}, ["--model-setting", "haiku"], "availableModels"),
        ({"availableModels": ["sonnet"]}, ["--opus", "@a/x"], ""),
        ({"availableModels": ["sonnet"], "enforceAvailableModels": True}, ["--opus", "@a/x"],
         "enforceAvailableModels"),
    ],
)  # fmt: skip
def test_what_bends_a_profile_s_models_is_named(
    home: UserHome, settings: dict[str, Any], options: list[str], named: str
) -> None:
    """Another model than the profile's would be asked for, and billed, and nothing would say so."""
    with_setup(home, settings)
    home.add("work", "--provider", "@a", *options)
    exec_ = home.spawn("exec", "work", "--", "/bin/true")
    ran = [home.ok("switch", "work").err, home.ok("status").err, exec_.err, home.run("doctor").text]
    for text in ran:
        assert named in text
        assert named or "Models" not in text


def test_a_project_s_model_that_beats_the_profile_s_is_named(home: UserHome) -> None:
    """A clone could have every session ask for a model that the gateway does not have."""
    home.add("work", "--provider", "@a", "--model-setting", "claude-opus-5-5")
    project = home.root / "clone" / ".claude"
    project.mkdir(parents=True)
    (project / "settings.json").write_text(json.dumps({"model": BEDROCK}))
    for argv in (["switch", "work"], ["status"]):
        assert BEDROCK in home.run(*argv, cwd=project.parent).err
    ran = home.spawn("exec", "work", "--", "/bin/sh", "-c", "echo $ANTHROPIC_MODEL", cwd=project.parent)
    assert ran.out == "claude-opus-5-5\n"  # it beats every file there
    assert BEDROCK not in ran.err
    home.ok("set", "work", "models.setting", "--unset")
    assert BEDROCK in home.spawn("exec", "work", "--", "/bin/true", cwd=project.parent).err


def test_the_names_of_models_are_shown(home: UserHome) -> None:
    """A long name was taken for a key: one could not see which model had changed."""
    model = "claude-opus-5-5-20261101"
    home.add("work", "--provider", "@a", "--opus", model)
    home.ok("switch", "work")
    home.edit_settings(model, "claude-opus-4-8-20260401")
    for argv in (["diff"], ["status"]):
        text = home.ok(*argv).text
        assert model in text
        assert "claude-opus-4-8-20260401" in text
    home.edit_settings("claude-opus-4-8-20260401", "Xk3JpQ8vL2mN7rT5wY9zB4cD6fG1hA0s")  # in the wrong place
    assert "Xk3JpQ8v" not in home.ok("diff").text


# Import's own options ---------------------------------------------------------------------------------


def test_a_gateway_that_is_not_known_is_not_taken_for_portkey_s(home: UserHome) -> None:
    """A company's requests, and the key, would go to Portkey instead."""
    path = home.root / "rc.sh"
    path.write_text(
        'export ANTHROPIC_BASE_URL="${GATEWAY_URL}"\n'
        f"export ANTHROPIC_AUTH_TOKEN={KEY}\n"
        'export ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: anthropic"\n'
    )
    ran = home.run("import", str(path), "--name", "r")
    assert ran.code == 1
    assert "$GATEWAY_URL" in ran.err
    assert "--gateway" in ran.err
    home.ok("import", str(path), "--name", "r", "--gateway", "https://gateway.example")
    assert home.stored("r")["gateway"] == "https://gateway.example"
    home.ok("import", str(path), "--name", "a", "--gateway", "airs")
    assert home.stored("a")["gateway"] == "https://aigw.portkey.ai"


@pytest.mark.parametrize("variable", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_a_script_that_stands_in_for_a_key_is_a_stand_in(home: UserHome, variable: str) -> None:
    """With the header alone Claude Code says `Not logged in`, and asks for a login of its own."""
    path = home.root / "rc.sh"
    path.write_text(
        f'export ANTHROPIC_BASE_URL=https://api.portkey.ai\nexport {variable}="$(get-a-key)"\n'
        f'export ANTHROPIC_CUSTOM_HEADERS="x-portkey-api-key: {KEY}\nx-portkey-provider: @a"\n'
    )
    home.ok("import", str(path), "--name", "r")
    home.ok("switch", "r")
    values = said(home.settings.read_bytes())
    assert starts(values)
    assert home.ok("key", "print", "r").out == KEY + "\n"


def test_plain_http_is_said_where_it_is_new(home: UserHome) -> None:
    """The remedy named an option that import did not have; a stranger's file could have a key go in clear."""
    setup = SETUPS["a gateway in the company's network"]
    path = home.root / "theirs.json"
    path.write_text(json.dumps(setup))
    ran = home.run("import", str(path), "--name", "theirs")
    assert ran.code == 1
    assert "--allow-plain-http" in ran.err
    home.ok("import", str(path), "--name", "theirs", "--allow-plain-http")
    with_setup(home, setup)
    assert "as before" in home.ok("import", "--name", "own", "--yes").err
    for name in ("theirs", "own"):
        assert home.stored(name)["allow_plain_http"] is True


def test_a_key_in_the_token_of_a_format_without_one_is_taken(home: UserHome) -> None:
    """The client sends it as a bearer token there, too: the profile would have had no key."""
    with_setup(home, {"env": {
        "CLAUDE_CODE_USE_VERTEX": "1", "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1", "ANTHROPIC_AUTH_TOKEN": KEY,
        "ANTHROPIC_VERTEX_BASE_URL": "https://api.portkey.ai/v1", "ANTHROPIC_MODEL": "claude-opus-5-5",
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @vertex",
    }})  # fmt: skip
    home.ok("import", "--name", "v", "--yes")
    home.ok("switch", "v")
    assert said(home.settings.read_bytes())["header.x-portkey-api-key"] == KEY


def test_a_stand_in_is_no_key() -> None:
    from profiles.importing.placeholder_keys import is_placeholder

    for text in (
        "-",
        "dummy",
        "placeholder",
        "not-needed",
        "sk-dummy-key",
        "dummy-token",
        "xxxxxxxxxxxx",
        "unused",
    ):
        assert is_placeholder(text), text
    for text in (KEY, "sk-ant-api03-abcdefghijkl", "Xk3JpQ8vL2mN7rT5wY9z", "pk-number-one"):
        assert not is_placeholder(text), text


def test_a_route_that_the_key_has_is_no_fault(home: UserHome) -> None:
    """Who chose it would be warned by each `doctor`, and sent to a profile that is as it should be."""
    home.add("work", "--no-route")
    assert "the key's own config has to" in home.ok("show", "work").err
    home.ok("switch", "work")
    named = [row["check"] for row in home.run("doctor", "--json").json()["data"]["findings"]]
    assert "no-route" not in named
    assert "profile-advice" not in named


def test_models_without_a_slug_beside_some_that_have_one_are_named(home: UserHome) -> None:
    """Background requests would be refused, each of them, while the chat works."""
    home.add("work", "--opus", "@a/claude-opus-5-5", "--sonnet", "@b/claude-sonnet-5-5")
    assert "no @slug/ before a model for haiku" in home.ok("show", "work").err
    home.ok("set", "work", "models.haiku", "@b/claude-haiku-5-5")
    said = home.ok("show", "work").err
    assert "no @slug/" not in said
    assert "no model is named for fable" in said
    home.ok("set", "work", "models.fable", "claude-fable-5")
    home.ok("set", "work", "models.subagent", "claude-opus-4-6")
    home.ok("set", "work", "models.setting", "opus")  # what that is, models.opus says
    said = home.ok("show", "work").err
    assert "no @slug/ before a model for fable, subagent: the key's own config has to route those" in said
    assert "no model is named" not in said
    for field in ("fable", "subagent"):
        home.ok("set", "work", f"models.{field}", "@a/claude-opus-5-5")
    assert "the key's own config" not in home.ok("show", "work").err


def test_a_line_that_is_lost_from_a_route_is_still_a_fault(home: UserHome) -> None:
    """All requests are refused, and a key's own config is not what the profile means."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    home.edit_settings("x-portkey-provider: @a", "")
    (row,) = [
        row for row in home.run("doctor", "--json").json()["data"]["findings"] if row["check"] == "no-route"
    ]
    assert (row["severity"], row["command"]) == ("problem", "pkcc-tray restore")
