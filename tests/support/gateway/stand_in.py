"""Loopback servers that stand in for what cannot run here: Portkey's hosted gateway, proxies, and worse.

The hosted gateway answers as its documentation says (paths, lists, error codes); tests say what it holds.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit


class Asked(NamedTuple):
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]


class QuietServer(ThreadingHTTPServer):
    """Clients that hang up are what is tested: no traceback of theirs."""

    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is not None:  # here, in the connection's own thread: a bad handshake holds up nobody
            request = self.tls.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            if self.tls is not None:
                request.close()

    def handle_error(self, *_: object) -> None: ...


class LoopbackServer:
    """A server on that port of 127.0.0.1, or a free one, while it is entered; `tls` makes it one of https."""

    def __init__(
        self, handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self._server = QuietServer(("127.0.0.1", port), handler)
        self._server.tls = tls
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"{'https' if self._server.tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def respond(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json", **headers: str
) -> None:
    """Answer a request whole."""
    handler.send_response(status)
    for name, value in {"content-type": kind, "content-length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


class AskedServer(LoopbackServer):
    """One that keeps what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.asked: list[Asked] = []
        super().__init__(self._handler(), tls, port)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer on a kept connection takes 40 ms

            def _take(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers)
                owner.asked.append(asked)
                owner.answer(self, asked)

            do_GET = do_HEAD = do_POST = do_PUT = do_CONNECT = _take  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                """Quiet: what arrived is in `asked`."""

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        raise NotImplementedError


class Hosted(AskedServer):
    """Portkey's hosted gateway with one workspace. `answers` replaces the answer of a path."""

    def __init__(self, key: str, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(tls, port)
        self.key = key
        self.takes_bearer = True
        self.may_list = True
        self.providers: list[dict[str, Any]] = [{"slug": "anthropic-prod", "status": "active"}]
        self.total: int | None = None  # how many providers it says there are
        self.virtual_keys: list[dict[str, Any]] = [{"slug": "vk-1", "status": "active"}]
        self.configs: list[dict[str, Any]] = [{"slug": "pc-main-1", "status": "active"}]
        self.blocked = ""  # such as inline_config: what a saved-only organisation refuses
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        status, headers, body = self._answer(asked)
        respond(handler, status, body, **headers)

    def _answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        path = urlsplit(asked.path).path
        if path in self.answers:
            return self.answers[path]
        if not self._known(asked.headers):
            return _error(401, "AB05", "Unauthorized access")
        routed = [name for name in asked.headers if name.startswith("x-portkey-") and "api-key" not in name]
        if routed and self.blocked:
            return _error(400, f"{self.blocked}_blocked", "Not allowed")
        if path == "/v1/models":
            return 200, {}, json.dumps({"object": "list", "data": [{"id": "claude"}]}).encode()
        if not self.may_list:
            return _error(403, "AB03", "User not allowed to access the resource")
        lists = {"providers": self.providers, "virtual-keys": self.virtual_keys, "configs": self.configs}
        kind, _, slug = path.removeprefix("/v1/").partition("/")
        if kind not in lists:
            return _error(404, "AB08", "Resource not found")
        if slug:
            found = next((row for row in self.providers if row["slug"] == slug), None)
            return (200, {}, json.dumps(found).encode()) if found else _error(404, "AB08", "Not found")
        rows = lists[kind] if self.total is None else []
        total = len(rows) if self.total is None else self.total
        return 200, {}, json.dumps({"object": "list", "total": total, "data": rows}).encode()

    def _known(self, headers: dict[str, str]) -> bool:
        bearer = headers.get("authorization") == f"Bearer {self.key}" and self.takes_bearer
        return bearer or headers.get("x-portkey-api-key") == self.key


def _error(status: int, code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    body = {"success": False, "data": {"message": message, "errorCode": code}}
    return status, {}, json.dumps(body).encode()


class Proxy(AskedServer):
    """An HTTP proxy: tunnels and forwards nothing but tunnels; or answers `refuses` to everything.

    With `leads_to` every tunnel ends at that port of loopback, whatever host was asked for.
    """

    def __init__(self, refuses: int = 0, leads_to: int | None = None) -> None:
        super().__init__()
        self.refuses = refuses
        self.leads_to = leads_to

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        handler.close_connection = True
        if self.refuses:
            handler.send_error(self.refuses)
            return
        host, _, port = asked.path.rpartition(":")
        where = (host, int(port)) if self.leads_to is None else ("127.0.0.1", self.leads_to)
        with socket.create_connection(where, timeout=5) as there:
            handler.send_response(200)
            handler.end_headers()
            _relay(handler.connection, there)


def _relay(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 10)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)


class Raw:
    """Answers every connection, once a request has come, with `data` and hangs up.

    With `silent` it says nothing, and with `holds` nothing more, until it is left; `drip_s` is between bytes.
    """

    def __init__(
        self, data: bytes = b"", *, silent: bool = False, holds: bool = False, drip_s: float = 0
    ) -> None:
        self.data = data
        self.received: list[bytes] = []
        self._silent = silent
        self._holds = holds
        self._drip_s = drip_s
        self._left = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        with suppress(OSError):  # not everywhere can a listening socket be shut down
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self._silent:
                self._left.wait(30)
                return
            self.received.append(connection.recv(65536))
            if not self._drip_s:
                connection.sendall(self.data)
                if self._holds:
                    self._left.wait(30)
                return
            for number in range(len(self.data)):
                connection.sendall(self.data[number : number + 1])
                if self._left.wait(self._drip_s):
                    return


@contextmanager
def deaf_port() -> Iterator[int]:
    """A loopback port whose queue is full: a further connection is neither taken nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        try:
            for each in waiting:
                each.setblocking(False)
                with suppress(BlockingIOError):
                    each.connect(address)
            yield address[1]
        finally:
            for each in waiting:
                each.close()
