"""What is typed for one field of a config: spans of time, statuses, values. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from profiles.base.errors import UsageError
from profiles.portkey.config.secrets import REFERENCES, is_reference, is_secret_field

_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|)", re.ASCII)
_MILLISECONDS = {"ms": 1, "s": 1000, "": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_STATUS = re.compile(r"[1-5]\d\d", re.ASCII)
# What a gateway or provider answers when it is in trouble.
_IN_TROUBLE = (500, 502, 503, 504, 529)


def milliseconds(option: str, text: str) -> int:
    """Such as 30000 of `30s`. Raises UsageError."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise UsageError(f"{option} takes a span of time", "Such as 30s, 500ms, 10m, 1h or 7d.")
    return round(float(found[1]) * _MILLISECONDS[found[2]])


def seconds(option: str, text: str) -> int:
    """Such as 3600 of `1h`."""
    return round(milliseconds(option, text) / 1000)


def statuses(option: str, text: str) -> list[int]:
    """Such as [429, 503] of `429,503`; `5xx` are those of a gateway in trouble."""
    found: list[int] = []
    for word in text.split(","):
        if word.strip().lower() == "5xx":
            found += _IN_TROUBLE
        elif _STATUS.fullmatch(word.strip()):
            found.append(int(word))
        else:
            raise UsageError(f"{option} takes HTTP statuses", "Such as 429,503 or 429,5xx.")
    return [*dict.fromkeys(found)]


def whole_number(option: str, text: str) -> int:
    """Such as 3. How much is allowed, the config's own rules say."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"{option} takes a whole number", "Such as 3.")
    return int(text)


def number(text: str) -> float | int | None:
    """The number that a text is, whole where it is written so; None for any other text."""
    try:
        found = int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 16 else float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def scalar(text: str) -> Any:
    """A number, true, false, or text. What reads as JSON's list or object is that, and `"1"` is text."""
    if text in ("true", "false"):
        return text == "true"
    if text[:1] in ("[", "{", '"'):
        try:
            return json.loads(text, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            return text
    found = number(text)
    return text if found is None else found


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of those members. Raises UsageError for a name that is there twice: one would be lost."""
    found = dict(members)
    if len(found) < len(members):
        raise UsageError("A name is there twice in an option's value", "Take one of them out.")
    return found


def pair(option: str, text: str) -> tuple[str, Any]:
    """Such as ("max_tokens", 64) of `max_tokens=64`. Raises UsageError, also for a secret in clear text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{option} takes NAME=VALUE", f"Such as: {option} max_tokens=64")
    refuse_secret(name, value)
    return name, scalar(value)


def label(option: str, text: str) -> tuple[str, str]:
    """Such as ("team", "1") of `team=1`: a label is text always."""
    name, _ = pair(option, text)
    return name, text.partition("=")[2]


def refuse_secret(name: str | int, value: object) -> None:
    """Raises UsageError for a secret that is typed: it would stand in the shell's history."""
    if is_secret_field(name) and value != "" and not is_reference(value):
        raise UsageError("A secret is never an argument", f"Name where it lies: {REFERENCES}.")
