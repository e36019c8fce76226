"""If this fails, somebody says yes to a catalog without seeing where their key is sent on to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.catalog_homes import PLAIN, Publisher, join


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
