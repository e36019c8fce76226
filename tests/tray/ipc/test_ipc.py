"""The tray's serving side against everything that a broken or hostile program can do to it."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from profiles.base.errors import ConflictError, NotUnlockedError, PkccError, StrangerError
from profiles.base.locations import Locations, find_locations
from tray.ipc.address import MAX_LINE, TALK_LIMIT_S, address, greeting
from tray.ipc.client import HELLO_LIMIT_S, Answer, ask
from tray.ipc.server import MAX_SERVED, DeclinedError, Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these speak to a Unix socket directly")

HELLO = b'{"v":1,"do":"hello"}\n'
LONG_S = 20.0
Serve = Callable[..., Server]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "own")}


@pytest.fixture
def locations(environ: dict[str, str]) -> Locations:
    return find_locations(environ)


@pytest.fixture
def path(locations: Locations, environ: dict[str, str]) -> str:
    return address(locations, environ)


@pytest.fixture
def serve(path: str, locations: Locations, environ: dict[str, str]) -> Iterator[Serve]:
    """Starts a server with a handler; by default one that says hello."""
    started: list[Server] = []

    def start(handler: Any = lambda _: {"text": "hello"}, asking: Any = lambda: False) -> Server:
        server = Server(path, greeting(locations, environ), handler, asking)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


def dial(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(LONG_S)
    try:
        sock.connect(path)
    except OSError:
        sock.close()
        raise
    return sock


def read_all(sock: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    data = b""
    with suppress(ConnectionResetError):
        while more := sock.recv(65_536):
            data += more
    return data


def hears(path: str) -> bool:
    """Whether an orderly client is served."""
    with suppress(BlockingIOError), dial(path) as sock:
        with suppress(BrokenPipeError):
            sock.sendall(HELLO)
        return b'"text":"hello"' in read_all(sock)
    return False  # nobody came to the door in time


def test_one_line_each_way_after_the_greeting(
    serve: Serve, path: str, locations: Locations, environ: dict[str, str]
) -> None:
    serve()
    with dial(path) as sock:
        sock.sendall(HELLO)
        greeted, answered, rest = read_all(sock).split(b"\n")
    assert greeted + b"\n" == greeting(locations, environ)
    assert json.loads(greeted).keys() == {"v", "version", "place"}
    assert json.loads(answered) == {"v": 1, "ok": True, "text": "hello", "notes": ""}
    assert rest == b""


def test_any_text_comes_back_as_it_was(serve: Serve, locations: Locations, environ: dict[str, str]) -> None:
    # The client reads answers by hand, for speed: that must not cost a quote, a line or a key.
    texts = [
        "",
        "plain\n",
        'quo"te \\ back\\\\slash\n\t\r',
        "ключ 🔑 \x00\x7f\u2028",
        '","notes":"x"}\n',
        "}" * 99,
    ]
    serve(lambda request: {"text": request["name"], "notes": [request["name"][:3], "second"]})
    for text in texts:
        answer = ask(locations, environ, "key", {"name": text})
        assert answer is not None
        assert answer.text == text
    assert ask(locations, environ, "key", {"name": "a note"}) == Answer("a note", ("a n", "second"))


MALFORMED = {
    "no JSON": b"hello\n",
    "nothing": b"\n",
    "not an object": b"[1]\n",
    "no version": b'{"do":"hello"}\n',
    "another version": b'{"v":2,"do":"hello"}\n',
    "a version that is true": b'{"v":"1","do":"hello"}\n',
    "nothing to do": b'{"v":1}\n',
    "a number to do": b'{"v":1,"do":1}\n',
    "a name that is no text": b'{"v":1,"do":"hello","name":{}}\n',
    "not UTF-8": b'{"v":1,"do":"\xff\xfe"}\n',
    "deeply nested": b"[" * 60_000 + b"\n",
    "a huge number": b'{"v":' + b"1" * 10_000 + b',"do":"hello"}\n',
    "NUL bytes": b"\0" * 1_000 + b"\n",
}


@pytest.mark.parametrize("line", MALFORMED.values(), ids=MALFORMED.keys())
def test_nonsense_is_dropped_without_harm(serve: Serve, path: str, line: bytes) -> None:
    serve()
    with dial(path) as sock:
        sock.sendall(line)
        assert b'"ok":true' not in read_all(sock)
    assert hears(path)


def test_more_than_64_kb_is_dropped_when_it_is_too_much_not_when_it_ends(serve: Serve, path: str) -> None:
    serve()
    with dial(path) as sock:
        began = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(b"x" * 10_000_000)
        assert read_all(sock).count(b"\n") <= 1
        assert time.monotonic() - began < TALK_LIMIT_S / 2
    with dial(path) as sock:  # the longest that is allowed
        line = HELLO.rstrip(b"}\n") + b',"name":"' + b"x" * (MAX_LINE - len(HELLO) - 10) + b'"}\n'
        assert len(line) == MAX_LINE
        sock.sendall(line)
        assert b'"ok":true' in read_all(sock)


def test_an_answer_that_is_too_long_is_not_sent(
    serve: Serve, locations: Locations, environ: dict[str, str]
) -> None:
    serve(lambda _: {"text": "x" * MAX_LINE})
    assert ask(locations, environ, "status") is None


def test_the_slow_are_dropped_after_2_seconds_and_hold_up_nobody(serve: Serve, path: str) -> None:
    serve()
    began = time.monotonic()
    with dial(path) as slow, dial(path) as silent:
        ended = threading.Event()

        def drip() -> None:
            with suppress(OSError):
                while not ended.wait(0.05):
                    slow.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert hears(path)
        assert time.monotonic() - began < 1
        for sock in (slow, silent):
            assert read_all(sock).count(b"\n") == 1  # the greeting and no more
            assert TALK_LIMIT_S - 0.5 < time.monotonic() - began < TALK_LIMIT_S + 3
        ended.set()
        dripping.join()
    assert hears(path)


def test_at_most_16_are_served_at_once_and_the_next_is_refused_at_once(serve: Serve, path: str) -> None:
    serve()
    with ExitStack() as stack:
        held = [stack.enter_context(dial(path)) for _ in range(MAX_SERVED)]
        for sock in held:
            assert sock.recv(1)  # each is being served
        began = time.monotonic()
        with dial(path) as refused:
            assert read_all(refused) == b""
        assert time.monotonic() - began < 1
    deadline = time.monotonic() + LONG_S
    while not hears(path):  # they hung up, and that is noticed by their threads
        assert time.monotonic() < deadline


def test_a_thousand_connections_leave_nothing_behind(serve: Serve, path: str) -> None:
    serve()
    assert hears(path)
    threads, descriptors = threading.active_count(), len(os.listdir("/dev/fd"))
    for _ in range(10):
        with ExitStack() as stack:
            for _ in range(100):
                with suppress(BlockingIOError):
                    stack.enter_context(dial(path))
    deadline = time.monotonic() + LONG_S
    while not hears(path) or threading.active_count() > threads + 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    while len(os.listdir("/dev/fd")) > descriptors:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_half_open_is_taken_for_gone(path: str, locations: Locations, environ: dict[str, str]) -> None:
    # A command that gave up did its work itself: done once more, an old switch would undo a new one.
    done: list[str] = []
    server = Server(path, greeting(locations, environ), lambda request: done.append(request["name"]) or {})
    with dial(path) as gave_up, dial(path) as waits:
        gave_up.sendall(b'{"v":1,"do":"switch","name":"old"}\n')
        gave_up.shutdown(socket.SHUT_WR)
        waits.sendall(b'{"v":1,"do":"switch","name":"new"}\n')
        server.start()  # it was hung until now
        assert read_all(gave_up).count(b"\n") == 1
        assert read_all(waits).count(b"\n") == 2
    server.stop()
    assert done == ["new"]


def fails(error: Exception) -> Callable[[object], dict[str, Any]]:
    def handler(_: object) -> dict[str, Any]:
        raise error

    return handler


@pytest.mark.parametrize(
    "error",
    [DeclinedError("no"), ConflictError("in the way", "wait"), KeyError("pk-CANARY"), OSError("pk-CANARY")],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_handler_raises_the_command_works_alone_and_the_tray_goes_on(
    serve: Serve,
    path: str,
    locations: Locations,
    environ: dict[str, str],
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = serve(fails(error))
    assert ask(locations, environ, "hello") is None
    with dial(path) as sock:
        sock.sendall(HELLO)
        answer = read_all(sock)
    assert b'"ok": false' in answer or b'"ok":false' in answer
    assert b"CANARY" not in answer
    assert "CANARY" not in caplog.text
    server.stop()


def test_what_comes_in_and_goes_out_is_never_logged(
    serve: Serve, locations: Locations, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    serve(lambda _: {"text": "pk-CANARY\n"})
    answer = ask(locations, environ, "key", {"name": "CANARY-name"})
    assert answer is not None
    assert "CANARY" not in caplog.text


# Where it listens ---------------------------------------------------------------------------------------


def test_only_the_user_can_reach_it(serve: Serve, path: str) -> None:
    before = os.umask(0)
    try:
        serve()
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.lstat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.lstat(Path(path).parent).st_mode) == 0o700
    assert os.umask(before) == before  # and nobody else's files are affected


def test_what_lies_in_its_place_is_replaced_and_a_link_never_followed(
    serve: Serve, path: str, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    Path(path).parent.mkdir(mode=0o700, parents=True)
    for make in (
        lambda: os.symlink(victim, path),
        lambda: Path(path).write_text("made before"),
        lambda: stale(path),
        lambda: os.symlink(tmp_path / "nowhere", path),
    ):
        make()
        server = serve()
        assert hears(path)
        server.stop()
        assert not os.path.lexists(path)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def stale(path: str) -> None:
    """What a tray leaves that was killed."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)


def test_a_directory_in_its_place_is_told_and_left_alone(serve: Serve, path: str) -> None:
    os.makedirs(path)
    with pytest.raises(PkccError) as caught:
        serve()
    assert path in caught.value.title
    assert caught.value.hint.startswith("Everything else works")
    assert os.path.isdir(path)


def test_a_run_directory_that_is_a_link_is_refused(serve: Serve, path: str, tmp_path: Path) -> None:
    # Anyone who can place the link would otherwise choose where keys are handed out.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    parent = Path(path).parent
    parent.parent.mkdir(parents=True)
    parent.symlink_to(elsewhere)
    with pytest.raises(PkccError, match="not a directory of yours alone"):
        serve()
    assert list(elsewhere.iterdir()) == []


def test_stopping_takes_the_socket_away_but_not_that_of_a_successor(serve: Serve, path: str) -> None:
    first = serve()
    second = serve()  # as after the first one's lock was lost
    first.stop()
    assert hears(path)
    second.stop()
    assert not os.path.lexists(path)


def test_what_is_under_way_is_still_answered_when_it_stops(
    serve: Serve, locations: Locations, environ: dict[str, str]
) -> None:
    stopping = threading.Event()

    def handler(_: object) -> dict[str, Any]:
        stopping.set()
        time.sleep(0.1)  # the work of a switch
        return {"text": "done"}

    server = serve(handler)
    stopper = threading.Thread(target=lambda: stopping.wait(LONG_S) and server.stop())
    stopper.start()
    assert ask(locations, environ, "switch") == Answer("done", ())
    stopper.join()


def test_stopping_waits_for_no_silent_client(serve: Serve, path: str) -> None:
    server = serve()
    with dial(path) as silent:
        assert silent.recv(1)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < TALK_LIMIT_S - 0.5


def test_a_path_too_long_for_a_socket_has_a_short_stand_in(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    environ = {"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(deep)}
    locations = find_locations(environ)
    path = address(locations, environ)
    assert path.startswith(f"/tmp/pkcc-{os.getuid()}/")
    server = Server(path, greeting(locations, environ), lambda _: {"text": "hello"})
    server.start()
    try:
        assert ask(locations, environ, "hello") == Answer("hello", ())
        assert stat.S_IMODE(os.stat(Path(path).parent).st_mode) == 0o700
    finally:
        server.stop()
    with suppress(OSError):
        Path(path).parent.rmdir()


# Other users --------------------------------------------------------------------------------------------

NOBODY = 65_534


def as_nobody(work: Callable[[], bytes]) -> tuple[Callable[[], None], Callable[[], bytes]]:
    """A process of another user: a function that lets it go on, and one that waits for what it found."""
    if os.getuid() != 0:
        pytest.skip("becoming another user takes root")
    go_read, go_write = os.pipe()
    found_read, found_write = os.pipe()
    child = os.fork()  # before any thread was started
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.read(go_read, 1)
            os.write(found_write, work())
        finally:
            os._exit(0)
    os.close(found_write)

    def wait() -> bytes:
        os.waitpid(child, 0)
        with os.fdopen(found_read, "rb") as file:
            return file.read()

    def go() -> None:
        os.write(go_write, b"1")
        os.close(go_write)
        os.close(go_read)

    return go, wait


@pytest.fixture
def common_directory() -> Iterator[Path]:
    """A directory that every user can enter."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        os.chmod(name, 0o777)
        yield Path(name)


def test_another_user_s_process_is_refused_even_where_it_can_reach_the_socket(
    common_directory: Path, locations: Locations, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    path = str(common_directory / "run" / "tray.sock")

    def try_it() -> bytes:
        with dial(path) as sock:
            with suppress(OSError):
                sock.sendall(b'{"v":1,"do":"key","name":"work"}\n')
            return b"got:" + read_all(sock)

    go, wait = as_nobody(try_it)
    server = Server(path, greeting(locations, environ), lambda _: {"text": "pk-CANARY"})
    os.chmod(Path(path).parent, 0o755)
    os.chmod(path, 0o777)
    server.start()
    go()
    assert wait() == b"got:"
    server.stop()
    assert "another user's process" in caplog.text


def test_another_user_s_tray_is_told_nothing(common_directory: Path) -> None:
    environ = {"HOME": str(common_directory), "PKCC_CONFIG_DIR": str(common_directory)}
    locations = find_locations(environ)
    path = address(locations, environ)
    Path(path).parent.mkdir(parents=True)
    listener = socket.socket(socket.AF_UNIX)

    def pose() -> bytes:
        with listener:
            listener.bind(path)
            listener.listen()
            os.write(ready_write, b"1")
            client, _ = listener.accept()
            with client:
                client.settimeout(LONG_S)
                with suppress(OSError):
                    client.sendall(greeting(locations, environ))
                return b"got:" + read_all(client)

    ready_read, ready_write = os.pipe()
    for directory in (Path(path).parent, Path(path).parent.parent):
        directory.chmod(0o777)
    go, wait = as_nobody(pose)
    listener.close()
    go()
    assert os.read(ready_read, 1) == b"1"
    assert ask(locations, environ, "key", {"name": "CANARY"}) is None
    assert wait() == b"got:"
    for descriptor in (ready_read, ready_write):
        os.close(descriptor)


# The client against servers that are not well ----------------------------------------------------------


@pytest.fixture
def pose_as(path: str) -> Iterator[Callable[[bytes, bytes], list[bytes]]]:
    """A stand-in for a tray: greets with the first text, answers with the second; collects what it got."""
    Path(path).parent.mkdir(parents=True, mode=0o700)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    listener.settimeout(LONG_S)
    clients: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def pose(greets: bytes, answers: bytes) -> list[bytes]:
        got: list[bytes] = []

        def talk() -> None:
            client, _ = listener.accept()
            clients.append(client)
            client.settimeout(LONG_S)
            with suppress(OSError):
                client.sendall(greets)
                got.append(client.recv(65_536))
                client.sendall(answers)
                if answers:
                    client.shutdown(socket.SHUT_WR)

        threads.append(threading.Thread(target=talk))
        threads[-1].start()
        return got

    yield pose
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    listener.close()


def test_a_tray_that_does_not_greet_costs_300_ms_and_gets_nothing(
    pose_as: Callable[[bytes, bytes], list[bytes]], locations: Locations, environ: dict[str, str]
) -> None:
    got = pose_as(b"", b"")
    began = time.monotonic()
    assert ask(locations, environ, "key", {"name": "CANARY"}) is None
    assert HELLO_LIMIT_S - 0.05 < time.monotonic() - began < HELLO_LIMIT_S + 1
    assert b"".join(got) == b""


def test_a_listener_that_never_accepts_costs_300_ms(
    path: str, locations: Locations, environ: dict[str, str]
) -> None:
    Path(path).parent.mkdir(parents=True, mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener, ExitStack() as stack:
        listener.bind(path)
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(path)
        began = time.monotonic()
        assert ask(locations, environ, "hello") is None
        assert time.monotonic() - began < HELLO_LIMIT_S + 1


def test_a_tray_that_hangs_while_answering_costs_2_seconds(
    pose_as: Callable[[bytes, bytes], list[bytes]],
    locations: Locations,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert TALK_LIMIT_S == 2
    monkeypatch.setattr("tray.ipc.client.TALK_LIMIT_S", 0.4)
    pose_as(greeting(locations, environ), b"")
    began = time.monotonic()
    assert ask(locations, environ, "hello") is None
    assert 0.3 < time.monotonic() - began < 2.4


def test_another_version_or_place_is_asked_nothing(
    pose_as: Callable[[bytes, bytes], list[bytes]],
    locations: Locations,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = greeting(locations, environ)
    others = [own.replace(b'"v":1', b'"v":2'), b"x" * 70_000, b"\n"]
    others.append(greeting(locations._replace(settings_path="/elsewhere/settings.json"), environ))
    others += [greeting(locations, {**environ, **extra}) for extra in ({"PKCC_SECRETS": "keyring"},)]
    others.append(greeting(locations, {**environ, "PKCC_VAULT_PASSPHRASE": "CANARY"}))
    monkeypatch.setattr("tray.ipc.address.__version__", "99.0")
    others.append(greeting(locations, environ))
    monkeypatch.undo()
    assert own not in others
    assert b"CANARY" not in b"".join(others)
    for other in others:
        got = pose_as(other, b"")
        assert ask(locations, environ, "key", {"name": "CANARY"}) is None
        assert b"".join(got) == b""


class Signs:
    """Counts the signs of life that a server gives, as what it asks before each; `enough` after that many."""

    def __init__(self, count: int, question_from: int) -> None:
        self.given = 0
        self.enough = threading.Event()
        self._count = count
        self._question_from = question_from

    def asking(self) -> bool:
        self.given += 1
        if self.given >= self._count:
            self.enough.set()
        return self.given >= self._question_from

    def slow(self, request: dict[str, str]) -> dict[str, str]:
        assert self.enough.wait(LONG_S)
        return {"text": "done"}


def test_an_answer_that_takes_long_is_waited_for_while_the_tray_lives(
    serve: Serve, locations: Locations, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow keyring: given up after 2 s, the command did it all once more, and said "active already"."""
    monkeypatch.setattr("tray.ipc.server.SIGN_OF_LIFE_S", 0.1)
    monkeypatch.setattr("tray.ipc.client.TALK_LIMIT_S", 0.5)
    signs = Signs(10, question_from=99)
    serve(signs.slow, signs.asking)
    assert ask(locations, environ, "switch", {"name": "x"}) == ("done", (), None)


def test_the_user_is_told_of_a_question_once_and_not_of_mere_work(
    serve: Serve, locations: Locations, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray.ipc.server.SIGN_OF_LIFE_S", 0.01)
    signs = Signs(9, question_from=4)
    serve(signs.slow, signs.asking)
    told: list[int] = []
    answer = ask(locations, environ, "switch", {"name": "x"}, lambda: told.append(signs.given))
    assert answer == ("done", (), None)
    assert len(told) == 1
    assert told[0] >= 4


def test_signs_of_life_without_end_are_not_waited_for_for_ever(
    serve: Serve, locations: Locations, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tray whose work hangs, but not its signs, must not take the command with it."""
    monkeypatch.setattr("tray.ipc.server.SIGN_OF_LIFE_S", 0.02)
    monkeypatch.setattr("tray.ipc.client.WAIT_LIMIT_S", 0.3)
    signs = Signs(10_000, question_from=0)
    serve(signs.slow, signs.asking)
    began = time.monotonic()
    assert ask(locations, environ, "switch", {"name": "x"}) is None
    assert 0.25 < time.monotonic() - began < 5
    signs.enough.set()


@pytest.mark.parametrize("error", [NotUnlockedError("not unlocked", "unlock it"), StrangerError("no", "")])
def test_a_refusal_is_an_answer(
    serve: Serve, locations: Locations, environ: dict[str, str], error: PkccError
) -> None:
    """A command that tried alone would open the window again that its user has just closed."""

    def refuse(request: dict[str, str]) -> dict[str, str]:
        raise error

    serve(refuse)
    answer = ask(locations, environ, "key", {"name": "x"})
    assert answer is not None
    assert answer.error is not None
    assert (answer.error.title, answer.error.hint) == (error.title, error.hint)
    assert answer.error.exit_code == error.exit_code


STRANGE = [
    b"",
    b"\n",
    b'{"v":1,"ok":true}\n',
    b'{"v":1,"ok":false,"why":"x"}\n',
    b'{"v":2,"ok":true,"text":"x","notes":""}\n',
    b'{"v":1,"ok":true,"text":"x","notes":""',
    b'{"v":1,"ok":true,"text":"x","notes":""}x\n',
    b'{"v":1,"ok":true,"text":"x\n',
    b'{"v":1,"ok":true,"text":"\\q","notes":""}\n',
    b'{"v":1,"ok":true,"text":"x","notes":"\xff"}\n',
    b'{"v":1,"ok":true,"text":1,"notes":""}\n',
    b'{"v":1,"ok":false,"code":"x","refused":"y","hint":""}\n',
    b'{"v":1,"ok":false,"code":"5","refused":"y"}\n',
    b'{"v":1,"ok":false,"code":"5","refused":"y","hint":""}x\n',
    b'{"v":1,"wait":"work"}\n',
    b'{"v":1,"wait":"more"}\n',
]


@pytest.mark.parametrize("answer", STRANGE)
def test_a_strange_answer_is_none_at_all(
    pose_as: Callable[[bytes, bytes], list[bytes]],
    locations: Locations,
    environ: dict[str, str],
    answer: bytes,
) -> None:
    pose_as(greeting(locations, environ), answer or b"x")
    assert ask(locations, environ, "hello") is None


def test_without_a_tray_the_client_loads_next_to_nothing(environ: dict[str, str]) -> None:
    import subprocess

    code = (
        "import os, sys\nfrom profiles.base.locations import find_locations\n"
        "from tray.ipc.client import ask\n"
        "assert ask(find_locations(os.environ), os.environ, 'hello') is None\n"
        "print(*[name for name in ('socket', '_socket', 'json', 'argparse', 'typing', 'threading', 'logging',"
        " 'dataclasses', 'pathlib', 're') if name in sys.modules])"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environ, cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"
