"""A team's catalog in the world of the row `guard`: what its publisher, and others, may have it say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.catalog_homes import PLAIN, Publisher
from support.catalogs import Signer, acme, data_of
from torture.guard_attacks import company_shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from torture.guard_world import World

STRANGER = "https://evil.example"  # a stranger's, with a certificate of its own: by the company's proxy
ELSEWHERE = "https://gw2.acme.example"  # the company's, too
_OWN = Path(".config", "pkcc-tray")
_DATA = Path(".local", "share", "pkcc-tray")
_STATE = Path(".local", "state", "pkcc-tray")
_FILES = (_OWN / "catalogs.json", _DATA / "catalogs", _STATE / "catalogs", _STATE / "left-catalogs.json")


class Team:
    """The user follows `acme`, signed, whose `acme/work` has a key of its own; made when first asked for."""

    name = "acme/work"

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = world.gateways[self.name]
        self._kept = world.home / "team-as-it-was"

    def begin(self) -> None:
        """The first version holds, nothing else was ever there, and its profile is in use."""
        self.world.gateways[self.name] = self.gateway
        self.publisher = Publisher(self.world.home / "team")
        self.publish()
        if self._kept.is_dir():
            self._copy(self._kept, self.world.home)
        else:
            self.join(self.publisher, "--key", self.publisher.key)
            self._kept.mkdir()
            self._copy(self.world.home, self._kept)
        self.world.switch(self.name)

    def _copy(self, source: Path, target: Path) -> None:
        for name in _FILES:
            if (target / name).is_dir():
                shutil.rmtree(target / name)
            (target / name).unlink(missing_ok=True)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if (source / name).is_dir():
                shutil.copytree(source / name, target / name)
            elif (source / name).exists():
                shutil.copy2(source / name, target / name)

    def join(self, publisher: Publisher, *options: str, key: str = "") -> None:
        words = ("join", str(publisher.directory), "--yes", "--key-stdin", "--no-switch", *options)
        self.world.command.data(*words, stdin=f"{key or self.gateway.key}\n")

    # What the user does -------------------------------------------------------------------------------------

    def type(self, *words: str) -> str:
        """A command that may refuse; what it said."""
        done = self.world.command.run(*words)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def outcome(self) -> str:
        """What came of asking for news, as the tray asks."""
        done = self.world.command.run("catalog", "update", "acme", "--unasked", "--json")
        return str(json.loads(done.stdout)["data"]["catalogs"][0]["outcome"])

    def asked(self, *names: str) -> list[str]:
        """Ask Claude Code in the company's shell: a key must be at one of those gateways, if any is named."""
        done = self.world.ask(self.world.project(), env=company_shell(self.world))
        if not names or any(self.world.at_home(name) for name in names):
            return []
        return [f"no key at home: {done.stderr.strip()[-300:]!r}"]

    # What is published --------------------------------------------------------------------------------------

    def publish(
        self, url: str = "", *, by: Publisher | None = None, signed: bool = True, **more: Any
    ) -> None:
        """The next version: with the usual gateway, or another; `more` of the catalog's fields."""
        usual = self.plain(url)
        (by or self.publisher).publish(signed=signed, **{**usual, **more})

    def plain(self, url: str = "", **work: Any) -> dict[str, Any]:
        """The fields of a version, `work` of its profile."""
        urls = [self.gateway.url, STRANGER, ELSEWHERE]
        profile = {**PLAIN, "gateway": url or self.gateway.url, "locked": [], **work}
        return {
            "profiles": [profile, {**profile, "name": "safe", "label": ""}],
            "gateway_hosts": [each.removeprefix("https://") for each in urls],
            "default": "",
        }

    def forge(self) -> None:
        """The file is replaced by the stranger's; the publisher's signature stays beside it."""
        self.publisher.file.write_bytes(self.strangers())

    def strangers(self) -> bytes:
        """A newer version that sends the key to the stranger."""
        return data_of(acme(inputs={}, configs={}, serial=99, **self.plain(STRANGER)))

    # What is kept -------------------------------------------------------------------------------------------

    def kept_file(self, name: str) -> Path:
        """One of the catalog's files here."""
        return self.world.home / _DATA / "catalogs" / "acme" / name

    @property
    def pending(self) -> Path:
        return self.world.home / _STATE / "catalogs.pending"

    @property
    def followed(self) -> Path:
        return self.world.home / _OWN / "catalogs.json"

    def replaced(self, name: str, how: str) -> None:
        """Another has laid content of theirs into that file: unsigned, by their key, or as if ours."""
        path, signer = self.kept_file(name), Signer(2)
        kept = json.loads(self.kept_file("accepted.json").read_bytes())
        data = self.strangers()
        kept |= {"data": data.decode(), "brief": None}
        if how == "unsigned":
            kept |= {"signature": "", "key": ""}
        elif how == "by their key":
            kept |= {"signature": signer.sign(data).decode(), "key": signer.public.text}
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(kept))

    def edited(self, path: Path, change: Callable[[dict[str, Any]], object]) -> None:
        """A JSON file that somebody changed."""
        plain = json.loads(path.read_bytes())
        change(plain)
        path.write_text(json.dumps(plain))
