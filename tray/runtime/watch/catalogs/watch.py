"""Catalogs are asked for anew once a day, by our own command, and what comes of it is put in force and said.

No session is needed for it. There is one timer, and none while no catalog is followed. A command in a process
of its own asks, and applies what is harmless where that is wanted (`catalog update`); the settings of the
profile in use are the worker's.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.names import is_kept_name, is_name
from profiles.catalogs.fetching.managed import this_machine
from profiles.catalogs.managed import managed_names
from profiles.catalogs.record import Record, load_record
from profiles.catalogs.schedule import HOUR_S, wait_s
from profiles.catalogs.subscriptions import load_subscriptions, subscriptions_path
from profiles.files.preferences import preferences_path
from profiles.policy.preferences import preferences_in_force
from tray.runtime.watch.catalogs.words import CATALOG, Update, applied_notice, updates_in, waiting_notice
from tray.runtime.watch.said_once import SaidOnce

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiles.catalogs.kept.contents import Contents
    from profiles.switching.memory.state import Current
    from tray.app import App
    from tray.desktop.threads.apart import Apart
    from tray.runtime.parts import Parts
    from tray.runtime.shown import Shown

_log = logging.getLogger("pkcc-tray")
FIRST_S = 600.0  # after the start, by chance: everybody's machine starts at nine
LONGEST_SLEEP_S = 1800.0  # a machine that slept is asked by the clock, not by waiting
LIMIT_S = 120.0
_UNNOTED_S = HOUR_S  # a command that noted nothing, as it ended early, is not run again at once


class CatalogWatch:
    """Used by the tray's worker, except for `paths`; `put` has it do something, `refresh` has all read."""

    def __init__(
        self,
        app: App,
        parts: Parts,
        shown: Shown,
        apart: Apart,
        put: Callable[[Callable[[], object]], None],
        refresh: Callable[[], None],
    ) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._apart = apart
        self._put = put
        self._refresh = refresh
        self._told = SaidOnce(app.locations, "catalogs-told.json")
        self._first_at = parts.wall() + FIRST_S * parts.chance()
        self._wakes_at = 0.0
        self._tried: dict[str, float] = {}
        self._active = ""
        self._offered: tuple[str, ...] = ()

    def paths(self) -> list[str]:
        """What to watch: which are followed, what an administrator laid down, and what waits."""
        laid_down = [place.directory for place in this_machine()]
        return [subscriptions_path(self._app.locations), *laid_down, *self._offered]

    def _contents(self) -> list[Contents]:
        names = followed(self._app)
        if not names:  # most people: what reads catalogs is then not loaded
            return []
        from profiles.catalogs.kept.contents import Contents

        return [Contents(self._app.locations, name) for name in names]

    def look(self, current: Current) -> None:
        """The settings were read: others may be followed, or another profile be active."""
        self._active = current.active or ""
        contents = self._contents()
        self._offered = tuple(each.offered_path for each in contents)
        waiting = tuple(each.name for each in contents if each.waits())
        self._shown.change(lambda state: state._replace(waiting=waiting))
        self.plan()

    def plan(self) -> None:
        """Ask for the one that is due, or have a timer do so."""
        hours = catalog_hours(self._app)
        names = followed(self._app)
        if not hours or not names or self._apart.runs(CATALOG):
            return
        now = self._parts.wall()
        waits = {name: self._wait_s(name, hours, now) for name in names}
        first = min(waits, key=lambda name: waits[name])
        if waits[first] <= 0:
            self._ask(first, now)
        else:
            self._wake_in(min(waits[first], LONGEST_SLEEP_S), now)

    def _wait_s(self, name: str, hours: int, now: float) -> float:
        record = Record()
        with suppress(PkccError):  # it cannot be read: `doctor` says why
            record = load_record(self._app.locations, name)
        tried = self._tried.get(name, 0.0)
        unnoted = tried + _UNNOTED_S - now if tried <= now else 0.0
        early = self._first_at - now if now > self._first_at - FIRST_S else 0.0  # or the clock was set back
        return max(wait_s(record, name, hours, now), unnoted, early)

    def _wake_in(self, seconds: float, now: float) -> None:
        if now < self._wakes_at <= now + max(seconds, 1.0):
            return
        self._wakes_at = now + seconds
        self._parts.later(seconds, lambda: self._put(self._woken))

    def _woken(self) -> None:
        self._wakes_at = 0.0
        self.plan()

    def _ask(self, name: str, now: float) -> None:
        self._tried[name] = now
        _log.info("asking for the catalog %s", name)
        answer = self._parts.own_answer
        words = ("catalog", "update", name, "--unasked")
        self._apart.start(CATALOG, lambda: answer(self._app, *words, limit_s=LIMIT_S), self._heard)

    def _heard(self, data: dict[str, Any] | None) -> None:
        for update in updates_in(data):
            if update.outcome == "applied":
                self._applied(update)
            elif update.outcome == "waiting" and self._told.is_news(f"{update.name} {update.serial}"):
                self._parts.notifier.show(waiting_notice(update))
        if data is not None:
            self._refresh()
        self.plan()

    def _applied(self, update: Update) -> None:
        """Have the settings say what the profile in use says now, where it is one of that catalog's."""
        from tray.actions.put_in_force import put_in_force

        self._parts.notifier.withdraw(f"{CATALOG} {update.name}")
        if not self._active.startswith(f"{update.name}/"):
            return
        done = put_in_force(self._app.asking_nobody(), self._active)
        if done.applied and self._told.is_news(f"{self._active} {update.serial} in force"):
            self._parts.notifier.show(applied_notice(update, self._active, done.notes))


def followed(app: App) -> tuple[str, ...]:
    """The names of the catalogs that are to be asked for; none where that file cannot be read."""
    names = set(managed_names())
    with suppress(PkccError):  # `catalog list` and `doctor` say it
        names |= load_subscriptions(app.locations).keys()
    return tuple(sorted(name for name in names if is_name(name) and not is_kept_name(name)))


def catalog_hours(app: App) -> int:
    """How often, in hours; 0 for never: what an administrator forces, else the preference."""
    try:
        return preferences_in_force(preferences_path(app.locations)).catalog_hours
    except PkccError:  # what the user wants cannot be read: then nothing is asked
        return 0
