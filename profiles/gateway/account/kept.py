"""Answers kept for the next time, a file for each question, in a folder for each gateway and key.

No key and nothing that a field's name calls a secret is in them. They are only for speed and for when there
is no network: a file that cannot be read or written is no error. What nobody asked for in a month goes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned, version_of
from profiles.portkey.config.secret_texts import without_secrets
from profiles.portkey.config.secrets import is_secret_field

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.gateway.account.place import Place

_VERSION = 1
_MONTH_S = 30 * 24 * 3600
_LARGEST = 5 * 1024 * 1024  # some 40,000 models; a longer list would not be read in time for completion
_FOREVER = 1e11  # seconds since 1970 that are no moment any more


class Kept(NamedTuple):
    """An answer as it came: when (seconds since 1970), its ETag or "", whether all of it, and the JSON."""

    asked_at: float
    etag: str
    whole: bool
    answer: object


def directory_of(locations: Locations) -> str:
    """Where all answers are kept, in a folder for each place."""
    return os.path.join(locations.state_dir, "account")


class KeptAnswers:
    """Those of one gateway and key."""

    def __init__(self, locations: Locations, place: Place) -> None:
        self._parent = directory_of(locations)
        self._directory = os.path.join(self._parent, place.id)
        self._secrets = place.secrets

    def load(self, name: str) -> Kept | None:
        """What was kept under that name; None without."""

        def kept(plain: Any) -> Kept | None:
            if version_of(plain) != _VERSION:
                return None
            asked_at = float(plain["asked_at"])
            if not 0 <= asked_at < _FOREVER:
                return None
            return Kept(asked_at, str(plain["etag"]), plain["whole"] is True, plain["answer"])

        with suppress(PkccError, OverflowError):
            return read_unversioned(self._path(name), kept)
        return None

    def store(self, name: str, kept: Kept) -> bool:
        """Keep an answer; False where one of the secrets it was asked with is in it, however encoded."""
        try:
            clean = _without_secrets(kept.answer)
            data = compact({"version": _VERSION, **kept._asdict(), "answer": clean})
        except RecursionError:
            return False
        if len(data) > _LARGEST or self._repeats_a_secret(data.decode()):
            return False
        with suppress(PkccError):
            write_private(self._path(name), data)
        return True

    def drop(self, name: str) -> None:
        """Forget what was kept under that name."""
        with suppress(OSError):
            os.unlink(self._path(name))

    def _repeats_a_secret(self, text: str) -> bool:
        from profiles.gateway.asking.echoes import spellings  # 8 ms, which only what is kept anew takes

        return any(
            spelling and spelling in text
            for secret in self._secrets
            for spelling in spellings(secret.reveal())
        )

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, f"{name}.json")

    def forget_old(self, now: float) -> None:
        """Remove what is a month old, of every place; others may do so, or write, at the same time."""
        for place in _inside(self._parent):
            for path in _inside(place):
                with suppress(OSError):
                    if os.lstat(path).st_mtime < now - _MONTH_S:
                        os.unlink(path)
            if place != self._directory:
                with suppress(OSError):
                    os.rmdir(place)  # where nothing is left in it


def _inside(directory: str) -> list[str]:
    with suppress(OSError):
        return [os.path.join(directory, name) for name in os.listdir(directory)]
    return []


def _without_secrets(value: object, *, secret: bool = False) -> object:
    """The same JSON without the texts that stand under a secret's name, and without logins in others."""
    if isinstance(value, dict):
        return {
            name: _without_secrets(inner, secret=secret or is_secret_field(name))
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner, secret=secret) for inner in value]
    return (None if secret else without_secrets(value)) if isinstance(value, str) else value
