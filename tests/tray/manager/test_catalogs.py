"""If this fails, somebody says yes to a catalog without seeing where their key is sent on to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import PLAIN, Publisher, join, lay_theirs


def test_the_overview_marks_a_withdrawn_profile(home: Any, visitor: Any, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish(withdrawn=[{"name": "safe", "use": "work"}])
    join(home, publisher)
    assert visitor.get("/").text.count("Withdrawn") == 1


def test_the_overview_says_that_a_change_of_the_profile_in_use_waits(
    home: Any, visitor: Any, tmp_path: Path
) -> None:
    """A card that says all is right is all that many people look at."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    assert "waits for you" not in visitor.get("/").text
    publisher.publish(contact="else@acme.example")
    home.ok("catalog", "update")
    assert "A new version of Acme AI gateway waits for you" in visitor.get("/").text
    home.ok("off")
    assert "waits for you" not in visitor.get("/").text


def test_a_catalog_of_which_nothing_is_here_can_be_removed(home: Any, visitor: Any, tmp_path: Path) -> None:
    """What was damaged or replaced, while its source is gone for good, could not be left on a page."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    (home.root / ".local/share/pkcc-tray/catalogs/acme/accepted.json").write_bytes(b"")
    asked = visitor.get("/catalogs/acme/remove")
    assert (asked.status_code, "acme/work" in asked.text) == (200, True)
    visitor.fill("/catalogs/acme/remove")
    assert "No catalogs yet" in home.ok("catalog", "list").out


def test_an_administrator_s_catalog_is_not_removed_before_it_came(
    home: Any, visitor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page said that nothing of it is here yet, as if it could be removed once it is."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    lay_theirs(publisher, tmp_path / "etc", monkeypatch)
    assert "Acme IT" in visitor.get("/catalogs/acme/remove").text
    assert home.run("catalog", "remove", "acme", "--yes").code == 4


def test_the_page_shows_where_a_config_sends_the_key_on(home: Any, visitor: Any, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "share" / "pkcc")
    config = {"targets": [{"provider": "@a", "custom_host": "https://llm.acme.example/v1"}]}
    publisher.publish(
        configs={"on": config},
        gateway_hosts=["api.portkey.ai", "llm.acme.example"],
        profiles=[PLAIN, {**PLAIN, "name": "on", "route": {"kind": "config", "catalog": "on"}}],
    )
    join(home, publisher)
    shown = visitor.get("/catalogs/acme")
    assert shown.status_code == 200
    assert "from there on to <code>llm.acme.example</code>" in shown.text
