"""The end of the desktop session: without noticing it, a tray stays behind and blocks the next one."""

from __future__ import annotations

import queue
import resource
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tray.desktop.session_end import PAUSE_S, SessionEnd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="displays of Linux")

LIMIT_S = 10.0


class Display:
    """A display server's socket, as far as somebody who only holds a connection sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clients: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def next(self) -> socket.socket:
        return self.clients.get(timeout=LIMIT_S)

    def end(self) -> None:
        """As at logout: nothing listens any more, and anyone who is connected hears of it."""
        self.path.unlink(missing_ok=True)
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                self.clients.put(self._listening.accept()[0])
            except OSError:
                return


@pytest.fixture
def directory() -> Iterator[Path]:
    """Short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="pkcc"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def display(directory: Path) -> Iterator[Display]:
    its = Display(directory / "wayland-9")
    yield its
    if its.path.exists():
        its.end()
    with suppress(queue.Empty):
        while True:
            its.clients.get_nowait().close()


def watching(path: Path, pause_s: float = PAUSE_S) -> tuple[SessionEnd, threading.Event]:
    ended = threading.Event()
    its = SessionEnd({"WAYLAND_DISPLAY": str(path)}, ended.set, pause_s)
    its.start()
    return its, ended


def test_the_display_s_end_is_the_session_s_end(display: Display) -> None:
    _, ended = watching(display.path)
    client = display.next()
    assert not ended.is_set()
    display.end()
    client.close()
    assert ended.wait(LIMIT_S)


def test_a_display_that_drops_the_silent_is_still_there(display: Display) -> None:
    """X servers end a connection that says nothing after a minute."""
    its, ended = watching(display.path)
    display.next().close()
    client = display.next()  # connected again
    assert not ended.is_set()
    its.stop()
    client.close()


def test_a_display_that_has_no_room_is_not_asked_without_a_pause(display: Display) -> None:
    """It drops everybody at once, for as long as too many are connected."""
    its, ended = watching(display.path, pause_s=0.2)
    began, before, dropped = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF), 0
    while time.monotonic() < began + 0.5:
        try:
            display.clients.get(timeout=0.1).close()
        except queue.Empty:
            continue
        dropped += 1
    after = resource.getrusage(resource.RUSAGE_SELF)
    its.stop()
    assert not ended.is_set()
    assert 1 <= dropped <= 4
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_what_the_display_says_is_passed_over(display: Display) -> None:
    _, ended = watching(display.path)
    client = display.next()
    client.sendall(b"x" * 100_000)
    assert not ended.wait(0.05)
    display.end()
    client.close()
    assert ended.wait(LIMIT_S)


def test_stopping_ends_the_wait_and_nothing_else(display: Display) -> None:
    its, ended = watching(display.path)
    client = display.next()
    its.stop()
    assert client.recv(1) == b""  # it hung up
    its.stop()
    assert not ended.wait(0.05)
    assert display.clients.empty()  # nor did it connect again
    client.close()


@pytest.mark.parametrize("name", ["nowhere", "", "a-file"])
def test_without_a_display_nothing_ends(directory: Path, name: str) -> None:
    (directory / "a-file").write_text("")
    ended = threading.Event()
    its = SessionEnd({"WAYLAND_DISPLAY": str(directory / name)} if name else {}, ended.set)
    its.start()
    assert not ended.wait(0.05)
    its.stop()
