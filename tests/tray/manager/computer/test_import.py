"""Import's page: what is offered, what is refused, and that no key of it is ever on a page."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.home.user_home import files_with

from profiles.base.errors import ConflictError
from tray.actions.profiles.importing.found import plan_picked
from tray.actions.profiles.importing.likely import likely_files
from tray.actions.profiles.importing.store import bring

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "pk-CANARY-0815-of-the-import"
OTHER = "sk-CANARY-of-another-vendor"
ROUTE = "x-portkey-provider: @anthropic-prod\nx-portkey-api-key: " + KEY


def by_hand(home: Any, **env: str) -> None:
    """Settings that lead through Portkey without a profile."""
    env = {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", "ANTHROPIC_AUTH_TOKEN": KEY, **env}
    env.setdefault("ANTHROPIC_CUSTOM_HEADERS", "x-portkey-provider: @anthropic-prod")
    home.settings.write_text(json.dumps({"env": env, "model": "opus"}, indent=2))


def cc_switch(home: Any, **providers: Mapping[str, str]) -> None:
    path = home.root / ".cc-switch" / "cc-switch.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
        for name, env in providers.items():
            row = (name, json.dumps({"env": env}))
            connection.execute("INSERT INTO providers VALUES ('claude', ?, ?)", row)
        connection.commit()


def portkey(provider: str) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": KEY,
        "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: {provider}",
    }


def rows(visitor: Any, path: str = "/import") -> dict[str, tuple[str, bool]]:
    """Each suggested name: what picks it, and whether it is ticked."""
    page = visitor.get(path).text
    assert "CANARY" not in page
    ticks = re.findall(r'name="pick" value="(\w+)"[^>]*?(checked)?>', page)
    names = dict(re.findall(r'name="name-(\w+)" value="([^"]*)"', page))
    return {names[pick]: (pick, bool(checked)) for pick, checked in ticks}


def send(visitor: Any, names: Mapping[str, str], **more: str) -> Any:
    """Import what those picks name, under these names."""
    fields = {f"name-{pick}": name for pick, name in names.items()}
    return visitor.fill("/import", pick=[*names], **fields, **more)


def after(visitor: Any, answer: Any) -> str:
    assert answer.status_code == 303, re.findall('<li><a href="#[^>]*>[^<]*|<li>[^<]*', answer.text)
    return str(visitor.get(visitor.end_of(answer)).text)


def test_settings_made_by_hand_become_the_profile_in_use_and_the_key_leaves_the_file(
    visitor: Any, home: Any
) -> None:
    by_hand(home)
    page = visitor.get("/import").text
    assert "In use now" in page
    assert "Key found in clear text" in page
    assert "Import 1 profile" in page
    pick, ticked = rows(visitor)["anthropic-prod"]
    assert ticked
    text = after(visitor, send(visitor, {pick: "work"}, helper="1"))
    assert "1 profile imported, work is in use" in text
    assert "CANARY" not in text
    assert home.ok("status", "--short").out == "work\n"
    assert (
        home.stored()["route"] == {"kind": "provider", "value": "@anthropic-prod"} or home.stored()["route"]
    )
    assert KEY not in home.settings.read_text()
    assert home.ok("key", "print", "work").out == f"{KEY}\n"
    assert "apiKeyHelper" in json.loads(home.settings.read_text())


def test_without_the_tick_the_key_stays_where_it_was_found(visitor: Any, home: Any) -> None:
    by_hand(home)
    (pick, _), *_rest = rows(visitor).values()
    after(visitor, send(visitor, {pick: "work"}))
    assert KEY in home.settings.read_text()
    assert home.ok("status", "--short").out == "work\n"


def test_an_undo_takes_the_switch_back(visitor: Any, home: Any) -> None:
    by_hand(home)
    before = home.settings.read_bytes()
    (pick, _), *_rest = rows(visitor).values()
    after(visitor, send(visitor, {pick: "work"}, helper="1"))
    visitor.undo()
    assert home.settings.read_bytes() == before


def test_a_store_is_offered_entry_by_entry_and_what_is_left_out_says_why(visitor: Any, home: Any) -> None:
    home.add("work")
    zai = {"ANTHROPIC_BASE_URL": "https://api.z.ai/x", "ANTHROPIC_AUTH_TOKEN": OTHER}
    cc_switch(home, work=portkey("@vertex-eu"), main=portkey("@main"), GLM=zai, Kimi=zai)
    page = visitor.get("/import").text
    assert "4 entries, 2 through Portkey" in page
    assert "“work” is taken already" in page
    assert "2 entries are left out" in page
    assert "<b>GLM and Kimi</b>" in page
    found = rows(visitor)
    assert set(found) == {"work-2", "main"}
    text = after(visitor, send(visitor, {found["work-2"][0]: "eu", found["main"][0]: "main"}))
    assert "2 profiles imported" in text
    assert "~/.cc-switch still holds the key in clear text" in text
    assert {row["name"] for row in home.ok("list", "--json").json()["data"]["profiles"]} == {
        "work",
        "eu",
        "main",
    }
    assert home.ok("status", "--short").out == "off\n"
    assert not files_with(KEY, home.own)
    visitor.undo()
    assert not (home.profiles / "eu.json").exists()
    assert not (home.profiles / "main.json").exists()


def test_of_very_many_entries_the_first_are_offered_and_that_is_said(visitor: Any, home: Any) -> None:
    cc_switch(home, **{f"n{number}": portkey(f"@s{number}") for number in range(201)})
    page = visitor.get("/import").text
    assert "Import 200 profiles" in page
    assert "It has 201 entries, of which the first 200 are here." in page


def test_only_what_is_ticked_is_brought(visitor: Any, home: Any) -> None:
    cc_switch(home, a=portkey("@a"), b=portkey("@b"))
    after(visitor, send(visitor, {rows(visitor)["b"][0]: "b"}))
    assert [path.name for path in home.profiles.glob("*.json")] == ["b.json"]


def test_names_that_cannot_be_are_said_beside_them_and_nothing_is_stored(visitor: Any, home: Any) -> None:
    home.add("work")
    cc_switch(home, a=portkey("@a"), b=portkey("@b"), c=portkey("@c"))
    picks = [pick for pick, _ in rows(visitor).values()]
    answer = send(visitor, dict(zip(picks, ("WORK", "a b", "new"), strict=True)))
    assert answer.status_code == 422
    assert "“WORK” is taken already" in answer.text
    assert 'value="WORK"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert "CANARY" not in answer.text
    answer = send(visitor, dict(zip(picks, ("same", "Same", "new"), strict=True)))
    assert "“Same” is taken already" in answer.text
    assert "Choose at least one profile" in visitor.fill("/import").text
    assert [path.name for path in home.profiles.glob("*.json")] == ["work.json"]


def test_what_is_there_already_is_said_and_not_ticked(visitor: Any, home: Any) -> None:
    cc_switch(home, main=portkey("@main"))
    after(visitor, send(visitor, {rows(visitor)["main"][0]: "main"}))
    assert "There is a profile like it: main" in visitor.get("/import").text
    assert rows(visitor)["main-2"][1] is False


def test_a_shells_start_file_is_offered_and_not_ticked(visitor: Any, home: Any) -> None:
    lines = [f"export {name}={json.dumps(text)}" for name, text in portkey("@shell").items()]
    (home.root / ".bashrc").write_text("\n".join(lines))
    assert rows(visitor)["shell"][1] is False
    assert "Shell start-up file" in visitor.get("/import").text


def test_another_key_of_that_name_stays_and_the_new_one_goes_beside_it(visitor: Any, home: Any) -> None:
    home.add("spare")
    home.ok("key", "set", "main", stdin="pk-another-CANARY-key\n")
    cc_switch(home, main=portkey("@main"))
    text = after(visitor, send(visitor, {rows(visitor)["main"][0]: "main"}))
    assert "another key, and stays as it is" in text
    assert home.stored("main")["api_key"] == "keyring:main-2"


def test_a_file_that_is_named_is_looked_at_alone(visitor: Any, home: Any) -> None:
    cc_switch(home, main=portkey("@main"))
    (home.root / "it.env").write_text("\n".join(f"{k}={json.dumps(v)}" for k, v in portkey("@env").items()))
    page = visitor.get("/import?file=~/it.env").text
    assert "Found in <code>~/it.env</code>" in page
    found = rows(visitor, "/import?file=~/it.env")
    assert set(found) == {"env"}
    after(visitor, send(visitor, {found["env"][0]: "env"}, file="~/it.env"))
    assert home.stored("env")["name"] == "env"


def test_a_key_that_is_typed_for_a_path_gets_into_no_address(visitor: Any, home: Any) -> None:
    (home.root / "a b").mkdir()
    (home.root / "a b" / "it.env").write_text(
        "\n".join(f"{k}={json.dumps(v)}" for k, v in portkey("@env").items())
    )
    answer = visitor.fill("/import/file", file="~/a b/it.env")
    assert answer.headers["location"] == "/import?file=~%2Fa+b%2Fit.env"
    looks = "uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"
    for key in (OTHER, looks, f'{{"key": "{looks}"}}'):
        answer = visitor.fill("/import/file", file=key)
        assert answer.status_code == 422
        assert "That is no path, and looks like a key" in answer.text
        assert "CANARY" not in answer.text
        assert looks not in answer.text
    answer = visitor.fill("/import/file", file="/no/such")  # may be anything, so it goes nowhere
    assert answer.status_code == 422
    assert "/no/such" in answer.text
    assert "Type where the file lies" in visitor.fill("/import/file").text


def test_a_bundle_is_imported_under_new_names(visitor: Any, home: Any) -> None:
    home.add("work", "--provider", "@work")
    home.ok("export", "-o", str(home.root / "b.json"))
    found = rows(visitor, "/import?file=~/b.json")
    assert set(found) == {"work-2"}
    text = after(visitor, send(visitor, {found["work-2"][0]: "copy"}, file="~/b.json"))
    assert "1 profile imported" in text
    assert home.stored("copy")["route"] == home.stored()["route"]


@pytest.mark.parametrize(
    ("file", "words"),
    [("~/none", "There is no file"), ("~/bad.json", "bad.json"), ("~/off.json", "Nothing in")],
)
def test_a_file_of_which_nothing_can_be_made_says_why(visitor: Any, home: Any, file: str, words: str) -> None:
    (home.root / "bad.json").write_text("{")
    (home.root / "off.json").write_text('{"env": {"EDITOR": "vim"}}')
    answer = visitor.get(f"/import?file={file}")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="file-e"' in answer.text


def strange_bundle(home: Any) -> None:
    """A bundle by which the key of "work" would go to another address."""
    home.add("work", "--provider", "@work")
    home.ok("export", "-o", str(home.root / "b.json"))
    bundle = json.loads((home.root / "b.json").read_text())
    bundle["profiles"][0]["gateway"] = "https://gateway.example"
    (home.root / "b.json").write_text(json.dumps(bundle))


def test_a_stored_key_goes_to_no_new_address_unless_the_person_says_so(visitor: Any, home: Any) -> None:
    strange_bundle(home)
    (pick, _), *_rest = rows(visitor, "/import?file=~/b.json").values()
    answer = send(visitor, {pick: "copy"}, file="~/b.json")
    assert answer.status_code == 422
    assert "copy would send a key that is stored here already to https://gateway.example" in answer.text
    assert "These addresses are mine" in answer.text
    assert not (home.profiles / "copy.json").exists()
    after(visitor, send(visitor, {pick: "copy"}, file="~/b.json", address="1"))
    assert home.stored("copy")["gateway"] == "https://gateway.example"


def test_no_caller_can_store_what_sends_a_stored_key_to_a_new_address_unasked(
    visitor: Any, home: Any, site: Any
) -> None:
    strange_bundle(home)
    (pick, _), *_rest = rows(visitor, "/import?file=~/b.json").values()
    made, in_use = plan_picked(site.app, {pick: "copy"}, file="~/b.json", helper=False)
    with pytest.raises(ConflictError, match="copy would send a key that is stored here already"):
        bring(site.app, made, in_use, own_addresses=False)
    assert not (home.profiles / "copy.json").exists()


def test_without_a_place_for_keys_nothing_is_stored_and_a_way_is_named(
    visitor: Any, home: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(home)
    monkeypatch.setattr(site.app, "environ", {**site.app.environ, "PKCC_SECRETS": "keyring"})
    (pick, _), *_rest = rows(visitor).values()
    answer = send(visitor, {pick: "work"}, helper="1")
    assert "There is no place for a key" in answer.text
    assert "an encrypted vault can be made" in answer.text
    assert not list(home.profiles.glob("*.json"))


def test_what_changed_meanwhile_is_not_imported_under_anothers_name(visitor: Any, home: Any) -> None:
    cc_switch(home, a=portkey("@a"))
    (pick, _), *_rest = rows(visitor).values()
    (home.root / ".cc-switch" / "cc-switch.db").unlink()
    (home.root / ".cc-switch").rmdir()
    cc_switch(home, b=portkey("@b"))
    answer = send(visitor, {pick: "a"})
    assert "What was found has changed meanwhile" in answer.text
    assert not list(home.profiles.glob("*.json"))


def test_nothing_found_says_where_it_looked(visitor: Any) -> None:
    assert "Nothing was found that goes through Portkey" in visitor.get("/import").text


def test_the_welcome_leads_here(visitor: Any, home: Any) -> None:
    by_hand(home)
    way = '<a class="btn btn-primary" href="/import">Make a profile of it</a>'
    assert way in visitor.get("/").text
    cc_switch(home, a=portkey("@a"))
    assert "Found on this computer: cc-switch." in visitor.get("/").text
    home.add("spare", "--provider", "@spare")  # and so does the overview, with other profiles
    assert way in visitor.get("/").text


def test_settings_by_hand_whose_profile_is_there_lead_to_a_switch(visitor: Any, home: Any) -> None:
    """After *Turn off* the way was *Make a profile of it*, and ended at *Import 0 profiles*."""
    by_hand(home)
    (pick, _), *_rest = rows(visitor).values()
    after(visitor, send(visitor, {pick: "work"}, helper="1"))
    visitor.fill("/off")
    text = visitor.words("/")
    assert "Switch to work" in text
    assert "That is what your profile work says." in text
    assert "Make a profile of it" not in text
    text = visitor.words("/import")
    assert "That is your profile work" in text
    assert "Switch to work" in text
    assert "Import 0 profiles" not in text


def test_a_path_with_a_character_that_none_holds_is_refused_in_words(visitor: Any) -> None:
    """A person would be told to report a fault of the program for what came along as they pasted."""
    assert "Type the path anew" in visitor.words("/import?file=/x%00y")
    assert visitor.fill("/import/file", file="/x\0y").status_code in (303, 422)


def test_files_that_may_be_meant_are_offered(visitor: Any, home: Any) -> None:
    """A person who opens no terminal does not know how a path is typed."""
    (home.root / ".config").mkdir(exist_ok=True)
    (home.root / ".config/user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/Geladenes"\n')
    (home.root / "Geladenes").mkdir()
    for age, name in enumerate(("Geladenes/work.json", ".env.portkey", ".hidden.json", "notes.txt")):
        (home.root / name).write_text("{}")
        os.utime(home.root / name, (1000 - age, 1000 - age))
    (home.root / "folder.json").mkdir()
    found = [str(home.root / name) for name in ("Geladenes/work.json", ".env.portkey")]
    assert likely_files(str(home.root)) == found
    assert 'data-value="~/Geladenes/work.json"' in visitor.get("/import").text
