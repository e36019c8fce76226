"""The catalogs that are followed: all in a list, or one with its profiles and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.catalogs.changes import Changes
from profiles.catalogs.fetching.source import source_of
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.looking import Looked, look_at_all, look_at_one
from profiles.catalogs.kept.own_part import overrides_of, unanswered
from profiles.catalogs.managed import managed_catalogs
from profiles.catalogs.subscriptions import AUTO
from tray.actions.catalogs.described import AskedInput, Described, described
from tray.actions.catalogs.offer import Origin, origin_of, source_words

if TYPE_CHECKING:
    from profiles.catalogs.changes import Change
    from profiles.catalogs.fetching.source import Source
    from profiles.catalogs.subscriptions import Subscription
    from tray.app import App


class CatalogRow(NamedTuple):
    """A catalog's row. `state` is one of `profiles.catalogs.standing.STATES`; times are seconds since 1970.

    `serial` and `accepted_at` are None where nothing was accepted yet; `waits` is how many changes wait.
    """

    name: str
    title: str
    state: str
    managed: bool
    serial: int | None
    accepted_at: float | None
    asked_at: float | None
    profiles: tuple[str, ...]
    source: str
    signed_by: str
    updates: str
    waits: int
    problem: str
    hint: str


class CatalogList(NamedTuple):
    """All of them."""

    catalogs: tuple[CatalogRow, ...]


class ShownCatalog(NamedTuple):
    """One of them. `newer` is the serial of what waits, `sha256` its hash, else that of what holds.

    `content` is what holds; before the first yes, what is offered. `overrides` are rows of profile, field,
    value; `older` the serials that can be gone back to; `asks` what is to be answered.
    """

    catalog: CatalogRow
    origin: Origin
    content: Described
    overrides: tuple[tuple[str, str, str], ...]
    older: tuple[int, ...]
    newer: int | None
    sha256: str
    quiet: tuple[Change, ...]
    loud: tuple[Change, ...]
    asks: tuple[AskedInput, ...]


def list_catalogs(app: App) -> CatalogList:
    """All that are followed, by name."""
    return CatalogList(tuple(map(_row, look_at_all(app.locations, managed_catalogs()))))


def row_of(app: App, name: str) -> CatalogRow:
    """That one's row, fetched or not. Raises NotFoundError."""
    return _row(look_at_one(app.locations, name, managed_catalogs()))


def is_here(app: App, name: str) -> bool:
    """Whether anything of it is here as it was fetched. Raises NotFoundError for one that nobody follows."""
    looked = look_at_one(app.locations, name, managed_catalogs())
    return looked.accepted is not None or looked.offered is not None


def show_catalog(app: App, name: str) -> ShownCatalog:
    """That one. Raises NotFoundError, and PkccError where nothing of it can be read."""
    looked = look_at_one(app.locations, name, managed_catalogs())
    subscription = looked.subscription
    there = [each for each in (looked.accepted, looked.offered) if each is not None]
    kept = next((each for each in there if each.readable() is not None), there[0] if there else None)
    if kept is None and looked.replaced:
        raise PkccError(
            f"What is kept of {name} {looked.replaced}",
            f"`pkcc-tray catalog update {name}` fetches it again.",
        )
    if kept is None:
        raise PkccError(
            f"Nothing of the catalog {name} is here yet",
            f"`pkcc-tray catalog update {name}` fetches it." + _why(looked),
        )
    catalog = kept.catalog()
    overrides = tuple(
        (f"{name}/{entry.name}", field, value)
        for entry in catalog.profiles
        for field, value in overrides_of(subscription, entry).items()
    )
    shown = looked.offered or kept
    changes = looked.changes()
    before = (each.readable() for each in Contents(app.locations, name).older())
    older = [each.serial for each in before if each is not None]
    return ShownCatalog(
        _row(looked),
        origin_of(source_of_subscription(subscription), kept.content.key, kept.content.sha256),
        described(subscription, catalog),
        overrides,
        tuple(older),
        looked.offered.catalog().serial if looked.offered else None,
        shown.content.sha256,
        *changes,
        _asks(looked),
    )


def _asks(looked: Looked) -> tuple[AskedInput, ...]:
    kept = looked.offered or looked.accepted
    catalog = None if kept is None else kept.readable()
    if catalog is None:
        return ()
    lacking = unanswered(catalog, looked.subscription.inputs)
    return tuple(
        AskedInput(each, catalog.inputs[each].ask, catalog.inputs[each].pattern, None) for each in lacking
    )


def source_of_subscription(subscription: Subscription) -> Source:
    """Where it lies. Raises UsageError for what somebody mistyped by hand."""
    return source_of(subscription.source, subscription.ref, subscription.file)


def _why(looked: Looked) -> str:
    return f" The last try: {looked.standing.reason}." if looked.standing.reason else ""


def _row(looked: Looked) -> CatalogRow:
    subscription, brief, record = looked.subscription, looked.brief, looked.record
    name, kept = subscription.name, looked.accepted or looked.offered
    try:
        changes, source = looked.changes(), source_words(source_of_subscription(subscription))
    except PkccError:  # a newer one that is not read any more, a source that was mistyped by hand
        changes, source = Changes(), subscription.source
    return CatalogRow(
        name,
        brief.title if brief else "",
        looked.standing.state,
        looked.managed,
        brief.serial if brief and looked.accepted else None,
        looked.accepted.at if looked.accepted else None,
        record.asked_at or None,
        tuple(f"{name}/{each}" for each in brief.profiles) if brief else (),
        source,
        kept.content.key and origin_of_key(kept.content.key) if kept else "",
        AUTO if looked.managed else subscription.updates,
        (len(changes.loud) or len(changes.quiet)) if looked.standing.state == "waiting" else 0,
        looked.standing.reason,
        record.failure.hint if record.failure else "",
    )


def origin_of_key(key: str) -> str:
    """A key's id, by which people tell it from others."""
    from profiles.catalogs.signature import parse_key

    return parse_key(key).id
