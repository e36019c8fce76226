"""Having content hold, as one step: killed at any moment, the next command finishes it or finds it undone.

Before anything is changed, `catalogs.pending` in the state directory names the content that is to hold. The
moment is the replacement of `accepted.json`: before it, nothing has happened; after it, the rest is made of
what is there, however often. It is over when the profiles are made; then settings are owed them (`owed`),
which are written without the lock: that may wait for Claude Code, or for somebody at a keyring.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import ConflictError
from profiles.base.names import check_name
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.kept.counting import counting
from profiles.catalogs.kept.decision import taken
from profiles.catalogs.kept.left_keys import remember_left
from profiles.catalogs.kept.making import Made, make_profiles, remove_made
from profiles.catalogs.kept.owed import forgive, owe
from profiles.catalogs.managed import managed_names
from profiles.catalogs.record import load_record, save_record
from profiles.catalogs.subscriptions import (
    catalogs_locked,
    from_plain,
    load_subscriptions,
    save_subscription,
    to_plain,
)
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import as_text, compact, read_unversioned
from profiles.files.locks import OURS_LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations
    from profiles.catalogs.subscriptions import Subscription
    from profiles.catalogs.trust import Content


class Pending(NamedTuple):
    """What is under way: which content is to hold, by its hash, and what the person then says of it.

    `subscription` is as JSON data, {} where the catalog is to be removed. `held`: the person goes back.
    `agreed`: wherever it sends a key is accepted by that; not by an update that nobody was asked about.
    """

    name: str
    sha256: str
    subscription: dict[str, Any]
    held: bool = False
    agreed: bool = True


def pending_path(locations: Locations) -> str:
    """Where that is said; the file is there only while something is under way."""
    return os.path.join(locations.state_dir, "catalogs.pending")


@contextmanager
def catalogs_locked_and_resumed(locations: Locations, limit_s: float = OURS_LIMIT_S) -> Iterator[None]:
    """Hold the lock of all changes, with what a killed command began finished first (`resume`).

    Else it would be finished later, over what is changed now. Raises PkccError where it cannot be.
    """
    with catalogs_locked(locations, limit_s):
        resume(locations)
        yield


def accept(
    locations: Locations,
    subscription: Subscription,
    kept: Kept,
    *,
    held: bool = False,
    agreed: bool = True,
) -> Made:
    """Have this content hold, with what the person says of it. The flags are those of `Pending`.

    The caller is in `catalogs_locked_and_resumed`; after it, it writes the settings, then pays the debt.
    Raises PkccError with what held before.
    """
    kept.catalog()  # one that this pkcc-tray does not take, an older one perhaps, is not begun with
    counting(subscription, load_record(locations, subscription.name)).check(kept.content)
    contents = Contents(locations, subscription.name)
    before = contents.accepted()
    pending = Pending(subscription.name, kept.content.sha256, to_plain(subscription), held, agreed)
    _begin(locations, pending)
    if before is None or before.content != kept.content:
        if before is not None:
            contents.keep_older(before)
        contents.accept(kept)
    return _finish(locations, pending)


def roll_back(locations: Locations, subscription: Subscription) -> tuple[Kept, Made]:
    """Have what held before hold again; what held until now waits; goes on as `accept` does.

    Raises ConflictError where nothing held before.
    """
    contents = Contents(locations, subscription.name)
    now = contents.accepted()
    older = [
        kept
        for kept in contents.older()
        if (now is None or kept.content != now.content)
        and kept.content.key not in subscription.dropped
        and kept.readable() is not None
    ]
    if now is None or not older:
        raise ConflictError(
            f"Nothing was accepted of {subscription.name} before what you have",
            "Ask its publisher to go back: by the old content with a higher serial.",
        )
    back = older[0]
    record = load_record(locations, subscription.name)
    counted = counting(subscription, record)
    counted.check(back.content)
    pending = Pending(subscription.name, back.content.sha256, to_plain(subscription), held=True)
    _begin(locations, pending)
    # What is offered need not be the newest any more: the next time, the source says what it has.
    save_record(locations, subscription.name, record._replace(mark=""))
    contents.offer(now if counted.counts(now.content) else None)
    contents.accept(back)
    return back, _finish(locations, pending)


def remake(locations: Locations, subscription: Subscription) -> Made:
    """Make the profiles again, of what holds and what the person says of it now."""
    now = Contents(locations, subscription.name).accepted()
    if now is None:
        save_subscription(locations, subscription.name, subscription)
        return Made()
    held = load_record(locations, subscription.name).held
    return accept(locations, subscription, now, held=held)


def remove(locations: Locations, name: str) -> None:
    """Forget a catalog and its profiles; the caller is in `catalogs_locked_and_resumed`."""
    _begin(locations, Pending(name, "", {}))
    _finish_removal(locations, name)


def resume(locations: Locations) -> None:
    """Finish what a killed command began, or find that it had changed nothing; the caller holds the lock."""
    if not os.path.exists(pending_path(locations)):
        return
    pending = read_unversioned(pending_path(locations), _pending)
    if pending is not None and not pending.subscription:
        _finish_removal(locations, pending.name)
    elif pending is not None:
        contents = Contents(locations, pending.name)
        accepted = contents.accepted()
        # One that cannot be read here, by an older pkcc-tray perhaps, must not be in the way of all others.
        readable = accepted is not None and accepted.readable() is not None
        if accepted is not None and readable and accepted.content.sha256 == pending.sha256:
            _finish(locations, pending)
        elif accepted is not None:
            _clear_offer(contents, accepted.content)
    _end(locations)


def _end(locations: Locations) -> None:
    remove_private(pending_path(locations))


def _pending(plain: dict[str, Any]) -> Pending:
    pending = Pending(**plain)
    name = check_name(as_text(pending.name))
    if pending.subscription:
        from_plain(name, pending.subscription)  # raises
    return pending


def _begin(locations: Locations, pending: Pending) -> None:
    write_private(pending_path(locations), compact(pending._asdict()))


def _finish(locations: Locations, pending: Pending) -> Made:
    """Make the rest of what holds by now: the same, however often it is begun."""
    contents = Contents(locations, pending.name)
    kept = contents.accepted()
    assert kept is not None  # noqa: S101 - the caller has just written or read it
    catalog = kept.catalog()
    subscription = from_plain(pending.name, pending.subscription)
    # Going back is the person's own step: no publisher has dropped a key by it. A policy's keys are its own.
    repins = bool(kept.content.key) and not pending.held and pending.name not in managed_names()
    subscription = taken(subscription, catalog, agreed=pending.agreed, repins=repins)
    save_subscription(locations, pending.name, subscription)
    record = load_record(locations, pending.name)
    if record.held != pending.held:
        save_record(locations, pending.name, record._replace(held=pending.held))
    made = make_profiles(contents, subscription, catalog)
    _clear_offer(contents, kept.content)
    contents.drop_older(kept.content)
    made = made._replace(debt=owe(locations, pending.name))
    _end(locations)
    return made


def _clear_offer(contents: Contents, content: Content) -> None:
    offered = contents.offered()
    if offered is not None and offered.content == content:
        contents.offer(None)


def _finish_removal(locations: Locations, name: str) -> None:
    if (subscription := load_subscriptions(locations).get(name)) is not None:
        remember_left(locations, name, subscription.pairs)
    save_subscription(locations, name, None)
    remove_made(Contents(locations, name))
    save_record(locations, name, None)
    forgive(locations, name)
    _end(locations)
