"""What is told outside the menu reaches the user, at a bearable rate, and never takes the tray down."""

from __future__ import annotations

import itertools
import os
import queue
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from jeepney import Message
from support.desktop.notification_service import LIMIT_S, service
from support.desktop.private_bus import private_bus

from tray.notices import queued_notifier as notices
from tray.notices.bus_channel import BusChannel
from tray.notices.choose import make_notifier
from tray.notices.notice import Notice, Notifier
from tray.notices.pace import Pace
from tray.notices.plain_channel import PlainChannel
from tray.notices.queued_notifier import QueuedNotifier

DRIFT = Notice(
    "drift",
    "Changed by something else",
    "env.ANTHROPIC_BASE_URL: a → b",
    (("restore", "Restore"), ("adopt", "Adopt"), ("ignore", "Ignore")),
)

Answers = queue.SimpleQueue[tuple[str, str]]


@pytest.fixture
def answers() -> Answers:
    return queue.SimpleQueue()


@contextmanager
def running(environ: dict[str, str], answers: Answers) -> Iterator[Notifier]:
    notifier = make_notifier(environ, lambda key, action: answers.put((key, action)))
    try:
        yield notifier
    finally:
        notifier.stop()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with private_bus(tmp_path) as bus:
        yield bus.address


@pytest.fixture
def notifier(address: str, answers: Answers) -> Iterator[Notifier]:
    with running({"DBUS_SESSION_BUS_ADDRESS": address}, answers) as notifier:
        yield notifier


class Impatient:
    """A notifier whose service has a moment to answer, and whose pauses are over when a test says so."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._now = 0.0
        channel = BusChannel({"DBUS_SESSION_BUS_ADDRESS": address}, limit_s=0.2)
        self.notifier = QueuedNotifier(channel, lambda *_: None, lambda: self._now)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Let pause after pause pass until that is so."""
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline
            self._now += 100
            self.notifier.withdraw("another")  # and it looks at the clock
            time.sleep(0.05)


@pytest.fixture
def impatient(address: str) -> Iterator[Impatient]:
    its = Impatient(address)
    yield its
    its.notifier.stop()


class TestOnTheDesktop:
    def test_a_notice_is_shown_with_its_buttons_and_the_button_pressed_is_told(
        self, address: str, notifier: Notifier, answers: Answers
    ) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT)
            shown = desktop.next()
            assert (shown.title, shown.body, shown.urgency) == (DRIFT.title, DRIFT.body, 1)
            assert shown.actions == ["restore", "Restore", "adopt", "Adopt", "ignore", "Ignore"]
            desktop.emit("ActionInvoked", "us", shown.id, "restore")
            assert answers.get(timeout=LIMIT_S) == ("drift", "restore")

    def test_an_urgent_one_is_marked_so(self, address: str, notifier: Notifier) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT._replace(urgent=True))
            assert desktop.next().urgency == 2

    def test_no_name_in_it_becomes_markup(self, address: str, notifier: Notifier) -> None:
        """A profile called <img …> must not load anything or hide the rest."""
        with service(address) as desktop:
            notifier.show(Notice("a", "A & B", "<b>1</b> & 2"))
            shown = desktop.next()
            assert (shown.title, shown.body) == ("A & B", "&lt;b&gt;1&lt;/b&gt; &amp; 2")

    def test_a_desktop_that_takes_plain_text_and_no_buttons_gets_just_that(
        self, address: str, notifier: Notifier
    ) -> None:
        with service(address, "body") as desktop:
            notifier.show(DRIFT._replace(body="1 & 2"))
            shown = desktop.next()
            assert (shown.body, shown.actions) == ("1 & 2", [])

    def test_a_tag_hides_nothing_even_where_the_desktop_denies_that_it_reads_tags(
        self, address: str, notifier: Notifier
    ) -> None:
        """Seen with dunst as it is installed: a changed base URL with a tag in it was not shown as it is."""
        with service(address, "body", "actions") as desktop:
            notifier.show(DRIFT._replace(body="<span size='1'>https://evil</span>"))
            assert desktop.next().body == "‹span size='1'›https://evil‹/span›"  # noqa: RUF001

    def test_text_no_desktop_could_take_is_made_harmless(self, address: str, notifier: Notifier) -> None:
        with service(address) as desktop:
            notifier.show(Notice("a", "one\ntwo\x00\x1b[1m\udcff", "x\x00\nend" + "y" * 5_000))
            shown = desktop.next()
            assert shown.title == "one two��[1m�"
            assert shown.body.startswith("x�\nend")
            assert len(shown.body) == 1_000

    def test_a_later_one_of_the_same_key_takes_its_place(self, address: str, notifier: Notifier) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT)
            first = desktop.next()
            notifier.show(DRIFT._replace(body="other"))
            assert desktop.next().replaces == first.id
            notifier.show(Notice("error", "x", "y"))
            assert desktop.next().replaces == 0

    def test_one_that_the_user_closed_is_not_replaced_but_shown_anew(
        self, address: str, notifier: Notifier, answers: Answers
    ) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT)
            first = desktop.next()
            notifier.show(Notice("other", "x", "y"))
            other = desktop.next()
            desktop.emit("NotificationClosed", "uu", first.id, 2)
            desktop.emit("ActionInvoked", "us", other.id, "go")  # heard after the other: they are in order
            assert answers.get(timeout=LIMIT_S) == ("other", "go")
            notifier.show(DRIFT._replace(body="other"))
            assert desktop.next().replaces == 0

    def test_one_withdrawn_disappears_and_may_come_again_at_once(
        self, address: str, notifier: Notifier
    ) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT)
            first = desktop.next()
            notifier.withdraw("drift")
            assert desktop.closed.get(timeout=LIMIT_S) == first.id
            notifier.show(DRIFT)
            assert desktop.next().title == DRIFT.title

    def test_buttons_of_notices_that_are_not_ours_or_no_longer_shown_do_nothing(
        self, address: str, notifier: Notifier, answers: Answers
    ) -> None:
        with service(address) as desktop:
            notifier.show(DRIFT)
            shown = desktop.next()
            desktop.emit("ActionInvoked", "us", shown.id + 70, "restore")
            desktop.emit("NotificationClosed", "uu", shown.id, 1)
            desktop.emit("ActionInvoked", "us", shown.id, "adopt")
            notifier.show(Notice("b", "b", "b"))
            desktop.emit("ActionInvoked", "us", desktop.next().id, "last")
            assert answers.get(timeout=LIMIT_S) == ("b", "last")
            assert answers.empty()

    def test_another_program_cannot_press_our_buttons(
        self, address: str, notifier: Notifier, answers: Answers
    ) -> None:
        """A signal sent straight to us passes the bus's own filter: the sender counts."""
        from jeepney import DBusAddress, HeaderFields, new_signal
        from jeepney.io.blocking import open_dbus_connection

        with service(address) as desktop:
            notifier.show(DRIFT)
            shown = desktop.next()
            with open_dbus_connection(address) as stranger:
                path = DBusAddress(
                    "/org/freedesktop/Notifications", interface="org.freedesktop.Notifications"
                )
                forged = new_signal(path, "ActionInvoked", "us", (shown.id, "adopt"))
                forged.header.fields[HeaderFields.destination] = shown.sender
                stranger.send(forged)
                stranger.bus_proxy.GetId()  # the bus has passed it on
            desktop.emit("ActionInvoked", "us", shown.id, "restore")
            assert answers.get(timeout=LIMIT_S) == ("drift", "restore")
            assert answers.empty()

    def test_a_service_started_anew_is_asked_afresh_what_it_can_do_and_its_buttons_work(
        self, address: str
    ) -> None:
        """The channel itself, which hears of the new service by nothing but the notice that comes next."""
        channel = BusChannel({"DBUS_SESSION_BUS_ADDRESS": address})
        with service(address) as desktop:
            channel.deliver(DRIFT)
            shown = desktop.next()
            desktop.emit("ActionInvoked", "us", shown.id, "restore")
        with service(address, "body") as desktop:
            channel.deliver(DRIFT._replace(body="again"))
            shown = desktop.next()
            assert (shown.replaces, shown.body, shown.actions) == (0, "again", [])
        with service(address) as desktop:
            channel.deliver(DRIFT)
            shown = desktop.next()
            assert channel.answers() == [("drift", "restore")], "pressed before the first of them left"
            desktop.emit("ActionInvoked", "us", shown.id, "adopt")
            assert select.select([channel.socket()], [], [], LIMIT_S)[0]
            assert channel.answers() == [("drift", "adopt")]
        channel.close()

    def test_one_withdrawn_of_a_service_that_was_started_anew_closes_nobody_elses(self, address: str) -> None:
        """Its id is another program's by now; and what came next had no buttons until the next start."""
        channel = BusChannel({"DBUS_SESSION_BUS_ADDRESS": address})
        with service(address) as desktop:
            channel.deliver(DRIFT)
            desktop.next()
        with service(address) as desktop:
            channel.retract("drift")
            assert desktop.closed.empty()
            channel.deliver(DRIFT)
            assert desktop.next().actions[:2] == ["restore", "Restore"]
        channel.close()

    def test_a_service_that_is_started_anew_while_it_is_told_is_asked_what_it_can_do(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else no notice has a button any more, until the desktop starts its service once again."""
        channel = BusChannel({"DBUS_SESSION_BUS_ADDRESS": address})
        with service(address) as first, ExitStack() as second:
            channel.deliver(DRIFT)
            first.next()
            desktops = []

            def started_anew(notice: Notice, abilities: frozenset[str]) -> Message:
                monkeypatch.undo()
                first.die()
                desktops.append(second.enter_context(service(address)))
                return channel._notify_call(notice, abilities)

            monkeypatch.setattr(channel, "_notify_call", started_anew)
            for body in ("one", "two"):
                channel.deliver(DRIFT._replace(body=body))
            shown = [desktops[0].next() for _ in "12"]
            assert [len(each.actions) for each in shown] == [6, 6]
            desktops[0].emit("ActionInvoked", "us", shown[1].id, "adopt")
            assert select.select([channel.socket()], [], [], LIMIT_S)[0]
            assert channel.answers() == [("drift", "adopt")]
        channel.close()

    def test_the_bus_may_go_and_come_back(self, tmp_path: Path, answers: Answers) -> None:
        environ = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
        with running(environ, answers) as notifier:
            notifier.show(DRIFT)  # there is no bus at all
            with private_bus(tmp_path) as bus, service(bus.address) as desktop:
                notifier.show(DRIFT._replace(body="first"))
                desktop.next()
            with private_bus(tmp_path) as bus, service(bus.address) as desktop:
                notifier.show(DRIFT._replace(body="second"))
                assert desktop.next().body == "second"

    def test_a_service_that_hung_is_used_again_when_it_answers(self, impatient: Impatient) -> None:
        with service(impatient.address) as desktop:
            desktop.silent = True
            impatient.notifier.show(DRIFT)
            desktop.unanswered.get(timeout=LIMIT_S)  # now it waits for the answer
            impatient.notifier.withdraw("drift")
            desktop.silent = False
            impatient.notifier.show(Notice("later", "later", ""))
            impatient.wait_for(lambda: not desktop.shown.empty())
            assert desktop.next().title == "later"

    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"XDG_RUNTIME_DIR": "/nowhere"},
            {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"},
            {"DBUS_SESSION_BUS_ADDRESS": "tcp:host=localhost,port=1"},
            {"DBUS_SESSION_BUS_ADDRESS": "nonsense"},
        ],
    )
    def test_without_a_session_bus_nothing_happens_and_nothing_fails(
        self, environ: dict[str, str], answers: Answers
    ) -> None:
        with running(environ, answers) as notifier:
            notifier.show(DRIFT)
            notifier.withdraw("drift")

    def test_without_a_service_on_the_bus_nothing_fails(self, address: str, notifier: Notifier) -> None:
        notifier.show(DRIFT)
        with service(address) as desktop:
            notifier.show(DRIFT._replace(body="now"))
            titles = [desktop.next().body]
            if titles == [DRIFT.body]:  # the service was there before the first was tried
                titles.append(desktop.next().body)
            assert titles[-1] == "now"

    def test_an_alarm_for_a_service_that_was_too_slow_is_shown_when_it_answers(
        self, impatient: Impatient
    ) -> None:
        with service(impatient.address) as desktop:
            desktop.silent = True
            impatient.notifier.show(DRIFT)
            impatient.notifier.show(DRIFT._replace(key="other", title="no more"))
            desktop.unanswered.get(timeout=LIMIT_S)
            impatient.notifier.withdraw("other")
            impatient.wait_for(lambda: not desktop.unanswered.empty())  # it was given up, and tried again
            desktop.silent = False
            impatient.notifier.show(DRIFT._replace(key="last", title="last"))
            impatient.wait_for(lambda: desktop.shown.qsize() == 2)
            assert {desktop.next().title for _ in range(2)} == {DRIFT.title, "last"}

    def test_the_bus_of_the_runtime_directory_is_found_without_the_variable(
        self, address: str, tmp_path: Path, answers: Answers
    ) -> None:
        environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
        with service(address) as desktop, running(environ, answers) as notifier:
            notifier.show(DRIFT)
            desktop.next()

    def test_a_fault_in_what_a_button_does_is_reported_and_later_buttons_work(
        self, address: str, answers: Answers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reported: queue.SimpleQueue[threading.ExceptHookArgs] = queue.SimpleQueue()
        monkeypatch.setattr(threading, "excepthook", reported.put)

        def act(key: str, action: str) -> None:
            if action == "restore":
                raise ValueError(action)
            answers.put((key, action))

        notifier = make_notifier({"DBUS_SESSION_BUS_ADDRESS": address}, act)
        with service(address) as desktop:
            notifier.show(DRIFT)
            shown = desktop.next()
            desktop.emit("ActionInvoked", "us", shown.id, "restore")
            assert reported.get(timeout=LIMIT_S).exc_type is ValueError
            desktop.emit("ActionInvoked", "us", shown.id, "adopt")
            assert answers.get(timeout=LIMIT_S) == ("drift", "adopt")
        notifier.stop()

    def test_it_leaves_no_thread_and_no_descriptor(self, address: str, answers: Answers) -> None:
        threads = threading.active_count()
        with service(address) as desktop:
            handles = len(os.listdir("/proc/self/fd"))
            for _ in range(20):
                with running({"DBUS_SESSION_BUS_ADDRESS": address}, answers) as notifier:
                    notifier.show(DRIFT)
                    desktop.next()
            assert len(os.listdir("/proc/self/fd")) == handles
        assert threading.active_count() == threads


class Recorder:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.shown: queue.SimpleQueue[Notice] = queue.SimpleQueue()

    def deliver(self, notice: Notice) -> None:
        self.shown.put(notice)

    def retract(self, key: str) -> None:
        self.shown.put(Notice(key, "retracted", ""))

    def socket(self) -> None:
        return None

    def answers(self) -> list[tuple[str, str]]:
        return []

    def close(self) -> None:
        pass


class Moody(Recorder):
    """A channel of a desktop that cannot show notices until it `works`."""

    def __init__(self) -> None:
        super().__init__()
        self.works = False
        self._events: queue.SimpleQueue[str] = queue.SimpleQueue()

    def tried(self) -> str:
        """The next notice that could not be shown, once all is done about that."""
        key = ""
        while not key:
            key = self._events.get(timeout=LIMIT_S)
        while self._events.get(timeout=LIMIT_S):
            pass
        return key

    def deliver(self, notice: Notice) -> None:
        if not self.works:
            self._events.put(notice.key)
            raise OSError
        super().deliver(notice)

    def retract(self, key: str) -> None:
        pass

    def socket(self) -> None:
        self._events.put("")  # it waits now


class TestRate:
    def test_the_same_again_is_news_after_ten_seconds_only(self) -> None:
        pace = Pace()
        pace.note_shown(DRIFT, 100.0)
        assert pace.is_repeated(DRIFT, 109.9)
        assert not pace.is_repeated(DRIFT, 110.0)
        assert not pace.is_repeated(DRIFT._replace(body="other"), 100.1)
        assert not pace.is_repeated(DRIFT._replace(key="other"), 100.1)

    def test_after_five_in_a_minute_the_next_waits_for_the_minute_to_pass(self) -> None:
        pace = Pace()
        for second in range(5):
            assert pace.free_at(second) == second
            pace.note_shown(DRIFT._replace(body=str(second)), second)
        assert pace.free_at(4.5) == 60.0
        assert pace.free_at(60.0) == 60.0

    def test_urgent_ones_have_a_count_of_their_own(self) -> None:
        """Else five harmless changes buy a thief a minute."""
        pace = Pace()
        for second in range(5):
            pace.note_shown(DRIFT._replace(body=str(second)), second)
            assert pace.free_at(second, urgent=True) == second
        for second in range(5):
            pace.note_shown(DRIFT._replace(body=str(second), urgent=True), second)
        assert pace.free_at(4.5, urgent=True) == 60.0

    def test_what_came_too_fast_is_told_later_the_newest_of_it_and_the_urgent_first(
        self,
    ) -> None:
        """Five harmless changes must not be a way to hide the sixth."""
        channel, now = Recorder(), [0.0]
        notifier = QueuedNotifier(channel, lambda *_: None, lambda: now[0])
        for number in range(5):
            notifier.show(Notice(f"key {number}", "x", "y"))
        assert [channel.shown.get(timeout=LIMIT_S).key for _ in range(5)] == [f"key {n}" for n in range(5)]
        notifier.show(Notice("chatter", "x", "y"))
        notifier.show(Notice("drift", "old", ""))
        notifier.show(Notice("drift", "new", "", urgent=True))
        assert channel.shown.get(timeout=LIMIT_S).title == "new"
        now[0] = 59.0
        for _ in range(2):  # with the second it has done all that the first made it do
            notifier.withdraw("another")  # and it looks at the clock
            assert channel.shown.get(timeout=LIMIT_S).key == "another"
        now[0] = 60.0
        notifier.withdraw("another")
        assert {channel.shown.get(timeout=LIMIT_S).key for _ in range(2)} == {"another", "chatter"}
        notifier.stop()
        assert channel.shown.empty()

    def test_one_withdrawn_before_its_turn_is_never_shown(self) -> None:
        channel, now = Recorder(), [0.0]
        notifier = QueuedNotifier(channel, lambda *_: None, lambda: now[0])
        for number in range(6):
            notifier.show(Notice(f"key {number}", "x", "y"))
        for _ in range(5):
            channel.shown.get(timeout=LIMIT_S)
        notifier.withdraw("key 5")
        assert channel.shown.get(timeout=LIMIT_S) == Notice("key 5", "retracted", "")
        now[0] = 60.0
        notifier.show(Notice("key 6", "x", "y"))
        assert channel.shown.get(timeout=LIMIT_S).key == "key 6"
        notifier.stop()
        assert channel.shown.empty()

    def test_news_is_tried_at_once_and_as_often_as_what_came_before(self) -> None:
        """An alarm would wait a minute, or be dropped, for a notice that could not be shown earlier."""
        channel, now = Moody(), [0.0]
        notifier = QueuedNotifier(channel, lambda *_: None, lambda: now[0])
        notifier.show(Notice("first", "x", "y"))
        for _ in notices.RETRY_S:
            assert channel.tried() == "first"
            now[0] += 100  # every pause is over
            notifier.withdraw("another")  # and it looks at the clock
        assert channel.tried() == "first", "for the last time"
        notifier.show(Notice("second", "x", "y"))
        assert channel.tried() == "second"
        channel.works = True  # the clock stands still from here on: no pause is over
        notifier.show(Notice("third", "x", "y"))
        assert [channel.shown.get(timeout=LIMIT_S).key for _ in range(2)] == ["second", "third"]
        notifier.stop()

    def test_a_desktop_that_hangs_blocks_nobody(self) -> None:
        class Hanging(Recorder):
            def deliver(self, notice: Notice) -> None:
                super().deliver(notice)
                over.wait(LIMIT_S)

        channel, over = Hanging(), threading.Event()
        notifier = QueuedNotifier(channel, lambda *_: None)
        began = time.monotonic()
        notifier.show(DRIFT)
        channel.shown.get(timeout=LIMIT_S)
        notifier.show(DRIFT._replace(title="other"))
        notifier.withdraw("drift")
        notifier.stop(limit_s=0.1)
        assert time.monotonic() - began < LIMIT_S
        over.set()
        assert notices.STOP_LIMIT_S <= 2

    def test_a_flood_of_the_same_is_one(self) -> None:
        channel = Recorder()
        notifier = QueuedNotifier(channel, lambda *_: None)
        for _ in range(1_000):
            notifier.show(DRIFT)
        notifier.show(Notice("end", "", ""))
        found = [channel.shown.get(timeout=LIMIT_S).key for _ in range(2)]
        assert found == ["drift", "end"]
        notifier.stop()


class TestPlain:
    """macOS and Windows: the icon's own system shows them."""

    def test_texts_fit_and_there_is_always_a_title(self) -> None:
        said: list[tuple[str, str]] = []
        channel = PlainChannel(lambda title, body: said.append((title, body)))
        channel.deliver(Notice("a", "t" * 100, "😀" * 200))
        channel.deliver(Notice("b", "", ""))
        channel.deliver(Notice("c", "t" * 63, "b" * 255))
        # What the title has no room for is in the body: what is wrong may come after a long path.
        assert said[0] == ("t" * 62 + "…", "t" * 100 + "\n" + "😀" * 76 + "…")
        assert said[1] == ("pkcc-tray", " ")
        assert said[2] == ("t" * 63, "b" * 255)
        for title, body in said:
            assert len(title.encode("utf-16-le")) < 2 * 64
            assert len(body.encode("utf-16-le")) < 2 * 256

    def test_only_the_one_shown_is_taken_away(self) -> None:
        taken: list[str] = []
        channel = PlainChannel(lambda *_: None, lambda: taken.append("away"))
        channel.deliver(Notice("a", "t", "b"))
        channel.retract("other")
        assert taken == []
        channel.retract("a")
        assert taken == ["away"]

    @pytest.mark.parametrize("error", [RuntimeError, OSError, NotImplementedError])
    def test_a_system_that_cannot_show_any_is_no_failure(self, error: type[Exception]) -> None:
        tried: queue.SimpleQueue[str] = queue.SimpleQueue()

        def say(title: str, _body: str) -> None:
            tried.put(title)
            raise error

        clock = itertools.count(0, 100)  # no pause is any
        notifier = QueuedNotifier(PlainChannel(say), lambda *_: None, lambda: next(clock))
        notifier.show(Notice("a", "first", ""))
        notifier.show(Notice("b", "second", ""))
        assert tried.get(timeout=LIMIT_S) == "first"
        while tried.get(timeout=LIMIT_S) != "second":  # the first may be tried again before
            pass
        notifier.stop()
