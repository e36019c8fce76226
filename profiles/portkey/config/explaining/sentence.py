"""A whole config in a sentence or two, such as `Tries @a, then @b on 429 or 503.` Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles.portkey.config.config import bounded
from profiles.portkey.config.explaining.details import details
from profiles.portkey.config.explaining.parts import NEVER, OTHERS, Part, no_default, parts_of, sticky_words
from profiles.portkey.config.explaining.phrases import either
from profiles.portkey.config.explaining.routes import NOTHING, Named, below, mode_of, route_words
from profiles.portkey.config.explaining.tree import NOT_READABLE, next_on
from profiles.portkey.config.findings import object_in

_OPENINGS = {"fallback": "Tries", "loadbalance": "Sends", "conditional": "Sends"}


def sentence(config: object) -> str:
    """What a config does with a request, and what it says of all of them; every target is named in it."""
    if not isinstance(config, Mapping) or not bounded(config):
        return f"{NOT_READABLE}."
    first = f"{_OPENINGS.get(mode_of(config), 'Sends every request to')} {_clause(config, NOTHING)}"
    more = [*no_default(config), *details(config)]
    return " ".join([f"{first}.", *(f"{text[:1].upper()}{text[1:]}." for text in more)])


def _clause(data: Mapping[str, Any], above: Named) -> str:
    """A level within a sentence, such as `@a, then @b on 429`."""
    mode = mode_of(data)
    if not mode:
        return route_words(data, above)
    parts, named = parts_of(data), below(data, above)
    inner = [_inner(part.target, named) for part in parts]
    strategy = object_in(data, "strategy")
    if mode == "fallback":
        return ", then ".join(inner) + (f" on {next_on(strategy)}" if len(inner) > 1 else "")
    if mode == "loadbalance":
        shares = (f"{part.when} to {what}" for part, what in zip(parts, inner, strict=True))
        return either(shares, "and") + sticky_words(strategy)
    if mode == "conditional":
        return "; ".join(f"{_whose(part)} to {what}" for part, what in zip(parts, inner, strict=True))
    return inner[0] + (f"; {either(inner[1:], 'and')} never" if inner[1:] else "")


def _inner(target: Mapping[str, Any], above: Named) -> str:
    mode, clause = mode_of(target), _clause(target, above)
    return f"({'tries ' if mode == 'fallback' else ''}{clause})" if mode else clause


def _whose(part: Part) -> str:
    """Such as `requests where metadata.team is x`, `all others` or `none`."""
    if part.when.startswith("where "):
        return f"requests {part.when}" + ("," if OTHERS in part.when else "")
    return "none" if part.when == NEVER else part.when
