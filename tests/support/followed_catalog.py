"""A user who follows a team's catalog, what they hold of it, and what must be so after a command was struck.

A `Change` is one command about the catalog and the home in which it starts. However it ends, what held before
holds, or what was to hold does, whole; and the same command again comes to the same end.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from support.catalog_homes import GATEWAY, PLAIN, Publisher
from support.catalogs import ACME, Signer
from support.client.command import EXECUTABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.world import World

TEAM_KEY = "pk-CANARYteam9876"
SPARE_KEY = "pk-CANARYspare5432"
NEXT_CHANGE = ("key", "set", "spare", "--stdin")  # has nothing to do with the catalog
_WORK = {**PLAIN, "metadata": {"_user": "{user}", "cost_center": "4711"}}
_SAFE = {**PLAIN, "name": "safe", "key": {"suggest": "op://Dev/portkey/{user}"}}
_USUAL = {"inputs": ACME["inputs"], "profiles": [_WORK, _SAFE]}
_NEWER = {"label": "Newer", "models": {"sonnet": "claude-sonnet-6"}}


class Change(NamedTuple):
    """`prepare` has the user follow the catalog as far as `action` needs it."""

    name: str
    prepare: Callable[[World], object]
    action: tuple[str, ...]
    stdin: str = ""
    in_steps: bool = False  # each of which is whole: the settings may still wait for theirs


class Held(NamedTuple):
    """What a user has of a catalog: None and nothing where they do not follow it.

    `serial` is of the version that holds, `waits` of the one that is offered, `older` of those before.
    """

    profiles: dict[str, Any]
    serial: int | None
    waits: int | None
    older: list[int]
    beside: dict[str, Any]  # rules, and terms
    subscriptions: Any
    seen: Any
    is_held: bool
    settings: bytes | None


def publisher(world: World) -> Publisher:
    """Who publishes into a directory beside the user's files."""
    its = Publisher(world.root / "published")
    its.usual = _USUAL
    return its


def type_command(world: World, *argv: str, stdin: str = "") -> None:
    """A command of the user's, in a process of its own; it must succeed.

    By the installed program, as the one that is struck then: another would name itself in the settings.
    """
    environ = {**world.environ, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [str(EXECUTABLE), *argv],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done


def published(world: World) -> Publisher:
    its = publisher(world)
    its.publish()
    return its


def following(world: World) -> Publisher:
    """Version 43 holds, `acme/work` is in use, and a field of the other profile is the user's own."""
    its = published(world)
    type_command(world, *_join(world.root), stdin=f"{TEAM_KEY}\n")
    type_command(world, "catalog", "override", "acme/safe", "label", "Mine")
    return its


def newer(world: World) -> Publisher:
    """44 is published, and changes what nobody is asked about."""
    its = following(world)
    its.publish(profiles=[{**_WORK, **_NEWER}, _SAFE])
    return its


def waiting(world: World) -> None:
    """44 waits: the key would go to another host."""
    its = following(world)
    hosts = ["api.portkey.ai", GATEWAY.removeprefix("https://")]
    its.publish(profiles=[{**_WORK, **_NEWER, "gateway": GATEWAY}, _SAFE], gateway_hosts=hosts)
    type_command(world, "catalog", "update", "acme")


def updated(world: World) -> None:
    """44 holds, 43 did before."""
    newer(world)
    type_command(world, "catalog", "update", "acme")


def changes(root: Path) -> list[Change]:
    """The commands that change what is followed. `root`: where the home is, or will be."""
    return [
        Change("catalog update", newer, ("catalog", "update", "acme")),
        Change("catalog accept", waiting, ("catalog", "accept", "acme", "--yes")),
        Change("catalog add", published, ("catalog", "add", *_follow(root))),
        Change("join", published, _join(root), f"{TEAM_KEY}\n", in_steps=True),
        Change("catalog rollback", updated, ("catalog", "rollback", "acme")),
        Change("catalog remove", following, ("catalog", "remove", "acme", "--yes")),
    ]


def _follow(root: Path) -> tuple[str, ...]:
    return (str(root / "published"), "--key", Signer().public.text, "--yes", "--input", "user=jane")


def _join(root: Path) -> tuple[str, ...]:
    return ("join", *_follow(root), "--key-stdin")


def held(world: World) -> Held:
    """What is there now; each file of it can be read."""
    its = world.locations
    data, record = Path(its.catalogs_dir, "acme"), Path(its.state_dir, "catalogs", "acme.json")
    seen = _read(record)
    return Held(
        {path.name: _read(path) for path in (data / "profiles").glob("[!.]*.json")},
        _serial(data / "accepted.json"),
        _serial(data / "offered.json"),
        [_serial(path) or 0 for path in sorted((data / "older").glob("[!.]*.json"), reverse=True)],
        {name: _read(data / name) for name in ("rules.json", "terms.json")},
        (_read(Path(its.config_dir, "catalogs.json")) or {}).get("catalogs", {}),
        seen and (seen["by_key"], sorted(seen["fetched"])),
        bool(seen and seen["held"]),
        world.bytes(),
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes()) if path.exists() else None


def _serial(path: Path) -> int | None:
    kept = _read(path)
    return int(json.loads(kept["data"])["serial"]) if kept else None


class Course(NamedTuple):
    """What a command about a catalog changes, unharmed."""

    before: Held
    after: Held
    in_steps: bool

    def check_struck(self, now: Held) -> None:
        """At once after the strike: of what holds, the profiles are there."""
        assert now.serial in (self.before.serial, self.after.serial), f"version {now.serial} holds"
        if now.serial is not None and now.serial == self.before.serial and self.after.serial is not None:
            assert now.profiles == self.before.profiles, "the profiles are not of the version that holds"

    def check_looked(self, now: Held) -> None:
        """After the next command, be it one that only looks: what was begun is there, or has not happened."""
        whole = self.before if now.serial == self.before.serial else self.after
        for part in ("profiles", "beside"):
            assert getattr(now, part) == getattr(whole, part), f"{part} of version {now.serial} are others"

    def check_next(self, now: Held) -> None:
        """After the next command that changes something, whatever it was: the settings carry it, too."""
        self.check_looked(now)
        if now.serial != self.before.serial and not self.in_steps:
            assert now.settings == self.after.settings, f"{now.serial} holds, and the settings say another"

    def check_again(self, now: Held) -> None:
        """After the same command again."""
        differs = [name for name, a, b in zip(Held._fields, now, self.after, strict=True) if a != b]
        assert not differs, f"it never became as it was to be: {', '.join(differs)}"
