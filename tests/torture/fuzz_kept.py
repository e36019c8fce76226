"""What is kept of a team's catalog on disk, nearly right: every command goes on, or says what is wrong.

What a user would lose otherwise: every command, to a file that a full disk cut short, or to their dotfiles'
last merge; or their key, to a host that such a file names.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from support.catalog_homes import GATEWAY, Publisher, join, with_work
from support.home.user_home import UserHome
from torture.mutation import changed, mutated

from profiles.files.json_documents import json_or_none

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from support.home.user_home import Ran

_HOSTS = ("https://api.portkey.ai", GATEWAY)
_EVIL = ("https://evil.example", "evil.example", [["keyring:acme/work", "evil.example"]])


class KeptCatalog:
    """Somebody who follows a catalog: one version holds, one was before it, and one waits."""

    def __init__(self, directory: Path) -> None:
        publisher = Publisher(directory / "publisher")
        self.home = UserHome(directory / "member")
        self.key = publisher.key
        publisher.publish()
        join(self.home, publisher)
        publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
        self.home.ok("catalog", "update")
        hosts = ["api.portkey.ai", GATEWAY.removeprefix("https://")]
        publisher.publish(profiles=with_work(gateway=GATEWAY), gateway_hosts=hosts)
        self.home.ok("catalog", "update")
        own = self.home.root / ".local"
        self._kept = [self.home.own / "catalogs.json"]
        self._kept += [own / "state/pkcc-tray/catalogs/acme.json", own / "state/pkcc-tray/catalogs.pending"]
        self._kept += [own / "state/pkcc-tray" / name for name in ("left-catalogs.json", "catalogs.owed")]
        self._kept += sorted((own / "share/pkcc-tray/catalogs").rglob("*"))
        told = json.loads(self._kept[0].read_bytes())["catalogs"]["acme"]
        pending = {"name": "acme", "sha256": "0" * 64, "subscription": told, "held": False, "agreed": False}
        left = {"acme": told["pairs"]}
        owed = [["acme", "0" * 16]]
        self._absent = {"catalogs.pending": pending, "left-catalogs.json": left, "catalogs.owed": owed}

    def once(self, rng: random.Random, run: Callable[..., Ran]) -> None:
        """Spoil one file and run two commands; no key goes where nobody accepted it."""
        path = rng.choice([path for path in self._kept if not path.is_dir()])
        there = path.read_bytes() if path.exists() else json.dumps(self._absent[path.name]).encode()
        plain = json_or_none(there)
        if plain is not None and rng.random() < 0.7:
            path.write_bytes(json.dumps(changed(rng, plain, _EVIL)).encode())
        else:
            path.write_bytes(mutated(rng, there, (there,)))
        for _ in range(2):
            run(*rng.choice(self._commands()))
        env = {}
        with suppress(ValueError):
            env = json.loads(self.home.settings.read_bytes()).get("env", {})
        if env.get("ANTHROPIC_BASE_URL", _HOSTS[0]) not in _HOSTS:
            raise AssertionError(f"{path.name}: the key goes to {env['ANTHROPIC_BASE_URL']}")

    def _commands(self) -> tuple[tuple[str, ...], ...]:
        return (
            *(("catalog", word) for word in ("list", "update")),
            *(("catalog", word, "acme") for word in ("show", "diff", "update", "rollback")),
            *(("catalog", word, "acme", "--yes") for word in ("accept", "remove")),
            ("catalog", "update", "acme", "--check"),
            ("catalog", "remove", "acme", "--yes", "--keep-profiles"),
            ("catalog", "trust", "acme", "--key", self.key, "--yes"),
            ("catalog", "override", "acme/work", "label", "Mine"),
            *(("switch", name) for name in ("acme/work", "acme/safe", "work")),
            *(("show", name) for name in ("acme/work", "work")),
            ("switch", "acme/safe", "--dry-run"),
            ("key", "print", "acme/work"),
            ("copy", "acme/work", "mine"),
            ("support", "--json"),
            *((word,) for word in ("status", "list", "off", "undo", "restore", "export")),
            ("key", "list"),
        )
