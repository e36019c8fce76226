"""What every transport between commands and the tray promises: one suite, inherited by each.

Unix sockets are real here; named pipes exist on Windows only, where the same suite runs over them.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tray.ipc.client import connect
from tray.ipc.server import listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.ipc.client import Connection
    from tray.ipc.server import Listener

LONG_S = 20.0  # a limit that is never reached unless something hangs


class TransportContract:
    """Inherit, and give `target`: a name to listen at that is free."""

    @pytest.fixture
    def target(self, tmp_path: Path) -> str:
        raise NotImplementedError

    @contextmanager
    def pair(self, listener: Listener, target: str) -> Iterator[tuple[Connection, Connection]]:
        """Both ends of a conversation: the client's, the server's."""
        accepted: list[Connection | None] = []
        thread = threading.Thread(target=lambda: accepted.append(listener.accept(LONG_S)))
        thread.start()
        with closing(connect(target, time.monotonic() + LONG_S)) as client:
            thread.join(LONG_S)
            served = accepted[0]
            assert served is not None
            with closing(served):
                yield client, served

    @pytest.fixture
    def listener(self, target: str) -> Iterator[Listener]:
        listener = listen(target)
        yield listener
        listener.close()
        assert listener.accept(LONG_S) is None
        listener.dispose()

    def test_a_line_arrives_whole_and_so_does_the_answer(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as (client, served):
            client.write(b"x" * 60_000 + b"\n")
            assert served.read_line(65_536) == b"x" * 60_000 + b"\n"
            served.write(b"answer\n")
            assert client.read_line(65_536) == b"answer\n"

    def test_a_line_in_many_pieces_is_one_line(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as (client, served):
            for piece in (b"a", b"b", b"c\nd", b"\n"):
                client.write(piece)
            assert served.read_line(100) == b"abc\n"
            assert served.read_line(100) == b"d\n"

    def test_a_longer_line_than_allowed_is_refused_not_collected(
        self, listener: Listener, target: str
    ) -> None:
        for size, fits in ((9, True), (10, False), (5_000, False)):
            with self.pair(listener, target) as (client, served):
                client.write(b"x" * size + b"\n")
                assert (served.read_line(10) is not None) is fits

    def test_without_an_end_of_line_too_much_is_too_much(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as (client, served):
            client.write(b"x" * 10)
            assert served.read_line(10) is None

    def test_who_says_nothing_is_waited_for_no_longer_than_the_deadline(
        self, listener: Listener, target: str
    ) -> None:
        with self.pair(listener, target) as (_, served):
            began = time.monotonic()
            served.deadline = began + 0.1
            with pytest.raises(TimeoutError):
                served.read_line(100)
            assert 0.09 < time.monotonic() - began < 5
            with pytest.raises(TimeoutError):  # and no more from then on
                served.read_line(100)

    def test_who_does_not_read_the_answer_is_not_waited_for_either(
        self, listener: Listener, target: str
    ) -> None:
        with self.pair(listener, target) as (_, served):
            served.deadline = time.monotonic() + 0.1
            with pytest.raises(TimeoutError):
                served.write(b"x" * 60_000_000)

    def test_the_other_end_going_away_is_seen(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as (client, served):
            assert served.is_open()
            client.write(b"half a li")
            client.close()
            assert served.read_line(100) is None
            assert not served.is_open()

    def test_what_was_answered_can_be_read_after_the_server_closed(
        self, listener: Listener, target: str
    ) -> None:
        with self.pair(listener, target) as (client, served):
            served.write(b"answer\n")
            served.close()
            assert client.read_line(100) == b"answer\n"
            assert client.read_line(100) is None

    def test_both_know_that_the_other_is_the_same_user(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as (client, served):
            assert client.is_own_user()
            assert served.is_own_user()

    def test_several_talk_at_once(self, listener: Listener, target: str) -> None:
        with self.pair(listener, target) as first, self.pair(listener, target) as second:
            for number, (client, served) in enumerate((second, first)):
                client.write(b"%d\n" % number)
                assert served.read_line(10) == b"%d\n" % number

    def test_nobody_listening_is_an_error_at_once(self, target: str) -> None:
        began = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's affair
            connect(target, began + LONG_S)
        assert time.monotonic() - began < 5

    def test_closing_ends_the_wait_from_another_thread(self, target: str) -> None:
        listener = listen(target)
        answers: list[object] = []
        thread = threading.Thread(target=lambda: answers.append(listener.accept(LONG_S)))
        thread.start()
        listener.close()
        thread.join(LONG_S)
        assert answers == [None]
        listener.dispose()
        with pytest.raises(OSError):  # noqa: PT011
            connect(target, time.monotonic() + 0.2)


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets are for Linux and macOS")
class TestUnixSocket(TransportContract):
    @pytest.fixture
    def target(self, tmp_path: Path) -> str:
        tmp_path.chmod(0o700)
        return str(tmp_path / "tray.sock")


@pytest.mark.skipif(sys.platform != "win32", reason="named pipes exist on Windows only")
class TestWindowsPipe(TransportContract):
    @pytest.fixture
    def target(self, tmp_path: Path) -> str:
        return rf"\\.\pipe\pkcc-tray-test-{uuid.uuid4()}"

    def test_a_name_that_another_one_made_first_is_refused(self, listener: Listener, target: str) -> None:
        from profiles.base.errors import PkccError

        with pytest.raises(PkccError):
            listen(target)


def test_the_pipe_can_be_imported_anywhere() -> None:
    # A tray that fails to start on one system because of another one's code helps nobody.
    from tray.ipc import windows_pipe as _windows_pipe

    if sys.platform != "win32":
        with pytest.raises(NotImplementedError):
            _windows_pipe.connect("x", 0)
        with pytest.raises(NotImplementedError):
            _windows_pipe.Listener("x")
