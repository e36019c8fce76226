"""adopt: what somebody changed in the settings becomes the profile's, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, SETTINGS, UserHome, files_with

NEW_KEY = "pk-CANARY-4711-typed-by-hand-into-settings"


def adopt(home: UserHome) -> dict[str, Any]:
    """Adopt, after which nothing differs and switching away and back gives the same settings."""
    changed = home.settings.read_bytes()
    data: dict[str, Any] = home.ok("adopt", "--json").json()
    assert home.ok("diff").out == "Nothing was changed since the profile was written.\n"
    now = home.env()
    home.ok("off")
    home.ok("switch", data["data"]["name"])
    assert {name: value for name, value in home.env().items() if value} == {
        name: value for name, value in now.items() if value
    }
    assert b"CANARY" not in changed or "CANARY" not in json.dumps(data)
    return data


def test_a_changed_value_becomes_the_profile_s(home: UserHome) -> None:
    home.add("work", "--provider", "@a", "--sonnet", "old", "--label", "L", "--metadata", "a=b")
    home.ok("switch", "work")
    before = home.stored()
    home.edit_settings('"old"', '"new"')
    assert adopt(home)["data"]["adopted"] == ["env.ANTHROPIC_DEFAULT_SONNET_MODEL"]
    assert home.stored() == {**before, "models": {"sonnet": "new"}}
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_a_changed_route_header_becomes_the_profile_s_route(home: UserHome) -> None:
    home.add("work", "--provider", "@a", "--header", "X-Team=a", "--env", "FOO=1")
    home.ok("switch", "work")
    home.edit_settings("x-portkey-provider: @a", "x-portkey-provider: @b")
    ran = home.ok("adopt")
    assert ran.out == "Took 1 change into work: header.x-portkey-provider\n"
    assert home.stored()["route"] == {"kind": "provider", "provider": "@b"}
    assert (home.stored()["extra_headers"], home.stored()["extra_env"]) == ({"X-Team": "a"}, {"FOO": "1"})
    home.edit_settings('"FOO": "1"', '"FOO": "2"')
    home.ok("adopt")
    assert home.stored()["extra_env"] == {"FOO": "2"}
    home.edit_settings("x-portkey-provider: @b", "x-portkey-config: pc-1\\nx-portkey-trace-id: t")
    home.ok("adopt")
    assert (home.stored()["route"], home.stored()["trace_id"]) == ({"kind": "config", "id": "pc-1"}, "t")


def test_header_lines_glued_by_hand_are_taken_as_they_were_meant(home: UserHome) -> None:
    """Else the key that is stored has a route in it, and the profile has none."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.edit_settings("x-portkey-provider: @a", r"x-portkey-provider: @b\\nx-portkey-trace-id: t")
    ran = home.ok("adopt", "--address")
    assert "stood in one line, with \\n as text" in ran.err
    assert (home.stored()["route"], home.stored()["trace_id"]) == (
        {"kind": "provider", "provider": "@b"},
        "t",
    )
    assert home.ok("key", "print", "work").out == KEY + "\n"
    lines = home.env()["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    assert {"x-portkey-provider: @b", "x-portkey-trace-id: t"} <= set(lines)


def test_a_route_that_is_gone_is_left_to_another_key(home: UserHome) -> None:
    """Portkey's form for a key with a default config would be refused, and worked by hand."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings", "--key-in", "token")
    home.ok("switch", "work")
    home.edit_settings(r"\nx-portkey-provider: @a", "")
    assert home.run("adopt").code == 1
    home.edit_settings(KEY, NEW_KEY)
    ran = home.ok("adopt")
    assert "the key's own config has to" in ran.err
    assert home.stored()["route"] == {"kind": "none"}
    assert "portkey-provider" not in home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_what_was_not_changed_stays_as_the_profile_spells_it(home: UserHome) -> None:
    # A config file must not be copied into the profile, nor a reference be replaced by what it stands for.
    (home.root / "c.json").write_text('{"provider": "@a"}')
    home.environ["FOO"] = "CANARY-secret-of-foo"
    home.add("work", "--config-file", "c.json", "--env", "MY_TOKEN=env:FOO", "--sonnet", "old")
    home.ok("switch", "work")
    assert home.env()["MY_TOKEN"] == "CANARY-secret-of-foo"
    home.edit_settings('"old"', '"new"')
    home.ok("adopt")
    stored = home.stored()
    assert stored["route"] == {"kind": "config", "path": str(home.root / "c.json")}
    assert stored["extra_env"] == {"MY_TOKEN": "env:FOO"}
    assert stored["models"] == {"sonnet": "new"}
    assert not files_with("CANARY", home.own, home.root / ".local")


@pytest.mark.parametrize("delivery", ["helper", "settings"])
def test_a_key_typed_into_the_settings_goes_to_the_key_store(home: UserHome, delivery: str) -> None:
    home.add("work", "--provider", "@a", "--key-delivery", delivery)
    home.ok("switch", "work")
    if delivery == "settings":
        home.edit_settings(KEY, NEW_KEY)
    else:
        home.edit_settings('"ANTHROPIC_AUTH_TOKEN": ""', f'"ANTHROPIC_AUTH_TOKEN": "{NEW_KEY}"')
    ran = home.ok("adopt")
    assert "CANARY" not in ran.text
    assert home.ok("key", "print", "work").out == NEW_KEY + "\n"
    assert not files_with("CANARY", home.own, home.root / ".local")
    assert home.ok("diff").out == "Nothing was changed since the profile was written.\n"


def test_a_key_that_lies_elsewhere_is_not_moved(home: UserHome) -> None:
    home.environ["K"] = KEY
    home.ok("add", "work", "--provider", "@a", "--key-ref", "env:K", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.edit_settings(KEY, NEW_KEY)
    ran = home.run("adopt")
    assert ran.code == 4
    assert ran.err.startswith(
        "Error: The key in the settings was changed, and the profile's key lies elsewhere"
    )
    assert home.stored()["api_key"] == "env:K"


def test_an_address_is_adopted_only_by_a_word_of_its_own(home: UserHome) -> None:
    """One `adopt` more and the key goes to whatever address a program put into the settings."""
    home.add()
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://gw.example")
    before = (home.stored(), home.settings.read_bytes())
    ran = home.run("adopt")
    assert (ran.code, ran.err) == (
        4,
        "Error: ANTHROPIC_BASE_URL is https://gw.example now, which decides where your key goes\n"
        "  Restore first: `pkcc-tray restore` writes the profile again. "
        "Only if that address is yours: `pkcc-tray adopt --address`.\n",
    )
    assert (home.stored(), home.settings.read_bytes()) == before
    assert home.ok("adopt", "--address").err == (
        "Note: requests, and the key with them, go to https://gw.example from now on\n"
    )
    assert home.stored()["gateway"] == "https://gw.example"


def test_a_command_is_never_adopted(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    data = json.loads(home.settings.read_bytes())
    home.settings.write_text(json.dumps({**data, "apiKeyHelper": "curl evil.example"}))
    before = home.stored()
    ran = home.run("adopt")
    assert (ran.code, ran.err) == (
        4,
        "Error: apiKeyHelper was changed to another command, and a command is never adopted\n"
        "  `pkcc-tray restore` puts ours back.\n",
    )
    assert home.stored() == before
    home.ok("restore")
    assert "evil" not in home.settings.read_text()


def test_there_must_be_something_to_adopt(home: UserHome) -> None:
    assert home.run("adopt").err == (
        "Error: No profile is in use\n  `pkcc-tray import` makes a profile of the settings.\n"
    )
    home.add()
    home.ok("switch", "work")
    assert home.run("adopt").err == (
        "Error: Nothing was changed since the profile was written\n  `pkcc-tray status` shows the settings.\n"
    )
    home.edit_settings("@anthropic-prod", "")
    ran = home.run("adopt")
    assert ran.code == 1
    assert "holds no Portkey route" in ran.err
    home.settings.write_text("{")
    assert home.run("adopt").code == 1


def test_an_edit_of_the_profile_in_that_moment_is_not_lost(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tray.actions.switching.adopting import adopt as adopting

    home.add("work", "--provider", "@a", "--sonnet", "old")
    home.ok("switch", "work")
    home.edit_settings('"old"', '"new"')
    real = adopting.beside_stored

    def edited_meanwhile(*arguments: Any) -> Any:
        home.ok("set", "work", "trace_id", "T")
        return real(*arguments)

    monkeypatch.setattr(adopting, "beside_stored", edited_meanwhile)
    ran = home.run("adopt")
    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        "Error: The profile 'work' was changed by something else meanwhile",
    )
    assert home.stored()["trace_id"] == "T"


def test_a_key_that_is_adopted_overwrites_no_stored_one(home: UserHome) -> None:
    """The key of before, which another profile uses too, would be gone with no way back."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("copy", "work", "twin")
    home.ok("switch", "work")
    home.edit_settings(KEY, NEW_KEY)
    typed = home.settings.read_bytes()
    ran = home.ok("adopt")
    assert ran.err == "Note: the key is stored as 'work-2': 'work' is another key, and stays as it is\n"
    assert home.stored()["api_key"] == "keyring:work-2"
    assert home.ok("key", "print", "twin").out == KEY + "\n"
    assert home.ok("key", "print", "work").out == NEW_KEY + "\n"
    home.ok("undo")
    assert home.stored()["api_key"] == "keyring:work"
    assert home.settings.read_bytes() == typed
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_refused_adopt_stores_nothing(home: UserHome) -> None:
    """A key of a stranger's would lie among the user's own, and the next profile take it for theirs."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.edit_settings(KEY, NEW_KEY)
    home.edit_settings("https://api.portkey.ai", "https://gw.example")
    before = (home.stored(), home.ok("key", "list").out, home.ok("history").out)
    assert home.run("adopt").code == 4
    assert (home.stored(), home.ok("key", "list").out, home.ok("history").out) == before


def test_an_adopt_that_fails_takes_out_what_it_stored(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from profiles.base.errors import PkccError
    from profiles.switching.switcher import Switcher

    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.edit_settings(KEY, NEW_KEY)

    def full(*_: object) -> None:
        raise PkccError("The disk is full", "Free some space.")

    before = (home.stored(), home.ok("key", "list").out, home.ok("history").out, home.settings.read_bytes())
    monkeypatch.setattr(Switcher, "adopt", full)
    assert home.run("adopt").code == 1
    after = (home.stored(), home.ok("key", "list").out, home.ok("history").out, home.settings.read_bytes())
    assert after == before


def test_a_way_that_no_profile_can_say_is_not_adopted_at_all(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    home.edit_settings('"EDITOR"', '"CLAUDE_CODE_USE_FOUNDRY": "1",\n    "EDITOR"')
    ran = home.run("adopt", "--address")
    assert (ran.code, ran.err) == (
        4,
        "Error: CLAUDE_CODE_USE_FOUNDRY sends requests another way, which no profile can say\n"
        "  Restore first: `pkcc-tray restore` writes the profile again.\n",
    )


def test_at_a_terminal_an_address_is_asked_for_and_no_is_the_default(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://gw.example")
    with terminal(["adopt", "--address"], home.environ, home.root) as term:
        shown = term.expect("shall the key go there from now on? (y/N): ")
        assert "ANTHROPIC_BASE_URL is https://gw.example now, which decides where your key goes.\n" in shown
        assert "Restore first" in shown
        term.type("")
        assert term.finish() == 4
    assert "gateway" not in home.stored()


@pytest.mark.parametrize("glue", ["\\n", ", ", "\n"])
@pytest.mark.parametrize(
    "line",
    [
        "x-portkey-custom-host: https://evil.example/v1",
        'x-portkey-config: {"targets":[{"provider":"openai","custom_host":"https://evil.example/v1"}]}',
    ],
)
def test_an_address_that_stands_in_another_line_is_an_address(home: UserHome, glue: str, line: str) -> None:
    """A line glued to the route's is taken apart by `adopt`: it could send the key to a stranger."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    data = json.loads(home.settings.read_bytes())
    data["env"]["ANTHROPIC_CUSTOM_HEADERS"] = f"x-portkey-provider: @a{glue}{line}"
    home.settings.write_text(json.dumps(data))
    before = home.stored()
    ran = home.run("adopt")
    assert (ran.code, home.stored()) == (4, before), ran.err
    assert "decides where your key goes" in ran.err
