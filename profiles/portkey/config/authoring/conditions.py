"""What is typed for a condition: `metadata.team=eng`, `params.top_p>=0.7`, `url.pathname~^/v1`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.typed import number, scalar
from profiles.portkey.config.operators import (
    BOUNDS,
    EQUAL,
    LISTS,
    MATCHES,
    METADATA,
    NONE_OF,
    ONE_OF,
    OPERATORS,
    PARAMETERS,
    UNEQUAL,
    can_be_asked_for,
)

_FORM = re.compile(r"([^=!<>~]+)(!=|>=|<=|=|<|>|~)(.*)", re.DOTALL)
_OPERATORS = {each.sign: operator for operator, each in OPERATORS.items() if each.sign}
_LISTS = {OPERATORS[EQUAL].sign: ONE_OF, OPERATORS[UNEQUAL].sign: NONE_OF}
_HINT = "Such as metadata.team=eng, metadata.team=eng,ops, params.temperature>=0.7 or url.pathname~^/v1/x."


def read_query(words: Sequence[str]) -> dict[str, Any]:
    """The query that holds where all of the conditions do. Raises UsageError."""
    query: dict[str, Any] = {}
    for word in words:
        field, operator, operand = _condition(word)
        if operator in query.setdefault(field, {}):
            raise UsageError(f"{field} is asked for the same thing twice", "Leave one of the two out.")
        query[field][operator] = operand
    return query


def operand(field: str, operator: str, text: str) -> Any:
    """What a condition compares with, of a text: a list for `$in`, a number for `$gt` where it is one."""
    if operator in LISTS:
        return [_value(field, each.strip()) for each in text.split(",") if each.strip()]
    if operator in BOUNDS:
        bound = number(text)
        return text if bound is None else bound
    return text if operator == MATCHES else _value(field, text)


def operand_text(value: object) -> str | None:
    """The text that `operand` reads that of; None where no line can say it."""
    if isinstance(value, list):
        texts = [operand_text(each) for each in value]
        fits = all(text is not None and text and "," not in text for text in texts)
        return ", ".join(text for text in texts if text) if fits else None
    if isinstance(value, (int, float)):
        return json.dumps(value)
    return value if isinstance(value, str) and "\n" not in value else None


def _condition(word: str) -> tuple[str, str, Any]:
    found = _FORM.fullmatch(word)
    if found is None:
        raise UsageError("A condition is not of a form that is known", _HINT)
    field, sign, text = found[1].strip(), found[2], found[3].strip()
    if not can_be_asked_for(field) or field in (METADATA, PARAMETERS):
        raise UsageError(
            "A condition asks for metadata.NAME, params.NAME or url.pathname",
            f"Did you mean metadata.{field}{sign}…?" if field.isidentifier() else _HINT,
        )
    if sign in _LISTS and "," in text:
        return field, _LISTS[sign], [_value(field, each.strip()) for each in text.split(",")]
    operator = _OPERATORS[sign]
    if operator in BOUNDS:
        bound = number(text)
        if bound is None:
            raise UsageError(f"{sign} in a condition compares with a number", _HINT)
        return field, operator, bound
    return field, operator, text if operator == MATCHES else _value(field, text)


def _value(field: str, text: str) -> Any:
    """Metadata are text always; a parameter of the request may be a number, or true."""
    return scalar(text) if field.startswith(PARAMETERS) else text
