"""The files of one catalog below the data directory: what is accepted, what is offered, and five before.

Content and signature are one file, so that neither is ever there without the other.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.names import check_name
from profiles.catalogs.format.model import CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.kept.made import FILE as MADE
from profiles.catalogs.kept.own_part import needed
from profiles.catalogs.trust import Content
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import as_moment, as_text, compact, read_unversioned, refuse_newer
from profiles.profile.catalog_terms import FILE as TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations
    from profiles.catalogs.format.model import Catalog

_VERSION = 1
_MOST_OLDER = 5


class Brief(NamedTuple):
    """What lists and `status` say of a catalog: kept beside its content, which they need not read then."""

    title: str
    serial: int
    expires: str
    profiles: tuple[str, ...]
    asks: tuple[tuple[str, str, str], ...]  # name, question and pattern of each input that a profile needs


class Kept(NamedTuple):
    """Content, and when it came here, in seconds since 1970."""

    content: Content
    at: float
    known: Brief | None = None

    def brief(self) -> Brief | None:
        """The most important of what it says; None where nobody could ever read it."""
        if self.known is not None or (catalog := self.readable()) is None:
            return self.known
        names = tuple(entry.name for entry in catalog.profiles)
        asks = tuple((name, asked.ask, asked.pattern) for name, asked in needed(catalog).items())
        return Brief(catalog.title, catalog.serial, catalog.expires, names, asks)

    def catalog(self) -> Catalog:
        """What it says. Raises PkccError for what an older or newer pkcc-tray took, and this one does not."""
        try:
            return parse(self.content.data)
        except CatalogError as error:
            raise PkccError(
                f"What was accepted is not taken any more: {error.title}",
                "`pkcc-tray catalog update` looks for a newer one. Its profiles stay as they are.",
            ) from None

    def readable(self) -> Catalog | None:
        """What it says; None where this pkcc-tray does not take it any more."""
        with suppress(PkccError):
            return self.catalog()
        return None


class Contents:
    """The files of the catalog of that name."""

    def __init__(self, locations: Locations, name: str) -> None:
        self.name = name
        self.directory = os.path.join(locations.catalogs_dir, check_name(name))
        self.profiles_dir = os.path.join(self.directory, "profiles")
        self.rules_path = os.path.join(self.directory, "rules.json")
        self.terms_path = os.path.join(self.directory, TERMS)
        self.made_path = os.path.join(self.directory, MADE)
        self._accepted = os.path.join(self.directory, "accepted.json")
        self.offered_path = os.path.join(self.directory, "offered.json")
        self._older = os.path.join(self.directory, "older")

    def accepted(self) -> Kept | None:
        """What holds; None where nothing does, or where that cannot be told any more.

        Raises PkccError for a file that cannot be read, or that a newer pkcc-tray wrote.
        """
        return _read(self._accepted)

    def offered(self) -> Kept | None:
        """What waits for a person's yes; None where nothing does."""
        with suppress(PkccError):
            return _read(self.offered_path)
        return None

    def waits(self) -> bool:
        """Whether something is offered, at the price of a look."""
        return os.path.lexists(self.offered_path)

    def accept(self, kept: Kept) -> None:
        """Have this content hold: the one moment at which a newer one takes the place of the one before."""
        write_private(self._accepted, _encoded(kept))

    def all(self) -> Iterator[Kept]:
        """All that is kept and can be read."""
        with suppress(PkccError):
            if (accepted := self.accepted()) is not None:
                yield accepted
        if (offered := self.offered()) is not None:
            yield offered
        yield from self.older()

    def drop_accepted(self) -> None:
        """Forget what holds; its profiles stay until another content takes their place."""
        remove_private(self._accepted)

    def begin_anew(self) -> None:
        """Forget what holds and what waits; the profiles stay until another content takes their place."""
        remove_private(self.offered_path)
        self.drop_accepted()

    def offer(self, kept: Kept | None) -> None:
        """Keep what waits for a yes; None: nothing does."""
        if kept is None:
            remove_private(self.offered_path)
        elif (before := self.offered()) is None or before.content != kept.content:
            write_private(self.offered_path, _encoded(kept))

    def older(self) -> list[Kept]:
        """What held before, the latest first."""
        found = []
        for path in self._older_paths():
            with suppress(PkccError):
                if (kept := _read(path)) is not None:
                    found.append(kept)
        return found

    def keep_older(self, kept: Kept) -> None:
        """Keep what held until now, and no more than five of those before."""
        if any(each.content == kept.content for each in self.older()):
            return
        paths = self._older_paths()
        number = int(os.path.basename(paths[0]).removesuffix(".json")) + 1 if paths else 1
        write_private(os.path.join(self._older, f"{number:09d}.json"), _encoded(kept))
        for path in self._older_paths()[_MOST_OLDER:]:
            remove_private(path)

    def drop_older(self, content: Content) -> None:
        """Forget that content among those before: it holds now."""
        for path in self._older_paths():
            with suppress(PkccError):
                if (kept := _read(path)) is not None and kept.content == content:
                    remove_private(path)

    def _older_paths(self) -> list[str]:
        with suppress(OSError):
            names = (name for name in os.listdir(self._older) if name.removesuffix(".json").isdigit())
            return [os.path.join(self._older, name) for name in sorted(names, reverse=True)]
        return []


def catalog_names(locations: Locations) -> Iterator[str]:
    """The catalogs that have files here, subscribed to or not."""
    with suppress(OSError):
        for name in sorted(os.listdir(locations.catalogs_dir)):
            with suppress(PkccError):
                yield check_name(name)


def _encoded(kept: Kept) -> bytes:
    content = kept.content
    plain = {"data": content.data.decode(), "signature": content.signature.decode(), "key": content.key}
    brief = kept.brief()
    return compact({"version": _VERSION, **plain, "at": kept.at, "brief": brief and brief._asdict()})


def _read(path: str) -> Kept | None:
    """None for a damaged one, too: an update fetches it again. Raises PkccError for one that is not ours."""

    def decode(plain: dict[str, Any]) -> Kept:
        refuse_newer(plain, path, _VERSION)
        content = Content(plain["data"].encode(), plain["signature"].encode(), as_text(plain["key"]))
        brief = plain.get("brief")  # none where an older version wrote it
        return Kept(content, as_moment(plain["at"]), brief and _brief(brief))

    return read_unversioned(path, decode)


def _brief(plain: dict[str, Any]) -> Brief:
    title, expires = as_text(plain["title"]), as_text(plain["expires"])
    asks = tuple((as_text(name), as_text(ask), as_text(pattern)) for name, ask, pattern in plain["asks"])
    names = tuple(map(as_text, plain["profiles"]))
    return Brief(title, int(plain["serial"]), expires, names, asks)
