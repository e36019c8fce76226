"""Attacks of the row `guard` by a team's catalog: its file is replaced, or names a stranger's host.

Each is run as people do: ask for news, switch again, ask Claude Code. The stranger's host is behind the
company's proxy, with a certificate that is believed.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from support.catalog_homes import Publisher
from torture.guard_attacks import company_shell
from torture.guard_cases import Case, wrong_file
from torture.guard_sessions import talking
from torture.guard_team import ELSEWHERE, STRANGER, Team
from torture.guard_world import REFUSED, World

from profiles.claude_code.routing_names import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Change = Callable[[Team], object]

_OVERRIDE = f"override {Team.name} label Mine"
_NEWS = ("update acme", "accept acme --yes")
_HOST = STRANGER.removeprefix("https://")


def catalogs(world: World) -> list[Case]:
    """All of them, and what must go on all the same."""
    team = Team(world)
    published: dict[str, tuple[Change, str]] = {
        "replaced, unsigned": (lambda its: its.publish(STRANGER, signed=False), "failed"),
        "replaced, signed by another": (_by_another, "failed"),
        "replaced, under the old signature": (Team.forge, "failed"),
        "a new host that waits": (lambda its: its.publish(STRANGER), "waiting"),
        "a host behind the config": (_sends_on, "waiting"),
        "a header line that chooses a host": (_header_line, "failed"),
        "a key of another profile": (_others_key, "waiting"),
    }
    read_by: dict[str, tuple[Change, tuple[str, ...]]] = {
        "the profile's file": (_profile_file, ()),
        "what waits, by their key": (partial(_replaced, "offered.json", "by their key"), _NEWS),
        "what waits, unsigned": (partial(_replaced, "offered.json", "unsigned"), _NEWS),
        "what held before": (partial(_replaced, "older/000000001.json", "ours"), ("rollback acme",)),
        "what was under way": (_pending, ("list",)),
        "what is followed": (_followed, (_OVERRIDE, "update acme")),
    }
    for how in ("unsigned", "by their key", "ours"):
        read_by[f"what holds, {how}"] = (partial(_replaced, "accepted.json", how), (_OVERRIDE, "update acme"))
    cases = [
        _case(f"published: {name}", partial(_news, team, change, outcome))
        for name, (change, outcome) in published.items()
    ]
    cases += [
        Case("kept", f"catalog, kept: {name}", partial(_kept, team, *its), arrives=False)
        for name, its in read_by.items()
    ]
    cases += [
        _case("a host that waits, a session runs", partial(_session, team)),
        _case("taken out, and put back at another host", partial(_put_back, team)),
        _case("left, and another of that name", partial(_left, team)),
        _case("without a signature, changes by itself", partial(_unsigned, team)),
        _case("a clone, with its profile in use", partial(_clone, team), arrives=True),
    ]
    return cases


def catalog_days(world: World) -> list[Case]:
    """Honest days with a catalog: the key goes where somebody said yes."""
    team = Team(world)
    named = {
        "a catalog's profile": lambda its: None,
        "a quiet change": _quiet,
        "another host, accepted": _accepted_host,
        "another host, accepted, and back": _back,
    }
    return [
        Case("honest", f"honest: catalog: {name}", partial(_day, team, run), arrives=False, honest=True)
        for name, run in named.items()
    ]


def _case(name: str, run: Callable[[World], list[str]], *, arrives: bool = False) -> Case:
    return Case("catalogs", f"catalog: {name}", run, arrives)


def _news(team: Team, change: Change, expected: str, world: World) -> list[str]:
    """The attack is published; what was accepted goes on."""
    team.begin()
    change(team)
    outcome = team.outcome()
    team.type("switch", team.name)
    wrong = [] if outcome == expected else [f"asking for news said {outcome}, not {expected}"]
    return [*wrong, *team.asked(team.name)]


def _by_another(team: Team) -> None:
    its = Publisher(team.publisher.directory, number=2)
    its.serial = 50
    team.publish(STRANGER, by=its)


def _sends_on(team: Team) -> None:
    target = {"provider": "anthropic", "custom_host": f"{STRANGER}/v1", "forward_headers": ["authorization"]}
    plain = team.plain(route={"kind": "config", "catalog": "on"})
    team.publish(configs={"on": {"targets": [target]}}, **plain)


def _header_line(team: Team) -> None:
    team.publish(**team.plain(extra_headers={"x-portkey-custom-host": f"{STRANGER}/v1"}))


def _others_key(team: Team) -> None:
    plain = team.plain()
    plain["profiles"].append({**plain["profiles"][0], "name": "third", "gateway": STRANGER})
    team.publish(**plain)


def _kept(team: Team, change: Change, commands: Sequence[str], world: World) -> list[str]:
    """A file of the user's is replaced while nobody looks; then all is typed that reads it."""
    team.begin()
    change(team)
    world.switch("own")
    for words in commands:
        team.type("catalog", *words.split())
    team.type("switch", team.name)
    world.active = "unknown"
    return team.asked("own", team.name)


def _replaced(name: str, how: str, team: Team) -> None:
    team.replaced(name, how)


def _profile_file(team: Team) -> None:
    team.edited(team.kept_file("profiles/work.json"), lambda its: its.update(gateway=STRANGER))


def _theirs(plain: dict[str, Any]) -> None:
    plain["overrides"] = {"work": {"gateway": STRANGER, "route": STRANGER, "extra_headers.host": _HOST}}
    plain["pairs"] = [*plain.get("pairs", []), [f"keyring:{Team.name}", _HOST]]


def _followed(team: Team) -> None:
    team.edited(team.followed, lambda its: _theirs(its["catalogs"]["acme"]))


def _pending(team: Team) -> None:
    holds = json.loads(team.kept_file("accepted.json").read_bytes())["data"]
    told = json.loads(team.followed.read_bytes())["catalogs"]["acme"]
    _theirs(told)
    plain = {"name": "acme", "sha256": hashlib.sha256(holds.encode()).hexdigest(), "subscription": told}
    team.pending.write_text(json.dumps(plain))


def _session(team: Team, world: World) -> list[str]:
    """Claude Code runs while the other host is published, asked for, and switched to anew."""
    team.begin()
    failures = []
    with talking(world, world.project(trusted=True), company_shell(world)) as talk:
        if not talk.until_home(team.name):
            return ["a session has no key"]
        team.publish(STRANGER)
        failures += [] if team.outcome() == "waiting" else ["it does not wait"]
        world.command.data("key", "rotate", team.name, "--stdin", stdin=f"{team.gateway.key}\n")
        if not talk.until_home(team.name):
            failures.append("the session has no key any more")
    return failures


def _put_back(team: Team, world: World) -> list[str]:
    """While another profile is in use, so that it may be taken out unasked."""
    team.begin()
    world.switch("own")
    plain = team.plain()
    team.publish(**{**plain, "profiles": plain["profiles"][1:]})
    said = [team.outcome()]
    team.publish(STRANGER)
    said.append(team.outcome())
    team.type("switch", team.name)
    return [*team.asked("own"), *([] if said == ["applied", "waiting"] else [f"it is {said}"])]


def _left(team: Team, world: World) -> list[str]:
    """The key stays stored; a stranger has a catalog of that name."""
    team.begin()
    team.world.command.data("catalog", "remove", "acme", "--yes")
    theirs = Publisher(world.home / "theirs", number=2)
    team.publish(STRANGER, by=theirs)
    team.type("catalog", "add", str(theirs.directory), "--key", theirs.key, "--yes")
    said = team.type("switch", team.name)
    world.active = "unknown"
    return [*team.asked(), *([] if "Error" in said else [f"it can be switched to: {said}"])]


def _unsigned(team: Team, world: World) -> list[str]:
    """Its user lets harmless changes apply; whoever can write there can replace it."""
    team.begin()
    labs = Publisher(world.home / "labs")
    name = "labs/work"
    team.publish(by=labs, signed=False, name="labs", keys=[])
    if not (team.followed.exists() and "labs" in json.loads(team.followed.read_bytes())["catalogs"]):
        team.join(labs, "--expect", labs.sha256, "--updates", "auto", key=world.gateways[name].key)
    world.switch(name)
    team.publish(STRANGER, by=labs, signed=False, name="labs", keys=[])
    team.type("catalog", "update", "labs")
    team.type("switch", name)
    return team.asked(name)


def _clone(team: Team, world: World) -> list[str]:
    """The clone's file names the stranger's host, as with any other profile."""
    team.begin()
    directory = world.project()
    wrong_file(world, directory, "project", {"env": {MESSAGES.base_url: STRANGER}})
    done = world.ask(directory, env=company_shell(world))
    return [] if REFUSED in done.stderr or world.helper else [f"it did not refuse: {done.stderr[-300:]!r}"]


# Honest days ----------------------------------------------------------------------------------------------


def _day(team: Team, run: Change, world: World) -> list[str]:
    team.begin()
    run(team)
    return team.asked(team.name)


def _quiet(team: Team) -> None:
    team.publish(**team.plain(label="Newer", route={"kind": "provider", "provider": "@newer"}))
    assert team.outcome() == "applied"


def _accepted_host(team: Team) -> None:
    team.publish(ELSEWHERE)
    assert team.outcome() == "waiting"
    team.world.command.data("catalog", "accept", "acme", "--yes")
    team.world.gateways[team.name] = team.gateway._replace(url=ELSEWHERE)


def _back(team: Team) -> None:
    _accepted_host(team)
    team.world.command.data("catalog", "rollback", "acme")
    team.world.gateways[team.name] = team.gateway
