"""Honest days of the row `guard`: what people do in good faith, each of which must bring the key home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from support.client.command import EXECUTABLE
from support.client.real_client import client_env, require_client
from support.home.git_repository import git
from torture.guard_attacks import company_shell, proxied
from torture.guard_sessions import talking
from torture.guard_world import LOCAL, REFUSED, SHARED, World, lay

from profiles.claude_code.routing_names import SWITCHES

if TYPE_CHECKING:
    from collections.abc import Mapping

# What of /etc a client needs where an administrator's settings lie in it.
_ETC = ("hosts", "resolv.conf", "nsswitch.conf", "passwd", "group", "ssl", "ld.so.cache", "localtime")


def flows(
    world: World, name: str, directory: Path, env: Mapping[str, str] | None = None, *args: str
) -> list[str]:
    """`claude -p` there must bring that profile's key home."""
    for server in world.servers:
        server.clear()
    done = world.ask(directory, *args, env=env)
    if world.at_home(name) and REFUSED not in done.stderr:
        return []
    return [f"no key at {name}'s gateway: {done.stderr.strip()[-300:]!r}"]


def proxy_changes(world: World) -> list[str]:
    """At home, in the office, at home: each a session of its own."""
    directory = world.project()
    shells = ({}, proxied(world, "HTTP_PROXY", "HTTPS_PROXY"), {"http_proxy": world.company.url}, {})
    return [failure for env in shells for failure in flows(world, "own", directory, env)]


def proxy_before(world: World) -> list[str]:
    now = json.loads(world.user.read_bytes())
    variables = proxied(world, "HTTPS_PROXY", "HTTP_PROXY")
    lay(world.user, {**now, "env": {**now["env"], **variables}})
    world.switch("other")
    failures = flows(world, "other", world.project())
    with talking(world, world.project(trusted=True)) as talk:
        for name in ("own", "other"):
            world.switch(name)
            if not _reaches(talk, world, name):
                failures.append(f"a session has no key of {name} after the switch")
    return failures


def _reaches(talk: object, world: World, name: str) -> bool:
    """Whether a question's key is at its gateway, or passed the company's proxy on its way."""
    for _ in range(15):
        _, request = talk.ask()  # type: ignore[attr-defined]
        if world.gateways[name].key in str(request.headers) and world.at_home(name):
            return True
    return False


def managed_proxy(world: World) -> list[str]:
    """In a mount namespace with an /etc of its own, so that no other program sees it."""
    tool = shutil.which("unshare")
    if tool is None or os.getuid() != 0 or world.tray:
        return []  # the tray would judge the /etc that it sees itself
    etc = world.home / "etc"
    if not etc.exists():
        etc.mkdir()
        for name in _ETC:
            source = Path("/etc", name)
            if source.is_dir():
                shutil.copytree(source, etc / name, symlinks=True, ignore_dangling_symlinks=True)
            elif source.exists():
                shutil.copy(source, etc / name)
    settings = etc / "claude-code" / "managed-settings.json"
    lay(settings, {"env": proxied(world, "HTTPS_PROXY", "HTTP_PROXY")})
    prefix = (tool, "-m", "/bin/sh", "-c", f'mount --bind {etc} /etc && exec "$@"', "sh")
    done = world.ask(world.project(), prefix=prefix)
    if not any(request.is_model_call for request in world.company.requests):
        return [f"the managed proxy was not used: {done.stderr.strip()[-300:]!r}"]
    return [] if world.at_home() else [f"no key: {done.stderr.strip()[-300:]!r}"]


def pinned(world: World, *, tree: bool = False) -> list[str]:
    directory = world.project()
    git(directory, "commit", "-q", "--allow-empty", "-m", "x")
    world.pin("other", directory)
    if tree:
        below = world.home / f"{directory.name}-tree"
        git(directory, "worktree", "add", "-q", str(below))
        return flows(world, "other", below)
    failures = flows(world, "other", directory) + flows(world, "own", world.project())
    (directory / "deep").mkdir()
    return failures + flows(world, "other", directory / "deep")


def follows(world: World) -> list[str]:
    directory = world.project()
    world.pinned.append(directory)
    world.command.data("project", "add", str(directory), "--metadata", "repo=a", "--exclude")
    failures = flows(world, "own", directory)
    world.switch("other")
    return failures + flows(world, "other", directory)


def by_exec(world: World) -> list[str]:
    directory = world.project()
    argv = [str(EXECUTABLE), "exec", "other", "--", str(require_client()), "-p", "ping"]
    done = subprocess.run(
        argv, cwd=directory, env=client_env(world.home, {**world.environ, **company_shell(world)}),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return [] if world.at_home("other") else [f"no key: {done.stderr.strip()[-300:]!r}"]


def off_on(world: World) -> list[str]:
    world.command.data("off")
    world.active = ""
    world.switch("own")
    return flows(world, "own", world.project())


def running(world: World) -> list[str]:
    failures = []
    with talking(world, world.project(trusted=True), company_shell(world)) as talk:
        for name in ("own", "other", "vertex", "own", "bedrock", "other", "own"):
            if world.active != name:
                world.switch(name)
            if not talk.until_home(name):
                failures.append(f"a session has no key of {name} after the switch")
    return failures


def rotated(world: World) -> list[str]:
    gateway = world.gateways["other"]
    world.switch("other")
    failures = []
    with talking(world, world.project(trusted=True)) as talk:
        talk.until_home("other")
        fresh = gateway._replace(key=f"{gateway.key}-new")
        world.command.data("key", "rotate", "other", "--stdin", stdin=f"{fresh.key}\n")
        world.gateways["other"] = fresh
        if not talk.until_home("other"):
            failures.append("a session has no key after it was rotated")
    return failures


def asked_again(world: World) -> list[str]:
    """A gateway that says 401 has the helper asked again, in the environment then in force."""
    directory = world.project()
    lay(directory / SHARED, {"env": {"CLAUDE_CODE_API_KEY_HELPER_TTL_MS": "1"}})
    lay(directory / LOCAL, {"env": {"EDITOR": "vim"}})
    world.own.unauthorized = 2
    return flows(world, "own", directory)


def by_script(world: World) -> list[str]:
    """A cron job that calls a gateway itself."""
    environ = {"HOME": str(world.home), "PATH": "/usr/bin:/bin", **world.environ}
    done = subprocess.run(
        [str(EXECUTABLE), "key", "print", "own"], cwd=world.home, env=environ, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return [] if done.stdout.strip() == world.gateways["own"].key else [f"no key: {done.stderr!r}"]


def config_directory(world: World) -> list[str]:
    env = {"CLAUDE_CONFIG_DIR": str(world.home / "cc")}
    (world.home / "cc").mkdir(exist_ok=True)
    done = world.command.run("switch", "other", env=env)
    return [done.stderr] if done.returncode else flows(world, "other", world.project(), env)


def shielded(world: World) -> list[str]:
    shell = {**dict.fromkeys(SWITCHES, "1"), "ANTHROPIC_API_KEY": "sk-shell", "ANTHROPIC_AUTH_TOKEN": "shell"}
    done = world.command.run("switch", "other", env=shell)
    world.active = "other"
    return [done.stderr] if done.returncode else flows(world, "other", world.project(), shell)
