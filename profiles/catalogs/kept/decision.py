"""What a newer version may do by itself, and what waits for a person's yes: decided here alone. Pure.

Whoever fetches, looks or accepts asks `decide`, and does what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs.changes import Change, Changes, catalog_changes, serial_words
from profiles.catalogs.kept.own_part import (
    accepted_pairs,
    inputs_of,
    pairs_of,
    pairs_of_entry,
    unaccepted_pairs,
    unanswered,
)
from profiles.catalogs.subscriptions import AUTO
from profiles.catalogs.trust import pinned_after, still_counts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.subscriptions import Subscription
    from profiles.catalogs.trust import Verified

    Why = Literal["", "dropped key", "serial", "first", "loud", "asks", "held", "unanswered", "in use"]

YOUR_KEY = "your_key"  # the field of a change that says where a key would go; none of a catalog's own


class Here(NamedTuple):
    """What counts on this machine at that moment.

    `catalog` holds: None where nothing was accepted yet, or its file was replaced, or where it cannot be read
    any more, of which `serial` still tells. `managed`: an administrator decides. `held`: the person went back
    to it, and does not ask for newer ones now. `in_use` are the profiles, such as `acme/work`, that settings
    or projects carry. `keys` are a policy's, as for `newer`.
    """

    subscription: Subscription
    catalog: Catalog | None
    serial: int = 0
    managed: bool = False
    held: bool = False
    in_use: frozenset[str] = frozenset()
    keys: tuple[str, ...] | None = None


class Decision(NamedTuple):
    """What becomes of a version, and what it changes. It applies by itself where nothing is against that.

    `agreed`: wherever it sends a key is accepted with it, as an administrator's word is a yes.
    """

    why: Why
    changes: Changes
    agreed: bool = False

    @property
    def applies(self) -> bool:
        """Whether it takes effect without anybody's yes."""
        return not self.why

    @property
    def counts(self) -> bool:
        """Whether it may ever: not where the key that signed it was dropped meanwhile."""
        return self.why != "dropped key"


def decide(here: Here, new: Verified) -> Decision:
    """What that version may do here."""
    if not still_counts(here.subscription, new.content, here.keys):
        return Decision("dropped key", Changes())
    old = here.catalog
    changes = Changes() if old is None else waiting_changes(here.subscription, old, new.catalog)
    why = _why_it_waits(here, new.catalog, changes)
    return Decision(why, changes, agreed=here.managed and not why)


def _why_it_waits(here: Here, new: Catalog, changes: Changes) -> Why:
    # An old version that somebody replays looks just so: not even an administrator's applies by itself.
    if new.serial < here.serial or any(map(serial_words, changes.loud)):
        return "serial"
    if here.managed:
        return ""
    if here.catalog is None:
        return "first"
    if changes.loud:
        return "loud"
    if here.subscription.updates != AUTO:
        return "asks"
    if here.held:
        return "held"
    if unanswered(new, here.subscription.inputs):
        return "unanswered"
    gone = {entry.name for entry in here.catalog.profiles} - {entry.name for entry in new.profiles}
    used = {f"{here.subscription.name}/{name}" for name in gone} & here.in_use
    return "in use" if used else ""


def taken(subscription: Subscription, catalog: Catalog, *, agreed: bool, repins: bool) -> Subscription:
    """What the person's own part is once that content holds.

    `agreed`: there was a yes to wherever it sends a key. `repins`: its publisher says which keys count from
    now on, which is neither so where a policy names them, nor where the person went back.
    """
    new = pairs_of(subscription, catalog) if agreed else accepted_pairs(subscription, catalog)
    pairs = tuple(dict.fromkeys((*subscription.pairs, *new)))
    keys, dropped = (
        pinned_after(subscription, catalog) if repins else (subscription.keys, subscription.dropped)
    )
    return subscription._replace(pairs=pairs, keys=keys, dropped=dropped)


def waiting_changes(subscription: Subscription, old: Catalog, new: Catalog) -> Changes:
    """All that it changes for one person. Where a key would go that nobody accepted is loud, and first."""
    changes, keys = catalog_changes(old, new), tuple(_of_keys(subscription, new))
    # A key that went to one host and would go to another has said that host.
    said = {(each.profile, "host", host) for each, host in keys if each.before}
    rest = [each for each in changes.loud if (each.profile, each.field, each.after) not in said]
    return changes._replace(loud=(*(each for each, _ in keys), *rest))


def _of_keys(subscription: Subscription, new: Catalog) -> Iterator[tuple[Change, str]]:
    """Where a key would go that nobody accepted, each with that host."""
    unaccepted = set(unaccepted_pairs(subscription, new))
    lacking = {*unanswered(new, subscription.inputs)} if unaccepted else set()
    for entry in new.profiles if unaccepted else ():
        if lacking.intersection(inputs_of(entry)):
            continue
        for reference, host in pairs_of_entry(subscription, entry, entry.host):
            if (reference, host) in unaccepted:
                known = ", ".join(goes for key, goes in subscription.pairs if key == reference)
                before = f"{reference} to {known}" if known else ""
                yield Change(entry.name, YOUR_KEY, before, f"{reference} to {host}"), host
