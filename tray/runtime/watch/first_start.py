"""The first start of the tray: a welcome, once, with what to begin with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import NotUnlockedError, PkccError
from profiles.base.locations import SECRETS_VARIABLE
from profiles.files.atomic_replace import write_private
from tray.runtime.menu.notice_words import WELCOME, welcome_notice

if TYPE_CHECKING:
    from tray.app import App
    from tray.desktop.threads.apart import Apart
    from tray.runtime.parts import Parts
    from tray.runtime.shown import Shown


class FirstStart:
    """Used by the tray's worker."""

    def __init__(self, app: App, parts: Parts, shown: Shown, apart: Apart) -> None:
        self._app = app
        self._parts = parts
        self._shown = shown
        self._apart = apart
        self._path = os.path.join(app.locations.state_dir, "welcomed")

    def welcome(self) -> None:
        """Welcome somebody who has no profile yet; not a second time."""
        state = self._shown.state
        if state.profiles or state.active is not None or os.path.lexists(self._path):
            return
        try:
            write_private(self._path, b"")
        except PkccError:  # it could not be remembered, and would be said at every login
            return
        self._apart.start(WELCOME, self._has_keyring, self._tell)

    def _has_keyring(self) -> bool:
        """Whether keys have a safe place; a locked keyring is one. May wait for it."""
        if self._app.environ.get(SECRETS_VARIABLE) == "vault":
            return True
        backends = self._app.apart().secrets.backends
        try:
            backends.check_keyring()
        except NotUnlockedError:
            return True
        except PkccError:
            return backends.vault().initialised()
        return True

    def _tell(self, keyring: bool | None) -> None:
        by_hand = self._shown.state.by_hand is not None
        self._parts.notifier.show(welcome_notice(by_hand=by_hand, keyring=keyring is not False))
