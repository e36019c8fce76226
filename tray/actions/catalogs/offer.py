"""A catalog that one may follow: fetched, verified and described; nothing is kept before a yes."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.names import check_name
from profiles.base.text import printable
from profiles.catalogs.fetching.fetch import fetch
from profiles.catalogs.fetching.fetched import Fetched, Limits
from profiles.catalogs.fetching.source import source_of
from profiles.catalogs.kept.acceptance import accept, catalogs_locked_and_resumed
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.kept.left_keys import left_pairs
from profiles.catalogs.kept.owed import forgive
from profiles.catalogs.kept.own_part import other_hosts_of_own_keys
from profiles.catalogs.managed import check_usable
from profiles.catalogs.record import Record, save_record
from profiles.catalogs.signature import SignatureError, parse_key
from profiles.catalogs.subscriptions import (
    ASK,
    AUTO,
    Subscription,
    save_subscription,
    taken_by,
)
from profiles.catalogs.trust import first_seen, with_seen
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_catalog_name
from profiles.profile.under_policy import check_allowed, check_changing
from tray.actions.catalogs.described import Described, described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.catalogs.fetching.source import Source
    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.trust import Verified
    from tray.app import App

_ON_THE_WEB = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/", re.IGNORECASE)  # as browsers show an address
_SHA256 = "sha256:"
_HASH = re.compile(f"{_SHA256}[0-9a-fA-F]{{64}}")


class Origin(NamedTuple):
    """Where a catalog comes from, and which key signed it: its id and its line, "" for none."""

    source: str
    signed_by: str
    key: str
    sha256: str


class Wanted(NamedTuple):
    """What somebody wants to follow, as they typed it; "" for what they did not say."""

    source: str
    name: str = ""
    ref: str = ""
    file: str = ""
    key: str = ""
    expect: str = ""
    updates: str = ""

    def check_options(self) -> None:
        """Raises UsageError for a name, a key or a hash that is none."""
        if self.name:
            check_name(self.name)
        check_hash(self.expect)
        if self.key:
            try:
                parse_key(self.key)
            except SignatureError as error:
                raise UsageError(f"That key {error.title}", error.hint) from None

    def checked(self) -> Source:
        """The source. Raises UsageError for what is none, or for another option that is none."""
        self.check_options()
        source = source_of(self.source, self.ref, self.file)
        if _ON_THE_WEB.match(self.source) and not os.path.exists(source.address):
            text = printable(self.source)
            raise UsageError(f"There is no directory {text}", f"On the web it is: https://{text}")
        return source


class Offer(NamedTuple):
    """What was found there. `fetched` and `verified` are what a yes puts in force, as they are."""

    wanted: Wanted
    origin: Origin
    content: Described
    verified: Verified
    mark: str


def look_at(app: App, wanted: Wanted, *, may_ask: bool = False) -> Offer:
    """Fetch it, and see by whom it is. `may_ask`: git may ask its user for a password.

    Raises PkccError for what is refused, ConflictError where another of that name is followed.
    """
    source = wanted.checked()
    check_changing()
    check_allowed("allow_other_catalogs")
    fetched = fetch(source, "", app.environ, Limits(may_ask=may_ask))
    assert isinstance(fetched, Fetched)  # noqa: S101 - nothing is known that it could be unchanged from
    verified = first_seen(fetched.data, fetched.signature, wanted.key)
    check_expected(
        wanted.expect,
        verified.content.sha256,
        "The catalog is not what was expected",
        "Nothing was added. Ask its publisher what is published now.",
    )
    check_usable(verified.catalog)
    name = _free_name(app, wanted, verified.catalog.name)
    _check_left(app, name, verified.catalog)
    content = described(Subscription(name, source.address, verified.catalog.name), verified.catalog)
    origin = origin_of(source, verified.content.key, verified.content.sha256)
    return Offer(wanted, origin, content, verified, fetched.mark)


def origin_of(source: Source, key: str, sha256: str) -> Origin:
    """Where it comes from, in words."""
    return Origin(source_words(source), parse_key(key).id if key else "", key, sha256)


def source_words(source: Source) -> str:
    """Such as `https://git.acme.example/ai/pkcc.git (main, ai/pkcc-catalog.json)`."""
    usual = source._field_defaults["file"]
    more = ", ".join(filter(None, (source.ref, source.file if source.file not in ("", usual) else "")))
    return f"{source.address} ({more})" if more else source.address


def check_hash(text: str) -> None:
    """Raises UsageError for what `--expect` cannot take; "" expects nothing."""
    if text and not _HASH.fullmatch(text):
        raise UsageError("--expect takes sha256: and 64 digits", "`pkcc-tray catalog check` prints it.")


def check_expected(expected: str, found: str, title: str, hint: str) -> None:
    """Raises PkccError where content with that hash is not the one that is expected; "" expects nothing."""
    if expected and expected.removeprefix(_SHA256).lower() != found:
        raise PkccError(f"{title}: {_SHA256}{found}", hint)


def _free_name(app: App, wanted: Wanted, published: str) -> str:
    name = wanted.name or published
    if taken := taken_by(app.locations, name):
        raise ConflictError(
            f"You follow a catalog called {taken!r} already",
            f"`pkcc-tray catalog update {taken}` asks that one; --name gives this one another.",
        )
    check_catalog_name(policy_in_force(), name)
    return name


def _left(app: App, name: str) -> tuple[tuple[str, str], ...]:
    """Where keys that are still stored went by an earlier catalog of that name."""
    return tuple(
        pair for pair in left_pairs(app.locations, name) if app.secrets.present(pair[0]) is not False
    )


def _check_left(app: App, name: str, catalog: Catalog) -> None:
    """Raises ConflictError where such a key would go to a host for which nobody gave it."""
    subscription = Subscription(name, "", "", pairs=_left(app, name))
    for reference, host in other_hosts_of_own_keys(subscription, catalog):
        were = " and ".join(known for each, known in subscription.pairs if each == reference)
        key = reference.removeprefix("keyring:")
        raise ConflictError(
            f"The key {key} is stored for {were}, and this catalog would send it to {host}",
            f"`pkcc-tray key remove {key}` forgets it, then you are asked for another;"
            " --name calls this catalog something else.",
        )


class Added(NamedTuple):
    """A catalog that is followed now."""

    name: str
    serial: int
    updates: str
    origin: Origin
    content: Described


def accept_offer(app: App, offer: Offer, answers: Mapping[str, str]) -> tuple[Added, tuple[str, ...]]:
    """Follow it as it was shown. Raises ConflictError where one of that name came between."""
    subscription = _subscription(app, offer)._replace(inputs=dict(answers))
    kept = Kept(offer.verified.content, time.time())
    with catalogs_locked_and_resumed(app.locations):
        _free_name(app, offer.wanted, offer.verified.catalog.name)
        _remember(app, offer)
        made = accept(app.locations, subscription, kept)
        forgive(app.locations, subscription.name)  # nothing is in use of one that is new
    content = described(subscription, offer.verified.catalog)
    added = Added(subscription.name, content.serial, subscription.updates, offer.origin, content)
    return added, made.problems


def keep_offer(app: App, offer: Offer) -> str:
    """Keep it for a person to look at; nothing of it holds. Its name here."""
    subscription = _subscription(app, offer)
    with catalogs_locked_and_resumed(app.locations):
        _free_name(app, offer.wanted, offer.verified.catalog.name)
        save_subscription(app.locations, subscription.name, subscription)
        Contents(app.locations, subscription.name).offer(Kept(offer.verified.content, time.time()))
        _remember(app, offer)
    return subscription.name


def _subscription(app: App, offer: Offer) -> Subscription:
    source, key = offer.wanted.checked(), offer.verified.content.key
    return Subscription(
        offer.content.name,
        source.address,
        offer.verified.catalog.name,
        source.ref,
        source.file,
        (key,) if key else (),
        updates=offer.wanted.updates or (AUTO if key else ASK),
        pairs=_left(app, offer.content.name),
    )


def _remember(app: App, offer: Offer) -> None:
    now = time.time()
    seen = with_seen({}, offer.verified)
    record = Record(seen, offer.mark, asked_at=now, reached_at=now, fetched=(offer.verified.content.sha256,))
    save_record(app.locations, offer.content.name, record)
