"""Strangers' JSON: what two readers could take differently, or what is made to hurt, is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from profiles.base.text import others_words
from profiles.catalogs.format.model import MOST_BYTES, CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 24
_LONGEST_NUMBER = 15  # digits: what every reader of JSON holds exactly
_LONGEST_TEXT = 4_000


class _Refused:
    """Stands where JSON has what is refused, until it is found with its place."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


class _Twice(dict[str, Any]):
    """An object with a key that is there twice."""

    key = ""


def load(data: bytes) -> dict[str, Any]:
    """The object that the bytes are. Raises CatalogError with line and column, or with the place in it."""
    if len(data) > MOST_BYTES:
        raise CatalogError("", f"is larger than {MOST_BYTES // 1024} kB")
    try:
        plain = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=lambda name: _Refused(f"is {name}, which is no number in JSON"),
        )
    except UnicodeDecodeError:
        raise CatalogError("", "is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise CatalogError(f"line {error.lineno}, column {error.colno}:", error.msg.lower()) from None
    except (RecursionError, ValueError):
        raise CatalogError("", "is nested too deeply") from None
    for place, problem in _problems(plain):
        raise CatalogError(place, problem)
    if not isinstance(plain, dict):
        raise CatalogError("", "must be a JSON object")
    return plain


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, seen = _Twice(found), set[str]()
    for key, _ in pairs:
        if key in seen:
            twice.key = key
            break
        seen.add(key)
    return twice


def _integer(text: str) -> object:
    return int(text) if len(text) <= _LONGEST_NUMBER else _Refused("is a number that is too long")


def _number(text: str) -> object:
    short = len(text) <= _LONGEST_NUMBER + 10 and abs(float(text)) < 10.0**_LONGEST_NUMBER
    return float(text) if short else _Refused("is a number that is too long")


def _problems(plain: object) -> Iterator[tuple[str, str]]:
    todo: list[tuple[str, object, int]] = [("", plain, 0)]
    while todo:
        place, value, depth = todo.pop()
        if depth > _DEEPEST:
            yield place[:80], "is nested too deeply"
        elif isinstance(value, _Refused):
            yield place, value.problem
        elif isinstance(value, str):
            yield from _of_text(place, value)
        elif isinstance(value, list):
            todo += [(f"{place}[{at}]", item, depth + 1) for at, item in enumerate(value)]
        elif isinstance(value, dict):
            yield from _of_names(place, value)
            todo += [(f"{place}.{key}".lstrip("."), item, depth + 1) for key, item in value.items()]


def _of_names(place: str, plain: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(plain, _Twice):
        yield place, f"has {others_words(plain.key)!r} twice"
    for key in plain:
        yield from _of_text(f"{place}.{others_words(key)}".lstrip("."), key)


def _of_text(place: str, text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a text: signs may steer a terminal, or turn words round."""
    if not text.isprintable():
        yield place, "has a control character, or half of one, in it"
    if len(text) > _LONGEST_TEXT:
        yield place, f"is longer than {_LONGEST_TEXT:,} characters"
