"""The budget of the active profile: asked for while sessions run and the user wishes it, shown, and reported.

The account is asked by a command of ours in a process of its own, at most every 15 minutes for a profile,
also over restarts; whether it is, sessions and the preference decide at each beat of theirs.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.files.preferences import load_preferences, preferences_path
from profiles.portkey.editions import edition_of
from profiles.profile.rendering import base_url_of, mark_of
from tray.actions.account.offered import is_offered, may_offer, note_offered
from tray.runtime.watch.budget import record as records
from tray.runtime.watch.budget.figures import Figure, figure_of
from tray.runtime.watch.budget.news import news
from tray.runtime.watch.budget.words import (
    BUDGET,
    OFFER,
    budget_line,
    budget_notice,
    offer_notice,
    refused_notice,
)

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Current
    from tray.app import App
    from tray.desktop.threads.apart import Apart
    from tray.runtime.parts import Parts
    from tray.runtime.shown import Shown
    from tray.runtime.watch.beat.sessions import Event

_log = logging.getLogger("pkcc-tray")
AGAIN_S = 900.0
_FRESH_S = AGAIN_S + 120.0  # until a line says how old it is: a beat, and an answer, take their time


class BudgetWatch:
    """Used by the tray's worker, except for `paths`."""

    def __init__(self, app: App, parts: Parts, shown: Shown, apart: Apart) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._apart = apart
        self._path = preferences_path(app.locations)
        self._record = records.load(app.locations)
        self._active: tuple[str, Rendered] | None = None
        self._running = self._wanted = False

    def paths(self) -> list[str]:
        """What to watch."""
        return [self._path]

    def look(self, current: Current) -> None:
        """The settings were read, and the preference is: another profile may be active."""
        self._active = _active(current)
        before, self._wanted = self._wanted, self._is_wanted()
        if self._wanted and not before:
            self._parts.notifier.withdraw(OFFER)
        self._offer()
        self._ask_if_due()
        self._show()

    def hear(self, event: Event) -> None:
        """A session has started, or runs on, or was the last."""
        self._running = event != "ended"
        self._offer()
        self._ask_if_due()
        self._show()

    def _show(self) -> None:
        """What is known of the active profile's budget, in a line; nothing where none is wanted."""
        figure = self._figure(*self._active) if self._active is not None and self._wanted else None
        now = self._parts.wall()
        fresh = self._running and figure is not None and 0 <= now - figure.known_at < _FRESH_S
        line = "" if figure is None else budget_line(figure, now, fresh=fresh)
        self._shown.change(lambda state: state._replace(budget=line))

    def _is_wanted(self) -> bool:
        try:
            return load_preferences(self._path).usage
        except PkccError:  # what the user wants cannot be read: then nothing is asked
            return False

    def _figure(self, name: str, rendered: Rendered) -> Figure | None:
        figure = self._record.figures.get(name)
        return figure if figure is not None and figure.mark == mark_of(rendered) else None

    def _offer(self) -> None:
        """Ask the user once whether the account may be asked, where there is one and a session runs."""
        if self._wanted or not self._running or self._active is None or is_offered(self._app.locations):
            return
        if may_offer(self._app.locations, self._active[1]) and note_offered(self._app.locations):
            self._parts.notifier.show(offer_notice())

    def _ask_if_due(self) -> None:
        if not (self._wanted and self._running) or self._active is None:
            return
        name, rendered = self._active
        if not edition_of(base_url_of(rendered)).lists:
            return
        figure = self._figure(name, rendered)
        if figure is not None and abs(self._parts.wall() - figure.tried_at) < AGAIN_S:
            return
        ask, hear = partial(self._ask, name, rendered), partial(self._told, name, rendered)
        self._apart.start(BUDGET, ask, hear)

    def _ask(self, name: str, rendered: Rendered) -> dict[str, object] | None:
        """The command's answer, in a thread of its own; None for none, and where the key cannot be had."""
        app = self._app.apart()
        if not all(app.secrets.asks_nobody(each) for each in {rendered.key_ref, *rendered.references()}):
            return None
        return self._parts.own_answer(app, "budget", name)

    def _told(self, name: str, rendered: Rendered, told: dict[str, object] | None) -> None:
        now, mark = self._parts.wall(), mark_of(rendered)
        figure = (self._figure(name, rendered) or Figure(mark, now))._replace(tried_at=now)
        if told is not None:
            try:
                figure = figure_of(told, mark, now)
            except (TypeError, KeyError, ValueError):
                _log.warning("the answer of `budget` is not what it should be")
        self._keep(name, figure, _account(rendered))
        self._show()
        self._ask_if_due()  # another profile may be active by now

    def _keep(self, name: str, figure: Figure, account: str) -> None:
        """Remember it, and report what is new of that account's budgets, where that is wanted still."""
        found, is_refused, said = news(figure, account, self._record.said, self._parts.wall())
        self._record = self._record._replace(figures={**self._record.figures, name: figure})
        if self._wanted:
            self._record = self._record._replace(said=said)
        # Before it is shown: once, also over a crash.
        records.add(self._app.locations, name, figure, self._record.said)
        if not self._wanted:
            return
        notices = [budget_notice(left) for left in found]
        if is_refused:
            notices.append(refused_notice(figure.refused, figure.refused_hint))
        for notice in notices:
            _log.info("%s", notice.title)
            self._parts.notifier.show(notice)


def _active(current: Current) -> tuple[str, Rendered] | None:
    if current.active is None or current.rendered is None:
        return None
    return current.active, current.rendered


def _account(rendered: Rendered) -> str:
    """What tells one account's budgets from another's, without naming the key."""
    return digest(f"{base_url_of(rendered)}\n{rendered.key_ref}".encode("utf-8", "surrogatepass"), size=8)
