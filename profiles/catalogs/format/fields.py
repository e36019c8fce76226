"""One object of a catalog, taken apart field by field: every problem is reported with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.text import named
from profiles.catalogs.format.model import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_PROFILES = ("key", "locked", "route", "gateway", "models", "metadata")  # written a level too high
_NOWHERE = "a catalog does not have"
_WORDS = {str: "text in double quotes", int: "a whole number", list: "a list", dict: "an object"}


class Fields:
    """The fields of the object at `place`. Each is taken once; `done` refuses what is left."""

    def __init__(self, place: str, plain: object) -> None:
        self.place = place
        if not isinstance(plain, dict):
            raise CatalogError(place, "must be an object")
        self._left = dict(plain)

    def at(self, field: str) -> str:
        """The place of one field."""
        return f"{self.place}.{field}".lstrip(".")

    def text(self, field: str, check: Callable[[str], str] = str, *, needed: bool = False) -> str:
        """The text of a field, checked; "" where it is not there and not needed."""
        if field not in self._left:
            if needed:
                raise CatalogError(self.at(field), "is missing")
            return ""
        value = self._taken(field, str)
        return checked(self.at(field), check, value)

    def number(self, field: str) -> int:
        """A number from 1 on."""
        if field not in self._left:
            raise CatalogError(self.at(field), "is missing")
        value: int = self._taken(field, int)
        if value < 1:
            raise CatalogError(self.at(field), "must be 1 or more")
        return value

    def texts(self, field: str, check: Callable[[str], str] = str, most: int = 100) -> tuple[str, ...]:
        """The texts of a list, each checked, none twice."""
        found = []
        for place, value in self.items(field, most):
            if not isinstance(value, str):
                raise CatalogError(place, f"must be {_WORDS[str]}")
            if value in found:
                raise CatalogError(place, "is there twice")
            found.append(checked(place, check, value))
        return tuple(found)

    def items(self, field: str, most: int) -> list[tuple[str, Any]]:
        """What a list holds, each with its place."""
        if field not in self._left:
            return []
        values = self._taken(field, list)
        if len(values) > most:
            raise CatalogError(self.at(field), f"has more than {most:,} entries")
        return [(f"{self.at(field)}[{at}]", value) for at, value in enumerate(values)]

    def members(self, field: str, most: int = 100) -> list[tuple[str, str, Any]]:
        """What an object holds: place, name and value of each."""
        if field not in self._left:
            return []
        values = self._taken(field, dict)
        if len(values) > most:
            raise CatalogError(self.at(field), f"has more than {most:,} entries")
        return [(f"{self.at(field)}.{name}", name, value) for name, value in values.items()]

    def inner(self, field: str) -> Fields | None:
        """The fields of an object in this one; None where it is not there."""
        return Fields(self.at(field), self._taken(field, dict)) if field in self._left else None

    def rest(self) -> dict[str, Any]:
        """What was not taken, but for what a publisher keeps for other readers, such as `x-owner`."""
        return {name: value for name, value in self._left.items() if not name.startswith("x-")}

    def done(self) -> None:
        """Raises CatalogError where something is left that has no meaning."""
        for name in self.rest():
            where = "belongs into a profile" if not self.place and name in _OF_PROFILES else _NOWHERE
            raise CatalogError(self.place, f"has {named('field', name)}, which {where}")

    def _taken(self, field: str, kind: type) -> Any:
        value = self._left.pop(field)
        if type(value) is not kind and not (kind is dict and isinstance(value, dict)):  # true == 1
            raise CatalogError(self.at(field), f"must be {_WORDS[kind]}")
        return value


def checked(place: str, check: Callable[[str], str], value: str) -> str:
    """What the check makes of the value. Raises CatalogError with the place for its ValueError."""
    try:
        return check(value)
    except ValueError as error:
        raise CatalogError(place, str(error)) from None
