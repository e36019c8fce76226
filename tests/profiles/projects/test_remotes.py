"""If these fail, a catalog's rule is for clones that it does not name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from profiles.base.locations import find_locations
from profiles.projects.rules.remotes import RemoteRule, catalog_rules, joined, named_by, remote_of, rule_for
from profiles.projects.rules.rules import Rule

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("git@git.acme.example:ai/tools.git", "git.acme.example/ai/tools"),
        ("https://jane@Git.Acme.example:8443/ai/tools.git/", "git.acme.example/ai/tools"),
        ("ssh://git@git.acme.example:22/ai/tools", "git.acme.example/ai/tools"),
        ("git.acme.example:ai/tools", "git.acme.example/ai/tools"),
        ("/srv/git/tools.git", ""),
        ("file:///srv/git/tools.git", ""),
        ("C:/work/tools", ""),
        ("ext::sh -c id", ""),
        ("https://git.acme.example/a/../b", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_remote_is_named_without_login_port_and_ending(url: str, named: str) -> None:
    assert named_by(url) == named


def clone(path: Path, url: str) -> str:
    (path / ".git").mkdir(parents=True)
    (path / ".git" / "config").write_text(
        f'[core]\n\tfsmonitor = /bin/false\n[remote "other"]\n\turl = https://x.example/y\n'
        f'[remote "origin"]\n\turl = {url}\n\tfetch = +refs/heads/*\n'
    )
    return str(path)


def test_the_first_rule_whose_remote_fits_is_for_the_clone(tmp_path: Path) -> None:
    places = find_locations({"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "own")})
    rules = [
        {"remote": "git.acme.example/ai/*", "profile": "acme/safe"},
        {"remote": "*.acme.example/**", "metadata": {"unit": "x"}},
    ]
    directory = tmp_path / "own" / "data" / "catalogs" / "acme"
    directory.mkdir(parents=True)
    (directory / "rules.json").write_text(json.dumps({"version": 1, "rules": rules}))
    (directory.parent / "broken").mkdir()
    (directory.parent / "broken" / "rules.json").write_text("{")
    published = catalog_rules(places)
    assert [rule.shown for rule in published] == ["acme: git.acme.example/ai/*", "acme: *.acme.example/**"]
    ai = rule_for(published, clone(tmp_path / "a", "git@git.acme.example:ai/tools.git"))
    assert ai is not None
    assert ai.profile == "acme/safe"
    deep = rule_for(published, clone(tmp_path / "b", "https://src.acme.example/x/y/z"))
    assert deep is not None
    assert deep.metadata == {"unit": "x"}
    assert rule_for(published, clone(tmp_path / "c", "https://acme.example.evil/ai/tools")) is None
    assert rule_for(published, str(tmp_path)) is None
    assert remote_of(str(tmp_path / "own")) == ""


def test_a_persons_own_rule_lies_over_the_catalogs() -> None:
    remote = RemoteRule("acme", "git.acme.example/**", "acme/work", {"unit": "x", "team": "a"})
    assert joined(None, None) is None
    assert joined(None, remote) == Rule("acme: git.acme.example/**", "acme/work", {"unit": "x", "team": "a"})
    own = Rule("~/src/**", None, {"team": "mine"}, exclude=False)
    assert joined(own, remote) == Rule("~/src/**", "acme/work", {"unit": "x", "team": "mine"}, exclude=False)
    assert joined(own._replace(profile="mine"), remote) == Rule(
        "~/src/**", "mine", {"unit": "x", "team": "mine"}, exclude=False
    )
