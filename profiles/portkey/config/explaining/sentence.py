"""A whole config in a sentence or two, such as `Tries @a, then @b on 429 or 503.` Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles.portkey.config.explaining.details import details
from profiles.portkey.config.explaining.routes import NOTHING, Named, below, route_words
from profiles.portkey.config.explaining.strategies import STRATEGIES, mode_of, no_default, parts_of
from profiles.portkey.config.explaining.tree import NOT_READABLE
from profiles.portkey.config.limits import bounded


def sentence(config: object) -> str:
    """What a config does with a request, and what it says of all of them; every target is named in it."""
    if not isinstance(config, Mapping) or not bounded(config):
        return f"{NOT_READABLE}."
    first = f"{STRATEGIES[mode_of(config) or 'single'].opening} {_clause(config, NOTHING)}"
    more = [*no_default(config), *details(config)]
    return " ".join([f"{first}.", *(f"{text[:1].upper()}{text[1:]}." for text in more)])


def _clause(data: Mapping[str, Any], above: Named) -> str:
    """A level within a sentence, such as `@a, then @b on 429`."""
    mode = mode_of(data)
    if not mode:
        return route_words(data, above)
    parts, named = parts_of(data), below(data, above)
    return STRATEGIES[mode].joined(parts, [_inner(part.target, named) for part in parts], data)


def _inner(target: Mapping[str, Any], above: Named) -> str:
    mode, clause = mode_of(target), _clause(target, above)
    return f"({'tries ' if STRATEGIES[mode].tries_next else ''}{clause})" if mode else clause
