"""Which target of a conditional config requests with given metadata are led to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from profiles.portkey.config.explaining.strategies import mode_of, parts_of
from profiles.portkey.config.findings import list_in, object_in, path_text
from profiles.portkey.config.operators import EQUAL, METADATA, NONE_OF, ONE_OF, UNEQUAL

_TESTS: dict[str, Callable[[str | None, Any], bool]] = {
    EQUAL: lambda value, wanted: value == wanted,
    UNEQUAL: lambda value, wanted: value != wanted,
    ONE_OF: lambda value, wanted: isinstance(wanted, list) and value in wanted,
    NONE_OF: lambda value, wanted: isinstance(wanted, list) and value not in wanted,
}


def target_for(config: Mapping[str, Any], metadata: Mapping[str, str]) -> str | None:
    """The path of the target, such as `targets[1]`; None where anything but metadata has a say in it."""
    if mode_of(config) != "conditional":
        return None
    strategy = object_in(config, "strategy")
    for condition in list_in(strategy, "conditions"):
        holds = _holds(object_in(condition, "query"), metadata) if isinstance(condition, Mapping) else None
        if holds is None:
            return None
        if holds:
            return _path(config, condition.get("then"))
    return _path(config, strategy.get("default"))


def _path(config: Mapping[str, Any], name: object) -> str | None:
    named = [part.at for part in parts_of(config) if part.target.get("name") == name]
    return path_text(("targets", min(named))) if named and isinstance(name, str) else None


def _holds(query: Mapping[str, Any], metadata: Mapping[str, str]) -> bool | None:
    """Whether a query takes such requests; None where that is not for metadata alone to say."""
    found: list[bool | None] = []
    for field, wanted in query.items():
        if not field.startswith(METADATA) or not isinstance(wanted, Mapping):
            return None
        value = metadata.get(field.removeprefix(METADATA))
        found += [_passes(value, operator, operand) for operator, operand in wanted.items()]
    if not found or None in found:
        return None
    return all(found)


def _passes(value: str | None, operator: str, operand: Any) -> bool | None:
    test = _TESTS.get(operator)
    return None if test is None else test(value, operand)
