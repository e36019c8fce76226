"""Which part of the requests each target of a level has, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.explaining.conditions import query_words
from profiles.portkey.config.explaining.phrases import either, share, shown
from profiles.portkey.config.explaining.routes import mode_of
from profiles.portkey.config.findings import list_in, object_in


class Part(NamedTuple):
    """A target, its number among its level's, and when it is asked: `first`, `70 %`, `where … is …`."""

    at: int
    target: Mapping[str, Any]
    when: str


NEVER, OTHERS = "never", "all others"


def parts_of(data: Mapping[str, Any]) -> list[Part]:
    """The targets in the order in which they count."""
    numbered = [(at, each) for at, each in enumerate(list_in(data, "targets")) if isinstance(each, Mapping)]
    targets = [target for _, target in numbered]
    mode = mode_of(data)
    if mode == "conditional":
        return _chosen(object_in(data, "strategy"), numbered)
    if mode == "fallback":
        words = ["first", *("then" for _ in targets[1:])]
    elif mode == "loadbalance":
        weights = [_weight(target) for target in targets]
        words = [share(weight, sum(weights)) if sum(weights) > 0 else NEVER for weight in weights]
    else:
        words = ["", *(NEVER for _ in targets[1:])] if targets else []
    return [Part(at, target, when) for (at, target), when in zip(numbered, words, strict=True)]


def _weight(target: Mapping[str, Any]) -> float:
    weight = target.get("weight", 1)
    return float(weight) if isinstance(weight, int | float) and 0 <= weight < 1e100 else 0.0


def _chosen(strategy: Mapping[str, Any], numbered: list[tuple[int, Mapping[str, Any]]]) -> list[Part]:
    """By conditions, which are asked in their order; a name that two targets have leads to the first."""
    queries: dict[str, list[str]] = {}
    for condition in list_in(strategy, "conditions"):
        if isinstance(condition, Mapping) and isinstance(condition.get("then"), str):
            queries.setdefault(condition["then"], []).append(query_words(condition.get("query")))
    order, default = [*queries], strategy.get("default")
    ranked, seen = [], set()
    for at, target in numbered:
        name = target.get("name")
        if not isinstance(name, str) or name in seen:
            name = None
        seen.add(name)
        words = [f"where {', or where '.join(queries[name])}"] if name in queries else []
        words += [OTHERS] if name is not None and name == default else []
        rank = order.index(name) if name in queries else len(order) + (not words)
        ranked.append((rank, Part(at, target, ", and ".join(words) or NEVER)))
    return [part for _, part in sorted(ranked, key=lambda each: each[0])]


def no_default(data: Mapping[str, Any]) -> list[str]:
    """What becomes of a request that no condition takes, where no target is there for it."""
    strategy = object_in(data, "strategy")
    if mode_of(data) != "conditional" or any(OTHERS in part.when for part in parts_of(data)):
        return []
    default = strategy.get("default")
    why = (
        f"its default {shown(default)} is no target of it"
        if isinstance(default, str)
        else "it has no default"
    )
    return [f"refuses all other requests, for {why}"]


def sticky_words(strategy: Mapping[str, Any]) -> str:
    """Such as `; requests of the same metadata.user_id stay with one`; "" where they do not."""
    sticky = object_in(strategy, "sticky")
    if not sticky or sticky.get("enabled") is False:
        return ""
    fields = either(map(shown, list_in(sticky, "hash_fields")[:10]), "and")
    return f"; requests of the same {fields or 'caller'} stay with one"
