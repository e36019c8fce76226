"""The rules of a conditional strategy as rows of field, operator and value, and back into queries. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.authoring.conditions import operand, operand_text
from profiles.portkey.config.findings import list_in, object_in
from profiles.portkey.config.operators import ALL, EQUAL


class _UnsayableError(Exception):
    """A query that is no row of conditions."""


class Row(NamedTuple):
    """One condition of a rule; all of a rule's hold together."""

    field: str
    operator: str
    value: str


def rows_of(query: object) -> list[Row] | None:
    """The conditions of a query; None for one that they cannot say, such as one with `$or`."""
    try:
        return [row for row, _ in _rows(query)]
    except _UnsayableError:
        return None


def _rows(query: object) -> Iterator[tuple[Row, object]]:
    """Each condition with the value itself."""
    if not isinstance(query, Mapping):
        raise _UnsayableError
    for field, wanted in query.items():
        if field == ALL and isinstance(wanted, list):
            for part in wanted:
                yield from _rows(part)
        elif field.startswith("$"):
            raise _UnsayableError
        elif not isinstance(wanted, Mapping):
            yield Row(field, EQUAL, _shown(wanted)), wanted
        elif not wanted:
            raise _UnsayableError
        else:
            for operator, value in wanted.items():
                yield Row(field, operator, _shown(value)), value


def _shown(value: object) -> str:
    text = operand_text(value)
    if text is None:
        raise _UnsayableError
    return text


def query_of(rows: list[Row], before: object = None) -> dict[str, Any]:
    """The query of those conditions; what is asked twice of one field stands under `$and`.

    A condition that was there `before` keeps its value as it was written.
    """
    known = {} if before is None else dict(_rows(before))
    query: dict[str, Any] = {}
    twice = []
    for row in rows:
        value = known[row] if row in known else operand(row.field, row.operator, row.value)
        asked = {row.operator: value}
        if row.operator in query.get(row.field, {}):
            twice.append({row.field: asked})
        else:
            query.setdefault(row.field, {}).update(asked)
    return {**query, ALL: twice} if twice else query


def conditions_of(level: Mapping[str, Any]) -> list[Any]:
    """The rules of a level; an empty list where there are none."""
    return list_in(object_in(level, "strategy"), "conditions")


def write_rule(condition: dict[str, Any], rows: list[Row], then: str) -> None:
    """Put in what a form says of a rule, where it says something else than was shown."""
    before = rows_of(condition.get("query"))
    if before is not None and rows != before:
        condition["query"] = query_of(rows, condition["query"])
    if then and then != condition.get("then"):
        condition["then"] = then


def names_of(level: Mapping[str, Any]) -> list[str]:
    """The names of a level's targets."""
    named = (target.get("name") for target in list_in(level, "targets") if isinstance(target, Mapping))
    return [name for name in named if isinstance(name, str) and name]


def rename(level: dict[str, Any], names: Mapping[str, str]) -> None:
    """Have the rules name targets as they are called now; `names` are those by what they were called."""
    strategy = level.get("strategy")
    if not isinstance(strategy, dict):
        return
    if strategy.get("default") in names:
        strategy["default"] = names[strategy["default"]]
    for condition in list_in(strategy, "conditions"):
        if isinstance(condition, dict) and condition.get("then") in names:
            condition["then"] = names[condition["then"]]
