"""What a request of the real client says about its route, and what it must say for a profile."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import unquote

from support.gateway.recorder import Request

DIALECTS = ("messages", "vertex", "bedrock")
DELIVERIES = ("helper", "settings")
MODELS = {
    "messages": "claude-sonnet-5-5",
    "vertex": "claude-sonnet-5-5",
    "bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
}


class Routing(NamedTuple):
    """All of a request that a profile decides. `path` is decoded; `portkey` holds the x-portkey headers."""

    path: str
    model: str
    authorization: str | None
    x_api_key: str | None
    portkey: dict[str, str]


def routing_of(request: Request) -> Routing:
    """What the request says; a header that was sent twice is a failure of its own."""
    names = [name.lower() for name, _ in request.headers]
    assert len(names) == len(set(names)), names
    portkey = {name.lower(): value for name, value in request.headers if name.lower().startswith("x-portkey")}
    return Routing(
        unquote(request.path),
        request.model,
        request.header("authorization"),
        request.header("x-api-key") or None,  # blank: it only keeps the key of a login back
        portkey,
    )


def path_of(dialect: str, model: str, project_id: str = "portkey", region: str = "us-east5") -> str:
    """The path that a dialect's request has after the gateway's own, `/v1` included."""
    publisher = f"/v1/projects/{project_id}/locations/{region}/publishers/anthropic"
    return {
        "messages": "/v1/messages?beta=true",
        "vertex": f"{publisher}/models/{model}:streamRawPredict",
        "bedrock": f"/v1/model/{model}/invoke-with-response-stream",
    }[dialect]


def expected_routing(
    dialect: str, delivery: str, path: str, model: str, key: str, portkey: dict[str, str]
) -> Routing:
    """What must arrive: the key where this dialect and delivery put it, and in no other place."""
    bearer = f"Bearer {key}"
    if delivery == "helper":
        return Routing(path, model, bearer, key if dialect == "messages" else None, portkey)
    with_key = {"x-portkey-api-key": key, **portkey}
    return Routing(path, model, bearer if dialect == "messages" else None, None, with_key)


def keys_in(request: Request, keys: Collection[str]) -> set[str]:
    """Which of the keys a request carries, in its path or any header."""
    text = "\n".join([request.path, *(value for _, value in request.headers)])
    return {key for key in keys if key in text}


def gateway_url(url: str, dialect: str) -> str:
    """The base URL as a profile of that dialect has it."""
    return url if dialect == "messages" else f"{url}/v1"
