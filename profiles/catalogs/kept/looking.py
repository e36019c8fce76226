"""One catalog as it is here: what is followed, what holds, what waits, how it stands. Nothing is written."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.names import catalog_of
from profiles.catalogs.changes import Changes
from profiles.catalogs.format.patterns import fits
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.counting import counting
from profiles.catalogs.kept.decision import waiting_changes
from profiles.catalogs.kept.own_part import check_override
from profiles.catalogs.record import load_record
from profiles.catalogs.standing import Facts, standing
from profiles.catalogs.subscriptions import load_subscriptions, subscription_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from profiles.base.locations import Locations
    from profiles.catalogs.kept.contents import Brief, Kept
    from profiles.catalogs.record import Record
    from profiles.catalogs.standing import Standing
    from profiles.catalogs.subscriptions import Subscription

_NONE: Mapping[str, Subscription] = {}


class Looked(NamedTuple):
    """`accepted` holds, `offered` waits for a yes; None where there is none, and for what was replaced here.

    `replaced` says of either what shows that, and completes "what is kept …"; "" where nothing was.
    """

    subscription: Subscription
    accepted: Kept | None
    offered: Kept | None
    record: Record
    standing: Standing
    managed: bool
    replaced: str = ""

    @property
    def brief(self) -> Brief | None:
        """The most important of what holds, else of what is offered; None where neither was ever read."""
        kept = self.accepted or self.offered
        return None if kept is None else kept.brief()

    def changes(self) -> Changes:
        """What accepting what is offered would change. Nothing is compared before the first yes."""
        old = None if self.accepted is None else self.accepted.readable()
        new = None if self.offered is None else self.offered.readable()
        return Changes() if old is None or new is None else waiting_changes(self.subscription, old, new)


def look_at_all(locations: Locations, managed: Mapping[str, Subscription] = _NONE) -> list[Looked]:
    """All that are followed, by name, and `managed`, those of an administrator, fetched or not."""
    return [_looked(locations, each, managed) for _, each in sorted(_followed(locations, managed).items())]


def look_at_one(locations: Locations, name: str, managed: Mapping[str, Subscription] = _NONE) -> Looked:
    """That one. Raises NotFoundError."""
    followed = _followed(locations, managed).get(name) or subscription_of(locations, name)
    return _looked(locations, followed, managed)


def _followed(locations: Locations, managed: Mapping[str, Subscription]) -> dict[str, Subscription]:
    """What is followed, and what is to be; not what stays out for one whose name differs in case alone."""
    known = load_subscriptions(locations)
    taken = {name.lower() for name in known}
    return known | {name: each for name, each in managed.items() if name.lower() not in taken}


def _looked(locations: Locations, subscription: Subscription, managed: Collection[str]) -> Looked:
    contents = Contents(locations, subscription.name)
    accepted = None
    with suppress(PkccError):
        accepted = contents.accepted()
    offered, record = contents.offered(), load_record(locations, subscription.name)
    counted, replaced = counting(subscription, record), ""
    if accepted is not None and (replaced := counted.replaced(accepted.content)):
        accepted = None
    if offered is not None and (changed := counted.replaced(offered.content)):
        offered, replaced = None, replaced or changed
    brief = None if accepted is None else accepted.brief()
    expires = "" if brief is None else brief.expires
    is_managed = subscription.name in managed
    accepted_at = accepted.at if accepted else None
    asks = "" if brief is None else _question(brief, subscription)
    facts = Facts(accepted_at, offered is not None, expires, record, is_managed, asks, replaced)
    stands = standing(facts, time.time())
    return Looked(subscription, accepted, offered, record, stands, is_managed, replaced)


def _question(brief: Brief, subscription: Subscription) -> str:
    """The first that a profile of it asks and that was not answered; "" for none."""
    answers = subscription.inputs
    return next((ask for name, ask, pattern in brief.asks if not fits(pattern, answers.get(name, ""))), "")


def may_override(locations: Locations, profile: str, field: str) -> bool:
    """Whether that field of a catalog's profile, such as `acme/work`, can be the person's own."""
    name = catalog_of(profile)
    kept = Contents(locations, name).accepted()
    catalog = kept.readable() if kept is not None else None
    for entry in catalog.profiles if catalog is not None else ():
        if f"{name}/{entry.name}" == profile:
            with suppress(PkccError):
                check_override(entry, field)
                return True
    return False
