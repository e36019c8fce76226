"""What a menu's entry, or a notice's button, does: each by its key, on the tray's worker."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, TypeVar

from profiles.base.errors import ConflictError
from tray.actions.more.preference import preferences
from tray.notices.notice import Notice
from tray.runtime.menu.face import title_of
from tray.runtime.menu.notice_words import PROJECTS, TOLD, switched_notice
from tray.updates import signed_release as release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tray.app import App
    from tray.runtime.background_jobs import Background
    from tray.runtime.parts import Parts
    from tray.runtime.refresh import Refresh
    from tray.runtime.shown import Shown

_T = TypeVar("_T")
_log = logging.getLogger("pkcc-tray")


class Clicks:
    """Used by the tray's worker. `elsewhere` is what others do, each by what its key begins with."""

    def __init__(
        self,
        app: App,
        parts: Parts,
        shown: Shown,
        refresh: Refresh,
        background: Background,
        elsewhere: Mapping[str, Callable[[str], object]],
    ) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._refresh = refresh
        self._background = background
        self._actions: dict[str, Callable[[str], object]] = {
            "profile": self._switch,
            "off": lambda _: self._off(),
            "undo": lambda _: self._undo(),
            "restore": lambda _: self._restore(),
            "adopt": lambda _: self._adopt(),
            "ignore": lambda _: refresh.ignore(),
            "diff": lambda _: self._show_changes(),
            "open": self._open,
            "manage": parts.open_manager,
            "autostart": lambda _: self._toggle_autostart(),
            "check": lambda _: self._check(),
            "usage": self._wish_usage,
            "sync": lambda _: self._sync(),
            "update": lambda _: parts.open_target(release.page()),
            **elsewhere,
        }

    def do(self, key: str) -> None:
        """Do what that key stands for, such as "profile:work"; nothing for an unknown one."""
        action, _, rest = key.partition(":")
        if action in self._actions:
            self._refresh.forget_problem()
            _log.info("asked for: %s", key)
            self._actions[action](rest)

    def refresh_helpers(self) -> None:
        """Have running sessions ask for their keys again: they can be had now."""
        from tray.actions.keys.hand_out import refresh_helpers

        _log.info("keys can be read again: writing the settings, for sessions that went without one")
        self._change(lambda: refresh_helpers(self._app))

    def _switch(self, name: str) -> None:
        from tray.actions.switching.switch import switch

        done, notes = self._change(lambda: switch(self._app, name, dry_run=False))
        notice = switched_notice(self._title(), notes, models_pinned=done.models_pinned)
        if notice is not None:
            self._parts.notifier.show(notice)

    def _undo(self) -> None:
        from tray.actions.switching.undo import undo

        self._say("Undone", self._change(lambda: undo(self._app, 1))[1])

    def _off(self) -> None:
        from tray.actions.switching.switch import off

        self._say("Off", self._change(lambda: off(self._app, dry_run=False))[1])

    def _restore(self) -> None:
        from tray.actions.switching.switch import restore

        _, notes = self._change(lambda: restore(self._app, dry_run=False))
        self._say(f"Restored {self._title()}", notes)

    def _adopt(self) -> None:
        from tray.actions.switching.adopt import adopt

        _, notes = self._change(lambda: adopt(self._app))
        self._say(f"Taken into {self._title()}", notes)

    def _sync(self) -> None:
        from tray.actions.projects.sync import sync

        _, notes = self._change(lambda: sync(self._app, []))
        self._say("Projects", notes, about=PROJECTS)

    def _change(self, change: Callable[[], _T]) -> _T:
        """What a change of the settings returns, once what holds then is shown."""
        with self._shown.busy():
            done = change()
        self._refresh.now()
        return done

    def _say(self, title: str, notes: Sequence[str], about: str = TOLD) -> None:
        if notes:
            self._parts.notifier.show(Notice(about, title, "\n".join(notes)))

    def _title(self) -> str:
        return title_of(self._shown.state)

    def _show_changes(self) -> None:
        self._parts.notifier.show(self._refresh.changes()._replace(key=TOLD, urgent=False))

    def _wish_usage(self, wish: str) -> None:
        preferences(self._app, "usage", wish)
        self._refresh.now()

    def _check(self) -> None:
        active = self._shown.state.active
        if active is not None:
            self._background.check(active, self._title())

    def _open(self, target: str) -> None:
        if os.path.isabs(target):  # a project
            self._parts.open_target(target)
            return
        places = {"settings": self._app.switcher.settings_path, "profiles": self._app.locations.profiles_dir}
        place = places.get(target, "")
        if place and not os.path.exists(place):
            raise ConflictError(f"{place} is not there yet", "It is made by the first profile or switch.")
        pages = {page.name: page.url for page in self._shown.state.edition.pages}
        if page := place or pages.get(target, ""):  # a notice's button may be an older edition's
            self._parts.open_target(page)

    def _toggle_autostart(self) -> None:
        self._parts.set_autostart(not self._parts.autostart())
        self._refresh.now()
