"""A home for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.home.user_home import UserHome


@pytest.fixture
def home(tmp_path: Path) -> UserHome:
    """A user with settings, no profile, and an encrypted vault for keys."""
    return UserHome(tmp_path / "home")


@pytest.fixture
def runtime(home: UserHome) -> Path:
    """A directory as a login session gives it: there all directories of our own have one lock."""
    path = home.root / "runtime"
    path.mkdir(mode=0o700)
    home.environ["XDG_RUNTIME_DIR"] = str(path)
    return path
