"""What a panel is to a tray icon, for tests: a StatusNotifierWatcher, and a menu's reader.

Written with jeepney directly and not with the code under test. The watcher and the panel are two connections,
as on a desktop; the panel reads and clicks as the real ones do.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any, NamedTuple

from support.desktop.private_bus import LIMIT_S, BusService

if TYPE_CHECKING:
    from collections.abc import Callable

    from jeepney import Message

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class Watcher:
    """Owns the watcher's name and notes who registers; `host=False`: no panel has come yet."""

    def __init__(self, address: str, *, host: bool = True) -> None:
        self.registered: queue.Queue[str] = queue.Queue()
        self.asked: queue.Queue[str] = queue.Queue()  # which properties, by each that registered
        self.host = host
        self._service = BusService(address, WATCHER, self._called)
        self._service.start()

    def close(self) -> None:
        """Go, as a panel that crashes. More than once does no harm."""
        self._service.close()

    def host_came(self) -> None:
        """A panel begins to show items."""
        self.host = True
        self._service.emit("/StatusNotifierWatcher", WATCHER, "StatusNotifierHostRegistered")

    def _called(self, method: str, call: Message) -> None:
        if method == "RegisterStatusNotifierItem":
            self._service.reply(call)
            self.registered.put(call.body[0])
        else:
            self._service.reply(call, "v", ("b", self.host))
            self.asked.put(call.body[-1])


class Line(NamedTuple):
    """An item of the menu as a panel has it."""

    number: int
    label: str
    properties: dict[str, Any]
    children: list[Line]


class Panel:
    """Reads and clicks an item and its menu, and notes the signals that it sends."""

    def __init__(self, address: str, service: str) -> None:
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.service = service
        self._connection = open_dbus_connection(address)
        rule = MatchRule(type="signal", sender=service)
        Proxy(message_bus, self._connection, timeout=LIMIT_S).AddMatch(rule)
        self._signals: list[Message] = []
        self.signals_seen = 0

    def close(self) -> None:
        self._connection.close()

    def call(
        self, path: str, interface: str, method: str, signature: str = "", *body: Any
    ) -> tuple[Any, ...]:
        """The reply's values. Raises DBusErrorResponse."""
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.wrappers import DBusErrorResponse

        address = DBusAddress(path, self.service, interface)
        message = new_method_call(address, method, signature or None, body)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        from jeepney import HeaderFields

        while True:
            answer = self._connection.receive(timeout=LIMIT_S)
            if answer.header.message_type is MessageType.signal:
                self._signals.append(answer)
                self.signals_seen += 1
            elif answer.header.fields.get(HeaderFields.reply_serial) == serial:
                if answer.header.message_type is MessageType.error:
                    raise DBusErrorResponse(answer)
                return tuple(answer.body)

    def properties(self) -> dict[str, Any]:
        (values,) = self.call("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "GetAll", "s", ITEM)
        return {name: value for name, (_signature, value) in values.items()}

    def menu(self) -> list[Line]:
        """The whole menu, read at the path that the item names."""
        _revision, root = self.call(self.properties()["Menu"], MENU, "GetLayout", "iias", 0, -1, [])
        return _line(root).children

    def click(self, number: int) -> None:
        self.event(number, "clicked")

    def event(self, number: int, event: str) -> None:
        self.call("/MenuBar", MENU, "Event", "isvu", number, event, ("i", 0), 0)

    def signals_until(self, member: str) -> list[tuple[str, tuple[Any, ...]]]:
        """The signals up to the next named `member`, as (member, values)."""
        from jeepney import HeaderFields, MessageType

        seen: list[tuple[str, tuple[Any, ...]]] = []
        while not seen or seen[-1][0] != member:
            message = self._signals.pop(0) if self._signals else self._connection.receive(timeout=LIMIT_S)
            if message.header.message_type is MessageType.signal:
                fields = message.header.fields
                if fields.get(HeaderFields.sender) != "org.freedesktop.DBus":
                    seen.append((fields[HeaderFields.member], message.body))
        return seen


def _line(layout: tuple[int, dict[str, Any], list[Any]]) -> Line:
    number, properties, children = layout
    plain = {name: value for name, (_signature, value) in properties.items()}
    # As a toolkit reads it: "__" is an underscore.
    label = plain.get("label", "").replace("__", "_")
    return Line(number, label, plain, [_line(child) for _signature, child in children])


def eventually(true: Callable[[], bool], what: str) -> None:
    """Wait for what another thread or process does and no signal tells."""
    import time

    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.005)
