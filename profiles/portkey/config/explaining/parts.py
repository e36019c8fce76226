"""Which part of the requests each target of a level has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.explaining.conditions import query_words
from profiles.portkey.config.explaining.phrases import share
from profiles.portkey.config.findings import list_in, object_in


class Portion(NamedTuple):
    """A target, its number among its level's, and when it is asked.

    `share` is such as `first` or `70 %`; `queries` are those that lead to it, in words; `is_default` says
    that all others do, and `is_never` that nothing does.
    """

    at: int
    target: Mapping[str, Any]
    share: str = ""
    queries: tuple[str, ...] = ()
    is_default: bool = False
    is_never: bool = False

    @property
    def when(self) -> str:
        """In words, such as `where metadata.team is x, and all others`, `70 %` or `never`."""
        words = [f"where {', or where '.join(self.queries)}"] if self.queries else []
        words += ["all others"] if self.is_default else []
        return "never" if self.is_never else ", and ".join(words) or self.share


def in_order(data: Mapping[str, Any]) -> list[Portion]:
    """Of a level that tries one after another."""
    return [Portion(at, each, "then" if i else "first") for i, (at, each) in enumerate(numbered(data))]


def the_first(data: Mapping[str, Any]) -> list[Portion]:
    """Of a level that asks its first alone."""
    return [Portion(at, each, is_never=i > 0) for i, (at, each) in enumerate(numbered(data))]


def weighed(data: Mapping[str, Any]) -> list[Portion]:
    """Of a level that shares requests by its targets' weights."""
    total = sum(_weight(each) for _, each in numbered(data))
    return [
        Portion(at, each, share(_weight(each), total)) if total > 0 else Portion(at, each, is_never=True)
        for at, each in numbered(data)
    ]


def chosen(data: Mapping[str, Any]) -> list[Portion]:
    """By conditions, which are asked in their order; a name that two targets have leads to the first."""
    strategy = object_in(data, "strategy")
    queries: dict[str, list[str]] = {}
    for condition in list_in(strategy, "conditions"):
        if isinstance(condition, Mapping) and isinstance(condition.get("then"), str):
            queries.setdefault(condition["then"], []).append(query_words(condition.get("query")))
    order, default = [*queries], strategy.get("default")
    ranked, seen = [], set()
    for at, target in numbered(data):
        name = target.get("name")
        if not isinstance(name, str) or name in seen:
            name = None
        seen.add(name)
        asked = () if name is None else tuple(queries.get(name, ()))
        is_default = name is not None and name == default
        rank = order.index(name) if name in queries else len(order) + (not is_default)
        is_never = not (asked or is_default)
        ranked.append((rank, Portion(at, target, "", asked, is_default=is_default, is_never=is_never)))
    return [part for _, part in sorted(ranked, key=lambda each: each[0])]


def numbered(data: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The targets that are objects, each with its number among all of them."""
    return [(at, each) for at, each in enumerate(list_in(data, "targets")) if isinstance(each, Mapping)]


def _weight(target: Mapping[str, Any]) -> float:
    weight = target.get("weight", 1)
    return float(weight) if isinstance(weight, int | float) and 0 <= weight < 1e100 else 0.0
