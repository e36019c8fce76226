"""A stand-in for the place where releases are; what it offers is signed by a key of its own."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from minisign import KeyPair
from support.gateway.stand_in import LoopbackServer, respond

from tray.updates.signed_release import Source

KEYS, OTHER_KEYS = KeyPair.generate(), KeyPair.generate()
SUMS = b"0" * 64 + b"  pkcc-tray.deb\n"
NEWER = "9.0.0"


def public(keys: KeyPair) -> str:
    return str(keys.public_key.to_base64(), "ascii")


def signed(sums: bytes = SUMS, comment: str = f"pkcc-tray {NEWER}", keys: KeyPair = KEYS) -> bytes:
    return bytes(keys.secret_key.sign(sums, trusted_comment=comment))


class Site(LoopbackServer):
    """A stand-in for the place of the releases; `answers` are its bodies, `requests` what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.answers = {"SHA256SUMS": SUMS, "SHA256SUMS.minisig": signed()}
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests.append((self.path, dict(self.headers)))
                if site.answer is not None:
                    site.answer(self)
                    return
                respond(self, 200, site.answers[self.path.rpartition("/")[2]])

            def log_message(self, *_: object) -> None: ...

        super().__init__(Handler)
        self.source = Source(f"{self.url}/download", public(KEYS))

    def offer(self, version: str) -> None:
        self.answers["SHA256SUMS.minisig"] = signed(comment=f"pkcc-tray {version}")
