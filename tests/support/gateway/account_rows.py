"""Rows and refusals as Portkey's account API answers them, for the stand-in of an account."""

from __future__ import annotations

from typing import Any

UUID = "472d2804-d054-4226-b4ae-9d4e2e61e69e"
WHEN = "2026-11-01T09:00:00.000Z"
_DEFAULT_PAGE = 50
SHARES: dict[str, list[dict[str, Any]]] = {
    "users": [
        {"user": "jane", "requests": "41", "cost": "5000"}, {"user": "joe", "requests": "7", "cost": "1100"},
    ],
    "ai-models": [
        {"ai_model": "claude-sonnet-5-5", "requests": "40"}, {"ai_model": "claude-opus-5-5", "requests": "8"},
    ],
    "metadata": [
        {"metadata_value": "red", "requests": 48, "cost": 6100, "avg_tokens": 900, "avg_weighted_feedback": 0,
         "requests_with_feedback": 0, "last_seen": WHEN},
    ],
}  # fmt: skip
Answer = tuple[int, Any]
Query = dict[str, str]


def provider(slug: str, **fields: Any) -> dict[str, Any]:
    """A provider as `GET /providers` lists it."""
    return {
        "name": slug.title(), "slug": slug, "integration_id": UUID, "note": None, "status": "active",
        "usage_limits": {
            "credit_limit": 500, "type": "cost", "alert_threshold": 400, "periodic_reset": "monthly",
            "next_usage_reset_at": "2026-12-01T00:00:00Z",
        },
        "rate_limits": [{"type": "requests", "unit": "rpm", "value": 100}], "reset_usage": 0,
        "created_at": WHEN, "expires_at": "2027-11-01T00:00:00Z", "object": "provider", **fields,
    }  # fmt: skip


def model(slug: str, name: str) -> dict[str, Any]:
    """A model as `GET /models` lists it."""
    return {"id": f"@{slug}/{name}", "slug": name, "canonical_slug": name, "object": "model"}


def policy(name: str, limit: float) -> dict[str, Any]:
    """A usage policy as `GET /policies/usage-limits` lists it."""
    return {
        "id": "8610029e-692a-4df6-9052-3fa3eff69911", "name": name, "type": "cost", "status": "active",
        "conditions": [{"key": "metadata.team", "value": "red"}], "group_by": [{"key": "metadata._user"}],
        "credit_limit": limit, "alert_threshold": 80, "periodic_reset": "monthly",
        "periodic_reset_days": None, "next_usage_reset_at": None, "last_reset_at": None,
        "workspace_id": UUID, "organisation_id": UUID, "created_at": WHEN, "last_updated_at": WHEN,
    }  # fmt: skip


def auth_error(status: int, message: str, code: str) -> Answer:
    """As the hosted gateway refuses a key, on every path."""
    text = f"Portkey Error: {message}. Error Code: {code}"
    return status, {"status": "failure", "message": text, "error": {"message": text, "code": code}}


def route_error(status: int, kind: str, code: str | None = None) -> Answer:
    """As the hosted gateway refuses a route."""
    return status, {"error": {"message": "no", "type": kind, "param": None, "code": code}}


def control(status: int, code: str, message: str = "no") -> Answer:
    """As the control plane refuses."""
    return status, {"success": False, "data": {"message": message, "errorCode": code}}


def page(rows: list[dict[str, Any]], query: Query) -> Answer:
    size, number = int(query.get("page_size", _DEFAULT_PAGE)), int(query.get("current_page", 0))
    return 200, {"object": "list", "total": len(rows), "data": rows[number * size : (number + 1) * size]}


def missing_of(query: Query) -> str:
    """What a question about a span of time lacks; "" for nothing."""
    names = ("workspace_slug", "time_of_generation_min", "time_of_generation_max")
    return next((name for name in names if name not in query), "")
