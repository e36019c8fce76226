"""What is found in a config: at which field of the form, in words, and in which line of the JSON. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.portkey.config.editing.fields import FIELDS, fields_of, mode_of
from profiles.portkey.config.editing.form import id_of
from profiles.portkey.config.editing.rules import conditions_of, rows_of
from profiles.portkey.config.editing.structure import level_at
from profiles.portkey.config.findings import path_of, path_text
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from profiles.portkey.config.secrets import Path
    from tray.actions.account.configs.check import PlacedFinding

LABELS = {
    "name": "Name",
    "provider": "Provider",
    "virtual_key": "Virtual key",
    "model": "Model",
    "weight": "Weight",
    "codes": "Status codes",
    "sticky": "Same target for the same",
    "attempts": "Attempts",
    "retry_on": "Try again after",
    "cache": "Cache",
    "max_age": "Keep answers for",
    "timeout": "Time limit",
    "beta": "Beta header",
    "overrides": "Overrides",
    "drop": "Parameters to drop",
    "key": "Provider’s key",
    "host": "Own address",
    "failures": "Rest after",
    "rest": "Rest for",
    "all_failures": "Rest after",
    "all_rest": "Rest for",
}


class Found(NamedTuple):
    """One finding: `field` is the id of what it is about, "" for the whole; `where` says it in words."""

    kind: str  # bad or warn
    field: str
    where: str
    label: str
    text: str
    line: int

    @property
    def about(self) -> str:
        """Such as `Target 1, attempts`."""
        return (
            f"{self.where}, {self.label.lower()}" if self.where and self.label else self.where or self.label
        )


class Line(NamedTuple):
    """One line of the JSON; `kind` is bad or warn where something is found in it."""

    text: str
    kind: str


def found_in(config: Mapping[str, Any], findings: Sequence[PlacedFinding]) -> list[Found]:
    """All of them, in words, errors first."""
    rows = []
    for each in findings:
        field, where, label = _place(config, path_of(each.path))
        kind = "bad" if each.level == "error" else "warn"
        text = f"{label} {each.message}" if label else each.message
        if field.endswith("-beta") and each.message.startswith("loses"):
            text = "Loses Claude Code’s beta header. Tick “Pass Claude Code’s beta header on”"
        rows.append(Found(kind, field, where, label, text[:1].upper() + text[1:], each.line or 0))
    return rows


def field_errors(found: Sequence[Found]) -> list[FieldError]:
    """What keeps it from being saved, beside the fields."""
    return [
        FieldError(row.field, f"{row.where}: {row.text}" if row.where else row.text)
        for row in found
        if row.kind == "bad"
    ]


def marked_lines(text: str, found: Sequence[Found]) -> list[Line]:
    """The JSON line by line; an error counts more than a warning."""
    kinds = {row.line: row.kind for row in reversed(found)}
    return [Line(line, kinds.get(at, "")) for at, line in enumerate(text.rstrip("\n").split("\n"), start=1)]


def _place(config: Mapping[str, Any], path: Path) -> tuple[str, str, str]:
    """The id of the field, the target or rule that it is of, and what the field is called."""
    place: tuple[int, ...] = ()
    level, above = config, ""
    while len(path) > 1 and path[0] == "targets" and isinstance(path[1], int):
        try:
            inner = level_at(config, (*place, path[1]))
        except (LookupError, TypeError):
            break
        if not isinstance(inner, dict):
            break
        above = mode_of(level)
        place, level, path = (*place, path[1]), inner, path[2:]
    where = f"Target {'.'.join(str(number + 1) for number in place)}" if place else ""
    if path[:2] == ("strategy", "conditions") and len(path) > 2 and isinstance(path[2], int):
        return _in_rule(level, id_of(place), path, where)
    if path == ("strategy", "default"):
        return f"{id_of(place)}-default", where or "Otherwise", "Target"
    name = _field(level, above, path)
    if not name:
        return id_of(place) if place else "", where, path_text(path) if path else ""
    return f"{id_of(place)}-{name}", where, LABELS[name] if path else ""


def _field(level: Mapping[str, Any], above: str, path: Path) -> str:
    """The field of the form whose value stands there, holds it, or is the first within it; "" for none."""
    names = fields_of(level, above)
    near = [name for name in names if path and path[: len(FIELDS[name].path)] == FIELDS[name].path]
    near.sort(key=lambda name: -len(FIELDS[name].path))
    within = [name for name in names if path and FIELDS[name].path[: len(path)] == path]
    whole = [name for name in names if name == "provider"] if not path else []
    return next(iter((*near, *within, *whole)), "")


def _in_rule(level: Mapping[str, Any], own: str, path: Path, where: str) -> tuple[str, str, str]:
    rule, rest = f"{own}-r{path[2]}", path[3:]
    about = f"{where + ', rule' if where else 'Rule'} {int(path[2]) + 1}"
    if rest[:1] == ("then",):
        return f"{rule}-then", about, "Target"
    conditions = conditions_of(level)
    condition = conditions[int(path[2])]
    rows = rows_of(condition.get("query")) if isinstance(condition, dict) else None
    for at, row in enumerate(rows or ()):
        if row.field in rest:
            part = "value" if row.operator in rest else "field"
            return f"{rule}-c{at}-{part}", about, row.field or "Field"
    return rule, about, path_text(rest) if rest else ""
