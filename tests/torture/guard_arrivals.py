"""What came to which server: bytes of keys at strangers, and whether a key is at its gateway."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from support.desktop.listener import Listener
    from support.gateway.recorder import Recorder, Request


class Gateway(NamedTuple):
    """A profile's gateway: the key that may go there, and to no other place."""

    server: Recorder
    url: str
    key: str


class Arrivals:
    """`stranger` is the attacker's; `company` a proxy that everybody there goes through."""

    def __init__(self, gateways: dict[str, Gateway], stranger: Listener, company: Listener) -> None:
        self.gateways = gateways
        self.stranger = stranger
        self.company = company

    @property
    def servers(self) -> list[Recorder]:
        return list({id(each): each for each in (self.stranger, self.company, *self._own())}.values())

    def _own(self) -> list[Recorder]:
        return [gateway.server for gateway in self.gateways.values()]

    def full_url(self, server: Recorder, request: Request) -> str:
        return request.path if request.path.startswith("http") else server.url + request.path

    def leaked(self) -> int:
        """Bytes of keys that arrived elsewhere than at their own gateway, the company's proxy let alone."""
        return sum(self._leaked(name) for name in self.gateways)

    def _leaked(self, name: str) -> int:
        gateway = self.gateways[name]
        return sum(
            len(gateway.key) * _times(gateway.key, request)
            for server in self.servers
            for request in server.requests
            if not self.is_home(gateway, server, request)
        )

    def at_home(self, name: str = "own") -> bool:
        """Whether a model call with that profile's key is at its gateway."""
        gateway = self.gateways[name]
        return any(
            request.is_model_call and self.is_home(gateway, server, request) and _times(gateway.key, request)
            for server in self.servers
            for request in server.requests
        )

    def is_home(self, gateway: Gateway, server: Recorder, request: Request) -> bool:
        """Whether it came to that gateway, itself or by the company's proxy, and is not to be sent on."""
        url = self.full_url(server, request)
        if server not in (gateway.server, self.company) or not url.startswith(f"{gateway.url}/"):
            return False
        sent_on = "custom_host" in (request.header("x-portkey-config") or "")
        return (
            not sent_on
            and request.header("x-portkey-custom-host") is None
            and request.header("host") == urlsplit(gateway.url).netloc
        )

    def reached(self) -> bool:
        """Whether anything came to a place that is none of the user's."""
        homes = tuple(f"{gateway.url}/" for gateway in self.gateways.values())
        return bool(self.stranger.requests) or any(
            not self.full_url(server, request).startswith(homes)
            for server in self.servers
            for request in server.requests
            if request.method == "POST"
        )


def _times(key: str, request: Request) -> int:
    """How often the key, or a form of it, is in a request."""
    lines = [request.path, *(f"{name}: {value}" for name, value in request.headers), json.dumps(request.body)]
    text = "\n".join(lines)
    encoded = base64.b64encode(key.encode()).decode().rstrip("=")
    return text.count(key) + text.count(encoded)
