"""Clones below a throw-away home, as projects that the command line and the manager know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.home.git_repository import repository

from tray.actions.more.glance.projects import project_id

if TYPE_CHECKING:
    from support.home.user_home import UserHome


def clone(home: UserHome, where: str) -> Path:
    """A git repository below the home directory."""
    return repository(home.root / where)


def local(path: Path) -> str:
    """The project's file."""
    return (path / ".claude/settings.local.json").read_text()


def page_of(path: Path) -> str:
    """The project's page in the manager."""
    return f"/projects/{project_id(str(path))}"


def project(home: UserHome) -> dict[str, Any]:
    """The one registered project, as the command line lists it."""
    (found,) = home.ok("project", "list", "--json").json()["data"]["projects"]
    return dict(found)
