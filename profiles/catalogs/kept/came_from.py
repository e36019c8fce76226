"""Which catalog a profile comes from, and how old that is: for `show`, `status` and the overview."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import catalog_of

if TYPE_CHECKING:
    from profiles.base.locations import Locations


class CameFrom(NamedTuple):
    """A catalog and its version; `withdrawn` says why its publisher wants the profile used no more."""

    catalog: str
    title: str
    serial: int
    accepted_at: float
    state: str
    withdrawn: str = ""
    overridden: tuple[str, ...] = ()  # fields of the profile that are the person's own


def came_from(locations: Locations, profile: str | None) -> CameFrom | None:
    """Where that profile comes from; None for one of the person's own, at no price."""
    name = catalog_of(profile or "")
    if not name:
        return None
    from profiles.catalogs.kept.looking import look_at_one
    from profiles.catalogs.managed import managed_catalogs
    from profiles.profile.catalog_terms import terms_of

    with suppress(PkccError):  # the list of catalogs reports what cannot be read
        looked = look_at_one(locations, name, managed_catalogs())
        if looked.accepted is None or (brief := looked.brief) is None:
            return None
        withdrawn = terms_of(locations, profile or "").withdrawn
        return CameFrom(
            name,
            brief.title or name,
            brief.serial,
            looked.accepted.at,
            looked.standing.state,
            withdrawn,
            tuple(looked.subscription.overrides.get((profile or "").removeprefix(f"{name}/"), ())),
        )
    return None
