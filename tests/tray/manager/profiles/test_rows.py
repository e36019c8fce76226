"""The overview's list: order, stars, groups, filters, sorting, which a person with many profiles needs."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

import pytest

from profiles.claude_code.settings.managed import places


@pytest.fixture
def many(home: Any) -> Any:
    """13 profiles, of which one lacks its key and one writes it into the file."""
    for number in range(11):
        home.add(f"p{number:02}", "--provider", f"@slug-{number}", "--metadata", f"team=t{number}")
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme", "--label", "Acme")
    home.add("zz", "--provider", "@z", "--key-delivery", "settings", "--label", "A last one")
    return home


def names(text: str) -> list[str]:
    """The profiles in the order of the page."""
    return re.findall(r'form="(?:star|plain)-form" name="name" value="([^"]+)"', text)


def test_a_star_makes_a_favourite_that_comes_first(visitor: Any, home: Any) -> None:
    for name in ("a", "b"):
        home.add(name, "--provider", f"@{name}")
    answer = visitor.fill("/favourite", name="b", on="yes")
    assert answer.headers["location"] == "/"
    text = visitor.get("/").text
    assert names(text) == ["b", "a"]
    assert re.search(r'value="b" aria-pressed="true"[^>]* autofocus', text)  # the focus stays
    assert 'data-say="b is a favourite"' in text
    assert "autofocus" not in visitor.get("/").text  # once
    visitor.fill("/favourite", name="b", on="no")
    assert [row["favourite"] for row in home.ok("list", "--json").json()["data"]["profiles"]] == [
        False,
        False,
    ]


def test_rows_move_and_say_where_they_are(visitor: Any, home: Any) -> None:
    for name in ("a", "b", "c"):
        home.add(name, "--provider", f"@{name}")
    assert visitor.fill("/order", name="c", way="up", back="/order").headers["location"] == "/order"
    text = visitor.get("/order").text
    assert 'data-say="c is 2 of 3"' in text
    assert re.search(r'aria-label="Move c up" autofocus', text)
    visitor.fill("/order", name="c", way="up", back="/")
    assert names(visitor.get("/").text) == ["c", "a", "b"]
    visitor.fill("/order", name="c", place="3", back="/order")  # dragged
    assert [row["name"] for row in home.ok("list", "--json").json()["data"]["profiles"]] == ["a", "b", "c"]
    visitor.fill("/order", name="b", way="up", back="/order")
    visitor.fill("/order/by-name", back="/order")
    assert names(visitor.get("/").text) == ["a", "b", "c"]


def test_what_cannot_move_further_says_so(visitor: Any, home: Any) -> None:
    for name in ("a", "b", "c"):
        home.add(name, "--provider", f"@{name}")
    home.ok("list", "--favourite", "b")
    text = visitor.get("/order").text
    off = re.findall(r'aria-disabled="true" aria-label="(Move [^"]+)"', text)
    assert off == ["Move b up", "Move b down", "Move a up", "Move c down"]  # b is the only favourite


@pytest.mark.parametrize(
    "fields", [{"name": "nobody", "way": "up"}, {"name": "a", "way": "off"}, {"name": "a"}]
)
def test_a_move_that_is_none_is_said_in_words(visitor: Any, home: Any, fields: dict[str, str]) -> None:
    home.add("a", "--provider", "@a")
    assert visitor.fill("/order", **fields, back="/order").headers["location"] == "/order"
    assert 'id="flash"' in visitor.get("/order").text
    assert not (home.own / "order.json").exists()


def test_an_address_of_another_site_is_no_way_back(visitor: Any, home: Any) -> None:
    home.add("a", "--provider", "@a")
    for back in ("//evil.example", "https://evil.example/", "/order/../x"):
        assert visitor.fill("/favourite", name="a", on="yes", back=back).headers["location"] == "/"


def test_from_thirteen_on_favourites_are_a_group_and_rows_can_be_filtered(visitor: Any, many: Any) -> None:
    many.ok("list", "--favourite", "p03")
    text = visitor.get("/").text
    assert re.findall(r'<li class="group">([^<]+)', text) == ["Favourites", "All other profiles"]
    chips = re.findall(r'class="chip"[^>]*>([^<]+) <span class="nums">(\d+)', text)
    assert chips == [("All", "13"), ("Favourites", "1"), ("No key yet", "1"), ("Key in a file", "1")]
    assert names(visitor.get("/?show=no-key").text) == ["acme"]
    assert names(visitor.get("/?show=in-file").text) == ["zz"]
    assert names(visitor.get("/?show=favourites").text) == ["p03"]
    assert len(names(visitor.get("/?show=nonsense&sort=nonsense").text)) == 13


def test_rows_are_sorted_by_name_or_by_what_was_used_last(visitor: Any, many: Any) -> None:
    assert names(visitor.get("/?sort=name").text)[:2] == ["zz", "acme"]  # by their labels
    for name in ("p05", "p02"):
        many.ok("switch", name)
    assert names(visitor.get("/?sort=used").text)[:3] == ["p02", "p05", "acme"]
    answer = visitor.fill("/favourite", name="p09", on="yes", back="/?sort=used&show=favourites")
    assert answer.headers["location"] == "/?sort=used&show=favourites"


def test_a_filter_that_shows_nothing_any_more_leads_back(visitor: Any, many: Any) -> None:
    assert "No profile is shown by this" in visitor.get("/?show=failed").text


def test_a_model_that_retires_is_told_with_its_day(visitor: Any, home: Any) -> None:
    home.add("old", "--provider", "@a", "--sonnet", "claude-3-7-sonnet")
    assert "Model is retired" in visitor.get("/").text


def test_a_row_that_did_not_change_is_not_drawn_anew_and_one_that_did_is(visitor: Any, home: Any) -> None:
    home.add("a", "--provider", "@a")
    home.add("b", "--provider", "@b")
    before = visitor.get("/").text
    assert "@b" in before
    home.ok("set", "b", "route.provider", "@other")
    text = visitor.get("/").text
    assert "@other" in text
    assert "<code>@b</code>" not in text


def test_managed_settings_that_decide_are_named(visitor: Any, home: Any, tmp_path: Any) -> None:
    home.add("a", "--provider", "@a")
    home.ok("switch", "a")
    place = tmp_path / "claude-code"
    place.mkdir()
    with mock.patch.object(places, "managed_directory", return_value=str(place)):
        assert "Managed settings decide" not in visitor.get("/").text
        (place / "managed-settings.json").write_text('{"env": {"ANTHROPIC_BASE_URL": "https://gw.example"}}')
        text = visitor.words()
        assert f"{place}/managed-settings.json decides for every session" in text
        assert "whatever profile is in use: Gateway address." in text
        own = '{"env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}}'
        (place / "managed-settings.json").write_text(own)
        assert f"{place}/managed-settings.json holds the route of a for every session" in visitor.words()
        (place / "managed-settings.json").write_text("{")
        assert "Claude Code does not start" in visitor.words()


def test_a_page_has_one_filled_button(visitor: Any, home: Any) -> None:
    home.add("work", "--provider", "@a")
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    for command, words in ((["off"], "Add profile"), (["switch", "work"], "Add profile"),
                           (["switch", "acme"], "Enter key"), (["off"], "Switch to work again")):  # fmt: skip
        home.run(*command)
        buttons = re.findall(r'class="btn btn-primary[^>]*>(?:<svg.*?</svg>)?([^<]+)', visitor.get("/").text)
        assert buttons == [words]


def test_another_tab_that_brings_itself_up_to_date_takes_nothing_away_from_this_one(
    visitor: Any, home: Any
) -> None:
    """What was done would be said nowhere, and the focus be lost."""
    home.add("a", "--provider", "@a")
    script = {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"}
    visitor.fill("/switch", name="a", back="/")
    assert 'id="flash"' not in visitor.get("/", headers=script).text
    assert 'id="flash"' in visitor.get("/").text
    visitor.fill("/favourite", name="a", on="yes", back="/")
    assert "autofocus" not in visitor.get("/", headers=script).text
    assert "autofocus" in visitor.get("/").text
