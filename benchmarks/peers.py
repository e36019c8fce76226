"""The switchers that are compared: their released programs, each in a throw-away home with two profiles."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import COMMAND

KEY = "pk-benchmark-canary-4711"
URLS = {"one": "https://one.example", "two": "https://two.example"}
INSTALLED = Path(__file__).resolve().parent.parent / ".components" / "switchers"
_PYTHON = INSTALLED / "python"
_NODE = shutil.which("node") or "node"
_MODEL = "claude-sonnet-4-5"


class Peer(NamedTuple):
    """A program: how it stores a profile, with the key in argv or at stdin as it asks, and how it switches.

    `{name}`, `{url}`, `{key}` and `{model}` are filled in. A program that names its backups to the second
    refuses a second switch within one: each of its switches gets a second of its own.
    """

    name: str
    version: str
    released: str
    program: tuple[str, ...]
    add: tuple[str, ...]
    switch: tuple[str, ...]
    once_a_second: bool = False

    def filled(self, words: tuple[str, ...], name: str) -> list[str]:
        """The whole command line for one of the two profiles."""
        values = {"name": name, "url": URLS[name], "key": KEY, "model": _MODEL}
        return [*self.program, *(word.format(**values) for word in words)]


OURS = Peer(
    "pkcc-tray", "", "this commit", (COMMAND,),
    ("add", "{name}", "--provider", "@{name}", "--gateway", "{url}", "--model", "{model}", "--key-stdin"),
    ("switch", "{name}"),
)  # fmt: skip
_PEERS = (
    Peer(
        "@kaitranntt/ccs", "7.79.1", "npm",
        (_NODE, str(INSTALLED / "node_modules" / "@kaitranntt" / "ccs" / "dist" / "ccs.js")),
        ("api", "create", "{name}", "--base-url", "{url}", "--api-key", "{key}", "--model", "{model}",
         "--yes"),
        ("persist", "{name}", "--yes"),
        once_a_second=True,
    ),
    Peer(
        "claude-provider-switcher", "0.1.6", "PyPI, 2026-09",
        (str(_PYTHON / "bin" / "claude-provider-switcher"),),
        ("profile", "add", "{name}", "--base-url", "{url}", "--model", "{model}", "--auth-kind", "auth_token",
         "--key-stdin"),
        ("use", "{name}", "--no-repair-history"),
    ),
    Peer(
        "agentkeyswitch", "0.4.0", "PyPI, 2026-04", (str(_PYTHON / "bin" / "agswitch"),),
        ("add", "{name}", "--agent", "claude", "--claude-token", "{key}", "--claude-base-url", "{url}",
         "--claude-model", "{model}"),
        ("use", "claude", "{name}"),
    ),
    Peer(
        "ccpkit", "0.3.0", "PyPI, 2026-10", (str(_PYTHON / "bin" / "ccpkit"),),
        ("add", "{name}", "--claude-base", "{url}", "--claude-key", "{key}", "--claude-model", "{model}"),
        ("use", "{name}", "--client", "claude"),
    ),
)  # fmt: skip


def installed_peers() -> list[Peer]:
    """Ours, and those that `make components` has put here. Raises OSError when one of them is missing."""
    for peer in _PEERS:
        if not all(Path(part).exists() for part in peer.program):
            raise FileNotFoundError(f"{peer.name} is not installed: make components")
    return [OURS, *_PEERS]


class PeerHome:
    """A home in which one program has its two profiles, over settings of the caller's."""

    def __init__(self, directory: Path, peer: Peer, settings: bytes, *, link: bool = False) -> None:
        self.path, self.peer = directory, peer
        self.settings = directory / ".claude" / "settings.json"
        self.settings.parent.mkdir(parents=True, mode=0o700)
        self.environ = {
            "HOME": str(directory), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PKCC_SECRETS": "vault",
            "PYTHONPATH": str(_PYTHON), "NO_COLOR": "1", "CI": "1",
        }  # fmt: skip
        if peer is OURS:
            del self.environ["PYTHONPATH"]
        for name in URLS:
            done = self.run(*peer.filled(peer.add, name))
            if done.returncode:
                raise RuntimeError(f"{peer.name}: {done.stdout}{done.stderr}")
        target = self.settings
        if link:
            target = directory / "dotfiles" / "settings.json"
            target.parent.mkdir()
            self.settings.unlink(missing_ok=True)
            self.settings.symlink_to(target)
        target.write_bytes(settings)

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """One real process to its end, with the key at stdin where it is asked for."""
        return subprocess.run(
            argv, env=self.environ, cwd=self.path, input=f"{KEY}\n", capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    def switching(self, name: str) -> list[str]:
        """The command that switches, at a time when it may."""
        if self.peer.once_a_second:
            time.sleep(1 - time.time() % 1)
        return self.peer.filled(self.peer.switch, name)

    def is_right(self, name: str) -> bool:
        """Whether the settings lead to the profile's gateway, with its key or a command that prints it."""
        settings = json.loads(self.settings.read_bytes().decode("utf-8-sig"))
        env = settings.get("env", {})
        keyed = KEY in (env.get("ANTHROPIC_AUTH_TOKEN"), env.get("ANTHROPIC_API_KEY"))
        return env.get("ANTHROPIC_BASE_URL") == URLS[name] and (keyed or bool(settings.get("apiKeyHelper")))

    def files(self) -> Iterator[Path]:
        """Every regular file below the home."""
        return (path for path in self.path.rglob("*") if path.is_file() and not path.is_symlink())
