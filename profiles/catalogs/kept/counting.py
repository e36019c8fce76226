"""Whether what is kept of a catalog still counts here: by the keys of a policy, and by what was fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs import trust
from profiles.catalogs.managed import keys_of_policy

if TYPE_CHECKING:
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
        return not self._problem(content)

    def is_as_fetched(self, content: Content) -> bool:
        """Whether nothing changed it here."""
        return trust.is_as_fetched(content, self.fetched)

    def replaced(self, content: Content) -> str:
        """What shows that something else changed it, in words; "" where nothing does.

        A known hash is enough: lists and `status` ask, and wait for no signature.
        """
        return "" if content.sha256 in (self.fetched or ()) else self._change(content)

    def check(self, content: Content) -> None:
        """Raises UntrustedError where it does not count."""
        if problem := self._problem(content):
            name = self.subscription.name
            raise trust.UntrustedError(f"What is kept of {name} {problem}", trust.ASK_AGAIN.format(name))

    def _problem(self, content: Content) -> str:
        if not trust.still_counts(self.subscription, content, self.keys):
            return "is signed by a key that counts no more"
        return self._change(content)

    def _change(self, content: Content) -> str:
        if self.is_as_fetched(content):
            return ""
        lacks = "does not fit its signature" if content.key else "is not what was fetched"
        return f"{lacks}: something else changed it"


def counting(subscription: Subscription, record: Record) -> Counting:
    """What counts of that catalog now, by what is remembered of it."""
    return Counting(subscription, keys_of_policy(subscription.name), record.fetched)


def with_fetched(record: Record, contents: Contents, content: Content) -> Record:
    """That record once this content was fetched; what is kept no more is remembered no more."""
    kept = {each.content.sha256 for each in contents.all() if each.content != content}
    known = kept if record.fetched is None else kept.intersection(record.fetched)
    return record._replace(fetched=(content.sha256, *sorted(known)))
