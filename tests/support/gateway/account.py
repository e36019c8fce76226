"""A stand-in for a whole Portkey account: every list, config, policy, cost and price, in the documented form.

What it holds and how it misbehaves is set by tests: rights that the key lacks, a key that has expired,
budgets that are used up, slowness, garbage. `test_stand_in.py` holds its answers to Portkey's
published document.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Barrier
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from support.gateway.account_configs import ConfigShelf
from support.gateway.account_rows import (
    SHARES,
    Answer,
    Query,
    auth_error,
    control,
    missing_of,
    model,
    page,
    policy,
    provider,
    route_error,
)
from support.gateway.stand_in import Asked, AskedServer, respond

if TYPE_CHECKING:
    import ssl


class Route(NamedTuple):
    """What answers a path, and the scope that a key must have for it."""

    method: str
    path: str  # a pattern; its groups are handed on
    scope: str
    answer: Callable[..., Answer]


class HostedAccount(AskedServer):
    """Portkey's gateway and control plane with one workspace."""

    def __init__(self, key: str, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.key = key
        self.lacks: set[str] = set()  # scopes that the key has not
        self.refuses: Answer | None = None  # what every question is answered by
        self.refuses_page: int | None = None  # asked for too often (429)
        self.saved_only = False  # whether the organisation refuses whatever routes by itself
        self.answers: dict[str, bytes] = {}  # a path's answer in place of the right one
        self.refusals: dict[tuple[str, str], Answer] = {}  # what a method and path are answered by
        self.before: dict[tuple[str, str], list[Callable[[], object]]] = {}  # what others do first, one each
        self.delays: dict[str, float] = {}  # seconds before a path is answered
        self.together: Barrier | None = None  # questions are answered when as many as that wait
        self.bodies: list[Any] = []
        self.providers = [provider("anthropic-prod", provider="anthropic"), provider("bedrock-eu")]
        self.models = [
            model("anthropic-prod", "claude-opus-5-5"),
            model("anthropic-prod", "claude-sonnet-5-5"),
            model("bedrock-eu", "eu.anthropic.claude-sonnet-5-5"),
        ]
        self.most_models = 20_000  # in one answer
        self.shelf = ConfigShelf()
        self.shelf.save(
            "Main", {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@anthropic-prod"}]}
        )
        self.policies = [policy("Team budget", 100)]
        self.rotated: dict[str, str] = {}  # the newest value of keys that were rotated, by their ids
        self.used = {"metadata._user:jane": 61.5, "metadata._user:joe": 12.0}
        self.costs = [120, 4830, 1150]  # US cents a day
        self.prices = {("anthropic", "claude-sonnet-5-5"): (0.0003, 0.0015)}
        self._routes = [
            Route("GET", r"/v1/models", "models.list", self._models),
            Route("GET", r"/v1/providers", "providers.list", lambda query: page(self.providers, query)),
            Route("GET", r"/v1/providers/([^/]+)", "providers.read", self._provider),
            Route("GET", r"/v1/configs", "configs.list", self.shelf.listed),
            Route("POST", r"/v1/configs", "configs.create", lambda _: self.shelf.create(self.bodies[-1])),
            Route("GET", r"/v1/configs/([^/]+)", "configs.read", self.shelf.one),
            Route("PUT", r"/v1/configs/([^/]+)", "configs.update",
                  lambda slug, _: self.shelf.update(slug, self.bodies[-1])),
            Route("GET", r"/v1/configs/([^/]+)/versions", "configs.read", self.shelf.versions),
            Route("POST", r"/v1/api-keys/([^/]+)/rotate", "workspace_service_api_keys.rotate", self._rotate),
            Route("GET", r"/v1/policies/usage-limits", "policies.list",
                  lambda query: page(self.policies, query)),
            Route("GET", r"/v1/policies/usage-limits/([^/]+)/entities", "policies.read", self._entities),
            Route("GET", r"/v1/analytics/graphs/(cost|requests|tokens)", "analytics.view", self._graph),
            Route("GET", r"/v1/analytics/groups/(users|ai-models|metadata/[^/]+)", "analytics.view",
                  self._groups),
        ]  # fmt: skip

    @property
    def configs(self) -> dict[str, list[dict[str, Any]]]:
        """The versions of each config by its slug, the newest last."""
        return self.shelf.configs

    def save(self, name: str, config: dict[str, Any]) -> str:
        """A new config of the workspace, by its slug."""
        return self.shelf.save(name, config)

    def spend(self, dollars: float, status: str = "active", **limits: Any) -> None:
        """So much is used of what @anthropic-prod may cost in a month; `limits` are as tests want them."""
        soon = datetime.now(UTC) + timedelta(days=40)
        month = {
            "credit_limit": 500, "type": "cost", "alert_threshold": 400, "periodic_reset": "monthly",
            "next_usage_reset_at": f"{soon:%Y-%m}-01T00:00:00Z", "current_usage": dollars,
        }  # fmt: skip
        self.providers[0] = provider("anthropic-prod", status=status, usage_limits=month | limits)

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        body = handler.rfile.read(int(asked.headers.get("content-length") or 0))
        self.bodies.append(json.loads(body) if body else None)
        path = urlsplit(asked.path).path
        time.sleep(self.delays.get(path, 0))
        if self.together is not None:
            self.together.wait(10)
        if path in self.answers:
            respond(handler, 200, self.answers[path])
            return
        status, plain = self._answer(asked, path)
        data = json.dumps(plain).encode()
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        if status == 200 and asked.headers.get("if-none-match") == etag:
            respond(handler, 304, b"", etag=etag)
        else:
            respond(handler, status, data, etag=etag)

    def _answer(self, asked: Asked, path: str) -> Answer:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        if priced := re.fullmatch(r"/model-configs/pricing/([^/]+)/([^/]+)", path):
            return self._price(*map(unquote, priced.groups()))
        if self.refuses is not None:
            return self.refuses
        if f"current_page={self.refuses_page}" in asked.path:
            return 429, {}
        if self.key not in (asked.headers.get("x-portkey-api-key"), _bearer(asked)):
            return auth_error(401, "Invalid API Key", "03") if path == "/v1/models" else control(401, "AB05")
        if self.saved_only and routes_inline(asked.headers):
            return route_error(400, "invalid_request_error", "inline_config_blocked")
        for route in self._routes:
            found = re.fullmatch(route.path, path)
            if found and route.method == asked.method:
                if route.scope in self.lacks:
                    return (
                        auth_error(403, "Forbidden!", "033") if path == "/v1/models" else control(403, "AB03")
                    )
                others = self.before.get((asked.method, path))
                if others:
                    others.pop(0)()
                if (asked.method, path) in self.refusals:
                    return self.refusals[asked.method, path]
                return route.answer(*map(unquote, found.groups()), query)
        return control(404, "AB08")

    def _models(self, query: Query) -> Answer:
        start = int(query.get("offset", 0))
        rows = self.models[start : start + min(int(query.get("limit", self.most_models)), self.most_models)]
        return 200, {"object": "list", "total": len(self.models), "data": rows}

    def _provider(self, slug: str, _: Query) -> Answer:
        found = next((row for row in self.providers if row["slug"] == slug), None)
        return (200, found) if found else control(404, "AB02")

    def _rotate(self, key_id: str, _: Query) -> Answer:
        """A new key; what a workspace's own keys open is no matter here."""
        period = (self.bodies[-1] or {}).get("key_transition_period_ms", 1_800_000)
        if period < 1_800_000:
            return control(400, "AB01", "key_transition_period_ms must be at least 1800000")
        self.rotated[key_id] = f"pk-rotated-{len(self.bodies)}"
        ends = datetime.now(UTC) + timedelta(milliseconds=period)
        ends_at = f"{ends:%Y-%m-%dT%H:%M:%S}.000Z"
        return 200, {"id": key_id, "key": self.rotated[key_id], "key_transition_expires_at": ends_at}

    def _entities(self, policy: str, query: Query) -> Answer:
        if all(row["id"] != policy for row in self.policies):
            return control(404, "AB02")
        rows = [
            {"id": str(at), "value_key": group, "current_usage": used}
            for at, (group, used) in enumerate(self.used.items())
        ]
        return page(rows, query)

    def _graph(self, kind: str, query: Query) -> Answer:
        if missing := missing_of(query):
            return control(400, "AB01", f"{missing} is required")
        totals = self.costs if kind == "cost" else [cost * 10 for cost in self.costs]
        average = {} if kind == "requests" else {"avg": 3}
        points = [
            {"timestamp": f"2026-11-{day:02}T00:00:00Z", "total": total, **average}
            for day, total in enumerate(totals, 1)
        ]
        return 200, {
            "object": "analytics-graph", "summary": {"total": sum(totals), **average}, "data_points": points,
        }  # fmt: skip

    def _groups(self, kind: str, query: Query) -> Answer:
        if missing := missing_of(query):
            return control(400, "AB01", f"{missing} is required")
        rows = SHARES[kind.partition("/")[0]]
        return page([{**row, "object": "analytics-group"} for row in rows], query)

    def _price(self, vendor: str, name: str) -> Answer:
        if (vendor, name) not in self.prices:
            return 404, {"error": "Model not found"}
        into, out = self.prices[vendor, name]
        tokens = {"request_token": {"price": into}, "response_token": {"price": out}}
        tokens |= {
            "cache_read_input_token": {"price": into / 10},
            "cache_write_input_token": {"price": into * 1.25},
        }
        return 200, {"pay_as_you_go": tokens, "currency": "USD"}


def _bearer(asked: Asked) -> str:
    return asked.headers.get("authorization", "").removeprefix("Bearer ")


def routes_inline(headers: Mapping[str, str]) -> bool:
    """Whether a request routes by something that is not saved at Portkey."""
    config, provider = headers.get("x-portkey-config", ""), headers.get("x-portkey-provider", "@")
    others = ("x-portkey-custom-host", "x-portkey-forward-headers")
    return config.startswith("{") or not provider.startswith("@") or any(name in headers for name in others)
