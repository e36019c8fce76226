"""Three people and a catalog: its publisher, a colleague at a terminal by git, another in a script.

What would be lost else: a morning on which everybody's key goes where nobody looked, or nobody can work.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support import managers
from support.client.command import Command
from support.client.real_client import prepare_home, require_client, run_once
from support.fleet.published import CATALOG, Published
from support.gateway.recorder import Recorder, turn
from support.home.pseudo_terminal import terminal
from support.home.user_home import files_with

KEY = "pk-CANARY-0815-of-the-portkey-key"
SUGGESTED = "vault-kv://secret/portkey/{user}#api_key"
OLD, NEW = "claude-sonnet-5", "claude-sonnet-5-5"


class Publisher:
    """Makes a catalog of two profiles that work, signs it, and carries it by git and a directory."""

    def __init__(self, home: Path, gateway: str) -> None:
        managers.require_program("minisign")
        prepare_home(home)
        self.command = Command(home)
        self._file = home / "project" / "catalog" / CATALOG
        self.git, self.share = home / "ai.git", home / "share"
        self.share.mkdir()
        self._published = Published(self.git)
        words = ["minisign", "-G", "-W", "-p", str(home / "acme.pub"), "-s", str(home / "acme.key")]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        self._secret = home / "acme.key"
        self.key = (home / "acme.pub").read_text().splitlines()[1]
        at = ("--gateway", gateway, "--sonnet", OLD)
        self.command.add("work", "--provider", "@anthropic-prod", *at, key=KEY)
        self.command.add("safe", "--config", "pc-safe-1", *at, key=KEY)
        new = ("catalog", "new", "catalog", "--from", "work", "--from", "safe", "--name", "acme")
        assert self.command.data(*new, "--title", "Acme AI", "--key", self.key)["profiles"] == [
            "work",
            "safe",
        ]
        self.catalog: dict[str, Any] = json.loads(self._file.read_text())

    def publish(self) -> dict[str, Any]:
        """The next version, where people look for it; what its check says against the one before."""
        before = self.share / CATALOG
        against = ("--against", str(self.share)) if before.exists() else ()
        self.catalog["serial"] += 1
        self._file.write_text(json.dumps(self.catalog, indent=2))
        checked = self.command.data("catalog", "check", "catalog", *against)
        self.command.data("catalog", "sign", "catalog", "--minisign-key", str(self._secret))
        files = {each.name: each.read_bytes() for each in self._file.parent.iterdir()}
        self._published.publish(files)
        for name, data in files.items():
            (self.share / name).write_bytes(data)
        return checked


class Colleague:
    """Somebody with the real client; what it sends reaches the stand-in gateway."""

    def __init__(self, home: Path) -> None:
        prepare_home(home)
        self.home = home
        self.environ = {"HOME": str(home), "PATH": f"{home / 'bin'}:/usr/bin:/bin", "PKCC_SECRETS": "vault"}
        self.environ |= {"LANG": "C.UTF-8", "TERM": "dumb"}
        self.command = Command(home, self.environ)

    def asks(self, recorder: Recorder) -> tuple[str | None, str]:
        """One prompt: the key and the model with which the gateway is reached."""
        recorder.clear()
        done = run_once(self.home, "ping", self.environ, "--model", "sonnet")
        assert done.stdout.strip() == "pong", done
        sent = recorder.wait_for(turn("ping"))
        return sent.header("authorization"), sent.model

    def state(self) -> str:
        row: dict[str, Any] = self.command.data("catalog", "list")["catalogs"][0]
        return str(row["state"])


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Recorder, Recorder, Path]]:
    """A gateway, another one, and room for homes with short names."""
    require_client()
    with ExitStack() as stack:
        first, second = (stack.enter_context(Recorder()) for _ in range(2))
        short = Path(stack.enter_context(TemporaryDirectory(prefix="pkcc-")))
        yield first, second, short


def test_three_people_and_a_catalog(places: tuple[Recorder, Recorder, Path]) -> None:
    first, second, room = places
    publisher = Publisher(room / "p", first.url)
    publisher.publish()
    assert not files_with(KEY, publisher.share, publisher.git)

    anna, bert = Colleague(room / "a"), Colleague(room / "b")
    with terminal(["join", str(publisher.git)], anna.environ, anna.home / "project", columns=80) as screen:
        screen.expect("Acme AI")
        assert publisher.key in screen.expect("Follow acme? (y/N)")
        screen.type("y")
        screen.answer("Portkey API key", KEY)
        screen.expect("acme/work is in use")
        assert screen.finish() == 0
    script = ("join", str(publisher.share), "--key", publisher.key, "--yes", "--key-stdin")
    assert bert.command.data(*script, stdin=f"{KEY}\n")["switched"]
    for each in (anna, bert):
        assert each.asks(first) == (f"Bearer {KEY}", OLD)
        assert not files_with(KEY, each.home)

    # Quiet: another model is there by itself.
    publisher.catalog["profiles"][0]["models"]["sonnet"] = NEW
    checked = publisher.publish()
    assert checked["loud"] == []
    for each in (anna, bert):
        assert each.command.data("catalog", "update")["catalogs"][0]["outcome"] == "applied"
        assert each.asks(first) == (f"Bearer {KEY}", NEW)

    # Loud: another host waits, and is taken back before anybody said yes.
    before = json.loads(json.dumps(publisher.catalog))
    publisher.catalog["gateway_hosts"].append(second.url.removeprefix("http://"))
    publisher.catalog["profiles"][0]["gateway"] = second.url
    checked = publisher.publish()
    assert {"gateway", "gateway_hosts"} <= {each["field"] for each in checked["loud"]}
    assert anna.command.data("catalog", "update")["catalogs"][0]["outcome"] == "waiting"
    assert anna.command.findings()["catalog-waiting"]["severity"] == "note"
    assert anna.asks(first) == (f"Bearer {KEY}", NEW)
    bert.command.data("catalog", "update")
    bert.command.data("catalog", "accept", "acme")
    assert bert.asks(second) == (f"Bearer {KEY}", NEW)
    bert.command.data("catalog", "rollback", "acme")
    assert bert.asks(first) == (f"Bearer {KEY}", NEW)
    publisher.catalog = {**before, "serial": publisher.catalog["serial"]}
    publisher.publish()
    second.clear()
    for each in (anna, bert):
        each.command.data("catalog", "update", "acme")
        assert each.state() == "current"
        assert each.asks(first) == (f"Bearer {KEY}", NEW)
    assert second.requests == []


def test_a_key_that_moves_into_a_manager_waits_for_a_yes(
    places: tuple[Recorder, Recorder, Path], tmp_path: Path
) -> None:
    first, _, room = places
    publisher = Publisher(room / "p", first.url)
    publisher.publish()
    anna = Colleague(room / "a")
    anna.command.data(
        "join", str(publisher.git), "--key", publisher.key, "--yes", "--key-stdin", stdin="pk-old-key\n"
    )
    assert anna.asks(first)[0] == "Bearer pk-old-key"
    with managers.openbao(tmp_path) as bao:
        bao.put("portkey/anna", KEY)
        managers.install(anna.home / "bin", "bao")
        anna.environ |= {"BAO_ADDR": bao.address, "BAO_TOKEN": bao.token()}
        anna.command = Command(anna.home, anna.environ)
        publisher.catalog["inputs"] = {"user": {"ask": "Your login", "pattern": "[a-z]{2,20}"}}
        for profile in publisher.catalog["profiles"]:
            profile["key"] = {"suggest": SUGGESTED}
        publisher.publish()
        assert anna.command.data("catalog", "update")["catalogs"][0]["outcome"] == "waiting"
        assert anna.asks(first)[0] == "Bearer pk-old-key"
        anna.command.data("catalog", "accept", "acme", "--input", "user=anna")
        assert anna.asks(first)[0] == f"Bearer {KEY}"
        assert not files_with(KEY, anna.home)
