"""Targets, groups and rules: added, taken out, moved; and the mode of a group. Pure: a new config each time.

A place is the numbers of the targets that lead there, such as (1, 0); () is the whole config.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from profiles.portkey.config.authoring.targets import Target, name_for
from profiles.portkey.config.editing.fields import mode_of
from profiles.portkey.config.editing.rules import Row, conditions_of, names_of, query_of, rows_of
from profiles.portkey.config.findings import each_level, list_in
from profiles.portkey.config.operators import EQUAL, UNEQUAL
from profiles.portkey.config.secrets import Path

Place = tuple[int, ...]
Level = dict[str, Any]
MODES = ("fallback", "loadbalance", "conditional", "single")
# What stays with a group when a target becomes one: it holds for each of the targets then.
_OF_ALL = frozenset(
    [
        "name", "weight", "cache", "retry", "request_timeout", "forward_headers", "metadata",
        "before_request_hooks", "after_request_hooks", "input_guardrails", "output_guardrails",
    ]
)  # fmt: skip
_OF_MODE = {"on_status_codes": "fallback", "sticky": "loadbalance", "conditions": "conditional",
            "default": "conditional"}  # fmt: skip


def path_of_place(place: Place) -> Path:
    """Such as ("targets", 1, "targets", 0)."""
    return tuple(step for number in place for step in ("targets", number))


def level_at(config: Mapping[str, Any], place: Place) -> Level:
    """The level there. Raises LookupError or TypeError where there is none."""
    level: Any = config
    for number in place:
        level = level["targets"][number]
    found: Level = level
    return found


def places(config: Mapping[str, Any]) -> Iterator[tuple[Place, Level, str]]:
    """Each level with its place and the mode of the group that it stands in, "" for the whole."""
    for level in each_level(config):
        place = tuple(step for step in level.path if isinstance(step, int))
        if isinstance(level.data, dict):
            yield place, level.data, mode_of(level.above[0]) if level.above else ""


def edited(config: Mapping[str, Any], verb: str, place: Place, *more: str) -> dict[str, Any]:
    """The config after one press of a button.

    Raises LookupError, TypeError, AttributeError or ValueError for a button that does not fit it.
    """
    made: dict[str, Any] = copy.deepcopy(dict(config))
    if verb in _IN_LIST:
        _IN_LIST[verb](level_at(made, place[:-1])["targets"], place[-1])
    elif verb in _OF_RULE:
        _OF_RULE[verb](conditions_of(level_at(made, place)), int(more[0]))
    else:
        _OF_LEVEL[verb](level_at(made, place), *more)
    if verb in ("add", "copy", "group"):
        _name_targets(level_at(made, place if verb == "add" else place[:-1]))
    return made


def _up(items: list[Any], number: int) -> None:
    if number > 0:
        items.insert(number - 1, items.pop(number))


def _down(items: list[Any], number: int) -> None:
    items.insert(number + 1, items.pop(number))


def _remove(items: list[Any], number: int) -> None:
    del items[number]


def _copy(items: list[Any], number: int) -> None:
    twin = copy.deepcopy(items[number])
    if isinstance(twin, dict):
        twin.pop("name", None)
    items.insert(number + 1, twin)


def _group(items: list[Any], number: int) -> None:
    _become_group(items[number], "fallback")


def _ungroup(items: list[Any], number: int) -> None:
    """A group of one becomes that one."""
    group = items[number]
    (only,) = group["targets"]
    rest = {name: value for name, value in group.items() if name not in ("strategy", "targets")}
    items[number] = {**rest, **only, **{name: rest[name] for name in ("name", "weight") if name in rest}}


def _become_group(level: Level, mode: str) -> None:
    first = {name: level.pop(name) for name in [*level] if name not in _OF_ALL}
    level["strategy"] = {"mode": mode}
    level["targets"] = [first, {}]


def _set_mode(level: Level, mode: str) -> None:
    if mode not in MODES:
        raise ValueError(mode)
    if not mode_of(level):
        if mode == "single":
            return
        _become_group(level, mode)
    strategy = level.setdefault("strategy", {})
    strategy["mode"] = mode
    for field, its in _OF_MODE.items():
        if its != mode:
            strategy.pop(field, None)
    if mode != "single" and not list_in(level, "targets"):
        level["targets"] = [{}]
    if mode == "conditional":
        _name_targets(level)
        strategy.setdefault("conditions", [])
        if not strategy["conditions"]:
            _add_rule(level)
        strategy.setdefault("default", (names_of(level) or [""])[-1])


def _name_targets(level: Level) -> None:
    """Where rules choose among them, each target needs a name."""
    if mode_of(level) != "conditional":
        return
    taken = set(names_of(level))
    for number, target in enumerate(list_in(level, "targets"), start=1):
        if isinstance(target, dict) and not target.get("name"):
            word = str(target.get("provider") or f"target-{number}")
            rest = {**target}
            target.clear()
            target.update({"name": name_for(Target(word, {}), taken), **rest})


def _add(level: Level) -> None:
    level.setdefault("targets", []).append({})


def _add_rule(level: Level) -> None:
    then = (names_of(level) or [""])[0]
    asked = query_of([Row("metadata.team", EQUAL, "")])
    level["strategy"].setdefault("conditions", []).append({"query": asked, "then": then})


def _copy_rule(conditions: list[Any], number: int) -> None:
    conditions.insert(number + 1, copy.deepcopy(conditions[number]))


def _add_condition(level: Level, number: str) -> None:
    condition = conditions_of(level)[int(number)]
    rows = rows_of(condition["query"])
    if rows is not None:
        condition["query"] = query_of([*rows, Row("metadata.team", UNEQUAL, "")], condition["query"])


def _remove_condition(level: Level, number: str, which: str) -> None:
    condition = conditions_of(level)[int(number)]
    rows = rows_of(condition["query"]) or []
    del rows[int(which)]
    condition["query"] = query_of(rows, condition["query"])


_IN_LIST: dict[str, Callable[[list[Any], int], None]] = {
    "up": _up, "down": _down, "remove": _remove, "copy": _copy, "group": _group, "ungroup": _ungroup,
}  # fmt: skip
_OF_RULE: dict[str, Callable[[list[Any], int], None]] = {
    "rule-up": _up, "rule-down": _down, "rule-remove": _remove, "rule-copy": _copy_rule,
}  # fmt: skip
_OF_LEVEL: dict[str, Callable[..., None]] = {
    "mode": _set_mode, "add": _add, "rule": _add_rule, "and": _add_condition, "and-remove": _remove_condition,
}  # fmt: skip
VERBS = frozenset([*_IN_LIST, *_OF_RULE, *_OF_LEVEL])
