"""What a broken or hostile program can do to the running tray by its socket: at worst, commands work alone.

The tray is the installed command, `pkcc-tray tray --headless`, in a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from support.home.user_home import KEY, UserHome
from torture.mutation import mutated
from torture.row import Row

from profiles.base.locations import find_locations
from tray.ipc.address import MAX_LINE, TALK_LIMIT_S, address, greeting, make_run_directory
from tray.ipc.server import MAX_SERVED

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 10_000
MALFORMED = 10_000
REPLAYS = 1_000
START_LIMIT_S = 20.0
GROWTH_LIMIT_KB = 16 * 1024  # thread stacks and the allocator's own ways; a leak of 10,000 is far beyond
NOBODY = 65_534
_HELLO = b'{"v":1,"do":"hello"}\n'
_KEY = b'{"v":1,"do":"key","name":"work","by":"hand"}\n'
_LINES = (
    *(_HELLO, b'{"v":1,"do":"status","as":"x"}\n', b'{"v":1,"do":"switch","name":"work","as":"","in":"/"}\n'),
    *(b'{"v":1,"do":"key","name":"nobody","by":"hand"}\n', b'{"v":1,"do":"show"}\n', b"[[[[{}]]]]\n"),
)


def run(seconds: float | None, seed: int) -> Row:
    """The row. `seconds` limits each of the two long parts to a third of it; None: their full counts."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        return _Abuse(Path(name), seconds, random.Random(seed)).row()


class _Abuse:
    def __init__(self, directory: Path, seconds: float | None, rng: random.Random) -> None:
        self.home = UserHome(directory / "home")
        self.home.add("work")
        self.home.add("home", "--provider", "@home")
        self.limit_s = None if seconds is None else seconds / 3
        self.rng = rng
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        with mock.patch.dict(os.environ, self.home.environ, clear=True):
            locations = find_locations(self.home.environ)
        self.path = address(locations, self.home.environ)
        self.greeting = greeting(locations, self.home.environ)
        self.recorded = self._record()
        self.home.ok("off")

    def _record(self) -> bytes:
        """A real `switch work`, heard by somebody in the tray's place who gives no answer."""
        make_run_directory(os.path.dirname(self.path))
        argv = [sys.executable, "-m", "tray", "switch", "work"]
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            listener.settimeout(START_LIMIT_S)
            with subprocess.Popen(
                argv, env=self.home.environ, cwd=self.home.root, stdout=subprocess.DEVNULL
            ) as process:
                asked, _ = listener.accept()
                with asked, asked.makefile("rb") as lines:
                    asked.sendall(self.greeting)
                    request = lines.readline()
                process.wait(START_LIMIT_S)
        os.unlink(self.path)
        return request

    def row(self) -> Row:
        with self._tray() as tray:
            self._malformed()
            before = weight(tray.pid)  # by now it has started all its threads
            self._connections()
            self._oversized()
            self._slow()
            self._replayed()
            self._other_user()
            self._check_answers("after all of it")
            self._checkweight(tray.pid, before)
            self.holds(tray.poll() is None, "the tray ended")
        self._paths()
        log = self.home.root / ".local" / "state" / "pkcc-tray" / "tray.log"
        self.holds("CANARY" not in log.read_text(), "the key is in the tray's log")
        return Row("IPC abuse", dict(self.counts), self.failures)

    def holds(self, what: bool, otherwise: str) -> None:
        self.counts["checks"] += 1
        if not what:
            self.failures.append(otherwise)

    @contextmanager
    def _tray(self) -> Iterator[subprocess.Popen[bytes]]:
        argv = [sys.executable, "-m", "tray", "tray", "--headless"]
        with subprocess.Popen(
            argv, env=self.home.environ, cwd=self.home.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            try:
                deadline = time.monotonic() + START_LIMIT_S
                while not self._hears():
                    if time.monotonic() > deadline or process.poll() is not None:
                        process.kill()
                        raise RuntimeError(f"the tray did not start: {process.communicate()[0]!r}")
                    time.sleep(0.05)
                yield process
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()

    def _dial(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(20)
        try:
            sock.connect(self.path)
        except OSError:
            sock.close()
            raise
        return sock

    def _say(self, data: bytes) -> bytes:
        """What the tray answers, its greeting left out."""
        with self._dial() as sock:
            heard = b""
            with suppress(ConnectionError):
                sock.sendall(data)
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_WR) if not data.endswith(b"\n") else None
            with suppress(ConnectionError):
                while more := sock.recv(65_536):
                    heard += more
            return heard.removeprefix(self.greeting)

    def _hears(self) -> bool:
        with suppress(OSError):
            return b'"ok":true' in self._say(_HELLO)
        return False

    def _check_answers(self, when: str) -> None:
        self.holds(self._hears(), f"the tray does not answer {when}")
        self.holds(KEY.encode() in self._say(_KEY), f"the tray gives no key {when}")
        ran = self.home.spawn("key", "print", "work")
        self.holds(ran == (0, f"{KEY}\n", ""), f"`key print` fails {when}: exit code {ran.code}")

    def _checkweight(self, pid: int, before: tuple[int, int, int]) -> None:
        deadline = time.monotonic() + 3 * TALK_LIMIT_S  # the last of the slow are still being given up
        while (now := weight(pid))[:2] > before[:2] and time.monotonic() < deadline:
            time.sleep(0.05)
        for what, old, new, more in zip(
            ("descriptors", "threads", "kB"), before, now, (0, 1, GROWTH_LIMIT_KB), strict=True
        ):
            self.holds(new <= old + more, f"the tray keeps {new - old} {what} more than before")

    def _goes_on(self, number: int, full: int, began: float) -> bool:
        return number < full if self.limit_s is None else time.monotonic() - began < self.limit_s

    def _malformed(self) -> None:
        began = time.monotonic()
        before = self.home.settings.read_bytes()
        while self._goes_on(self.counts["malformed lines"], MALFORMED, began):
            line = mutated(self.rng, self.rng.choice(_LINES), _LINES).replace(b"\n", b" ")
            heard = self._say(line + b"\n")
            self.counts["malformed lines"] += 1
            asked = b"work" in line
            if KEY.encode() in heard and not asked:
                self.failures.append(f"a key for the line {line[:80]!r}")
        self.holds(self.home.settings.read_bytes() == before, "a malformed line changed the settings")
        self._check_answers("after malformed lines")

    def _connections(self) -> None:
        began = time.monotonic()
        while self._goes_on(self.counts["connections"], CONNECTIONS, began):
            with suppress(BlockingIOError), ExitStack() as open_ones:
                for _ in range(self.rng.randint(1, 2 * MAX_SERVED)):
                    sock = open_ones.enter_context(self._dial())
                    self.counts["connections"] += 1
                    with suppress(ConnectionError):
                        sock.sendall(self.rng.choice((b"", b"{", _HELLO, _KEY[:-1], _KEY)))
        self._wait_until_free()
        self._check_answers("after many connections")

    def _wait_until_free(self) -> None:
        deadline = time.monotonic() + 3 * TALK_LIMIT_S
        while not self._hears() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _oversized(self) -> None:
        for size in (MAX_LINE, MAX_LINE + 1, 1_000_000, 100_000_000):
            self.counts["oversized"] += 1
            heard = self._say(b'{"v":1,"do":"hello","x":"' + b"x" * size + b'"}\n')
            self.holds(not heard, f"a line of {size} bytes was answered")
            heard = self._say(b'{"v":1,"do":"hello","x":"' + b"x" * size)
            self.holds(not heard, f"{size} bytes without an end of line were answered")
        taken = 0
        with self._dial() as sock, suppress(ConnectionError):
            while taken < 100_000_000:
                taken += sock.send(b"x" * 65_536)
        self.holds(taken < 10_000_000, f"{taken} bytes without an end of line were taken")

    def _slow(self) -> None:
        with ExitStack() as held:
            slow = [held.enter_context(self._dial()) for _ in range(MAX_SERVED)]
            self.counts["slow"] += len(slow)
            began = time.monotonic()
            ran = self.home.spawn("key", "print", "work")
            self.holds(ran == (0, f"{KEY}\n", ""), "the slow keep `key print` from its key")
            for sock in slow:
                sock.setblocking(False)
            left = set(slow)
            while left and time.monotonic() - began < 10:
                for sock in list(left):
                    with suppress(BlockingIOError):
                        try:
                            sock.send(b"x")
                        except ConnectionError:
                            left.discard(sock)
                time.sleep(0.1)
            took = time.monotonic() - began
            self.holds(not left, f"{len(left)} who send a byte at a time are still served after 10 s")
            self.holds(took < TALK_LIMIT_S + 2, f"the slow were served for {took:.1f} s")

    def _replayed(self) -> None:
        answers = {self._say(_KEY) for _ in range(REPLAYS)}
        self.counts["replayed"] += REPLAYS
        self.holds(len(answers) == 1, "the same request is answered in different ways")
        self.home.ok("switch", "home")
        before = self.home.settings.read_bytes()
        stale = json.dumps({"v": 1, "do": "switch", "name": "work", "as": "recorded elsewhere", "in": "/"})
        for _ in range(50):
            self.counts["replayed"] += 1
            heard = self._say(stale.encode() + b"\n")
            self.holds(b'"ok":true' not in heard, "a switch recorded elsewhere was done")
        for _ in range(50):  # a real one, but the sender is gone before the tray can have read it
            self.counts["replayed"] += 1
            with self._dial() as sock, suppress(ConnectionError):
                sock.sendall(self.recorded)
        self._wait_until_free()
        self.holds(self.home.settings.read_bytes() == before, "a replayed request changed the settings")

    def _other_user(self) -> None:
        if os.getuid() != 0:
            self.counts["left out: becoming another user takes root"] += 1
            return
        self.holds(b"shut out" in self._as_nobody(), "another user reached the socket")
        opened = [path for path in Path(self.path).parents if self.home.root.parent in (path, *path.parents)]
        modes = {path: path.stat().st_mode for path in [*opened, Path(self.path)]}
        for path in modes:
            path.chmod(0o777)
        try:
            heard = self._as_nobody()
            self.holds(heard == b"", f"another user was told {heard[:60]!r}")
        finally:
            for path, mode in modes.items():
                path.chmod(mode & 0o7777)

    def _as_nobody(self) -> bytes:
        """What a process of another user is told; forked, since it may not even enter where Python lies."""
        self.counts["other user"] += 1
        found_read, found_write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                os.write(found_write, self._say(_KEY))
            except PermissionError:
                os.write(found_write, b"shut out")
            finally:
                os._exit(0)
        os.close(found_write)
        with os.fdopen(found_read, "rb") as file:
            found = file.read()
        os.waitpid(child, 0)
        return found

    def _paths(self) -> None:
        """Whatever lies at the socket's place is replaced or told, and what it leads to stays as it is."""
        place = Path(self.path)
        victim = self.home.root / "victim"
        victim.write_bytes(b"mine")
        stranger = socket.socket(socket.AF_UNIX)
        with stranger:
            for lay in (
                lambda: place.symlink_to(victim),
                lambda: place.symlink_to(self.home.root / "nowhere"),
                lambda: place.write_bytes(b"mine"),
                lambda: os.mkfifo(place),
                lambda: stranger.bind(str(place)),
            ):
                place.unlink(missing_ok=True)
                lay()
                self.counts["pre-made paths"] += 1
                with self._tray():
                    self._check_answers("over what lay in its place")
                self.holds(victim.read_bytes() == b"mine", "what a link led to was changed")
                self.holds(not (self.home.root / "nowhere").exists(), "what a link led to was made")


def weight(pid: int) -> tuple[int, int, int]:
    """Open descriptors, threads, resident kB of a process."""
    own = Path("/proc") / str(pid)
    status = dict(line.split(":", 1) for line in (own / "status").read_text().splitlines())
    return len(os.listdir(own / "fd")), int(status["Threads"]), int(status["VmRSS"].split()[0])
