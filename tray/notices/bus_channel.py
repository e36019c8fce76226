"""Notices on Linux: org.freedesktop.Notifications 1.2, over jeepney, with buttons where the desktop has them.

The connection is opened with the first notice, and again after the bus or the service went away.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tray.desktop.bus.address import session_bus_address
from tray.notices.fitting import clean, fitted

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from typing import Any

    from tray.notices.notice import Notice

LIMIT_S = 2.0
_NAME = "org.freedesktop.Notifications"
_SERVICE = DBusAddress("/org/freedesktop/Notifications", _NAME, _NAME)
_BUS_NAME = "org.freedesktop.DBus"
_TITLE, _BODY = 120, 1_000
_URGENCY = {False: 1, True: 2}  # the specification's urgency: normal, critical
_DEFAULT_TIME = -1


class BusChannel:
    """The desktop's notification service on the session bus. Raises OSError where there is none.

    It has `limit_s` for each notice. `picture` is what each is shown with: a side's length in pixels, and
    red, green, blue and alpha of each. No icon's name is sent: a theme that lacks it shows a broken image.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        limit_s: float = LIMIT_S,
        picture: Callable[[], tuple[int, bytes]] | None = None,
    ) -> None:
        self._environ = environ
        self._picture = picture
        self._limit_s = limit_s
        self._bus: DBusConnection | None = None
        self._deadline = 0.0
        self._owner = ""  # the unique name of the service that our ids and its abilities are of
        self._abilities: frozenset[str] | None = None  # not known yet
        self._ids: dict[str, int] = {}
        self._signals: deque[Message] = deque()
        self._chosen: list[tuple[str, str]] = []

    def deliver(self, notice: Notice) -> None:
        """Show it, in place of an earlier one of the same key. Raises OSError within the limit."""
        self._deadline = time.monotonic() + self._limit_s
        self._connect()
        self._hear_until_now()
        if self._abilities is None:
            (abilities,) = self._call(new_method_call(_SERVICE, "GetCapabilities"))
            self._abilities = frozenset(abilities)
        (self._ids[notice.key],) = self._call(self._notify_call(notice, self._abilities))

    def retract(self, key: str) -> None:
        """Take it away, if it is still there."""
        self._deadline = time.monotonic() + self._limit_s
        if key in self._ids:
            self._hear_until_now()  # with a new service that id may be another program's
        shown = self._ids.pop(key, None)
        if shown is not None:
            self._call(new_method_call(_SERVICE, "CloseNotification", "u", (shown,)))

    def socket(self) -> socket.socket | None:
        """The connection's, while there is one."""
        return None if self._bus is None else self._bus.sock

    def answers(self) -> list[tuple[str, str]]:
        """What the user chose, by key; also hears what was closed and who left the bus."""
        while self._bus is not None:
            try:
                self._bus.recv_messages(timeout=0)
            except TimeoutError:
                break
            except Exception:
                self.close()
                raise
        self._hear_signals()
        chosen, self._chosen = self._chosen, []
        return chosen

    def close(self) -> None:
        """Leave the bus; what is shown stays, but its buttons lead nowhere."""
        bus, self._bus = self._bus, None
        self._forget_service()
        self._signals.clear()
        if bus is not None:
            bus.close()

    def _notify_call(self, notice: Notice, abilities: frozenset[str]) -> Message:
        title, body = fitted(notice, _TITLE, _BODY)
        if "body-markup" in abilities:
            body = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        else:  # dunst, as it is installed, reads markup and denies it: no tag may hide part of an alarm
            body = body.replace("<", "‹").replace(">", "›")  # noqa: RUF001 - meant to differ
        actions = notice.actions if "actions" in abilities else ()
        hints: dict[str, Any] = {
            "urgency": ("y", _URGENCY[notice.urgent]),
            "desktop-entry": ("s", "pkcc-tray"),
        }
        if self._picture is not None:
            with suppress(OSError):  # an upgrade has taken its file away: that is told without one
                side, rgba = self._picture()
                hints["image-data"] = ("(iiibiiay)", (side, side, 4 * side, True, 8, 4, rgba))
        arguments = (
            "pkcc-tray",
            self._ids.get(notice.key, 0),
            "",
            title,
            body,
            [clean(word) for action in actions for word in action],
            hints,
            _DEFAULT_TIME,
        )
        return new_method_call(_SERVICE, "Notify", "susssasa{sv}i", arguments)

    def _connect(self) -> None:
        if self._bus is not None:
            return
        address = session_bus_address(self._environ)
        if not address:
            raise FileNotFoundError("no session bus")
        self._bus = open_dbus_connection(address, auth_timeout=self._left())
        self._bus.sock.settimeout(self._limit_s)  # for sending; receiving has limits of its own
        self._bus.filter(MatchRule(type="signal"), queue=self._signals)
        answers = MatchRule(type="signal", sender=_NAME, interface=_NAME)
        owners = MatchRule(type="signal", sender=_BUS_NAME, interface=_BUS_NAME, member="NameOwnerChanged")
        owners.add_arg_condition(0, _NAME)
        for rule in (answers, owners):
            self._call(message_bus.AddMatch(rule))

    def _call(self, message: Message) -> tuple[Any, ...]:
        """The reply's body. Raises OSError; a bus or service that does not answer is left for a new start."""
        if self._bus is None:
            raise ConnectionResetError
        try:
            reply = self._bus.send_and_get_reply(message, timeout=self._left())
        except Exception:
            self.close()
            raise
        if reply.header.message_type is MessageType.error:
            self._forget_service()
            raise OSError(str(reply.header.fields.get(HeaderFields.error_name)))
        sender = reply.header.fields.get(HeaderFields.sender, "")
        if message.header.fields[HeaderFields.destination] == _NAME:
            if self._owner not in ("", sender):
                self._forget_service()
            self._owner = sender
        return tuple(reply.body)

    def _hear_until_now(self) -> None:
        """All that the bus passed on before its answer: a service started anew knows none of our ids."""
        self._call(message_bus.GetId())
        self._hear_signals()

    def _hear_signals(self) -> None:
        while self._signals:
            if answer := self._hear(self._signals.popleft()):
                self._chosen.append(answer)

    def _hear(self, signal: Message) -> tuple[str, str] | None:
        fields = signal.header.fields
        sender, member = fields.get(HeaderFields.sender), fields.get(HeaderFields.member)
        if sender == _BUS_NAME and member == "NameOwnerChanged":
            if signal.body[1] == self._owner:  # it has left; what is told late of an earlier one is no news
                self._forget_service()
            return None
        # Anybody may send us a signal: only the service's own count.
        if sender != self._owner or fields.get(HeaderFields.interface) != _NAME:
            return None
        key = next((key for key, shown in self._ids.items() if shown == signal.body[0]), None)
        if key is None:
            return None
        if member == "NotificationClosed":
            del self._ids[key]
        return (key, signal.body[1]) if member == "ActionInvoked" else None

    def _forget_service(self) -> None:
        self._owner = ""
        self._abilities = None
        self._ids = {}

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.0)
