"""Whether Claude Code was started here before, by its `.claude.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from profiles.base.locations import find_locations
from profiles.claude_code.beside.client_state import is_set_up

if TYPE_CHECKING:
    from pathlib import Path


def set_up(home: Path) -> bool:
    environ = {"CLAUDE_CONFIG_DIR": str(home)}
    return is_set_up(find_locations(environ), environ)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, False),
        ("{}", False),
        ('{"hasCompletedOnboarding": false}', False),
        ('{"hasCompletedOnboarding": true}', True),
        ("", True),
        ('{"numStartups": 3', True),
        ('["hasCompletedOnboarding"]', True),
    ],
)
def test_a_first_start_is_spoken_of_only_where_it_is_known(
    tmp_path: Path, text: str | None, expected: bool
) -> None:
    """A warning of a login that is never asked for, from a file that says nothing either way."""
    if text is not None:
        (tmp_path / ".claude.json").write_text(text)
    assert set_up(tmp_path) is expected


def test_what_cannot_be_read_says_nothing_either_way(tmp_path: Path) -> None:
    (tmp_path / ".claude.json").mkdir()
    assert set_up(tmp_path)


def test_what_is_too_large_to_be_read_says_nothing_either_way(tmp_path: Path) -> None:
    with (tmp_path / ".claude.json").open("wb") as file:
        file.truncate((64 << 20) + 1)
    assert set_up(tmp_path)
