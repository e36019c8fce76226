"""A stand-in for the place where releases are; what it offers is signed by a key of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from minisign import KeyPair

from tray.updates.signed_release import Source

KEYS, OTHER_KEYS = KeyPair.generate(), KeyPair.generate()
SUMS = b"0" * 64 + b"  pkcc-tray.deb\n"
NEWER = "9.0.0"


def public(keys: KeyPair) -> str:
    return str(keys.public_key.to_base64(), "ascii")


def signed(sums: bytes = SUMS, comment: str = f"pkcc-tray {NEWER}", keys: KeyPair = KEYS) -> bytes:
    return bytes(keys.secret_key.sign(sums, trusted_comment=comment))


class Site:
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
                body = site.answers[self.path.rpartition("/")[2]]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.source = Source(f"http://127.0.0.1:{self.server.server_port}/download", public(KEYS))

    def offer(self, version: str) -> None:
        self.answers["SHA256SUMS.minisig"] = signed(comment=f"pkcc-tray {version}")


@contextmanager
def running_site() -> Iterator[Site]:
    """One that answers until the end of the block."""
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()
