"""Figures of the projects: a switch that takes a thousand along, and finding the rule for a directory."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, Home

_MANY, _FEW = 1_000, 100
_RULES = 10_000
_TURNS = 4


def project_figures(directory: Path) -> Iterator[Figure]:
    """`switch` with many and with few projects, and with one rule of ten thousand."""
    many, few = (_switching(directory / str(count), count) for count in (_MANY, _FEW))
    detail = f"{many:.0f} ms; {few:.0f} ms with {_FEW}"
    yield Figure(f"`switch` with {_MANY:,} projects", many / 1000, 1, "s", detail)
    yield Figure(
        "growth from 100 to 1,000 projects, against ten times", many / few / (_MANY / _FEW), 1.2, "x", detail
    )
    secret = _switching(directory / "secret", _MANY, "--key-delivery", "settings", "--key-in", "header")
    yield Figure(
        f"`switch` with {_MANY:,} projects, a key in each and git asked",
        secret / 1000,
        8,
        "s",
        f"{secret:.0f} ms",
    )
    yield from _rule_figures()


def _switching(directory: Path, count: int, *options: str) -> float:
    """Median milliseconds of a switch that writes that many projects."""
    directory.mkdir()
    home = Home(directory)
    for name in ("work", "home"):
        home.tool("add", name, "--provider", f"@{name}", *options, "--key-stdin", stdin="pk-benchmark-1")
    for number in range(count):
        project = directory / "src" / f"p{number}"
        project.mkdir(parents=True)
        if options:
            subprocess.run(
                [shutil.which("git") or "git", "init", "-q", str(project)], check=True, env=home.environ
            )
    if options:
        (directory / ".config" / "git").mkdir(parents=True)
        (directory / ".config" / "git" / "ignore").write_text("settings.local.json\n")
    home.tool("switch", "work")
    _register(home, directory, count)
    times = [home.tool("switch", name) for name in ("home", "work") * _TURNS]
    written = sum("@work" in path.read_text() for path in directory.glob("src/*/.claude/settings.local.json"))
    if written != count:
        raise RuntimeError(f"{written} of {count} projects were written")
    return statistics.median(times[2:])


def _register(home: Home, directory: Path, count: int) -> None:
    """Register them all at once: a thousand commands would take minutes, and are not what is measured."""
    from profiles.base.locations import find_locations
    from profiles.switching.memory.project_registry import Project, Registry, save_registry
    from profiles.switching.memory.state_files import state_files

    state_dir = str(directory / ".local" / "state" / "pkcc-tray")
    locations = find_locations(home.environ)._replace(
        state_dir=state_dir, settings_path=str(directory / ".claude" / "settings.json")
    )
    projects = [
        Project(str(directory / "src" / f"p{number}"), metadata={"repo": str(number)})
        for number in range(count)
    ]
    registry = Registry(locations.settings_path, projects={each.directory: each for each in projects})
    save_registry(state_files(locations).projects_path, registry)
    home.tool("project", "sync")


def _rule_figures() -> Iterator[Figure]:
    from profiles.projects.rules.matching import compiled, first_match
    from profiles.projects.rules.rules import Rule

    fixed = [Rule(f"~/work/customer{number}/**", "p") for number in range(_RULES)]
    shaped = [Rule(f"~/work/*/customer{number}/**", "p") for number in range(_RULES)]
    for name, rules in (("", fixed), (" that all begin alike", shaped)):
        matchers = compiled(rules, "/home/me")
        times = []
        for _ in range(20):
            started = time.perf_counter()
            if first_match(matchers, "/home/me/work/elsewhere/repository/src") is not None:
                raise RuntimeError("no rule is for that")
            times.append((time.perf_counter() - started) * 1000)
        detail = f"best {min(times):.2f} ms"
        yield Figure(
            f"{_RULES:,} rules{name}, none of which matches", statistics.median(times), 5, "ms", detail
        )
