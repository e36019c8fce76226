"""Pages of catalogs: nothing holds before a yes, and exactly what was shown is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import GATEWAY, Publisher, join, lay_theirs, with_work
from support.catalogs import ACME, WORK
from support.home.user_home import KEY

MOVED: dict[str, Any] = {
    "profiles": with_work(gateway=GATEWAY),
    "gateway_hosts": ["api.portkey.ai", "gw.acme.example"],
}


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    published = Publisher(tmp_path / "share")
    published.publish()
    return published


def sha256_on(visitor: Any) -> str:
    found: str = visitor.get("/catalogs/acme").text.partition('name="sha256" value="')[2].partition('"')[0]
    return found


def test_a_key_goes_in_for_a_profile_of_a_catalog(visitor: Any, home: Any, publisher: Publisher) -> None:
    visitor.carry_out("/catalogs/add", source=str(publisher.directory), key=publisher.key)
    assert "acme/work" not in home.ok("list").out
    visitor.fill("/catalogs/do/accept", name="acme", sha256=sha256_on(visitor))
    page = visitor.get("/catalogs/acme").text
    assert 'href="/keys/acme/safe/enter"' in page or 'href="/keys/acme/work/enter"' in page
    assert visitor.get("/keys/acme/work/enter").status_code == 200
    assert "Next Enter your key, then use the profile" in visitor.words("/catalogs/acme")
    home.ok("key", "set", "acme/work", "--stdin", stdin=f"{KEY}\n")
    assert "Use Acme default" in visitor.words("/catalogs/acme")
    home.ok("switch", "acme/work")
    assert "Use Acme default" not in visitor.words("/catalogs/acme")
    text = visitor.words("/")
    assert "From Acme AI gateway, version 43" in text


def test_what_came_between_looking_and_accepting_is_looked_at_first(
    visitor: Any, home: Any, publisher: Publisher
) -> None:
    join(home, publisher)
    publisher.publish(**MOVED)
    home.ok("catalog", "update")
    seen = sha256_on(visitor)
    publisher.publish(**{**MOVED, "contact": "else@acme.example"})
    home.ok("catalog", "update")
    visitor.fill("/catalogs/do/accept", name="acme", sha256=seen)
    assert "Another version of acme came meanwhile" in visitor.words("/catalogs/acme")
    assert home.env()["ANTHROPIC_BASE_URL"] != GATEWAY
    visitor.fill("/catalogs/do/accept", name="acme", sha256=sha256_on(visitor))
    assert home.env()["ANTHROPIC_BASE_URL"] == GATEWAY


def test_a_profile_of_a_catalog_is_changed_and_removed_on_its_catalog_s_page(
    visitor: Any, home: Any, publisher: Publisher
) -> None:
    join(home, publisher)
    for path, there in (
        ("/edit/acme/work", "/catalogs/acme"),
        ("/remove/acme/work", "/catalogs/acme/remove"),
    ):
        assert visitor.get(path).headers["location"] == there
    for path in ("/preview/acme/safe", "/check/acme/work", "/json/acme/work", "/catalogs/acme/work/key"):
        assert visitor.get(path).status_code == 200, path
    assert "/edit/acme/work" not in visitor.get("/").text
    visitor.carry_out("/switch", name="acme/safe")
    assert home.ok("status", "--short").out == "acme/safe\n"
    assert KEY not in visitor.get("/catalogs/acme").text


def test_the_navigation_counts_what_waits(visitor: Any, home: Any, publisher: Publisher) -> None:
    join(home, publisher)
    assert "to look at" not in visitor.words("/")
    publisher.publish(**MOVED)
    home.ok("catalog", "update")
    assert "Catalogs 1 to look at" in visitor.words("/")


def test_a_link_fills_the_form_and_fetches_nothing(visitor: Any, home: Any, publisher: Publisher) -> None:
    page = visitor.get(f"/catalogs/add?source=https://ai.acme.example/a.json&key={publisher.key}").text
    assert "https://ai.acme.example/a.json" in page
    assert "No catalogs yet" in home.ok("catalog", "list").out
    refused = visitor.fill("/catalogs/add", source="http://ai.acme.example/a.json")
    assert refused.status_code == 422
    assert "https" in refused.text


def test_an_administrator_s_catalog_that_is_not_here_yet_is_fetched_from_the_list(
    visitor: Any, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row led to a page that cannot be shown, and called it unsigned."""
    lay_theirs(publisher, tmp_path, monkeypatch)
    page = visitor.get("/catalogs").text
    assert ('href="/catalogs/acme"' in page, "Not signed" in page) == (False, False)
    assert ">Fetch<" in page.replace("\n", "")
    own = visitor.get("/catalogs/acme")  # a bookmark, or a mail's address
    assert (own.status_code, own.headers["location"]) == (303, "/catalogs")


def test_a_catalog_that_an_administrator_decides_has_its_pages(
    visitor: Any, home: Any, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path, monkeypatch)
    home.ok("catalog", "update")
    assert "In force" in visitor.words("/catalogs")
    assert visitor.get("/catalogs/acme").status_code == 200
    assert "By your administrator" in visitor.words("/catalogs")


def test_what_an_administrator_s_catalog_asks_is_answered_on_its_page(
    visitor: Any, home: Any, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(inputs=ACME["inputs"], profiles=[WORK])
    lay_theirs(publisher, tmp_path, monkeypatch)
    home.ok("catalog", "update")
    assert "Your Acme login" in visitor.words("/catalogs/acme")
    visitor.fill("/catalogs/do/accept", name="acme", sha256=sha256_on(visitor), **{"input-user": "jane"})
    assert "acme/work" in home.ok("list").out
    assert "It asks you something" not in visitor.words("/catalogs/acme")
