"""A loopback server that records what a client sends and answers like Anthropic's API.

It speaks the three dialects of Claude Code: `messages`, Vertex (`:rawPredict`, `:streamRawPredict`) and
Bedrock (`/model/<id>/invoke`, `/model/<id>/invoke-with-response-stream`).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote
from uuid import uuid4

from support.gateway.stand_in import LoopbackServer, respond

if TYPE_CHECKING:
    import ssl

_MODEL_CALL = re.compile(r"/v1/messages(\?|$)|:(streamRawPredict|rawPredict)$|/model/[^/]+/invoke")
_MODEL_IN_PATH = re.compile(r"/models?/([^/]+)(?::(?:streamRawPredict|rawPredict)$|/invoke)")
_COUNT_TOKENS = re.compile(r"count[-_]tokens")


class Request(NamedTuple):
    """One recorded request; `headers` in the order sent, `body` decoded from JSON (None when empty)."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: Any

    def header(self, name: str) -> str | None:
        """The last value of a header, None when it was not sent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None

    @property
    def is_model_call(self) -> bool:
        """Whether it asks a model for an answer (in any dialect), and does not only count tokens."""
        return (
            self.method == "POST"
            and bool(_MODEL_CALL.search(self.path))
            and not _COUNT_TOKENS.search(self.path)
        )

    @property
    def model(self) -> str:
        """The model asked for: in the body, or (Vertex, Bedrock) in the path; empty when there is none."""
        if isinstance(self.body, dict) and "model" in self.body:
            return str(self.body["model"])
        named = _MODEL_IN_PATH.search(self.path)
        return unquote(named[1]) if named else ""

    @property
    def prompt(self) -> str:
        """The text of the last message from the user."""
        messages = self.body.get("messages", []) if isinstance(self.body, dict) else []
        asked = [message["content"] for message in messages if message["role"] == "user"]
        if not asked:
            return ""
        if isinstance(asked[-1], str):
            return asked[-1]
        return "\n".join(block.get("text", "") for block in asked[-1])


def turn(prompt: str) -> Callable[[Request], bool]:
    """A predicate: the conversation's own request for `prompt`, not a side request (a title, a summary)."""
    return lambda request: (
        request.is_model_call and bool(request.body.get("tools")) and prompt in request.prompt
    )


class Recorder(LoopbackServer):
    """Keeps what is asked, and answers "pong"."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.reads_file: str | None = None  # while a path: a turn is answered by a call of Read on it
        self._arrived = threading.Condition()
        self._requests: list[Request] = []
        super().__init__(self.handler(), tls)

    @property
    def requests(self) -> list[Request]:
        """What has arrived so far."""
        with self._arrived:
            return list(self._requests)

    @property
    def model_calls(self) -> list[Request]:
        """Those of `requests` that ask a model for an answer."""
        return [request for request in self.requests if request.is_model_call]

    def handler(self) -> type[RecordingHandler]:
        """What serves a connection."""

        class Handler(RecordingHandler):
            recorder = self

        return Handler

    def clear(self) -> None:
        """Forget what has arrived."""
        with self._arrived:
            self._requests.clear()

    def wait_for(self, predicate: Callable[[Request], bool], timeout: float = 30) -> Request:
        """The first request, past or coming, that `predicate` accepts; AssertionError after `timeout` s."""

        def found() -> Request | None:
            return next(filter(predicate, self._requests), None)

        with self._arrived:
            request = self._arrived.wait_for(found, timeout)
            seen = [f"{request.method} {request.path}" for request in self._requests]
        assert request, f"no such request in {timeout} s; seen: {seen}"
        return request

    def record(self, request: Request) -> None:
        """Keep a request and wake all that wait for one."""
        with self._arrived:
            self._requests.append(request)
            self._arrived.notify_all()


class RecordingHandler(BaseHTTPRequestHandler):
    """Serves a connection: records each request and answers it."""

    recorder: Recorder
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw) if raw else None
        request = Request(self.command, self.path, self.headers.items(), body)
        self.recorder.record(request)
        kind, payload = _response(request, self.recorder)
        respond(self, 200, payload, kind)

    do_HEAD = do_GET = do_POST = _answer  # noqa: N815 - the names http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the test's output is for the test."""


def _response(request: Request, recorder: Recorder) -> tuple[str, bytes]:
    """The content type and bytes of the answer to a request."""
    if _COUNT_TOKENS.search(request.path):
        return "application/json", b'{"input_tokens": 10}'
    if not request.is_model_call:
        return "application/json", b"{}"
    model = request.model
    calls_tool = recorder.reads_file is not None and bool(request.body.get("tools"))
    events = _tool_events(model, recorder.reads_file or "") if calls_tool else text_events(model, "pong")
    if request.path.endswith("/invoke-with-response-stream"):
        frames = [_aws_frame(event) for event in events]
        return "application/vnd.amazon.eventstream", b"".join(frames)
    if request.body.get("stream"):
        return "text/event-stream", in_stream(events)
    return "application/json", in_json(model, "pong")


def in_stream(events: list[dict[str, Any]]) -> bytes:
    """A streamed answer."""
    return "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events).encode()


def in_json(model: str, answer: str) -> bytes:
    """The same, in one piece."""
    said = {"content": [{"type": "text", "text": answer}], "stop_reason": "end_turn"}
    return json.dumps(_message(model) | said).encode()


def _message(model: str) -> dict[str, Any]:
    """A message before its first block."""
    return {
        "id": "msg_test", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 1},
    }  # fmt: skip


def text_events(model: str, answer: str) -> list[dict[str, Any]]:
    """A whole streamed answer: one block of text."""
    text = {"type": "text_delta", "text": answer}
    return _block_events(model, {"type": "text", "text": ""}, text, "end_turn")


def _tool_events(model: str, path: str) -> list[dict[str, Any]]:
    """A whole streamed answer: one call of the client's Read tool."""
    call = {"type": "tool_use", "id": f"toolu_{uuid4().hex}", "name": "Read", "input": {}}
    arguments = {"type": "input_json_delta", "partial_json": json.dumps({"file_path": path})}
    return _block_events(model, call, arguments, "tool_use")


def _block_events(model: str, block: object, delta: object, stop_reason: str) -> list[dict[str, Any]]:
    ending = {"stop_reason": stop_reason, "stop_sequence": None}
    return [
        {"type": "message_start", "message": _message(model)},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]


def _aws_frame(event: dict[str, Any]) -> bytes:
    """One `chunk` in AWS's event-stream encoding (vnd.amazon.eventstream).

    Big-endian: total length, length of headers, CRC-32 of those two; headers (a byte of name length, name,
    type 7 for a string, two bytes of value length, value); payload; CRC-32 of all before it.
    """
    names = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in names.items()
    )
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(event).encode()).decode()}).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    frame = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
    return frame + struct.pack("!I", binascii.crc32(frame))
