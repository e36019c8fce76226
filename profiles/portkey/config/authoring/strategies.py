"""What is wished of a config, and the strategy and targets that follow from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.conditions import read_query
from profiles.portkey.config.authoring.targets import (
    Load,
    Target,
    name_for,
    read_target,
    read_weighted,
    targets_within,
)
from profiles.portkey.config.authoring.typed import milliseconds, number, statuses, whole_number


class Wish(NamedTuple):
    """What was typed. One of `to`, `fallback`, `loadbalance` and `conditional` at most is given.

    Each of `conditional` is conditions and, last, a target. `fields` are by the option's name, each time with
    its words, of which the first may be a target's word. `settings` are such as `cache.max_age=60`.
    """

    to: str | None = None
    fallback: tuple[str, ...] = ()
    loadbalance: tuple[str, ...] = ()
    conditional: tuple[tuple[str, ...], ...] = ()
    default: str | None = None
    on: str | None = None
    sticky: tuple[str, ...] = ()
    sticky_for: str | None = None
    rest_after: str | None = None
    rest_for: str | None = None
    fields: Mapping[str, Sequence[Sequence[str]]] = {}
    settings: tuple[str, ...] = ()
    forwards: bool = True


def check_together(wish: Wish) -> None:
    """Raises UsageError for wishes that mean nothing together."""
    ways = {
        "--to": wish.to, "--fallback": wish.fallback, "--loadbalance": wish.loadbalance,
        "--conditional": wish.conditional,
    }  # fmt: skip
    given = [option for option, words in ways.items() if words]
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(given)} do not go together",
            "Put one of them into a file of its own, and name that file as a target of the other.",
        )
    needs = (
        ("--on", wish.on, wish.fallback, "--fallback"),
        ("--sticky", wish.sticky, wish.loadbalance, "--loadbalance"),
        ("--sticky-for", wish.sticky_for, wish.sticky, "--sticky"),
        ("--default", wish.default, wish.conditional, "--conditional"),
        ("--rest-for", wish.rest_for, wish.rest_after, "--rest-after"),
        ("--rest-after", wish.rest_after, wish.fallback or wish.loadbalance, "--fallback or --loadbalance"),
    )
    for option, is_given, needed, other in needs:
        if is_given and not needed:
            raise UsageError(f"{option} goes with {other}", "See `pkcc-tray config new --help`.")
    if wish.conditional and not wish.default:
        raise UsageError(
            "--conditional needs --default",
            "Where do requests go that no condition takes? Such as --default @b",
        )


def strategy_of(wish: Wish, load: Load) -> tuple[dict[str, Any], list[Target]]:
    """The config with its strategy, and its targets, which stand in it too."""
    if wish.conditional:
        return _conditional(wish, load)
    if wish.to is not None:
        only = read_target(wish.to, load)
        return only.data, [only, *targets_within(only.data)]
    words = wish.fallback or wish.loadbalance
    if not words:
        return {}, []
    if len(words) < 2:
        raise UsageError(
            f"{'--fallback' if wish.fallback else '--loadbalance'} needs two targets or more",
            "One alone is --to.",
        )
    read = read_target if wish.fallback else read_weighted
    targets = [read(word, load) for word in words]
    strategy: dict[str, Any] = {"mode": "fallback" if wish.fallback else "loadbalance"}
    if wish.on is not None:
        strategy["on_status_codes"] = statuses("--on", wish.on)
    if wish.sticky:
        strategy["sticky"] = {"enabled": True, "hash_fields": [*wish.sticky]}
        if wish.sticky_for is not None:
            span = milliseconds("--sticky-for", wish.sticky_for)
            strategy["sticky"]["ttl"] = span / 1000 if span % 1000 else span // 1000
    if wish.rest_after is not None:
        strategy["cb_config"] = _breaker(wish.rest_after, wish.rest_for or "60s")
    return {"strategy": strategy, "targets": [target.data for target in targets]}, targets


def _breaker(after: str, rest: str) -> dict[str, Any]:
    """Of `5`, or `50%`, failures."""
    share = number(after.removesuffix("%")) if after.endswith("%") else None
    threshold = (
        {"failure_threshold": whole_number("--rest-after", after)}
        if share is None
        else {"failure_threshold_percentage": share}
    )
    return {**threshold, "cooldown_interval": milliseconds("--rest-for", rest)}


def _conditional(wish: Wish, load: Load) -> tuple[dict[str, Any], list[Target]]:
    targets: dict[str, Target] = {}
    taken: set[str] = set()

    def named(word: str) -> str:
        """The name of the target that the word means, which is the same for the same word."""
        if word not in targets:
            target = read_target(word, load)
            name = name_for(target, taken)
            rest = {key: value for key, value in target.data.items() if key != "name"}
            targets[word] = Target(word, {"name": name, **rest})
        return str(targets[word].data["name"])

    conditions = []
    for words in wish.conditional:
        if len(words) < 2:
            raise UsageError(
                "--conditional takes conditions and a target", "Such as: --conditional metadata.team=eng @a"
            )
        conditions.append({"query": read_query(words[:-1]), "then": named(words[-1])})
    strategy = {"mode": "conditional", "conditions": conditions, "default": named(wish.default or "")}
    found = [*targets.values()]
    return {"strategy": strategy, "targets": [target.data for target in found]}, found
