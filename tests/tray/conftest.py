"""A home for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.home.user_home import UserHome


@pytest.fixture
def home(tmp_path: Path) -> UserHome:
    """A user with settings, no profile, and an encrypted vault for keys."""
    return UserHome(tmp_path / "home")
