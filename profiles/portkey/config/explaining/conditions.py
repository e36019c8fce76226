"""When a request goes to a target of a conditional strategy, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from profiles.portkey.config.explaining.phrases import either, shown
from profiles.portkey.config.operators import ALL, JOINING, LISTS, OPERATORS

_DEEPEST = 20


def query_words(query: object, depth: int = 0) -> str:
    """Such as `metadata.team is eng and params.temperature is at least 0.7`."""
    parts = [*_parts(query, depth)] if isinstance(query, Mapping) and depth < _DEEPEST else []
    return " and ".join(parts) or "nothing is asked of it"


def _parts(query: Mapping[str, object], depth: int) -> Iterator[str]:
    for field, wanted in query.items():
        if field in JOINING and isinstance(wanted, list):
            inner = [query_words(part, depth + 1) for part in wanted]
            joined = (" and " if field == ALL else " or ").join(inner)
            yield f"({joined})" if len(inner) > 1 and (depth or len(query) > 1) else joined
        elif isinstance(wanted, Mapping):
            yield (
                " and ".join(
                    f"{shown(field)} {_operator(operator, value)}" for operator, value in wanted.items()
                )
                or f"{shown(field)} is anything"
            )
        else:
            yield f"{shown(field)} is {shown(wanted)}"


def _operator(operator: str, value: object) -> str:
    words = OPERATORS[operator].words if operator in OPERATORS else shown(operator)
    listed = isinstance(value, list) and operator in LISTS
    return f"{words} {either(map(shown, value[:20])) if listed and isinstance(value, list) else shown(value)}"
