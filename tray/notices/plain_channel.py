"""Notices through the icon's own system, on Windows and macOS: a title and a body, no buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.notices.fitting import fitted

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tray.notices.notice import Notice

# UTF-16 units, as Windows counts, with room for the zero at the end (facts/desktop); macOS shows fewer.
_PLAIN_TITLE, _PLAIN_BODY = 63, 255


class PlainChannel:
    """Notices through the icon's own system, which has no buttons: `say(title, body)`, and `unsay()`."""

    def __init__(self, say: Callable[[str, str], None], unsay: Callable[[], None] | None = None) -> None:
        self._say = say
        self._unsay = unsay
        self._shown = ""

    def deliver(self, notice: Notice) -> None:
        """Show it: never without a title, which macOS needs, and no longer than Windows takes."""
        title, body = fitted(notice, _PLAIN_TITLE, _PLAIN_BODY)
        self._say(title or "pkcc-tray", body or " ")
        self._shown = notice.key

    def retract(self, key: str) -> None:
        """Take it away, if it is the last that was shown."""
        if key == self._shown and self._unsay is not None:
            self._unsay()

    def socket(self) -> socket.socket | None:
        """None: there are no answers."""
        return None

    def answers(self) -> list[tuple[str, str]]:
        """None ever come."""
        return []

    def close(self) -> None:
        """There is nothing to let go of."""
