"""Telling the user something outside the menu: at a bounded rate, without ever blocking or failing.

`Notice` and `Notifier` are what the rest of the tray sees. A `Channel` is one way to a desktop: D-Bus
(`tray.notices.bus_channel`), or whatever the icon's own system offers (`PlainChannel`).
"""

from __future__ import annotations

import logging
import math
import selectors
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tray.desktop.job_thread import report_fault
from tray.desktop.waker import Waker

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

_log = logging.getLogger("pkcc-tray")

SAME_AGAIN_S = 10.0
MOST_A_MINUTE = 5
_MINUTE_S = 60.0
# Pauses after which what could not be shown is tried again: what shows it may still be starting, or be busy.
RETRY_S = (2.0, 5.0, 15.0, 30.0, 60.0)
STOP_LIMIT_S = 2.0
# UTF-16 units, as Windows counts, with room for the zero at the end (facts/desktop); macOS shows fewer.
_PLAIN_TITLE, _PLAIN_BODY = 63, 255


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
        """Show it, sooner or later: not at all when the same was shown within 10 s."""

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


class Pace:
    """When a notice may be shown: not the same text again within 10 s, and at most five a minute. Pure.

    Urgent ones are counted by themselves: harmless changes must not hold back the alarm that follows them.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[Notice, float]] = {}
        self._times: dict[bool, list[float]] = {False: [], True: []}

    def is_repeated(self, notice: Notice, now: float) -> bool:
        """Whether the same was shown so recently that it need not be shown again."""
        last, at = self._last.get(notice.key, (None, 0.0))
        return notice == last and now - at < SAME_AGAIN_S

    def free_at(self, now: float, *, urgent: bool = False) -> float:
        """The moment from which one may be shown, as seconds of the clock that `now` is of."""
        times = self._times[urgent] = [at for at in self._times[urgent] if now - at < _MINUTE_S]
        return now if len(times) < MOST_A_MINUTE else times[-MOST_A_MINUTE] + _MINUTE_S

    def note_shown(self, notice: Notice, now: float) -> None:
        """Remember that it was shown."""
        self._last[notice.key] = notice, now
        self._times[notice.urgent].append(now)

    def forget(self, key: str) -> None:
        """A notice with that key is news again."""
        self._last.pop(key, None)


class QueuedNotifier:
    """A notifier over any channel, with a thread that starts with the first notice.

    What comes too fast waits, the newest of each key only: the last word is told, however many came before.
    What the channel cannot show waits too, and is given up after `RETRY_S`.
    """

    def __init__(
        self,
        channel: Channel,
        on_action: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel = channel
        self._on_action = on_action
        self._clock = clock
        self._pace = Pace()
        self._lock = threading.Lock()
        self._waiting: dict[str, Notice] = {}
        self._withdrawn: set[str] = set()
        self._failures = 0  # in a row, since the last news
        self._next_try = -math.inf
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._waker: Waker | None = None

    def show(self, notice: Notice) -> None:
        """Show it as soon as the pace allows."""
        with self._lock:
            if self._stopping:
                return
            self._waiting.pop(notice.key, None)
            self._waiting[notice.key] = notice
            self._failures, self._next_try = 0, -math.inf  # news is tried at once
            if self._thread is None:
                self._waker = Waker()
                self._thread = threading.Thread(
                    target=self._run, args=(self._waker,), name="notices", daemon=True
                )
                self._thread.start()
        self._wake()

    def withdraw(self, key: str) -> None:
        """Take it away."""
        with self._lock:
            if self._thread is None:
                return
            self._waiting.pop(key, None)
            self._withdrawn.add(key)
        self._wake()

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End, waiting at most `limit_s` for a desktop that does not answer."""
        with self._lock:
            self._stopping = True
            thread = self._thread
        self._wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join(limit_s)

    def _wake(self) -> None:
        if self._waker is not None:
            self._waker.wake()

    # In our own thread -------------------------------------------------------------------------------

    def _run(self, waker: Waker) -> None:
        try:
            while not self._stopping:
                self._withdraw_all()
                limit_s = self._show_allowed()
                self._attempt(self._hear)  # what came while a reply was waited for
                self._wait(waker, limit_s)
        finally:
            self._attempt(self._channel.close)
            waker.close()

    def _withdraw_all(self) -> None:
        with self._lock:
            keys, self._withdrawn = self._withdrawn, set()
        for key in keys:
            self._pace.forget(key)
            self._attempt(lambda key=key: self._channel.retract(key))  # type: ignore[misc]

    def _show_allowed(self) -> float | None:
        """Show what may be shown; seconds until more may be, None when nothing waits."""
        while not self._stopping:
            now = self._clock()
            with self._lock:
                if not self._waiting:
                    return None
                if now < self._next_try:
                    return self._next_try - now
                key = next(iter(sorted(self._waiting, key=lambda key: not self._waiting[key].urgent)))
                if self._pace.is_repeated(self._waiting[key], now):
                    del self._waiting[key]
                    continue
                left_s = self._pace.free_at(now, urgent=self._waiting[key].urgent) - now
                if left_s > 0:
                    return left_s
                notice = self._waiting.pop(key)
            if self._attempt(lambda notice=notice: self._channel.deliver(notice)):  # type: ignore[misc]
                self._pace.note_shown(notice, now)
            else:
                self._put_back(notice)
        return None

    def _put_back(self, notice: Notice) -> None:
        """Have it tried again after a pause, unless it was tried often enough, or is of no use any more."""
        with self._lock:
            if self._failures < len(RETRY_S):
                self._next_try = self._clock() + RETRY_S[self._failures]
                self._failures += 1
                if notice.key not in self._withdrawn:
                    self._waiting.setdefault(notice.key, notice)

    def _wait(self, waker: Waker, limit_s: float | None) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(waker.receiver, selectors.EVENT_READ)
            answers = self._channel.socket()
            if answers is not None:
                selector.register(answers, selectors.EVENT_READ)
            selector.select(limit_s)
        waker.words()

    def _hear(self) -> None:
        for key, action in self._channel.answers():
            try:
                self._on_action(key, action)
            except Exception as error:  # noqa: BLE001 - a fault elsewhere must not end the notices
                report_fault(error)

    def _attempt(self, work: Callable[[], None]) -> bool:
        """Whether it was possible."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a desktop does, the tray goes on
            _log.info("a notification was not possible: %s", type(error).__name__)
            return False
        return True


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


def make_notifier(
    environ: Mapping[str, str],
    on_action: Callable[[str, str], None],
    say: Callable[[str, str], None] | None = None,
    unsay: Callable[[], None] | None = None,
) -> Notifier:
    """The notifier for this system: by `say` (the icon's own) where one is given, else over D-Bus."""
    if say is not None:
        return QueuedNotifier(PlainChannel(say, unsay), on_action)
    from tray.notices.bus_channel import BusChannel

    return QueuedNotifier(BusChannel(environ), on_action)


def clean(text: str) -> str:
    """The text without what a desktop may choke on: control characters and halves of characters."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)


def fitted(notice: Notice, title_most: int, body_most: int) -> tuple[str, str]:
    """Title and body, cleaned, each in at most so many UTF-16 units.

    A title that is too long is told whole in the body: what is wrong may come after a long path.
    """
    title, body = clean(notice.title).replace("\n", " "), clean(notice.body)
    if _units(title) > title_most:
        body = f"{title}\n{body}"
    return shortened(title, title_most), shortened(body, body_most)


def shortened(text: str, most: int) -> str:
    """The text in at most `most` UTF-16 units, with "…" where something is missing."""
    if len(text) <= most and _units(text) <= most:
        return text
    text = text[:most]  # a value may be megabytes long, and each turn below reads all of it
    while _units(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
