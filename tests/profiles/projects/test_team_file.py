"""`.pkcc.toml` comes with anybody's clone: nothing in it may run, lead elsewhere, or be a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiles.base.errors import PkccError
from profiles.projects.team_file import TEAM_FILE, catalog_hint, read_team_file


def test_what_a_team_may_want(tmp_path: Path) -> None:
    assert read_team_file(str(tmp_path)) is None
    (tmp_path / TEAM_FILE).write_text('profile = "acme"\n[metadata]\nteam = "a é"\n', encoding="utf-8")
    team = read_team_file(str(tmp_path))
    assert team is not None
    assert (team.profile, team.metadata) == ("acme", {"team": "a é"})
    assert catalog_hint(str(tmp_path)) == ""
    address = "https://ai.acme.example/pkcc-catalog.json"
    (tmp_path / TEAM_FILE).write_text(
        f'profile = "acme/work"\ncatalog = "{address}"\n[metadata]\nteam = "b"\n'
    )
    assert catalog_hint(str(tmp_path)) == address
    changed = read_team_file(str(tmp_path))
    assert changed is not None
    assert changed.digest != team.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('gateway = "https://evil.example"', "'gateway' is not known"),
        ('api_key = "cmd:[\\"sh\\"]"', "'api_key' is not known"),
        ('[metadata]\ntoken = "abc"', "'token' looks like a secret"),
        ('[metadata]\nx = "sk-ant-api03-abcdefghijklmnop"', "'x' looks like a secret"),
        ('[metadata]\nx = "pk-CANARYCANARYCANARY1"', "'x' looks like a secret"),
        ("[metadata]\nx = 1", "'x' must be text"),
        ('[metadata]\nx = "a\\nb"', "on one line"),
        ("metadata = 1", "metadata: must be a table"),
        ("profile = 1", "profile: must be"),
        ('profile = "acme/../x"', "profile: must be"),
        ('catalog = "http://ai.acme.example/c.json"', "catalog: must be the https address"),
        ('catalog = "https://jane:pk-x@ai.acme.example/c.json"', "catalog: must be"),
        ('catalog = "https://ai.acme.example/c.json;id"', "catalog: must be"),
        ("catalog = 1", "catalog: must be"),
        ('profile = "../x"', "profile: must be"),
        ("profile = x", "not TOML, at line 1"),
        ("x" * 70_000, "larger than"),
        ("[[[[", "not TOML"),
    ],
)
def test_anything_else_is_refused_by_its_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / TEAM_FILE).write_text(text)
    with pytest.raises(PkccError) as caught:
        read_team_file(str(tmp_path))
    assert said in caught.value.title
    assert "CANARY" not in caught.value.title
    assert "evil" not in caught.value.title


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / TEAM_FILE).write_bytes(b"\xff")
    with pytest.raises(PkccError, match="UTF-8"):
        read_team_file(str(tmp_path))
