"""What a story of the row `state_machine` knows of a catalog: what must hold or ask, what is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from support.home.user_home import UserHome


class Version(NamedTuple):
    """One that was published: what its profiles say, and its two files."""

    serial: int
    model: str
    url: str
    names: tuple[str, ...]
    data: bytes
    signature: bytes


class Following(NamedTuple):
    """What must hold. `pairs`: which key may go where; `own`: which other profiles use that of `work`."""

    holds: Version
    waits: Version | None = None
    older: tuple[Version, ...] = ()
    seen: int = 0
    went_back: bool = False
    pairs: frozenset[tuple[str, str]] = frozenset()
    own: frozenset[str] = frozenset()

    def keys(self, version: Version) -> frozenset[tuple[str, str]]:
        """Each key with the host to which that version sends it."""
        return frozenset(("work" if name in self.own else name, version.url) for name in version.names)

    def asks(self, version: Version) -> bool:
        """Whether a person must look at that version: a key would go to another host than it did."""
        known, hosts = {key for key, _ in self.pairs}, {url for _, url in self.pairs}
        unknown = {
            pair for pair in self.keys(version) - self.pairs if pair[0] in known or pair[1] not in hosts
        }
        return version.url != self.holds.url or bool(unknown)

    def with_it(self, version: Version) -> Following:
        """That version holds."""
        older = (self.holds, *(each for each in self.older if each not in (version, self.holds)))
        pairs = self.pairs | self.keys(version)
        return self._replace(holds=version, waits=None, older=older[:5], went_back=False, pairs=pairs)

    def back(self) -> Following:
        """What held before holds again, and the other waits."""
        version, *older = self.older
        pairs = self.pairs | self.keys(version)
        return self._replace(holds=version, waits=self.holds, older=tuple(older), went_back=True, pairs=pairs)


def kept(home: UserHome, name: str) -> Path:
    """Where that is kept of the catalog."""
    return home.root / ".local" / "share" / "pkcc-tray" / "catalogs" / "acme" / name


def kept_serial(home: UserHome, name: str) -> int | None:
    """The version that file is of, None where there is no such file."""
    path = kept(home, name)
    return json.loads(json.loads(path.read_bytes())["data"])["serial"] if path.exists() else None


def newest_seen(home: UserHome) -> int:
    """The newest version that was ever fetched."""
    path = home.root / ".local" / "state" / "pkcc-tray" / "catalogs" / "acme.json"
    return max(int(serial) for serial, _ in json.loads(path.read_bytes())["by_key"].values())
