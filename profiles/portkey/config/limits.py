"""Whether a config is what a JSON file of sensible size gives. Pure, and cheap to import."""

from __future__ import annotations

import math
from typing import Any

from profiles.base.text import is_unicode
from profiles.portkey.config.findings import WHOLE, Finding, path_text
from profiles.portkey.config.secrets import Path

MAX_DEPTH = 100  # nested objects and lists; the documentation's deepest example has 8
MAX_VALUES = 10_000  # the documentation's largest example has 88, and a header holds about 1,000


def bounded(data: object) -> bool:
    """Whether it is what a JSON file of sensible size gives: only then may it be walked through."""
    return isinstance(data, dict) and not_json(data) is None


def not_json(data: dict[Any, Any]) -> Finding | None:
    """An error when `data` is not what a JSON file of sensible size gives, found without recursion."""
    pending: list[tuple[Path, object]] = [((), data)]
    seen = 0
    while pending:
        path, value = pending.pop()
        seen += 1
        if len(path) > MAX_DEPTH:
            return Finding("error", WHOLE, f"is nested more than {MAX_DEPTH} levels deep")
        if seen + len(pending) > MAX_VALUES:
            return Finding("error", WHOLE, f"is too large: more than {MAX_VALUES} values")
        if isinstance(value, dict):
            if not all(isinstance(key, str) and is_unicode(key) for key in value):
                return Finding("error", path_text(path), "must have text as field names")
            pending.extend(((*path, key), item) for key, item in value.items())
        elif isinstance(value, list):
            pending.extend(((*path, index), item) for index, item in enumerate(value))
        elif isinstance(value, float) and not math.isfinite(value):
            return Finding("error", path_text(path), "must be a finite number")
        elif isinstance(value, int) and value.bit_length() > 1023:
            return Finding("error", path_text(path), "is too large a number")
        elif not (value is None or isinstance(value, (str, int, float))):
            return Finding("error", path_text(path), "must be a JSON value")
    return None
