"""A home with a setup in it, as its user made it, and how Claude Code is asked for its request there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from equivalence.setup import Setup
from support.client.request_model import Sent, request_of, run_helper
from support.home.user_home import Ran, UserHome

_OURS = re.compile(r"key print '?([A-Za-z0-9._-]+)")
# What `exec` has the client leave aside in every settings file.
_ROUTING = re.compile(r"ANTHROPIC_|CLAUDE_CODE_(USE|SKIP|SUBAGENT)_|CLOUD_ML_REGION|AWS_BEARER_TOKEN_BEDROCK")


class Ask(Protocol):
    """Asks for the request that Claude Code sends; `environ`: of a run that `exec` began."""

    def __call__(self, hand: Hand, environ: Mapping[str, str] | None = None) -> Sent: ...


class Hand:
    """A home with the setup in it, as its user made it."""

    def __init__(self, root: Path, setup: Setup, environ: Mapping[str, str] = {}) -> None:
        self.home = UserHome(root)
        self.home.environ |= {**environ, "HOME": str(root)}
        self.setup = setup
        self.project = root / "project"
        self.project.mkdir()
        self.file = root / setup.file if setup.file else None
        if self.file:
            self.file.write_text(setup.file_text)
        self.original = b"" if self.file else json.dumps(setup.settings, indent=3).encode() + b"\n"
        self.home.settings.write_bytes(self.original)
        if not self.original:
            self.home.settings.unlink()
        self.exported: Mapping[str, str] = setup.exports  # what the shell still says

    def another(self, name: str) -> Hand:
        """Another home beside this one, with the same setup in it."""
        return Hand(self.home.root.parent / name, self.setup, self.home.environ)

    @property
    def settings(self) -> list[Mapping[str, Any]]:
        """The user's file and the project's, as far as they are there."""
        paths = (self.home.settings, self.project / ".claude" / "settings.local.json")
        return [json.loads(path.read_bytes() or b"{}") for path in paths if path.exists()]

    def bytes(self) -> bytes:
        return self.home.settings.read_bytes() if self.home.settings.exists() else b""

    def run(self, *argv: str, stdin: str = "") -> Ran:
        return self.home.run(*argv, stdin=stdin)

    def key(self, command: str, env: Mapping[str, str]) -> str:
        """What a helper prints; ours is asked in this process."""
        ours = _OURS.search(command)
        return self.run("key", "print", ours[1]).out.strip() if ours else run_helper(command, env)


def by_model(hand: Hand, environ: Mapping[str, str] | None = None) -> Sent:
    """The request as the model has it."""
    if environ is None:
        shell = {"PATH": "/usr/bin:/bin", **hand.exported}
        return request_of(hand.settings, shell, hand.setup.login, hand.key)
    unrouted = [
        {name: value for name, value in each.items() if name != "apiKeyHelper"} | {"env": unrouted_env(each)}
        for each in hand.settings
    ]
    return request_of(unrouted, environ, hand.setup.login, hand.key)


def unrouted_env(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What `exec` leaves of a file's `env`."""
    return {name: value for name, value in settings.get("env", {}).items() if not _ROUTING.match(name)}
