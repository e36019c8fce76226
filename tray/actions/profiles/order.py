"""The order that a person gives their profiles, and their favourites among them."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.store import no_such_profile
from profiles.profile.together.order import Order, change_order, load_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.app import App

WAYS = ("up", "down", "first", "last")


class Placed(NamedTuple):
    """Where a profile stands: the `place` of so many, the first being 1."""

    name: str
    place: int
    of: int


def order_notes(app: App) -> tuple[str, ...]:
    """Why the order is that of the names, where its file cannot be read."""
    try:
        load_order(app.locations)
    except PkccError as error:
        return (f"{error.title}: profiles are listed by name. {error.hint}",)
    return ()


def move_profile(app: App, name: str, way: str) -> Placed:
    """List a profile further `up` or `down`, or as the `first` or `last`. Raises PkccError as it was."""
    known = _known(app, name)
    last = len(known) - 1

    def to(place: int) -> int:
        return {"up": max(place - 1, 0), "down": min(place + 1, last), "first": 0, "last": last}[way]

    after = change_order(
        app.locations,
        lambda order: order.with_place(known, name, to(order.arranged(known).index(name))),
    )
    return Placed(name, after.arranged(known).index(name) + 1, len(known))


def place_profile(app: App, name: str, place: int) -> Placed:
    """List a profile at that place, the first being 1. Raises PkccError as it was."""
    known = _known(app, name)
    after = change_order(app.locations, lambda order: order.with_place(known, name, place - 1))
    return Placed(name, after.arranged(known).index(name) + 1, len(known))


def set_favourite(app: App, name: str, *, on: bool) -> None:
    """Make a profile one of the favourites, or one of the others. Raises PkccError as it was."""
    _known(app, name)
    change_order(app.locations, lambda order: order.with_favourite(name, on=on))


def order_by_name(app: App) -> None:
    """Have names decide again; favourites stay the first. Raises PkccError as it was."""
    change_order(app.locations, Order.by_name)


def last_used_first(app: App, names: Sequence[str]) -> list[str]:
    """The names with those first that were switched to last, as far as is remembered."""
    state = app.switcher.read().state
    used = dict.fromkeys([state.current.active, *(step.name for step in reversed(state.history))])
    place = {name: at for at, name in enumerate(used)}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def _known(app: App, name: str) -> list[str]:
    """All names. Raises NotFoundError where that one is none."""
    known = app.store.names()
    if name not in known:
        raise no_such_profile(name, known)
    return known
