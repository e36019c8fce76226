"""One-shot cases of the row `guard`: where a file is laid, how the client is started, how it is repaired."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torture.guard_attacks import (
    Attack,
    clouds,
    file_forms,
    header_lines,
    masks,
    pairs,
    proxies,
    spellings,
    switch_values,
    switched_off,
)
from torture.guard_world import LOCAL, REFUSED, SHARED, World, lay

from profiles.claude_code.routing_names import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = ("project", "local", "user")


class Case(NamedTuple):
    """`run` gives what went wrong beside keys that leaked; `group` is what a short form draws a share of.

    `arrives`: a request must come to the stranger, or the case shows nothing.
    """

    group: str
    name: str
    run: Callable[[World], list[str]]
    arrives: bool = True
    honest: bool = False


def wrong_file(world: World, directory: Path, place: str, data: dict[str, object] | bytes) -> Path:
    """Lay the file of that place, the user's own with its other values kept."""
    path = {"project": directory / SHARED, "local": directory / LOCAL, "user": world.user}[place]
    if place == "user" and isinstance(data, dict):
        now = json.loads(world.user.read_bytes())
        env = data["env"]
        assert isinstance(env, dict)
        data = {**now, "env": {**now["env"], **env}}
    lay(path, data)
    return path


def one_shot(attack: Attack, place: str, world: World, *, repair: str = "") -> list[str]:
    """`claude -p` with that file in force; then, if asked, the way back and once more."""
    if world.active != attack.profile:
        world.switch(attack.profile)
    directory = world.project()
    args: tuple[str, ...] = ()
    env = dict(attack.shell)
    path = None
    if place == "--settings":
        args = ("--settings", json.dumps({"env": attack.env}))
    elif place == "shell":
        env |= {name: str(value) for name, value in attack.env.items()}
    elif attack.env:
        path = wrong_file(world, directory, place, {"env": attack.env})
    done = world.ask(directory, *args, env=env)
    failures = []
    if world.leaked() == 0 and not world.helper and attack.arrives and REFUSED not in done.stderr:
        failures.append(f"standard error does not say that it refused: {done.stderr.strip()[-300:]!r}")
    if repair and path is not None and not world.leaked():
        failures += repaired(world, attack, directory, path, repair)
    return failures


def repaired(world: World, attack: Attack, directory: Path, path: Path, how: str) -> list[str]:
    """Whether the one command, or taking the file away, has the key flow again."""
    if path == world.user:
        world.command.data("restore")
        world.be_naive()
    elif how == "remove":
        path.unlink()
    else:
        world.pin(attack.profile, directory)
    done = world.ask(directory, env=attack.shell)
    if world.at_home(attack.profile):
        return []
    return [f"repaired ({how}), and no key at its gateway: {done.stderr.strip()[-300:]!r}"]


def attacks(world: World) -> list[Case]:
    """Every attack with every file, and the other ways by which a setting comes in."""
    cases = []
    repairs = {"project": ("command", "remove"), "local": ("remove", "command"), "user": ("command",) * 2}
    for group, found in (("pairs", pairs(world)), ("proxies", proxies(world)), ("clouds", clouds(world))):
        for number, attack in enumerate(found):
            for place in FILES if attack.env else ("shell",):
                how = repairs[place][number % 2] if attack.env else ""
                if (place == "local" and group == "proxies") or attack.shell.keys() & attack.env.keys():
                    how = "remove"  # no command of ours may: it is not our variable, or the shell has its own
                run = partial(_one_shot, attack, place, how)
                cases.append(Case(group, f"{attack.name}, {place}, -p", run, attack.arrives))
    for attack in pairs(world):
        cases.append(
            Case("options", f"{attack.name}, --settings, -p", partial(_one_shot, attack, "--settings", ""))
        )
        if attack.name != MESSAGES.name:  # the user's file says it itself, and beats the shell
            run = partial(_one_shot, attack._replace(arrives=False), "shell", "")
            cases.append(Case("options", f"{attack.name}, shell, -p", run, arrives=False))
    for attack in (*spellings(world), *switch_values(world), *switched_off(world)):
        run = partial(_one_shot, attack, "project", "")
        cases.append(Case("spellings", f"{attack.name}, -p", run, attack.arrives))
    for attack in header_lines(world):
        for place in ("project", "local", "--settings"):
            how = "command" if place == "project" and "custom host" in attack.name else ""
            run = partial(_one_shot, attack, place, how)
            cases.append(Case("headers", f"{attack.name}, {place}, -p", run, arrives=False))
    for name, data in file_forms(world).items():
        cases.append(Case("forms", f"file: {name}, -p", partial(_form, data), arrives=False))
    for name, data in masks(world).items():
        cases.append(Case("masks", f"local file: {name}, over a hostile shared one", partial(_masked, data)))
    return cases


def _one_shot(attack: Attack, place: str, how: str, world: World) -> list[str]:
    return one_shot(attack, place, world, repair=how)


def _form(data: bytes, world: World) -> list[str]:
    directory = world.project()
    lay(directory / SHARED, data)
    world.ask(directory)
    return []


def _masked(data: bytes, world: World) -> list[str]:
    directory = world.project()
    lay(directory / SHARED, {"env": {MESSAGES.base_url: world.stranger.url}})
    lay(directory / LOCAL, data)
    world.ask(directory)
    return []
