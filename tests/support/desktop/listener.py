"""Servers that a key may meet on its way: a stranger that takes whatever comes, and a gateway with TLS.

The stranger is a base URL, a proxy (it ends TLS by an authority of its own), and a cloud that is reached by
the proxy. What it was sent is kept decrypted, so that a key can be looked for.
"""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

from support.gateway.recorder import Recorder, RecordingHandler, Request
from support.gateway.stand_in import respond

if TYPE_CHECKING:
    from support.gateway.certificates import Authority

UNAUTHORIZED = b'{"type": "error", "error": {"type": "authentication_error", "message": "no"}}'


class Listener(Recorder):
    """Records requests of any form; those of a tunnel with the whole URL as their path.

    `unauthorized` is how many of the next requests are answered by 401, which has the client ask its helper
    again.
    """

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.unauthorized = 0
        self._contexts: dict[str, ssl.SSLContext] = {}
        super().__init__()

    def context(self, host: str) -> ssl.SSLContext:
        """TLS in the name of that host."""
        if host not in self._contexts:
            self._contexts[host] = self.authority.server_context(host)
        return self._contexts[host]

    def handler(self) -> type[RecordingHandler]:
        listener = self

        class Handler(RecordingHandler):
            recorder = listener
            tunnel = ""

            def do_CONNECT(self) -> None:  # noqa: N802 - the name http.server looks for
                listener.record(Request("CONNECT", self.path, self.headers.items(), None))
                host = self.path.rpartition(":")[0]
                self.send_response(200)
                self.end_headers()
                try:
                    self.connection = listener.context(host).wrap_socket(self.connection, server_side=True)
                except OSError:  # the client does not believe the certificate
                    self.close_connection = True
                    return
                self.tunnel = f"https://{self.path.removesuffix(':443')}"
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb")

            def do_POST(self) -> None:  # noqa: N802
                self.path = self.tunnel + self.path
                if not listener.unauthorized:
                    super().do_POST()
                    return
                listener.unauthorized -= 1
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                listener.record(Request(self.command, self.path, self.headers.items(), body))
                respond(self, 401, UNAUTHORIZED)

            def do_GET(self) -> None:  # noqa: N802
                self.path = self.tunnel + self.path
                super().do_GET()

            do_HEAD = do_GET  # noqa: N815

        return Handler
