"""A team's story: a publisher, an administrator, two colleagues; a key that no file of anybody's holds."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from support.client.command import EXECUTABLE
from support.client.real_client import require_client
from support.fleet.published import CATALOG, Published
from support.fleet.web_server import WebServer, web_server
from support.gateway.recorder import Recorder, turn
from support.home.linux_root import ROOT, Machine, require
from support.home.ssh_hosts import Fleet, fleet
from support.managers import install, openbao

ROLE = ROOT / "packaging" / "fleet" / "ansible" / "roles" / "pkcc_tray"
KEY = "pk-CANARY-0815-of-the-portkey-key"  # must never lie in a file
SUGGESTED = "vault-kv://secret/portkey/{user}#api_key"
OLD, NEW = "claude-sonnet-5", "claude-sonnet-5-5"
PLAY = f"""
- hosts: developers
  gather_facts: false
  roles: [{ROLE}]
"""


class Publisher:
    """Who makes the catalog: of two profiles that work, signed by minisign, carried by git and by nginx."""

    def __init__(self, home: Path, web: WebServer, gateway: str) -> None:
        home.mkdir()
        self.home, self._web = home, web
        self._git = Published(web.git / "ai.git")
        words = ["minisign", "-G", "-W", "-p", home / "acme.pub", "-s", home / "acme.key"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        self.key = (home / "acme.pub").read_text().splitlines()[1]
        self._file = home / "catalog" / CATALOG
        reference = SUGGESTED.format(user="boss")
        for name, route in (("work", ("--provider", "@anthropic-prod")), ("safe", ("--config", "pc-safe-1"))):
            self.run("add", name, "--gateway", gateway, *route, "--sonnet", OLD, "--key-ref", reference)
        self.run("catalog", "new", "catalog", "--from", "work", "--from", "safe", "--name", "acme")
        self.catalog: dict[str, Any] = json.loads(self._file.read_text())
        self.catalog["inputs"] = {"user": {"ask": "Your Acme login", "pattern": "[a-z]{2,20}"}}
        for profile in self.catalog["profiles"]:
            profile["key"] = {"suggest": SUGGESTED}

    def run(self, *words: str) -> str:
        environ = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "PKCC_SECRETS": "vault"}
        done = subprocess.run(
            [EXECUTABLE, *words], env=environ, cwd=self.home, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self, serial: int) -> None:
        """Sign what the catalog says now, and put it where colleagues look."""
        self.catalog["serial"] = serial
        self._file.write_text(json.dumps(self.catalog, indent=2))
        self.run("catalog", "check", str(self._file))
        self.run("catalog", "sign", str(self._file), "--minisign-key", str(self.home / "acme.key"))
        signature = self._file.with_name(f"{CATALOG}.minisig")
        files = {each.name: each.read_bytes() for each in (signature, self._file)}
        self._git.publish(files)
        for name, data in files.items():
            (self._web.www / name).write_bytes(data)


class Colleague:
    """The user of one of the machines, at a terminal there, signed in to OpenBao."""

    def __init__(self, its: Machine, web: WebServer, bao: str) -> None:
        self.its = its
        authority = its.path / "usr/share/acme.pem"
        shutil.copy(web.authority.path, authority)
        trusted = "/usr/share/acme.pem"
        self._environ = {
            "BAO_ADDR": bao, "SSL_CERT_FILE": trusted, "GIT_SSL_CAINFO": trusted,
            "NODE_EXTRA_CA_CERTS": trusted, "PATH": "/usr/local/bin:/usr/bin:/bin",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1",
        }  # fmt: skip

    def run(self, *words: str, stdin: str = "") -> str:
        return self.its.user(*words, stdin=stdin, **self._environ)

    def data(self, *words: str) -> dict[str, Any]:
        said = self.run("pkcc-tray", *words, "--json")
        data: dict[str, Any] = json.loads(said)["data"]
        return data

    def asks(self, recorder: Recorder) -> tuple[str | None, str]:
        """One prompt through the real client: the key and the model with which the gateway is reached."""
        recorder.clear()
        assert self.run("claude", "-p", "ping", "--model", "sonnet").strip() == "pong"
        sent = recorder.wait_for(turn("ping"))
        return sent.header("authorization"), sent.model


def bring(stack: ExitStack, its: Machine, program: Path, name: str) -> None:
    """A program of ours in a machine; as large as they are they are mounted."""
    place = its.path / "usr/local/bin" / name
    place.touch()
    subprocess.run(["mount", "--bind", program.resolve(), place], check=True)
    stack.callback(subprocess.run, ["umount", "--lazy", place], check=True)


def files_with(key: str, its: Machine) -> list[str]:
    """The files of a machine that hold it, those of programs left out."""
    places = [str(its.path / place) for place in ("home", "etc", "run", "tmp", "var/tmp", "root")]
    found = subprocess.run(["grep", "-rlaF", key, *places], capture_output=True, text=True, check=False)
    return found.stdout.splitlines()


class Administrator:
    """Who runs the role for all machines, from a home of their own that follows the catalog, too."""

    def __init__(self, its: Fleet, deb: Path, web: WebServer, gateway: str) -> None:
        self._its = its
        self._play = its.work / "site.yml"
        self._play.write_text(PLAY)
        self._given = its.work / "given.json"
        self._environ = {"HOME": str(its.work / "home"), "PATH": "/usr/bin:/bin", **web.environ}
        policy = {
            "managed_by": {"name": "Acme IT"},
            "allowed_gateway_hosts": ["localhost"],
            "key_delivery": "helper",
            "allowed_key_schemes": ["vault-kv"],
        }
        given = {
            "pkcc_tray_package_file": str(deb),
            "pkcc_tray_policy": policy,
            "pkcc_tray_claude_settings_of": "acme/work",
            "pkcc_tray_support_users": ["anna"],
            "pkcc_tray_support_directory": str(its.work / "support"),
        }
        self._given.write_text(json.dumps(given))

    def run(self, *words: str) -> None:
        home = Path(self._environ["HOME"])
        home.mkdir(exist_ok=True)
        subprocess.run(
            [EXECUTABLE, *words], env=self._environ, cwd=home, check=True, stdin=subprocess.DEVNULL
        )

    def deploy(self) -> dict[str, int]:
        """How many tasks changed something, by machine."""
        return {name: counts["changed"] for name, counts in self._its.play(self._play, self._given).items()}

    def support_of(self, name: str) -> dict[str, Any]:
        said = json.loads((self._its.work / f"support/{name}-anna.json").read_text())
        data: dict[str, Any] = said["data"]
        return data


def test_a_team_from_the_first_catalog_to_a_change_that_is_taken_back(deb: Path, tmp_path: Path) -> None:
    require("debootstrap", "minisign")
    client = require_client()
    with ExitStack() as stack:
        web = stack.enter_context(web_server())
        tls = web.authority.server_context("localhost")
        first, second = (stack.enter_context(Recorder(tls)) for _ in range(2))
        gateway, other = (each.url.replace("127.0.0.1", "localhost") for each in (first, second))
        bao = stack.enter_context(openbao(tmp_path))
        for name in ("anna", "bert"):
            bao.put(f"portkey/{name}", f"{KEY}-{name}")
        publisher = Publisher(tmp_path / "publisher", web, gateway)
        publisher.publish(1)
        its = stack.enter_context(fleet("trixie", tmp_path, ("one", "two", "three")))
        install(tmp_path / "programs", "bao")
        for host in its.hosts.values():
            bring(stack, host, client, "claude")
            bring(stack, host, tmp_path / "programs" / "bao", "bao")

        boss = Administrator(its, deb, web, gateway)
        https, git = f"{web.url}/{CATALOG}", f"{web.url}/git/ai.git"
        key = ("--key", publisher.key, "--yes")
        boss.run("join", https, *key, "--input", "user=boss", "--no-switch")
        assert all(boss.deploy().values())

        anna, bert = (Colleague(its.hosts[name], web, bao.address) for name in ("one", "two"))
        for each, name, source in ((anna, "anna", https), (bert, "bert", git)):
            each.run("bao", "login", "-no-print", "-", stdin=bao.token())
            each.run("pkcc-tray", "join", source, *key, "--input", f"user={name}")
            assert each.data("status")["active"] == "acme/work"
            assert each.asks(first) == (f"Bearer {KEY}-{name}", OLD)
            assert files_with(KEY, each.its) == []

        for profile in publisher.catalog["profiles"]:
            profile["models"]["sonnet"] = NEW
        publisher.publish(2)
        assert anna.data("catalog", "update")["catalogs"][0]["outcome"] == "applied"
        assert NEW in anna.its.settings.read_text()
        boss.run("catalog", "update")
        assert all(boss.deploy().values())
        assert anna.asks(first) == (f"Bearer {KEY}-anna", NEW)

        before = {**publisher.catalog}
        publisher.catalog["gateway_hosts"] = [each.removeprefix("https://") for each in (gateway, other)]
        publisher.catalog["profiles"] = [{**each, "gateway": other} for each in before["profiles"]]
        publisher.publish(3)
        assert anna.data("catalog", "update")["catalogs"][0]["outcome"] == "waiting"
        assert anna.data("catalog", "list")["catalogs"][0]["state"] == "waiting"
        assert anna.asks(first) == (f"Bearer {KEY}-anna", NEW)
        publisher.catalog = before
        publisher.publish(4)
        anna.data("catalog", "update")
        assert anna.data("catalog", "list")["catalogs"][0]["state"] == "current"
        assert anna.asks(first) == (f"Bearer {KEY}-anna", NEW)
        assert second.requests == []
        assert files_with(KEY, anna.its) == []
        boss.deploy()
        assert boss.support_of("one")["active"] == "acme/work"
        assert boss.deploy() == dict.fromkeys(its.hosts, 0)
