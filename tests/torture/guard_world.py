"""A user with the real client, gateways of their own, and strangers: who was sent which key?"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from support.client.command import EXECUTABLE, Command
from support.client.real_client import client_env, run_once, throwaway_home
from support.desktop.listener import Listener
from support.gateway.certificates import make_authority
from support.gateway.recorder import Recorder
from support.gateway.routing import MODELS
from support.home.git_repository import repository
from torture.guard_arrivals import Arrivals, Gateway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_START_LIMIT_S = 20.0
SHARED = Path(".claude", "settings.json")
LOCAL = Path(".claude", "settings.local.json")
REFUSED = "pkcc-tray refused"


class World(Arrivals):
    """One throw-away home. Profiles: `own` (active) and `other`, on gateways without TLS; `secure`; `vertex`
    and `bedrock`; `slow`, whose key comes when told; those of teams, behind the company's proxy, where
    `guard_team` has them followed.
    """

    def __init__(
        self, home: Path, stack: ExitStack, *, tray: bool, helper: Sequence[str], broken: str = ""
    ) -> None:
        self.home = home
        self.tray = tray
        self.pinned: list[Path] = []
        self.helper = helper
        for name in ("evil", "company", "gateway"):
            (home / name).mkdir()
        self.evil, self.company_ca, self.ca = (
            make_authority(home / name) for name in ("evil", "company", "gateway")
        )
        stranger = stack.enter_context(Listener(self.evil))
        company = stack.enter_context(Listener(self.company_ca))
        self.own = stack.enter_context(Listener(self.ca))  # it can say 401
        other = stack.enter_context(Recorder())
        secure = stack.enter_context(Recorder(self.ca.server_context()))
        gateways = {
            "own": Gateway(self.own, f"{self.own.url}/own", "pk-guard-own-7f3a"),
            "other": Gateway(other, f"{other.url}/other", "pk-guard-other-91bc"),
            "secure": Gateway(secure, f"{secure.url}/secure", "pk-guard-secure-c0de"),
            "vertex": Gateway(self.own, f"{self.own.url}/vertex/v1", "pk-guard-vertex-44aa"),
            "bedrock": Gateway(self.own, f"{self.own.url}/bedrock/v1", "pk-guard-bedrock-55bb"),
            "slow": Gateway(self.own, f"{self.own.url}/slow", "pk-guard-slow-66cc"),
            "acme/work": Gateway(company, "https://gw.acme.example", "pk-guard-team-77dd"),
            "labs/work": Gateway(company, "https://gw.acme.example", "pk-guard-labs-88ee"),
        }
        super().__init__(gateways, stranger, company)
        self.command = Command(home, {"PKCC_SECRETS": "vault", **({"PYTHONPATH": broken} if broken else {})})
        self.user = self.command.settings
        self.environ: dict[str, str] = {"PKCC_SECRETS": "vault"}
        self._furnish()
        self.active = ""
        self.switch("own")
        self.pristine = self.user.read_bytes()

    # The user's own doings ---------------------------------------------------------------------------------

    def _furnish(self) -> None:
        self.user.write_text('{"env": {"EDITOR": "vim"}}\n')
        for name in ("own", "other", "secure"):
            self._add(name, "messages")
        for name in ("vertex", "bedrock"):
            self._add(name, name)
        script = self.home / "slow-key"
        gate = self.home / "gate"
        script.write_text(
            f"#!/bin/sh\ntouch {gate}-asked\nfor i in $(seq 90); do [ -e {gate}-open ] && break; sleep 0.1;"
            f" done\necho {self.gateways['slow'].key}\n"
        )
        script.chmod(0o700)
        self._add("slow", "messages", "--key-ref", f'cmd:["{script}"]')

    def _add(self, name: str, dialect: str, *key: str) -> None:
        gateway = self.gateways[name]
        words = ("--provider", f"@{name}", "--dialect", dialect, "--gateway", gateway.url)
        words = (*words, "--key-delivery", "helper", "--model", MODELS[dialect])
        if key:
            self.command.data("add", name, *words, *key)
        else:
            self.command.add(name, *words, key=gateway.key)

    def switch(self, name: str, *words: str) -> None:
        """`switch NAME`; with a naive helper in our place when this world is one of those."""
        self.command.data("switch", name, *words)
        if not words:
            self.active = name
        self.be_naive()

    def pin(self, name: str, directory: Path) -> None:
        """`switch NAME --project`: the one command that repairs a project."""
        self.pinned.append(directory)
        self.switch(name, "--project", str(directory), "--exclude")

    def be_naive(self) -> None:
        """Put a helper that only prints the key where ours stands."""
        if not self.helper:
            return
        for path in (self.user, *self.home.glob(f"p-*/{LOCAL}")):
            data = json.loads(path.read_bytes()) if path.exists() else {}
            words = str(data.get("apiKeyHelper", "")).split(" key print ")
            if len(words) == 2:
                command = shlex.join([*self.helper, "print", self.gateways[words[1]].key])
                path.write_text(json.dumps({**data, "apiKeyHelper": command}))

    def reset(self) -> None:
        """Everything as at the start: what arrived is forgotten, and the file is the user's again."""
        for server in self.servers:
            server.clear()
        self.stranger.unauthorized = self.own.unauthorized = 0
        for directory in self.pinned:
            self.command.run("project", "remove", str(directory))
        self.pinned.clear()
        if self.user.is_symlink() or not self.user.is_file() or self.user.read_bytes() != self.pristine:
            self.user.unlink(missing_ok=True)
            self.user.write_bytes(self.pristine)
            self.user.chmod(0o600)
        if self.active != "own":
            self.switch("own")
            self.pristine = self.user.read_bytes()

    def project(self, *, trusted: bool = False, git: bool = True) -> Path:
        """A fresh directory, as of a clone."""
        directory = self.home / f"p-{uuid4().hex[:8]}"
        if git:
            repository(directory)
        (directory / ".claude").mkdir(parents=True)
        if trusted:
            state_path = self.home / ".claude.json"
            state = json.loads(state_path.read_bytes())
            state["projects"][str(directory)] = {"hasTrustDialogAccepted": True}
            state_path.write_text(json.dumps(state))
        return directory

    def ask(
        self, directory: Path, *args: str, env: Mapping[str, str] | None = None, prefix: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """`claude -p` there; `env` is what the shell exports beside. A client that tries long is ended."""
        try:
            return run_once(
                self.home,
                "ping",
                {**self.environ, **(env or {})},
                *args,
                timeout=30,
                directory=directory,
                prefix=prefix,
            )
        except subprocess.TimeoutExpired as late:
            out, err = ((text or b"").decode() for text in (late.stdout, late.stderr))
            return subprocess.CompletedProcess(late.cmd, 124, out, err)


def lay(path: Path, data: Mapping[str, Any] | str | bytes) -> None:
    """Write a settings file by renaming, as a checkout or an editor does."""
    if not isinstance(data, str | bytes):
        data = json.dumps(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{uuid4().hex}")
    fresh.write_bytes(data.encode() if isinstance(data, str) else data)
    fresh.replace(path)


@contextmanager
def running_tray(world: World) -> Iterator[None]:
    """The installed tray beside, without an icon."""
    environ = {**client_env(world.home, world.environ)}
    argv = [str(EXECUTABLE), "tray", "--headless"]
    log = (world.home / "tray-said").open("wb")
    with log, subprocess.Popen(argv, env=environ, cwd=world.home, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + _START_LIMIT_S
            while not list(_sockets(world.home)):
                assert time.monotonic() < deadline, "the tray did not start"
                assert process.poll() is None, "the tray ended"
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                process.kill()


def _sockets(home: Path) -> Iterator[Path]:
    return (path for path in (home / ".local" / "state" / "pkcc-tray").rglob("*") if path.is_socket())


@contextmanager
def world(*, tray: bool, helper: Sequence[str] = (), broken: str = "") -> Iterator[World]:
    """A furnished world, with a running tray or none. `helper` prints a key in the place of `key print`;
    `broken` is a search path on which our commands are broken.
    """
    with throwaway_home() as home, ExitStack() as stack:
        os.chmod(home, 0o700)
        its = World(home, stack, tray=tray, helper=helper, broken=broken)
        if tray:
            stack.enter_context(running_tray(its))
        yield its
