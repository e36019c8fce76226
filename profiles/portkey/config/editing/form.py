"""A form's fields by their names, which are their ids in a page too: put into a config. Pure.

Such as `t-0-1-provider`: the provider of the second target within the first; `t-r0-c1-value`: the value of
the second condition of the first rule.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from profiles.portkey.config.editing.fields import fields_of, mode_of, write
from profiles.portkey.config.editing.rules import Row, conditions_of, rename, rows_of, write_rule
from profiles.portkey.config.editing.structure import Level, Place, places
from profiles.portkey.config.findings import list_in, object_in

Typed = Callable[[str], str | None]  # a field's text by its name; None for one that was not sent


def id_of(place: Place) -> str:
    """Such as `t-0-1`; `t` of the whole."""
    return "-".join(("t", *map(str, place)))


def filled(config: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """The config with what was typed, in place of what the form of that config showed."""
    made: dict[str, Any] = copy.deepcopy(dict(config))
    names: dict[Place, dict[str, str]] = {}
    levels = [*places(made)]
    for place, level, above in levels:
        before = level.get("name")
        for name in fields_of(level, above):
            text = typed(f"{id_of(place)}-{name}")
            if text is not None or name == "beta":  # a box that is not ticked is not sent
                write(level, name, text or "")
        if place and isinstance(before, str) and before and level.get("name"):
            names.setdefault(place[:-1], {})[before] = level["name"]
    for place, level, _ in levels:
        if mode_of(level) == "conditional":
            _fill_rules(level, id_of(place), typed)
            changed = {old: new for old, new in names.get(place, {}).items() if old != new}
            rename(level, changed)
    return made


def _fill_rules(level: Level, own: str, typed: Typed) -> None:
    for number, condition in enumerate(conditions_of(level)):
        shown = rows_of(condition.get("query")) if isinstance(condition, dict) else None
        rule = f"{own}-r{number}"
        rows = [_typed_row(row, f"{rule}-c{at}", typed) for at, row in enumerate(shown or ())]
        if isinstance(condition, dict):
            write_rule(condition, rows, typed(f"{rule}-then") or "")
    default = typed(f"{own}-default")
    if default and default != object_in(level, "strategy").get("default"):
        level["strategy"]["default"] = default


def _typed_row(row: Row, name: str, typed: Typed) -> Row:
    texts = (typed(f"{name}-{part}") for part in ("field", "operator", "value"))
    return Row(*(was if text is None else text.strip() for was, text in zip(row, texts, strict=True)))


def too_large(config: Mapping[str, Any], most: int) -> bool:
    """Whether it has more levels and rules than a form is good for."""
    count = 0
    for _, level, _ in places(config):
        count += 1 + len(list_in(object_in(level, "strategy"), "conditions"))
        if count > most:
            return True
    return False
