"""Somebody who publishes a catalog into a directory, and somebody who follows it from there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.catalogs import Signer, acme, data_of
from support.home.forced import force
from support.home.user_home import KEY, UserHome

from profiles.base.errors import ConflictError
from profiles.switching.switcher import Switcher

GATEWAY = "https://gw.acme.example"
BY = {"name": "Acme IT", "url": "https://it.acme.example/ai"}
PLAIN = {  # without inputs and suggestions: nothing is asked
    "name": "work",
    "label": "Acme default",
    "route": {"kind": "provider", "provider": "@anthropic-prod"},
    "models": {"sonnet": "claude-sonnet-5-5"},
    "metadata": {"cost_center": "4711"},
    "locked": ["metadata.cost_center"],
}


@contextmanager
def unwritable(
    monkeypatch: pytest.MonkeyPatch, by: type[BaseException] = ConflictError
) -> Iterator[list[str]]:
    """Nothing can write the settings, as while Claude Code holds their lock; gives who tried."""
    tried: list[str] = []

    def stopped(_: Switcher, *words: str, **__: object) -> None:
        tried.extend(words or ("projects",))
        raise by("the settings cannot be written", "now")

    with monkeypatch.context() as patched:
        for name in ("switch", "again", "write_projects"):
            patched.setattr(Switcher, name, stopped)
        yield tried


class Publisher:
    """Publishes into a directory, signed unless it is said otherwise."""

    def __init__(self, directory: Path, number: int = 1) -> None:
        self.directory = directory
        self.signer = Signer(number)
        self.serial = 42
        self.usual: dict[str, Any] = {}  # of each version
        self.file = directory / "pkcc-catalog.json"
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def key(self) -> str:
        return self.signer.public.text

    @property
    def sha256(self) -> str:
        return f"sha256:{hashlib.sha256(self.file.read_bytes()).hexdigest()}"

    def publish(self, *, signed: bool = True, **changed: Any) -> int:
        """The next version, of two plain profiles where nothing else is said; its serial."""
        self.serial = changed.pop("serial", self.serial + 1)
        usual: dict[str, Any] = {"inputs": {}, "profiles": [PLAIN, {**PLAIN, "name": "safe", "label": ""}]}
        data = data_of(
            acme(
                **{**usual, "configs": {}, "keys": [self.key], "serial": self.serial, **self.usual, **changed}
            )
        )
        self.file.write_bytes(data)
        signature = self.file.with_name(f"{self.file.name}.minisig")
        if signed:
            signature.write_bytes(self.signer.sign(data))
        else:
            signature.unlink(missing_ok=True)
        return self.serial


def with_work(**fields: Any) -> list[dict[str, Any]]:
    """The two profiles, `work` with these fields besides."""
    return [{**PLAIN, **fields}, {**PLAIN, "name": "safe", "label": ""}]


def join(home: UserHome, publisher: Publisher, *more: str) -> None:
    """Join as a script does, with a key of one's own."""
    options = ("--key", publisher.key, "--yes", "--key-stdin", *more)
    home.ok("join", str(publisher.directory), *options, stdin=f"{KEY}\n")


NEWER = with_work(models={"sonnet": "claude-sonnet-6"})


def owe(home: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version holds, and the settings of a follower still carry the profile of the one before."""
    publisher.publish(profiles=NEWER)
    with unwritable(monkeypatch):
        home.ok("catalog", "update")
    assert owes(home)
    assert model(home) == "claude-sonnet-5-5"


def owes(home: UserHome) -> bool:
    """Whether settings owe a catalog something."""
    return (home.root / ".local/state/pkcc-tray/catalogs.owed").exists()


def model(home: UserHome) -> str:
    """The model that the settings name."""
    return home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"]


def lay_theirs(publisher: Publisher, top: Path, monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """Have an administrator's policy name that catalog, and say `more`."""
    theirs = {"name": "acme", "source": str(publisher.directory), "keys": [publisher.key]}
    force(monkeypatch, top, managed_by=BY, catalogs=[theirs], **more)
