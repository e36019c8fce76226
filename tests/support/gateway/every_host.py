"""A proxy that stands for every host: requests to any https address are recorded, and go nowhere."""

from __future__ import annotations

import ssl
from pathlib import Path

from support.gateway.certificates import make_authority
from support.gateway.recorder import Recorder, RecordingHandler


class EveryHost(Recorder):
    """A recorder, and the environment by which a client takes it for the whole world.

    The `path` of a request is the whole URL.
    """

    def __init__(self, directory: Path) -> None:
        self._authority = make_authority(directory)
        self._contexts: dict[str, ssl.SSLContext] = {}
        super().__init__()

    @property
    def environ(self) -> dict[str, str]:
        """What sends a client here, and has it believe the certificates."""
        return {"HTTPS_PROXY": self.url, "NODE_EXTRA_CA_CERTS": str(self._authority.path)}

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS of that host."""
        if host not in self._contexts:
            self._contexts[host] = self._authority.server_context(host)
        return self._contexts[host]

    def handler(self) -> type[RecordingHandler]:
        """What serves a connection: of http, and of https after a CONNECT."""

        class Handler(RecordingHandler):
            recorder = self
            origin = ""

            def do_CONNECT(self) -> None:  # noqa: N802 - the name http.server looks for
                host, _, port = self.path.rpartition(":")
                self.origin = f"https://{host}" + ("" if port == "443" else f":{port}")
                self.send_response(200)
                self.end_headers()
                self.connection = every.context(host).wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", buffering=0)
                self.close_connection = False

            def finish(self) -> None:
                super().finish()
                self.connection.close()  # the server closes what it accepted, which is not this one

            def parse_request(self) -> bool:
                parsed = super().parse_request()
                if parsed and self.command != "CONNECT" and self.path.startswith("/"):
                    self.path = self.origin + self.path
                return parsed

        every = self
        return Handler
