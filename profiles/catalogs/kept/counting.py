"""Whether what is kept of a catalog still counts here: by the keys of a policy, and by what was fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs import trust
from profiles.catalogs.managed import keys_of_policy
from profiles.catalogs.record import load_record

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.catalogs.kept.contents import Contents
    from profiles.catalogs.record import Record
    from profiles.catalogs.subscriptions import Subscription
    from profiles.catalogs.trust import Content


class Counting(NamedTuple):
    """`keys`: a policy's, which alone count then; None where none names any. `fetched`: as in `Record`."""

    subscription: Subscription
    keys: tuple[str, ...] | None
    fetched: tuple[str, ...] | None

    def counts(self, content: Content) -> bool:
        """Whether it does: of a key that counts, and as it was fetched."""
        still = trust.still_counts(self.subscription, content, self.keys)
        return still and self.is_as_fetched(content)

    def is_as_fetched(self, content: Content) -> bool:
        """Whether nothing changed it here."""
        return trust.is_as_fetched(content, self.fetched)

    def check(self, content: Content) -> None:
        """Raises UntrustedError where it does not count."""
        trust.check_kept(self.subscription, content, self.keys, self.fetched)


def counting(locations: Locations, subscription: Subscription) -> Counting:
    """What counts of that catalog now."""
    name = subscription.name
    return Counting(subscription, keys_of_policy(name), load_record(locations, name).fetched)


def with_fetched(record: Record, contents: Contents, content: Content) -> Record:
    """That record once this content was fetched; what is kept no more is remembered no more."""
    kept = {each.content.sha256 for each in contents.all() if each.content != content}
    known = kept if record.fetched is None else kept.intersection(record.fetched)
    return record._replace(fetched=(content.sha256, *sorted(known)))
