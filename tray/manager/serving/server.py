"""The web server: on 127.0.0.1, at a port that the system chose, for programs of ours alone."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tray.manager.access.links import HOST
from tray.manager.access.peer import peer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

_log = logging.getLogger("pkcc-tray")
LAST_ANSWERS_S = 1.0
REQUEST_LIMIT_S = 10.0  # until a request has come whole, but for its body; the slow must not take all places
_LOOK_S = 0.5


class OwnProgramsOnly(H11Protocol):
    """Hangs up on another user's program, before a byte of it is read; and on one that asks for nothing."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or hang up."""
        client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        peer = peer_of(client[:2], server[:2]) if client else "gone"
        if peer != "own":
            if peer == "other":
                _log.warning("another user's program tried to reach the manager, and was refused")
            transport.abort()
            self.transport = transport
            return
        super().connection_made(transport)
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        super().data_received(data)
        if self._is_asked and self._late is not None:
            self._late.cancel()
            self._late = None
        elif not self._is_asked and self._late is None:
            self._wait_for_request()

    @property
    def _is_asked(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_request(self) -> None:
        self._late = self.loop.call_later(REQUEST_LIMIT_S, self._hang_up)

    def _hang_up(self) -> None:
        if not self._is_asked:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over; one that was never taken has nothing to end."""
        if self._late is not None:
            self._late.cancel()
        if hasattr(self, "flow"):
            super().connection_lost(exc)


def listening() -> socket.socket:
    """A socket that listens at a random port of this computer's own address alone."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind((HOST, 0))
    sock.listen(64)
    sock.setblocking(False)
    return sock


class _Quiet(uvicorn.Server):
    """Leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for none."""
        yield


class WebServer:
    """Serves `app` on that socket until `end`, or until `is_over` says so."""

    def __init__(self, app: ASGIApp, sock: socket.socket, is_over: Callable[[], bool]) -> None:
        self._socket = sock
        self._is_over = is_over
        self.is_ending = False
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
            logging.getLogger(name).disabled = True  # a request may hold what no log should
        self._server = _Quiet(
            uvicorn.Config(
                app,
                http=OwnProgramsOnly,
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                limit_concurrency=32,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=int(LAST_ANSWERS_S),
                h11_max_incomplete_event_size=16 * 1024,
            )
        )

    def run(self, on_end: Callable[[], None]) -> None:
        """Serve, on the main thread; `on_end` is called when it begins to end."""
        asyncio.run(self._run(on_end))

    async def _run(self, on_end: Callable[[], None]) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not serving.done() and not self._server.should_exit:
            if self._is_over():
                break
            await asyncio.wait([serving], timeout=_LOOK_S)
        self.is_ending = True
        on_end()
        await asyncio.sleep(LAST_ANSWERS_S)  # open pages ask for the page that says so
        self._server.should_exit = True
        await serving

    def end(self) -> None:
        """Have it end, from any thread."""
        self._is_over = lambda: True
