"""A config from what was typed: its strategy with targets, and fields of all or of one of them. Pure.

Files of nested configs are read by a function that is handed in. What is wrong with the whole, the config's
own rules say (`config.check_config`); here only that is refused which means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.options import FIELDS, put
from profiles.portkey.config.authoring.strategies import Wish, check_together, strategy_of
from profiles.portkey.config.authoring.targets import Load, Target
from profiles.portkey.config.authoring.typed import refuse_secret, scalar
from profiles.portkey.config.findings import Level, each_level, path_of, path_text
from profiles.portkey.config.rules.general import may_be_anthropic
from profiles.portkey.config.secret_texts import hidden_texts
from profiles.portkey.config.secrets import REFERENCES, secret_fields

BETA = "anthropic-beta"


def author(wish: Wish, load: Load, *, self_hosted: bool = False) -> dict[str, Any]:
    """The config. Raises UsageError, and PkccError for a file that cannot be read."""
    check_together(wish)
    config, targets = strategy_of(wish, load)
    for field in FIELDS:
        for words in wish.fields.get(field.option, ()):
            levels, rest = _scope(words, targets, config)
            for level in levels:
                put(level, field, rest)
    for setting in wish.settings:
        _set(config, setting)
    if wish.forwards:
        _hand_on_beta(config, self_hosted=self_hosted)
    _refuse_secrets(config)
    if not config:
        raise UsageError("Nothing was said of the config", "Say where requests go: --to, --fallback, …")
    return config


def _refuse_secrets(config: dict[str, Any]) -> None:
    """Raises UsageError for a secret in clear text: it would be shown, and stand in the shell's history."""
    for path, _ in secret_fields(config):
        raise UsageError(f"{path_text(path)} would hold a secret in clear text", f"Write {REFERENCES} there.")
    for path, _ in hidden_texts(config):
        raise UsageError(
            f"{path_text(path)} would hold a login or token in clear text", "Take it out: it would be shown."
        )


def _scope(
    words: Sequence[str], targets: Sequence[Target], config: dict[str, Any]
) -> tuple[list[dict[str, Any]], Sequence[str]]:
    """The levels that are meant: those of the target that the first word names, else the whole."""
    meant = [target.data for target in targets if words and target.word == words[0]]
    return (meant, words[1:]) if meant and len(words) > 1 else ([config], words)


def _set(config: dict[str, Any], setting: str) -> None:
    """Put a value where a path leads, such as `targets[1].retry.attempts=2`; objects on the way are made."""
    text, equals, value = setting.partition("=")
    try:
        path = path_of(text)
    except ValueError:  # a name in quotes that is no JSON
        path = ()
    if not equals or not path or path_text(path) != text:
        raise UsageError("--set takes PATH=VALUE", "Such as: --set targets[1].request_timeout=30000")
    refuse_secret(path[-1], value)
    place: Any = config
    for step in path[:-1]:
        if isinstance(step, str) and isinstance(place, dict):
            place = place.setdefault(step, {})
        else:
            place = place[step] if _is_in(step, place) else None
    if not isinstance(place, dict) or not isinstance(path[-1], str):
        raise UsageError(f"--set {text}: there is nothing at that place", "Targets are counted from 0.")
    place[path[-1]] = scalar(value)


def _is_in(step: str | int, place: object) -> bool:
    return isinstance(step, int) and isinstance(place, list) and step < len(place)


def _hand_on_beta(config: dict[str, Any], *, self_hosted: bool) -> None:
    """Have the client's beta header reach each target that may be Anthropic's own, which would lose it."""
    losing = [*_losing_beta(config, self_hosted=self_hosted)]
    leaves = [level for level in each_level(config) if "targets" not in level.data]
    if losing and len(losing) == len(leaves) and "forward_headers" not in config:
        config["forward_headers"] = [BETA]
        return
    for level in losing:
        level.data["forward_headers"] = [BETA]  # type: ignore[index]


def _losing_beta(config: dict[str, Any], *, self_hosted: bool) -> Iterator[Level]:
    for level in each_level(config):
        if "targets" in level.data or not (level.above or self_hosted):
            continue
        if any("forward_headers" in each for each in (level.data, *level.above)):
            continue
        if may_be_anthropic(level.data):
            yield level
