"""A notification service on a private bus that does what a test tells it to."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from support.desktop.private_bus import BusService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney import Message

LIMIT_S = 10.0
NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"


class Shown(NamedTuple):
    """A Notify call."""

    id: int
    replaces: int
    title: str
    body: str
    actions: list[str]
    urgency: int
    sender: str


class Service:
    """`shown`, `closed` and `unanswered` tell what was asked; the rest may be set at any time."""

    def __init__(self, address: str, abilities: list[str]) -> None:
        self.abilities = abilities
        self.silent = False
        self.shown: queue.SimpleQueue[Shown] = queue.SimpleQueue()
        self.closed: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.unanswered: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._last = 0
        self._service = BusService(address, NAME, self._called)
        self._service.start()

    def next(self) -> Shown:
        return self.shown.get(timeout=LIMIT_S)

    def emit(self, member: str, signature: str, *body: Any) -> None:
        self._service.emit(_PATH, NAME, member, signature, *body)

    def die(self) -> None:
        self._service.close()

    def _called(self, method: str, call: Message) -> None:
        from jeepney import HeaderFields

        if self.silent:
            self.unanswered.put(method)
        elif method == "GetCapabilities":
            self._service.reply(call, "as", self.abilities)
        elif method == "Notify":
            sender = call.header.fields[HeaderFields.sender]
            _, replaces, _, title, body, actions, hints, _ = call.body
            self._last += 1
            urgency = hints["urgency"][1]
            shown = Shown(replaces or self._last, replaces, title, body, actions, urgency, sender)
            self._service.reply(call, "u", shown.id)
            self.shown.put(shown)
        elif method == "CloseNotification":
            self._service.reply(call)
            self.closed.put(call.body[0])


@contextmanager
def service(address: str, *abilities: str) -> Iterator[Service]:
    """A running service; by default it can do all that we may ask of one."""
    its = Service(address, list(abilities or ("body", "body-markup", "actions")))
    try:
        yield its
    finally:
        its.die()
