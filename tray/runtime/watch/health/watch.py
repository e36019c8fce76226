"""The gateway's health while sessions run: shown, reported once; another profile is offered or used."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError
from profiles.files.preferences import Preferences, load_preferences, preferences_path
from tray.actions.catalogs.after_change import writing_owed_after
from tray.actions.put_in_force import asks_nobody
from tray.runtime.menu.face import title_in
from tray.runtime.menu.notice_words import switched_notice
from tray.runtime.menu.tray_state import Health
from tray.runtime.watch.health import words
from tray.runtime.watch.health.left_profile import Left, load_left, save_left
from tray.runtime.watch.health.reach import ANSWERS, OFFLINE, UNREACHABLE, Look, look
from tray.runtime.watch.health.words import HEALTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.memory.state import Current
    from tray.app import App
    from tray.desktop.threads.apart import Apart
    from tray.notices.notice import Notice
    from tray.runtime.parts import Parts
    from tray.runtime.shown import Shown
    from tray.runtime.watch.beat.sessions import Event

_log = logging.getLogger("pkcc-tray")
STEADY_S = 300.0  # so long the first gateway answers before it is used again
QUIET_S = 600.0  # so long the same is not said again
AGAIN_S = 20.0  # signs that come together, of a network that comes up, are one
_EARLY_S = 5.0  # a beat may come a little before its minute


class HealthWatch:
    """Used by the tray's worker. Without a session nothing is asked. `refresh` has all read and shown."""

    def __init__(
        self,
        app: App,
        parts: Parts,
        shown: Shown,
        apart: Apart,
        refresh: Callable[[], None],
    ) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._apart = apart
        self._refresh = refresh
        self._active: str | None = None
        self._running = self._once_more = False
        self._asked_at = 0.0
        self._told: tuple[str, str] | None = None  # unreachable, and what was offered for it
        self._said: tuple[tuple[str, str] | None, float] = None, 0.0  # the last of it in a notice, and when
        self._left = load_left(app.locations)
        self._switched_at = -STEADY_S

    def hear(self, event: Event) -> None:
        """A session has started, or runs on, or was the last."""
        self._running = event != "ended"
        if not self._running:
            self._forget()
            self._count_anew()
        self._ask(urgent=event == "started")

    def back(self) -> None:
        """The network is back, or the machine is awake again."""
        self._ask(urgent=True)

    def look(self, current: Current) -> None:
        """The settings were read: another profile may be active."""
        if current.active == self._active:
            return
        self._active = current.active
        if self._left is not None and self._active != self._left.other:
            self._leave(None)  # a person switched, and wants that one
        self._forget()
        self._asked_at = 0.0
        self._ask(urgent=True)

    def take(self, name: str) -> None:
        """The person wants the profile that is offered. Raises PkccError where it cannot be switched to."""
        health = self._shown.state.health
        is_offered = health is not None and health.other == name
        with writing_owed_after(self._app):
            said = self._switch(name, self._left_for(name) if is_offered else None)
        if said is not None:
            self._parts.notifier.show(said)

    # Asking ------------------------------------------------------------------------------------------

    def _ask(self, *, urgent: bool) -> None:
        minutes = self._preferences().health_minutes
        if minutes == 0:
            self._forget()
        asking = self._apart.runs(HEALTH)
        self._once_more |= asking and urgent
        if minutes == 0 or asking or not self._running or self._active is None:
            return
        wrong = self._shown.state.health is not None or self._left is not None
        wait_s = AGAIN_S if urgent or wrong else minutes * 60 - _EARLY_S
        if abs(self._parts.wall() - self._asked_at) < wait_s:
            return
        self._once_more, self._asked_at = False, self._parts.wall()
        first = self._left.first if self._left is not None else ""
        asked = self._app, self._parts.own_answer, self._parts.sleep, self._active, first
        self._apart.start(HEALTH, lambda: look(*asked), self._heard)

    def _heard(self, found: Look | None) -> None:
        if not self._running:
            return
        if self._once_more:  # what happened meanwhile is not in it
            self._asked_at = 0.0
            self._ask(urgent=True)
        if found is None or found.name != self._active:
            return
        kind = found.reach.kind
        if kind == ANSWERS:
            self._forget()
        elif kind == OFFLINE:
            self._forget(Health(OFFLINE, found.name, found.reach.why))
            self._count_anew()
        if kind in (ANSWERS, UNREACHABLE):
            self._see_to_first(found)
        if kind == UNREACHABLE and found.name == self._active:
            self._unreachable(found)

    # Answering ---------------------------------------------------------------------------------------

    def _forget(self, instead: Health | None = None) -> None:
        """Show that no longer, in the menu and by the notice."""
        self._shown.change(lambda state: state._replace(health=instead))
        if self._told is not None:
            self._told = None
            self._parts.notifier.withdraw(HEALTH)

    def _unreachable(self, found: Look) -> None:
        wish = self._preferences().auto_fallback
        other = "" if wish == "off" else found.other
        health = Health(UNREACHABLE, found.name, found.reach.why, other)
        self._shown.change(lambda state: state._replace(health=health))
        if wish == "on" and other and self._may_switch(other):
            left = self._left_for(other)
            first = "" if left is None else self._title(left.first)
            title, name = self._title(found.name), self._title(other)
            self._by_itself(
                other, left, lambda said: words.switched_over_notice(found, title, name, first, said)
            )
        elif self._told is None or (self._told[1] != other and other):
            self._told = found.name, other
            self._tell(found, self._title(found.named) if found.named and wish != "off" else "", other)

    def _tell(self, found: Look, named: str, other: str) -> None:
        """Once in ten minutes for a gateway that comes and goes."""
        now = self._parts.clock()
        about, said_at = self._said
        if about == self._told and now - said_at < QUIET_S:
            return
        self._said = self._told, now
        _log.info("the gateway of %s is unreachable", found.name)
        title = self._title(found.name)
        self._parts.notifier.show(words.unreachable_notice(found, title, named, offered=bool(other)))

    def _left_for(self, name: str) -> Left | None:
        """What is left when that one is switched to: the first of several; None on the way back."""
        first = self._left.first if self._left is not None else self._active
        return None if first is None or first == name else Left(first, name)

    def _see_to_first(self, found: Look) -> None:
        """Use the profile that was left again, or offer it, once its gateway has answered for long enough."""
        left = self._left
        if left is None or found.first is None:
            return
        now = self._parts.clock()
        since = (left.since if left.since is not None else now) if found.first.kind == ANSWERS else None
        self._left = left = left._replace(since=since)
        if since is None or now - since < STEADY_S:
            return
        wish, title = self._preferences().auto_fallback, self._title(left.first)
        if wish == "on" and self._may_switch(left.first):
            self._by_itself(left.first, None, lambda said: words.back_notice(title, said))
        elif wish != "off" and not left.told:
            self._left = left._replace(told=True)
            self._parts.notifier.show(words.offer_back_notice(left.first, title))

    def _count_anew(self) -> None:
        """The minutes for which the profile that was left answers: nobody has asked it meanwhile."""
        if self._left is not None:
            self._left = self._left._replace(since=None)

    def _may_switch(self, name: str) -> bool:
        """Whether that can be done by itself: nothing is to be answered first, and no key to be asked for.

        And not again within five minutes, whatever gateways do.
        """
        steady = self._parts.clock() - self._switched_at >= STEADY_S
        if not steady or self._shown.state.condition != "active":
            return False
        return asks_nobody(self._app, name)

    def _by_itself(self, name: str, left: Left | None, notice: Callable[[Notice | None], Notice]) -> None:
        """Switch and say so; not where the user, or anything else, has chosen otherwise meanwhile."""
        try:
            said = self._switch(name, left, away_from=self._active or "")
        except ConflictError:
            self._refresh()  # the look that follows sees what was chosen
        else:
            self._parts.notifier.show(notice(said))

    def _switch(self, name: str, left: Left | None, *, away_from: str = "") -> Notice | None:
        """What the user should know after the switch; None when all is as expected. Raises PkccError."""
        from tray.actions.switching.switch import switch

        _log.info("switching to %s, for a gateway", name)
        self._switched_at = self._parts.clock()
        with self._shown.busy(f"Switching to {self._title(name)}…"):
            done, notes = switch(self._app, name, dry_run=False, away_from=away_from)
        self._leave(left)
        self._refresh()
        return switched_notice(self._title(name), notes, models_pinned=done.models_pinned)

    def _leave(self, left: Left | None) -> None:
        self._left = left
        save_left(self._app.locations, left)

    def _title(self, name: str) -> str:
        return title_in(self._shown.state, name)

    def _preferences(self) -> Preferences:
        try:
            return load_preferences(preferences_path(self._app.locations))
        except PkccError:  # what the user wants cannot be read: then nothing is asked
            return Preferences(health_minutes=0)
