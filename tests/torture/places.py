"""The user that the rows torment: a linked settings file, displaced values, three projects, four profiles."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from faults.world import ORIGINAL, World

LOCAL = Path(".claude", "settings.local.json")
OWN = b'{"permissions": {"allow": []},\t"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1"}}\r\n'
# Bytes of the settings that no command may touch: spellings that loading and dumping would lose.
FOREIGN = b'"permissions": {"allow": []}, "big": 1e999'
PROVIDERS = ("other", "third")
CROWD = [f"p{number}" for number in range(70)]  # so many projects that they wait for the disk together


def furnish(world: World, *projects: str, original: bytes = ORIGINAL) -> World:
    """A user who is on `home`, their settings in a dotfiles directory, two profiles more, and projects."""
    world.furnish(original)
    target = world.root / "dotfiles" / "settings.json"
    target.parent.mkdir()
    world.settings.rename(target)
    world.settings.symlink_to(target)
    for name in PROVIDERS:
        route = {"kind": "provider", "provider": f"@{name}"}
        world.add({"name": name, "route": route, "api_key": "keyring:work"})
    (world.root / "b" / ".claude").mkdir(parents=True)
    (world.root / "b" / LOCAL).write_bytes(OWN)
    world.switch("home")
    for name in projects:
        world.register(name, metadata={"repo": name})
    return world


def age(root: Path) -> None:
    """What a killed one left is taken for abandoned when it is old, for which we do not wait."""
    old = time.time() - 61
    for path in (*root.rglob("*.json.lock"), *root.rglob(".*.pkcc-*")):
        if path.is_dir() or ".pkcc-" in path.name:
            os.utime(path, (old, old))


def crowd(world: World) -> list[str]:
    """Those of the crowd that this user has."""
    return [name for name in CROWD if (world.root / name).is_dir()]


def providers(world: World) -> dict[str, str | None]:
    """The provider that the settings and each project's file name; None where there is none."""
    files = {
        "user": world.settings,
        **{name: world.root / name / LOCAL for name in ("a", "b", "c", *crowd(world))},
    }
    found = {}
    for name, path in files.items():
        env = json.loads(path.read_bytes()).get("env", {}) if path.exists() else {}
        lines = str(env.get("ANTHROPIC_CUSTOM_HEADERS", "")).split("\n")
        named = [line.partition(": ")[2] for line in lines if line.startswith("x-portkey-provider: ")]
        found[name] = named[0] if named else None
    return found
