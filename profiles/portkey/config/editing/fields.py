"""The fields of a config that a form has, each with how its value is shown as text and read again. Pure.

A text that means nothing is put in as it is: the config's own rules then say what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.author import BETA
from profiles.portkey.config.authoring.typed import milliseconds, number, scalar, seconds, statuses
from profiles.portkey.config.findings import value_at
from profiles.portkey.config.secrets import Path

MODEL = "model"  # among the parameters that are put in place of a request's, it has a field of its own


class Kind(NamedTuple):
    """How a value is shown, None where it cannot be; and what takes its place for a text, None to leave out.

    `read` is given what was there before.
    """

    show: Callable[[object], str | None]
    read: Callable[[str, object], object]


class FormField(NamedTuple):
    """A field of a form, and where in a level of the config its value stands."""

    name: str
    path: tuple[str, ...]
    kind: Kind


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and "\n" not in value else None


def _plain(value: object) -> str | None:
    """A number as it is written; text that reads as something else, or takes several lines, in quotes."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    plain = isinstance(value, str) and scalar(value) == value == value.strip() and "\n" not in value
    return str(value) if plain else json.dumps(value)


def _codes(value: object) -> str | None:
    if isinstance(value, list) and all(isinstance(code, int) for code in value):
        return ", ".join(map(str, value))
    return _text(value)


def _read_codes(text: str, _: object) -> object:
    try:
        return statuses("", text)
    except UsageError:
        return text


def _names(value: object) -> str | None:
    if isinstance(value, list) and all(_text(name) and "," not in name for name in value):
        return ", ".join(value)
    return None


def _read_names(text: str, _: object) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _read_span(in_words: Callable[[str, str], int]) -> Callable[[str, object], object]:
    """A number as it is; `30s` or `1h` in the field's own unit."""

    def read(text: str, _: object) -> object:
        found = number(text)
        if found is not None:
            return found
        try:
            return in_words("", text)
        except UsageError:
            return text

    return read


def _pairs(value: object) -> str | None:
    """A line for each, but for the model; None for what cannot stand in a line."""
    if not isinstance(value, Mapping) or any("=" in name or "\n" in name for name in value):
        return None
    return "\n".join(f"{name}={_operand(item)}" for name, item in value.items() if name != MODEL)


def _operand(value: object) -> str:
    return _plain(value) or json.dumps(value)


def _read_pairs(text: str, before: object) -> dict[str, Any] | None:
    found = dict(before) if isinstance(before, Mapping) else {}
    kept = {MODEL: found[MODEL]} if MODEL in found else {}
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name and name in found and _operand(found[name]) == value:
            kept[name] = found[name]
        elif name:
            kept[name] = scalar(value)
    return kept or None


def _passes_beta(value: object) -> str | None:
    return "on" if isinstance(value, list) and any(map(_is_beta, value)) else ""


def _read_beta(text: str, before: object) -> list[Any] | None:
    others = [name for name in before if not _is_beta(name)] if isinstance(before, list) else []
    return [*others, BETA] if text else (others or None)


def _is_beta(name: object) -> bool:
    return isinstance(name, str) and name.lower() == BETA


_WORD = Kind(_text, lambda text, _: text)
_NUMBER = Kind(_plain, lambda text, _: text if (found := number(text)) is None else found)
_CODES = Kind(_codes, _read_codes)
_LIST = Kind(_names, _read_names)

FIELDS = {
    field.name: field
    for field in (
        FormField("name", ("name",), _WORD),
        FormField("provider", ("provider",), _WORD),
        FormField("virtual_key", ("virtual_key",), _WORD),
        FormField("model", ("override_params", MODEL), _WORD),
        FormField("weight", ("weight",), _NUMBER),
        FormField("codes", ("strategy", "on_status_codes"), _CODES),
        FormField("sticky", ("strategy", "sticky", "hash_fields"), _LIST),
        FormField("all_failures", ("strategy", "cb_config", "failure_threshold"), _NUMBER),
        FormField(
            "all_rest",
            ("strategy", "cb_config", "cooldown_interval"),
            Kind(_plain, _read_span(milliseconds)),
        ),
        FormField("attempts", ("retry", "attempts"), _NUMBER),
        FormField("retry_on", ("retry", "on_status_codes"), _CODES),
        FormField("cache", ("cache", "mode"), _WORD),
        FormField("max_age", ("cache", "max_age"), Kind(_plain, _read_span(seconds))),
        FormField("timeout", ("request_timeout",), Kind(_plain, _read_span(milliseconds))),
        FormField("beta", ("forward_headers",), Kind(_passes_beta, _read_beta)),
        FormField("overrides", ("override_params",), Kind(_pairs, _read_pairs)),
        FormField("drop", ("drop_params",), _LIST),
        FormField("key", ("api_key",), _WORD),
        FormField("host", ("custom_host",), _WORD),
        FormField("failures", ("cb_config", "failure_threshold"), _NUMBER),
        FormField("rest", ("cb_config", "cooldown_interval"), Kind(_plain, _read_span(milliseconds))),
    )
}
HOW = ("attempts", "retry_on", "cache", "max_age", "timeout", "beta", "overrides", "drop")
OF_TARGET = ("key", "host", "failures", "rest")
OF_GROUP = ("all_failures", "all_rest")
_BY_MODE = {"fallback": ("codes",), "loadbalance": ("sticky",)}


def mode_of(level: Mapping[str, Any]) -> str:
    """The mode of a group; "" for a target."""
    strategy = level.get("strategy")
    mode = strategy.get("mode") if isinstance(strategy, Mapping) else None
    if isinstance(mode, str) and mode:
        return mode
    return "single" if "targets" in level or "strategy" in level else ""


def fields_of(level: Mapping[str, Any], above: str) -> tuple[str, ...]:
    """The names of the fields that a level has in a form; `above` is the mode of the group it stands in."""
    own = []
    if above == "conditional" or "name" in level:
        own.append("name")
    if above == "loadbalance" or "weight" in level:
        own.append("weight")
    mode = mode_of(level)
    if mode:
        return (*own, *_BY_MODE.get(mode, ()), *HOW, *OF_GROUP)
    old = ("virtual_key",) if "virtual_key" in level else ()
    return (*own, "provider", *old, "model", *HOW, *OF_TARGET)


def shown(level: Mapping[str, Any], name: str) -> str | None:
    """The text of a field; "" where there is none, None where it is of a form that a line cannot show."""
    field = FIELDS[name]
    value = value_at(level, field.path)
    return "" if value is None else field.kind.show(value)


def write(level: dict[str, Any], name: str, text: str) -> None:
    """Put a field's text in, where it is another than what was shown; an empty one takes the field out."""
    field, before = FIELDS[name], shown(level, name)
    text = text.replace("\r\n", "\n").strip()
    if before is None or text == before.strip():
        return
    *above, last = field.path
    place = level
    for step in above:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        place = inner
    value = field.kind.read(text, place.get(last)) if text or name in ("beta", "overrides") else None
    if value is not None:
        place[last] = value
        if name == "sticky":
            place.setdefault("enabled", True)
    else:
        place.pop(last, None)
    _without_empty(level, above)


def _without_empty(level: dict[str, Any], path: list[str]) -> None:
    """Take out the objects on the way there that nothing is left in, but for a strategy."""
    for length in range(len(path), 0, -1):
        place: Any = value_at(level, tuple(path[: length - 1]))
        if path[length - 1] != "strategy" and place.get(path[length - 1]) == {}:
            del place[path[length - 1]]


def unknown_fields(level: Mapping[str, Any], above: str) -> Iterator[Path]:
    """The paths of what a level says that its form has no field for."""
    known = {FIELDS[name].path for name in fields_of(level, above) if shown(level, name) is not None}
    known |= {("targets",), ("strategy", "mode")}
    if mode_of(level) == "conditional":
        known |= {("strategy", "conditions"), ("strategy", "default")}
    yield from _unknown((), level, known)


def _unknown(path: tuple[str, ...], level: Mapping[str, Any], known: set[tuple[str, ...]]) -> Iterator[Path]:
    for name, value in level.items():
        here = (*path, name)
        inside = any(each[: len(here)] == here and each != here for each in known)
        if here in known:
            others = isinstance(value, list) and here == ("forward_headers",)
            if others and any(not _is_beta(each) for each in value):
                yield here
        elif inside and isinstance(value, Mapping):
            yield from _unknown(here, value, known)
        elif not (here == ("strategy", "sticky", "enabled") and value is True):
            yield here
