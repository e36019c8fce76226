"""A config as the builder shows it: cards of targets in groups, rules as sentences. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from profiles.portkey.config.editing.fields import fields_of, mode_of, shown, unknown_fields
from profiles.portkey.config.editing.form import id_of
from profiles.portkey.config.editing.rules import Row, conditions_of, names_of, rows_of
from profiles.portkey.config.editing.structure import path_of_place, places
from profiles.portkey.config.explaining.conditions import query_words
from profiles.portkey.config.findings import list_in, object_in, path_text
from profiles.portkey.config.operators import MATCHES, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from profiles.portkey.config.editing.structure import Place

MODES = (
    ("fallback", "Fallback", "The next one, if one fails"),
    ("loadbalance", "Load balance", "Shared out by weight"),
    ("conditional", "Conditional", "Chosen by a rule"),
    ("single", "Single", "One target, with rules"),
)
MODE_NAMES = {mode: name.lower() for mode, name, _ in MODES}
CONDITIONS = tuple(
    (operator, f"{each.words} (regular expression)" if operator == MATCHES else each.words)
    for operator, each in OPERATORS.items()
)
CONDITION_FIELDS = ("metadata.team", "metadata._user", "params.model", "params.max_tokens", "url.pathname")
_MOST_MODELS = 40
_ALWAYS = ("name", "provider", "virtual_key", "model", "weight", "codes")  # never folded away


class Rule(NamedTuple):
    """A rule of a group; `rows` is None where its query takes more than conditions that hold together."""

    id: str
    number: int
    title: str
    rows: list[Row] | None
    then: str


class Level(NamedTuple):
    """The whole, a group, or a target; `place` is how buttons name it, `above` the mode of its group."""

    id: str
    place: str
    number: str
    above: str
    mode: str
    title: str
    fields: dict[str, str]
    open: bool
    share: int | None
    names: list[str]
    rules: list[Rule]
    default: str
    targets: list[Level]
    models: list[str]
    can_drop: bool


def level_of(config: Mapping[str, Any], models: Callable[[str], list[str]]) -> Level:
    """The whole config; `models` knows those of a provider."""
    return _level(config, (), "", models, None)


def _level(
    level: Mapping[str, Any], place: Place, above: str, models: Callable[[str], list[str]], share: int | None
) -> Level:
    mode, own = mode_of(level), id_of(place)
    shares = _shares(level) if mode == "loadbalance" else {}
    default = object_in(level, "strategy").get("default")
    rules = conditions_of(level) if mode == "conditional" else []
    texts = {name: shown(level, name) for name in fields_of(level, above)}
    fields = {name: text for name, text in texts.items() if text is not None}
    targets = [
        _level(target, (*place, number), mode, models, shares.get(number))
        for number, target in enumerate(list_in(level, "targets"))
        if isinstance(target, dict)
    ]
    return Level(
        id=own,
        place=".".join(map(str, place)) or "-",
        number=".".join(str(number + 1) for number in place),
        above=above,
        mode=mode,
        title=_title(level, mode),
        fields=fields,
        open=any(text for name, text in fields.items() if name not in _ALWAYS),
        share=share,
        names=names_of(level),
        rules=[_rule(condition, f"{own}-r{at}", at) for at, condition in enumerate(rules)],
        default=default if isinstance(default, str) else "",
        targets=targets,
        models=models(fields.get("provider", ""))[:_MOST_MODELS] if "model" in fields else [],
        can_drop=mode != "" and len(targets) == 1 == len(list_in(level, "targets")),
    )


def _title(level: Mapping[str, Any], mode: str) -> str:
    named = next((str(level[each]) for each in ("name", "provider", "virtual_key") if level.get(each)), "")
    if mode:
        group = f"Group: {MODE_NAMES.get(mode, mode)}"
        return f"{level['name']} ({group.lower()})" if level.get("name") else group
    if not named and isinstance(object_in(level, "override_params").get("model"), str):
        named = str(object_in(level, "override_params")["model"])
    if not named and level.get("passthrough"):
        named = "As the request says"
    return named or str(level.get("prompt_id") or "") or "No provider yet"


def _shares(level: Mapping[str, Any]) -> dict[int, int]:
    """Each target's share in percent, as far as the weights are numbers."""
    weights = {
        number: target.get("weight", 1)
        for number, target in enumerate(list_in(level, "targets"))
        if isinstance(target, dict)
    }
    if not all(isinstance(weight, (int, float)) and weight >= 0 for weight in weights.values()):
        return {}
    total = sum(weights.values())
    if not total or not math.isfinite(total):
        return {}
    return {number: round(100 * weight / total) for number, weight in weights.items()}


def _rule(condition: object, own: str, at: int) -> Rule:
    query = condition.get("query") if isinstance(condition, dict) else None
    words = query_words(query).replace("metadata.", "").replace("params.", "")
    then = condition.get("then") if isinstance(condition, dict) else ""
    return Rule(own, at + 1, f"If {words}", rows_of(query), then if isinstance(then, str) else "")


def shares_in(level: Level) -> dict[str, int]:
    """The share of each target that has one, by its id."""
    found = {} if level.share is None else {level.id: level.share}
    for target in level.targets:
        found |= shares_in(target)
    return found


def titles_in(level: Level) -> dict[str, str]:
    """What each card is called, by its id."""
    found = {rule.id: rule.title for rule in level.rules}
    for target in level.targets:
        found |= {target.id: target.title, **titles_in(target)}
    return found


def unknown_in(config: Mapping[str, Any]) -> list[str]:
    """What the form has no field for and keeps as it is, such as `targets[1].openai_project`."""
    found = []
    for place, level, above in places(config):
        rules = conditions_of(level) if mode_of(level) == "conditional" else []
        found += [path_text((*path_of_place(place), *path)) for path in unknown_fields(level, above)]
        found += [
            path_text((*path_of_place(place), "strategy", "conditions", at, "query"))
            for at, condition in enumerate(rules)
            if not isinstance(condition, dict) or rows_of(condition.get("query")) is None
        ]
    return found


def in_short(config: Mapping[str, Any]) -> str:
    """Such as `fallback, 3 targets`, or `single, cached`."""
    mode, count = mode_of(config) or "single", sum(1 for _, level, _ in places(config) if not mode_of(level))
    words = [MODE_NAMES.get(mode, mode)]
    if count > 1:
        words.append(f"{count} targets")
    if any(level.get("cache") for _, level, _ in places(config)):
        words.append("cached")
    return ", ".join(words)
