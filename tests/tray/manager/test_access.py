"""The one-time link: what it opens, how often, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

OWN = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}


def test_a_link_opens_the_manager_once_and_then_says_so(site: Any, browser: Callable[[], Any]) -> None:
    """Another program that finds the link in the browser's history, or in a list of processes, is late."""
    link = site.new_link()
    first = browser().get(link)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    second = browser().get(link)
    assert second.status_code == 403
    assert "This link was used already" in second.text
    assert "set-cookie" not in second.headers


def test_asking_for_the_head_of_a_link_does_not_use_it_up(site: Any, browser: Callable[[], Any]) -> None:
    """What looks ahead at links, such as a chat's preview, would get the session, and the person nothing."""
    link = site.new_link()
    answer = browser().head(link)
    assert answer.status_code == 405
    assert "set-cookie" not in answer.headers
    assert browser().get(link).status_code == 303


def test_a_link_goes_on_to_its_own_page(site: Any, browser: Callable[[], Any]) -> None:
    """A click on "Enter key…" in the menu that ends on the overview leaves the person searching."""
    visitor = browser()
    assert visitor.get(site.new_link("/history")).headers["location"] == "/history"
    assert visitor.get(site.new_link("/preview/work")).headers["location"] == "/preview/work"
    again = visitor.get(site.new_link("/history"))  # the browser that is in already
    assert (again.status_code, again.headers["location"]) == (303, "/history")


def test_a_catalog_that_a_link_asks_for_is_filled_in_and_not_fetched(
    site: Any, browser: Callable[[], Any]
) -> None:
    visitor = browser()
    page = "/catalogs/add?source=https://localhost:1/pkcc-catalog.json&name=acme"
    assert visitor.get(site.new_link(page)).headers["location"] == page
    shown = visitor.get(page)
    assert shown.status_code == 200
    assert 'value="https://localhost:1/pkcc-catalog.json"' in shown.text
    assert 'value="acme"' in shown.text


@pytest.mark.parametrize(
    "page",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/history?x=1",
        "/catalogs/add?source=a b",
        "/x/catalogs/add?source=a",
        "/../../etc",
        "/%2f%2fevil.example",
        "/no-such-page",
        "/open/x",
        "/static/base.css",
        "/switch",
        "/history\r\nset-cookie: a=b",
        "/" + "a" * 100,
        "",
    ],
)
def test_what_is_no_page_of_ours_opens_the_overview(page: str, site: Any, browser: Callable[[], Any]) -> None:
    assert browser().get(site.new_link(page)).headers["location"] == "/"


def test_a_check_that_was_asked_for_in_the_tray_begins_with_the_page(
    site: Any, browser: Callable[[], Any], home: Any
) -> None:
    """The person pressed "Check connection": a page with another button for it would be a dead end."""
    home.add("work", "--provider", "@w", "--gateway", "http://127.0.0.1:9")
    visitor = browser()
    assert visitor.get(site.new_link("/check/work")).headers["location"] == "/check/work"
    site.checks["work"].job.wait(30)
    assert "refuses the connection" in visitor.get("/check/work").text
    found = site.checks["work"]
    visitor.get("/check/work")
    assert site.checks["work"] is found  # the address alone begins nothing


def test_who_takes_over_comes_to_the_page_too(site: Any, visitor: Any, browser: Callable[[], Any]) -> None:
    site.lifetime.page_opened()
    other = browser()
    claim = other.get(site.new_link("/history")).text.partition('name="claim" value="')[2].partition('"')[0]
    taken = other.post("/take", content=f"claim={claim}", headers=OWN)
    assert taken.headers["location"] == "/history"


def test_a_link_is_good_for_a_minute(site: Any, browser: Callable[[], Any], clock: Any) -> None:
    good, late = site.new_link(), site.new_link()
    clock.now += 59.9
    assert browser().get(good).status_code == 303
    clock.now += 0.2
    answer = browser().get(late)
    assert answer.status_code == 403
    assert "This link is too old" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_guessed_link_opens_nothing(site: Any, browser: Callable[[], Any]) -> None:
    site.new_link()
    answer = browser().get("/open/c46oqHGl3vWY3EHE4YPCTLOdpBltzT4uDaO4t_T_W8Q")
    assert answer.status_code == 403
    assert "This link opens nothing" in answer.text


def test_the_session_is_a_cookie_that_no_script_and_no_other_site_gets(
    site: Any, browser: Callable[[], Any]
) -> None:
    cookie = browser().get(site.new_link()).headers["set-cookie"]
    assert cookie.startswith("pkcc_manager_43210=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "samesite=strict", "path=/"}  # no Expires: gone with the browser


def test_without_the_session_no_page_says_anything(site: Any, browser: Callable[[], Any], home: Any) -> None:
    home.add("secretly-named")
    stranger = browser()
    site_pages = ("/", "/history", "/history/1", "/check/secretly-named")
    for path in site_pages:
        answer = stranger.get(path)
        assert answer.status_code == 403, path
        assert "The manager is closed" in answer.text
        assert "secretly-named" not in answer.text
    stranger.cookies.set(site.cookie_name, "guessed")
    assert stranger.get("/").status_code == 403
    assert stranger.get("/news").status_code == 204  # and is asked for no more


def test_a_form_without_a_session_is_not_carried_out_and_says_so(
    browser: Callable[[], Any], home: Any
) -> None:
    home.add("work")
    before = home.settings.read_bytes()
    answer = browser().post("/switch", data={"name": "work"}, headers=OWN)
    assert answer.status_code == 403
    assert "What you sent just now was not carried out" in answer.text
    assert home.settings.read_bytes() == before


def test_another_browser_may_take_over_and_the_first_is_closed(
    site: Any, visitor: Any, browser: Callable[[], Any]
) -> None:
    site.lifetime.page_opened()
    other = browser()
    answer = other.get(site.new_link())
    assert answer.status_code == 409
    assert "The manager is open in another window" in answer.text
    assert "set-cookie" not in answer.headers
    claim = answer.text.partition('name="claim" value="')[2].partition('"')[0]
    assert other.post("/take", content="claim=guessed", headers=OWN).status_code == 403
    taken = other.get(site.new_link())
    claim = taken.text.partition('name="claim" value="')[2].partition('"')[0]
    assert other.post("/take", content=f"claim={claim}", headers=OWN).status_code == 303
    assert other.get("/").status_code == 200
    assert visitor.get("/").status_code == 403
    assert other.post("/take", content=f"claim={claim}", headers=OWN).status_code == 403


def test_the_same_browser_goes_on_with_a_new_link(site: Any, visitor: Any) -> None:
    """A second click on "Manage profiles…" must not throw away what is typed in the first page."""
    site.lifetime.page_opened()
    before = dict(visitor.cookies)
    assert visitor.get(site.new_link()).headers["location"] == "/"
    assert dict(visitor.cookies) == before
    assert visitor.get("/").status_code == 200


def test_a_page_that_was_closed_keeps_nobody_out(site: Any, visitor: Any, browser: Callable[[], Any]) -> None:
    site.lifetime.page_opened()
    site.lifetime.page_closed()
    assert browser().get(site.new_link()).status_code == 303
    assert visitor.get("/").status_code == 403


class Overtaken:
    """A site's lock: while one waits for it, another browser takes over."""

    def __init__(self, site: Any) -> None:
        self._site = site

    def __enter__(self) -> None:
        self._site.sessions.begin()

    def __exit__(self, *_: object) -> None:
        pass


def test_what_waits_while_another_takes_over_is_not_carried_out(home: Any, site: Any, visitor: Any) -> None:
    """The one who took over would find a change on top of what they see, made by a page that is closed."""
    home.add("work", "--provider", "@w")
    token = visitor.form_token()
    site.lock = Overtaken(site)
    answer = visitor.post("/switch", data={"token": token, "name": "work"}, headers=OWN)
    assert answer.status_code == 403
    assert "What you sent just now was not carried out" in answer.text
    assert '"active": null' in home.ok("status", "--json").out


def test_a_page_that_waits_while_another_takes_over_is_closed(site: Any, visitor: Any) -> None:
    site.lock = Overtaken(site)
    assert visitor.get("/").status_code == 403


def test_a_form_that_is_sent_twice_hides_nothing_that_its_first_sending_had_to_say(
    home: Any, visitor: Any
) -> None:
    """A double click on *Switch*: without what it said, *Undo the switch* is gone too."""
    home.add("work", "--label", "Work", "--provider", "@w")
    sent = {"token": visitor.form_token(), "name": "work"}
    for _ in range(3):
        visitor.post("/switch", data=sent, headers=OWN)
    page = visitor.get("/").text
    assert page.count("That was sent twice") == 1
    assert page.index("Work is in use") < page.index("That was sent twice")
    assert "Undo the switch" in page
    assert "That was sent twice" not in visitor.get("/").text


def test_of_two_outcomes_only_the_latest_can_be_undone(home: Any, visitor: Any) -> None:
    """The button of the earlier one would take back the later."""
    home.add("work", "--label", "Work", "--provider", "@w")
    tokens = [visitor.form_token(), visitor.form_token()]
    for token, path in zip(tokens, ("/switch", "/off"), strict=True):
        visitor.post(path, data={"token": token, "name": "work"}, headers=OWN)
    page = visitor.get("/").text
    assert "Work is in use" in page
    assert "Off: Claude Code uses its own settings" in page
    assert "Undo the switch" not in page
