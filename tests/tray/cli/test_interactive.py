"""A person at a terminal: asked in plain words, keys hidden, nothing stored before it was seen."""

from __future__ import annotations

import re

import pytest
from support.home.passphrase_vault import lay_identity
from support.home.pseudo_terminal import CONTROL_C, CONTROL_D, Terminal, terminal
from support.home.user_home import KEY, UserHome, files_with

NUMBER, ROUTE = "Number [1]: ", "Number, or a name [1]: "
KEY_ASKED = "Portkey API key (hidden; empty to give it later): "
NOT_ASKED = ("add", "work", "--no-lookup")


def hidden(term: Terminal, question: str, text: str) -> None:
    term.expect(question)
    assert not term.echoes()
    term.type(text)


def begin(term: Terminal, route: str) -> None:
    """Portkey's own gateway, the key, and the number of a route."""
    term.answer(NUMBER, "")
    hidden(term, KEY_ASKED, KEY)
    term.answer(ROUTE, route)


def no_models(term: Terminal) -> None:
    for model in ("sonnet", "opus", "haiku"):
        term.answer(f"Model for {model}", "")


def test_add_asks_for_everything_shows_it_masked_and_then_stores_it(home: UserHome) -> None:
    with terminal(NOT_ASKED, home.environ, home.root) as term:
        begin(term, "5")
        assert "The key comes from https://app.portkey.ai/api-keys\n" in term.screen
        assert "  33 characters: pk***ey\n" in term.screen
        term.answer("Provider [anthropic]: ", "vertex-ai")
        term.answer("Virtual key id: ", "vk-1")
        no_models(term)
        shown = term.expect(NUMBER)
        assert "The key goes into the vault, as 'work'. The settings file holds none.\n" in shown
        term.type("3")
        term.answer("Label, for lists (may be empty): ", "My work")
        term.answer(NUMBER, "2")  # vertex
        term.answer(NUMBER, "2")  # into the settings
        term.answer("Metadata, such as team=engineering (may be empty): ", "team=a b")
        term.answer("More metadata (empty: no more): ", "_user=b")
        term.answer("More metadata (empty: no more): ", "")
        term.answer("Model, as the provider spells it", "claude-sonnet-4-5@20250929")
        shown = term.expect("Store and switch now?")
        assert re.search(r"\n  header.x-portkey-api-key +•{8}\n", shown)
        assert re.search(r"\n  header.x-portkey-virtual-key +vk-1\n", shown)
        stored = "The key goes into the vault, as 'work'."
        assert f"\n{stored} A switch also writes it into the settings file, in clear text.\n" in shown
        assert not home.profiles.exists()
        assert not files_with("CANARY", home.root)
        term.answer(NUMBER, "2")
        assert term.finish() == 0
        assert "Stored work: vertex · vk-1" in term.screen
        assert "CANARY" not in term.screen
    assert home.stored() == {
        "schema_version": 1,
        "name": "work",
        "label": "My work",
        "dialect": "vertex",
        "route": {"kind": "virtual_key", "provider": "vertex-ai", "virtual_key": "vk-1"},
        "models": {"default": "claude-sonnet-4-5@20250929"},
        "metadata": {"team": "a b", "_user": "b"},
        "api_key": "keyring:work",
        "key_delivery": "settings",
    }
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_name_is_asked_for_where_none_is_given(home: UserHome) -> None:
    home.add("taken")
    with terminal(["add", "--provider", "@a"], home.environ, home.root) as term:
        term.answer("Name of the new profile: ", "Taken")
        term.expect("There is a profile 'taken' already.")
        term.answer("Name of the new profile: ", "a b")
        term.answer("Name of the new profile: ", "free")
        hidden(term, KEY_ASKED, KEY)
        assert term.finish() == 0
    assert home.stored("free")["name"] == "free"
    assert home.run("add", "--provider", "@a").code == 2


def test_the_first_answer_keeps_the_key_out_of_the_file_in_vertex_too(home: UserHome) -> None:
    """Who only presses Return would have the key in clear text in a file, and in every hook's environment."""
    with terminal([*NOT_ASKED, "--dialect", "vertex"], home.environ, home.root) as term:
        begin(term, "@vertex")
        term.answer("Model, as the provider spells it", "m")
        assert "2) written into the settings file in clear text" in term.expect(NUMBER)
        term.type("")
        shown = term.expect("Store and switch now?")
        assert "x-portkey-api-key" not in shown
        assert "The key goes into the vault, as 'work'. The settings file holds none.\n" in shown
        term.answer(NUMBER, "1")
        assert term.finish() == 0
        assert "clear text" not in term.screen.partition("Store and switch now?")[2]
        assert "It is in use now." in term.screen
    assert KEY not in home.settings.read_text()


def test_a_wrong_answer_is_asked_again_and_loses_nothing(home: UserHome) -> None:
    with terminal(NOT_ASKED, home.environ, home.root) as term:
        term.answer(NUMBER, "9")
        term.answer("Please type a number from 1 to 3.\nNumber [1]: ", "3")
        term.answer("Its base URL, such as https://gateway.example: ", "gateway.example")
        term.expect("gateway: ")
        term.answer("Its base URL", "http://gateway.example")
        term.expect("gateway: ")
        term.answer("Its base URL", "https://portkey.ai")
        hidden(term, KEY_ASKED, KEY + " x")
        term.expect("The key has a space, a line break or a control character in it")
        hidden(term, KEY_ASKED, KEY)
        term.answer(ROUTE, "1")
        term.answer("Provider slug, such as @anthropic-prod: ", "")
        term.answer("Please give a value (Ctrl-C stops, nothing is changed).\nProvider slug", "@ä")
        term.answer("That must be one word of plain letters, digits and marks", "a")
        term.expect("Taken as @a: a provider of your workspace begins with @.")
        no_models(term)
        assert not home.profiles.exists()
        term.answer(NUMBER, "more")
        term.expect("  3) change more first: label, API format, metadata\n")
        term.answer(NUMBER, "3")
        term.answer("Label, for lists (may be empty): ", "")
        term.answer(NUMBER, "")
        term.answer("Metadata, such as ", "team")
        term.answer("Metadata takes NAME=VALUE. For example: team=engineering\n", "team=" + "x" * 129)
        term.answer("A value is at most 128 plain characters. Shorten it.\n", "team=a")
        term.answer("More metadata", "")
        term.answer(NUMBER, "only store it")
        assert term.finish() == 0
        assert "CANARY" not in term.screen
    assert home.stored()["route"] == {"kind": "provider", "provider": "@a"}
    assert "models" not in home.stored()


def test_a_config_file_is_looked_at_when_it_is_named(home: UserHome) -> None:
    (home.root / "c.json").write_text('{"provider": "@a"}')
    with terminal(NOT_ASKED, home.environ, home.root) as term:
        begin(term, "4")
        term.answer("Path of the config file: ", "nowhere.json")
        (home.root / "bad.json").write_text('{"strategy": {"mode": "x"}, "targets": [{"provider": "@a"}]}')
        term.answer("There is no config file ~/nowhere.json", "bad.json")
        term.answer("The Portkey config is wrong at strategy.mode: ", "c.json")
        term.expect("Model for sonnet")
        term.type(CONTROL_D, enter="")
        assert term.finish() == 2
        assert "Error: The input ended before everything was answered\n  Nothing was changed." in term.screen
    assert not home.profiles.exists()


def test_a_route_that_the_models_name_can_be_answered(home: UserHome) -> None:
    """Who has Portkey's recommended form would have to give up half-way, and look for an option."""
    with terminal(NOT_ASKED, home.environ, home.root) as term:
        begin(term, "2")
        term.answer("Model for sonnet, as @slug/model", "sonnet")
        term.answer("Here a model names its provider, too. It is such as @anthropic-prod/", "@a/sonnet")
        for model in ("opus", "haiku"):
            term.answer(f"Model for {model}", f"@a/{model}")
        term.answer(NUMBER, "2")
        assert term.finish() == 0
    assert home.stored()["route"] == {"kind": "none"}
    assert home.stored()["models"]["opus"] == "@a/opus"


@pytest.mark.parametrize("last", ["4", CONTROL_C, CONTROL_D])
def test_turning_back_at_the_last_question_leaves_nothing(home: UserHome, last: str) -> None:
    with terminal(NOT_ASKED, home.environ, home.root) as term:
        begin(term, "3")
        term.answer("Saved config, by its name or its id, pc-…: ", "pc-1")
        term.answer("Provider, where the config names none (may be empty): ", "")
        no_models(term)
        term.expect("Store and switch now?")
        term.expect(NUMBER)
        if last == "4":
            term.type(last)
        else:
            term.press(last)
        assert term.finish() == {"4": 4, CONTROL_C: 130, CONTROL_D: 2}[last]
        assert "Traceback" not in term.screen
        assert term.screen.splitlines()[-1] in (
            "Stopped.",
            "  `pkcc-tray add work` starts again.",
            "  Nothing was changed.",
        )
    assert not home.profiles.exists()
    assert not files_with("CANARY", home.root)
    assert home.ok("key", "list").out == "No keys yet.\n"


@pytest.mark.parametrize("end", [CONTROL_C, CONTROL_D])
def test_stopping_at_the_hidden_prompt_leaves_the_terminal_usable(home: UserHome, end: str) -> None:
    home.add()
    with terminal(["key", "rotate", "work"], home.environ, home.root) as term:
        term.expect("New Portkey API key for 'work' (hidden): ")
        term.type(end, enter="")
        term.expect("Stopped." if end == CONTROL_C else "Error: The input ended")
        assert term.echoes()
        assert term.finish() == (130 if end == CONTROL_C else 2)
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_key_set_asks_hidden_and_again_when_it_is_no_key(home: UserHome) -> None:
    home.ok("add", "work", "--provider", "@a")
    with terminal(["key", "set", "work"], home.environ, home.root) as term:
        hidden(term, "Portkey API key for 'work' (hidden): ", "not a CANARY key")
        term.expect("The key has a space")
        hidden(term, "Portkey API key for 'work' (hidden): ", KEY)
        assert term.finish() == 0
        assert term.screen.endswith("Stored the key work in the vault.\n")
        assert "CANARY" not in term.screen
    with terminal(["key", "rotate", "work"], home.environ, home.root) as term:
        hidden(term, "(hidden): ", "")
        assert term.finish() == 2
        assert term.screen.endswith("Error: No key was given\n  Nothing was changed.\n")
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_stored_key_of_that_name_is_offered(home: UserHome) -> None:
    home.ok("key", "set", "work", stdin=KEY)
    with terminal(["add", "work", "--provider", "@a"], home.environ, home.root) as term:
        term.answer("Use the stored key 'work'? (Y/n): ", "")
        assert term.finish() == 0
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_vault_s_passphrase_is_asked_for_hidden(home: UserHome) -> None:
    with terminal(["key", "vault", "init", "--unlock", "passphrase"], home.environ, home.root) as term:
        hidden(term, "New passphrase for the vault: ", "CANARY horse")
        hidden(term, "Once more: ", "CANARY horse")
        assert term.finish() == 0
        assert "CANARY" not in term.screen
    lay_identity(home.root / ".local/share/pkcc-tray/vault")
    with terminal(["key", "set", "work"], home.environ, home.root) as term:
        hidden(term, "Portkey API key for 'work' (hidden): ", KEY)
        hidden(term, "Passphrase of the vault: ", "CANARY wrong")
        assert term.finish() == 5
        assert "Error: The vault's passphrase is wrong" in term.screen
        assert "CANARY" not in term.screen


def test_without_a_keyring_a_vault_is_made_on_the_person_s_word(home: UserHome) -> None:
    # Over SSH or in a container there is none, and all that was answered must not be for nothing.
    home.environ["PKCC_SECRETS"] = "auto"
    home.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home.root}/no-bus"
    question = "Make an encrypted vault, and keep keys there? (y/N): "
    with terminal(["key", "set", "work"], home.environ, home.root) as term:
        term.expect("There is no safe place for keys. ")
        term.answer(question, "")
        assert term.finish() == 5
        assert term.screen.endswith("  Make an encrypted vault: `pkcc-tray key vault init`.\n")
    assert not (home.root / ".local/share/pkcc-tray/vault").exists()
    with terminal(["add", "none", "--provider", "@a"], home.environ, home.root) as term:
        term.answer(question, "n")
        term.answer("Go on without a key? (Y/n): ", "n")
        assert term.finish() == 5
    assert not home.profiles.exists()
    with terminal(["add", "later", "--provider", "@a"], home.environ, home.root) as term:
        term.answer(question, "n")
        term.answer("Go on without a key? (Y/n): ", "")
        assert term.finish() == 0
        assert "no key is stored for it yet: `pkcc-tray key set later` asks for it" in term.screen
    home.ok("remove", "later")
    with terminal(["add", "work", "--provider", "@a"], home.environ, home.root) as term:
        term.answer(question, "y")
        hidden(term, "Portkey API key (hidden; empty to give it later): ", KEY)
        assert term.finish() == 0
    assert home.ok("key", "print", "work").out == KEY + "\n"
    assert home.ok("key", "list").out == "work  vault  work\n"


def test_edit_offers_to_mend_what_was_wrong(home: UserHome) -> None:
    home.add()
    editor = home.root / "editor.sh"
    slip = 's/"schema_version": 1,/"lable": "L",/'
    editor.write_text(
        f'#!/bin/sh\nif [ -e ran ]; then sed -i s/lable/label/ "$1"; exit; fi\n'
        f"touch ran; sed -i '{slip}' \"$1\"\n"
    )
    editor.chmod(0o700)
    home.environ["VISUAL"] = str(editor)
    with terminal(["edit", "work"], home.environ, home.root) as term:
        term.expect("lable: is not a field of a profile")
        term.answer("Edit again? (Y/n): ", "")
        assert term.finish() == 0
        assert term.screen.endswith("Changed work.\n")
    assert home.stored()["label"] == "L"
    (home.root / "ran").unlink()
    editor.write_text('#!/bin/sh\necho "{" > "$1"\n')
    before = home.stored()
    with terminal(["edit", "work"], home.environ, home.root) as term:
        term.answer("Edit again? (Y/n): ", "n")
        assert term.finish() == 4
        assert term.screen.endswith("Error: The edit was dropped\n  The profile is as it was.\n")
    assert home.stored() == before


def test_nobody_is_asked_where_json_is_wanted(home: UserHome) -> None:
    with terminal(["add", "work", "--json"], home.environ, home.root) as term:
        assert term.finish() == 2
        assert '"title": "A profile needs a route"' in term.screen
