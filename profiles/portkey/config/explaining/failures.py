"""What becomes of a request that fails, by a config: retries, the next target, the end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.explaining.details import RETRIED, retried_on
from profiles.portkey.config.explaining.phrases import numbers_in, statuses, times
from profiles.portkey.config.explaining.routes import NOTHING, Named, below, route_words
from profiles.portkey.config.explaining.strategies import STRATEGIES, mode_of, parts_of
from profiles.portkey.config.findings import object_in
from profiles.portkey.config.limits import bounded

_LIMITED, _BROKEN = (429,), tuple(code for code in RETRIED if code >= 500)


class Failure(NamedTuple):
    """`on` is what went wrong, such as `429` or `all targets fail`; `then` is what happens."""

    on: str
    then: str


class _Step(NamedTuple):
    """What is done, in words; `is_retry` says that it is the same target once more."""

    words: str
    is_retry: bool = False


def failures(config: object) -> tuple[Failure, ...]:
    """What happens on 429, on 5xx, and when nothing has helped; without a config the answer is handed on."""
    data = config if isinstance(config, Mapping) and bounded(config) else {}
    limited, broken = (_then(data, codes) for codes in (_LIMITED, _BROKEN))
    rows = [Failure("429", limited), Failure("5xx", broken)]
    if limited == broken:
        rows = [Failure("429 or 5xx", limited)]
    end = "the last answer goes to Claude Code, which retries by itself a few times"
    return (*rows, Failure("every try fails", end))


def _then(data: Mapping[str, Any], codes: tuple[int, ...]) -> str:
    """What happens on statuses of one kind."""
    steps = _steps(data, codes, {}, NOTHING)
    return ", then ".join(step.words for step in steps) or "nothing more is tried at the gateway"


def _steps(
    data: Mapping[str, Any], codes: tuple[int, ...], retry: Mapping[str, Any], above: Named
) -> list[_Step]:
    """`retry` and `above` are what the levels above say."""
    retry, named = object_in(data, "retry") or retry, below(data, above)
    parts = [part for part in parts_of(data) if not part.is_never]
    if not parts:
        return _again(retry, codes)
    inner = [_steps(part.target, codes, retry, named) for part in parts]
    if not STRATEGIES[mode_of(data)].tries_next:
        return _of_one(inner)
    own = _before_the_next(inner)
    listed = numbers_in(object_in(data, "strategy").get("on_status_codes"))
    falls = codes if listed is None else tuple(code for code in codes if code in listed)
    if len(parts) > 1 and falls:
        only = "" if len(falls) == len(codes) else f" (only on {statuses([*falls])})"
        nexts = [
            "the next target" if mode_of(each.target) else route_words(each.target, named)
            for each in parts[1:]
        ]
        own.append(_Step(f"{', then '.join(nexts)} is tried{only}"))
    return own


def _before_the_next(inner: list[list[_Step]]) -> list[_Step]:
    """What a fallback's targets do by themselves before the next is tried."""
    if not any(inner):
        return []
    alike = all(steps == inner[0] for steps in inner) and len(inner[0]) == 1
    if alike and inner[0][0].is_retry:
        return [_Step(f"each target is {inner[0][0].words}")]
    return [_Step("each target does what it says above")]


def _of_one(inner: list[list[_Step]]) -> list[_Step]:
    """Of a level that chooses one target and stays with it."""
    if all(steps == inner[0] for steps in inner):
        return inner[0]
    return [_Step("it depends on the target, see above")]


def _again(retry: Mapping[str, Any], codes: tuple[int, ...]) -> list[_Step]:
    attempts, listed = retried_on(retry) if retry else (0, [])
    on = [code for code in codes if code in listed]
    if not attempts or not on:
        return []
    only = "" if len(on) == len(codes) else f" (only on {statuses(on)})"
    return [_Step(f"retried {times(attempts)}{only}", is_retry=True)]
