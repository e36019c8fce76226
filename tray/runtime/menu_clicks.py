"""What a menu's entry, or a notice's button, does: each by its key, on the tray's worker."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, TypeVar

from profiles.base.errors import ConflictError, PkccError
from tray.actions.catalogs.after_change import writing_owed_after
from tray.actions.more.preference import preferences
from tray.runtime.menu import notice_words as words
from tray.runtime.menu.change_words import FILE_IS_GONE
from tray.runtime.menu.face import title_in, title_of
from tray.updates import signed_release as release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.app import App
    from tray.notices.notice import Notice
    from tray.runtime.parts import Parts
    from tray.runtime.refresh import Refresh
    from tray.runtime.shown import Shown

_T = TypeVar("_T")
_log = logging.getLogger("pkcc-tray")
# What a notice's title says of what could not be done.
_FAILED = {
    "profile": "Not switched", "required": "Not switched", "fallback": "Not switched",
    "off": "Not switched", "undo": "Not undone",
    "restore": "Not restored", "adopt": "Not kept", "sync": "Not written", "open": "Not opened",
    "autostart": "Not changed", "usage": "Not changed",
}  # fmt: skip
# Pages of the manager, by what leads there.
_PAGES = {
    "diff": "/", "message": "/", "find": "/", "take-over": "/import",
    "budget": "/usage",
}  # fmt: skip


class Clicks:
    """Used by the tray's worker. `elsewhere` is what others do, each by what its key begins with."""

    def __init__(
        self,
        app: App,
        parts: Parts,
        shown: Shown,
        refresh: Refresh,
        elsewhere: Mapping[str, Callable[[str], object]],
    ) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._refresh = refresh
        self._actions: dict[str, Callable[[str], object]] = {
            "profile": self._switch,
            "required": self._switch,
            "off": lambda _: self._off(),
            "undo": lambda _: self._undo(),
            "restore": lambda _: self._restore(),
            "adopt": lambda _: self._adopt(),
            "ignore": lambda _: refresh.ignore(),
            "look": lambda _: refresh.now(),
            "open": self._open,
            "autostart": lambda _: self._toggle_autostart(),
            "usage": self._wish_usage,
            "sync": lambda _: self._sync(),
            "update": lambda _: parts.open_target(release.page()),
            "help": lambda _: parts.open_target(release.help_page()),
            "managed": lambda _: self._ask_who_decides(),
            "manage": parts.open_manager,
            "first": parts.open_manager,
            "project": self._project,
            "edit": lambda _: self._to_active("edit"),
            "check": lambda _: self._to_active("check"),
            **{key: self._to(page) for key, page in _PAGES.items()},
            **elsewhere,
        }

    def _project(self, directory: str) -> None:
        from tray.actions.more.glance.projects import project_page

        self._parts.open_manager(project_page(directory))

    def _to_active(self, area: str) -> None:
        active = self._shown.state.active  # none any more, where a notice stood for a while
        self._parts.open_manager(f"/{area}/{active}" if active else "/")

    def _to(self, page: str) -> Callable[[str], object]:
        return lambda _: self._parts.open_manager(page)

    def do(self, key: str) -> None:
        """Do what that key stands for, such as "profile:work"; nothing for an unknown one."""
        action, _, rest = key.partition(":")
        if action not in self._actions:
            return
        self._refresh.forget_problem()
        _log.info("asked for: %s", key)
        try:
            self._actions[action](rest)
        except PkccError as error:
            self._refresh.report(error, self._problem(error, action, rest))

    def _problem(self, error: PkccError, action: str, name: str) -> Notice:
        rows = self._shown.state.profiles
        if action == "profile" and any(row.name == name and row.keyless for row in rows):
            return words.keyless_notice(name, title_in(self._shown.state, name))
        again = f"{action}:{name}" if name else action
        return words.problem_notice(error, _FAILED.get(action, ""), again)

    def refresh_helpers(self) -> None:
        """Have running sessions ask for their keys again: they can be had now."""
        from tray.actions.keys.hand_out import refresh_helpers

        _log.info("keys can be read again: writing the settings, for sessions that went without one")
        self._change(lambda: refresh_helpers(self._app), "Writing the settings…")

    def write_owed(self) -> None:
        """Write what the settings owe a catalog, which took a key: that can be had now."""
        if self._app.owes_catalogs():
            self._change(lambda: None, "Writing the settings…")

    def _switch(self, name: str) -> None:
        from tray.actions.switching.switch import switch

        doing = f"Switching to {title_in(self._shown.state, name)}…"
        done, notes = self._change(lambda: switch(self._app, name, dry_run=False), doing)
        self._say(words.switched_notice(self._title(), notes, models_pinned=done.models_pinned))

    def _undo(self) -> None:
        from tray.actions.switching.undo import undo

        with self._shown.busy("Undoing…"):
            _, notes = undo(self._app, 1)
        self._refresh.now()
        self._say(words.noted_notice("Undone", notes))

    def _off(self) -> None:
        from tray.actions.switching.switch import off

        _, notes = self._change(lambda: off(self._app, dry_run=False), "Switching off…")
        self._say(words.off_notice(notes))

    def _restore(self) -> None:
        from tray.actions.switching.switch import restore

        drift = self._shown.state.drift
        _, notes = self._change(lambda: restore(self._app, dry_run=False), "Restoring…")
        count = 0 if drift == (FILE_IS_GONE,) else len(drift)
        self._say(words.put_back_notice(self._title(), count, notes))

    def _adopt(self) -> None:
        from tray.actions.switching.adopting.adopt import adopt

        _, notes = self._change(lambda: adopt(self._app), "Keeping the change…")
        self._say(words.kept_notice(self._title(), notes))

    def _sync(self) -> None:
        from tray.actions.projects.sync import sync

        _, notes = self._change(lambda: sync(self._app, []), "Writing projects…")
        self._say(words.noted_notice("Projects written", notes, about=words.PROJECTS))

    def _change(self, change: Callable[[], _T], doing: str) -> _T:
        """What a change of the settings returns, once what holds then is shown."""
        with self._shown.busy(doing), writing_owed_after(self._app):
            done = change()
        self._refresh.now()
        return done

    def _say(self, notice: Notice | None) -> None:
        if notice is not None:
            self._parts.notifier.show(notice)

    def _title(self) -> str:
        return title_of(self._shown.state)

    def _wish_usage(self, wish: str) -> None:
        preferences(self._app, "usage", wish)
        self._refresh.now()

    def _open(self, target: str) -> None:
        places = {"settings": self._app.switcher.settings_path, "profiles": self._app.locations.profiles_dir}
        place = places.get(target, "")
        if place and not os.path.exists(place):
            raise ConflictError(f"{place} is not there yet", "It is made by the first profile or switch.")
        pages = {page.name: page.url for page in self._shown.state.edition.pages}
        if page := place or pages.get(target, ""):  # a notice's button may be an older edition's
            self._parts.open_target(page)

    def _ask_who_decides(self) -> None:
        if url := self._shown.state.locks.url:
            self._parts.open_target(url)

    def _toggle_autostart(self) -> None:
        self._parts.set_autostart(not self._parts.autostart())
        self._refresh.now()
