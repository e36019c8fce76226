"""What is refused before any page is asked, and the headers that every answer has.

By decision 32. The referrer policy is `same-origin`: with `no-referrer` browsers send
`Origin: null` along with our own forms, and a check of it would tell nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tray.manager.access.limits import BODY_LIMIT_S, LONGEST_BODY, LONGEST_TARGET, Bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Refusal(NamedTuple):
    """Why a request is refused, in a status and a line."""

    status: int
    why: str


class Gate:
    """Lets requests through to `app` that our own page in the person's browser may have sent."""

    def __init__(self, app: ASGIApp, host: str, clock: Callable[[], float]) -> None:
        self._app = app
        self._host = host
        self._bucket = Bucket(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in _RAW}
                message["headers"] = [pair for pair in message["headers"] if pair[0] not in own] + _RAW
            await send(message)

        refusal = self._refused(scope)
        if refusal is not None:
            await _answer(refusal, with_headers)
            return
        await self._app(scope, _Bounded(receive), with_headers)

    def _refused(self, scope: Scope) -> Refusal | None:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if headers.get("host") != [self._host]:
            return Refusal(421, "This is not the address of the manager")
        if not self._bucket.take():
            return Refusal(429, "Too many requests")
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_TARGET:
            return Refusal(414, "The address is too long")
        if scope["method"] == "GET":  # HEAD would do what GET does, such as use a link up
            return _strange_reader(headers)
        if scope["method"] != "POST":
            return Refusal(405, "Only GET and POST are answered")
        return _strange_sender(headers, f"http://{self._host}")


def _strange_reader(headers: dict[str, list[str]]) -> Refusal | None:
    """Of a page elsewhere: it may link to us (without a session then), and embed or fetch nothing."""
    site, mode = headers.get("sec-fetch-site", ["none"]), headers.get("sec-fetch-mode", [""])
    if site not in (["none"], ["same-origin"]) and mode != ["navigate"]:
        return Refusal(403, "Another page asked for this")
    if mode == ["navigate"] and headers.get("sec-fetch-dest", ["document"]) != ["document"]:
        return Refusal(403, "The manager is shown in no frame")
    return None


def _strange_sender(headers: dict[str, list[str]], own: str) -> Refusal | None:
    """Whether a form came from anywhere but our own page: every browser says where from."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    is_own = origin == [own] if origin is not None else site == ["same-origin"]
    if not is_own or site not in (None, ["same-origin"]):
        return Refusal(403, "Another page sent this form")
    return None


class _Bounded:
    """What is received, up to the limits of size and time, also where no length was said before."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = LONGEST_BODY
        self._is_whole = False
        self._ends = asyncio.get_running_loop().time() + BODY_LIMIT_S

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()  # that the other side has gone
        try:
            left = self._ends - asyncio.get_running_loop().time()
            message = await asyncio.wait_for(self._receive(), max(left, 0))
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._is_whole = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}


async def _answer(refusal: Refusal, send: Send) -> None:
    body = f"{refusal.why}.\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
