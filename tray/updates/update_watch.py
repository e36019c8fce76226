"""Whether there is a newer version: asked once a day at most, believed only when signed, never installed.

The tray and `doctor` share one small record, so together they ask no more than once a day. It also holds the
newest version ever verified: an old answer, sent again, takes nothing back.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from profiles.files.locks import locked
from profiles.files.preferences import preferences_path
from profiles.policy.preferences import preferences_in_force
from tray.updates.signed_release import Source, UntrustedError, is_newer, official, signed_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.locations import Locations

_log = logging.getLogger("pkcc-tray")
DAY_S = 24 * 3600.0
LIMIT_S = 20.0
# At login the network may come up after us; and a machine that slept is asked by the clock, not by waiting.
FIRST_S, AGAIN_S = 60.0, 60.0  # a look at our own record, which is all it is but once a day


class _Record(NamedTuple):
    asked_at: float = 0.0  # seconds since 1970
    newest: str = ""  # the newest version ever verified
    told: str = ""  # the version that a notification reported


def newer_known(locations: Locations) -> str:
    """A verified version newer than this one, as far as is known without asking; "" for none."""
    record = _load(_path(locations))
    return record.newest if _is_wanted(locations) and is_newer(record.newest, __version__) else ""


def ask(
    locations: Locations,
    source: Source | None = None,
    limit_s: float = LIMIT_S,
    clock: Callable[[], float] = time.time,
) -> str:
    """As `newer_known`, after asking where that is due. Never raises for what the network or the disk does.

    `source` is where to ask, the official place by default; without one nothing is asked. Returns within
    `limit_s` seconds.
    """
    source = source or official()
    if source is None:
        return ""
    try:
        if _is_wanted(locations) and _take_turn(locations, clock()):
            _ask_now(locations, source, limit_s)
        return newer_known(locations)
    except PkccError as error:
        _log.warning("not asked for a new version: %s", error.title)
        return ""


def tell_once(locations: Locations, version: str) -> bool:
    """Whether that version is to be reported now: once each, also over restarts. Raises PkccError."""
    return _changed(locations, lambda record: record._replace(told=version))


class UpdateWatch:
    """Asks from a thread of its own, from a minute after the start on; `on_newer(version)` when that changes.

    It is called from that thread, with "" when a version is no longer to be offered.
    """

    def __init__(
        self,
        locations: Locations,
        on_newer: Callable[[str], None],
        source: Source | None = None,
        first_s: float = FIRST_S,
    ) -> None:
        self._locations = locations
        self._on_newer = on_newer
        self._source = source or official()
        self._first_s = first_s
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start, where there is a place to ask."""
        if self._source is not None:
            threading.Thread(target=self._run, name="updates", daemon=True).start()

    def stop(self) -> None:
        """End; an answer that is still to come is dropped."""
        self._stopped.set()

    def _run(self) -> None:
        wait_s, offered = self._first_s, ""
        while not self._stopped.wait(wait_s):
            wait_s = AGAIN_S
            version = ask(self._locations, self._source)
            if version != offered and not self._stopped.is_set():
                offered = version
                self._on_newer(version)


def _is_wanted(locations: Locations) -> bool:
    try:
        return preferences_in_force(preferences_path(locations)).check_for_updates
    except PkccError:  # what the user wants cannot be read: then nothing is sent
        return False


def _take_turn(locations: Locations, now: float) -> bool:
    """Whether a request is due; it then counts as made, whatever becomes of it."""

    def turn(record: _Record) -> _Record:
        due = abs(now - record.asked_at) >= DAY_S  # also where the clock was set back
        return record._replace(asked_at=now) if due else record

    return _changed(locations, turn)


def _ask_now(locations: Locations, source: Source, limit_s: float) -> None:
    from profiles.base.time_limit import within
    from tray.updates.download import download

    try:
        # The limit also ends what hangs where no socket's own limit holds: names, proxies, dripping headers.
        version = signed_version(*within(limit_s, lambda: download(source, limit_s)), source.public_key)
    except UntrustedError as error:
        _log.warning("a claimed new version is not signed as it must be: %s", error)
    except OSError as error:
        _log.info("no answer about a new version: %s", type(error).__name__)
    else:
        _changed(
            locations,
            lambda record: record._replace(newest=version) if is_newer(version, record.newest) else record,
        )


def _changed(locations: Locations, change: Callable[[_Record], _Record]) -> bool:
    """Write the record as `change` makes it of the present one; whether that is another. Raises PkccError."""
    path = _path(locations)
    with locked(f"{path}.lock"):
        before = _load(path)
        after = change(before)
        if after != before:
            write_private(path, compact(after._asdict()))
    return after != before


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "updates.json")


def _load(path: str) -> _Record:
    """The record; an empty one for none, or for one that is damaged: it only costs a request."""
    try:
        record = read_unversioned(path, lambda values: _Record(**values)) or _Record()
    except PkccError:
        return _Record()
    right = isinstance(record.asked_at, (int, float)) and isinstance(record.newest, str)
    return record if right and isinstance(record.told, str) else _Record()
