"""Rules on the page of projects: they hold at once, can be ordered, and are taken back whole."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.home.projects import clone, project


def rule(**more: Any) -> dict[str, Any]:
    pair = {"metadata-key": "client", "metadata-value": "acme"}
    return {"folders": "~/work/acme/**", **pair, "exclude": "1", **more}


def test_a_rule_holds_at_once_and_is_taken_back_whole(visitor: Any, home: Any, work: None) -> None:
    for name in ("shop", "site"):
        clone(home, f"work/acme/{name}")
    part = visitor.get("/projects/rules/fits", params={"value": "~/work/acme/**"}).text
    assert "Fits 2 clones today: acme/shop, acme/site" in part
    assert "must be absolute" in visitor.get("/projects/rules/fits?value=work").text
    visitor.end_of(visitor.fill("/projects", **rule(profile="fallback")))
    text = visitor.words("/projects")
    assert "Rule 1 is kept 2 clones are projects now: acme/shop, acme/site." in text
    assert "~/work/acme/shop As it should be, by rule 1 Metadata: client=acme Pinned to Fallback" in text
    assert "~/work/acme/** 2 clones today" in text
    visitor.undo("/projects")
    assert home.ok("project", "list", "--json").json()["data"]["projects"] == []
    assert home.ok("project", "rule", "list", "--json").json()["data"]["rules"] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (rule(folders=""), "Say which folders"),
        (rule(folders="work/**"), "must be absolute"),
        (rule(folders="~/**"), "too wide"),
        (rule(profile="nobody"), "There is no profile"),
        ({"folders": "~/work/**", "exclude": "1"}, "Choose a profile, or add metadata"),
        (rule(**{"metadata-value": "x" * 200}), "longer than 128"),
        (rule(folders="~/taken/**"), "There is a rule for ~/taken/** already"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_beside_its_field(
    visitor: Any, home: Any, work: None, typed: dict[str, str], said: str
) -> None:
    home.ok("project", "rule", "add", "~/taken/**", "--metadata", "a=b")
    home.ok("project", "rule", "add", "~/other/**", "--metadata", "a=b")
    before = (home.own / "rules.json").read_bytes()
    answer = visitor.fill("/projects", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    page = re.findall(r"/projects/rules/[0-9a-f]{16}", visitor.get("/projects").text)[-1]
    assert visitor.fill(page, **typed).status_code == 422
    assert (home.own / "rules.json").read_bytes() == before


def test_rules_are_changed_moved_and_removed(visitor: Any, home: Any, work: None) -> None:
    """The first that fits decides: an order that cannot be changed would have them typed again."""
    clone(home, "work/acme/shop")
    home.ok("project", "rule", "add", "~/work/**", "--metadata", "employer=main")
    home.ok("project", "rule", "add", "~/work/acme/**", "--metadata", "client=acme")
    home.ok("project", "sync")
    assert project(home)["metadata"] == {"employer": "main"}
    assert "~/work/acme/** 1 clone today, none not covered above" in visitor.words("/projects")
    ids = re.findall(r'value="up ([0-9a-f]{16})"', visitor.get("/projects").text)
    visitor.end_of(visitor.fill("/projects/do/move", move=f"up {ids[0]}"))
    assert "~/work/acme/** is rule 1 now 1 project changed with it" in visitor.words("/projects")
    assert project(home)["metadata"] == {"client": "acme"}
    visitor.undo("/projects")
    assert project(home)["metadata"] == {"employer": "main"}
    visitor.end_of(visitor.fill("/projects/do/move", move=f"up {ids[0]}"))
    visitor.end_of(visitor.fill(f"/projects/rules/{ids[0]}", **rule(**{"metadata-value": "acme-2"})))
    assert "Rule 1 is changed" in visitor.words("/projects")
    assert project(home)["metadata"] == {"client": "acme-2"}
    assert "~/work/acme/shop" in visitor.words(f"/projects/rules/{ids[0]}/remove")
    visitor.end_of(visitor.fill(f"/projects/rules/{ids[0]}/remove"))
    assert "Rule 1 is removed" in visitor.words("/projects")
    assert project(home)["metadata"] == {"employer": "main"}
    answer = visitor.fill(f"/projects/rules/{ids[0]}/remove")
    assert answer.status_code == 303


def test_rules_that_cannot_be_read_leave_the_projects_there(visitor: Any, home: Any, work: None) -> None:
    home.ok("project", "add", str(clone(home, "src/web")), "--metadata", "repo=web")
    (home.own / "rules.json").write_text('{"version": 1, "rules": [{"path": 3}]}')
    text = visitor.words("/projects")
    assert "rule 1: path and profile must be text" in text
    assert "~/src/web As it should be" in text
    assert "Add the rule" not in text
