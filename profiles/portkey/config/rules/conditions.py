"""What a conditional strategy of a Portkey config can get wrong: its queries, the targets named. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from profiles.portkey.config.findings import Finding, Level, list_in, near, object_in
from profiles.portkey.config.operators import JOINING, LISTS, MATCHES, OPERATORS, can_be_asked_for
from profiles.portkey.config.secrets import Path


def conditions(level: Level, *, self_hosted: bool) -> Iterator[Finding]:
    """What is wrong with the strategy of a level, where its mode is conditional."""
    strategy = object_in(level.data, "strategy")
    if strategy.get("mode") != "conditional":
        return
    for field in ("conditions", "default"):
        if field not in strategy:
            yield level.error("is required when mode is conditional", "strategy", field)
    targets = [target for target in list_in(level.data, "targets") if isinstance(target, Mapping)]
    names = dict.fromkeys(target["name"] for target in targets if isinstance(target.get("name"), str))
    for index, condition in enumerate(list_in(strategy, "conditions")):
        if isinstance(condition, Mapping):
            at: Path = ("strategy", "conditions", index)
            if message := _no_such_target(condition.get("then"), names):
                yield level.error(message, *at, "then")
            yield from _query(level, (*at, "query"), condition.get("query"), self_hosted=self_hosted)
    # The documentation's own examples name a default that isn't there: it fails only once nothing matches.
    if message := _no_such_target(strategy.get("default"), names):
        yield level.finding("error" if self_hosted else "warning", message, "strategy", "default")


def _no_such_target(name: object, names: dict[str, None]) -> str:
    if not isinstance(name, str) or name in names:
        return ""
    close = get_close_matches(name, list(names)[:50], 1)
    hint = f": did you mean {json.dumps(close[0])}?" if close else ": it must be the name of one"
    return f"names no target beside it{hint}"


def _query(level: Level, at: Path, query: object, *, self_hosted: bool) -> Iterator[Finding]:
    """Findings about a condition's query: fields with their operators, or $and / $or over queries."""
    for key, value in query.items() if isinstance(query, Mapping) else ():
        if key in JOINING:
            if not isinstance(value, list):
                yield level.error("must be a list of queries", *at, key)
            for index, part in enumerate(value if isinstance(value, list) else ()):
                yield from _query(level, (*at, key, index), part, self_hosted=self_hosted)
            continue
        if key.startswith("$"):
            yield level.error("is no query: use $and, $or, or a field such as metadata.x", *at, key)
        elif not can_be_asked_for(key):
            yield level.warning("never matches: fields are metadata.x, params.x and url.pathname", *at, key)
        elif self_hosted and key.count(".") > 1:
            yield level.warning("the open-source gateway reads only the first two parts of it", *at, key)
        yield from _operators(level, (*at, key), value)


def _operators(level: Level, at: Path, field: object) -> Iterator[Finding]:
    for operator, operand in field.items() if isinstance(field, Mapping) else ():
        if operator not in OPERATORS:
            hint = near(operator, OPERATORS)
            yield level.error(f"is no operator: use one of {' '.join(OPERATORS)}{hint}", *at, operator)
        elif operator in LISTS and not isinstance(operand, list):
            yield level.error("must be a list", *at, operator)
        elif operator == MATCHES and not isinstance(operand, str):
            yield level.error("must be text", *at, operator)
