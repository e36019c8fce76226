"""An administrator's policy below /etc, with the installed command, its running tray and the real client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.client.administrator import with_managed
from support.client.command import EXECUTABLE, Command
from support.client.real_client import client_env, run_once
from support.gateway.recorder import Recorder

KEY, OTHER_KEY = "pk-held-by-policy", "pk-not-allowed"
FORCED = {"cost_center": "4711"}


class Machine:
    """A person with a profile that is allowed and one that is not, and the policy that came after both."""

    def __init__(self, command: Command, allowed: Recorder, strange: Recorder, top: Path) -> None:
        self.home = command.home
        self.settings = command.settings
        command.add(
            "work", "--provider", "@a", "--gateway", allowed.url, "--metadata", "cost_center=mine", key=KEY
        )
        command.add("strange", "--provider", "@b", "--gateway", strange.url, key=OTHER_KEY)
        policy = {
            "managed_by": {"name": "Acme IT"},
            "allowed_gateway_hosts": [allowed.url.partition("://")[2]],
            "required_profile": "work",
            "forced_metadata": FORCED,
        }
        self.prefix = with_managed(top, {"policy.json": json.dumps(policy)}, "pkcc-tray")
        self.env = client_env(self.home, {"PKCC_SECRETS": "vault", "XDG_RUNTIME_DIR": str(self.home / "run")})
        (self.home / "run").mkdir(mode=0o700)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, str(EXECUTABLE), *words], cwd=self.home / "project", env=self.env,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    @contextmanager
    def tray(self) -> Iterator[None]:
        """The running tray, which sees the policy too."""
        argv = [*self.prefix, str(EXECUTABLE), "tray", "--headless"]
        process = subprocess.Popen(argv, env=self.env, cwd=self.home, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while not list((self.home / "run").rglob("*.sock")):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def strange() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def machine(command: Command, recorder: Recorder, strange: Recorder, tmp_path: Path) -> Machine:
    return Machine(command, recorder, strange, tmp_path)


def test_the_client_goes_where_the_policy_allows_with_the_metadata_that_it_forces(
    machine: Machine, recorder: Recorder, strange: Recorder
) -> None:
    """Refused in words alone, and written all the same, the key would go to the other gateway."""
    assert machine.run("switch", "work").returncode == 0
    written = machine.settings.read_bytes()
    for words in (("switch", "strange"), ("off",), ("exec", "strange", "--", "true"), ("undo",)):
        ran = machine.run(*words)
        assert (ran.returncode, ran.stdout, "Acme IT" in ran.stderr) == (4, "", True), ran
    with machine.tray():
        for words in (("switch", "strange"), ("off",)):
            ran = machine.run(*words)
            assert (ran.returncode, ran.stdout, "Acme IT" in ran.stderr) == (4, "", True), ran
        assert machine.run("key", "print", "strange").stdout == f"{OTHER_KEY}\n"
        assert machine.settings.read_bytes() == written
        env = {name: machine.env[name] for name in ("PKCC_SECRETS", "XDG_RUNTIME_DIR")}
        done = run_once(machine.home, "ping", env, prefix=machine.prefix)
    assert done.returncode == 0, done
    assert strange.requests == []
    sent = {(call.header("x-portkey-metadata"), call.header("x-api-key")) for call in recorder.model_calls}
    assert {(json.loads(metadata or "{}")["cost_center"], key) for metadata, key in sent} == {("4711", KEY)}
