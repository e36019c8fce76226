"""How a question to a server failed, in a word: by the first cause that is known."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS: dict[type[BaseException], str] = {  # the first that fits: some are others' kinds
    socket.gaierror: "dns",
    ssl.SSLCertVerificationError: "certificate",
    ssl.SSLError: "tls",
    TimeoutError: "timeout",
    ConnectionRefusedError: "refused",
    ConnectionError: "reset",
}


def kind_of(error: BaseException) -> tuple[str, str]:
    """What went wrong, and more of it.

    dns; refused; reset; timeout; certificate (`certificate_problem`); tls (OpenSSL's reason); proxy (the
    status it answered, or ""); url; no_http; other.
    """
    if isinstance(error, httpx2.ProxyError):
        status = re.match(r"\d{3}\b", str(error))
        return "proxy", status[0] if status else ""
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return "url", ""
    for each in _causes(error):
        if kind := next((kind for failure, kind in _KINDS.items() if isinstance(each, failure)), ""):
            return kind, _detail(each)
    if isinstance(error, httpx2.RemoteProtocolError):
        return "no_http", ""
    return "other", ""


def _detail(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return certificate_problem(error.verify_code, error.verify_message)
    return (error.reason or "") if isinstance(error, ssl.SSLError) else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    now: BaseException | None = error
    while now is not None:
        yield now
        now = now.__cause__ or now.__context__


def certificate_problem(code: int, message: str) -> str:
    """expired, early, self_signed, host or untrusted: by OpenSSL's or Windows' code, else by the words."""
    known = {9: "early", 10: "expired", 18: "self_signed", 19: "self_signed", 62: "host", 64: "host"}
    known |= {0x800B0101: "expired", 0x800B010F: "host"}  # whose words are in the user's language
    if code in known:
        return known[code]
    words = message.lower()
    for problem, marks in {"expired": ("expired",), "host": ("hostname", "host name", "cn name")}.items():
        if any(mark in words for mark in marks):
            return problem
    return "untrusted"
