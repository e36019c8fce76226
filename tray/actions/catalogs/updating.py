"""New versions are asked for: what is harmless applies where that is wanted, the rest waits for a yes."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.catalogs.fetching.fetch import fetch
from profiles.catalogs.fetching.fetched import FetchError, Limits, Unchanged
from profiles.catalogs.kept.acceptance import accept, catalogs_locked_and_resumed
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.kept.counting import counting, with_fetched
from profiles.catalogs.kept.decision import Here, decide
from profiles.catalogs.kept.looking import look_at_one
from profiles.catalogs.kept.owed import owed
from profiles.catalogs.managed import check_followed, check_usable, managed_catalogs
from profiles.catalogs.record import BROKEN, Failure, load_record, save_record
from profiles.catalogs.subscriptions import load_subscriptions
from profiles.catalogs.trust import ASK_AGAIN, Verified, newer, with_seen
from profiles.profile.under_policy import check_changing
from tray.actions.catalogs.managed import subscribe_managed
from tray.actions.catalogs.overview import source_of_subscription
from tray.actions.catalogs.write_settings import put_right, used_profiles, write_owed, write_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.catalogs.changes import Change
    from profiles.catalogs.fetching.fetched import Fetched
    from profiles.catalogs.kept.decision import Why
    from profiles.catalogs.kept.looking import Looked
    from profiles.catalogs.subscriptions import Subscription
    from tray.app import App

_REFUSED = "refused"  # what FETCH calls a file that cannot be a catalog


class UpdatedOne(NamedTuple):
    """What came of asking for one: `outcome` is current, applied, waiting, new (with `--check`) or failed.

    `why` says what of it waits for a person: one of `profiles.catalogs.kept.decision.Why`.
    """

    name: str
    outcome: str
    serial: int | None
    quiet: tuple[Change, ...] = ()
    loud: tuple[Change, ...] = ()
    problem: str = ""
    hint: str = ""
    why: Why = ""


class Updated(NamedTuple):
    """All that were asked for."""

    catalogs: tuple[UpdatedOne, ...]


class _AnotherError(PkccError):
    """What was fetched is of a catalog that is not followed any more, or that is another one by now."""


class How(NamedTuple):
    """`apply` what is harmless; `unasked`: by the tray.

    That leaves alone what a person went back from, and has no keyring ask its user.
    """

    apply: bool = True
    unasked: bool = False


def update_catalogs(app: App, name: str | None, how: How = How()) -> tuple[Updated, tuple[str, ...]]:  # noqa: B008
    """Ask for new versions of one, or of all. Raises NotFoundError for one that nobody follows."""
    check_changing()  # before anything is fetched
    app = app.asking_nobody() if how.unasked else app
    notes: list[str] = list(subscribe_managed(app))
    if name is not None:
        look_at_one(app.locations, name, managed_catalogs())  # raises
    before = owed(app.locations)
    names = sorted(load_subscriptions(app.locations)) if name is None else [name]
    found = [_update(app, each, how, notes) for each in names]
    for each in found:
        if how.apply and each.outcome != "applied":
            notes += _put_right(app, each.name)
        elif how.apply:  # an earlier change may be owed that this version changes nothing of
            write_owed(app, [debt for debt in before if debt.name == each.name])
    return Updated(tuple(found)), tuple(notes)


def _update(app: App, name: str, how: How, notes: list[str]) -> UpdatedOne:
    try:
        return _fetched(app, look_at_one(app.locations, name, managed_catalogs()), how, notes)
    except PkccError as error:  # another command does not finish, perhaps: the rest is asked all the same
        return UpdatedOne(name, "failed", None, problem=error.title, hint=error.hint)


def _put_right(app: App, name: str) -> tuple[str, ...]:
    try:
        return put_right(app, name)
    except PkccError as error:
        return (f"{name}: {error.title}. {error.hint}",)


def _fetched(app: App, looked: Looked, how: How, notes: list[str]) -> UpdatedOne:
    subscription, name = looked.subscription, looked.subscription.name
    here = [kept.content for kept in (looked.accepted, looked.offered) if kept is not None]
    counted = counting(subscription, looked.record)
    as_it_came = here and not looked.replaced and all(map(counted.counts, here))
    mark = looked.record.mark if as_it_came else ""
    try:
        check_followed(name)
        source = source_of_subscription(subscription)
        limits = Limits(may_ask=app.interactive)
        found = fetch(source, mark, app.environ, limits)
        if isinstance(found, Unchanged):
            return _unchanged(app, looked, how, notes)
        verified = newer(subscription, looked.record.by_key, found.data, found.signature, counted.keys)
        check_usable(verified.catalog)
    except FetchError as error:
        kind = BROKEN if error.why == _REFUSED else error.why
        return _failed(app, looked, kind, error.of(name, _kept_words(looked)))
    except PkccError as error:
        return _failed(app, looked, BROKEN, error)
    return _decide(app, looked, verified, found, how, notes)


@contextmanager
def _still_followed(app: App, was: Subscription) -> Iterator[None]:
    """Hold the lock of all changes, where what was asked is still what is followed: fetching takes time."""
    with catalogs_locked_and_resumed(app.locations):
        now = load_subscriptions(app.locations).get(was.name)
        if now is None:
            raise _AnotherError(
                f"The catalog {was.name} is not followed any more", "What came of it was not kept."
            )
        if now.place != was.place:
            raise _AnotherError(
                f"{was.name} is another catalog by now than the one that was asked",
                ASK_AGAIN.format(was.name),
            )
        yield


def _unchanged(app: App, looked: Looked, how: How, notes: list[str]) -> UpdatedOne:
    """It is as it was when it was looked at last: what was offered then may apply now, or still waits."""
    name, now = looked.subscription.name, time.time()
    with _still_followed(app, looked.subscription):
        record = load_record(app.locations, name)
        save_record(app.locations, name, record._replace(asked_at=now, reached_at=now, failure=None))
    if looked.offered is None:
        return UpdatedOne(name, "current", _serial(looked))
    return _apply_or_offer(app, looked, looked.offered, how, notes)


def _decide(
    app: App, looked: Looked, verified: Verified, fetched: Fetched, how: How, notes: list[str]
) -> UpdatedOne:
    """It is another one than what was looked at last, and right."""
    name, now = looked.subscription.name, time.time()
    kept = Kept(verified.content, now)
    is_new = looked.accepted is None or looked.accepted.content != verified.content
    if how.apply:
        with _still_followed(app, looked.subscription):
            record = load_record(app.locations, name)
            seen = with_seen(record.by_key, verified)
            if verified.content.key in seen and seen[verified.content.key].serial > verified.catalog.serial:
                raise _AnotherError(f"A newer version of {name} came meanwhile", ASK_AGAIN.format(name))
            # Before its mark is known: a command killed here must not hear next time that nothing is new.
            contents = Contents(app.locations, name)
            contents.offer(kept if is_new else None)
            known = record._replace(
                by_key=seen, mark=fetched.mark, asked_at=now, reached_at=now, failure=None
            )
            save_record(app.locations, name, with_fetched(known, contents, verified.content))
    if not is_new:
        return UpdatedOne(name, "current", verified.catalog.serial)
    return _apply_or_offer(app, looked, kept, how, notes)


def _apply_or_offer(app: App, looked: Looked, kept: Kept, how: How, notes: list[str]) -> UpdatedOne:
    name, new = looked.subscription.name, Verified(kept.content, kept.catalog())
    serial = new.catalog.serial
    if not how.apply:
        return UpdatedOne(name, "new", serial, *looked._replace(offered=kept).changes())
    with _still_followed(app, looked.subscription):
        # As it is by now: fetching may have taken a while.
        looked = look_at_one(app.locations, name, managed_catalogs())
        contents, decision = Contents(app.locations, name), decide(_here(app, looked, how), new)
        if not decision.counts:
            contents.offer(None)
            problem = f"What was fetched of {name} is signed by a key that counts no more"
            return UpdatedOne(name, "failed", _serial(looked), problem=problem, hint=ASK_AGAIN.format(name))
        if not decision.applies:
            contents.offer(kept)
            return UpdatedOne(name, "waiting", serial, *decision.changes, why=decision.why)
        made = accept(app.locations, looked.subscription, kept, agreed=decision.agreed)
        contents.offer(None)  # an older one that waited
    notes += write_settings(app, made).notes
    return UpdatedOne(name, "applied", serial, *decision.changes)


def _here(app: App, looked: Looked, how: How) -> Here:
    counted, holds = counting(looked.subscription, looked.record), looked.accepted
    if holds is not None and not counted.is_as_fetched(holds.content):
        holds = None  # by its signature, too; what was seen, by key, says what is older
    return Here(
        looked.subscription,
        holds.readable() if holds else None,
        (_serial(looked) or 0) if holds else 0,
        managed=looked.managed,
        keys=counted.keys,
        held=looked.record.held and how.unasked,
        in_use=frozenset(used_profiles(app)),
    )


def _failed(app: App, looked: Looked, kind: str, error: PkccError) -> UpdatedOne:
    name = looked.subscription.name
    retry = getattr(error, "retry_after_s", None) or 0.0
    with _still_followed(app, looked.subscription):
        record = load_record(app.locations, name)
        times = record.failure.times + 1 if record.failure is not None else 1
        failure = Failure(kind, error.title, error.hint, time.time(), times, retry)
        save_record(app.locations, name, record._replace(asked_at=time.time(), failure=failure))
    return UpdatedOne(name, "failed", _serial(looked), problem=error.title, hint=error.hint)


def _serial(looked: Looked) -> int | None:
    brief = looked.brief
    return brief.serial if brief is not None and looked.accepted else None


def _kept_words(looked: Looked) -> str:
    """What one has of it, such as `43, 2 days old`."""
    serial, age = _serial(looked), looked.standing.age_s
    if serial is None:
        return ""
    days = int((age or 0.0) // 86_400)
    return f"{serial}, {days} days old" if days > 1 else str(serial)
