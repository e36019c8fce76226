"""The real open-source Portkey gateway on loopback, and upstreams for it: what a routing test needs."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.gateway.recorder import in_json, in_stream, text_events
from support.gateway.stand_in import Asked, AskedServer, respond
from support.missing import impossible

REPOSITORY = Path(__file__).parents[3]
START_SCRIPT = REPOSITORY / ".components/gateway/node_modules/@portkey-ai/gateway/build/start-server.js"
LOOPBACK_PRELOAD = REPOSITORY / "tests/e2e/components/gateway/loopback.cjs"
START_LIMIT = 20.0  # seconds; starting takes about one


class Answer(NamedTuple):
    """One HTTP answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None
) -> Answer:
    """Ask 127.0.0.1:port and wait for the whole answer; `body` is sent as JSON."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        payload = None if body is None else json.dumps(body)
        all_headers = {"content-type": "application/json", **(headers or {})}
        connection.request(method, path, payload, all_headers)
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, answered, response.read().decode())
    finally:
        connection.close()


class Received(NamedTuple):
    """A request as the upstream saw it; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class FakeAnthropic(AskedServer):
    """An Anthropic Messages API: JSON or a stream when `status` is 200, else that error."""

    text = "hello from the fake"

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.status = status
        self.requests: list[Received] = []

    @property
    def base_url(self) -> str:
        """What a target's `custom_host` is set to."""
        return f"{self.url}/v1"

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.method != "POST":
            respond(handler, 404, _error(404))
            return
        body = json.loads(handler.rfile.read(int(asked.headers.get("content-length") or 0)) or b"null")
        self.requests.append(Received(*asked, body))
        if self.status != 200:
            respond(handler, self.status, _error(self.status))
        elif asked.path.split("?")[0].endswith("/count_tokens"):
            respond(handler, 200, b'{"input_tokens": 3}')
        elif body.get("stream"):
            respond(handler, 200, in_stream(text_events(body["model"], self.text)), "text/event-stream")
        else:
            respond(handler, 200, in_json(body["model"], self.text))


def _error(status: int) -> bytes:
    kind = {429: "rate_limit_error", 404: "not_found_error"}.get(status, "api_error")
    error = {"type": kind, "message": f"fake {status}"}
    return json.dumps({"type": "error", "error": error}).encode()


@contextmanager
def dead_port() -> Iterator[int]:
    """A loopback port nothing answers on, and nothing else can take meanwhile: bound, never listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


class Gateway:
    """The running gateway: `port`, `base_url`, and `output`, what it printed so far."""

    def __init__(self, home: Path) -> None:
        node = shutil.which("node") or "node"
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "NODE_ENV": "production"}
        if system_root := os.environ.get("SYSTEMROOT"):
            environment["SYSTEMROOT"] = system_root  # node needs it to start on Windows
        self._process = subprocess.Popen(
            [node, "--require", str(LOOPBACK_PRELOAD), str(START_SCRIPT), "--headless", "--port=0"], cwd=home,
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self.output: list[str] = []
        self._port: int | None = None
        self._decided = threading.Event()  # it listens, or it ended
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line)
            if found := re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line):
                self._port = int(found[1])
                self._decided.set()
        self._decided.set()

    @property
    def port(self) -> int:
        """Its port, once it listens; fails with what it printed when it ends or takes too long."""
        if not self._decided.wait(START_LIMIT) or self._port is None:
            pytest.fail("the gateway did not start:\n" + "".join(self.output))
        return self._port

    @property
    def base_url(self) -> str:
        """What `ANTHROPIC_BASE_URL` is set to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def messages(self, headers: Mapping[str, str], *, stream: bool = False) -> Answer:
        """POST a small Anthropic message through the gateway."""
        body = {
            "model": "claude-test",
            "max_tokens": 16,
            "stream": stream,
            "messages": [{"role": "user", "content": "hi"}],
        }
        versioned = {"anthropic-version": "2023-06-01", **headers}
        return request(self.port, "POST", "/v1/messages", versioned, body)

    def messages_with_config(
        self, config: object, headers: Mapping[str, str] | None = None, *, stream: bool = False
    ) -> Answer:
        """The same, routed by an inline config."""
        inline = json.dumps(config, separators=(",", ":"))
        return self.messages({"x-portkey-config": inline, **(headers or {})}, stream=stream)

    def stop(self) -> None:
        """End the process (this one, by its handle), and wait until it is gone."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()


def require_gateway() -> None:
    """Skip with the reason when node or the gateway is missing; under CI that is a failure."""
    if shutil.which("node") and START_SCRIPT.is_file():
        return
    reason = "the real gateway is not installed: needs node, then tests/e2e/components/install.sh gateway"
    impossible(reason)


@contextmanager
def running_gateway(home: Path) -> Iterator[Gateway]:
    """A gateway that answers; stopped at the end."""
    gateway = Gateway(home)
    try:
        assert request(gateway.port, "GET", "/").body == "AI Gateway says hey!"
        yield gateway
    finally:
        gateway.stop()
