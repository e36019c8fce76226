"""Catalogs in a real browser: one is added and looked at, waits, is taken, goes back, ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.browser import Desk
from support.catalog_homes import GATEWAY, Publisher, with_work
from support.home.user_home import SETTINGS

HOSTS = ["api.portkey.ai", "gw.acme.example"]


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    published = Publisher(tmp_path / "share" / "acme")
    rule = {"remote": "git.acme.example/**", "profile": "work", "metadata": {"unit": "platform"}}
    asked = {"user": {"ask": "Your Acme login", "pattern": "[a-z]{2,20}"}}
    metadata = {"cost_center": "4711", "_user": "{user}"}
    published.usual = {"rules": [rule], "inputs": asked, "profiles": with_work(metadata=metadata)}
    published.publish()
    return published


def follow(desk: Desk, publisher: Publisher) -> None:
    key = ("--key", publisher.key, "--yes", "--input", "user=jane", "--key-stdin")
    desk.home.ok("join", str(publisher.directory), *key, stdin="pk-CANARY-0815-of-the-portkey-key\n")


def test_one_is_added_by_its_source_and_looked_at_before_it_holds(
    themed_desk: Desk, publisher: Publisher
) -> None:
    desk = themed_desk
    desk.go("/catalogs")
    desk.sees("text=No catalogs yet")
    desk.picture("catalogs-none")
    desk.page.get_by_role("link", name="Add catalog").click()
    desk.press("Look at it")
    desk.sees("#source-e")
    desk.picture("catalog-add-error")
    desk.page.locator("#source").fill(str(publisher.directory))
    desk.page.locator("#key").fill(publisher.key)
    desk.press("Look at it")
    desk.sees("h2:text('Follow this catalog?')")
    desk.picture("catalog-offered")
    assert "acme/work" not in desk.home.ok("list").out
    desk.page.locator("#input-user").fill("jane")
    desk.press("Follow it")
    desk.sees("#flash h2:text('acme: version 43 is in force')")
    assert "acme/work" in desk.home.ok("list").out
    desk.picture("catalog-followed")
    desk.go("/")
    desk.sees("text=From Acme AI gateway")
    desk.picture("catalog-overview")


def test_a_version_that_waits_is_taken_and_goes_back(themed_desk: Desk, publisher: Publisher) -> None:
    desk = themed_desk
    follow(desk, publisher)
    moved = with_work(gateway=GATEWAY, metadata=publisher.usual["profiles"][0]["metadata"])
    moved[0]["models"] = {"sonnet": "claude-sonnet-6"}
    publisher.publish(profiles=moved, gateway_hosts=HOSTS)
    desk.go("/catalogs")
    desk.press("Look for news")
    desk.sees("#flash h2:text('1 new version to look at')")
    desk.picture("catalogs-waiting")
    desk.page.get_by_role("link", name="Look at Acme AI gateway").click()
    desk.sees("h2:text('A new version waits for you')")
    named = desk.page.locator(".cmp-name").first.inner_text()
    assert named == "work: your key goes", "only a field has a name of its own in the file"
    desk.picture("catalog-waiting")
    desk.page.set_viewport_size({"width": 360, "height": 800})
    row = desk.page.locator("li.lrow-cat").first
    edges = {
        row.locator(what).first.evaluate("each => each.getBoundingClientRect().x") for what in ("b", ".lab")
    }
    assert len(edges) == 1, "below a name without an icon, the rest begins where the name does"
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.press("Accept version 44")
    desk.sees("#flash h2:text('acme: version 44 is in force')")
    assert desk.home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    desk.press("Go back to version 43")
    desk.sees("#flash h2:text('acme: version 43 is in force again')")
    assert desk.home.env()["ANTHROPIC_BASE_URL"] != GATEWAY


def test_another_key_and_the_end(desk: Desk, publisher: Publisher) -> None:
    follow(desk, publisher)
    desk.go("/catalogs/acme")
    desk.page.get_by_role("link", name="Another key for acme/work").click()
    desk.sees("h1:text('Another key for Acme default')")
    desk.picture("catalog-key")
    desk.page.locator("#reference").fill("no reference")
    desk.press("Use this key")
    desk.sees("#reference-e")
    desk.page.locator("#reference").fill("env:PORTKEY")
    desk.press("Use this key")
    desk.sees("#flash h2:text('acme/work uses that key from now on')")
    desk.page.get_by_role("link", name="Remove…").click()
    desk.sees("h1:text('Remove Acme AI gateway?')")
    desk.picture("catalog-remove")
    desk.press("Remove Acme AI gateway")
    desk.sees("#flash h2:text('acme is not followed any more')")
    assert desk.home.settings.read_bytes() == SETTINGS


def test_what_is_refused_is_said(desk: Desk, publisher: Publisher) -> None:
    follow(desk, publisher)
    publisher.publish(signed=False)
    desk.go("/catalogs")
    desk.press("Look for news")
    desk.sees("#flash h2:text('acme could not be brought up to date')")
    desk.sees(".state.is-bad:has-text('Its newest version is refused')")
    desk.picture("catalogs-broken")
