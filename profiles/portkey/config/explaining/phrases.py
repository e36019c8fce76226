"""The small parts of an explanation: lists, statuses, spans of time, shares, values. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from profiles.base.secret_markers import MASK
from profiles.base.text import others_words
from profiles.portkey.config.secret_texts import without_secrets
from profiles.portkey.config.secrets import is_secret_field

_LONGEST = 60  # characters of a value that are shown
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def either(words: Iterable[str], last: str = "or") -> str:
    """Such as `429, 500 or 503`."""
    *before, end = [*words] or [""]
    return f"{', '.join(before)} {last} {end}" if before else end


def numbers_in(codes: object) -> list[int] | None:
    """The status codes of a list, each once; None where there is no such list."""
    if not isinstance(codes, list):
        return None
    return [*dict.fromkeys(code for code in codes if isinstance(code, int) and not isinstance(code, bool))]


def statuses(codes: list[int]) -> str:
    """Such as `429 or 503`; `no status` for none."""
    return either(str(code) for code in codes) or "no status"


def span(seconds: float) -> str:
    """Such as `1 hour`, `16 hours 40 minutes` or `1.5 seconds`: the two largest units that it has."""
    parts: list[str] = []
    for length, unit in _UNITS:
        whole = seconds // length if length > 1 else seconds
        seconds -= whole * length
        if whole:
            parts.append(plural(whole, unit))
    return " ".join(parts[:2]) or "no time"


def plural(number: float, noun: str) -> str:
    """Such as `1 hour` or `2.5 hours`."""
    return f"{shown_number(number)} {noun}" + "s" * (number != 1)


def times(number: int) -> str:
    """Such as `once` or `up to 3 times`."""
    return "once" if number == 1 else f"up to {number} times"


def shown_number(number: float) -> str:
    """A number without needless digits, such as `0.7` or `30`."""
    return f"{number:.6g}" if abs(number) < 1e6 else f"{number:.0f}" if abs(number) < 1e15 else f"{number:g}"


def share(weight: float, total: float) -> str:
    """A weight in percent, such as `70 %`; what is less than 0.1 % is said to be."""
    percent = 100 * (weight / total)
    return "under 0.1 %" if 0 < percent < 0.1 else f"{percent:.3g} %"


def shown(value: object) -> str:
    """A JSON value as a person reads it: text without quotes, on one line and not too long."""
    if isinstance(value, str):
        return others_words(without_secrets(value), _LONGEST) if value.strip() else json.dumps(value)
    if isinstance(value, Mapping | list) and len(value) > 20:
        return "…"
    if isinstance(value, list):
        value = [without_secrets(item) if isinstance(item, str) else item for item in value]
    try:
        return others_words(json.dumps(value, ensure_ascii=False), _LONGEST)
    except (ValueError, TypeError, RecursionError):
        return "…"


def pairs(fields: Mapping[str, object]) -> list[str]:
    """Such as `max_tokens 64`; what is a secret by its name is not shown, nor what lies within."""
    return [
        f"{shown(name)} {MASK if is_secret_field(name) else _plain(value)}" for name, value in fields.items()
    ]


def _plain(value: object) -> str:
    """A value; of an object or list that it is one, for what lies within may be a secret."""
    return "{…}" if isinstance(value, Mapping) else "[…]" if _nested(value) else shown(value)


def _nested(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)
