"""What a newer version changes for one person: the catalog, and each key that would go elsewhere by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.catalogs.changes import Change, Changes, catalog_changes
from profiles.catalogs.kept.own_part import inputs_of, pairs_of_entry, unaccepted_pairs, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.subscriptions import Subscription

YOUR_KEY = "your_key"  # the field of a change that says where a key would go; none of a catalog's own


def waiting_changes(subscription: Subscription, old: Catalog, new: Catalog) -> Changes:
    """All of it. Where a key would go that nobody accepted yet is loud, and comes first."""
    changes = catalog_changes(old, new)
    return changes._replace(loud=(*_of_keys(subscription, new), *changes.loud))


def _of_keys(subscription: Subscription, new: Catalog) -> Iterator[Change]:
    unaccepted = set(unaccepted_pairs(subscription, new))
    lacking = {*unanswered(new, subscription.inputs)} if unaccepted else set()
    for entry in new.profiles if unaccepted else ():
        if lacking.intersection(inputs_of(entry)):
            continue
        for reference, host in pairs_of_entry(subscription, entry, entry.host):
            if (reference, host) in unaccepted:
                known = ", ".join(goes for key, goes in subscription.pairs if key == reference)
                before = f"{reference} to {known}" if known else ""
                yield Change(entry.name, YOUR_KEY, before, f"{reference} to {host}")
