"""If these fail, profiles stand elsewhere than where a person put them, or the menu shows another order."""

from __future__ import annotations

import json

import pytest
from support.home.user_home import UserHome

from tray.app import App
from tray.runtime.menu.profile_rows import ProfileRows


@pytest.fixture
def three(home: UserHome) -> UserHome:
    for name in ("a", "b", "c"):
        home.add(name, "--provider", f"@{name}")
    return home


def listed(home: UserHome, *options: str) -> list[str]:
    return [row["name"] for row in home.ok("list", *options, "--json").json()["data"]["profiles"]]


def test_profiles_stand_where_they_were_put(three: UserHome) -> None:
    assert listed(three) == ["a", "b", "c"]
    assert listed(three, "--move", "c", "up") == ["a", "c", "b"]
    assert listed(three, "--move", "a", "down") == ["c", "a", "b"]
    assert listed(three, "--move", "b", "first") == ["b", "c", "a"]
    assert listed(three, "--move", "b", "up") == ["b", "c", "a"]
    assert listed(three, "--move", "b", "last") == ["c", "a", "b"]
    assert listed(three, "--move", "b", "down") == ["c", "a", "b"]
    three.add("aa", "--provider", "@aa")
    assert listed(three) == ["c", "a", "b", "aa"]  # a new one is the last
    assert listed(three, "--sort", "name") == ["a", "aa", "b", "c"]


def test_what_was_used_last_comes_first_where_that_is_asked_for(three: UserHome) -> None:
    for name in ("b", "c"):
        three.ok("switch", name)
    assert listed(three, "--sort", "used") == ["c", "b", "a"]
    three.ok("off")
    assert listed(three, "--sort", "used") == ["c", "b", "a"]


def test_favourites_are_marked(three: UserHome) -> None:
    text = three.ok("list", "--favourite", "b").out
    assert [line.endswith("★") for line in text.splitlines()] == [True, False, False]
    assert "★" not in three.ok("list", "--no-favourite", "b").out


def test_the_order_lies_in_one_portable_file_and_not_in_the_profiles(three: UserHome) -> None:
    before = {path.name: path.read_bytes() for path in three.profiles.iterdir()}
    three.ok("list", "--move", "c", "first")
    three.ok("list", "--favourite", "a")
    plain = json.loads((three.own / "order.json").read_text())
    assert plain == {"version": 1, "order": ["c", "a", "b"], "favourites": ["a"]}
    assert listed(three) == ["a", "c", "b"]  # favourites first
    assert {path.name: path.read_bytes() for path in three.profiles.iterdir()} == before


def test_a_renamed_profile_keeps_its_place_and_so_does_one_that_comes_back(three: UserHome) -> None:
    three.ok("list", "--move", "c", "first")
    three.ok("list", "--favourite", "c")
    three.ok("rename", "c", "work")
    assert listed(three) == ["work", "a", "b"]
    assert three.ok("list", "--json").json()["data"]["profiles"][0]["favourite"] is True
    three.ok("list", "--move", "b", "up")
    three.ok("undo")
    assert listed(three) == ["c", "b", "a"]
    three.ok("remove", "c", "--yes")
    three.ok("list", "--move", "a", "first")
    three.ok("undo")
    assert listed(three)[0] == "c"


@pytest.mark.parametrize(
    "text", ["{", '{"version": 1, "order": "a"}', '{"version": 9}', '{"version": 1, "order": [1]}']
)
def test_a_damaged_order_keeps_nobody_from_the_list_and_is_not_overwritten(
    three: UserHome, text: str
) -> None:
    path = three.own / "order.json"
    path.write_text(text)
    assert listed(three) == ["a", "b", "c"]
    assert "order.json" in three.ok("list").err  # it says so
    ran = three.run("list", "--move", "c", "first")
    assert (ran.code, "order.json" in ran.err) == (1, True)
    assert path.read_text() == text


def test_what_cannot_be_moved_is_said(three: UserHome) -> None:
    assert three.run("list", "--move", "nobody", "up").code == 3
    assert three.run("list", "--favourite", "nobody").code == 3
    assert three.run("list", "--move", "a", "sideways").code == 2
    assert three.run("list", "--move", "a", "up", "--favourite", "a").code == 2
    assert not (three.own / "order.json").exists()


def test_the_menu_has_the_same_order_and_the_same_favourites(three: UserHome) -> None:
    three.ok("list", "--move", "c", "first")
    three.ok("list", "--favourite", "b")
    app = App.start(three.environ, str(three.own), None, wants_json=True)
    rows = ProfileRows(app.store, app.locations, app.secrets)
    assert [(row.name, row.favourite) for row in rows.read()] == [("b", True), ("c", False), ("a", False)]
    three.ok("list", "--move", "c", "last")
    assert [row.name for row in rows.read()] == ["b", "a", "c"]


def test_favourites_come_first_and_move_among_themselves(three: UserHome) -> None:
    for name in ("b", "c"):
        three.ok("list", "--favourite", name)
    assert listed(three) == ["b", "c", "a"]
    assert listed(three, "--move", "c", "up") == ["c", "b", "a"]
    assert listed(three, "--move", "a", "first") == ["c", "b", "a"]
    assert listed(three, "--move", "b", "last") == ["c", "b", "a"]
    assert listed(three, "--no-favourite", "c") == ["b", "a", "c"]
