"""When a catalog's source was asked last, and when it is to be asked again: by the clock, never all at once.

Noted by whatever asks, `catalog update` too, so that the tray does not ask once more.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.hashing import text_digest
from profiles.catalogs.fetching.fetch import fetch
from profiles.catalogs.fetching.fetched import FetchError, Limits
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.locations import Locations
    from profiles.catalogs.fetching.fetched import Fetched, Unchanged
    from profiles.catalogs.fetching.source import Source

HOUR_S = 3600.0
SPREAD = 0.2  # a fifth sooner or later: machines that began together do not stay together
LONGEST_RETRY_S = 7 * 24 * HOUR_S  # whatever a server wants
_FAILED_S, _FAILED_MOST_S = HOUR_S, 24 * HOUR_S


class Asked(NamedTuple):
    """When, in seconds since 1970 (0: never), how often it failed since, and until when it is left alone."""

    at: float = 0.0
    failures: int = 0
    not_before: float = 0.0


def fetch_noted(
    locations: Locations,
    name: str,
    source: Source,
    known_mark: str,
    environ: Mapping[str, str],
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.time,
) -> Fetched | Unchanged:
    """As `fetch`, of a catalog that is followed; that it was asked is noted. Raises FetchError."""
    now = clock()
    try:
        found = fetch(source, known_mark, environ, limits)
    except FetchError as error:
        before = load_asked(locations, name)
        note_asked(locations, name, Asked(now, before.failures + 1, now + (error.retry_after_s or 0.0)))
        raise
    note_asked(locations, name, Asked(now))
    return found


def load_asked(locations: Locations, name: str) -> Asked:
    """What is noted of it; nothing for none, or for a note that is damaged."""
    with suppress(PkccError):
        found = read_unversioned(_path(locations, name), lambda plain: Asked(**plain))
        if found is not None and all(type(value) in (int, float) and abs(value) < 1e12 for value in found):
            return found
    return Asked()


def forget_asked(locations: Locations, name: str) -> None:
    """Remove the note, with the catalog."""
    with suppress(OSError):
        os.unlink(_path(locations, name))


def wait_s(asked: Asked, name: str, hours: float, now: float) -> float:
    """The seconds until it is to be asked again, at most 0 when it is due. Pure.

    Never asked, or asked by a clock that was ahead, it is due.
    """
    if not asked.at or asked.at > now:
        return 0.0
    usual = hours * HOUR_S
    if asked.failures:
        usual = min(_FAILED_S * 2.0 ** min(asked.failures - 1, 10), _FAILED_MOST_S)
    # By what is noted: the same at each look, and another on each machine.
    chance = int(text_digest(f"{name} {asked.at!r}")[:8], 16) / 0xFFFFFFFF
    due = asked.at + usual * (1 - SPREAD + 2 * SPREAD * chance)
    return max(due, min(asked.not_before, asked.at + LONGEST_RETRY_S)) - now


def note_asked(locations: Locations, name: str, asked: Asked) -> None:
    """Note it, as well as that can be."""
    with suppress(PkccError):  # it then is asked once more
        write_private(_path(locations, name), compact(asked._asdict()))


def _path(locations: Locations, name: str) -> str:
    return os.path.join(locations.state_dir, "catalogs", f"{name}.asked.json")
