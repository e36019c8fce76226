"""What open pages are told as it happens: server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MOST_PAGES = 4  # a browser has six connections for one address, and pages need some
_HEARTBEAT_S = 15.0  # a page that is gone is noticed by what cannot be sent


class News:
    """Pages listen; whatever changes is told to each of them, from any thread."""

    def __init__(self, on_open: Callable[[], None], on_close: Callable[[], None]) -> None:
        self._on_open = on_open
        self._on_close = on_close
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pages: list[tuple[object, asyncio.Queue[str]]] = []

    def tell(self, event: str, of: object = None) -> None:
        """Tell every page, or those of one session: `changed`, or `ended`."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, event, of)

    def _tell(self, event: str, of: object) -> None:
        for session, queue in self._pages:
            if of in (None, session):
                queue.put_nowait(event)

    def is_full(self) -> bool:
        """Whether no more pages can listen."""
        return len(self._pages) >= MOST_PAGES

    async def listen(self, session: object) -> AsyncIterator[bytes]:
        """The events for one page, as it reads them, until it is told that the manager has ended."""
        self._loop = asyncio.get_running_loop()
        mine: asyncio.Queue[str] = asyncio.Queue()
        entry = (session, mine)
        self._pages.append(entry)
        self._on_open()
        try:
            yield b"retry: 1000\n\n"
            event = ""
            while event != "ended":
                try:
                    event = await asyncio.wait_for(mine.get(), _HEARTBEAT_S)
                    yield f"event: {event}\ndata: 1\n\n".encode()
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self._pages.remove(entry)
            self._on_close()
