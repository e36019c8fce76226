"""A manager that runs, a person's browser at it, and others that talk to it as they like."""

from __future__ import annotations

import os
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from support.home.user_home import KEY, UserHome
from support.manager_client import Client
from torture.ipc import GROWTH_LIMIT_KB, NOBODY, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.browser import Managed

PATIENCE_S = 20.0  # by then a person's browser is answered, whatever others do
_PASSWD = b"root:"


class ManagerWorld:
    """What is counted, and what did not hold. `limit_s` for each long part; None: its full count."""

    def __init__(self, directory: Path, limit_s: float | None, rng: random.Random) -> None:
        self.home = UserHome(directory / "home")
        self.home.add("work")
        self.home.add("clear", "--provider", "@b", "--key-delivery", "settings")
        self.home.ok("switch", "clear")
        self.limit_s = limit_s
        self.rng = rng
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.before = self.files()

    def meet(self, manager: Managed) -> None:
        """A person opens its page."""
        self.client = Client(manager)
        self.port = int(manager.origin.rpartition(":")[2])

    def holds(self, what: bool, otherwise: str) -> None:
        self.counts["checks"] += 1
        if not what:
            self.failures.append(otherwise)

    def files(self) -> dict[Path, bytes]:
        """The user's settings, profiles and rules, and what they have under way."""
        places = (self.home.claude, self.home.own)
        return {path: path.read_bytes() for each in places for path in each.rglob("*") if path.is_file()}

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def say(self, data: bytes, patience_s: float = 20.0) -> bytes:
        """What is answered to those bytes, until the other side hangs up, or says nothing for so long."""
        heard = b""
        with self.dial() as sock, suppress(ConnectionError, TimeoutError):
            sock.settimeout(patience_s)
            sock.sendall(data)
            while more := sock.recv(65_536):
                heard += more
        self.look_at(heard, data)
        return heard

    def look_at(self, heard: bytes, asked: bytes) -> None:
        self.counts["answers"] += bool(heard)
        for secret, what in (
            (KEY.encode(), "a key"),
            (_PASSWD, "another file"),
            (b"Traceback", "a traceback"),
        ):
            if secret in heard:
                self.failures.append(f"{what} for {asked[:80]!r}")

    def request(self, line: str = "GET / HTTP/1.1", body: str = "", **headers: str | None) -> bytes:
        """A request of a person's own browser, but for what is given; None leaves a header out."""
        host = f"127.0.0.1:{self.port}"
        usual: dict[str, str | None] = {"host": host, "cookie": self.client.cookie, "connection": "close"}
        if line.startswith("POST"):
            usual |= {"origin": f"http://{host}", "content-length": str(len(body.encode()))}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in {**usual, **named}.items() if value is not None]
        return "\r\n".join([line, *lines, "", body]).encode("latin-1", "replace")

    def status(self, data: bytes) -> int:
        words = self.say(data).split(b" ", 2)
        return int(words[1]) if len(words) == 3 and words[1].isdigit() else 0

    def check_answers(self, when: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while (status := self.status(self.request())) != 200 and time.monotonic() < ends:
            time.sleep(0.2)
        self.holds(status == 200, f"a person's browser is answered {status} {when}")

    def check_weight(self, pid: int, before: tuple[int, int, int]) -> None:
        ends = time.monotonic() + PATIENCE_S
        while (now := weight(pid))[0] > before[0] and time.monotonic() < ends:
            time.sleep(0.1)
        for what, old, new, more in zip(
            ("descriptors", "threads", "kB"), before, now, (2, 8, GROWTH_LIMIT_KB), strict=True
        ):
            self.holds(new <= old + more, f"the manager keeps {new - old} {what} more than before")

    def token(self) -> str:
        _, _, rest = self.client.ask("GET", "/").text.partition('name="token" value="')
        return str(rest.partition('"')[0])

    def until(self, what: str, full: int) -> Iterator[int]:
        began = time.monotonic()
        while self.counts[what] < full if self.limit_s is None else time.monotonic() - began < self.limit_s:
            self.counts[what] += 1
            yield self.counts[what]


def as_nobody(say: Callable[[], bytes]) -> bytes:
    """What a process of another user is told; forked, since it may not even enter where Python lies."""
    found_read, found_write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(found_write, say())
        finally:
            os._exit(0)
    os.close(found_write)
    with os.fdopen(found_read, "rb") as file:
        found = file.read()
    os.waitpid(child, 0)
    return found
