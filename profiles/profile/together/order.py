"""The order in which a person has their profiles listed, and their favourites: `<config dir>/order.json`.

One order for the command line, the menu and the manager. Where nothing was placed, names decide.
"""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import read_document, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypedDict

    from profiles.base.locations import Locations

    class _Plain(TypedDict, total=False):
        order: list[str]
        favourites: list[str]


_VERSION = 1


class Order(NamedTuple):
    """`names` as they were placed, `favourites` by name.

    Profiles that are gone keep their place, so that one that is brought back stands where it stood.
    """

    names: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()

    def arranged(self, known: Sequence[str]) -> list[str]:
        """The known names: favourites first; placed ones as they were placed, then those that were not."""
        if self == Order():
            return list(known)
        place = {name: at for at, name in enumerate(self.names)}
        favourites = frozenset(self.favourites)
        return sorted(known, key=lambda name: (name not in favourites, place.get(name, len(place))))

    def with_place(self, known: Sequence[str], name: str, place: int) -> Order:
        """The same, but for `name`, which is at that place among the known names, 0 being the first.

        No place lets another one stand before a favourite.
        """
        others = [each for each in self.arranged(known) if each != name]
        row = [each for each in dict.fromkeys((*self.names, *known)) if each != name]
        place = min(max(place, 0), len(others))
        at = row.index(others[place]) if place < len(others) else len(row)
        return self._replace(names=(*row[:at], name, *row[at:]))

    def with_favourite(self, name: str, *, on: bool) -> Order:
        """The same, but that `name` is a favourite, or is none."""
        others = tuple(each for each in self.favourites if each != name)
        return self._replace(favourites=(*others, name) if on else others)

    def by_name(self) -> Order:
        """The same favourites, with names to decide on the order."""
        return self._replace(names=())

    def with_renamed(self, old: str, new: str) -> Order:
        """The same with `new` where `old` stands: both keep the place, since a rename can be undone."""
        return Order(*(_with_twin(names, old, new) for names in self))


def _with_twin(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    if old not in names or old == new:
        return names
    others = [name for name in names if name != new]
    at = others.index(old)
    return (*others[:at], new, *others[at:])


def order_path(locations: Locations) -> str:
    """The file that holds it."""
    return os.path.join(locations.config_dir, "order.json")


def read_order(locations: Locations) -> Order:
    """The order as it is; by name alone where the file cannot be read, which keeps nobody from a list."""
    with suppress(PkccError):
        return load_order(locations)
    return Order()


def load_order(locations: Locations) -> Order:
    """The order as it is. Raises PkccError for a file that is damaged, or of a newer version."""
    remedy = "Correct it, or remove it."
    return read_document(order_path(locations), _VERSION, _decoded, remedy) or Order()


def change_order(locations: Locations, change: Callable[[Order], Order]) -> Order:
    """Change it durably, one process at a time; returns what holds then. Raises PkccError as it was."""
    from profiles.files.hand_edited import write_hand_edited
    from profiles.files.locks import locked

    with locked(os.path.join(locations.state_dir, "order.lock")):
        before = load_order(locations)
        after = change(before)
        if after != before:
            plain = {"version": _VERSION, "order": after.names, "favourites": after.favourites}
            write_hand_edited(order_path(locations), readable(plain), alone=True)
    return after


def _decoded(plain: _Plain) -> Order:
    lists = plain.get("order", []), plain.get("favourites", [])
    if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in lists):
        raise TypeError("no list of names")
    return Order(*(tuple(dict.fromkeys(names)) for names in lists))
