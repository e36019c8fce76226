"""What the user is shown outside the menu, and what the rest of the tray sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import socket


class Notice(NamedTuple):
    """Something to tell. `key` is what it is about: a later notice with the same key takes its place.

    `title` and `body` are plain text without a secret; `actions` are (action, label), as buttons where the
    desktop has them. `urgent` stays until it is dismissed, where the desktop can.
    """

    key: str
    title: str
    body: str
    actions: tuple[tuple[str, str], ...] = ()
    urgent: bool = False


class Notifier(Protocol):
    """Made with `on_action(key, action)`, which it calls from a thread of its own. Never raises or blocks."""

    def show(self, notice: Notice) -> None:
        """Show it, now or later: not at all when the same was shown within 10 s."""

    def withdraw(self, key: str) -> None:
        """Take the notice with that key away, shown or waiting."""

    def stop(self) -> None:
        """End; what is shown stays."""


class Channel(Protocol):
    """One way to show notices. Used from one thread; may raise OSError and block for up to 2 s."""

    def deliver(self, notice: Notice) -> None:
        """Show it now."""

    def retract(self, key: str) -> None:
        """Take it away, if it is still there."""

    def socket(self) -> socket.socket | None:
        """What becomes readable when the user has answered; None while there is nothing to wait for."""

    def answers(self) -> list[tuple[str, str]]:
        """The (key, action) chosen since; waits for none."""

    def close(self) -> None:
        """Let go of everything."""
