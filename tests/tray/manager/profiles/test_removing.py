"""Remove and bring back: what comes of it is said first, and for 30 days it can be taken back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

MONTH_S = 30 * 24 * 3600


def remove(visitor: Any, name: str, **more: str) -> Any:
    """Send the form that says what comes of it."""
    found = re.search(r'name="seen" value="([^"]+)"', visitor.get(f"/remove/{name}").text)
    return visitor.carry_out("/remove", name=name, seen=found[1] if found else "", **more)


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--label", "Work")
    home.ok("switch", "work")


def test_each_consequence_is_named_before_anything_is_done(visitor: Any, home: Any, work: None) -> None:
    project = home.root / "repo"
    project.mkdir()
    home.ok("switch", "work", "--project", str(project))
    home.add("spare", "--provider", "@spare")
    home.ok("set", "spare", "when_unreachable", "work")
    text = visitor.words("/remove/work")
    assert "Remove Work?" in text
    assert "It is in use. It is turned off" in text
    assert "~/repo is pinned to it. It follows the profile in use from then on" in text
    assert "spare offers it while its own gateway does not answer" in text
    assert "Its key lies in the vault, and no other profile uses it" in text
    assert "Delete the key work too" in text
    assert "bring the profile back from History for 30 days" in text
    assert (home.profiles / "work.json").exists()


def test_the_profile_in_use_is_removed_and_comes_back(visitor: Any, home: Any, work: None) -> None:
    before = (home.profiles / "work.json").read_bytes()
    assert remove(visitor, "work").headers["location"] == "/"
    assert "Work is removed Claude Code uses its own settings" in visitor.words()
    assert not (home.profiles / "work.json").exists()
    assert home.ok("status", "--short").out == "off\n"
    text = visitor.words("/history")
    assert visitor.get("/history").text.count("<b>Removed Work</b>") == 1
    assert "Removed Work in this window Bring Work back" in text
    assert "First switch, to Work" in text
    visitor.fill("/bring-back", name="work")
    assert "Work is back" in visitor.words()
    assert (home.profiles / "work.json").read_bytes() == before
    assert "Brought Work back" in visitor.words("/history")
    assert home.ok("key", "list", "--json").json()["data"]["keys"][0]["present"] is True


def test_a_key_goes_only_where_the_person_ticks_it(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    remove(visitor, "spare", with_key="1")
    assert "Its key spare is deleted" in visitor.words()
    assert [row["name"] for row in home.ok("key", "list", "--json").json()["data"]["keys"]] == ["work"]
    visitor.fill("/bring-back", name="spare")
    assert "no key is stored for it yet" in visitor.words().lower()


def test_a_key_that_others_use_is_offered_to_nobody(visitor: Any, home: Any, work: None) -> None:
    home.ok("copy", "work", "twin")
    text = visitor.words("/remove/twin")
    assert "Its key is also used by Work. It stays where it is" in text
    assert "Delete the key" not in text
    remove(visitor, "twin", with_key="1")  # not by a form of one's own making either
    assert home.ok("key", "list", "--json").json()["data"]["keys"][0]["present"] is True


def test_what_a_rule_names_is_not_removed_and_the_page_says_why(visitor: Any, home: Any, work: None) -> None:
    home.ok("project", "rule", "add", "~/acme", "--profile", "work")
    text = visitor.words("/remove/work")
    assert "Work cannot be removed yet" in text
    assert "The rule for ~/acme names 'work'" in text
    remove(visitor, "work")
    assert (home.profiles / "work.json").exists()


def test_after_thirty_days_it_is_offered_no_longer(
    visitor: Any, home: Any, work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(visitor, "work")
    path = next((home.root).rglob("removed.json"))
    plain = json.loads(path.read_text())
    plain["removed"][0]["at"] -= MONTH_S + 60
    path.write_text(json.dumps(plain))
    assert "Bring Work back" not in visitor.words("/history")
    visitor.fill("/bring-back", name="work")
    assert "A removed profile is kept for 30 days" in visitor.words()


def test_it_is_offered_though_many_other_things_were_done_since(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    remove(visitor, "spare")
    for number in range(21):
        home.ok("set", "work", "trace_id", f"t-{number}")
    assert "Removed spare in this window Bring spare back" in visitor.words("/history")
    visitor.fill("/bring-back", name="spare")
    assert home.stored("spare")["route"]["provider"] == "@spare"


def test_a_name_that_is_taken_again_is_not_written_over(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    remove(visitor, "spare")
    home.ok("add", "Spare", "--provider", "@other", "--key-ref", "keyring:work")
    assert "Bring spare back" not in visitor.words("/history")
    visitor.fill("/bring-back", name="spare")
    assert home.stored("Spare")["route"]["provider"] == "@other"


def test_what_may_hold_a_secret_is_not_kept(visitor: Any, home: Any, work: None) -> None:
    """A version of before let a profile hold one in clear text: a removed one must not lie about."""
    path = home.profiles / "work.json"
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "extra_headers": {"X-License-Key": "clear-text-of-old"}}))
    remove(visitor, "work")
    assert [
        each for each in home.root.rglob("*") if each.is_file() and b"clear-text-of-old" in each.read_bytes()
    ] == []
    visitor.undo()
    assert home.stored()["extra_headers"] == {"X-License-Key": "clear-text-of-old"}


def test_the_command_line_brings_it_back_too(home: Any, work: None) -> None:
    before = (home.profiles / "work.json").read_bytes()
    home.ok("remove", "work", "--yes")
    ran = home.run("remove", "--back")
    assert ran.code != 0
    assert "Removed in the last 30 days: work" in ran.err
    assert home.run("remove", "work", "--back", "--with-key").code != 0
    ran = home.ok("remove", "work", "--back", "--json")
    assert ran.json()["data"]["name"] == "work"
    assert (home.profiles / "work.json").read_bytes() == before
    home.ok("undo")
    assert not (home.profiles / "work.json").exists()
    assert home.ok("remove", "work", "--back").out == "Brought work back.\n"


def test_nothing_comes_of_it_that_was_not_seen(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    page = visitor.get("/remove/spare").text
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    home.ok("switch", "spare")  # meanwhile
    assert visitor.carry_out("/remove", name="spare", seen=seen).headers["location"] == "/remove/spare"
    text = visitor.words("/remove/spare")
    assert "Nothing was removed: look again" in text
    assert "It is in use" in text
    assert home.ok("status", "--short").out == "spare\n"
