"""A home with so many projects that several processes write them."""

from __future__ import annotations

import json
from pathlib import Path

from support.client.command import Command

from profiles.base.locations import find_locations
from profiles.switching.memory.project_registry import Project, Registry, save_registry
from profiles.switching.memory.state_files import state_files

COUNT = 130


def home_of_many(home: Path) -> Command:
    """The command in that home, whose projects are registered and none of them written yet."""
    (home / "project").mkdir()
    command = Command(home)
    projects = [
        Project(str(file_of(home, each).parents[1]), metadata={"repo": str(each)}) for each in range(COUNT)
    ]
    for project in projects:
        Path(project.directory).mkdir(parents=True)
    locations = find_locations({"HOME": str(home)})._replace(
        state_dir=str(home / ".local" / "state" / "pkcc-tray"), settings_path=str(command.settings)
    )
    registry = Registry(locations.settings_path, projects={each.directory: each for each in projects})
    save_registry(state_files(locations).projects_path, registry)
    return command


def file_of(home: Path, number: int) -> Path:
    """The settings file of a project; it need not be there."""
    return home / "src" / f"p{number}" / ".claude" / "settings.local.json"


def headers(home: Path, number: int) -> dict[str, str]:
    """The header lines of a project's file, by name."""
    text = json.loads(file_of(home, number).read_bytes())["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    return dict(line.split(": ", 1) for line in text.split("\n"))
