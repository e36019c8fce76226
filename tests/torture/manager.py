"""What a broken or hostile program can do to the manager's page and its socket: at worst, a page is slow.

The manager is the installed command in a process of its own. A person's browser is at it all the while, and
must go on being answered; nobody else is told a thing, and nothing is changed.
"""

from __future__ import annotations

import os
import random
import socket
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from support.browser import Managed, managed
from support.home.user_home import KEY
from torture.ipc import weight
from torture.manager_world import PATIENCE_S, ManagerWorld, as_nobody
from torture.mutation import mutated
from torture.row import Row

from profiles.base.locations import find_locations
from tray.ipc.address import MANAGER, address, greeting

if TYPE_CHECKING:
    pass

REQUESTS = 20_000  # in the long form
CONNECTIONS = 5_000
SLOW = 64  # more than are served at once
_STRAY = (
    *(
        "/static/../run.py",
        "/static/%2e%2e/run.py",
        "/static/..%2frun.py",
        "/static/%2e%2e%2f%2e%2e%2fapp.py",
    ),
    *(
        "/static//etc/passwd",
        "/static/....//....//etc/passwd",
        "/static/..\\..\\run.py",
        "/static/%00",
        "/static/",
    ),
    *("/../../etc/passwd", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/projects/../../etc/passwd"),
    *("/keys/..%2f..%2fetc%2fpasswd/replace", "/configs/..%2f..%2fprofiles%2fwork", "/jobs/../../etc/passwd"),
    *("http://127.0.0.1/static/base.css", "*", "/\x7f", "/open/" + "x" * 4000, "/?" + "x" * 4000),
)


def run(seconds: float | None, seed: int) -> Row:
    """The row. `seconds` limits each of the three long parts to a quarter of it; None: their full counts."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        return _Abuse(Path(name), None if seconds is None else seconds / 4, random.Random(seed)).row()


class _Abuse(ManagerWorld):
    def row(self) -> Row:
        with managed(self.home) as manager:
            self.meet(manager)
            self._as_strangers(manager)
            self._strays()
            self._mutated()
            self._connections()
            before = weight(manager.process.pid)  # by now it has all its threads, and room for that many
            self._connections()
            self._oversized()
            self._slow()
            self._socket()
            self.check_answers("after all of it")
            self.check_weight(manager.process.pid, before)
            self.holds(self.files() == self.before, "something was changed")
            self.holds(manager.process.poll() is None, "the manager ended")
            self._other_user(manager)
        return Row("Manager abuse", dict(self.counts), self.failures)

    def _as_strangers(self, manager: Managed) -> None:
        """Other addresses, pages and sessions, used links and tokens: refused, and nothing is done."""
        form = "token=x&name=work"
        token = self.token()
        good = f"token={token}&name=work"
        for host in (
            "evil.example",
            f"localhost:{self.port}",
            "127.0.0.1",
            f"127.0.0.1:{self.port + 1}",
            "",
            None,
        ):
            self._refused(self.request(host=host), (400, 421), f"the host {host}")
        doubled = self.request().replace(b"\r\n", b"\r\nHost: evil.example\r\n", 1)
        self._refused(doubled, (400, 421), "two hosts")
        for origin in ("http://evil.example", "null", "", f"http://localhost:{self.port}", None):
            sent = self.request("POST /switch HTTP/1.1", good, origin=origin)
            self._refused(sent, (403,), f"a form of {origin}")
        for site in ("cross-site", "same-site", "none"):
            sent = self.request("POST /switch HTTP/1.1", good, sec_fetch_site=site)
            self._refused(sent, (403,), f"a form from {site}")
        for mode in ("no-cors", "cors", "websocket"):
            read = self.request(sec_fetch_site="cross-site", sec_fetch_mode=mode)
            self._refused(read, (403,), f"{mode} of another page")
        framed = self.request(sec_fetch_mode="navigate", sec_fetch_dest="iframe")
        self._refused(framed, (403,), "a frame")
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X" * 100):
            self._refused(self.request(f"{method} / HTTP/1.1"), (400, 405), method[:8])
        for cookie in ("", self.client.cookie[:-1], self.client.cookie.upper(), "a=b", None):
            self._refused(self.request(cookie=cookie), (403,), "a page without a session")
            sent = self.request("POST /switch HTTP/1.1", good, cookie=cookie)
            self._refused(sent, (403,), "a form without a session")
        self._refused(self.request("POST /switch HTTP/1.1", form), (403,), "a form of one's own making")
        used = manager.link.removeprefix(manager.origin)
        self._refused(self.request(f"GET {used} HTTP/1.1", cookie=None), (403,), "a used link")
        upgrade = self.request(connection="Upgrade", upgrade="websocket", sec_websocket_version="13")
        self.holds(b" 101 " not in self.say(upgrade, patience_s=2)[:20], "a websocket is opened")
        self.check_answers("after strangers")

    def _refused(self, data: bytes, statuses: tuple[int, ...], what: str) -> None:
        self.counts["strangers"] += 1
        status = self.status(data)
        self.holds(status in statuses, f"{what} is answered {status}")

    def _strays(self) -> None:
        """Ways out of the folder of files, and addresses that are none."""
        for path in _STRAY:
            self.counts["strays"] += 1
            status = self.status(self.request(f"GET {path} HTTP/1.1"))
            self.holds(status in (0, 400, 403, 404, 405, 414), f"{path[:40]!r} is answered {status}")

    def _mutated(self) -> None:
        """Requests that are nearly right, by the person's own browser: no fault, no key, nothing changed."""
        chunked: dict[str, str | None] = {"content_length": None, "transfer_encoding": "chunked"}
        seeds = (
            self.request(),
            self.request("GET /static/base.css HTTP/1.1"),
            self.request("GET /keys?x=%20 HTTP/1.0"),
            self.request("POST /switch HTTP/1.1", "token=t&name=work"),
            self.request("POST /keys/new HTTP/1.1", f"token=t&name=a&key={KEY}"),
            self.request("POST /off HTTP/1.1", "4\r\na=b&\r\n0\r\n\r\n", **chunked),
        )  # fmt: skip
        for _ in self.until("nearly right requests", REQUESTS):
            seed = self.rng.choice(seeds)
            data = mutated(self.rng, seed, seeds)
            heard = self.say(data, patience_s=0.1)
            if b" 500 " in heard[:20]:
                self.failures.append(f"a fault of the server for {data[:120]!r}")
        self.holds(self.files() == self.before, "a request that is nearly right changed something")
        self.check_answers("after nearly right requests")

    def _connections(self) -> None:
        """Very many, most of them left in the middle."""
        whole = self.request()
        for _ in self.until(
            "rounds of connections", self.counts["rounds of connections"] + CONNECTIONS // 30
        ):
            with ExitStack() as held, suppress(OSError):
                for _ in range(self.rng.randint(1, 60)):
                    sock = held.enter_context(self.dial())
                    self.counts["connections"] += 1
                    with suppress(ConnectionError):
                        sock.sendall(self.rng.choice((b"", b"G", whole[:-4], whole, whole[:40])))
        self.check_answers("after many connections")

    def _oversized(self) -> None:
        """Lines, headers and bodies beyond all sizes: refused, and not kept."""
        big = b"x" * 20_000_000
        post = self.request("POST /keys/new HTTP/1.1", content_length=str(len(big)))
        chunked = self.request("POST /keys/new HTTP/1.1", content_length=None, transfer_encoding="chunked")
        for data in (
            b"GET /" + big,
            self.request(x_big="x" * 1_000_000),
            b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 500_000,
            post + big,
            chunked + b"1312d00\r\n" + big,
            self.request("POST /switch HTTP/1.1", "&".join(f"a{n}=b" for n in range(20_000))),
        ):
            self.counts["oversized"] += 1
            heard = self.say(data)
            self.holds(
                b" 200 " not in heard[:20] and b" 303 " not in heard[:20], f"{len(data)} bytes were taken"
            )
        self.check_answers("after what is too large")

    def _slow(self) -> None:
        """Those who send a byte at a time: a person's browser is answered before they are done."""
        with ExitStack() as held:
            slow = []
            for _ in range(SLOW):
                sock = held.enter_context(self.dial())
                sock.setblocking(False)
                slow.append(sock)
            self.counts["slow"] += len(slow)
            began = time.monotonic()
            status = 0
            while status != 200 and time.monotonic() - began < PATIENCE_S:
                for sock in slow:
                    with suppress(OSError):
                        sock.send(b"G")
                status = self.status(self.request())
                time.sleep(0.2)
            self.holds(status == 200, f"while {SLOW} are slow a person's browser is answered {status}")

    def _socket(self) -> None:
        """The socket by which a second start asks for a link: nearly right lines open nothing."""
        with mock.patch.dict(os.environ, self.home.environ, clear=True):
            locations = find_locations(self.home.environ)
        path = address(locations, self.home.environ, MANAGER)
        self.holds(Path(path).stat().st_mode & 0o077 == 0, "others may use the manager's socket")
        hello = greeting(locations, self.home.environ)
        lines = (b'{"v":1,"do":"open","page":"/"}\n', b'{"v":1,"do":"switch","name":"work"}\n', hello)
        for _ in range(300):
            self.counts["lines at its socket"] += 1
            line = mutated(self.rng, self.rng.choice(lines), lines).replace(b"\n", b" ")
            if b"quit" in line:
                continue
            heard = b""
            with socket.socket(socket.AF_UNIX) as sock, suppress(ConnectionError, TimeoutError):
                sock.settimeout(10)
                sock.connect(path)
                sock.sendall(line + b"\n")
                while more := sock.recv(65_536):
                    heard += more
            self.look_at(heard, line)
        for page in ("//evil.example", "http://evil.example", "/../x", "/x?y", "/%2f"):
            ran = self.home.spawn("manage", "--no-browser", "--page", page)
            self.holds(ran.code == 2 and not ran.out, f"a link to {page} is made")
        self.check_answers("after lines at its socket")

    def _other_user(self, manager: Managed) -> None:
        if os.getuid() != 0:
            self.counts["left out: becoming another user takes root"] += 1
            return
        link = manager.another_link().removeprefix(manager.origin)
        with_session = self.request()
        by_link = self.request(f"GET {link} HTTP/1.1", cookie=None)
        for data in (with_session, by_link):
            heard = as_nobody(lambda data=data: self.say(data))  # type: ignore[misc]
            self.counts["other user"] += 1
            self.holds(heard == b"", f"another user is told {heard[:60]!r}")
        self.holds(self.status(by_link) == 409, "another user's try cost the person their link")
        assert manager.stop().count("another user's program tried to reach the manager") == 2
