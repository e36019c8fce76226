"""Setups in which the guard must never be met: each must have the key at its own gateway."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torture import guard_days
from torture.guard_attacks import company_shell, proxied
from torture.guard_cases import Case
from torture.guard_world import SHARED, World, lay

from profiles.claude_code.routing_names import MESSAGES, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Mapping


def honest(world: World) -> list[Case]:
    """All of them; those that change the profile or the file are put back by the world's reset."""
    shells = {
        "a bare shell": ("own", {}),
        "the company's proxy, past loopback": ("own", company_shell(world)),
        "the company's proxy for all": ("own", proxied(world, "HTTPS_PROXY", "HTTP_PROXY")),
        "the company's proxy, small letters": ("own", proxied(world, "https_proxy", "http_proxy")),
        "ALL_PROXY": ("own", proxied(world, "ALL_PROXY")),
        "an own authority": ("secure", {"NODE_EXTRA_CA_CERTS": str(world.ca.path)}),
        "SSL_CERT_FILE": (
            "secure",
            {"NODE_EXTRA_CA_CERTS": str(world.ca.path), "SSL_CERT_FILE": str(world.ca.path)},
        ),
        "checks switched off by the person": ("secure", {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}),
        "the company's proxy ends TLS": ("secure", proxied(world, "HTTPS_PROXY")),
        "CLAUDE_CODE_CERT_STORE": ("own", {"CLAUDE_CODE_CERT_STORE": "system"}),
        "a base URL in the shell, which the file beats": ("own", {MESSAGES.base_url: world.stranger.url}),
        "an editor": ("own", {"CLAUDE_CODE_ENTRYPOINT": "claude-vscode", "VSCODE_PID": "1"}),
        "below another Claude Code": (
            "own",
            {"CLAUDECODE": "1", MESSAGES.base_url: world.gateways["other"].url},
        ),
        "vertex": ("vertex", {}),
        "bedrock": ("bedrock", company_shell(world)),
        "vertex, the company's proxy for all": ("vertex", proxied(world, "HTTPS_PROXY", "HTTP_PROXY")),
    }
    cases = [_case(name, partial(_shell, *its)) for name, its in shells.items()]
    cases += [
        _case(f"a project's file: {name}", partial(_project, env)) for name, env in _harmless(world).items()
    ]
    cases += [_case(f"started by {words[0]}", partial(_started, words)) for words in _STARTERS]
    more = {
        "a proxy that changes with the network": guard_days.proxy_changes,
        "a proxy in the user's file before the switch": guard_days.proxy_before,
        "managed settings with a proxy": guard_days.managed_proxy,
        "a pinned project": guard_days.pinned,
        "a worktree of a pinned project": partial(guard_days.pinned, tree=True),
        "a project with metadata that follows": guard_days.follows,
        "exec": guard_days.by_exec,
        "off and on": guard_days.off_on,
        "switched while a session runs": guard_days.running,
        "after key rotate": guard_days.rotated,
        "401 from the gateway's side": guard_days.asked_again,
        "by a script, with no client about": guard_days.by_script,
        "CLAUDE_CONFIG_DIR": guard_days.config_directory,
        "what the shell exported at the switch": guard_days.shielded,
    }
    return cases + [_case(name, run) for name, run in more.items()]


def _case(name: str, run: object) -> Case:
    return Case("honest", f"honest: {name}", run, arrives=False, honest=True)  # type: ignore[arg-type]


def _shell(profile: str, env: Mapping[str, str], world: World) -> list[str]:
    if profile != world.active:
        world.switch(profile)
    return guard_days.flows(world, profile, world.project(), env)


def _harmless(world: World) -> dict[str, Mapping[str, str]]:
    own = world.gateways["own"].url
    return {
        "variables of its own": {"EDITOR": "vim", "ANTHROPIC_MODEL": "claude-sonnet-5"},
        "the same gateway": {MESSAGES.base_url: own},
        "the same gateway, spelled otherwise": {MESSAGES.base_url: own.replace("http", "HTTP", 1) + "/"},
        "NO_PROXY": {"NO_PROXY": "127.0.0.1", "no_proxy": "localhost"},
        "blanks": dict.fromkeys(("HTTPS_PROXY", "NODE_EXTRA_CA_CERTS", *SWITCHES), ""),
        "switches that are off": dict.fromkeys(SWITCHES, "0"),
        "another provider's address, its switch off": {"ANTHROPIC_VERTEX_BASE_URL": "https://vertex.example"},
        "checks stay on": {"NODE_TLS_REJECT_UNAUTHORIZED": "1"},
    }


def _project(env: Mapping[str, str], world: World) -> list[str]:
    directory = world.project()
    lay(directory / SHARED, {"env": env})
    return guard_days.flows(world, "own", directory)


_STARTERS = (
    ("/bin/sh", "-c", '"$@"; exit $?', "sh"),
    ("bash", "-c", 'exec "$@"', "bash"),
    ("setsid", "-w"),
    ("nohup",),
    ("timeout", "25"),
    ("python3", "-c", "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"),
)


def _started(words: tuple[str, ...], world: World) -> list[str]:
    done = world.ask(world.project(), env=company_shell(world), prefix=words)
    return [] if world.at_home() else [f"no key: {done.stderr.strip()[-300:]!r}"]
