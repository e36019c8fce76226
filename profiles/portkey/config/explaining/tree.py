"""A config's targets as a tree, each with its part of the requests in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.explaining.details import details
from profiles.portkey.config.explaining.phrases import shown
from profiles.portkey.config.explaining.routes import (
    NOTHING,
    Named,
    Route,
    below,
    route_of,
    route_words,
)
from profiles.portkey.config.explaining.strategies import STRATEGIES, mode_of, no_default, parts_of
from profiles.portkey.config.findings import WHOLE, path_text
from profiles.portkey.config.limits import bounded
from profiles.portkey.config.secrets import Path


class Explained(NamedTuple):
    """One level. `path` is where it stands, `$` for the whole; `when` is its part of the requests above it.

    `mode` is "" for a target, else `fallback`, `loadbalance`, `conditional` or `single`; `does` is what it
    does with a request, and each of `details` what it says besides. `provider` and `model` are null where
    none is named, here or above; `model_unless_asked` is the model where the request names none.
    """

    path: str
    name: str | None
    when: str
    mode: str
    does: str
    provider: str | None
    model: str | None
    model_unless_asked: str | None
    details: tuple[str, ...]
    targets: tuple[Explained, ...]


NOT_READABLE = "It is no config that can be read: too large, too deep, or no JSON object"
_NONE = Route("", "", "")


def explained(config: object) -> Explained:
    """The whole config. What is none, or too large, is said to be."""
    if not isinstance(config, Mapping) or not bounded(config):
        return Explained(WHOLE, None, "", "", NOT_READABLE, None, None, None, (), ())
    return _level(config, (), "", (_NONE, NOTHING))


def _level(data: Mapping[str, Any], path: Path, when: str, above: tuple[Route, Named]) -> Explained:
    mode, (upper, named) = mode_of(data), above
    route = Route(*(mine or inherited for mine, inherited in zip(route_of(data), upper, strict=True)))
    here, name = (route, below(data, named)), data.get("name")
    return Explained(
        path_text(path),
        shown(name) if isinstance(name, str) and name else None,
        when,
        mode,
        STRATEGIES[mode].does(data) if mode else f"goes to {route_words(data, named)}",
        shown(route.provider) if route.provider else None,
        shown(route.model) if route.model else None,
        shown(route.fallback_model) if route.fallback_model else None,
        (*no_default(data), *details(data)),
        tuple(_level(part.target, (*path, "targets", part.at), part.when, here) for part in parts_of(data)),
    )
