"""Once the keyring is unlocked, by any program, sessions that went without a key ask for it again.

And the settings are written that owe a catalog what takes a key.

The Secret Service reports it on the session bus. Elsewhere nothing does: there a key that is given at last
shows it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from profiles.base.locations import SECRETS_VARIABLE
from tray.actions.keys import sessions_without_key as refusals
from tray.desktop.bus.address import session_bus_address
from tray.desktop.bus.signals import BusSignals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

_SERVICE = "org.freedesktop.secrets"
_MEMBERS = ("PropertiesChanged", "CollectionChanged", "CollectionCreated")


class KeyringWatch:
    """Calls `refresh` when keys can be had again and a session went without one, `pay` where that is owed.

    Both return at once.
    """

    def __init__(self, app: App, refresh: Callable[[], None], pay: Callable[[], None]) -> None:
        self._app = app
        self._refresh = refresh
        self._pay = pay
        self._bus: BusSignals | None = None
        address = session_bus_address(app.environ)
        if sys.platform == "linux" and address and app.environ.get(SECRETS_VARIABLE) != "vault":
            rules = [{"type": "signal", "sender": _SERVICE, "member": member} for member in _MEMBERS]
            self._bus = BusSignals("keyring", address, rules, self._hear, self.look)

    def start(self) -> None:
        """Begin to listen; what the keyring did before is looked for then."""
        if self._bus is not None:
            self._bus.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._bus is not None:
            self._bus.stop()

    def look(self) -> None:
        """Have the sessions ask again and what is owed written, if the keyring is unlocked."""
        owes = self._app.owes_catalogs()
        went_without = refusals.is_noted(self._app.locations)
        if (owes or went_without) and self._app.secrets.backends.keyring_is_open():
            self.given()
            if owes:
                self._pay()

    def given(self) -> None:
        """A key was given: sessions that went without one can have it now."""
        if refusals.is_noted(self._app.locations):
            refusals.clear(self._app.locations)
            self._app.secrets.ask_again()
            self._refresh()

    def _hear(self, *_: object) -> None:
        self.look()
