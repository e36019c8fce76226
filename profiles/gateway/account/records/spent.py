"""What an account has spent: by moment, and by model, user or metadata; and what a model costs. Pure."""

from __future__ import annotations

from typing import NamedTuple

from profiles.gateway.account.records.row import Row, UnusableError


class Point(NamedTuple):
    """What belongs to the span of time that begins at `at` (ISO 8601)."""

    at: str
    total: float


class Graph(NamedTuple):
    """What was counted over time; costs are in US cents, as Portkey has them."""

    total: float
    points: tuple[Point, ...]


class Share(NamedTuple):
    """What one model, user or metadata value has had; `cost`, in US cents, is None where it is not told."""

    of: str
    requests: float
    cost: float | None


class Price(NamedTuple):
    """US cents for a token that goes in, comes out, is read from a cache or written to it."""

    input: float | None
    output: float | None
    cache_read: float | None
    cache_write: float | None


def read_graph(row: Row) -> Graph:
    """The answer to `GET /analytics/graphs/…`."""
    points = row.rows("data_points", _point)
    total = row.inner("summary").number("total")
    if total is None and not isinstance(row.value("data_points"), list):
        raise UnusableError
    return Graph(sum(point.total for point in points) if total is None else total, points)


def read_share(row: Row, by: str) -> Share:
    """One row of `GET /analytics/groups/…`; `by` is the field that says of what."""
    return Share(
        of=row.text(by) or "(none)",
        requests=row.number("requests") or 0.0,
        cost=row.number("cost"),
    )


def read_price(row: Row) -> Price:
    """The answer to `GET /model-configs/pricing/{provider}/{model}`."""
    if not isinstance(row.value("pay_as_you_go"), dict):
        raise UnusableError
    tokens = row.inner("pay_as_you_go")
    return Price(
        input=tokens.inner("request_token").number("price"),
        output=tokens.inner("response_token").number("price"),
        cache_read=tokens.inner("cache_read_input_token").number("price"),
        cache_write=tokens.inner("cache_write_input_token").number("price"),
    )


def _point(row: Row) -> Point:
    total = row.number("total")
    if total is None:
        raise UnusableError
    return Point(row.name("timestamp"), total)
