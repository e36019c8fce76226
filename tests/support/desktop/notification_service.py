"""A notification service on a private bus that does what a test tells it to."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from support.desktop.private_bus import BusService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney import Message

LIMIT_S = 40.0  # for what takes about one, on a machine that has much else to do
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
    icon: str = ""
    image: tuple[int, int, int, bool, int, int, bytes] | None = None


# What the desktops' own services say that they can do; each shows a title on one line, and cuts it there.
DESKTOPS = {
    "xfce": ("actions", "body", "body-hyperlinks", "body-markup", "icon-static", "sound"),
    "gnome": ("actions", "body", "body-markup", "icon-static", "persistence", "sound"),
    "kde": (
        *("actions", "body", "body-hyperlinks", "body-images", "body-markup", "icon-static"),
        *("inhibitions", "inline-reply", "persistence", "x-kde-urls"),
    ),
    "no buttons": ("body",),
}
CUT = 32  # characters of a title that the narrowest of them has room for


def cut(title: str) -> str:
    """A title as they show it."""
    line = title.partition("\n")[0]
    return line if len(line) <= CUT else line[: CUT - 1] + "…"


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
            _, replaces, icon, title, body, actions, hints, _ = call.body
            self._last += 1
            urgency = hints["urgency"][1]
            image = hints.get("image-data", ("", None))[1]
            number = replaces or self._last
            shown = Shown(number, replaces, title, body, actions, urgency, sender, icon, image)
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
