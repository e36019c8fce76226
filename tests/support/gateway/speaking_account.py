"""A stand-in account that answers Claude Code, too: for its key and a model it lists, else a refusal."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler

from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.gateway.recorder import in_json, in_stream, text_events
from support.gateway.stand_in import Asked, respond

ANSWER = "pong"


class SpeakingAccount(HostedAccount):
    """`spoken` are the models that were asked, in order."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.spoken: list[str] = []

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.method != "POST" or not asked.path.startswith("/v1/messages"):
            super().answer(handler, asked)
            return
        body = json.loads(handler.rfile.read(int(asked.headers.get("content-length") or 0)) or b"null")
        listed = {row["id"].partition("/")[2] for row in self.models}
        if self.key not in (asked.headers.get("x-api-key"), asked.headers.get("x-portkey-api-key")):
            status, refusal = auth_error(401, "Invalid API Key", "03")
            respond(handler, status, json.dumps(refusal).encode())
        elif body["model"] not in listed:
            missing = {"type": "not_found_error", "message": f"model: {body['model']}"}
            respond(handler, 404, json.dumps({"type": "error", "error": missing}).encode())
        elif body.get("stream"):
            self.spoken.append(body["model"])
            respond(handler, 200, in_stream(text_events(body["model"], ANSWER)), "text/event-stream")
        else:
            respond(handler, 200, in_json(body["model"], ANSWER))
