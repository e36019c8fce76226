"""A whole config in a sentence or two, such as `Tries @a, then @b on 429 or 503.` Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles.portkey.config import bounded
from profiles.portkey.config_findings import object_in
from profiles.portkey.explaining.details import details
from profiles.portkey.explaining.parts import NEVER, OTHERS, Part, no_default, parts_of, sticky_words
from profiles.portkey.explaining.phrases import either
from profiles.portkey.explaining.routes import mode_of, names_provider, route_words
from profiles.portkey.explaining.tree import NOT_READABLE, next_on

_OPENINGS = {"fallback": "Tries", "loadbalance": "Sends", "conditional": "Sends"}


def sentence(config: object) -> str:
    """What a config does with a request, and what it says of all of them; every target is named in it."""
    if not isinstance(config, Mapping) or not bounded(config):
        return f"{NOT_READABLE}."
    first = f"{_OPENINGS.get(mode_of(config), 'Sends every request to')} {_clause(config, inherits=False)}"
    more = [*no_default(config), *details(config)]
    return " ".join([f"{first}.", *(f"{text[:1].upper()}{text[1:]}." for text in more)])


def _clause(data: Mapping[str, Any], *, inherits: bool) -> str:
    """A level within a sentence, such as `@a, then @b on 429`."""
    mode = mode_of(data)
    if not mode:
        return route_words(data, inherits=inherits)
    named = inherits or names_provider(data)
    parts = parts_of(data)
    inner = [_inner(part.target, inherits=named) for part in parts]
    strategy = object_in(data, "strategy")
    if mode == "fallback":
        return ", then ".join(inner) + (f" on {next_on(strategy)}" if len(inner) > 1 else "")
    if mode == "loadbalance":
        shares = (f"{part.when} to {what}" for part, what in zip(parts, inner, strict=True))
        return either(shares, "and") + sticky_words(strategy)
    if mode == "conditional":
        return "; ".join(f"{_whose(part)} to {what}" for part, what in zip(parts, inner, strict=True))
    return inner[0] + (f"; {either(inner[1:], 'and')} never" if inner[1:] else "")


def _inner(target: Mapping[str, Any], *, inherits: bool) -> str:
    mode, clause = mode_of(target), _clause(target, inherits=inherits)
    return f"({'tries ' if mode == 'fallback' else ''}{clause})" if mode else clause


def _whose(part: Part) -> str:
    """Such as `requests where metadata.team is x`, `all others` or `none`."""
    if part.when.startswith("where "):
        return f"requests {part.when}" + ("," if OTHERS in part.when else "")
    return "none" if part.when == NEVER else part.when
