"""What a person decides about a catalog: accept what waits, go back, leave, trust another key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, UsageError
from profiles.catalogs.kept import acceptance
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.kept.own_part import check_answer, unanswered
from profiles.catalogs.managed import check_followed, check_usable, keys_of_policy, managed_names
from profiles.catalogs.record import load_record, save_record
from profiles.catalogs.signature import SignatureError, parse_key
from profiles.catalogs.subscriptions import (
    ASK,
    save_subscription,
    subscription_of,
)
from profiles.catalogs.trust import ASK_AGAIN, still_counts
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import decided_catalog
from profiles.profile.under_policy import check_changing
from tray.actions.catalogs.leaving import keep_own, release
from tray.actions.catalogs.write_settings import write_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.kept.making import Made
    from profiles.catalogs.signature import PublicKey
    from profiles.catalogs.subscriptions import Subscription
    from tray.app import App


class Accepted(NamedTuple):
    """What holds now. `active` is the profile in use where its settings were written again, else ""."""

    name: str
    serial: int
    profiles: tuple[str, ...]
    active: str
    applied: bool


class RolledBack(NamedTuple):
    """Which version holds again."""

    name: str
    serial: int
    active: str
    applied: bool


class Removed(NamedTuple):
    """What is followed no more, the profiles that are the person's own now, and its keys that stay stored."""

    name: str
    kept: tuple[str, ...]
    off: tuple[str, ...]
    unpinned: tuple[str, ...]
    keys: tuple[str, ...]


class Trusted(NamedTuple):
    """The key that alone counts now."""

    name: str
    key_id: str
    key: str


def accept_catalog(
    app: App, name: str, *, sha256: str, answers: Mapping[str, str]
) -> tuple[Accepted, tuple[str, ...]]:
    """Have what waits hold, where it is what the person saw; where nothing does, what holds has the answers.

    Raises ConflictError where another version waits, or nothing does and nothing is answered anew.
    """
    with acceptance.catalogs_locked_and_resumed(app.locations):
        if Contents(app.locations, name).waits():
            catalog, made = _accept(app, name, sha256, answers)
        else:
            catalog, made = _answer(app, name, answers)
    written = write_settings(app, made)
    profiles = tuple(f"{name}/{entry.name}" for entry in catalog.profiles)
    return Accepted(name, catalog.serial, profiles, written.active, written.applied), written.notes


def _accept(app: App, name: str, sha256: str, answers: Mapping[str, str]) -> tuple[Catalog, Made]:
    check_followed(name)
    subscription = subscription_of(app.locations, name)
    offered = _offered(app, subscription, sha256)
    catalog = offered.catalog()
    check_usable(catalog)
    given = {each: check_answer(catalog, each, answer) for each, answer in answers.items()}
    subscription = subscription._replace(inputs=subscription.inputs | given)
    lacking = unanswered(catalog, subscription.inputs)
    if lacking:
        raise UsageError(
            f"{name} asks: {catalog.inputs[lacking[0]].ask}", f"Give an answer: --input {lacking[0]}=…"
        )
    kept = Kept(offered.content, time.time())
    return catalog, acceptance.accept(app.locations, subscription, kept)


def answer_inputs(app: App, name: str, answers: Mapping[str, str]) -> tuple[str, ...] | None:
    """Have what holds carry these answers, and notes on that; None where it does."""
    known = subscription_of(app.locations, name).inputs
    if all(known.get(each) == answer for each, answer in answers.items()):
        return None
    with acceptance.catalogs_locked_and_resumed(app.locations):
        made = _answer(app, name, answers)[1]
    return write_settings(app, made).notes


def _answer(app: App, name: str, answers: Mapping[str, str]) -> tuple[Catalog, Made]:
    """Make the profiles again with these answers. Raises ConflictError where they are what it is."""
    subscription, kept = subscription_of(app.locations, name), Contents(app.locations, name).accepted()
    if kept is not None:
        catalog = kept.catalog()
        given = {each: check_answer(catalog, each, answer) for each, answer in answers.items()}
        answered = subscription._replace(inputs=subscription.inputs | given)
        if answered != subscription:
            return catalog, acceptance.remake(app.locations, answered)
    raise ConflictError(f"Nothing of {name} waits for you", ASK_AGAIN.format(name))


def _offered(app: App, subscription: Subscription, sha256: str) -> Kept:
    """What waits, where it is what the person saw, and by a key that still counts. Raises ConflictError."""
    name = subscription.name
    ask_again = ASK_AGAIN.format(name)
    offered = Contents(app.locations, name).offered()
    if offered is None:
        raise ConflictError(f"Nothing of {name} waits for you", ask_again)
    if offered.content.sha256 != sha256:
        raise ConflictError(
            f"Another version of {name} came meanwhile", f"Look again: `pkcc-tray catalog diff {name}`."
        )
    if not still_counts(subscription, offered.content, keys_of_policy(name)):
        raise ConflictError(f"What waits of {name} is signed by a key that counts no more", ask_again)
    return offered


def roll_back(app: App, name: str) -> tuple[RolledBack, tuple[str, ...]]:
    """Have what held before hold again. Raises ConflictError where there is nothing, or policy decides."""
    _check_own(name)
    with acceptance.catalogs_locked_and_resumed(app.locations):
        back, made = acceptance.roll_back(app.locations, subscription_of(app.locations, name))
    written = write_settings(app, made)
    return RolledBack(name, back.catalog().serial, written.active, written.applied), written.notes


def check_removable(app: App, name: str) -> None:
    """Raises NotFoundError, and ForbiddenError for one that is an administrator's."""
    check_changing()  # the catalog goes last
    _check_own(name)  # an administrator's may be known by name alone, before it is fetched
    subscription_of(app.locations, name)


def remove_catalog(app: App, name: str, *, keep_profiles: bool) -> tuple[Removed, tuple[str, ...]]:
    """Follow it no more: what uses its profiles ends first; keys stay. Raises ConflictError for policy's."""
    check_removable(app, name)
    kept, notes = keep_own(app, name) if keep_profiles else ((), ())
    ended, more = release(app, name)
    with acceptance.catalogs_locked_and_resumed(app.locations):
        acceptance.remove(app.locations, name)
    keys = () if keep_profiles else tuple(key for key in app.secrets.names() if key.startswith(f"{name}/"))
    return Removed(name, kept, *ended, keys), (*notes, *more)


def trust_key(app: App, name: str, key: str) -> tuple[Trusted, tuple[str, ...]]:
    """Pin that key alone; those before never count again. Raises as `check_trusted` does."""
    public = check_trusted(app, name, key)
    with acceptance.catalogs_locked_and_resumed(app.locations):
        subscription = subscription_of(app.locations, name)
        dropped = tuple(each for each in (*subscription.dropped, *subscription.keys) if each != public.text)
        save_subscription(
            app.locations,
            name,
            subscription._replace(keys=(public.text,), dropped=tuple(dict.fromkeys(dropped))),
        )
        record = load_record(app.locations, name)
        save_record(app.locations, name, record._replace(mark="", failure=None))
        Contents(app.locations, name).offer(None)  # what the old key signed waits no more
    return Trusted(name, public.id, public.text), _update_note(name, subscription)


def check_trusted(app: App, name: str, key: str) -> PublicKey:
    """That key. Raises UsageError for what is none, PkccError for a catalog that it cannot be pinned for."""
    _check_own(name)
    check_followed(name)
    try:
        public = parse_key(key)
    except SignatureError as error:
        raise UsageError(f"That key {error.title}", error.hint) from None
    subscription_of(app.locations, name)
    return public


def _update_note(name: str, subscription: Subscription) -> tuple[str, ...]:
    asks = " Each change waits for you" if subscription.updates == ASK else ""
    return (f"ask for what it signed: `pkcc-tray catalog update {name}`.{asks}",)


def _check_own(name: str) -> None:
    """Raises ForbiddenError for a catalog that an administrator decides."""
    if name in managed_names():
        raise decided_catalog(policy_in_force(), name)
