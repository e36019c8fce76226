"""Questions to a gateway over HTTP, within limits: an answer, or in which phase and how it failed."""

from __future__ import annotations

import contextlib
import logging
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx2

from profiles import __version__
from profiles.base.time_limit import within
from profiles.files.json_documents import json_or_none
from profiles.gateway.asking.what_failed import kind_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

CONNECT_LIMIT_S = 4.0  # for the connection, and again for TLS
ANSWER_LIMIT_S = 6.0  # without a byte
TOTAL_LIMIT_S = 10.0  # for all questions of one check
BODY_LIMIT = 64 * 1024  # bytes; beyond them no more of an answer is read
LIST_LIMIT = 20 * 1024 * 1024  # of what begins as JSON: some 180,000 models
MOST_VALUES = 400_000  # objects and lists in JSON: a million small ones would take a gigabyte

# They would write URLs and what a server says into a log of ours, and a server may say anything.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Request(NamedTuple):
    """What is asked; `body` is None where none is sent.

    A header that is None is left out, `user-agent` too; an empty one is sent, as Claude Code does. `most`
    bytes of an answer are read; by default, what a list may have.
    """

    method: str
    url: str
    headers: Mapping[str, str | None]
    body: bytes | None = None
    most: int | None = None


class Answer(NamedTuple):
    """An HTTP answer: header names in lower case, the body, `cut` where not all of it was read.

    `connect_ms` is None where a connection was used again; `tls` is its version, "" without.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    ms: int
    connect_ms: int | None
    tls: str
    cut: bool = False

    @property
    def too_long(self) -> bool:
        """Whether it is more than is gone through."""
        return self.cut or self.body.count(b"{") + self.body.count(b"[") > MOST_VALUES

    def json(self) -> Any:
        """What it holds as JSON; None where it is none, or too long."""
        return None if self.too_long else json_or_none(self.body)


class Trouble(NamedTuple):
    """No answer. `phase`: connect, proxy, tls, send, answer. `kind` and `detail`: see `kind_of`."""

    phase: str
    kind: str
    detail: str
    ms: int


class Asker:
    """Asks one server, by way of one proxy or none; a context manager.

    No redirect is ever followed, and no cookie kept.
    """

    def __init__(self, context: ssl.SSLContext, proxy: str | None, total_s: float = TOTAL_LIMIT_S) -> None:
        self._proxy = proxy
        self._until = time.monotonic() + total_s
        through = None
        if proxy is not None:
            secured = proxy.lower().startswith("https:")
            through = httpx2.Proxy(proxy, ssl_context=context if secured else None)
        self._client = httpx2.Client(
            verify=context,
            proxy=through,
            trust_env=False,  # what the environment says is decided in `network`, as the client decides it
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx2.Timeout(ANSWER_LIMIT_S, connect=CONNECT_LIMIT_S),
            headers={
                "user-agent": f"pkcc-tray/{__version__}",
                "accept": "application/json",
                "accept-encoding": "identity",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # a question that was abandoned may still be using it
            self._client.close()

    @property
    def remaining_s(self) -> float:
        """Seconds left of the total."""
        return max(self._until - time.monotonic(), 0.0)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer | Trouble:
        """The answer to a GET, or why there is none. Raises nothing."""
        return self.ask(Request("GET", url, headers), self.remaining_s)

    def ask(self, request: Request, limit_s: float) -> Answer | Trouble:
        """The answer within that many seconds of its own, or why there is none. Raises nothing."""
        course = _Course(through_proxy=self._proxy is not None, secured=request.url.startswith("https:"))
        try:
            # httpx limits each wait, not their sum: a server that drips bytes would hold us for ever.
            return within(limit_s, lambda: self._ask(request, course))
        except Exception as error:  # noqa: BLE001 - a parser's fault on a server's bytes is reported
            kind, detail = kind_of(error)
            phase = "proxy" if kind == "proxy" else course.phase
            return Trouble(phase, kind, detail, course.elapsed_ms())

    def _ask(self, request: Request, course: _Course) -> Answer:
        extensions = {"trace": course.note}
        method, url, headers, body, most = request
        sent = {name: value for name, value in headers.items() if value is not None}
        asked = self._client.build_request(method, url, headers=sent, content=body, extensions=extensions)
        for name in headers.keys() - sent.keys():
            del asked.headers[name]
        with contextlib.closing(self._client.send(asked, stream=True)) as response:
            answered, cut = bytearray(), False
            for chunk in response.iter_raw():
                answered += chunk
                limit = LIST_LIMIT if answered.startswith((b"{", b"[")) else BODY_LIMIT
                if cut := len(answered) > (limit if most is None else most):
                    break
            stream = response.extensions.get("network_stream")
            secured = stream.get_extra_info("ssl_object") if stream is not None else None
            return Answer(
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
                bytes(answered),
                course.elapsed_ms(since_connected=True),
                course.connect_ms,
                (secured.version() or "") if secured is not None else "",
                cut=cut,
            )


class _Course:
    """How far a question got, from the events that httpcore reports."""

    def __init__(self, *, through_proxy: bool, secured: bool) -> None:
        self.phase = "connect"
        self.connect_ms: int | None = None
        self._started = self._connected = time.monotonic()
        self._to_proxy = through_proxy
        self._tunnel = through_proxy and secured

    def note(self, event: str, _: object) -> None:
        """One event, such as `connection.start_tls.started`."""
        origin, action, moment = event.split(".")
        if action == "start_tls" and origin == "proxy":
            self._tunnel = False
        if self._tunnel and action != "connect_tcp":
            self.phase = "proxy"  # the proxy is being asked for a way through
        elif moment == "started" and action in _PHASES:
            self.phase = _PHASES[action]
        if moment == "complete" and action in ("connect_tcp", "start_tls"):
            self._connected = time.monotonic()
            self.connect_ms = round((self._connected - self._started) * 1000)
        if self._to_proxy and action == "connect_tcp":
            self.phase = "proxy" if moment != "complete" else self.phase

    def elapsed_ms(self, *, since_connected: bool = False) -> int:
        start = self._connected if since_connected else self._started
        return round((time.monotonic() - start) * 1000)


_PHASES = {
    "connect_tcp": "connect",
    "start_tls": "tls",
    "send_request_headers": "send",
    "receive_response_headers": "answer",
    "receive_response_body": "answer",
}
